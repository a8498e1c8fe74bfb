//! The screen of a recording: first what must not be read is painted, then the rest is read and masked for what it says.
//!
//! What is painted without being looked at is told by the windows and the tree: what no permit covers, other windows,
//! passwords, what no tree explains, what other people wrote or show. `showing` says what may stay by profile and
//! application: words of the interface by allow-list, with what the person writes, or the content of the window. A frame
//! whose tree is missing, not complete or not believable shows nothing at all. The reading is that of `image`: one code for
//! recordings and for pictures that somebody hands in.
//!
//! INVARIANT: reading only ever masks more than the tree did; a frame that cannot be read in time, or not for sure, is
//! dropped.

pub(crate) mod canvas;
pub(crate) mod judge;
pub(crate) mod picture;
pub(crate) mod showing;

use std::sync::Arc;

use candor_model::{Finding, FindingKind, Node, Observation, Pixels, Place, Rect};

use crate::TimeLeft;
use crate::front::Front;
use crate::image::{Eyes, ImageError, Keep, Mask, Scene};
use crate::ocr::area::Area;
use crate::screen::canvas::Canvas;
use crate::screen::judge::{Verdict, own, verdicts};
use crate::screen::picture::{PictureError, check_size};
use crate::screen::showing::Showing;
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

/// What a frame lets be seen before it is read.
struct Composition {
    canvas: Canvas,
    /// Parts that are masked to the last pixel.
    regions: Vec<Masked>,
    /// Parts that are masked as far as nothing else is shown over them.
    grounds: Vec<Masked>,
    /// Fields in which the person writes.
    own: Vec<Area>,
    /// What is painted around the window in front, and over it.
    blank: Vec<Rect>,
}

/// Paints over everything in the frame that must not be read, reads what is left, paints what that finds, checks the
/// paint, and gives what is left as a pixmap; none, and a finding says so, if the frame cannot be read in time or not for sure, or
/// if it is larger than a frame may be.
pub(crate) fn redact(
    seen: &mut Observation,
    front: &Front,
    readings: Option<&Readings>,
    eyes: &mut Eyes,
    time_left: &dyn Fn() -> TimeLeft,
    findings: &mut Vec<Finding>,
) -> Option<Arc<Vec<u8>>> {
    let mut found = Vec::new();
    let left = masked(seen, front, readings, eyes, time_left, &mut found).ok().flatten();
    if left.is_some() {
        findings.append(&mut found);
    } else if let Some(frame) = &seen.frame {
        findings.push(finding(&Masked::unknown(whole(frame), "screen.unread"), frame));
    }
    left
}

fn masked(
    seen: &mut Observation,
    front: &Front,
    readings: Option<&Readings>,
    eyes: &mut Eyes,
    time_left: &dyn Fn() -> TimeLeft,
    findings: &mut Vec<Finding>,
) -> Result<Option<Arc<Vec<u8>>>, ImageError> {
    let showing = Showing::of(eyes.profile(), seen);
    let same_space =
        seen.frame.as_ref().map(|f| (f.width(), f.height())) == Some((seen.screen.width, seen.screen.height));
    let Some(frame) = seen.frame.as_mut() else { return Ok(None) };
    check_size(frame.width(), frame.height()).map_err(FrameError::from)?;
    let believed = readings.filter(|readings| readings.names_everything());
    let composition = composed(frame, front.bounds().filter(|_| same_space), showing, front, believed);
    composition.canvas.paint(frame);
    let scene = Scene { keep: composition.keep(showing), tree: believed.and(seen.tree.as_ref()) };
    let painted = composition.painted(frame);
    let read = eyes.redact(frame, &scene, &painted, time_left)?;
    let bounds: Vec<Rect> = composition.regions.iter().map(|m| m.bounds).collect();
    if !composition.canvas.is_painted(frame, &bounds) {
        return Err(FrameError::NotPainted.into());
    }
    findings.extend(composition.grounds.iter().chain(&composition.regions).map(|m| finding(m, frame)));
    findings.extend(read.findings);
    Ok(Some(read.frame))
}

impl Composition {
    const fn of(canvas: Canvas) -> Self {
        Self { canvas, regions: Vec::new(), grounds: Vec::new(), own: Vec::new(), blank: Vec::new() }
    }

