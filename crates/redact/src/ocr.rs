//! Reading pixels: where lines of text are in a frame, what they say, and where each character stands.
//!
//! The path of a frame: `change` compares it with the frame before, and leaves out what shows one colour; what is left is
//! grown to whole lines, covered by few parts, and goes through `detect`; each box is read by `recognise`, unless `cache`
//! knows its pixels; elsewhere the lines of the frame before hold. A picture that was painted goes the same way, with the
//! picture before the paint as the frame before. Everything stays in memory, and is wiped when it is dropped.
//!
//! What it leaves out: straightening turned text (it is read with low confidence, and masked for that), batches (`rten`
//! reads eight crops in one call no faster than one by one), and any language beyond the Latin alphabet.

pub(crate) mod area;
mod cache;
pub(crate) mod change;
mod detect;
mod recognise;
pub(crate) mod resample;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use candor_model::Pixels;
use rten::Model;
use zeroize::Zeroize;

use crate::ocr::area::Area;
use crate::ocr::cache::Cache;
use crate::ocr::recognise::{Reading, part};

/// Context around a changed part that detection sees, in pixels.
const CONTEXT_PX: u32 = 24;
/// How often parts are grown because a line runs out of them, before all of the frame is looked at.
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

/// The two models and what the second one can say. All readers share them.
pub(crate) struct Sight {
    detection: Model,
    recognition: Model,
    characters: Vec<char>,
}

impl Sight {
    /// Takes the two models, as ONNX, and the characters of the second, one a line.
    pub(crate) fn new(detection: Vec<u8>, recognition: Vec<u8>, characters: &str) -> Result<Self, ReadError> {
        let load = |bytes, name| Model::load(bytes).map_err(|_| ReadError::Model(name));
        Ok(Self {
            detection: load(detection, "detection")?,
            recognition: load(recognition, "recognition")?,
            characters: characters.lines().filter_map(|line| line.chars().next()).collect(),
        })
    }
}

/// Reads the frames of one session.
pub(crate) struct Reader {
    sight: Arc<Sight>,
    cache: Cache,
    seen: Option<Seen>,
    /// Longest line that is read, in heights of the line.
    heights_max: u32,
    /// Where lines are read; everywhere if it is not told.
    readable: Option<Vec<Area>>,
}

impl Reader {
    pub(crate) fn new(sight: Arc<Sight>) -> Self {
        Self { sight, cache: Cache::default(), seen: None, heights_max: u32::MAX, readable: None }
    }

    /// Does not read lines that are longer than so many times their height: they say nothing, with no confidence.
    pub(crate) fn only_short_lines(&mut self, heights_max: u32) {
        self.heights_max = heights_max;
    }

    /// Does not read lines that reach into none of these areas: they say nothing, with no confidence.
    pub(crate) fn only_in(&mut self, readable: Option<Vec<Area>>) {
        if self.readable != readable {
            self.seen = None;
            self.readable = readable;
        }
    }

    /// Every line of `frame`, from top to bottom, and whether the frame is another one than the last. Only what differs
    /// from the frame before is read. `painted` shows nothing.
    pub(crate) fn lines(
        &mut self,
        frame: &Pixels,
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, bool), ReadError> {
        let seen = self.seen.take();
        let changed = change::changed(seen.as_ref().map(|seen| &seen.frame), frame);
        if changed.is_empty()
            && let Some(seen) = seen
        {
            return Ok((self.seen.insert(seen).lines.clone(), false));
        }
        match self.read_anew(frame, seen.as_ref(), &changed, painted, hurry) {
            Ok(lines) => {
                self.seen = Some(Seen { frame: frame.clone(), lines: lines.clone() });
                Ok((lines, true))
            }
            Err(error) => {
                // The frame before is still what was read last.
                self.seen = seen;
                Err(error)
            }
        }
    }

