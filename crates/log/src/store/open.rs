//! Start-up: what the database says the log is, what the folder shows, and whether one can follow from the other.

use std::cmp::Ordering;
use std::path::Path;

use rusqlite::Connection;

use super::edge::Edge;
use super::folder::{Folder, FolderError};
use super::sequencer::{FinishError, Head, Sequencer, finish};
use super::tables::{self, Lock, Stage};
use super::{CREATED, Hook};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::{KeyError, SignerKey};
use crate::note::UnknownLines;
use crate::tree::empty_root;

/// Why the log cannot go on. It refuses rather than sign a second history.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The origin cannot name a key.
    #[error("the log's origin is not a key name")]
    Origin(#[source] KeyError),
    /// Commits of this connection may be lost with the power (`PRAGMA synchronous` below FULL).
    #[error("the database does not commit durably: set PRAGMA synchronous to FULL")]
    NotDurable,
    /// The folder cannot be used.
    #[error("the log's folder cannot be used")]
    Folder(#[from] FolderError),
    /// The database cannot be used.
    #[error("the log's tables cannot be used")]
    Database(#[from] rusqlite::Error),
    /// The head in the database is not signed by this key under this origin.
    #[error("the head in the database is another log's or another key's")]
    ForeignLock(#[source] CheckpointError),
    /// The lock disagrees with the head that it holds.
    #[error("the lock in the database contradicts itself")]
    BrokenLock,
    /// The folder holds a log that the database knows nothing of.
    #[error("the folder holds a log and the database does not")]
    LockMissing,
    /// The published checkpoint is not signed by this key under this origin.
    #[error("the published checkpoint is another log's or another key's")]
    ForeignCheckpoint(#[source] CheckpointError),
    /// The database has a log of this size, and the folder no checkpoint.
    #[error("the log has {locked} leaves and the folder no checkpoint")]
    CheckpointMissing {
        /// Leaves by the database.
        locked: u64,
    },
    /// More is published than the database knows: the database was put back to an earlier state.
    #[error("the folder shows {published} leaves, the database knows {locked}: the database was put back")]
    PublishedAhead {
        /// Leaves by the folder.
        published: u64,
        /// Leaves by the database.
        locked: u64,
    },
    /// Less is published than was already: the folder was put back to an earlier state.
    #[error("the folder shows {published} leaves, the database knows {locked}: the folder was put back")]
    RolledBack {
        /// Leaves by the folder.
        published: u64,
        /// Leaves by the database.
        locked: u64,
    },
    /// Two heads of the same size.
    #[error("folder and database have different heads of {size} leaves")]
    Fork {
        /// The size of both.
        size: u64,
    },
    /// An interrupted batch cannot be finished.
    #[error("the interrupted batch cannot be finished")]
    Finish(#[from] FinishError),
    /// The tiles at the right edge do not lead to the root that the log committed to.
    #[error("the tiles at the right edge do not lead to the root of the {size} leaves")]
    Edge {
        /// Leaves of the log.
        size: u64,
    },
}

impl Sequencer {
    /// Opens the log in `dir` and the tables of [`migrate`](super::migrate), or begins a new one where neither the
    /// database nor the folder has one. A batch that a crash interrupted is finished first, by the code that would have
    /// finished it.
    ///
    /// `seed` is that of the log's signing key; `origin` is the name of the log and its key, such as `example.org/candor`.
    ///
    /// # Errors
    /// When the log could only go on by contradicting what it signed, or the disk or the database refuses.
    pub fn open(
        dir: &Path,
        origin: &str,
        seed: &[u8; 32],
        hook: Hook,
        connection: &mut Connection,
    ) -> Result<Self, OpenError> {
        let signer = SignerKey::from_seed(origin, seed).map_err(OpenError::Origin)?;
        if !tables::commits_durably(connection)? {
            return Err(OpenError::NotDurable);
        }
        let folder = Folder::open(dir, hook)?;
        let head = match tables::lock(connection)? {
            Some(lock) => committed(lock, &signer)?,
            None => begin(&folder, &signer, connection)?,
        };
        let stage = tables::stage(connection)?;
        let published = folder.checkpoint()?;
        can_follow(&head, stage.as_ref(), published.as_deref(), &signer)?;
        let files = stage.as_ref().map_or(&[][..], |stage| &stage.files);
        folder.write_tiles(files)?;
        // The edge is verified before the head is published: what the folder cannot back is not shown to anybody.
        let (size, root) = (head.checkpoint.size(), head.checkpoint.root());
        let edge = Edge::load(&folder, size, root)?.ok_or(OpenError::Edge { size })?;
        if stage.is_some() || published.is_none() {
            finish(&folder, connection, &head.lock.note, files)?;
        }
        Ok(Self::new(folder, signer, head, edge))
    }
}

/// Begins a log. Before the insert a crash leaves nothing, after it an empty log that is not published yet.
fn begin(folder: &Folder, signer: &SignerKey, connection: &Connection) -> Result<Head, OpenError> {
    if !folder.is_new() {
        return Err(OpenError::LockMissing);
    }
    let head = Head::sign(signer, 0, empty_root(), 0).map_err(OpenError::ForeignLock)?;
    tables::create_lock(connection, &head.lock.note)?;
    folder.passed(CREATED);
    Ok(head)
}

/// Reads the head that the log committed to, and verifies its own signature on it.
fn committed(lock: Lock, signer: &SignerKey) -> Result<Head, OpenError> {
    let checkpoint = Checkpoint::open(lock.note.as_bytes(), signer.verifier(), UnknownLines::Refuse)
        .map_err(OpenError::ForeignLock)?;
    if checkpoint.size() == lock.size { Ok(Head { lock, checkpoint }) } else { Err(OpenError::BrokenLock) }
}

/// Decides whether the published checkpoint is one that the folder can show while the database knows `head`.
fn can_follow(
    head: &Head,
    stage: Option<&Stage>,
    published: Option<&[u8]>,
    signer: &SignerKey,
) -> Result<(), OpenError> {
    let locked = head.checkpoint.size();
    let Some(note) = published else {
        return if locked == 0 { Ok(()) } else { Err(OpenError::CheckpointMissing { locked }) };
    };
    let shown = Checkpoint::open(note, signer.verifier(), UnknownLines::Refuse)
        .map_err(OpenError::ForeignCheckpoint)?;
    let published = shown.size();
    let staged_from_here = stage.is_some_and(|stage| stage.old_note.as_bytes() == note);
    match published.cmp(&locked) {
        Ordering::Equal if note == head.lock.note.as_bytes() => Ok(()),
        Ordering::Equal => Err(OpenError::Fork { size: locked }),
        Ordering::Less if staged_from_here => Ok(()),
        Ordering::Less => Err(OpenError::RolledBack { published, locked }),
        Ordering::Greater => Err(OpenError::PublishedAhead { published, locked }),
    }
}
