//! What the server told of the windows: kept until it tells that it is otherwise.
//!
//! A window is asked about once. From then on the server tells of whatever happens to it, in the order in which it happens, and before it
//! answers what is asked later; so what is known when an answer has come is what was so at the answer. Titles are not kept: only whether what
//! they say is sensitive.

use std::collections::BTreeMap;

use candor_model::Rect;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureNotifyEvent, GetGeometryReply, GetWindowAttributesReply, MapNotifyEvent, MapState,
    PropertyNotifyEvent, ReparentNotifyEvent, Window, WindowClass,
};

use super::Atoms;
use crate::linux::light;
use crate::{SeenWindow, Sensitive};

/// Most windows that are followed; beyond it everything is asked anew.
const FOLLOWED_MAX: usize = 4_096;

/// Windows, as far as they are known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    watched: bool,
    /// Those right below the root, the lowest first; none where their order is not known.
    order: Option<Vec<Window>>,
    tops: BTreeMap<Window, Top>,
    /// Windows further below that were asked about, and which of those right below the root each lies in.
    inner: BTreeMap<Window, Window>,
}

/// A window right below the root.
#[derive(Debug, Clone)]
struct Top {
    bounds: Rect,
    mapped: bool,
    /// Others only take input.
    draws: bool,
    unmanaged: bool,
    own: Option<Own>,
}

/// What the application's own window in it tells.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    /// None where there is no such window.
    pub(super) client: Option<Window>,
    pub(super) class: String,
    pub(super) sensitive: Option<Sensitive>,
}

impl Top {
    fn is_seen(&self, (width, height): (u32, u32)) -> bool {
        self.mapped && self.draws && self.bounds.clipped(width, height).is_some()
    }

    /// The light is the recorder's own: it is in no frame, and a screen is locked although it lies above.
    fn is_light(&self, window: Window) -> bool {
        let named = |own: &Own| own.client == Some(window) && own.class == light::CLASS;
        self.unmanaged && self.own.as_ref().is_some_and(named)
    }

    /// Screen lockers are unmanaged windows over everything.
    fn covers_all(&self, (width, height): (u32, u32)) -> bool {
        self.unmanaged && self.bounds.clipped(width, height) == Some((0, 0, width, height))
    }

    fn as_seen(&self, window: Window) -> SeenWindow {
        let Own { class, sensitive, .. } = self.own.clone().unwrap_or_default();
        let (id, bounds) = (u64::from(window), self.bounds);
        // Sites and private windows need the accessibility tree: where they are not known, a browser is refused.
        SeenWindow { id, class, site: None, private: false, locked: false, sensitive, bounds }
    }
}

/// A window with its borders.
pub(crate) fn outer(x: i16, y: i16, width: u16, height: u16, border: u16) -> Rect {
    let border = u32::from(border) * 2;
    Rect { x: x.into(), y: y.into(), width: u32::from(width) + border, height: u32::from(height) + border }
}

impl Known {
    /// Whether the root is watched.
    pub(super) const fn is_watched(&self) -> bool {
        self.watched
    }

    pub(super) const fn order(&self) -> Option<&Vec<Window>> {
        self.order.as_ref()
    }

    /// Whether there is nothing to ask.
    pub(super) fn is_whole(&self, size: (u32, u32)) -> bool {
        let known = |window: &Window| {
            self.tops.get(window).is_some_and(|top| top.own.is_some() || !top.is_seen(size))
        };
        self.order.as_ref().is_some_and(|order| order.iter().all(known))
    }

    /// The windows that are seen, the lowest first, and whether the uppermost one covers everything.
    pub(super) fn seen(&self, size: (u32, u32)) -> (Vec<SeenWindow>, bool) {
        let tops = self.order.iter().flatten().filter_map(|window| Some((*window, self.tops.get(window)?)));
        let seen: Vec<_> = tops.filter(|(window, top)| top.is_seen(size) && !top.is_light(*window)).collect();
        let covered = seen.last().is_some_and(|(_, top)| top.covers_all(size));
        (seen.into_iter().map(|(window, top)| top.as_seen(window)).collect(), covered)
    }

    /// Where lights are.
    pub(super) fn lights(&self) -> Vec<Rect> {
        let lights = self.tops.iter().filter(|(window, top)| top.is_light(**window));
        lights.map(|(_, top)| top.bounds).collect()
    }

    /// Whose a window is, if that is known.
    pub(super) fn own(&self, top: Window) -> Option<&Own> {
        self.tops.get(&top)?.own.as_ref()
    }

    /// Which window right below the root a window lies in, or is; none where that is not known.
    pub(super) fn top_of(&self, window: Window) -> Option<Window> {
        if self.tops.contains_key(&window) { Some(window) } else { self.inner.get(&window).copied() }
    }

    /// Takes the order of the windows below the root, which is watched by now.
    pub(super) fn ordered(&mut self, order: Vec<Window>) {
        self.tops.retain(|window, _| order.contains(window));
        let tops = &self.tops;
        self.inner.retain(|_, top| tops.contains_key(top));
        (self.watched, self.order) = (true, Some(order));
    }

