//! Review: what a person masks by hand. It only ever narrows.

mod word;

use candor_model::{
    Action, CanonicalError, Finding, FindingKind, FrameBytes, Media, Place, Rect, RedactedStep, Tree,
    canonical_bytes,
};

pub use word::Word;

use crate::act::counted;
use crate::front::intersect;
use crate::redactor::{RedactError, blob};
use crate::screen::canvas::{fill, is_filled};
use crate::screen::picture::{PictureError, decode_stored, encode};
use crate::tree::{MASKED, mask as hide_in_tree};

/// Why a region cannot be masked. The step is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// The region has no pixel of the step's screen.
    #[error("the region lies outside the screen")]
    OutsideScreen,
    /// The frame cannot be read or written.
    #[error("mask the frame")]
    Picture(#[from] PictureError),
    /// After painting, a pixel of the region does not have the colour of the paint.
    #[error("the region is not painted")]
    NotPainted,
    /// The tree cannot be read.
    #[error("read the tree")]
    TreeUnreadable(#[source] serde_json::Error),
    /// The tree cannot be written.
    #[error("write the tree")]
    Tree(#[from] CanonicalError),
    /// A frame or tree is larger than a bundle takes.
    #[error("store what is left")]
    Blob(#[from] RedactError),
}

/// Masks a region of a step: paints it in the frame, takes the names and texts of every element that touches it out of
/// the tree, the name of the target if it touches it, and typed text if it went into such an element or if nobody knows
/// where it went.
///
/// # Errors
/// When the region lies outside the screen, or the step's bytes cannot be read. The step is left as it was.
pub fn mask_region(step: &mut RedactedStep, region: Rect) -> Result<(), MaskError> {
    mask(step, &[region], &[])
}

/// Masks regions, as [`mask_region`] does, and words: each word is taken out of typed text, title, target and tree wherever its
/// letters stand, and what the tree shows to hold it is painted in the frame. A frame without its tree is painted whole if there
/// is a word: nobody can tell where it stands.
///
/// # Errors
/// The same. The step is left as it was.
pub fn mask(step: &mut RedactedStep, regions: &[Rect], words: &[Word]) -> Result<(), MaskError> {
    let (width, height) = (step.step.screen.width, step.step.screen.height);
    if regions.iter().any(|region| region.clipped(width, height).is_none()) {
        return Err(MaskError::OutsideScreen);
    }
    let mut left = step.clone();
    let media = step.step.frame.map_or(Media::Pixmap, |frame| frame.media);
    let mut tree = left.tree.as_deref().map(read_tree).transpose()?;
    for region in regions {
        hide_region(&mut left, tree.as_mut(), *region);
    }
    let mut paint = regions.to_vec();
    for word in words {
        paint.extend(word.hide_in(&mut left, tree.as_mut()));
    }
    if !words.is_empty() && tree.is_none() && left.frame.is_some() {
        paint.push(whole_screen(&mut left));
    }
    if !paint.is_empty() {
        let frame = left.frame.as_deref().map(|bytes| painted(bytes, media, &paint)).transpose()?;
        left.frame = frame.map(FrameBytes::from);
    }
    left.tree = tree.as_ref().map(canonical_bytes).transpose()?;
    left.step.frame = left.frame.as_deref().map(|bytes| blob(bytes, media)).transpose()?;
    left.step.tree = left.tree.as_deref().map(|bytes| blob(bytes, Media::Tree)).transpose()?;
    *step = left;
    Ok(())
}

fn read_tree(bytes: &[u8]) -> Result<Tree, MaskError> {
    serde_json::from_slice(bytes).map_err(MaskError::TreeUnreadable)
}

fn hide_region(step: &mut RedactedStep, mut tree: Option<&mut Tree>, region: Rect) {
    if is_typed_within(step, tree.as_deref(), region) {
        hide_typed(&mut step.step.action);
    }
    if let Some(target) = step.step.target.as_mut().filter(|target| intersect(target.bounds, region)) {
        target.name = target.name.as_ref().map(|_| MASKED.to_owned());
    }
    if let Some(tree) = &mut tree {
        hide_in_tree(tree, region);
    }
    let place = Place::Frame { bounds: region };
    step.report.findings.push(Finding { kind: FindingKind::Masked, rule: "review.region".to_owned(), place });
}

fn whole_screen(step: &mut RedactedStep) -> Rect {
    let bounds = Rect { x: 0, y: 0, width: step.step.screen.width, height: step.step.screen.height };
    let place = Place::Frame { bounds };
    let rule = "review.word.no-tree".to_owned();
    step.report.findings.push(Finding { kind: FindingKind::Masked, rule, place });
    bounds
}

fn painted(bytes: &[u8], media: Media, regions: &[Rect]) -> Result<Vec<u8>, MaskError> {
    let mut frame = decode_stored(bytes)?;
    for region in regions {
        fill(&mut frame, *region);
    }
    let bytes = if media == Media::Png { encode(&frame)? } else { frame.view().to_pixmap() };
    let written = decode_stored(&bytes)?;
    if regions.iter().all(|region| is_filled(&written, *region)) {
        Ok(bytes)
    } else {
        Err(MaskError::NotPainted)
    }
}

/// Whether text was typed within the region, as far as the target and the focus tell; if they do not, it was.
fn is_typed_within(step: &RedactedStep, tree: Option<&Tree>, region: Rect) -> bool {
    let focused =
        tree.iter().flat_map(|tree| &tree.nodes).filter(|node| node.focused).map(|node| node.bounds);
    let places: Vec<Rect> = focused.chain(step.step.target.as_ref().map(|target| target.bounds)).collect();
    places.is_empty() || places.into_iter().any(|bounds| bounds.is_empty() || intersect(bounds, region))
}

fn hide_typed(action: &mut Action) {
    if let Action::Type { text } = action {
        *action = counted(text);
    }
}
