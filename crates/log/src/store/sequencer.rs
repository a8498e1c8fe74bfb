//! The sequencer: the one that gives leaves their places and signs heads.

use std::fmt;

use rusqlite::{Connection, TransactionBehavior};

use super::edge::Edge;
use super::folder::{Folder, FolderError};
use super::tables::{self, Lock, OutboxId, Stage, TileFile};
use super::{BUILT, CLEARED, STAGED};
use crate::Hash;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{SignerKey, VerifierKey};
use crate::leaf::LeafError;
use crate::tree::LOG_LEAVES_MAX;

/// Why a batch was not sequenced.
#[derive(Debug, thiserror::Error)]
pub enum SequenceError {
    /// An earlier call failed where it could not know what is durable. Only opening the log again finds out.
    #[error("the sequencer stopped after an earlier error: open the log again")]
    Stopped,
    /// Commits of this connection may be lost with the power (`PRAGMA synchronous` below FULL).
    #[error("the database does not commit durably: set PRAGMA synchronous to FULL")]
    NotDurable,
    /// The clock shows less than at the last batch. The leaves wait until it does not; nothing is signed.
    #[error("the clock went back: {now_ms} ms after a batch at {last_ms} ms")]
    ClockWentBack {
        /// Time of the last batch, in milliseconds since 1970.
        last_ms: u64,
        /// The time given, in milliseconds since 1970.
        now_ms: u64,
    },
    /// The database's head is not the one that this sequencer wrote last: another one works on it.
    #[error("another sequencer moved the log on")]
    Conflict,
    /// The log cannot take the batch.
    #[error("the log is full at {LOG_LEAVES_MAX} leaves")]
    Full,
    /// A waiting leaf is malformed: somebody else wrote to the outbox.
    #[error("a waiting leaf is malformed")]
    Outbox(#[source] LeafError),
    /// The new head cannot be signed.
    #[error("the new head cannot be signed")]
    Head(#[source] CheckpointError),
    /// The database refused before anything was committed. The leaves wait.
    #[error("the log's tables cannot be used")]
    Database(#[from] rusqlite::Error),
    /// Whether the batch was committed is unknown.
    #[error("the batch may or may not be committed")]
    Commit(#[source] rusqlite::Error),
    /// The batch is committed and could not be published.
    #[error("the batch is committed and not published")]
    Finish(#[from] FinishError),
}

/// Why a committed batch could not be published. Opening the log again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The folder cannot be written.
    #[error("the log's folder cannot be written")]
    Folder(#[from] FolderError),
    /// The stage cannot be cleared.
    #[error("the log's stage cannot be cleared")]
    Database(#[from] rusqlite::Error),
}

/// A head that the log committed to, or is about to.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) lock: Lock,
    pub(super) checkpoint: Checkpoint,
}

impl Head {
    pub(super) fn sign(
        signer: &SignerKey,
        size: u64,
        root: Hash,
        time_ms: u64,
    ) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::new(signer.verifier().name(), size, root)?;
        let note = checkpoint.sign(signer)?;
        Ok(Self { lock: Lock { size, time_ms, note }, checkpoint })
    }
}

/// The log's only writer. It has no thread of its own: the caller calls [`sequence`](Self::sequence) when leaves wait.
///
/// It holds the folder: no second one opens it while this one lives, in this process or another.
pub struct Sequencer {
    folder: Folder,
    signer: SignerKey,
    /// The published head.
    head: Head,
    /// The edge under that head; gone when an error left unknown what is durable.
    edge: Option<Edge>,
}

/// What a transaction is about to commit.
struct Batch {
    edge: Edge,
    head: Head,
    files: Vec<TileFile>,
    placed: Vec<(OutboxId, u64)>,
}

impl Sequencer {
    pub(super) const fn new(folder: Folder, signer: SignerKey, head: Head, edge: Edge) -> Self {
        Self { folder, signer, head, edge: Some(edge) }
    }

    /// Takes the oldest waiting leaves, at most [`BATCH_LEAVES_MAX`](super::BATCH_LEAVES_MAX), gives them their places and
    /// publishes the log with them. Returns the places; none when no leaf waits. When it returns, the leaves are in the
    /// published log.
    ///
    /// `now_ms` is the time of the batch in milliseconds since 1970, never less than the last one's.
    ///
    /// # Errors
    /// When nothing was sequenced, or when it is not known: then this sequencer [stops](SequenceError::Stopped).
    pub fn sequence(
        &mut self,
        connection: &mut Connection,
        now_ms: u64,
    ) -> Result<Vec<(OutboxId, u64)>, SequenceError> {
        let edge = self.edge.as_ref().ok_or(SequenceError::Stopped)?;
        if !tables::commits_durably(connection)? {
            return Err(SequenceError::NotDurable);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let waiting = tables::waiting(&transaction)?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let batch = self.build(edge.clone(), waiting, now_ms)?;
        self.folder.passed(BUILT);
        if !tables::move_lock(&transaction, &self.head.lock, &batch.head.lock)? {
            self.edge = None;
            return Err(SequenceError::Conflict);
        }
        let stage = Stage { old_note: self.head.lock.note.clone(), files: batch.files };
        tables::write_stage(&transaction, &stage)?;
        tables::place(&transaction, &batch.placed)?;
        // The commit point. Before it a crash leaves the outbox as it was and no trace of the new signature; after it the
        // batch is in the log, and the stage is what publishes it. An error here is neither, so nothing is guessed.
        self.edge = None;
        transaction.commit().map_err(SequenceError::Commit)?;
        self.folder.passed(STAGED);
        self.folder.write_tiles(&stage.files).map_err(FinishError::Folder)?;
        finish(&self.folder, connection, &batch.head.lock.note, &stage.files)?;
        (self.head, self.edge) = (batch.head, Some(batch.edge));
        Ok(batch.placed)
    }

    fn build(
        &self,
        mut edge: Edge,
        waiting: Vec<(OutboxId, Vec<u8>)>,
        now_ms: u64,
    ) -> Result<Batch, SequenceError> {
        let last_ms = self.head.lock.time_ms;
        if now_ms < last_ms {
            return Err(SequenceError::ClockWentBack { last_ms, now_ms });
        }
        if edge.size() + waiting.len() as u64 > LOG_LEAVES_MAX {
            return Err(SequenceError::Full);
        }
        let (mut files, mut placed) = (Vec::new(), Vec::new());
        for (id, bytes) in waiting {
            let leaf = tables::pending(&bytes).and_then(|leaf| leaf.at(now_ms));
            placed.push((id, edge.size()));
            edge.push(&leaf.map_err(SequenceError::Outbox)?.to_bytes(), &mut files);
        }
        files.extend(edge.partials());
        let head = Head::sign(&self.signer, edge.size(), edge.root(), now_ms).map_err(SequenceError::Head)?;
        Ok(Batch { edge, head, files, placed })
    }

    /// The place of a leaf in the published log; `None` while it waits.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn index_of(&self, connection: &Connection, id: OutboxId) -> Result<Option<u64>, rusqlite::Error> {
        Ok(tables::index_of(connection, id)?.filter(|index| *index < self.size()))
    }

    /// The published checkpoint: a signed note.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.head.lock.note
    }

    /// The number of leaves of the published log.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.head.checkpoint.size()
    }

    /// The root of the published log.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        self.head.checkpoint.root()
    }

    /// The key that readers verify the log with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// The published head.
    #[must_use]
    pub const fn head(&self) -> &Checkpoint {
        &self.head.checkpoint
    }

    pub(super) const fn folder(&self) -> &Folder {
        &self.folder
    }
}

impl fmt::Debug for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequencer").field("head", &self.head.checkpoint).finish_non_exhaustive()
    }
}

/// Publishes a head whose tiles are durable, and cleans up. Doing it again changes nothing.
pub(super) fn finish(
    folder: &Folder,
    connection: &mut Connection,
    note: &str,
    files: &[TileFile],
) -> Result<(), FinishError> {
    folder.publish(note)?;
    folder.remove_partials(files)?;
    tables::clear_stage(connection)?;
    folder.passed(CLEARED);
    Ok(())
}
