//! Review: what a person masks by hand. It only ever narrows.

use candor_model::{
    Action, CanonicalError, Finding, FindingKind, Media, Place, Rect, RedactedStep, Tree, canonical_bytes,
};

use crate::act::counted;
use crate::front::intersect;
use crate::redactor::{RedactError, blob};
use crate::screen::canvas::{fill, is_filled};
use crate::screen::picture::{PictureError, decode, encode};
use crate::tree::{MASKED, mask};

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
    let screen = &step.step.screen;
    if region.clipped(screen.width, screen.height).is_none() {
        return Err(MaskError::OutsideScreen);
    }
    let frame = step.frame.as_deref().map(|bytes| painted(bytes, region)).transpose()?;
    let tree = step.tree.as_deref().map(|bytes| without_texts(bytes, region)).transpose()?;
    let frame_ref = frame.as_deref().map(|bytes| blob(bytes, Media::Png)).transpose()?;
    let bytes = tree.as_ref().map(|(_, bytes)| bytes.clone());
    let tree_ref = bytes.as_deref().map(|bytes| blob(bytes, Media::Tree)).transpose()?;

    if is_typed_within(step, tree.as_ref().map(|(tree, _)| tree), region) {
        hide_typed(&mut step.step.action);
    }
    if let Some(target) = step.step.target.as_mut().filter(|target| intersect(target.bounds, region)) {
        target.name = target.name.as_ref().map(|_| MASKED.to_owned());
    }
    (step.frame, step.tree) = (frame, bytes);
    (step.step.frame, step.step.tree) = (frame_ref, tree_ref);
    let place = Place::Frame { bounds: region };
    step.report.findings.push(Finding { kind: FindingKind::Masked, rule: "review.region".to_owned(), place });
    Ok(())
}

fn painted(bytes: &[u8], region: Rect) -> Result<Vec<u8>, MaskError> {
    let mut frame = decode(bytes)?;
    fill(&mut frame, region);
    let bytes = encode(&frame)?;
    if !is_filled(&decode(&bytes)?, region) {
        return Err(MaskError::NotPainted);
    }
    Ok(bytes)
}

fn without_texts(bytes: &[u8], region: Rect) -> Result<(Tree, Vec<u8>), MaskError> {
    let mut tree: Tree = serde_json::from_slice(bytes).map_err(MaskError::TreeUnreadable)?;
    mask(&mut tree, region);
    let bytes = canonical_bytes(&tree)?;
    Ok((tree, bytes))
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
