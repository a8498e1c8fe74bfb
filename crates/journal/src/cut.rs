//! Forgetting the last minutes: the end of a session is cut off its files, for good.
//!
//! A mark that says "not this" would leave the bytes where they are. Here the files get shorter, and what is written next begins
//! a segment of its own, under a key of its own, so that no nonce comes twice.

use std::fs;
use std::io;

use candor_model::{SessionId, Timestamp};

use crate::error::{SegmentError, SessionError, StateError};
use crate::files::{Files, Pen};
use crate::header::Header;
use crate::journal::{Inner, Journal};
use crate::point;
use crate::record::{Finish, Gap, Record};
use crate::segment::{Location, path, sync_folder};
use crate::session::{Opened, Session};

/// The code of the gap that stands where something was forgotten.
pub const FORGOTTEN: &str = "forgotten";

/// What was forgotten of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// The session.
    pub session: SessionId,
    /// Steps that are gone.
    pub steps: u64,
    /// Bytes that the files are shorter by.
    pub bytes: u64,
    /// Whether nothing was older, so that the whole session is gone.
    pub whole: bool,
}

impl Journal {
    /// Deletes what was recorded in a session since `since`, for good, and notes a gap there that says so. A session of which nothing is
    /// older, and that nobody is recording, is deleted whole.
    ///
    /// A step belongs to the time when it was done; a gap that reaches into the time goes whole.
    ///
    /// # Errors
    /// When there is no such session, it is released, the person has reviewed it (what they decided about its steps would be lost with
    /// them: discard it, or drop the steps), or its files cannot be cut. [`Journal::forget_since`] again goes on.
    pub fn forget_since(
        &self,
        session: SessionId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, SessionError> {
        self.lock()?.forget_since(session, since, now)
    }
}

impl Inner {
    pub(crate) fn forget_since(
        &mut self,
        session: SessionId,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, SessionError> {
        let found = self.session(session)?;
        let state = |source| SessionError::State { session, source };
        if found.index.release.is_some() {
            return Err(state(StateError::Released));
        }
        let (steps, bytes) = (found.index.steps.len() as u64, found.files.bytes());
        if !found.recording && found.index.start.started >= since {
            self.delete(session)?;
            return Ok(Forgotten { session, steps, bytes, whole: true });
        }
        if found.index.is_marked() {
            return Err(state(StateError::Marked));
        }
        self.cut(session, since, now)?;
        let left = self.session(session)?;
        let (steps_left, bytes_left) = (left.index.steps.len() as u64, left.files.bytes());
        Ok(Forgotten {
            session,
            steps: steps.saturating_sub(steps_left),
            bytes: bytes.saturating_sub(bytes_left),
            whole: false,
        })
    }

    fn cut(&mut self, session: SessionId, since: Timestamp, now: Timestamp) -> Result<(), SessionError> {
        let found = self.sessions.get_mut(&session).ok_or(SessionError::NotFound { session })?;
        let damaged = |source| SessionError::Damaged { session, source: std::sync::Arc::new(source) };
        let Some((at, from)) = first_since(&found.files, session, since, &self.pen).map_err(damaged)? else {
            return Ok(());
        };
        let (finish, recording) = (found.index.finish.clone(), found.recording);
        // Tiles of what is forgotten go from memory too, and their numbers are given again.
        self.unpacking.replace(None);
        // What the packer knows may be cut off now, also where cutting fails half way.
        found.packer = None;
        if let Err(source) = found.files.cut_from(at, &self.pen) {
            found.files.refuse();
            return Err(SessionError::Delete { session, source });
        }
        found.files.refuse();
        let folder = found.files.folder.clone();
        match Session::open(folder, session, &self.pen) {
            Opened::Sound(sound, _) => *found = Session { recording, ..*sound },
            Opened::Damaged(damage) => return Err(SessionError::Damaged { session, source: damage.error }),
            Opened::NeverBegan => return Err(SessionError::NotFound { session }),
        }
        let gap = Gap { codes: vec![FORGOTTEN.to_owned()], from: from.min(since), to: now.max(since) };
        let ended = finish.map(|finish| Record::Finish(Finish { ended: finish.ended.min(since), ..finish }));
        self.commit(session, std::iter::once(Record::Gap(gap)).chain(ended).collect())
    }
}

/// The first record of what was recorded since then, and when that was. The blobs of a step stand before it.
fn first_since(
    files: &Files,
    session: SessionId,
    since: Timestamp,
    pen: &Pen,
) -> Result<Option<(Location, Timestamp)>, SegmentError> {
    let (mut blobs_from, mut first) = (None, None);
    let mut look = |record: Record, at: Location| {
        let until = match record {
            Record::Blob { .. } | Record::Frame { .. } => {
                blobs_from.get_or_insert(at);
                return Ok(());
            }
            Record::Step(step) => Some((step.step.at.wall, step.step.at.wall)),
            Record::Gap(gap) => Some((gap.to, gap.from)),
            Record::Start(_)
            | Record::Finish(_)
            | Record::Mark(_)
            | Record::Release(_)
            | Record::Receipt(_) => None,
        };
        let begins = blobs_from.take().unwrap_or(at);
        if let Some((_, from)) = until.filter(|(until, _)| *until >= since) {
            first.get_or_insert((begins, from));
        }
        Ok(())
    };
    Files::new(files.folder.clone(), session).replay(&pen.key, &mut look)?;
    Ok(first)
}

impl Files {
    /// Cuts everything off from a record on: later segments first, the last one first, then the end of the segment it is in.
    ///
    /// Commit point: `sync_all` of the shorter segment. A crash before it leaves a session that is shorter than it was and longer than it
    /// should be; cutting again goes on.
    pub(crate) fn cut_from(&mut self, at: Location, pen: &Pen) -> io::Result<()> {
        self.writer = None;
        let begins = at.offset == Header::LEN as u64;
        let keep = if begins { at.segment } else { at.segment + 1 };
        for segment in (keep..self.segments).rev() {
            fs::remove_file(path(&self.folder, segment))?;
        }
        sync_folder(&self.folder)?;
        if !begins {
            let file = fs::OpenOptions::new().write(true).open(path(&self.folder, at.segment))?;
            file.set_len(at.offset)?;
            file.sync_all()?;
        }
        (pen.hook)(point::CUT);
        Ok(())
    }
}
