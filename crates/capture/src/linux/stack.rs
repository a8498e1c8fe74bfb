//! The top-level windows, in the order of the input: which one lay where, at the moment of each event.
//!
//! The server tells of windows and of input on one connection, in the order in which things happened. A window that is asked for is the
//! one of later: on a busy machine another may have popped up by then.

use candor_model::Point;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    CirculateNotifyEvent, ConfigureNotifyEvent, CreateNotifyEvent, Place, ReparentNotifyEvent, Window,
};

/// Most windows that are followed; of more, none is known.
const TOPS_MAX: usize = 4_096;

/// A window right below the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Top {
    pub(crate) window: Window,
    pub(crate) x: i32,
    pub(crate) y: i32,
    /// Borders included.
    pub(crate) width: i32,
    pub(crate) height: i32,
    pub(crate) mapped: bool,
}

impl Top {
    const fn contains(&self, at: Point) -> bool {
        let (x, y) = (at.x - self.x, at.y - self.y);
        self.mapped && 0 <= x && x < self.width && 0 <= y && y < self.height
    }
}

/// All of them, the lowest first.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    root: Window,
    tops: Vec<Top>,
}

/// What an event did to the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// One more, which must be watched from now on.
    Came(Window),
    /// One less, or one that cannot have the keyboard any more.
    Went(Window),
    /// Something else: where they lie, or which are seen.
    Moved,
    /// Nothing.
    None,
}

impl Stack {
    pub(crate) fn new(root: Window, tops: Vec<Top>) -> Self {
        Self { root, tops }
    }

    pub(crate) fn has(&self, window: Window) -> bool {
        self.tops.iter().any(|top| top.window == window)
    }

    /// The uppermost window at a place, or 0.
    pub(crate) fn at(&self, at: Point) -> Window {
        self.tops.iter().rev().find(|top| top.contains(at)).map_or(0, |top| top.window)
    }

    /// Follows what the server told of a window right below the root.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library knows hundreds of events; these are of windows"
    )]
    pub(crate) fn follow(&mut self, event: &Event) -> Change {
        match event {
            Event::CreateNotify(new) if new.parent == self.root => self.created(new),
            Event::DestroyNotify(gone) if self.has(gone.window) => self.gone(gone.window),
            Event::ReparentNotify(moved) => self.reparented(moved),
            Event::MapNotify(shown) => self.changed(shown.window, |top| top.mapped = true),
            Event::UnmapNotify(hidden) if self.has(hidden.window) => {
                self.changed(hidden.window, |top| top.mapped = false);
                Change::Went(hidden.window)
            }
            Event::ConfigureNotify(moved) => self.configured(moved),
            Event::CirculateNotify(moved) => self.circulated(moved),
            _ => Change::None,
        }
    }

    fn created(&mut self, new: &CreateNotifyEvent) -> Change {
        let border = i32::from(new.border_width) * 2;
        let (width, height) = (i32::from(new.width) + border, i32::from(new.height) + border);
        let (x, y) = (i32::from(new.x), i32::from(new.y));
        self.came(Top { window: new.window, x, y, width, height, mapped: false })
    }

    /// A new window is the uppermost.
    fn came(&mut self, top: Top) -> Change {
        if self.tops.len() >= TOPS_MAX {
            self.tops.clear();
        }
        self.tops.retain(|known| known.window != top.window);
        self.tops.push(top);
        Change::Came(top.window)
    }

    fn gone(&mut self, window: Window) -> Change {
        self.tops.retain(|top| top.window != window);
        Change::Went(window)
    }

    /// Window managers put a window into a frame, and give it back to the root. Until its size is told, it may lie over everything below
    /// and right of its corner.
    fn reparented(&mut self, moved: &ReparentNotifyEvent) -> Change {
        if moved.parent == self.root {
            let (x, y) = (i32::from(moved.x), i32::from(moved.y));
            self.came(Top { window: moved.window, x, y, width: i32::MAX, height: i32::MAX, mapped: false })
        } else if self.has(moved.window) {
            self.gone(moved.window)
        } else {
            Change::None
        }
    }

    fn changed(&mut self, window: Window, change: impl FnOnce(&mut Top)) -> Change {
        let top = self.tops.iter_mut().find(|top| top.window == window);
        top.map_or(Change::None, |top| {
            change(top);
            Change::Moved
        })
    }

    fn configured(&mut self, moved: &ConfigureNotifyEvent) -> Change {
        let Some(place) = self.tops.iter().position(|top| top.window == moved.window) else {
            return Change::None;
        };
        let border = i32::from(moved.border_width) * 2;
        let (width, height) = (i32::from(moved.width) + border, i32::from(moved.height) + border);
        let top = Top { x: moved.x.into(), y: moved.y.into(), width, height, ..self.tops.remove(place) };
        let below = self.tops.iter().position(|top| top.window == moved.above_sibling);
        self.tops.insert(below.map_or(0, |below| below + 1), top);
        Change::Moved
    }

    fn circulated(&mut self, moved: &CirculateNotifyEvent) -> Change {
        let Some(place) = self.tops.iter().position(|top| top.window == moved.window) else {
            return Change::None;
        };
        let top = self.tops.remove(place);
        let to = if moved.place == Place::ON_TOP { self.tops.len() } else { 0 };
        self.tops.insert(to, top);
        Change::Moved
    }
}

