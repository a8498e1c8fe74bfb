//! Pictures of screens, by what is read in them.
//!
//! The path of a picture: what the tree says must not be read is painted (`tree`, or `screen` for a recording); `eyes` do the
//! rest, the same for both: the reader of `ocr` finds and reads the lines;
//! `layout` and `texts` join lines that belong together; `judge` asks the text engine and `names` the transformer, and
//! say which parts are to be masked; everything is painted, opaque; then what is left is looked for and read again where
//! the paint changed it, until nothing more is found, and the stored bytes are decoded and compared.
//!
//! INVARIANT: boxes come from what was read in memory, before anything is written; a picture that still shows something
//! after [`ROUNDS_MAX`] rounds, or that cannot be read in time, is an error, and nothing of it is left.

mod codes;
mod eyes;
mod faces;
mod faint;
mod judge;
mod layout;
mod names;
mod numbers;
mod photo;
mod texts;
mod tree;

use std::fmt;
use std::sync::Arc;

use candor_model::{Finding, FindingKind, Pixels, RedactionReport, Tree};

use crate::image::eyes::finding;
pub(crate) use crate::image::eyes::{Eyes, Keep, Read, Scene};
pub(crate) use crate::image::faces::blaze::Blaze;
pub use crate::image::faces::{FACE_RULE, UNSEEN_RULE};
use crate::ocr::area::Area;
use crate::ocr::tiles::Difference;
use crate::screen::canvas::{fill, is_filled};
use crate::screen::picture::{check_size, decode_any, picture_png};
use crate::{
    FrameError, Lists, ModelError, Models, PictureError, Profile, Raw, ReadError, Redacted, RedactorError,
    TimeLeft,
};

/// How often a stored picture is read again; from [`WHOLE_LINES_FROM`] on, a line in which anything is found goes whole.
const ROUNDS_MAX: usize = 9;
const WHOLE_LINES_FROM: usize = 2;
/// From this round on every line that can still be detected is masked, whatever it says; it takes some, since between masks slivers are seen yet.
const EVERYTHING_FROM: usize = 4;
/// How often a picture that stands alone is looked at afresh at most: each look but the last masks more.
const LOOKS_MAX: usize = 12;

/// Why a picture cannot be redacted. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It cannot be read or written as a picture, or the paint did not hold.
    #[error("mask the picture")]
    Frame(#[from] FrameError),
    /// Its text cannot be read.
    #[error("read the text in the picture")]
    Read(#[from] ReadError),
    /// The finder of faces cannot be loaded.
    #[error("load the models")]
    Models(#[from] ModelError),
    /// A box without a pixel in the picture would mask nothing.
    #[error("a region to mask has no pixel in the picture")]
    Degenerate,
    /// Something is found again in the stored picture, however much is masked.
    #[error("personal data is still found in the stored picture, however often it is read again")]
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
    /// The picture as a pixmap, as steps keep it.
    frame: Arc<Vec<u8>>,
    /// What was masked: kind, rule and place, never the text.
    pub report: RedactionReport,
}

impl RedactedImage {
    /// The picture as PNG, 8-bit red, green, blue, read back and compared.
    ///
    /// # Errors
    /// When it cannot be written, or does not hold what was masked.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        picture_png(&self.frame)
    }
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
    eyes: Eyes,
}

/// Whose words a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The work of the person: what stays follows the profile.
    Own,
    /// Other people write in this application: nothing but words of the interface stays, and what the tree says are
    /// fields in which the person writes.
    Others,
}

impl ImageRedactor {
    /// Loads what the profile needs.
    ///
    /// # Errors
    /// When a model cannot be used, or the lists are refused.
    pub fn new(profile: Profile, models: &Models, lists: Lists) -> Result<Self, RedactorError> {
        Ok(Self { eyes: Eyes::new(profile, models, lists)? })
    }

    /// Redacts a picture. `tree` is a second source: what it names is masked too, never shown for it. `time_left` is
    /// asked between any two steps. The raw pixels are wiped when this returns.
    ///
    /// # Errors
    /// When the picture cannot be read in time or not for sure. Nothing of it is left then.
    pub fn redact(
        &mut self,
        frame: Raw<Pixels>,
        tree: Option<&Tree>,
        whose: Whose,
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<Redacted<RedactedImage>, ImageError> {
        let mut frame = frame;
        let (read, unread) = self.look(frame.open_mut(), tree, whose, time_left)?;
        Ok(redacted(read.frame, unread.into_iter().chain(read.findings).collect()))
    }

    /// Redacts a picture that stands alone. What is left of it is looked at afresh, as by somebody who never saw what was painted,
    /// until nothing more is found: redacting it again changes nothing. It takes up to some twice as long, and the next picture is the first one.
    ///
    /// # Errors
    /// As for [`redact`](Self::redact).
    pub fn redact_alone(
        &mut self,
        frame: Raw<Pixels>,
        tree: Option<&Tree>,
        whose: Whose,
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<Redacted<RedactedImage>, ImageError> {
        let mut frame = frame;
        let mut findings = Vec::new();
        for look in 0..LOOKS_MAX {
            self.eyes.forget();
            let (read, unread) = self.look(frame.open_mut(), tree, whose, time_left)?;
            if look == 0 {
                findings.extend(unread);
            } else if read.findings.is_empty() {
                return Ok(redacted(read.frame, findings));
            }
            findings.extend(read.findings);
        }
        Err(ImageError::Unsettled)
    }

    /// One look at a picture: what it read and painted, and what was painted unread.
    fn look(
        &mut self,
        frame: &mut Pixels,
        tree: Option<&Tree>,
        whose: Whose,
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<(Read, Vec<Finding>), ImageError> {
        check_size(frame.width(), frame.height())?;
        let strict = self.eyes.profile() == Profile::Strict;
        let unread = tree.map_or_else(Vec::new, |tree| tree::unread(tree, frame, strict));
        let own = tree.map_or_else(Vec::new, |tree| tree::own(tree, frame));
        let keep = match whose {
            _ if strict => Keep::Interface,
            Whose::Own => Keep::Content,
            Whose::Others => Keep::Own(&own),
        };
        let read = self.eyes.redact(frame, &Scene { keep, tree }, &unread, time_left)?;
        Ok((read, unread.iter().map(finding).collect()))
    }
}

const fn redacted(frame: Arc<Vec<u8>>, findings: Vec<Finding>) -> Redacted<RedactedImage> {
    Redacted::new(RedactedImage { frame, report: RedactionReport { findings } })
}

impl Mask {
    pub(crate) const fn unknown(area: Area, rule: &'static str) -> Self {
        Self { area, kind: FindingKind::Unknown, rule }
    }
}

/// Reads a PNG of any colour type as raw pixels. Transparent pixels are laid on white: what hides below them is gone.
///
/// # Errors
/// When the bytes are no PNG, are damaged, hold several frames, more pixels than two screens of 7680 by 4320, or more than
/// [`Pixels::SIDE_PX_MAX`] along a side.
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

/// Paints every mask, and says what that changed; a mask that has no pixel in the frame would leave what it was meant for
/// untouched.
fn paint(frame: &mut Pixels, masks: &[Mask]) -> Result<Difference, ImageError> {
    let mut painted = Difference::none(frame);
    for mask in masks {
        let rect = mask.area.rect();
        if rect.clipped(frame.width(), frame.height()).is_none() {
            return Err(ImageError::Degenerate);
        }
        painted.add(mask.area, |part| !is_filled(frame, part.rect()));
        fill(frame, rect);
    }
    Ok(painted)
}

#[cfg(test)]
mod tests;