    /// Windows of which it is not known where they are.
    pub(super) fn unplaced(&self) -> Vec<Window> {
        let unknown = |window: &&Window| !self.tops.contains_key(window);
        self.order.iter().flatten().filter(unknown).copied().collect()
    }

    /// Takes where a window is.
    pub(super) fn placed(
        &mut self,
        window: Window,
        attributes: &GetWindowAttributesReply,
        geometry: &GetGeometryReply,
    ) {
        let GetGeometryReply { x, y, width, height, border_width, .. } = *geometry;
        let top = Top {
            bounds: outer(x, y, width, height, border_width),
            mapped: attributes.map_state == MapState::VIEWABLE,
            draws: attributes.class == WindowClass::INPUT_OUTPUT,
            unmanaged: attributes.override_redirect,
            own: None,
        };
        self.tops.insert(window, top);
    }

    /// Windows that are seen and of which it is not known whose they are, and whether no manager has them.
    pub(super) fn unowned(&self, size: (u32, u32)) -> Vec<(Window, bool)> {
        let unknown = |(_, top): &(&Window, &Top)| top.own.is_none() && top.is_seen(size);
        self.tops.iter().filter(unknown).map(|(window, top)| (*window, top.unmanaged)).collect()
    }

    /// Takes whose a window is.
    pub(super) fn owned(&mut self, window: Window, own: Own) {
        if let Some(top) = self.tops.get_mut(&window) {
            top.own = Some(own);
        }
    }

    /// A window further below is asked about, and watched.
    pub(super) fn looked_into(&mut self, window: Window, top: Window) {
        if window != top {
            self.inner.insert(window, top);
        }
    }

    /// Follows what the server told. What is not known any more is asked again.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library knows hundreds of events; these are of windows"
    )]
    pub(super) fn follow(&mut self, event: &Event, root: Window, atoms: &Atoms) {
        match event {
            Event::CreateNotify(new) => self.changed_in(new.parent, root),
            Event::DestroyNotify(gone) => self.went(gone.window, gone.event, root),
            Event::MapNotify(shown) => self.shown(shown),
            Event::UnmapNotify(hidden) => self.on_top(hidden.window, |top| top.mapped = false),
            Event::ConfigureNotify(moved) => self.moved(moved, root),
            Event::CirculateNotify(moved) => self.changed_in(moved.event, root),
            Event::GravityNotify(moved) => self.went(moved.window, moved.event, root),
            Event::ReparentNotify(moved) => self.reparented(moved, root),
            Event::PropertyNotify(changed) => self.told_otherwise(changed, atoms),
            _ => {}
        }
        if self.tops.len() + self.inner.len() > FOLLOWED_MAX {
            *self = Self { watched: self.watched, ..Self::default() };
        }
    }

    /// Something came, went or changed its place among the children of a window.
    fn changed_in(&mut self, parent: Window, root: Window) {
        if parent == root {
            self.order = None;
        } else {
            self.disowned(parent);
        }
    }

    fn went(&mut self, window: Window, parent: Window, root: Window) {
        self.changed_in(parent, root);
        self.inner.remove(&window);
        if parent == root {
            self.tops.remove(&window);
        }
    }

    fn on_top(&mut self, window: Window, change: impl FnOnce(&mut Top)) {
        if let Some(top) = self.tops.get_mut(&window) {
            change(top);
        }
    }

    fn shown(&mut self, shown: &MapNotifyEvent) {
        let unmanaged = shown.override_redirect;
        self.on_top(shown.window, |top| {
            // Whose it is was asked of a window that a manager has, or has not.
            top.own = top.own.take().filter(|_| top.unmanaged == unmanaged);
            (top.mapped, top.unmanaged) = (true, unmanaged);
        });
    }

    fn moved(&mut self, moved: &ConfigureNotifyEvent, root: Window) {
        if moved.event != root {
            return;
        }
        self.order = None;
        let bounds = outer(moved.x, moved.y, moved.width, moved.height, moved.border_width);
        self.on_top(moved.window, |top| top.bounds = bounds);
    }

    /// Window managers put a window into a frame, and give it back to the root.
    fn reparented(&mut self, moved: &ReparentNotifyEvent, root: Window) {
        self.changed_in(moved.event, root);
        self.disowned(moved.parent);
        self.disowned(moved.window);
        self.tops.remove(&moved.window);
        self.inner.remove(&moved.window);
    }

    fn told_otherwise(&mut self, changed: &PropertyNotifyEvent, atoms: &Atoms) {
        let [class, older_title] = [AtomEnum::WM_CLASS, AtomEnum::WM_NAME].map(u32::from);
        if [class, older_title, atoms.WM_STATE, atoms._NET_WM_NAME].contains(&changed.atom) {
            self.disowned(changed.window);
        }
    }

    /// Whose the window is that this one lies in is not known any more.
    fn disowned(&mut self, window: Window) {
        if let Some(top) = self.top_of(window) {
            self.on_top(top, |top| top.own = None);
        }
    }
}
