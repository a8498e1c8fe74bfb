//! Reading pixels: where lines of text are in a frame, what they say, and where each character stands.
//!
//! The path of a frame: `change` compares it with the frame before; what changed is grown to whole lines and goes through
//! `detect`; each box is read by `recognise`, unless `cache` knows its pixels; elsewhere the lines of the frame before
//! hold. Everything stays in memory, and is wiped when it is dropped.
//!
//! What it leaves out: straightening turned text (it is read with low confidence, and masked for that), batches (`rten`
//! reads eight crops in one call no faster than one by one), and any language beyond the Latin alphabet.

pub(crate) mod area;
mod cache;
mod change;
mod detect;
mod recognise;
pub(crate) mod resample;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use candor_model::Pixels;
use rten::Model;
use zeroize::Zeroize;

use crate::ocr::area::Area;
use crate::ocr::cache::Cache;
use crate::ocr::recognise::{Reading, part};

/// Context around a changed part that detection sees, in pixels.
const CONTEXT_PX: u32 = 24;
/// If more than one part in this many changed, the whole frame is read: two passes over half cost more than one.
const WHOLE_FROM: u64 = 2;
/// How often a part is grown because a line runs out of it, before the whole frame is read.
const GROWTHS_MAX: usize = 3;

/// Why a frame cannot be read. It is then dropped, never stored raw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The budget of time ended before the frame was read.
    #[error("the frame cannot be read in time")]
    OutOfTime,
    /// There are more lines than a screen can show.
    #[error("the frame shows more than {} pieces of text", detect::BOXES_MAX)]
    TooMuchText,
    /// A model refuses its input, or gives what it never should: a bug of ours.
    #[error("the {0} model does not fit this program")]
    Model(&'static str),
}

/// Says whether there is time left.
#[derive(Clone, Copy)]
pub(crate) struct Hurry<'a>(&'a dyn Fn() -> bool);

impl<'a> Hurry<'a> {
    /// `in_time` is asked between any two runs of a model.
    pub(crate) fn new(in_time: &'a dyn Fn() -> bool) -> Self {
        Self(in_time)
    }

    pub(crate) fn check(self) -> Result<(), ReadError> {
        if (self.0)() { Ok(()) } else { Err(ReadError::OutOfTime) }
    }
}

/// A line of text in a frame.
#[derive(Clone)]
pub(crate) struct Line {
    /// Where it is, a little larger than its letters.
    pub(crate) bounds: Area,
    reading: Reading,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        &self.reading.text
    }

    /// Mean probability of its characters, 0 to 1.
    pub(crate) fn confidence(&self) -> f32 {
        self.reading.confidence
    }

    /// Where the bytes `range` of the text stand.
    pub(crate) fn span(&self, range: &Range<usize>) -> Area {
        part(self.bounds, self.reading.span(range))
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?}, ..)", self.bounds)
    }
}

/// The frame before, and its lines.
struct Seen {
    frame: Pixels,
    lines: Vec<Line>,
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.frame.zeroize();
    }
}

/// Reads the frames of one session.
pub(crate) struct Reader {
    detection: Model,
    recognition: Model,
    characters: Vec<char>,
    cache: Cache,
    seen: Option<Seen>,
}

impl Reader {
    /// Takes the two models, as ONNX, and the characters of the second, one a line.
    pub(crate) fn new(detection: Vec<u8>, recognition: Vec<u8>, characters: &str) -> Result<Self, ReadError> {
        let load = |bytes, name| Model::load(bytes).map_err(|_| ReadError::Model(name));
        Ok(Self {
            detection: load(detection, "detection")?,
            recognition: load(recognition, "recognition")?,
            characters: characters.lines().filter_map(|line| line.chars().next()).collect(),
            cache: Cache::default(),
            seen: None,
        })
    }

    /// Every line of `frame`, from top to bottom. Only what differs from the frame before is read.
    pub(crate) fn lines(&mut self, frame: &Pixels, hurry: Hurry<'_>) -> Result<&[Line], ReadError> {
        let before = self.seen.take();
        let same_size =
            |seen: &Seen| (seen.frame.width(), seen.frame.height()) == (frame.width(), frame.height());
        let lines = match before.filter(same_size) {
            Some(seen) => {
                let changed = change::changed(&seen.frame, frame);
                if changed.is_empty() {
                    return Ok(&self.seen.insert(seen).lines);
                }
                self.changed_lines(frame, &seen.lines, changed, hurry)?
            }
            None => self.all_lines(frame, hurry)?,
        };
        Ok(&self.seen.insert(Seen { frame: frame.clone(), lines }).lines)
    }

    /// The boxes of all text in `frame`, unread.
    pub(crate) fn boxes(&self, frame: &Pixels, hurry: Hurry<'_>) -> Result<Vec<Area>, ReadError> {
        whole(frame).map_or(Ok(Vec::new()), |area| detect::boxes(&self.detection, frame, area, hurry))
    }