    /// What was painted and is not looked at.
    fn painted(&self, frame: &Pixels) -> Vec<Mask> {
        let area = |bounds: Rect| Area::of(bounds, frame.width(), frame.height());
        let region = |m: &Masked| Some(Mask { area: area(m.bounds)?, kind: m.kind, rule: m.rule });
        let blank = self.blank.iter().filter_map(|b| Some(Mask::unknown(area(*b)?, "screen.blank")));
        self.regions.iter().filter_map(region).chain(blank).collect()
    }

    fn keep(&self, showing: Showing) -> Keep<'_> {
        match showing {
            Showing::Interface => Keep::Interface,
            Showing::OwnText => Keep::Own(&self.own),
            Showing::Content => Keep::Content,
        }
    }
}

const fn whole(frame: &Pixels) -> Rect {
    Rect { x: 0, y: 0, width: frame.width(), height: frame.height() }
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

/// `bounds` are those of the window in front, if it can be seen and has the frame's pixels.
fn composed(
    frame: &Pixels,
    bounds: Option<Rect>,
    showing: Showing,
    front: &Front,
    believed: Option<&Readings>,
) -> Composition {
    let whole = whole(frame);
    let mut composition = Composition::of(Canvas::hidden(frame.width(), frame.height()));
    let not_permitted =
        || Masked { bounds: whole, kind: FindingKind::NotPermitted, rule: "screen.not_permitted" };
    let Some(bounds) = bounds else {
        composition.regions.push(not_permitted());
        return composition;
    };
    if front.is_forbidden_somewhere(whole) {
        composition.grounds.push(not_permitted());
    }
    let treeless = front.treeless().iter().filter(|window| composition.canvas.can_show(**window, whole));
    composition.grounds.extend(treeless.map(|window| Masked::unknown(*window, "screen.no_tree")));
    match believed {
        None => composition.regions.push(Masked::unknown(bounds, "screen.no_tree")),
        Some(readings) => composition.show_by_tree(readings, bounds, showing),
    }
    composition.cover(bounds, whole, front.over());
    composition
}

impl Composition {
    /// Shows what may be read, then hides what is masked: a masked element always wins over what it touches.
    fn show_by_tree(&mut self, readings: &Readings, front: Rect, showing: Showing) {
        let nodes = &readings.tree.nodes;
        let verdicts = verdicts(readings, showing);
        if showing == Showing::Content {
            self.canvas.show(front, front);
        }
        for (node, verdict) in nodes.iter().zip(&verdicts) {
            if *verdict == Verdict::Shows {
                self.canvas.show(node.bounds, front);
            }
        }
        if self.canvas.hides_any(front) {
            self.grounds.push(Masked::unknown(front, "screen.unexplained"));
        }
        let own = own(nodes).into_iter().zip(nodes).filter(|(own, _)| *own);
        self.own.extend(own.filter_map(|(_, node)| self.canvas.area(node.bounds)));
        for (anchor, verdict) in anchors(nodes, &self.canvas, front).into_iter().zip(verdicts) {
            if let Verdict::Masked(kind, rule) = verdict {
                self.canvas.hide(anchor);
                self.regions.push(Masked { bounds: anchor, kind, rule });
            }
        }
    }

    /// Hides what lies over the front, and notes what is empty around it.
    fn cover(&mut self, front: Rect, whole: Rect, over: &[Rect]) {
        for window in over {
            self.canvas.hide(*window);
        }
        self.blank.extend(over);
        self.blank.extend(around(front, whole));
    }
}

/// The parts of `whole` above, below, left and right of `front`.
fn around(front: Rect, whole: Rect) -> [Rect; 4] {
    let end = |start: i32, length: u32| start.saturating_add_unsigned(length);
    let span = |from: i32, to: i32| u32::try_from(to.saturating_sub(from)).unwrap_or(0);
    let (right, bottom) = (end(front.x, front.width), end(front.y, front.height));
    let (far_right, far_bottom) = (end(whole.x, whole.width), end(whole.y, whole.height));
    [
        Rect { height: span(whole.y, front.y), ..whole },
        Rect { y: bottom, height: span(bottom, far_bottom), ..whole },
        Rect { width: span(whole.x, front.x), ..whole },
        Rect { x: right, width: span(right, far_right), ..whole },
    ]
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
