//! Pictures of screens, by what is read in them: the counterpart of `screen` where no tree explains the pixels.
//!
//! The path of a picture: what the tree says must not be read is painted (`tree`); [`Reader`] finds and reads the lines;
//! `layout` and `texts` join lines that belong together; `judge` asks the text engine and `names` the transformer, and
//! say which parts are to be masked; everything is painted, opaque; then what is left is looked for and read again where
//! the paint changed it, until nothing more is found, and the stored bytes are decoded and compared.
//!
//! INVARIANT: boxes come from what was read in memory, before anything is written; a picture that still shows something
//! after [`ROUNDS_MAX`] rounds, or that cannot be read in time, is an error, and nothing of it is left.

mod judge;
mod layout;
mod names;
mod photo;
mod texts;
mod tree;

use std::fmt;

use candor_model::{Finding, FindingKind, Pixels, Place, RedactionReport, Tree};
use zeroize::Zeroizing;

use crate::image::judge::Judge;
use crate::ocr::area::Area;
use crate::ocr::change::changed;
use crate::ocr::{Hurry, Line, Reader};
use crate::screen::canvas::{fill, is_filled};
use crate::screen::picture::{check_size, decode, decode_any, encode};
use crate::{FrameError, Lists, Models, PictureError, Profile, Raw, ReadError, Redacted, RedactorError};

/// How often a stored picture is read again; from [`WHOLE_LINES_FROM`] on, a line in which anything is found goes whole.
const ROUNDS_MAX: usize = 6;
const WHOLE_LINES_FROM: usize = 2;
/// From this round on every line that can still be detected is masked, whatever it says.
const EVERYTHING_FROM: usize = 4;

/// Why a picture cannot be redacted. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be read or written as a picture, or the paint did not hold.
    #[error("mask the picture")]
    Frame(#[from] FrameError),
    /// Its text cannot be read.
    #[error("read the text in the picture")]
    Read(#[from] ReadError),
    /// A box without a pixel in the picture would mask nothing.
    #[error("a region to mask has no pixel in the picture")]
    Degenerate,
    /// Something is found again in the stored picture, however much is masked.
    #[error("personal data is still found in the stored picture after {ROUNDS_MAX} rounds")]
    Unsettled,
}

impl From<PictureError> for ImageError {
    fn from(error: PictureError) -> Self {
        Self::Frame(error.into())
    }
}

/// A picture after redaction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RedactedImage {
    /// The picture as PNG, 8-bit red, green, blue.
    pub png: Vec<u8>,
    /// What was masked: kind, rule and place, never the text.
    pub report: RedactionReport,
}

/// A part that is masked, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) area: Area,
    pub(crate) kind: FindingKind,
    pub(crate) rule: &'static str,
}

/// Redacts the pictures of one session.
pub struct ImageRedactor {
    reader: Reader,
    judge: Judge,
    last: Option<Last>,
}

/// What became of the last picture: what is the same again is not looked at again.
struct Last {
    tree: Option<Tree>,
    redacted: RedactedImage,
    stored: Pixels,
    /// What can still be read in it.
    pieces: Vec<Line>,
}

impl ImageRedactor {
    /// Loads what the profile needs.
    ///
    /// # Errors
    /// When a model cannot be used, or the lists are refused.
    pub fn new(profile: Profile, models: &Models, lists: Lists) -> Result<Self, RedactorError> {
        let reader = models.ocr().map_err(RedactorError::Models)?;
        Ok(Self { reader, judge: Judge::new(profile, models, lists)?, last: None })
    }

    /// Redacts a picture. `tree` is a second source: what it names is masked too, never shown for it. `in_time` is asked
    /// between any two steps whether there is time left. The raw pixels are wiped when this returns.
    ///
    /// # Errors
    /// When the picture cannot be read in time or not for sure. Nothing of it is left then.
    pub fn redact(
        &mut self,
        frame: Raw<Pixels>,
        tree: Option<&Tree>,
        in_time: &dyn Fn() -> bool,
    ) -> Result<Redacted<RedactedImage>, ImageError> {
        let mut frame = frame;
        let frame = frame.open_mut();
        check_size(frame.width(), frame.height())?;
        let hurry = Hurry::new(in_time);
        let mut last = self.last.take();
        let mut masks = tree.map_or_else(Vec::new, |tree| tree::unread(tree, frame, self.judge.is_strict()));
        paint(frame, &masks)?;
        let (lines, is_new) = self.reader.lines(frame, &areas(&masks), hurry)?;
        if let Some(last) = last.take_if(|last| !is_new && last.tree.as_ref() == tree) {
            return Ok(Redacted::new(self.last.insert(last).redacted.clone()));
        }
        let lines = self.without_old_paint(frame, lines)?;
        if self.judge.is_strict() {
            let photos = photo::regions(frame, &lines);
            masks.extend(photos.into_iter().map(|area| Mask::unknown(area, "image.photo")));
        }
        hurry.check()?;
        masks.extend(self.judge.first(frame, &lines, tree));
        let (png, pieces) = self.settled(frame, lines, last.as_ref(), &mut masks, hurry)?;
        let report = RedactionReport { findings: tidied(masks).iter().map(finding).collect() };
        let redacted = RedactedImage { png, report };
        let (tree, stored) = (tree.cloned(), frame.clone());
        self.last = Some(Last { tree, redacted: redacted.clone(), stored, pieces });
        Ok(Redacted::new(redacted))
    }

