//! The journal: a folder with a folder for each session.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use candor_bundle::Unpacker;
use candor_model::{Entropy, Outcome, RedactedStep, SessionId, Timestamp};

use crate::delete;
use crate::error::{OpenError, SegmentError, SessionError, StateError};
use crate::files::{Pen, Repair};
use crate::keys::{DeviceKey, SaltSource};
use crate::record::{Finish, Gap, Record, SessionStart};
use crate::segment::{SEGMENT_BYTES_MAX, sync_folder};
use crate::session::{Damage, Opened, Session};
use crate::summary::SessionSummary;
use crate::writer::SessionWriter;
use crate::{Hook, lock, point};

/// The device's journal. Clones are the same journal.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Mutex<Inner>>,
    repairs: Arc<Vec<Repair>>,
}

/// What is behind the lock.
pub(crate) struct Inner {
    pub(crate) folder: PathBuf,
    pub(crate) pen: Pen,
    pub(crate) sessions: BTreeMap<SessionId, Session>,
    pub(crate) damaged: BTreeMap<SessionId, Damage>,
    /// Puts frames together: of the one session that is looked at.
    pub(crate) unpacking: RefCell<Option<(SessionId, Unpacker)>>,
    _lock: File,
}

impl Journal {
    /// Opens the journal in `folder`, or makes one: finishes deletions, cuts torn ends, and checks every record.
    ///
    /// `entropy` gives the seed of this program's salts. `hook` is told the commit points that are reached.
    ///
    /// # Errors
    /// When another program has it open, the key or the version is another, or the folder cannot be read or written.
    /// A session with damaged files is no such error: see [`Journal::damaged`].
    pub fn open(
        folder: &Path,
        key: &[u8; 32],
        entropy: &mut dyn Entropy,
        hook: Hook,
    ) -> Result<Self, OpenError> {
        let lock = lock::hold(folder)?;
        let key = DeviceKey::new(key);
        lock::check_name(folder, &key, entropy)?;
        let io = |doing| move |source| OpenError::Io { doing, source };
        delete::finish(folder, &hook).map_err(io("finish a deletion"))?;
        let pen = Pen {
            key,
            salts: SaltSource::new(entropy.bytes_32()),
            hook,
            segment_bytes_max: SEGMENT_BYTES_MAX,
        };
        let (sessions, damaged) = (BTreeMap::new(), BTreeMap::new());
        let mut inner = Inner {
            folder: folder.to_owned(),
            pen,
            sessions,
            damaged,
            unpacking: RefCell::new(None),
            _lock: lock,
        };
        let repairs = inner.open_sessions().map_err(io("read the journal's folder"))?;
        Ok(Self { inner: Arc::new(Mutex::new(inner)), repairs: Arc::new(repairs) })
    }

    /// What was cut off when it was opened.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The sessions that cannot be read, and why. They can be discarded.
    ///
    /// # Errors
    /// [`SessionError::Poisoned`].
    pub fn damaged(&self) -> Result<Vec<(SessionId, Arc<SegmentError>)>, SessionError> {
        let inner = self.lock()?;
        Ok(inner.damaged.iter().map(|(session, damage)| (*session, Arc::clone(&damage.error))).collect())
    }

    /// Begins a session.
    ///
    /// # Errors
    /// When the journal has it already, or cannot be written.
    pub fn begin(&self, start: SessionStart) -> Result<SessionWriter, SessionError> {
        let session = start.session;
        let mut inner = self.lock()?;
        if inner.sessions.contains_key(&session) || inner.damaged.contains_key(&session) {
            return Err(SessionError::Exists { session });
        }
        let begun = inner.begin(start)?;
        inner.sessions.insert(session, begun);
        drop(inner);
        Ok(SessionWriter::new(self.clone(), session))
    }

    /// The sessions, in the order of their ids.
    ///
    /// # Errors
    /// [`SessionError::Poisoned`].
    pub fn sessions(&self) -> Result<Vec<SessionSummary>, SessionError> {
        Ok(self.lock()?.sessions.values().map(SessionSummary::of).collect())
    }

