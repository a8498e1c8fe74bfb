//! Which record may come next.

use candor_bundle::{Packed, TILES_MAX};
use candor_model::AppId;
use candor_redact::Word;

use super::{GAP_CODES_MAX, GAPS_MAX, Index, MARKS_MAX, MASKS_MAX, SESSION_STEPS_MAX, TASK_BYTES_MAX};
use crate::error::StateError;
use crate::record::{Gap, Mark, Record, StepRecord};

impl Index {
    /// Whether a record may come next.
    pub(crate) fn check(&self, record: &Record) -> Result<(), StateError> {
        match record {
            Record::Start(_) => Err(StateError::NotAStep),
            Record::Blob { .. } | Record::Finish(_) => self.records(),
            Record::Frame { packed, .. } => self.check_frame(packed),
            Record::Step(step) => self.check_step(step),
            Record::Gap(gap) => self.check_gap(gap),
            Record::Mark(mark) => self.check_mark(mark),
            Record::Release(_) => self.releasable(),
            Record::Receipt(_) => self.release.map(|_| ()).ok_or(StateError::NotReleased),
        }
    }

    fn records(&self) -> Result<(), StateError> {
        if self.finish.is_none() { Ok(()) } else { Err(StateError::Finished) }
    }

    fn check_frame(&self, packed: &Packed) -> Result<(), StateError> {
        self.records()?;
        let fits = self.tiles.saturating_add(packed.fresh()) <= TILES_MAX;
        if fits { Ok(()) } else { Err(StateError::Full { what: "tiles of frames", limit: TILES_MAX.into() }) }
    }

    fn check_step(&self, record: &StepRecord) -> Result<(), StateError> {
        self.records()?;
        let fits = self.steps.len() < SESSION_STEPS_MAX;
        let full = StateError::Full { what: "steps", limit: SESSION_STEPS_MAX as u64 };
        fits.then_some(()).ok_or(full)?;
        let in_place = usize::try_from(record.step.ordinal) == Ok(self.steps.len());
        if in_place { Ok(()) } else { Err(StateError::NotAStep) }
    }

    fn check_gap(&self, gap: &Gap) -> Result<(), StateError> {
        self.records()?;
        if self.gaps.len() >= GAPS_MAX {
            return Err(StateError::Full { what: "gaps", limit: GAPS_MAX as u64 });
        }
        check_codes(gap)
    }

    fn check_mark(&self, mark: &Mark) -> Result<(), StateError> {
        if self.release.is_some() {
            return Err(StateError::Released);
        }
        if self.marks >= MARKS_MAX {
            return Err(StateError::Full { what: "review marks", limit: MARKS_MAX as u64 });
        }
        match mark {
            Mark::Drop { step } | Mark::Restore { step } => self.check_there(*step),
            Mark::Mask { step, .. } => {
                step.map_or(Ok(()), |step| self.check_there(step))?;
                self.check_masks()
            }
            Mark::Word { word } => {
                Word::new(word).map(drop).ok_or(StateError::NotAWord)?;
                self.check_masks()
            }
            Mark::App { .. } => self.check_masks(),
            Mark::Unmask { mask } => self.mask(*mask).map(drop).ok_or(StateError::NoSuchMask { mask: *mask }),
            Mark::Task { text, .. } if text.len() > TASK_BYTES_MAX => {
                Err(StateError::Full { what: "bytes of the task's name", limit: TASK_BYTES_MAX as u64 })
            }
            Mark::Reviewed { .. } | Mark::Outcome { .. } if self.finish.is_none() => {
                Err(StateError::NotFinished)
            }
            Mark::Task { .. } | Mark::Outcome { .. } | Mark::Reviewed { .. } => Ok(()),
        }
    }

    fn check_there(&self, step: u32) -> Result<(), StateError> {
        let there = usize::try_from(step).is_ok_and(|n| n < self.steps.len());
        if there { Ok(()) } else { Err(StateError::NoSuchStep { step }) }
    }

    fn check_masks(&self) -> Result<(), StateError> {
        if self.masks.len() < MASKS_MAX {
            return Ok(());
        }
        Err(StateError::Full { what: "masks", limit: MASKS_MAX as u64 })
    }

    /// Whether the person has ended it, looked at it and not released it.
    pub(crate) fn releasable(&self) -> Result<(), StateError> {
        match (&self.finish, self.reviewed, self.release) {
            (None, _, _) => Err(StateError::NotFinished),
            (_, _, Some(_)) => Err(StateError::Released),
            (_, None, _) => Err(StateError::NotReviewed),
            (Some(_), Some(_), None) => Ok(()),
        }
    }
}

/// INVARIANT: a gap has codes and two times, and no room for content, a title say.
fn check_codes(gap: &Gap) -> Result<(), StateError> {
    let count = (1..=GAP_CODES_MAX).contains(&gap.codes.len());
    let all_are_codes = gap.codes.iter().all(|code| code.parse::<AppId>().is_ok());
    if count && all_are_codes { Ok(()) } else { Err(StateError::NotACode) }
}
