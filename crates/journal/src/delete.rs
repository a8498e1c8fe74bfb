//! Deleting: a session's folder is first marked by its name, then its files go. What a crash leaves of it goes when the
//! journal is opened, and at each sweep.

use std::fs;
use std::io;
use std::path::Path;

use candor_model::{SessionId, Timestamp};

use crate::error::{SessionError, StateError};
use crate::journal::{Inner, Journal};
use crate::segment::sync_folder;
use crate::session::Session;
use crate::{Hook, point};

const DELETED: &str = "deleted";

impl Journal {
    /// Deletes a session that the person does not want to keep, whatever its state, damaged ones too.
    ///
    /// What the server already has of a released session is ended by withdrawal, not here.
    ///
    /// # Errors
    /// When there is no such session, or its files cannot be deleted.
    pub fn discard(&self, session: SessionId) -> Result<(), SessionError> {
        self.lock()?.delete(session)
    }

    /// Deletes the local files of a session that the server has confirmed.
    ///
    /// # Errors
    /// When there is no such session, it has no receipt, or its files cannot be deleted.
    pub fn forget(&self, session: SessionId) -> Result<(), SessionError> {
        let mut inner = self.lock()?;
        if inner.session(session)?.index.receipt.is_none() {
            return Err(SessionError::State { session, source: StateError::NotReleased });
        }
        inner.delete(session)
    }

    /// Deletes every session whose hold has ended and that the person has not released: silence is no (P5).
    ///
    /// A session that a writer of this program is at work on is left alone, and so is a damaged one of another version.
    ///
    /// # Errors
    /// When files cannot be deleted; the next sweep tries again.
    pub fn sweep(&self, now: Timestamp) -> Result<Vec<SessionId>, SessionError> {
        let mut inner = self.lock()?;
        let ended = inner.unreleased_and_held_until(now);
        for session in &ended {
            inner.delete(*session)?;
        }
        let unknown = SessionId::from_bytes([0; SessionId::LEN]);
        let session = ended.first().copied().unwrap_or(unknown);
        finish(&inner.folder, &inner.pen.hook).map_err(|source| SessionError::Delete { session, source })?;
        Ok(ended)
    }
}

impl Inner {
    fn unreleased_and_held_until(&self, now: Timestamp) -> Vec<SessionId> {
        let over = |session: &Session| {
            !session.recording && session.index.release.is_none() && session.index.deletes_at() <= now
        };
        let sound = self.sessions.iter().filter(|(_, session)| over(session)).map(|(id, _)| *id);
        let damaged = self.damaged.iter().filter(|(_, damage)| damage.deletes_at.is_some_and(|at| at <= now));
        sound.chain(damaged.map(|(id, _)| *id)).collect()
    }

    pub(crate) fn delete(&mut self, session: SessionId) -> Result<(), SessionError> {
        let sound = self.sessions.get(&session).map(|found| found.files.folder.clone());
        let damaged = self.damaged.get(&session).map(|damage| damage.folder.clone());
        let path = sound.or(damaged).ok_or(SessionError::NotFound { session })?;
        let failed = |source| SessionError::Delete { session, source };
        // What was opened of its frames goes from memory with it.
        self.unpacking.replace(None);
        let marked = mark(&path, &self.pen.hook).map_err(failed)?;
        self.sessions.remove(&session);
        self.damaged.remove(&session);
        remove(&marked, &self.pen.hook).map_err(failed)
    }
}

/// Deletes a session's folder.
pub(crate) fn folder(path: &Path, hook: &Hook) -> io::Result<()> {
    remove(&mark(path, hook)?, hook)
}

/// Commit point: the rename is durable. A crash before it leaves the session as it was, one after it a folder that
/// [`finish`] deletes.
fn mark(path: &Path, hook: &Hook) -> io::Result<std::path::PathBuf> {
    let marked = path.with_extension(DELETED);
    fs::rename(path, &marked)?;
    sync_parent(&marked)?;
    hook(point::DELETE_MARKED);
    Ok(marked)
}

/// Commit point: the removal of the folder is durable. A crash before it leaves some of its files, and the mark.
fn remove(marked: &Path, hook: &Hook) -> io::Result<()> {
    fs::remove_dir_all(marked)?;
    sync_parent(marked)?;
    hook(point::DELETED);
    Ok(())
}

/// Deletes what is marked.
pub(crate) fn finish(journal: &Path, hook: &Hook) -> io::Result<()> {
    for entry in fs::read_dir(journal)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == DELETED) {
            remove(&path, hook)?;
        }
    }
    Ok(())
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}
