//! Writing a session while it is recorded.

use candor_model::{Outcome, RedactedStep, SessionId, Timestamp};
use candor_redact::Redacted;

use crate::cut::Forgotten;
use crate::error::{SessionError, StateError};
use crate::journal::Journal;
use crate::record::{Finish, Gap, Record};

/// Takes the steps and gaps of one session, until it is finished or dropped.
///
/// Only what redaction handed out can be journalled. A step that did not go through it is another type:
///
/// ```compile_fail,E0308
/// fn journal(writer: &mut candor_journal::SessionWriter, step: candor_model::RedactedStep) {
///     let _ = writer.append(step);
/// }
/// ```
///
/// and so is what a sensor saw:
///
/// ```compile_fail,E0308
/// fn journal(writer: &mut candor_journal::SessionWriter, seen: candor_redact::Raw<candor_model::Observation>) {
///     let _ = writer.append(seen);
/// }
/// ```
#[derive(Debug)]
pub struct SessionWriter {
    journal: Journal,
    session: SessionId,
    gap: Option<Gap>,
}

impl SessionWriter {
    pub(crate) const fn new(journal: Journal, session: SessionId) -> Self {
        Self { journal, session, gap: None }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Journals a step; its number in the session is given here. It is durable when this returns.
    ///
    /// # Errors
    /// When the session was discarded or is full, or cannot be written; then nothing of the step is in it.
    pub fn append(&mut self, step: Redacted<RedactedStep>) -> Result<(), SessionError> {
        self.append_content(step.into_content(), u64::MAX).map(drop)
    }

    /// The same, if the step and what belongs to it take at most so many bytes on the disk; it comes back how many they took, and
    /// none if they would take more. Tiles of frames that are there already take nothing.
    ///
    /// # Errors
    /// The same.
    pub fn append_within(
        &mut self,
        step: Redacted<RedactedStep>,
        bytes_max: u64,
    ) -> Result<Option<u64>, SessionError> {
        self.append_content(step.into_content(), bytes_max)
    }

    pub(crate) fn append_content(
        &mut self,
        mut content: RedactedStep,
        bytes_max: u64,
    ) -> Result<Option<u64>, SessionError> {
        let session = self.session;
        self.flush()?;
        let mut inner = self.journal.lock()?;
        let number = inner.session(session)?.index.steps.len();
        let full = StateError::Full { what: "steps", limit: u64::from(u32::MAX) };
        let number = u32::try_from(number).map_err(|_| SessionError::State { session, source: full })?;
        content.step.ordinal = number;
        inner.append(session, content, bytes_max)
    }

    /// Notes that the gate refused, and why.
    ///
    /// Refusals that follow each other for the same reasons become one gap, with no count of them (P3). The last gap is
    /// in memory until something else comes, so a crash loses it.
    ///
    /// # Errors
    /// When a code is not a code, or an earlier gap cannot be written.
    pub fn gap(&mut self, gap: Gap) -> Result<(), SessionError> {
        if let Some(open) = &mut self.gap
            && open.codes == gap.codes
        {
            open.to = open.to.max(gap.to);
            return Ok(());
        }
        self.flush()?;
        let session = self.session;
        let record = Record::Gap(Gap { to: gap.to.max(gap.from), ..gap });
        let checked = self.journal.lock()?.session(session)?.index.check(&record);
        checked.map_err(|source| SessionError::State { session, source })?;
        let Record::Gap(gap) = record else { return Ok(()) };
        self.gap = Some(gap);
        Ok(())
    }

    /// Deletes what was recorded since `since`, for good: see [`Journal::forget_since`]. What was not written yet goes too.
    ///
    /// # Errors
    /// When the files cannot be cut.
    pub fn forget_since(&mut self, since: Timestamp, now: Timestamp) -> Result<Forgotten, SessionError> {
        if self.gap.as_ref().is_some_and(|gap| gap.to >= since) {
            self.gap = None;
        }
        self.flush()?;
        self.journal.forget_since(self.session, since, now)
    }

    /// Ends the recording. It waits for the person's review from here on.
    ///
    /// # Errors
    /// When the session was discarded, or cannot be written; then it is interrupted, and can be ended later.
    pub fn finish(mut self, ended: Timestamp, outcome: Option<Outcome>) -> Result<(), SessionError> {
        self.flush()?;
        self.journal.commit(self.session, vec![Record::Finish(Finish { ended, outcome })])
    }

    fn flush(&mut self) -> Result<(), SessionError> {
        let Some(gap) = self.gap.clone() else { return Ok(()) };
        self.journal.commit(self.session, vec![Record::Gap(gap)])?;
        self.gap = None;
        Ok(())
    }
}

impl Drop for SessionWriter {
    fn drop(&mut self) {
        // A journal that another thread broke is opened again before it is used, and then no session is recording.
        if let Ok(mut inner) = self.journal.lock()
            && let Some(session) = inner.sessions.get_mut(&self.session)
        {
            session.recording = false;
        }
    }
}
