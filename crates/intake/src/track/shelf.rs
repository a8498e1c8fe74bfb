//! Which tree and which frame belong to a step. What is there is looked up at the first permitted step, not before.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::OnceLock;

use candor_model::Tree;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::tree::{Nested, flat};
use super::{Part, moment};
use crate::folder::Folder;
use crate::{Fault, IntakeError, json, limit};

const TREES: &str = "a11y.jsonl";
const FRAMES: &str = "frames";

/// Where the trees and frames are.
#[derive(Default)]
pub(crate) struct Shelf {
    trees: OnceLock<Vec<Kept>>,
    frames: OnceLock<Vec<(u64, String)>>,
}

/// A tree in the file.
#[derive(Clone, Copy)]
struct Kept {
    at_us: u64,
    from_byte: u64,
    line: u64,
}

#[derive(Deserialize)]
struct Stamp {
    time_stamp: f64,
}

#[derive(Deserialize)]
struct Line {
    axtree: Nested,
}

impl Shelf {
    /// The newest tree that was taken after the action before, in the same window, and not after this action began: an
    /// older one shows what is no longer there, or what is in another window. So may one that was taken while the window
    /// changed.
    pub(crate) fn tree(&self, folder: &Folder, part: Part) -> Result<Option<Tree>, IntakeError> {
        if !folder.has(TREES) {
            return Ok(None);
        }
        let trees = filled(&self.trees, || trees(folder))?;
        let fits = |kept: &&Kept| (part.after_us..=part.found.from_us).contains(&kept.at_us);
        let Some(kept) = trees.iter().rev().find(fits) else { return Ok(None) };
        let mut file = folder.open(TREES, limit::TREES_BYTES_MAX)?;
        file.seek(SeekFrom::Start(kept.from_byte)).map_err(unreadable)?;
        let Some(bytes) = line(&mut file, kept.line)? else {
            return Err(IntakeError::line(TREES, kept.line, Fault::Changed));
        };
        let Line { axtree } = json::line(TREES, kept.line, &bytes)?;
        if axtree.changed_window() {
            return Ok(None);
        }
        let tree = flat(&axtree).ok_or_else(|| IntakeError::line(TREES, kept.line, Fault::Tree))?;
        Ok(Some(tree))
    }

    /// The file of the newest frame that is not newer than the beginning of the action: a later one would show what it did.
    /// None if that frame shows another window in front.
    pub(crate) fn frame(&self, folder: &Folder, part: Part) -> Result<Option<String>, IntakeError> {
        let frames = filled(&self.frames, || frames(folder))?;
        let missing = || IntakeError::Missing { file: format!("{FRAMES}: a frame before the action") };
        let not_newer = frames.iter().rev().find(|(at, _)| *at <= part.found.from_us);
        let (at, name) = not_newer.ok_or_else(missing)?;
        Ok((*at >= part.front_us).then(|| format!("{FRAMES}/{name}")))
    }
}

fn filled<T>(cell: &OnceLock<T>, fill: impl FnOnce() -> Result<T, IntakeError>) -> Result<&T, IntakeError> {
    match cell.get() {
        Some(value) => Ok(value),
        None => fill().map(|value| cell.get_or_init(|| value)),
    }
}

fn trees(folder: &Folder) -> Result<Vec<Kept>, IntakeError> {
    let mut file = folder.open(TREES, limit::TREES_BYTES_MAX)?;
    let mut kept: Vec<Kept> = Vec::new();
    let (mut from_byte, mut number) = (0, 1);
    while let Some(bytes) = line(&mut file, number)? {
        let Stamp { time_stamp } = json::line(TREES, number, &bytes)?;
        let fault = |fault| IntakeError::line(TREES, number, fault);
        let at_us = moment::micros(time_stamp).ok_or_else(|| fault(Fault::Shape))?;
        if kept.last().is_some_and(|before| at_us < before.at_us) {
            return Err(fault(Fault::TimeBack));
        }
        kept.push(Kept { at_us, from_byte, line: number });
        from_byte += u64::try_from(bytes.len()).unwrap_or(u64::MAX) + 1;
        number += 1;
    }
    Ok(kept)
}

/// The next line without its end, or none.
fn line(file: &mut BufReader<std::fs::File>, number: u64) -> Result<Option<Zeroizing<Vec<u8>>>, IntakeError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let length = file.take(limit::TREE_BYTES_MAX + 1).read_until(b'\n', &mut bytes).map_err(unreadable)?;
    if length == 0 {
        return Ok(None);
    }
    if u64::try_from(length).is_ok_and(|length| length > limit::TREE_BYTES_MAX) {
        return Err(IntakeError::line(TREES, number, Fault::TooLong));
    }
    if bytes.pop() != Some(b'\n') {
        return Err(IntakeError::line(TREES, number, Fault::CutOff));
    }
    Ok(Some(bytes))
}

/// The frames by their time stamps: `frames/30679.550.png`. Another name is no frame.
fn frames(folder: &Folder) -> Result<Vec<(u64, String)>, IntakeError> {
    let stamped = |name: String| {
        let seconds: f64 = name.strip_suffix(".png")?.parse().ok()?;
        Some((moment::micros(seconds)?, name))
    };
    let mut frames: Vec<_> =
        folder.names(FRAMES, limit::FRAMES_MAX)?.into_iter().filter_map(stamped).collect();
    frames.sort_unstable();
    Ok(frames)
}

fn unreadable(source: std::io::Error) -> IntakeError {
    IntakeError::Unreadable { file: TREES.to_owned(), source }
}
