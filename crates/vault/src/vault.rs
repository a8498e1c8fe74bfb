//! The vault itself: what it holds open, and the one way in which every act is done.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use candor_consent::{Charter, Consent};
use candor_log::{Hash, LeafKind, Note, SignerKey, TilePath};
use candor_model::evidence::{LeafProof, TrustPolicy, TrustedSigner, VERSION};
use candor_model::{ConsentId, Digest, PublicKey, SigningKey, Timestamp};
use rusqlite::{Connection, Transaction};

use crate::fault::Fault;
use crate::keys::KeyStore;
use crate::ledger::{Ledger, LedgerError, open_salt};
use crate::program::Program;
use crate::seal::Key;
use crate::statements::Statements;
use crate::store::{self, ActRow};

/// Told the name of each commit point that is passed. Production passes one that does nothing.
pub type Hook = Arc<dyn Fn(&'static str) + Send + Sync>;

/// What the text of an evidence bundle's seal begins with, and the name of the key that signs it
/// (`docs/formats/evidence.md`).
const SEAL_HEADER: &str = "candor-evidence/v1\n";
const SEAL_KEY_NAME: &str = "candor-evidence";
/// How far a clock of somebody else may be ahead of the server's, in milliseconds.
pub const CLOCK_SKEW_MS_MAX: i64 = 5 * 60 * 1000;
/// How far the server's own clock may step back between two acts, in milliseconds: the later time is used then.
const CLOCK_STEP_MS_MAX: i64 = 2_000;

/// An act is staged with its leaf; it has no effect yet.
pub(crate) const STAGED: &str = "vault.staged";
/// The log holds the leaf.
pub(crate) const SEQUENCED: &str = "vault.sequenced";
/// The act has effect.
pub(crate) const SETTLED: &str = "vault.settled";
/// A contributor's key is stored; no consent refers to it yet.
pub(crate) const KEY_STORED: &str = "vault.key_stored";
/// A sealed session is in its place; no row refers to it yet.
pub(crate) const SESSION_SEALED: &str = "vault.session_sealed";
/// A statement is in its place; no row refers to it yet.
pub(crate) const STATEMENT_STORED: &str = "vault.statement_stored";
/// A contributor's key is destroyed. Whoever sends a dataset stops here: what it reads from is deleted next.
pub const KEY_DESTROYED: &str = "vault.key_destroyed";
/// The server's own plaintext copies of flagged versions are gone.
pub(crate) const COPIES_DELETED: &str = "vault.copies_deleted";

/// The commit points of the vault; the log's own are in `candor_log::store::COMMIT_POINTS`.
pub const COMMIT_POINTS: [&str; 8] =
    [KEY_STORED, SESSION_SEALED, STATEMENT_STORED, STAGED, SEQUENCED, SETTLED, KEY_DESTROYED, COPIES_DELETED];

/// The server's durable room. One process holds the folder at a time.
pub struct Vault {
    pub(crate) dir: PathBuf,
    /// Held until the vault is dropped; the operating system frees it when the process ends.
    pub(crate) _lock: File,
    pub(crate) hook: Hook,
    pub(crate) keys: KeyStore,
    pub(crate) organisation: SigningKey,
    /// Seals the salts of the organisation's own leaves.
    pub(crate) openings: Key,
    pub(crate) statements: Statements,
    pub(crate) connection: Connection,
    pub(crate) ledger: Ledger,
    pub(crate) programs: BTreeMap<Digest, Program>,
    /// Sequence number of the last lease.
    pub(crate) lease: u64,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("dir", &self.dir).field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl Vault {
    /// The organisation's key: it countersigns consents and signs admissions, exports, erasures and leases.
    #[must_use]
    pub fn organisation(&self) -> PublicKey {
        self.organisation.public()
    }

    /// Signs the list of files of an evidence bundle, as a C2SP signed note. It signs no other text: a key that signs
    /// whatever it is given would sign a forged statement too.
    ///
    /// # Errors
    /// When the text is not such a list.
    pub fn seal_evidence(&self, text: &str) -> Result<String, Fault> {
        if !text.starts_with(SEAL_HEADER) {
            return Err(Fault::Damaged { what: "the list of evidence files" });
        }
        let key = SignerKey::from_seed(SEAL_KEY_NAME, &self.organisation.seed());
        let damaged = Fault::Damaged { what: "the list of evidence files" };
        key.ok().and_then(|key| Note::sign(text, &key).ok()).ok_or(damaged)
    }

    /// The key that the log is verified with, in the text form of C2SP signed-note.
    ///
    /// # Errors
    /// When an earlier error closed the log.
    pub fn log_verifier(&self) -> Result<String, Fault> {
        Ok(self.ledger.get()?.verifier().to_string())
    }

    /// What an auditor of one program trusts, to be handed over apart from any evidence.
    ///
    /// # Errors
    /// When there is no such program, or the log is closed.
    pub fn trust_policy(&self, charter: &Digest) -> Result<TrustPolicy, Fault> {
        let program = self.program(charter).ok_or(Fault::Damaged { what: "the charter" })?;
        let signers = program.charter.signers().iter();
        let signers =
            signers.map(|signer| TrustedSigner { role: signer.role.as_str().to_owned(), key: signer.key });
        Ok(TrustPolicy {
            version: VERSION,
            log: self.log_verifier()?,
            organisation: self.organisation(),
            signers: signers.collect(),
        })
    }

    /// The bytes of `checkpoint` or of a tile, as the world reads them; none for any other path.
    ///
    /// # Errors
    /// When the log is closed or its folder cannot be read.
    pub fn read_log(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let log = self.ledger.get()?;
        if path == "checkpoint" {
            return Ok(Some(log.checkpoint().as_bytes().to_vec()));
        }
        match TilePath::parse(path) {
            Ok(path) if path_is_published(&path, log.size()) => {
                log.file(&path).map(Some).map_err(|error| Fault::Log(LedgerError::Folder(error)))
            }
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// Where the server may keep its own copy of a dataset version. An erasure deletes all of it but `manifest.json`.
    #[must_use]
    pub fn dataset_folder(&self, dataset: &Digest) -> PathBuf {
        self.dir.join("datasets").join(dataset.to_string())
    }

    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.dir.join(part)
    }

    pub(crate) fn passed(&self, point: &'static str) {
        (self.hook)(point);
    }

    /// The time of an act. A clock that went back is refused: times in the log only rise.
    pub(crate) fn clock(&self, now: Timestamp) -> Result<Timestamp, Fault> {
        let latest = store::latest(&self.connection)?;
        if now.plus_millis(CLOCK_STEP_MS_MAX) < latest {
            return Err(Fault::ClockWentBack { now, latest });
        }
        Ok(now.max(latest))
    }

    /// The time of an act that must not be refused because of a clock: a withdrawal (P10), a halt (P9).
    pub(crate) fn clock_whatever(&self, now: Timestamp) -> Result<Timestamp, Fault> {
        Ok(now.max(store::latest(&self.connection)?))
    }

    /// Does an act: stages what `stage` writes together with its leaves, takes the leaves into the log, and lets the act
    /// have effect.
    ///
    /// A crash before the commit leaves nothing of the act. After it the act will be in the log and have effect whatever
    /// happens: start-up goes on from there.
    pub(crate) fn commit<T>(
        &mut self,
        now: Timestamp,
        stage: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let transaction = store::begin(&mut self.connection)?;
        let staged = stage(&transaction)?;
        store::advance(&transaction, now)?;
        transaction.commit()?;
        self.passed(STAGED);
        self.settle(now)?;
        Ok(staged)
    }

    /// Takes every staged leaf into the log and lets its act have effect. With nothing staged it does nothing.
    pub(crate) fn settle(&mut self, now: Timestamp) -> Result<(), Fault> {
        let waiting = store::waiting_acts(&self.connection)?;
        if waiting.is_empty() {
            return Ok(());
        }
        self.ledger.sequence(&mut self.connection, now)?;
        self.passed(SEQUENCED);
        self.give_effect(&waiting)?;
        self.passed(SETTLED);
        for charter in
            waiting.iter().filter(|(_, kind, _)| shapes_program(*kind)).map(|(_, _, charter)| charter)
        {
            self.follow_program(charter)?;
        }
        Ok(())
    }

    /// Notes the places. Before the commit a crash leaves acts without effect that the log holds: start-up does this again.
    fn give_effect(
        &mut self,
        waiting: &[(candor_log::store::OutboxId, LeafKind, Digest)],
    ) -> Result<(), Fault> {
        let log = self.ledger.get()?;
        let transaction = store::begin(&mut self.connection)?;
        for (outbox, kind, charter) in waiting {
            let index =
                log.index_of(&transaction, *outbox)?.ok_or(Fault::Damaged { what: "the log's index" })?;
            store::set_leaf(&transaction, *outbox, index)?;
            if *kind == LeafKind::Program {
                store::set_program_leaf(&transaction, charter, &log.leaf(index)?.hash())?;
            }
        }
        Ok(transaction.commit()?)
    }

    pub(crate) fn program(&self, charter: &Digest) -> Option<&Program> {
        self.programs.get(charter)
    }

    /// The hash of the program's own leaf.
    pub(crate) fn program_leaf(&self, charter: &Digest) -> Result<Hash, Fault> {
        store::program_leaf(&self.connection, charter)?.ok_or(Fault::Damaged { what: "the program's leaf" })
    }

    /// A copy of the key that seals the organisation's salts, for a closure that must not borrow the vault.
    pub(crate) fn openings_key(&self) -> Key {
        Key::from_bytes(self.openings.as_bytes())
    }

    /// The consent of this id, read from its sealed grant and checked again.
    pub(crate) fn consent(&self, charter: &Charter, id: ConsentId) -> Result<Consent, Fault> {
        let key = self.keys.contributor(id)?;
        let act = store::grant_of(&self.connection, id)?.ok_or(Fault::Damaged { what: "the grant" })?;
        let envelope = self.statements.open(&act.statement, &key)?;
        Consent::verify(&envelope, charter, Some(&self.organisation()))
            .map_err(|_| Fault::Damaged { what: "the grant" })
    }

    /// The salt of an act: under the contributor's key for what contributors did, under the root key for the rest.
    pub(crate) fn salt(&self, act: &ActRow) -> Result<[u8; 32], Fault> {
        match (act.consent, is_contributors(act.kind)) {
            (Some(consent), true) => Ok(open_salt(act, &self.keys.contributor(consent)?)?),
            (None | Some(_), _) => Ok(open_salt(act, &self.openings)?),
        }
    }

    /// Everything that proves one act.
    pub(crate) fn proof_of(&self, act: &ActRow) -> Result<LeafProof, Fault> {
        Ok(self.ledger.leaf_proof(act.leaf, &self.salt(act)?)?)
    }

    /// The folder of a sealed session.
    pub(crate) fn session_folder(&self, session: candor_model::SessionId) -> PathBuf {
        self.path("sessions").join(session.to_string())
    }
}

/// Whether the salt of a leaf is the contributor's: it goes with their key.
const fn is_contributors(kind: LeafKind) -> bool {
    matches!(kind, LeafKind::Grant | LeafKind::Withdrawal | LeafKind::Admission)
}

/// Whether an act changes what a program is or may do.
const fn shapes_program(kind: LeafKind) -> bool {
    matches!(kind, LeafKind::Program | LeafKind::SignOff | LeafKind::ProgramAct)
}

/// A path that the log of this size has: a full tile, or the partial one at its edge.
fn path_is_published(path: &TilePath, size: u64) -> bool {
    TilePath::of(path.level(), path.index(), size).as_ref() == Some(path)
}
