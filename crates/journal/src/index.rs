//! What the records of a session say, in their order. The same rules apply while it is written and when it is opened.

use std::collections::{BTreeMap, BTreeSet};

use candor_bundle::{Packed, TILES_MAX};
use candor_model::bundle::{BUNDLE_BYTES_MAX, BUNDLE_STEPS_MAX};
use candor_model::{AppId, Digest, Finding, FindingKind, Outcome, Place, Rect, Timestamp};
use candor_redact::Word;

use crate::error::StateError;
use crate::record::{Finish, Gap, Mark, Record, SessionStart, StepRecord};
use crate::segment::Location;

/// Most steps of a session: what a bundle takes.
pub const SESSION_STEPS_MAX: usize = BUNDLE_STEPS_MAX;
/// Largest session on disk in bytes: what a bundle takes.
pub const SESSION_BYTES_MAX: u64 = BUNDLE_BYTES_MAX;
/// Most bytes of the blobs of a session, as they are when they are opened, frames that are kept as tiles apart: what a release takes, less a
/// fifth of it for what masks may add.
pub const SESSION_BLOB_BYTES_MAX: u64 = BUNDLE_BYTES_MAX / 10 * 8;
/// Most gaps of a session.
pub const GAPS_MAX: usize = 20_000;
/// Most reasons of a gap.
pub const GAP_CODES_MAX: usize = 16;
/// Most review marks of a session.
pub const MARKS_MAX: usize = 100_000;
/// Most masks of a session, with those that were taken back.
pub const MASKS_MAX: usize = 1_000;
/// Longest name of a task in bytes.
pub const TASK_BYTES_MAX: usize = 2_000;

/// Where a step is, and what a summary needs of it.
#[derive(Debug, Clone)]
pub(crate) struct StepEntry {
    pub(crate) at: Location,
    pub(crate) wall: Timestamp,
    pub(crate) app: AppId,
    pub(crate) findings: BTreeMap<FindingKind, u64>,
}

/// What the person took out of a whole recording, or out of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Masked {
    /// A region of the screen, in one step or in all.
    Region {
        /// The step; all if there is none.
        step: Option<u32>,
        /// Where.
        region: Rect,
    },
    /// A word, wherever it stands.
    Word(String),
    /// Every step with this application in front.
    App(AppId),
}

/// A mask, as the records have it.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    pub(crate) what: Masked,
    /// Of a word: what looks for it.
    pub(crate) word: Option<Word>,
    pub(crate) taken_back: bool,
}

impl Mask {
    fn new(what: Masked) -> Self {
        let word = if let Masked::Word(word) = &what { Word::new(word) } else { None };
        Self { what, word, taken_back: false }
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
    /// The packed frames, and the number of the first tile that each brought.
    pub(crate) frames: BTreeMap<Digest, (u32, Location)>,
    /// The first tile of each packed frame that brought some, in order, and where the frame is.
    strips: Vec<(u32, Location)>,
    /// How many tiles there are.
    pub(crate) tiles: u32,
    /// Bytes of the blobs together, as they are when they are opened: a bundle takes only so many.
    pub(crate) blob_bytes: u64,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) finish: Option<Finish>,
    pub(crate) dropped: BTreeSet<u32>,
    masks: Vec<Mask>,
    task: Option<Task>,
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
            frames: BTreeMap::new(),
            strips: Vec::new(),
            tiles: 0,
            blob_bytes: 0,
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

