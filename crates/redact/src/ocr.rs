//! Reading pixels: where lines of text are in a frame, what they say, and where each character stands.
//!
//! The path of a frame: `memory` compares it, tile by tile (`tiles`), with the frames before; `change` leaves out what shows
//! one colour; what is left is grown to whole lines, covered by few parts, and goes through `detect`; each box is read by
//! `recognise`, unless `cache` knows its pixels; elsewhere the lines of the frames before hold. A picture that was painted goes
//! the same way, with the picture before the paint among the frames before. Everything stays in memory, and is wiped when it is
//! dropped.
//!
//! What it leaves out: straightening turned text (it is read with low confidence, and masked for that), batches (lines differ in
//! width), and any language beyond the Latin alphabet.

pub(crate) mod area;
pub(crate) mod cache;
pub(crate) mod change;
mod detect;
pub(crate) mod memory;
pub(crate) mod net;
mod recognise;
pub(crate) mod resample;
mod scroll;
#[cfg(test)]
mod tests;
pub(crate) mod tiles;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use candor_model::Pixels;

use crate::TimeLeft;
use crate::ocr::area::Area;
use crate::ocr::cache::Cache;
use crate::ocr::memory::{Known, Memory};
use crate::ocr::net::detection::Detection;
use crate::ocr::net::recognition::Recognition;
use crate::ocr::recognise::{Reading, part};
use crate::ocr::tiles::Difference;

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

/// Says how much time there is left.
#[derive(Clone, Copy)]
pub(crate) struct Hurry<'a>(&'a dyn Fn() -> TimeLeft);

impl<'a> Hurry<'a> {
    /// `time_left` is asked between any two runs of a model.
    pub(crate) const fn new(time_left: &'a dyn Fn() -> TimeLeft) -> Self {
        Self(time_left)
    }

    pub(crate) fn check(self) -> Result<(), ReadError> {
        self.has_enough().map(|_| ())
    }

    /// Whether everything can be looked at.
    pub(crate) fn has_enough(self) -> Result<bool, ReadError> {
        match (self.0)() {
            TimeLeft::Enough => Ok(true),
            TimeLeft::Little => Ok(false),
            TimeLeft::Nothing => Err(ReadError::OutOfTime),
        }
    }
}

/// A line of text in a frame.
#[derive(Clone)]
pub(crate) struct Line {
    /// Where it is, a little larger than its letters.
    pub(crate) bounds: Area,
    reading: Reading,
    /// Whether it was read, or lies where lines are not.
    is_read: bool,
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

/// The two models and what the second one can say. All readers share them.
pub(crate) struct Sight {
    detection: Detection,
    recognition: Recognition,
    characters: Vec<char>,
}

impl Sight {
    /// Takes the two models, as ONNX, and the characters of the second, one a line.
    pub(crate) fn new(detection: &[u8], recognition: &[u8], characters: &str) -> Result<Self, ReadError> {
        Ok(Self {
            detection: Detection::read(detection).ok_or(ReadError::Model("detection"))?,
            recognition: Recognition::read(recognition).ok_or(ReadError::Model("recognition"))?,
            characters: characters.lines().filter_map(|line| line.chars().next()).collect(),
        })
    }
}

/// Reads the frames of one session.
pub(crate) struct Reader {
    sight: Arc<Sight>,
    cache: Cache,
    memory: Memory,
    /// Longest line that is read, in heights of the line.
    heights_max: u32,
    /// Where lines are read; everywhere if it is not told.
    readable: Option<Vec<Area>>,
    /// Whether that is told otherwise than for the frame before.
    is_told_anew: bool,
}

impl Reader {
    pub(crate) fn new(sight: Arc<Sight>) -> Self {
        Self {
            sight,
            cache: Cache::default(),
            memory: Memory::default(),
            heights_max: u32::MAX,
            readable: None,
            is_told_anew: false,
        }
    }

    /// Forgets the pictures before; what its lines say is known by their pixels, in any picture.
    pub(crate) fn forget(&mut self) {
        self.memory = Memory::default();
    }

    /// Does not read lines that are longer than so many times their height: they say nothing, with no confidence.
    pub(crate) fn only_short_lines(&mut self, heights_max: u32) {
        self.heights_max = heights_max;
    }

    /// Does not read lines that reach into none of these areas: they say nothing, with no confidence.
    pub(crate) fn only_in(&mut self, readable: Option<Vec<Area>>) {
        self.is_told_anew |= self.readable != readable;
        self.readable = readable;
    }

    /// Every line of `frame`, from top to bottom, and where the frame differs from the last one that was read; none if it and what is
    /// told of it are the same. Only what no frame before showed is read. `painted` shows nothing.
    pub(crate) fn lines(
        &mut self,
        frame: &Pixels,
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, Option<Difference>), ReadError> {
        let changed = self.memory.changed(frame);
        if changed.is_empty()
            && !self.is_told_anew
            && let Some(lines) = self.memory.last()
        {
            return Ok((lines.to_vec(), None));
        }
        let compared = self.memory.compared(frame, changed.clone());
        let (known, boxes) = self.looked(frame, &self.memory.known(&compared), painted, hurry)?;
        let mut lines = self.told(frame, known)?;
        for area in boxes {
            hurry.check()?;
            lines.push(self.line(frame, area)?);
        }
        lines.sort_by_key(|line| (line.bounds.top, line.bounds.left));
        self.memory.remember(frame, compared, lines.clone());
        self.is_told_anew = false;
        Ok((lines, Some(changed)))
    }

