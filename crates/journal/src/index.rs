//! What the records of a session say, in their order. The same rules apply while it is written and when it is opened.

use std::collections::{BTreeMap, BTreeSet};

use candor_model::bundle::{BUNDLE_BYTES_MAX, BUNDLE_STEPS_MAX};
use candor_model::{AppId, Digest, Finding, FindingKind, Rect, Timestamp};

use crate::error::StateError;
use crate::record::{Finish, Gap, Mark, Record, SessionStart, StepRecord};
use crate::segment::Location;

/// Most steps of a session: what a bundle takes.
pub const SESSION_STEPS_MAX: usize = BUNDLE_STEPS_MAX;
/// Largest session on disk in bytes: what a bundle takes.
pub const SESSION_BYTES_MAX: u64 = BUNDLE_BYTES_MAX;
/// Most gaps of a session.
pub const GAPS_MAX: usize = 20_000;
/// Most reasons of a gap.
pub const GAP_CODES_MAX: usize = 16;
/// Most review marks of a session.
pub const MARKS_MAX: usize = 100_000;
/// Most masked regions of a session.
pub const MASKS_MAX: usize = 1_000;
/// Longest name of a task in bytes.
pub const TASK_BYTES_MAX: usize = 2_000;

/// Where a step is, and what a summary needs of it.
#[derive(Debug, Clone)]
pub(crate) struct StepEntry {
    pub(crate) at: Location,
    pub(crate) wall: Timestamp,
    pub(crate) findings: BTreeMap<FindingKind, u64>,
}

/// A region that the person masked, in one step or in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) step: Option<u32>,
    pub(crate) region: Rect,
}

impl Mask {
    /// Whether it has a pixel on the screen of `step`, which is `width` by `height` pixels.
    pub(crate) fn covers(&self, step: u32, width: u32, height: u32) -> bool {
        self.step.is_none_or(|only| only == step) && self.region.clipped(width, height).is_some()
    }
}

/// A task's name as the person gave it, redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) text: String,
    pub(crate) findings: Vec<Finding>,
}

/// The state of a session, made of its records.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) start: SessionStart,
    pub(crate) steps: Vec<StepEntry>,
    pub(crate) blobs: BTreeMap<Digest, Location>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) finish: Option<Finish>,
    pub(crate) dropped: BTreeSet<u32>,
    pub(crate) masks: Vec<Mask>,
    pub(crate) task: Option<Task>,
    pub(crate) reviewed: Option<Timestamp>,
    pub(crate) release: Option<Location>,
    pub(crate) receipt: Option<Digest>,
    marks: usize,
}

impl Index {
    pub(crate) fn new(start: SessionStart) -> Self {
        Self {
            start,
            steps: Vec::new(),
            blobs: BTreeMap::new(),
            gaps: Vec::new(),
            finish: None,
            dropped: BTreeSet::new(),
            masks: Vec::new(),
            task: None,
            reviewed: None,
            release: None,
            receipt: None,
            marks: 0,
        }
    }

    /// Whether a record may come next.
    pub(crate) fn check(&self, record: &Record) -> Result<(), StateError> {
        match record {
            Record::Start(_) => Err(StateError::NotAStep),
            Record::Blob { .. } | Record::Finish(_) => self.records(),
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
            Mark::Drop { step } | Mark::Restore { step } | Mark::Mask { step: Some(step), .. }
                if usize::try_from(*step).is_ok_and(|n| n >= self.steps.len()) =>
            {
                Err(StateError::NoSuchStep { step: *step })
            }
            Mark::Mask { .. } if self.masks.len() >= MASKS_MAX => {
                Err(StateError::Full { what: "masked regions", limit: MASKS_MAX as u64 })
            }
            Mark::Task { text, .. } if text.len() > TASK_BYTES_MAX => {
                Err(StateError::Full { what: "bytes of the task's name", limit: TASK_BYTES_MAX as u64 })
            }
            Mark::Reviewed { .. } if self.finish.is_none() => Err(StateError::NotFinished),
            Mark::Drop { .. }
            | Mark::Restore { .. }
            | Mark::Mask { .. }
            | Mark::Task { .. }
            | Mark::Reviewed { .. } => Ok(()),
        }
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

    /// Takes a record that `check` has passed and that is durable.
    pub(crate) fn apply(&mut self, record: Record, at: Location) {
        match record {
            Record::Start(start) => self.start = start,
            Record::Blob { digest, .. } => {
                self.blobs.entry(digest).or_insert(at);
            }
            Record::Step(step) => {
                self.steps.push(StepEntry { at, wall: step.step.at.wall, findings: step.report.counts() });
            }
            Record::Gap(gap) => self.gaps.push(gap),
            Record::Finish(finish) => self.finish = Some(finish),
            Record::Mark(mark) => self.apply_mark(mark),
            Record::Release(_) => self.release = Some(at),
            Record::Receipt(receipt) => self.receipt = Some(receipt.receipt),
        }
    }

    /// A review holds over what only narrows. What brings something in, back or anew ends it.
    fn apply_mark(&mut self, mark: Mark) {
        self.marks += 1;
        match mark {
            Mark::Drop { step } => {
                self.dropped.insert(step);
            }
            Mark::Restore { step } => {
                self.dropped.remove(&step);
                self.reviewed = None;
            }
            Mark::Mask { step, region } => self.masks.push(Mask { step, region }),
            Mark::Task { text, findings } => {
                self.task = Some(Task { text, findings });
                self.reviewed = None;
            }
            Mark::Reviewed { at } => self.reviewed = Some(at),
        }
    }

    /// Numbers of the steps that the person has not dropped.
    pub(crate) fn kept(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).take(self.steps.len()).filter(|step| !self.dropped.contains(step))
    }

    /// Last moment that is known of the session.
    pub(crate) fn last_moment(&self) -> Timestamp {
        let ended = self.finish.as_ref().map(|finish| finish.ended);
        let last_step = self.steps.last().map(|step| step.wall);
        ended.or(last_step).unwrap_or(self.start.started).max(self.start.started)
    }

    /// When the session deletes itself unless the person releases it.
    pub(crate) fn deletes_at(&self) -> Timestamp {
        self.last_moment().plus_days(self.start.hold_days)
    }

    /// What redaction and the person took out of the steps that are kept and of the task's name, by kind.
    pub(crate) fn findings(&self) -> BTreeMap<FindingKind, u64> {
        let mut counts = BTreeMap::new();
        for entry in self.kept().filter_map(|step| self.steps.get(usize::try_from(step).ok()?)) {
            for (kind, count) in &entry.findings {
                *counts.entry(*kind).or_insert(0) += count;
            }
        }
        for finding in self.task.iter().flat_map(|task| &task.findings) {
            *counts.entry(finding.kind).or_insert(0) += 1;
        }
        counts
    }
}

/// INVARIANT: a gap has codes and two times, and no room for content, a title say.
fn check_codes(gap: &Gap) -> Result<(), StateError> {
    let count = (1..=GAP_CODES_MAX).contains(&gap.codes.len());
    let all_are_codes = gap.codes.iter().all(|code| code.parse::<AppId>().is_ok());
    if count && all_are_codes { Ok(()) } else { Err(StateError::NotACode) }
}