    /// Where the frame is that brought a tile, and the number of the first tile that it brought.
    pub(crate) fn bringing(&self, tile: u32) -> Option<(u32, Location)> {
        let after = self.strips.partition_point(|(first, _)| *first <= tile);
        self.strips.get(after.checked_sub(1)?).copied()
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

    /// A mask that is in force, by its place among the masks.
    fn mask(&self, number: u32) -> Option<&Mask> {
        let mask = usize::try_from(number).ok().and_then(|n| self.masks.get(n));
        mask.filter(|mask| !mask.taken_back)
    }

    /// The masks that are in force, with their places.
    pub(crate) fn masks(&self) -> impl Iterator<Item = (u32, &Mask)> {
        (0_u32..).zip(&self.masks).filter(|(_, mask)| !mask.taken_back)
    }

    /// The regions that are masked in a step, on a screen of `width` by `height` pixels.
    pub(crate) fn regions(&self, step: u32, width: u32, height: u32) -> Vec<Rect> {
        let region = |mask: &Mask| match mask.what {
            Masked::Region { step: only, region } if only.is_none_or(|only| only == step) => Some(region),
            Masked::Region { .. } | Masked::Word(_) | Masked::App(_) => None,
        };
        let regions = self.masks().filter_map(|(_, mask)| region(mask));
        regions.filter(|region| region.clipped(width, height).is_some()).collect()
    }

    /// The words that are masked everywhere.
    pub(crate) fn words(&self) -> Vec<Word> {
        self.masks().filter_map(|(_, mask)| mask.word.clone()).collect()
    }

    fn leaves_out(&self, app: &AppId) -> bool {
        self.masks().any(|(_, mask)| matches!(&mask.what, Masked::App(left_out) if left_out == app))
    }

    /// The task's name without the masked words; none where the person took it away.
    pub(crate) fn task(&self) -> Option<Task> {
        let mut task = self.task.clone().filter(|task| !task.text.is_empty())?;
        for word in self.words() {
            if let Some(left) = word.without(&task.text) {
                task.text = left;
                let rule = "review.word".to_owned();
                task.findings.push(Finding { kind: FindingKind::Masked, rule, place: Place::Task });
            }
        }
        Some(task)
    }

    /// How it ended: what the person said last.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.finish.as_ref().and_then(|finish| finish.outcome)
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
            Record::Blob { digest, bytes } => {
                self.blob_bytes = self.blob_bytes.saturating_add(bytes.len() as u64);
                self.blobs.entry(digest).or_insert(at);
            }
            Record::Frame { digest, packed } => self.apply_frame(digest, &packed, at),
            Record::Step(step) => {
                let (wall, app) = (step.step.at.wall, step.step.window.app.clone());
                self.steps.push(StepEntry { at, wall, app, findings: step.report.counts() });
            }
            Record::Gap(gap) => self.gaps.push(gap),
            Record::Finish(finish) => self.finish = Some(finish),
            Record::Mark(mark) => self.apply_mark(mark),
            Record::Release(_) => self.release = Some(at),
            Record::Receipt(receipt) => self.receipt = Some(receipt.receipt),
        }
    }

    fn apply_frame(&mut self, digest: Digest, packed: &Packed, at: Location) {
        self.frames.entry(digest).or_insert((self.tiles, at));
        if packed.fresh() > 0 {
            self.strips.push((self.tiles, at));
            self.tiles = self.tiles.saturating_add(packed.fresh());
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
            Mark::Mask { step, region } => self.masks.push(Mask::new(Masked::Region { step, region })),
            Mark::Word { word } => self.masks.push(Mask::new(Masked::Word(word))),
            Mark::App { app } => self.masks.push(Mask::new(Masked::App(app))),
            Mark::Unmask { mask } => {
                if let Some(mask) = usize::try_from(mask).ok().and_then(|n| self.masks.get_mut(n)) {
                    mask.taken_back = true;
                }
                self.reviewed = None;
            }
            Mark::Outcome { outcome } => {
                if let Some(finish) = &mut self.finish {
                    finish.outcome = outcome;
                }
                self.reviewed = None;
            }
            Mark::Task { text, findings } => {
                self.task = Some(Task { text, findings });
                self.reviewed = None;
            }
            Mark::Reviewed { at } => self.reviewed = Some(at),
        }
    }

    /// Whether the person decided anything about it.
    pub(crate) const fn is_marked(&self) -> bool {
        self.marks > 0
    }

    /// Numbers of the steps that the person has dropped neither alone nor with their application.
    pub(crate) fn kept(&self) -> impl Iterator<Item = u32> + '_ {
        let numbered = (0..).zip(&self.steps);
        let kept =
            numbered.filter(|(step, entry)| !self.dropped.contains(step) && !self.leaves_out(&entry.app));
        kept.map(|(step, _)| step)
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
        for finding in self.task().iter().flat_map(|task| &task.findings) {
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