    /// The lines of a picture of which something is `known`: those that hold as they were read, and the boxes of what has
    /// to be read again.
    pub(crate) fn after_paint(
        &mut self,
        frame: &Pixels,
        known: &[Known],
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, Vec<Area>), ReadError> {
        let (lines, boxes) = self.looked(frame, known, painted, hurry)?;
        Ok((self.told(frame, lines)?, boxes))
    }

    /// Lines of a frame before, read or not as it holds for this one.
    fn told(&mut self, frame: &Pixels, lines: Vec<Line>) -> Result<Vec<Line>, ReadError> {
        let told = |line: Line| {
            if line.is_read == self.is_read(line.bounds) { Ok(line) } else { self.line(frame, line.bounds) }
        };
        lines.into_iter().map(told).collect()
    }

    /// Reads `area` of `frame` as one line.
    pub(crate) fn line(&mut self, frame: &Pixels, area: Area) -> Result<Line, ReadError> {
        let is_read = self.is_read(area);
        if !is_read {
            return Ok(Line { bounds: area, reading: Reading::default(), is_read });
        }
        let key = Cache::key(frame, area);
        if let Some(reading) = self.cache.get(&key) {
            return Ok(Line { bounds: area, reading, is_read });
        }
        let reading = recognise::read(&self.sight.recognition, &self.sight.characters, frame, area)?;
        self.cache.put(key, reading.clone());
        Ok(Line { bounds: area, reading, is_read })
    }

    fn is_read(&self, area: Area) -> bool {
        let is_in = |readable: &Vec<Area>| readable.iter().any(|part| part.intersects(area));
        area.width() / area.height() <= self.heights_max && self.readable.as_ref().is_none_or(is_in)
    }

    /// Looks for text where nothing `known` shows what the frame does: the lines that hold elsewhere, and new boxes.
    fn looked(
        &self,
        frame: &Pixels,
        known: &[Known],
        painted: &[Area],
        hurry: Hurry<'_>,
    ) -> Result<(Vec<Line>, Vec<Area>), ReadError> {
        let Some(whole) = whole(frame) else { return Ok((Vec::new(), Vec::new())) };
        let changed = known.iter().fold(Difference::whole(frame), |all, known| all.and(&known.difference));
        let (mut kept, gone) = parted(known);
        let mut look = changed.areas();
        look.extend(gone.into_iter().filter(|gone| gone.is_left(frame, &kept, painted)).map(Gone::bounds));
        for _ in 0..=GROWTHS_MAX {
            let parts = change::cover(change::inked(frame, &look, painted));
            let news = News { changed: &changed, painted };
            let (boxes, cut) = self.boxes_in(frame, &parts, (&kept, &news), whole, hurry)?;
            if cut.is_empty() {
                kept.retain(|line| !boxes.iter().any(|area| area.joined(line.bounds) == *area));
                return Ok((kept, boxes));
            }
            look.extend(cut);
        }
        let everywhere = Difference::whole(frame);
        let all = change::cover(change::inked(frame, &everywhere.areas(), painted));
        let news = News { changed: &Difference::none(frame), painted: &[] };
        Ok((Vec::new(), self.boxes_in(frame, &all, (&[], &news), whole, hurry)?.0))
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

/// A line of a frame before that does not hold: something of it changed, or another frame knows the place by other lines.
struct Gone<'a> {
    line: &'a Line,
    /// Where it may stand as it did. In the nearest frame, all of it: a line that changed is looked for as a whole.
    parts: Vec<Area>,
}

impl Gone<'_> {
    fn bounds(self) -> Area {
        self.line.bounds
    }

    /// Whether its place shows something that is neither painted nor part of a line that is `kept`.
    fn is_left(&self, frame: &Pixels, kept: &[Line], painted: &[Area]) -> bool {
        let near = |area: &Area| area.intersects(self.line.bounds);
        let told: Vec<Area> =
            kept.iter().map(|line| line.bounds).chain(painted.iter().copied()).filter(near).collect();
        self.parts.iter().any(|part| change::shows_something(frame, *part, &told))
    }
}

/// The lines that hold, and those that do not. Where two frames know a place, the lines of the first hold.
fn parted(known: &[Known]) -> (Vec<Line>, Vec<Gone<'_>>) {
    let (mut kept, mut gone): (Vec<Line>, Vec<Gone<'_>>) = (Vec::new(), Vec::new());
    for (n, Known { difference, lines }) in known.iter().enumerate() {
        let before = kept.len();
        for line in lines {
            let is_other = difference.touches(line.bounds);
            let is_told = kept.iter().take(before).any(|told| are_one(told.bounds, line.bounds));
            if !is_other && !is_told {
                kept.push(line.clone());
            } else if is_told || !known.iter().any(|other| answers(other, line.bounds)) {
                let same = || difference.same_parts(line.bounds).collect();
                gone.push(Gone { line, parts: if n == 0 { vec![line.bounds] } else { same() } });
            }
        }
    }
    (kept, gone)
}

/// Whether a frame shows the same in all of `area`, and every line that reaches into it stands as it did.
fn answers(known: &Known, area: Area) -> bool {
    let mut lines = known.lines.iter().map(|line| line.bounds).chain([area]);
    lines.all(|bounds| !bounds.intersects(area) || !known.difference.touches(bounds))
}

/// Whether two boxes hold half of the smaller one together.
fn are_one(a: Area, b: Area) -> bool {
    a.common(b).is_some_and(|common| common.size() * 2 >= a.size().min(b.size()))
}

/// What a frame has that no frame before had.
struct News<'a> {
    changed: &'a Difference,
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
    [left, right]
        .into_iter()
        .filter_map(|side| Area::new(side.left, side.top, side.right, side.bottom))
        .any(|side| news.changed.touches(side) && change::shows_something(frame, side, news.painted))
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