#[cfg(test)]
mod tests {
    use x11rb::protocol::xproto::{DestroyNotifyEvent, MapNotifyEvent, UnmapNotifyEvent};

    use super::*;

    const ROOT: Window = 1;

    fn at(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    /// Two windows of 100 by 100 that overlap, the second one above.
    fn stack() -> Stack {
        let mut stack = Stack::new(ROOT, Vec::new());
        for (window, x) in [(10, 0), (20, 50)] {
            assert_eq!(stack.follow(&created(window, ROOT, x)), Change::Came(window));
            assert_eq!(stack.follow(&shown(window)), Change::Moved);
        }
        stack
    }

    fn created(window: Window, parent: Window, x: i16) -> Event {
        let new =
            CreateNotifyEvent { parent, window, x, width: 100, height: 100, ..CreateNotifyEvent::default() };
        Event::CreateNotify(new)
    }

    fn shown(window: Window) -> Event {
        let (event, override_redirect) = (ROOT, false);
        Event::MapNotify(MapNotifyEvent { response_type: 19, sequence: 0, event, window, override_redirect })
    }

    fn hidden(window: Window) -> Event {
        let (event, from_configure) = (ROOT, false);
        Event::UnmapNotify(UnmapNotifyEvent { response_type: 18, sequence: 0, event, window, from_configure })
    }

    fn gone(window: Window) -> Event {
        Event::DestroyNotify(DestroyNotifyEvent { response_type: 17, sequence: 0, event: ROOT, window })
    }

    fn placed(window: Window, above_sibling: Window, x: i16, border_width: u16) -> Event {
        let (response_type, sequence, event, y, width, height) = (22, 0, ROOT, 0, 100, 100);
        Event::ConfigureNotify(ConfigureNotifyEvent {
            response_type,
            sequence,
            event,
            window,
            above_sibling,
            x,
            y,
            width,
            height,
            border_width,
            override_redirect: false,
        })
    }

    fn into(window: Window, parent: Window, x: i16) -> Event {
        let (response_type, sequence, event, y, override_redirect) = (21, 0, ROOT, 0, false);
        Event::ReparentNotify(ReparentNotifyEvent {
            response_type,
            sequence,
            event,
            window,
            parent,
            x,
            y,
            override_redirect,
        })
    }

    #[test]
    fn the_uppermost_window_that_is_shown_is_at_a_place() {
        let mut stack = stack();
        assert_eq!([10, 60, 99, 149, 150].map(|x| stack.at(at(x, 50))), [10, 20, 20, 20, 0]);
        assert_eq!((stack.at(at(60, 99)), stack.at(at(60, 100)), stack.at(at(-1, 0))), (20, 0, 0));
        assert_eq!(stack.follow(&hidden(20)), Change::Went(20));
        assert_eq!([60, 120].map(|x| stack.at(at(x, 50))), [10, 0]);
        stack.follow(&shown(20));
        assert_eq!(stack.follow(&gone(20)), Change::Went(20));
        assert!(!stack.has(20) && stack.at(at(60, 50)) == 10);
        // A window inside another is none of these.
        assert_eq!(stack.follow(&created(30, 10, 0)), Change::None);
        assert_eq!(stack.follow(&shown(30)), Change::None);
    }

    #[test]
    fn windows_that_move_or_change_their_order_are_followed() {
        let mut stack = stack();
        assert_eq!(stack.follow(&placed(10, 20, 0, 5)), Change::Moved);
        assert_eq!([60, 109, 110].map(|x| stack.at(at(x, 50))), [10, 10, 20]);
        stack.follow(&placed(10, 0, 30, 0));
        assert_eq!([40, 60].map(|x| stack.at(at(x, 50))), [10, 20]);
        let circulated = |window, place| {
            let (response_type, sequence, event) = (26, 0, ROOT);
            Event::CirculateNotify(CirculateNotifyEvent { response_type, sequence, event, window, place })
        };
        stack.follow(&circulated(10, Place::ON_TOP));
        assert_eq!(stack.at(at(60, 50)), 10);
        stack.follow(&circulated(10, Place::ON_BOTTOM));
        assert_eq!(stack.at(at(60, 50)), 20);
    }

    #[test]
    fn a_window_in_a_frame_is_none_of_these_and_one_given_back_may_lie_anywhere() {
        let mut stack = stack();
        assert_eq!(stack.follow(&into(20, 10, 0)), Change::Went(20));
        assert_eq!(stack.at(at(60, 50)), 10);
        assert_eq!(stack.follow(&into(20, ROOT, 50)), Change::Came(20));
        assert_eq!(stack.at(at(60, 50)), 10);
        stack.follow(&shown(20));
        assert_eq!([40, 60, 900].map(|x| stack.at(at(x, 50))), [10, 20, 20]);
        stack.follow(&placed(20, 10, 50, 0));
        assert_eq!([40, 60, 900].map(|x| stack.at(at(x, 50))), [10, 20, 0]);
    }
}
