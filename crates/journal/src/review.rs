//! Review: what the person decides about a session, as marks that are appended and never changed.

use candor_model::{
    AppId, Digest, Finding, FrameBytes, Outcome, Place, Rect, RedactedStep, RedactionReport, SessionId, Step,
    Timestamp,
};
use candor_redact::{Redacted, Word, mask, mask_region};

use crate::error::{SessionError, StateError};
use crate::index::{Masked, StepEntry};
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

/// A step without its picture and its tree: what a list of steps needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutline {
    /// Its number in the recording.
    pub number: u32,
    /// Whether it would be released.
    pub kept: bool,
    /// Whether it has a picture.
    pub has_frame: bool,
    /// The step with its masks. What it says of frame and tree is of the recording, before masks.
    pub step: Step,
    /// The report with the masks.
    pub report: RedactionReport,
}

/// A step in which something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number in the recording.
    pub number: u32,
    /// Where, each place once.
    pub places: Vec<Place>,
}

/// A mask that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskInForce {
    /// What names it to [`Journal::unmask`].
    pub number: u32,
    /// What it takes out.
    pub what: Masked,
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

    /// Every step of the recording without pictures, dropped ones too. No picture is opened for it, and a tree only where a
    /// mask needs it.
    ///
    /// # Errors
    /// When there is no such session, or it is damaged.
    pub fn outline(&self, session: SessionId) -> Result<Vec<StepOutline>, SessionError> {
        let inner = self.lock()?;
        let index = &inner.session(session)?.index;
        let kept: std::collections::BTreeSet<u32> = index.kept().collect();
        let numbers = (0_u32..).take(index.steps.len());
        numbers.map(|number| inner.outlined(session, number, kept.contains(&number))).collect()
    }

    /// Looks for a word in what was typed, in titles, and in what the trees name, as masked so far; dropped steps too. Pictures
    /// are not read.
    ///
    /// # Errors
    /// When it is no word, there is no such session, or it is damaged.
    pub fn search(&self, session: SessionId, text: &str) -> Result<Vec<Found>, SessionError> {
        let not_a_word = SessionError::State { session, source: StateError::NotAWord };
        let word = Word::new(text).ok_or(not_a_word)?;
        let inner = self.lock()?;
        let mut found = Vec::new();
        for number in (0_u32..).take(inner.session(session)?.index.steps.len()) {
            let places = inner.places(session, number, &word)?;
            if !places.is_empty() {
                found.push(Found { number, places });
            }
        }
        Ok(found)
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
            // What would make the step unreadable is refused first.
            let mut content = inner.step(session, step, step)?.content;
            mask_region(&mut content, region).map_err(|source| SessionError::Mask {
                session,
                step,
                source,
            })?;
        }
        inner.commit(session, vec![Record::Mark(Mark::Mask { step: number, region })])
    }

    /// Masks a word wherever it stands. It comes back in how many steps it stood, dropped ones too.
    ///
    /// # Errors
    /// When it is no word, is nowhere in the recording (then it is not written down either), the session is released, or the mark
    /// cannot be written.
    pub fn mask_word(&self, session: SessionId, text: &str) -> Result<u32, SessionError> {
        let refused = |source| SessionError::State { session, source };
        let word = Word::new(text).ok_or_else(|| refused(StateError::NotAWord))?;
        let mut inner = self.lock()?;
        let (stood, in_task) = inner.stands(session, &word)?;
        if stood == 0 && !in_task {
            return Err(refused(StateError::NotThere));
        }
        inner.commit(session, vec![Record::Mark(Mark::Word { word: text.trim().to_owned() })])?;
        Ok(stood)
    }

    /// Leaves out every step with an application in front. It comes back how many there are.
    ///
    /// # Errors
    /// When there is no such step, the session is released, or the mark cannot be written.
    pub fn mask_app(&self, session: SessionId, app: &AppId) -> Result<usize, SessionError> {
        let mut inner = self.lock()?;
        let steps = inner.session(session)?.index.steps.iter().filter(|step| step.app == *app).count();
        if steps == 0 {
            return Err(SessionError::State { session, source: StateError::NotThere });
        }
        inner.commit(session, vec![Record::Mark(Mark::App { app: app.clone() })])?;
        Ok(steps)
    }

    /// The masks that are in force, in the order made.
    ///
    /// # Errors
    /// When there is no such session, or it is damaged.
    pub fn masks(&self, session: SessionId) -> Result<Vec<MaskInForce>, SessionError> {
        let inner = self.lock()?;
        let masks = inner.session(session)?.index.masks();
        Ok(masks.map(|(number, mask)| MaskInForce { number, what: mask.what.clone() }).collect())
    }

    /// Takes a mask back. The session must be reviewed again then.
    ///
    /// # Errors
    /// When there is no such mask in force, the session is released, or the mark cannot be written.
    pub fn unmask(&self, session: SessionId, number: u32) -> Result<(), SessionError> {
        self.mark(session, Mark::Unmask { mask: number })
    }

    /// Says how the task ended, or that nothing is said of it. The session must be reviewed again then.
    ///
    /// # Errors
    /// When the recording has not ended, the session is released, or the mark cannot be written.
    pub fn set_outcome(&self, session: SessionId, outcome: Option<Outcome>) -> Result<(), SessionError> {
        self.mark(session, Mark::Outcome { outcome })
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
        self.apply_masks(session, number, &mut content)?;
        content.step.ordinal = ordinal;
        Ok(ReviewStep { number, content })
    }

    /// Whether a mask of a region or a word may touch a step. An application that is left out is no such mask.
    pub(crate) fn may_be_masked(&self, session: SessionId, number: u32) -> Result<bool, SessionError> {
        let index = &self.session(session)?.index;
        Ok(index.masks().any(|(_, mask)| match mask.what {
            Masked::Region { step, .. } => step.is_none_or(|only| only == number),
            Masked::Word(_) => true,
            Masked::App(_) => false,
        }))
    }

    /// A step that no mask touches, without the bytes of its frame, under the ordinal that it is to have.
    pub(crate) fn unmasked(
        &self,
        session: SessionId,
        number: u32,
        ordinal: u32,
    ) -> Result<RedactedStep, SessionError> {
        let StepRecord { mut step, report } = self.step_record(session, number)?;
        let tree = step.tree.map(|tree| self.blob(session, tree.digest)).transpose()?;
        step.ordinal = ordinal;
        Ok(RedactedStep { step, frame: None, tree, report })
    }

    fn apply_masks(
        &self,
        session: SessionId,
        number: u32,
        content: &mut RedactedStep,
    ) -> Result<(), SessionError> {
        let index = &self.session(session)?.index;
        let regions = index.regions(number, content.step.screen.width, content.step.screen.height);
        let words = index.words();
        if regions.is_empty() && words.is_empty() {
            return Ok(());
        }
        mask(content, &regions, &words).map_err(|source| SessionError::Mask { session, step: number, source })
    }

    fn outlined(&self, session: SessionId, number: u32, kept: bool) -> Result<StepOutline, SessionError> {
        let StepRecord { step, report } = self.step_record(session, number)?;
        let (frame, tree) = (step.frame, step.tree);
        let index = &self.session(session)?.index;
        let masked = !index.regions(number, step.screen.width, step.screen.height).is_empty()
            || !index.words().is_empty();
        let bytes = tree.filter(|_| masked).map(|tree| self.blob(session, tree.digest)).transpose()?;
        let mut content = RedactedStep { step, frame: None, tree: bytes, report };
        self.apply_masks(session, number, &mut content)?;
        (content.step.frame, content.step.tree) = (frame, tree);
        let RedactedStep { step, report, .. } = content;
        Ok(StepOutline { number, kept, has_frame: frame.is_some(), step, report })
    }

    /// Where a word stands in a step: where masking it would take something out.
    fn places(&self, session: SessionId, number: u32, word: &Word) -> Result<Vec<Place>, SessionError> {
        let unmasked = |source| SessionError::Mask { session, step: number, source };
        let StepRecord { step, report } = self.step_record(session, number)?;
        let tree = step.tree.map(|tree| self.blob(session, tree.digest)).transpose()?;
        let mut content = RedactedStep { step, frame: None, tree, report };
        self.apply_masks(session, number, &mut content)?;
        let before = content.report.findings.len();
        mask(&mut content, &[], std::slice::from_ref(word)).map_err(unmasked)?;
        Ok(content.report.findings.into_iter().skip(before).map(|finding| finding.place).collect())
    }

    /// In how many steps a word stands, pictures aside, and whether it stands in the task's name.
    fn stands(&self, session: SessionId, word: &Word) -> Result<(u32, bool), SessionError> {
        let index = &self.session(session)?.index;
        let in_task = index.task().is_some_and(|task| word.stands_in(&task.text));
        let mut stood = 0;
        for number in (0_u32..).take(index.steps.len()) {
            let mut content = self.recorded(session, number)?;
            self.apply_masks(session, number, &mut content)?;
            let before = content.report.findings.len();
            let words = std::slice::from_ref(word);
            // The picture stays as it is: that a mark holds for every step is shown here, before it is written.
            mask(&mut content, &[], words).map_err(|source| SessionError::Mask {
                session,
                step: number,
                source,
            })?;
            let added = content.report.findings.iter().skip(before);
            let by_text = |finding: &Finding| finding.rule == "review.word";
            stood += u32::from(added.into_iter().any(by_text));
        }
        Ok((stood, in_task))
    }

    fn recorded(&self, session: SessionId, number: u32) -> Result<RedactedStep, SessionError> {
        let StepRecord { step, report } = self.step_record(session, number)?;
        let frame = step.frame.map(|frame| self.frame(session, frame)).transpose()?;
        let tree = step.tree.map(|tree| self.blob(session, tree.digest)).transpose()?;
        Ok(RedactedStep { step, frame: frame.map(FrameBytes::from), tree, report })
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

    pub(crate) fn blob(&self, session: SessionId, digest: Digest) -> Result<Vec<u8>, SessionError> {
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
