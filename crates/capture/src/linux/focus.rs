//! Which top-level window has the keyboard, in the order of the input.
//!
//! Asked when a key is read, the server tells who has it by then: beside other work that was another window than the one that the key
//! went to. So the server tells each change by itself, between the keys, and nothing is asked.

use x11rb::protocol::Event;
use x11rb::protocol::xproto::{FocusInEvent, NotifyDetail, NotifyMode, Window};

use crate::linux::stack::{Change, Stack};

/// Who has the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// This top-level window, or something in it.
    Window(Window),
    /// Whatever the pointer is on (X11 protocol, `SetInputFocus`).
    Pointer,
    /// Nobody: no window, the root itself, or one that is not known. Keys are of the unknown then.
    Nobody,
}

/// Follows the keyboard.
#[derive(Debug)]
pub(crate) struct Focus {
    root: Window,
    holder: Holder,
}

impl Focus {
    pub(crate) const fn new(root: Window, holder: Holder) -> Self {
        Self { root, holder }
    }

    pub(crate) const fn holder(&self) -> Holder {
        self.holder
    }

    /// What the server answered when it was asked: it counts from the events on that came after the question.
    pub(crate) const fn answered(&mut self, holder: Holder) {
        self.holder = holder;
    }

    /// Follows what the server told. A window that is hidden or gone has the keyboard no more.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library knows hundreds of events; these are of the keyboard's place"
    )]
    pub(crate) fn follow(&mut self, event: &Event, windows: &Stack, change: Change) {
        match event {
            Event::FocusIn(focus) if tells(focus) => self.came(focus, windows),
            Event::FocusOut(focus) if tells(focus) => self.went(focus),
            _ => {}
        }
        if let Change::Went(window) = change
            && self.holder == Holder::Window(window)
        {
            self.holder = Holder::Nobody;
        }
    }

    fn came(&mut self, focus: &FocusInEvent, windows: &Stack) {
        if focus.event == self.root {
            match focus.detail {
                NotifyDetail::POINTER_ROOT => self.holder = Holder::Pointer,
                // On its way to a window below it, which is told next.
                NotifyDetail::VIRTUAL | NotifyDetail::NONLINEAR_VIRTUAL => {}
                _ => self.holder = Holder::Nobody,
            }
        } else if windows.has(focus.event) {
            self.holder = Holder::Window(focus.event);
        }
    }

    /// Going to something inside it, a window keeps the keyboard.
    fn went(&mut self, focus: &FocusInEvent) {
        let inside = focus.detail == NotifyDetail::INFERIOR;
        let had = self.holder == Holder::Window(focus.event)
            || (focus.event == self.root && self.holder == Holder::Pointer);
        if had && !inside {
            self.holder = Holder::Nobody;
        }
    }
}

/// Whether an event is of the keyboard's place. A grab takes the keys and leaves the focus where it is; what is told because the pointer
/// is somewhere is not of the keyboard.
fn tells(focus: &FocusInEvent) -> bool {
    let by_grab = [NotifyMode::GRAB, NotifyMode::UNGRAB].contains(&focus.mode);
    !by_grab && focus.detail != NotifyDetail::POINTER
}

#[cfg(test)]
mod tests {
    use x11rb::protocol::xproto::{FOCUS_IN_EVENT, FOCUS_OUT_EVENT};

    use super::*;
    use crate::linux::stack::Top;

    const ROOT: Window = 1;
    const TOPS: [Window; 2] = [10, 20];

    fn windows() -> Stack {
        let top = |window| Top { window, x: 0, y: 0, width: 9, height: 9, mapped: true };
        Stack::new(ROOT, TOPS.map(top).to_vec())
    }

    fn event(response_type: u8, event: Window, detail: NotifyDetail, mode: NotifyMode) -> FocusInEvent {
        FocusInEvent { response_type, detail, sequence: 0, event, mode }
    }

    fn came(window: Window, detail: NotifyDetail) -> Event {
        Event::FocusIn(event(FOCUS_IN_EVENT, window, detail, NotifyMode::NORMAL))
    }

    fn went(window: Window, detail: NotifyDetail) -> Event {
        Event::FocusOut(event(FOCUS_OUT_EVENT, window, detail, NotifyMode::NORMAL))
    }

    /// Who has the keyboard after each of these, if window 10 had it before.
    fn followed(events: &[Event]) -> Vec<Holder> {
        let mut focus = Focus::new(ROOT, Holder::Window(10));
        let each = events.iter().map(|event| {
            focus.follow(event, &windows(), Change::None);
            focus.holder()
        });
        each.collect()
    }

    const OVER: NotifyDetail = NotifyDetail::NONLINEAR_VIRTUAL;

    #[test]
    fn between_two_windows_nobody_has_the_keyboard() {
        let told =
            followed(&[went(10, OVER), came(20, OVER), went(20, OVER), came(10, NotifyDetail::NONLINEAR)]);
        assert_eq!(told, [Holder::Nobody, Holder::Window(20), Holder::Nobody, Holder::Window(10)]);
        // A window that is not one of these: something inside one, or one that is not known.
        assert_eq!(followed(&[came(77, OVER)]), [Holder::Window(10)]);
        assert_eq!(followed(&[went(20, OVER)]), [Holder::Window(10)]);
        assert_eq!(followed(&[went(10, NotifyDetail::INFERIOR)]), [Holder::Window(10)]);
    }

    #[test]
    fn a_grab_and_the_pointer_do_not_move_the_keyboard_and_a_change_during_a_grab_does() {
        let by = |mode| Event::FocusOut(event(FOCUS_OUT_EVENT, 10, OVER, mode));
        let told = followed(&[by(NotifyMode::GRAB), by(NotifyMode::UNGRAB), by(NotifyMode::WHILE_GRABBED)]);
        assert_eq!(told, [Holder::Window(10), Holder::Window(10), Holder::Nobody]);
        let told = followed(&[came(20, NotifyDetail::POINTER), went(10, NotifyDetail::POINTER)]);
        assert_eq!(told, [Holder::Window(10), Holder::Window(10)]);
    }

    #[test]
    fn on_the_root_keys_are_of_nobody_or_of_what_the_pointer_is_on() {
        let told = followed(&[
            came(ROOT, NotifyDetail::POINTER_ROOT),
            went(ROOT, NotifyDetail::POINTER_ROOT),
            came(ROOT, NotifyDetail::NONE),
            came(20, OVER),
            came(ROOT, OVER),
            came(ROOT, NotifyDetail::NONLINEAR),
        ]);
        let (nobody, second) = (Holder::Nobody, Holder::Window(20));
        assert_eq!(told, [Holder::Pointer, nobody, nobody, second, second, nobody]);
    }

    #[test]
    fn a_window_that_went_has_the_keyboard_no_more() {
        let mut focus = Focus::new(ROOT, Holder::Window(10));
        let other = came(77, OVER);
        focus.follow(&other, &windows(), Change::Went(20));
        assert_eq!(focus.holder(), Holder::Window(10));
        focus.follow(&other, &windows(), Change::Went(10));
        assert_eq!(focus.holder(), Holder::Nobody);
    }
}
