//! The screen, by allow-list: everything is masked, and only what the tree explains as interface is shown.
//!
//! Shown is a pixel that lies in the window in front, under an element that shows interface words and nothing else,
//! under no element that is masked, and under no window that lies over the front. A frame whose tree is missing, not
//! complete or not believable shows nothing at all.

pub(crate) mod canvas;
mod judge;
pub(crate) mod picture;

use candor_model::{Finding, FindingKind, Node, Pixels, Place, Rect, Screen};

use crate::front::Front;
use crate::screen::canvas::Canvas;
use crate::screen::judge::{Verdict, verdicts};
use crate::screen::picture::{PictureError, check_size, decode, encode};
use crate::tree::Readings;

/// Why a frame cannot be redacted. The frame is then not kept.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The picture cannot be written or read back.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// After painting, a masked pixel does not have the colour of the paint.
    #[error("a masked region is not painted")]
    NotPainted,
}

/// A part of the frame that is masked, and why.
struct Masked {
    bounds: Rect,
    kind: FindingKind,
    rule: &'static str,
}

impl Masked {
    const fn unknown(bounds: Rect, rule: &'static str) -> Self {
        Self { bounds, kind: FindingKind::Unknown, rule }
    }
}

/// What a frame lets be seen.
struct Composition {
    canvas: Canvas,
    /// Parts that are masked to the last pixel.
    regions: Vec<Masked>,
    /// Parts that are masked as far as nothing else is shown over them.
    grounds: Vec<Masked>,
}

/// Paints over everything in `frame` that is not shown, checks the paint, and gives the PNG bytes.
pub(crate) fn redact(
    frame: &mut Pixels,
    screen: &Screen,
    front: &Front,
    readings: Option<&Readings>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<u8>, FrameError> {
    check_size(frame.width(), frame.height())?;
    let Composition { canvas, regions, grounds } = composed(frame, screen, front, readings);
    canvas.paint(frame);
    let bytes = encode(frame)?;
    let bounds: Vec<Rect> = regions.iter().map(|m| m.bounds).collect();
    if !canvas.is_painted(&decode(&bytes)?, &bounds) {
        return Err(FrameError::NotPainted);
    }
    findings.extend(grounds.into_iter().chain(regions).map(|m| finding(&m, frame)));
    Ok(bytes)
}

fn finding(masked: &Masked, frame: &Pixels) -> Finding {
    let bounds = clipped(masked.bounds, frame);
    Finding { kind: masked.kind, rule: masked.rule.to_owned(), place: Place::Frame { bounds } }
}

fn clipped(rect: Rect, frame: &Pixels) -> Rect {
    let (left, top, right, bottom) = rect.clipped(frame.width(), frame.height()).unwrap_or_default();
    let place = |v: u32| i32::try_from(v).unwrap_or(i32::MAX);
    Rect { x: place(left), y: place(top), width: right - left, height: bottom - top }
}

fn composed(frame: &Pixels, screen: &Screen, front: &Front, readings: Option<&Readings>) -> Composition {
    let whole = Rect { x: 0, y: 0, width: frame.width(), height: frame.height() };
    let mut canvas = Canvas::hidden(frame.width(), frame.height());
    let not_permitted =
        || Masked { bounds: whole, kind: FindingKind::NotPermitted, rule: "screen.not_permitted" };
    let same_space = (screen.width, screen.height) == (frame.width(), frame.height());
    let Some(bounds) = front.bounds().filter(|_| same_space) else {
        return Composition { canvas, regions: vec![not_permitted()], grounds: Vec::new() };
    };
    let mut grounds = Vec::new();
    if front.is_forbidden_somewhere(whole) {
        grounds.push(not_permitted());
    }
    let treeless = front.treeless().iter().filter(|window| canvas.can_show(**window, whole));
    grounds.extend(treeless.map(|window| Masked::unknown(*window, "screen.no_tree")));
    let mut regions = Vec::new();
    match readings.filter(|readings| readings.names_everything()) {
        None => regions.push(Masked::unknown(bounds, "screen.no_tree")),
        Some(readings) => show_by_tree(&mut canvas, readings, bounds, &mut regions, &mut grounds),
    }
    front.over().iter().for_each(|window| canvas.hide(*window));
    Composition { canvas, regions, grounds }
}

/// Shows what explains itself, then hides what is masked: a masked element always wins over what it touches.
fn show_by_tree(
    canvas: &mut Canvas,
    readings: &Readings,
    front: Rect,
    regions: &mut Vec<Masked>,
    grounds: &mut Vec<Masked>,
) {
    let nodes = &readings.tree.nodes;
    let verdicts = verdicts(nodes, &readings.said, &readings.kinds);
    for (node, verdict) in nodes.iter().zip(&verdicts) {
        if *verdict == Verdict::Shows {
            canvas.show(node.bounds, front);
        }
    }
    if canvas.hides_any(front) {
        grounds.push(Masked::unknown(front, "screen.unexplained"));
    }
    for (anchor, verdict) in anchors(nodes, canvas, front).into_iter().zip(verdicts) {
        if let Verdict::Masked(kind, rule) = verdict {
            canvas.hide(anchor);
            regions.push(Masked { bounds: anchor, kind, rule });
        }
    }
}

/// Per element, where it is: its own bounds, or those of the nearest ancestor whose bounds can be believed, or the
/// whole window. Bounds without a pixel in the window hide nothing, though what they belong to is seen somewhere.
fn anchors(nodes: &[Node], canvas: &Canvas, front: Rect) -> Vec<Rect> {
    let mut anchors: Vec<Rect> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let parent = node.parent.and_then(|p| anchors.get(usize::try_from(p).ok()?).copied());
        let own = canvas.can_show(node.bounds, front).then_some(node.bounds);
        anchors.push(own.or(parent).unwrap_or(front));
    }
    anchors
}

#[cfg(test)]
mod tests;
