//! What the records of a session say, in their order. The same rules apply while it is written and when it is opened.

mod check;
mod masks;

use std::collections::{BTreeMap, BTreeSet};

use candor_bundle::Packed;
use candor_model::bundle::{BUNDLE_BYTES_MAX, BUNDLE_STEPS_MAX};
use candor_model::{AppId, Digest, Finding, FindingKind, Outcome, Place, Timestamp};

use self::masks::Mask;
pub use self::masks::Masked;
use crate::record::{Finish, Gap, Mark, Record, SessionStart};
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

    /// Where the frame is that brought a tile, and the number of the first tile that it brought.
    pub(crate) fn bringing(&self, tile: u32) -> Option<(u32, Location)> {
        let after = self.strips.partition_point(|(first, _)| *first <= tile);
        self.strips.get(after.checked_sub(1)?).copied()
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