    /// One session.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn session(&self, session: SessionId) -> Result<SessionSummary, SessionError> {
        Ok(SessionSummary::of(self.lock()?.session(session)?))
    }

    /// What the gate refused during a session, and why, in order. For the person only.
    ///
    /// # Errors
    /// When there is no such session, or it is damaged.
    pub fn gaps(&self, session: SessionId) -> Result<Vec<Gap>, SessionError> {
        Ok(self.lock()?.session(session)?.index.gaps.clone())
    }

    /// Ends a session whose recorder was interrupted, so that the person can review it.
    ///
    /// # Errors
    /// When there is no such session, a writer is at work on it, it has ended, or it cannot be written.
    pub fn finish(
        &self,
        session: SessionId,
        ended: Timestamp,
        outcome: Option<Outcome>,
    ) -> Result<(), SessionError> {
        let mut inner = self.lock()?;
        if inner.session(session)?.recording {
            return Err(SessionError::State { session, source: StateError::NotFinished });
        }
        inner.commit(session, vec![Record::Finish(Finish { ended, outcome })])
    }

    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, Inner>, SessionError> {
        self.inner.lock().map_err(|_| SessionError::Poisoned)
    }

    pub(crate) fn commit(&self, session: SessionId, records: Vec<Record>) -> Result<(), SessionError> {
        self.lock()?.commit(session, records)
    }
}

impl Inner {
    fn open_sessions(&mut self) -> std::io::Result<Vec<Repair>> {
        let mut repairs = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let session = entry.file_name().to_str().and_then(|name| name.parse::<SessionId>().ok());
            let Some(session) = session else { continue };
            match Session::open(entry.path(), session, &self.pen) {
                Opened::Sound(sound, repair) => {
                    self.sessions.insert(session, *sound);
                    repairs.extend(repair);
                }
                Opened::Damaged(damage) => {
                    self.damaged.insert(session, damage);
                }
                Opened::NeverBegan => delete::folder(&entry.path(), &self.pen.hook)?,
            }
        }
        Ok(repairs)
    }

    fn begin(&mut self, start: SessionStart) -> Result<Session, SessionError> {
        let session = start.session;
        let folder = self.folder.join(session.to_string());
        let made = std::fs::create_dir(&folder).and_then(|()| sync_folder(&self.folder));
        made.map_err(|source| SessionError::Write { session, source })?;
        (self.pen.hook)(point::FOLDER_CREATED);
        let begun = Session::begin(folder.clone(), start, &mut self.pen);
        if begun.is_err() {
            // The folder has no start record. What cannot be removed here is removed when the journal is opened.
            let _ = delete::folder(&folder, &self.pen.hook);
        }
        begun
    }

    pub(crate) fn session(&self, session: SessionId) -> Result<&Session, SessionError> {
        if let Some(damage) = self.damaged.get(&session) {
            return Err(SessionError::Damaged { session, source: Arc::clone(&damage.error) });
        }
        self.sessions.get(&session).ok_or(SessionError::NotFound { session })
    }

    pub(crate) fn commit(&mut self, session: SessionId, records: Vec<Record>) -> Result<(), SessionError> {
        self.session(session)?;
        let found = self.sessions.get_mut(&session).ok_or(SessionError::NotFound { session })?;
        found.commit(records, &mut self.pen)
    }

    pub(crate) fn append(
        &mut self,
        session: SessionId,
        content: RedactedStep,
        bytes_max: u64,
    ) -> Result<Option<u64>, SessionError> {
        self.session(session)?;
        let found = self.sessions.get_mut(&session).ok_or(SessionError::NotFound { session })?;
        found.append(content, bytes_max, &mut self.pen)
    }

    pub(crate) fn read(
        &self,
        session: SessionId,
        at: crate::segment::Location,
    ) -> Result<Record, SessionError> {
        let damaged = |source| SessionError::Damaged { session, source: Arc::new(source) };
        self.session(session)?.files.read(at, &self.pen.key).map_err(damaged)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Journal(..)")
    }
}