    /// Lines in which an earlier redaction painted parts are read without them, so that redacting twice changes nothing.
    fn without_old_paint(&mut self, frame: &Pixels, lines: Vec<Line>) -> Result<Vec<Line>, ImageError> {
        let mut read = Vec::with_capacity(lines.len());
        for line in lines {
            let pieces = layout::unfilled(frame, line.bounds);
            if pieces == [line.bounds] {
                read.push(line);
                continue;
            }
            for piece in pieces.into_iter().filter(|piece| layout::has_ink(frame, *piece)) {
                read.push(self.reader.line(frame, piece)?);
            }
        }
        Ok(read)
    }

    /// Paints, and reads what the paint changed again, until nothing more is found; then checks the stored bytes.
    fn settled(
        &mut self,
        frame: &mut Pixels,
        lines: Vec<Line>,
        last: Option<&Last>,
        masks: &mut Vec<Mask>,
        hurry: Hurry<'_>,
    ) -> Result<(Vec<u8>, Vec<Line>), ImageError> {
        let said = lines.clone();
        let mut pieces = lines;
        for round in 0..ROUNDS_MAX {
            let before = Zeroizing::new(frame.clone());
            paint(frame, masks)?;
            let this = (&*before, pieces.as_slice());
            let other = last.filter(|_| round == 0).map(|last| (&last.stored, last.pieces.as_slice()));
            let base = other.filter(|other| differs(other.0, frame) < differs(this.0, frame)).unwrap_or(this);
            pieces = self.pieces(frame, base, masks, hurry)?;
            let is_new = |line: &Line| !was_said(line, &said);
            let more = match round {
                ..WHOLE_LINES_FROM => self.judge.again(&pieces, masks, is_new, false),
                WHOLE_LINES_FROM..EVERYTHING_FROM => self.judge.again(&pieces, masks, is_new, true),
                _ => self.judge.again(&pieces, masks, is_new, true).first().map_or_else(Vec::new, |_| {
                    pieces.iter().map(|line| Mask::unknown(line.bounds, "image.unsettled")).collect()
                }),
            };
            if more.is_empty() {
                return Ok((stored(frame, masks)?, pieces));
            }
            masks.extend(more);
        }
        Err(ImageError::Unsettled)
    }

    /// The lines of a painted picture, without what is painted of them: those that the paint did not touch as they were
    /// read `before`, all others found and read anew.
    fn pieces(
        &mut self,
        frame: &Pixels,
        before: (&Pixels, &[Line]),
        masks: &[Mask],
        hurry: Hurry<'_>,
    ) -> Result<Vec<Line>, ImageError> {
        let (mut pieces, boxes) = self.reader.after_paint(frame, before, &areas(masks), hurry)?;
        for area in boxes {
            for piece in layout::unpainted(area, masks) {
                if layout::has_ink(frame, piece) {
                    hurry.check()?;
                    pieces.push(self.reader.line(frame, piece)?);
                }
            }
        }
        pieces.sort_by_key(|line| (line.bounds.top, line.bounds.left));
        Ok(pieces)
    }
}

/// The bytes of a painted picture, if what they hold is what was painted.
fn stored(frame: &Pixels, masks: &[Mask]) -> Result<Vec<u8>, ImageError> {
    let png = encode(frame)?;
    let stored = decode(&png)?;
    if stored.rgb() != frame.rgb() || !masks.iter().all(|mask| is_filled(&stored, mask.area.rect())) {
        return Err(FrameError::NotPainted.into());
    }
    Ok(png)
}

/// Whether what a piece says is part of what a line in its place said before it was painted.
fn was_said(piece: &Line, lines: &[Line]) -> bool {
    let text = piece.text().trim();
    lines.iter().any(|line| line.bounds.intersects(piece.bounds) && line.text().contains(text))
}

/// How much of two pictures differs, in pixels.
fn differs(before: &Pixels, after: &Pixels) -> u64 {
    changed(Some(before), after).into_iter().map(Area::size).sum()
}

fn areas(masks: &[Mask]) -> Vec<Area> {
    masks.iter().map(|mask| mask.area).collect()
}

impl Mask {
    pub(crate) const fn unknown(area: Area, rule: &'static str) -> Self {
        Self { area, kind: FindingKind::Unknown, rule }
    }
}

/// Reads a PNG of any colour type as raw pixels. Transparent pixels are laid on white: what hides below them is gone.
///
/// # Errors
/// When the bytes are no PNG, are damaged, hold several frames, or more pixels than two screens of 7680 by 4320.
pub fn read_png(bytes: Vec<u8>) -> Result<Raw<Pixels>, PictureError> {
    let bytes = zeroize::Zeroizing::new(bytes);
    decode_any(&bytes).map(Raw::seal)
}

/// What was read is nobody's business.
impl fmt::Debug for ImageRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImageRedactor(..)")
    }
}

/// Paints every mask; one that has no pixel in the frame would leave what it was meant for untouched.
fn paint(frame: &mut Pixels, masks: &[Mask]) -> Result<(), ImageError> {
    for mask in masks {
        let rect = mask.area.rect();
        if rect.clipped(frame.width(), frame.height()).is_none() {
            return Err(ImageError::Degenerate);
        }
        fill(frame, rect);
    }
    Ok(())
}

/// The masks that are not held by another one, from top to bottom: layers agree more often than not.
fn tidied(mut masks: Vec<Mask>) -> Vec<Mask> {
    masks.sort_by_key(|mask| std::cmp::Reverse(mask.area.size()));
    let mut kept: Vec<Mask> = Vec::with_capacity(masks.len());
    for mask in masks {
        if !kept.iter().any(|other| other.area.joined(mask.area) == other.area) {
            kept.push(mask);
        }
    }
    kept.sort_by_key(|mask| mask.area);
    kept
}

fn finding(mask: &Mask) -> Finding {
    Finding { kind: mask.kind, rule: mask.rule.to_owned(), place: Place::Frame { bounds: mask.area.rect() } }
}

#[cfg(test)]
mod tests;
