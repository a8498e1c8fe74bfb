//! Check 3: every leaf of the log, and the root that they make.
//!
//! That nothing was withdrawn or erased is proven by having seen every leaf: a proof that single leaves are in the log
//! could not show it. The replay keeps what later checks need and nothing else: leaves that are opened, tags, and where
//! the acts of power stand.

use std::collections::{BTreeMap, BTreeSet};

use candor_log::leaf::LEAF_BYTES;
use candor_log::tile::{BUNDLE_BYTES_MAX, Level, TilePath, bundles};
use candor_log::{Checkpoint, Entry, Hash, LeafKind, Replay, ReplayError};

use crate::files::Files;
use crate::layout::{CHECKPOINT, LOG};
use crate::report::{CheckId, Code, Finding, Ledger};

/// Where a leaf of an act of power stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Power {
    /// Its place.
    pub(crate) leaf: u64,
    /// What it records.
    pub(crate) kind: LeafKind,
    /// Whose program it is.
    pub(crate) program: Hash,
}

/// What later checks need of the log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The leaves that were asked for.
    pub(crate) opened: BTreeMap<u64, Entry>,
    /// Sign-offs, program acts and exports of every program.
    pub(crate) power: Vec<Power>,
    /// The tags of all leaves, with the first leaf that has each.
    tags: BTreeMap<[u8; 32], u64>,
}

impl Log {
    /// The leaf that has this tag.
    pub(crate) fn tagged(&self, tag: &[u8; 32]) -> Option<u64> {
        self.tags.get(tag).copied()
    }

    fn keep(&mut self, entry: Entry, wanted: &BTreeSet<u64>) {
        if let Some(tag) = entry.leaf.tag() {
            self.tags.entry(*tag).or_insert(entry.index);
        }
        let kind = entry.leaf.kind();
        if matches!(kind, LeafKind::SignOff | LeafKind::ProgramAct | LeafKind::Export) {
            self.power.push(Power { leaf: entry.index, kind, program: *entry.leaf.program() });
        }
        if wanted.contains(&entry.index) {
            self.opened.insert(entry.index, entry);
        }
    }
}

/// Runs the check; `wanted` are the leaves to keep.
pub(crate) fn check(
    files: &Files<'_>,
    checkpoint: &Checkpoint,
    wanted: &BTreeSet<u64>,
    ledger: &mut Ledger,
) -> Log {
    surplus_bundles(files, checkpoint.size(), ledger);
    let mut log = Log::default();
    let mut replay = Replay::default();
    for path in bundles(checkpoint.size()) {
        let shown = format!("{LOG}{path}");
        let bytes = match files.read(&shown, BUNDLE_BYTES_MAX as u64) {
            Ok(bytes) => bytes,
            Err(error) => {
                ledger.find(error.finding(CheckId::Log, &shown));
                return log;
            }
        };
        if let Err(error) = replay.bundle(&bytes, |entry| log.keep(entry, wanted)) {
            ledger.find(refused(&error, &shown));
            return log;
        }
    }
    ledger.examine(CheckId::Log, replay.size());
    ledger.subject.log_size = Some(replay.size());
    if let Err(error) = replay.ends_at(checkpoint) {
        ledger.find(refused(&error, CHECKPOINT));
    }
    log
}

/// Entry bundles that the checkpoint does not cover: a log that was rolled back still holds what it hides there.
fn surplus_bundles(files: &Files<'_>, size: u64, ledger: &mut Ledger) {
    for path in files.within(LOG) {
        let tile = path.strip_prefix(LOG).and_then(|path| TilePath::parse(path).ok());
        let belongs = |tile: &TilePath| TilePath::of(Level::Entries, tile.index(), size) == Some(*tile);
        let expected = tile.filter(|tile| tile.level() == Level::Entries).is_some_and(|tile| belongs(&tile));
        if !expected {
            let detail = "the file is not one of the entry bundles that the checkpoint's size calls for";
            ledger.find(Finding::new(CheckId::Log, Code::SurplusFile, path, detail));
        }
    }
}

fn refused(error: &ReplayError, shown: &str) -> Finding {
    let (code, leaf, detail) = match error {
        ReplayError::Bundle { source, .. } => (
            Code::BadLeaf,
            None,
            format!("the entry bundle is not one of leaves of {LEAF_BYTES} bytes: {source}"),
        ),
        ReplayError::Gap { .. } => {
            (Code::LogIncomplete, None, "entries of the log are missing before this bundle".into())
        }
        ReplayError::Leaf { index, source } => (
            Code::BadLeaf,
            Some(*index),
            format!("the entry is not a leaf that this program knows: {source}"),
        ),
        ReplayError::Time { index } => {
            (Code::LogTime, Some(*index), "the entry claims to be older than the entry before it".into())
        }
        ReplayError::Size { found, expected } => {
            let detail = format!("the log has {found} entries here, and its checkpoint says {expected}");
            (Code::LogIncomplete, None, detail)
        }
        ReplayError::Root { size } => {
            let detail = format!(
                "the {size} entries here do not make the root that the log signed: at least one was changed"
            );
            (Code::LogDiffers, None, detail)
        }
        ReplayError::Unwatched { .. } => (Code::NotRun, None, error.to_string()),
    };
    Finding::new(CheckId::Log, code, shown, detail).leaf(leaf)
}
