//! The log as the vault uses it: an act is staged with its leaf in one transaction, sequenced, and only then has effect.

use std::path::PathBuf;

use candor_log::store::{FolderError, Hook, OpenError, PushError, ReadError, SequenceError, Sequencer, push};
use candor_log::{Hash, LeafKind, PendingLeaf, commit};
use candor_model::evidence::LeafProof;
use candor_model::{ConsentId, Digest, Entropy, SessionId, Timestamp};
use rusqlite::{Connection, Transaction};
use zeroize::Zeroizing;

use crate::fault::Fault;
use crate::seal::{Key, Place, SealError};
use crate::store::{ActRow, NewAct, stage_act};

/// The log did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The log cannot be opened.
    #[error("the log cannot be opened")]
    Open(#[from] OpenError),
    /// A leaf cannot wait for its place.
    #[error("the log's outbox does not take the entry")]
    Push(#[from] PushError),
    /// A batch was not sequenced.
    #[error("the entry was not sequenced")]
    Sequence(#[from] SequenceError),
    /// The log does not answer.
    #[error("the log does not answer")]
    Read(#[from] ReadError),
    /// A file of the log cannot be read.
    #[error("a file of the log cannot be read")]
    Folder(#[from] FolderError),
    /// The log was closed by an earlier error; the next act opens it again.
    #[error("the log stopped after an earlier error")]
    Stopped,
    /// The time cannot stand in a leaf.
    #[error("the time lies before 1970")]
    Time,
}

/// The one log of the server.
pub(crate) struct Ledger {
    folder: PathBuf,
    origin: String,
    seed: Zeroizing<[u8; 32]>,
    hook: Hook,
    sequencer: Option<Sequencer>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("sequencer", &self.sequencer).finish_non_exhaustive()
    }
}

impl Ledger {
    /// Opens the log; what a crash left of a batch is finished.
    pub(crate) fn open(
        folder: PathBuf,
        origin: &str,
        seed: Zeroizing<[u8; 32]>,
        hook: Hook,
        connection: &mut Connection,
    ) -> Result<Self, LedgerError> {
        let mut ledger = Self { folder, origin: origin.to_owned(), seed, hook, sequencer: None };
        ledger.reopen(connection)?;
        Ok(ledger)
    }

    fn reopen(&mut self, connection: &mut Connection) -> Result<&mut Sequencer, LedgerError> {
        // The old one holds the folder until it is dropped.
        self.sequencer = None;
        let hook = Hook::clone(&self.hook);
        let opened = Sequencer::open(&self.folder, &self.origin, &self.seed, hook, connection)?;
        Ok(self.sequencer.insert(opened))
    }

    /// The log, unless an error closed it.
    pub(crate) const fn get(&self) -> Result<&Sequencer, LedgerError> {
        match &self.sequencer {
            Some(sequencer) => Ok(sequencer),
            None => Err(LedgerError::Stopped),
        }
    }

    /// Gives every waiting leaf its place. After an error the log is opened again at the next call: only that finds out
    /// what is durable.
    pub(crate) fn sequence(
        &mut self,
        connection: &mut Connection,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let now_ms = u64::try_from(now.as_millis()).map_err(|_| LedgerError::Time)?;
        let result = match &mut self.sequencer {
            Some(sequencer) => drain(sequencer, connection, now_ms),
            None => drain(self.reopen(connection)?, connection, now_ms),
        };
        if result.is_err() {
            self.sequencer = None;
        }
        Ok(result?)
    }

    /// Everything that proves one act to whoever holds its statement.
    pub(crate) fn leaf_proof(&self, leaf: u64, salt: &[u8; 32]) -> Result<LeafProof, LedgerError> {
        let sequencer = self.get()?;
        let bytes = sequencer.leaf(leaf)?.to_bytes();
        let proof = sequencer.proof(leaf)?;
        Ok(LeafProof::new(&bytes, salt, proof.to_string()))
    }
}

fn drain(sequencer: &mut Sequencer, connection: &mut Connection, now_ms: u64) -> Result<(), SequenceError> {
    while !sequencer.sequence(connection, now_ms)?.is_empty() {}
    Ok(())
}

/// An act that is about to be staged.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: LeafKind,
    pub(crate) charter: Digest,
    /// Hash of the program's own leaf.
    pub(crate) program: Hash,
    pub(crate) consent: Option<ConsentId>,
    pub(crate) session: Option<SessionId>,
    /// The exact bytes that the leaf commits to: an envelope, or a charter.
    pub(crate) body: &'a [u8],
    pub(crate) tag: Option<[u8; 32]>,
}

impl Entry<'_> {
    fn place(&self) -> Place {
        opening_place(self.kind, &Digest::of(self.body), self.session)
    }
}

fn opening_place(kind: LeafKind, statement: &Digest, session: Option<SessionId>) -> Place {
    let place = Place::new("candor/opening/v1").at(&kind.number().to_be_bytes()).at(statement.as_bytes());
    place.at(session.as_ref().map_or(&[], |id| id.as_bytes().as_slice()))
}

/// Stages an act: its row and its leaf, in the caller's transaction. Neither is there without the other.
pub(crate) fn stage(
    transaction: &Transaction<'_>,
    entry: &Entry<'_>,
    salt_key: &Key,
    at: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(), Fault> {
    let salt = Zeroizing::new(entropy.bytes_32());
    let body = commit(&salt, entry.kind, entry.program.as_bytes(), entry.body);
    let mut leaf = PendingLeaf::new(entry.kind, entry.program, body);
    leaf.tag = entry.tag;
    let act = NewAct {
        outbox: push(transaction, &leaf)?,
        kind: entry.kind,
        charter: entry.charter,
        consent: entry.consent,
        session: entry.session,
        statement: Digest::of(entry.body),
        salt: salt_key.seal(&entry.place(), salt.as_slice(), entropy)?,
        at,
    };
    Ok(stage_act(transaction, &act)?)
}

/// Opens the salt of an act.
pub(crate) fn open_salt(act: &ActRow, salt_key: &Key) -> Result<[u8; 32], SealError> {
    let place = opening_place(act.kind, &act.statement, act.session);
    salt_key.open(&place, &act.salt)?.as_slice().try_into().map_err(|_| SealError)
}