    /// The boxes of all text in a picture that was read before and painted.
    pub(crate) fn boxes_again(&self, frame: &Pixels, hurry: Hurry<'_>) -> Result<Vec<Area>, ReadError> {
        self.boxes(frame, hurry)
    }

    /// Reads `area` of `frame` as one line.
    pub(crate) fn line(&mut self, frame: &Pixels, area: Area) -> Result<Line, ReadError> {
        let key = Cache::key(frame, area);
        if let Some(reading) = self.cache.get(&key) {
            return Ok(Line { bounds: area, reading });
        }
        let reading = recognise::read(&self.recognition, &self.characters, frame, area)?;
        self.cache.put(key, reading.clone());
        Ok(Line { bounds: area, reading })
    }

    fn all_lines(&mut self, frame: &Pixels, hurry: Hurry<'_>) -> Result<Vec<Line>, ReadError> {
        let boxes = self.boxes(frame, hurry)?;
        self.read_all(frame, boxes, hurry)
    }

    fn read_all(
        &mut self,
        frame: &Pixels,
        mut boxes: Vec<Area>,
        hurry: Hurry<'_>,
    ) -> Result<Vec<Line>, ReadError> {
        boxes.sort_by_key(|area| (area.top, area.left));
        let mut lines = Vec::with_capacity(boxes.len());
        for area in boxes {
            hurry.check()?;
            lines.push(self.line(frame, area)?);
        }
        Ok(lines)
    }

    /// The lines of a frame of which only some parts changed.
    fn changed_lines(
        &mut self,
        frame: &Pixels,
        before: &[Line],
        changed: Vec<Area>,
        hurry: Hurry<'_>,
    ) -> Result<Vec<Line>, ReadError> {
        let Some(whole) = whole(frame) else { return Ok(Vec::new()) };
        let mut parts = to_whole_lines(changed, before, whole);
        for _ in 0..GROWTHS_MAX {
            if parts.iter().map(|part| part.size()).sum::<u64>() * WHOLE_FROM > whole.size() {
                break;
            }
            let (boxes, cut) = self.boxes_in(frame, &parts, whole, hurry)?;
            if cut.is_empty() {
                let kept = before.iter().filter(|line| !parts.iter().any(|p| p.intersects(line.bounds)));
                let mut lines: Vec<Line> = kept.cloned().collect();
                lines.extend(self.read_all(frame, boxes, hurry)?);
                lines.sort_by_key(|line| (line.bounds.top, line.bounds.left));
                return Ok(lines);
            }
            parts.extend(cut);
            parts = to_whole_lines(parts, before, whole);
        }
        self.all_lines(frame, hurry)
    }

    /// The boxes that reach into `parts`, and by how much a part must grow because a box runs out of what was seen.
    fn boxes_in(
        &self,
        frame: &Pixels,
        parts: &[Area],
        whole: Area,
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Area>, Vec<Area>), ReadError> {
        let (mut boxes, mut cut) = (Vec::new(), Vec::new());
        for part in parts {
            let around = part.grown(CONTEXT_PX, CONTEXT_PX, whole);
            let found = detect::boxes(&self.detection, frame, around, hurry)?;
            let found: Vec<Area> = found.into_iter().filter(|area| area.intersects(*part)).collect();
            let runs_out = |area: &&Area| {
                (area.left <= around.left && around.left > whole.left)
                    || (area.right >= around.right && around.right < whole.right)
                    || (area.top <= around.top && around.top > whole.top)
                    || (area.bottom >= around.bottom && around.bottom < whole.bottom)
            };
            let step = 8 * CONTEXT_PX;
            cut.extend(found.iter().filter(runs_out).map(|area| area.grown(step, CONTEXT_PX, whole)));
            boxes.extend(found);
        }
        Ok((boxes, cut))
    }
}

/// Nothing of what was read is told.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader(..)")
    }
}

fn whole(frame: &Pixels) -> Option<Area> {
    Area::new(0, 0, frame.width(), frame.height())
}

/// `parts`, grown until each holds every old line that it touches whole, and joined where they touch.
fn to_whole_lines(parts: Vec<Area>, lines: &[Line], whole: Area) -> Vec<Area> {
    let mut parts = change::joined(parts);
    loop {
        let grown: Vec<Area> = parts
            .iter()
            .map(|part| {
                let touched = lines.iter().filter(|line| line.bounds.intersects(*part));
                touched.fold(*part, |part, line| part.joined(line.bounds)).grown(0, 0, whole)
            })
            .collect();
        let grown = change::joined(grown);
        if grown == parts {
            return parts;
        }
        parts = grown;
    }
}
