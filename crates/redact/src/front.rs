//! Where the window in front can be seen, and where something lies over it.

use candor_model::{Observation, Rect, VisibleWindow};

/// The place of the window in front among the windows of the screen.
pub(crate) struct Front {
    bounds: Rect,
    /// Windows that lie over it, permitted or not: the tree says nothing about them.
    over: Vec<Rect>,
    /// Windows that are not permitted, with whether they lie over the front.
    forbidden: Vec<(Rect, bool)>,
    /// Other windows that are permitted, but whose tree is not at hand.
    treeless: Vec<Rect>,
    seen: bool,
}

impl Front {
    /// Most windows of a screen; a longer list is not believed, and nothing is shown.
    pub(crate) const WINDOWS_MAX: usize = 512;

    /// Finds the front: the uppermost permitted window that holds the bounds of the window in front.
    pub(crate) fn of(observation: &Observation) -> Self {
        let windows = &observation.windows;
        let is_front = |w: &VisibleWindow| w.permitted && holds(w.bounds, observation.bounds);
        let index = windows.iter().rposition(is_front).filter(|_| windows.len() <= Self::WINDOWS_MAX);
        let lies_over = |i: usize| index.is_none_or(|front| i > front);
        let numbered = || windows.iter().enumerate();
        Self {
            bounds: observation.bounds,
            over: numbered().filter(|(i, _)| lies_over(*i)).map(|(_, w)| w.bounds).collect(),
            forbidden: numbered()
                .filter(|(_, w)| !w.permitted)
                .map(|(i, w)| (w.bounds, lies_over(i)))
                .collect(),
            treeless: numbered()
                .filter(|(i, w)| w.permitted && Some(*i) != index)
                .map(|(_, w)| w.bounds)
                .collect(),
            seen: index.is_some() && !observation.bounds.is_empty(),
        }
    }

    /// Where the window is; none if it is not among the windows of the screen.
    pub(crate) fn bounds(&self) -> Option<Rect> {
        self.seen.then_some(self.bounds)
    }

    /// What lies over it.
    pub(crate) fn over(&self) -> &[Rect] {
        &self.over
    }

    /// Permitted windows whose tree is not at hand.
    pub(crate) fn treeless(&self) -> &[Rect] {
        &self.treeless
    }

    /// Whether a part of `screen` belongs to no permitted window, as far as the front and what lies over it tell.
    pub(crate) fn is_forbidden_somewhere(&self, screen: Rect) -> bool {
        !holds(self.bounds, screen)
            || self.forbidden.iter().any(|(window, over)| *over && intersect(*window, screen))
    }

    /// Whether an element lies wholly where a window is seen that is not permitted.
    pub(crate) fn forbids(&self, element: Rect) -> bool {
        let covered = |(window, over): &(Rect, bool)| {
            holds(*window, element) && (*over || !self.seen || !intersect(self.bounds, element))
        };
        !element.is_empty() && self.forbidden.iter().take(Self::WINDOWS_MAX).any(covered)
    }
}

/// Right and bottom edge.
fn far_edges(rect: Rect) -> (i64, i64) {
    (i64::from(rect.x) + i64::from(rect.width), i64::from(rect.y) + i64::from(rect.height))
}

/// Whether `outer` holds every pixel of `inner`.
fn holds(outer: Rect, inner: Rect) -> bool {
    let ((outer_right, outer_bottom), (right, bottom)) = (far_edges(outer), far_edges(inner));
    outer.x <= inner.x && outer.y <= inner.y && right <= outer_right && bottom <= outer_bottom
}

/// Whether the rectangles share a pixel.
pub(crate) fn intersect(a: Rect, b: Rect) -> bool {
    let ((a_right, a_bottom), (b_right, b_bottom)) = (far_edges(a), far_edges(b));
    let apart = a_right <= i64::from(b.x)
        || b_right <= i64::from(a.x)
        || a_bottom <= i64::from(b.y)
        || b_bottom <= i64::from(a.y);
    !a.is_empty() && !b.is_empty() && !apart
}