    fn read_anew(
        &mut self,
        frame: &Pixels,
        seen: Option<&Seen>,
        changed: &[Area],
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<Vec<Line>, ReadError> {
        let before = seen.map(|seen| (&seen.frame, seen.lines.as_slice()));
        let (mut lines, boxes) = self.looked(frame, before, changed, painted, hurry)?;
        for area in boxes {
            hurry.check()?;
            lines.push(self.line(frame, area)?);
        }
        lines.sort_by_key(|line| (line.bounds.top, line.bounds.left));
        Ok(lines)
    }

    /// The lines of a picture that was `before` with `lines`, and of which `painted` is painted now: those that hold as
    /// they were read, and the boxes of what has to be read again. `changed` is where the two differ.
    pub(crate) fn after_paint(
        &self,
        frame: &Pixels,
        (before, lines): (&Pixels, &[Line]),
        changed: &[Area],
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, Vec<Area>), ReadError> {
        self.looked(frame, Some((before, lines)), changed, painted, hurry)
    }

    /// Reads `area` of `frame` as one line.
    pub(crate) fn line(&mut self, frame: &Pixels, area: Area) -> Result<Line, ReadError> {
        if !self.is_read(area) {
            return Ok(Line { bounds: area, reading: Reading::default() });
        }
        let key = Cache::key(frame, area);
        if let Some(reading) = self.cache.get(&key) {
            return Ok(Line { bounds: area, reading });
        }
        let reading = recognise::read(&self.sight.recognition, &self.sight.characters, frame, area)?;
        self.cache.put(key, reading.clone());
        Ok(Line { bounds: area, reading })
    }

    fn is_read(&self, area: Area) -> bool {
        let is_in = |readable: &Vec<Area>| readable.iter().any(|part| part.intersects(area));
        area.width() / area.height() <= self.heights_max && self.readable.as_ref().is_none_or(is_in)
    }

    /// Looks for text where `changed` shows any: the lines of the frame before that hold elsewhere, and new boxes.
    fn looked(
        &self,
        frame: &Pixels,
        before: Option<(&Pixels, &[Line])>,
        changed: &[Area],
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, Vec<Area>), ReadError> {
        let Some(whole) = whole(frame) else { return Ok((Vec::new(), Vec::new())) };
        let before = before.filter(|(old, _)| (old.width(), old.height()) == (frame.width(), frame.height()));
        let lines = before.map_or(&[][..], |(_, lines)| lines);
        let (gone, mut kept): (Vec<Line>, Vec<Line>) = lines
            .iter()
            .cloned()
            .partition(|line| changed.iter().any(|changed| changed.intersects(line.bounds)));
        let mut look = changed.to_vec();
        look.extend(gone.iter().map(|line| line.bounds));
        for _ in 0..=GROWTHS_MAX {
            let parts = change::cover(change::inked(frame, &look, painted));
            let (boxes, cut) =
                self.boxes_in(frame, &parts, (&kept, &News { changed, painted }), whole, hurry)?;
            if cut.is_empty() {
                kept.retain(|line| !boxes.iter().any(|area| area.joined(line.bounds) == *area));
                return Ok((kept, boxes));
            }
            look.extend(cut);
        }
        let all = change::cover(change::inked(frame, &change::changed(None, frame), painted));
        Ok((Vec::new(), self.boxes_in(frame, &all, (&[], &News { changed: &[], painted }), whole, hurry)?.0))
    }

    /// The boxes that reach into `parts` and are no line that is `kept` with nothing `changed` beside it, and by how much a
    /// part must grow because a box runs out of what was seen.
    fn boxes_in(
        &self,
        frame: &Pixels,
        parts: &[Area],
        (kept, news): (&[Line], &News<'_>),
        whole: Area,
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Area>, Vec<Area>), ReadError> {
        let (mut boxes, mut cut): (Vec<Area>, Vec<Area>) = (Vec::new(), Vec::new());
        for part in parts {
            let around = part.grown(CONTEXT_PX, CONTEXT_PX, whole);
            for area in detect::boxes(&self.sight.detection, frame, around, hurry)? {
                let is_kept = |line: &Line| {
                    is_mostly_in(area, line.bounds) && !shows_more(frame, area, line.bounds, news)
                };
                let is_known =
                    kept.iter().any(is_kept) || boxes.iter().any(|known| is_mostly_in(area, *known));
                if !area.intersects(*part) || is_known {
                    continue;
                }
                if runs_out(area, around, whole) {
                    cut.push(area.grown(8 * CONTEXT_PX, CONTEXT_PX, whole));
                }
                boxes.push(area);
            }
        }
        Ok((boxes, cut))
    }
}

/// What a frame has that the frame before had not.
struct News<'a> {
    changed: &'a [Area],
    painted: &'a [Area],
}

/// Whether nearly all of `area` is part of `known`: the same line, found again.
fn is_mostly_in(area: Area, known: Area) -> bool {
    area.common(known).is_some_and(|common| common.size() * 10 >= area.size() * 9)
}

/// Whether `area` shows something that changed to the left or right of `known`: a word that was added to a line.
fn shows_more(frame: &Pixels, area: Area, known: Area, news: &News<'_>) -> bool {
    let left = Area { right: known.left.min(area.right), ..area };
    let right = Area { left: known.right.max(area.left), ..area };
    [left, right].into_iter().filter_map(|side| Area::new(side.left, side.top, side.right, side.bottom)).any(
        |side| {
            news.changed.iter().any(|changed| changed.intersects(side))
                && change::shows_something(frame, side, news.painted)
        },
    )
}

/// Whether a box may go on beyond the part that was looked at.
fn runs_out(area: Area, around: Area, whole: Area) -> bool {
    (area.left <= around.left && around.left > whole.left)
        || (area.right >= around.right && around.right < whole.right)
        || (area.top <= around.top && around.top > whole.top)
        || (area.bottom >= around.bottom && around.bottom < whole.bottom)
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
