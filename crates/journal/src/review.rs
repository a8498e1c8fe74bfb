//! Review: what the person decides about a session, as marks that are appended and never changed.

use candor_model::{Finding, Rect, RedactedStep, SessionId, Timestamp};
use candor_redact::{Redacted, mask_region};

use crate::error::{SessionError, StateError};
use crate::index::StepEntry;
use crate::journal::{Inner, Journal};
use crate::record::{Mark, Record, StepRecord};

/// A step as it would be released, marks applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewStep {
    /// Its number in the recording: marks name it by this.
    pub number: u32,
    /// The step, its frame, its tree and the report.
    pub content: RedactedStep,
}

impl Journal {
    /// The steps as they would be released, in order, read one by one.
    ///
    /// # Errors
    /// When there is no such session, or it is damaged.
    pub fn view(&self, session: SessionId) -> Result<View, SessionError> {
        let numbers: Vec<(u32, u32)> = (0..).zip(self.kept(session)?).collect();
        Ok(View { journal: self.clone(), session, numbers: numbers.into_iter() })
    }

    /// Numbers of the steps that are not dropped, in order.
    ///
    /// # Errors
    /// When there is no such session, or it is damaged.
    pub fn kept(&self, session: SessionId) -> Result<Vec<u32>, SessionError> {
        Ok(self.lock()?.session(session)?.index.kept().collect())
    }

    /// One step of the recording with its masks, dropped ones too. Its ordinal is its number.
    ///
    /// # Errors
    /// When there is no such step, or it cannot be read.
    pub fn view_step(&self, session: SessionId, number: u32) -> Result<ReviewStep, SessionError> {
        self.lock()?.step(session, number, number)
    }

    /// Leaves a step out of the release.
    ///
    /// # Errors
    /// When there is no such step, the session is released, or the mark cannot be written.
    pub fn drop_step(&self, session: SessionId, number: u32) -> Result<(), SessionError> {
        self.mark(session, Mark::Drop { step: number })
    }

    /// Takes a dropped step in again. The session must be reviewed again then.
    ///
    /// # Errors
    /// When there is no such step, the session is released, or the mark cannot be written.
    pub fn restore_step(&self, session: SessionId, number: u32) -> Result<(), SessionError> {
        self.mark(session, Mark::Restore { step: number })
    }

    /// Masks a region in one step, or in all steps when `number` is none. A step on whose screen the region has no pixel
    /// stays as it is.
    ///
    /// # Errors
    /// When there is no such step, the region cannot be masked in it, the session is released, or the mark cannot be
    /// written.
    pub fn mask(&self, session: SessionId, number: Option<u32>, region: Rect) -> Result<(), SessionError> {
        let mut inner = self.lock()?;
        if let Some(step) = number {
            // A mark cannot be taken back: what would make the step unreadable is refused first.
            let mut content = inner.step(session, step, step)?.content;
            mask_region(&mut content, region).map_err(|source| SessionError::Mask {
                session,
                step,
                source,
            })?;
        }
        inner.commit(session, vec![Record::Mark(Mark::Mask { step: number, region })])
    }

    /// Names the task in the person's words, redacted. The session must be reviewed again then.
    ///
    /// # Errors
    /// When the text is too long, the session is released, or the mark cannot be written.
    pub fn set_task(
        &self,
        session: SessionId,
        task: Redacted<(String, Vec<Finding>)>,
    ) -> Result<(), SessionError> {
        let (text, findings) = task.into_content();
        self.mark(session, Mark::Task { text, findings })
    }

    /// Notes that the person has looked at the whole session as it would be released. Nothing is released without it (P5).
    ///
    /// # Errors
    /// When the recording has not ended, the session is released, or the mark cannot be written.
    pub fn mark_reviewed(&self, session: SessionId, now: Timestamp) -> Result<(), SessionError> {
        self.mark(session, Mark::Reviewed { at: now })
    }

    fn mark(&self, session: SessionId, mark: Mark) -> Result<(), SessionError> {
        self.commit(session, vec![Record::Mark(mark)])
    }
}

impl Inner {
    /// A step with its masks applied, under the ordinal that it is to have.
    pub(crate) fn step(
        &self,
        session: SessionId,
        number: u32,
        ordinal: u32,
    ) -> Result<ReviewStep, SessionError> {
        let mut content = self.recorded(session, number)?;
        let masks = &self.session(session)?.index.masks;
        let (width, height) = (content.step.screen.width, content.step.screen.height);
        for mask in masks.iter().filter(|mask| mask.covers(number, width, height)) {
            mask_region(&mut content, mask.region).map_err(|source| SessionError::Mask {
                session,
                step: number,
                source,
            })?;
        }
        content.step.ordinal = ordinal;
        Ok(ReviewStep { number, content })
    }

    fn recorded(&self, session: SessionId, number: u32) -> Result<RedactedStep, SessionError> {
        let StepRecord { step, report } = self.step_record(session, number)?;
        let frame = step.frame.map(|frame| self.blob(session, frame.digest)).transpose()?;
        let tree = step.tree.map(|tree| self.blob(session, tree.digest)).transpose()?;
        Ok(RedactedStep { step, frame, tree, report })
    }

    fn step_record(&self, session: SessionId, number: u32) -> Result<StepRecord, SessionError> {
        let entry: Option<&StepEntry> =
            usize::try_from(number).ok().and_then(|n| self.session(session).ok()?.index.steps.get(n));
        self.session(session)?;
        let none = SessionError::State { session, source: StateError::NoSuchStep { step: number } };
        let record = self.read(session, entry.ok_or(none)?.at)?;
        let Record::Step(step) = record else {
            return Err(SessionError::State { session, source: StateError::NotAStep });
        };
        Ok(*step)
    }

    fn blob(&self, session: SessionId, digest: candor_model::Digest) -> Result<Vec<u8>, SessionError> {
        let not_a_step = || SessionError::State { session, source: StateError::NotAStep };
        let at = self.session(session)?.index.blobs.get(&digest).copied().ok_or_else(not_a_step)?;
        let Record::Blob { digest: found, bytes } = self.read(session, at)? else { return Err(not_a_step()) };
        if found == digest { Ok(bytes) } else { Err(not_a_step()) }
    }
}

/// The steps of a session as they would be released. It reads each one when it is asked for.
#[derive(Debug)]
pub struct View {
    journal: Journal,
    session: SessionId,
    numbers: std::vec::IntoIter<(u32, u32)>,
}

impl Iterator for View {
    type Item = Result<ReviewStep, SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (ordinal, number) = self.numbers.next()?;
        Some(self.journal.lock().and_then(|inner| inner.step(self.session, number, ordinal)))
    }
}
