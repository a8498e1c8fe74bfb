//! Runs: input that belongs to one action.

use std::time::Duration;

use candor_model::{Action, Button, PathPoint, Point, ScrollUnit};

use crate::linux::input::Input;
use crate::linux::tree::{By, Key};

/// Most keys of one run; the next key begins another.
pub const KEYS_OF_RUN_MAX: u32 = 10_000;
/// A run of keys ends when no key comes for this long, in milliseconds.
const KEYS_PAUSE_MS: u64 = 700;
/// A run of the wheel ends when it rests for this long, in milliseconds.
const WHEEL_PAUSE_MS: u64 = 250;
/// A second click within this time, in milliseconds, makes a double click.
const CLICK_PAUSE_MS: u64 = 400;
/// and within this distance in pixels.
const CLICK_SLOP_PX: u32 = 4;
/// Most clicks that are one action: a triple click.
const CLICKS_MAX: u8 = 3;
/// A 120th of a notch is the unit; the wheel turns by whole notches.
const NOTCH: i32 = 120;

/// Keys that write in a combination: they paste, and take back.
const PASTES: [&str; 4] = ["v", "insert", "y", "z"];

/// Longest time that keys are followed after the last one while something may be composed of them, in milliseconds. A pause by command waits as long;
/// a halt, and what a hand does, does not.
const COMPOSING_MS: u64 = 3_000;
/// Longest time that a button is followed while it is down, in milliseconds.
const HELD_MS_MAX: u64 = 60_000;
/// Most points of a path; the last place is always kept.
pub const PATH_POINTS_MAX: usize = 2_000;

/// The action that an event begins; none if it only continues one.
pub(crate) fn begun(input: &Input) -> Option<Action> {
    match input {
        Input::Button { button, at, .. } => Some(Action::Click { at: *at, button: *button, count: 1 }),
        Input::Wheel { dx, dy, at, .. } => {
            let unit = ScrollUnit::Notch120th;
            Some(Action::Scroll { at: *at, dx: dx * NOTCH, dy: dy * NOTCH, unit })
        }
        Input::Key { .. } => Some(Action::Keys { count: 1 }),
        Input::Command { keys, .. } => Some(Action::Hotkey { keys: keys.clone() }),
        Input::Released { .. } | Input::Moved { .. } => None,
    }
}

/// What an event means for the action before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belongs {
    /// It is part of it, and more may come.
    More,
    /// It ends it, and is part of it.
    Last,
    /// It is something else.
    No,
}

/// An action on its way.
#[derive(Debug)]
pub(crate) struct Course {
    action: Action,
    window: u32,
    /// When a button went down last, in the server's milliseconds.
    down_ms: u32,
    /// When its last event was, in the server's milliseconds.
    last_ms: u32,
    held: bool,
    /// An input method may still compose what its keys began: it does not end with a pause.
    composing: bool,
    path: Vec<PathPoint>,
    keys: Vec<Key>,
}

impl Course {
    /// `key` is what the first key of a run does.
    pub(crate) fn new(action: Action, window: u32, ms: u32, key: Key) -> Self {
        let held = matches!(action, Action::Click { .. });
        let path = if let Action::Click { at, .. } = &action {
            vec![PathPoint { at: *at, after_ms: 0 }]
        } else {
            Vec::new()
        };
        let keys = if matches!(action, Action::Keys { .. }) { vec![key] } else { Vec::new() };
        Self { action, window, down_ms: ms, last_ms: ms, held, composing: false, path, keys }
    }

    /// How long to wait for more; none if there is no more.
    pub(crate) const fn pause(&self) -> Option<Duration> {
        match &self.action {
            Action::Click { .. } if self.held => Some(Duration::from_millis(HELD_MS_MAX)),
            Action::Keys { count } if self.composing && *count < KEYS_OF_RUN_MAX => {
                Some(Duration::from_millis(COMPOSING_MS))
            }
            Action::Click { count, .. } if *count < CLICKS_MAX => Some(Duration::from_millis(CLICK_PAUSE_MS)),
            Action::Scroll { .. } => Some(Duration::from_millis(WHEEL_PAUSE_MS)),
            Action::Keys { count } if *count < KEYS_OF_RUN_MAX => Some(Duration::from_millis(KEYS_PAUSE_MS)),
            Action::Click { .. }
            | Action::Keys { .. }
            | Action::Drag { .. }
            | Action::Type { .. }
            | Action::Hotkey { .. }
            | Action::Wait { .. }
            | Action::SwitchWindow {} => None,
        }
    }

    /// Takes an event up if it belongs to the action. Pauses are those of the server's clock: events may have waited to be
    /// read, and to be taken.
    pub(crate) fn take(&mut self, input: &Input) -> Belongs {
        let pause = Duration::from_millis(input.ms().wrapping_sub(self.last_ms).into());
        let is_run = matches!(self.action, Action::Keys { .. } | Action::Scroll { .. });
        if is_run && self.pause().is_some_and(|longest| pause > longest) {
            return Belongs::No;
        }
        let belongs = self.taken(input);
        if belongs != Belongs::No {
            self.last_ms = input.ms();
        }
        belongs
    }

    fn taken(&mut self, input: &Input) -> Belongs {
        match (&mut self.action, input) {
            (Action::Click { .. }, Input::Moved { at, ms }) if self.held => self.moved(*at, *ms),
            (Action::Click { button, .. }, Input::Released { button: up, at, ms })
                if self.held && button == up =>
            {
                self.released(*at, *ms)
            }
            (Action::Click { at, button, count }, Input::Button { button: again, at: next, window, ms })
                if !self.held && *window == self.window && again == button && near(*at, *next) =>
            {
                let soon = u64::from(ms.wrapping_sub(self.down_ms)) <= CLICK_PAUSE_MS;
                if !soon || *count >= CLICKS_MAX {
                    return Belongs::No;
                }
                *count += 1;
                (self.held, self.down_ms) = (true, *ms);
                Belongs::More
            }
            (Action::Scroll { dx, dy, .. }, Input::Wheel { dx: x, dy: y, window, .. })
                if *window == self.window =>
            {
                *dx = dx.saturating_add(x.saturating_mul(NOTCH));
                *dy = dy.saturating_add(y.saturating_mul(NOTCH));
                Belongs::More
            }
            (Action::Keys { count }, Input::Key { window, key, .. }) if *window == self.window => {
                *count = count.saturating_add(1);
                self.keys.push(*key);
                self.composing = false;
                Belongs::More
            }
            _ => Belongs::No,
        }
    }

    fn moved(&mut self, at: Point, ms: u32) -> Belongs {
        if self.path.len() < PATH_POINTS_MAX {
            self.path.push(PathPoint { at, after_ms: ms.wrapping_sub(self.down_ms) });
        }
        Belongs::More
    }

    /// A button that came up elsewhere, or after a way, dragged.
    fn released(&mut self, at: Point, ms: u32) -> Belongs {
        self.held = false;
        let Action::Click { at: down, button, count } = &self.action else { return Belongs::No };
        let away = !near(*down, at) || self.path.iter().any(|point| !near(*down, point.at));
        if *count > 1 || !away {
            return if *count < CLICKS_MAX { Belongs::More } else { Belongs::Last };
        }
        let mut path = std::mem::take(&mut self.path);
        path.push(PathPoint { at, after_ms: ms.wrapping_sub(self.down_ms) });
        self.action = Action::Drag { button: *button, path };
        Belongs::Last
    }

    /// The keys of a run that is followed on after its pause, if one may be: an input method may compose of them.
    pub(crate) fn paused(&self) -> Option<&[Key]> {
        (!self.composing && !self.keys.is_empty()).then_some(&self.keys)
    }

    /// Follows it on, until something else is done.
    pub(crate) const fn compose(&mut self) {
        self.composing = true;
    }

    /// The action, and what the keys of a run do, in their order.
    pub(crate) fn finish(self) -> (Action, Vec<Key>) {
        (self.action, self.keys)
    }
}

/// Whether an event only tells how a click or drag goes on.
pub(crate) const fn is_aftermath(input: &Input) -> bool {
    matches!(input, Input::Released { .. } | Input::Moved { .. })
}

/// What an event that ends the keys of a window may write itself.
pub(crate) fn ended_by(input: &Input, of: u64) -> By {
    match input {
        Input::Key { window, .. } if u64::from(*window) == of => By::Keys,
        Input::Command { keys, .. }
            if keys.len() > 1 && keys.iter().any(|key| PASTES.contains(&key.as_str())) =>
        {
            By::Paste
        }
        Input::Button { button: Button::Middle, .. } => By::Paste,
        Input::Key { .. }
        | Input::Command { .. }
        | Input::Button { .. }
        | Input::Wheel { .. }
        | Input::Released { .. }
        | Input::Moved { .. } => By::Other,
    }
}

fn near(a: Point, b: Point) -> bool {
    a.x.abs_diff(b.x) <= CLICK_SLOP_PX && a.y.abs_diff(b.y) <= CLICK_SLOP_PX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: i32) -> Point {
        Point { x, y: 10 }
    }

    fn down(x: i32, window: u32, ms: u32) -> Input {
        Input::Button { button: Button::Left, at: at(x), window, ms }
    }

    fn up(x: i32, ms: u32) -> Input {
        Input::Released { button: Button::Left, at: at(x), ms }
    }

    fn key(window: u32, ms: u32) -> Input {
        Input::Key { key: Key::Writes, window, ms }
    }

    fn notch(dy: i32, ms: u32) -> Input {
        Input::Wheel { dx: 0, dy, at: at(10), window: 7, ms }
    }

    fn course(first: &Input, ms: u32) -> Course {
        Course::new(begun(first).unwrap(), 7, ms, Key::Writes)
    }

    #[test]
    fn keys_of_another_window_and_commands_begin_another_action() {
        let mut keys = course(&key(7, 0), 0);
        assert_eq!(keys.take(&key(7, 0)), Belongs::More);
        assert_eq!(keys.take(&key(8, 0)), Belongs::No);
        assert_eq!(keys.take(&Input::Command { keys: vec!["enter".into()], window: 7, ms: 0 }), Belongs::No);
        assert_eq!(keys.take(&down(10, 7, 5)), Belongs::No);
        assert_eq!(keys.finish().0, Action::Keys { count: 2 });
    }

    #[test]
    fn a_run_ends_with_a_pause_also_where_its_events_waited_to_be_taken() {
        let mut keys = course(&key(7, 0), 0);
        assert_eq!((keys.take(&key(7, 700)), keys.take(&key(7, 1_401))), (Belongs::More, Belongs::No));
        let mut wheel = course(&notch(1, 0), 0);
        assert_eq!((wheel.take(&notch(1, 250)), wheel.take(&notch(1, 501))), (Belongs::More, Belongs::No));
        // The server's time begins anew after 49 days.
        let mut keys = course(&key(7, u32::MAX), u32::MAX);
        assert_eq!((keys.take(&key(7, 100)), keys.take(&key(7, 900))), (Belongs::More, Belongs::No));
    }

    #[test]
    fn two_clicks_are_one_double_click_if_they_are_near_soon_and_of_one_window() {
        for (next, expected) in [
            (down(13, 7, 300), Belongs::More),
            (down(15, 7, 300), Belongs::No),
            (down(13, 8, 300), Belongs::No),
            (down(13, 7, 401), Belongs::No),
            (Input::Button { button: Button::Right, at: at(10), window: 7, ms: 300 }, Belongs::No),
        ] {
            let mut click = course(&down(10, 7, 0), 0);
            assert_eq!(click.take(&up(10, 20)), Belongs::More);
            assert_eq!(click.take(&next), expected, "{next:?}");
        }
        let mut click = course(&down(10, 7, 0), 0);
        let clicks = [up(10, 1), down(10, 7, 100), up(10, 101), down(10, 7, 200)];
        assert!(clicks.iter().all(|input| click.take(input) == Belongs::More));
        assert_eq!(click.take(&up(10, 201)), Belongs::Last);
        assert_eq!(click.finish().0, Action::Click { at: at(10), button: Button::Left, count: 3 });
    }

    #[test]
    fn a_button_that_comes_up_elsewhere_or_after_a_way_dragged() {
        for end in [90, 10] {
            let mut drag = course(&down(10, 7, 0), 0);
            assert_eq!(drag.take(&Input::Moved { at: at(50), ms: 40 }), Belongs::More);
            assert_eq!(drag.take(&up(end, 80)), Belongs::Last);
            let points = [(10, 0), (50, 40), (end, 80)];
            let path = points.map(|(x, after_ms)| PathPoint { at: at(x), after_ms }).to_vec();
            assert_eq!(drag.finish().0, Action::Drag { button: Button::Left, path });
        }
    }

    #[test]
    fn keys_that_compose_go_on_after_their_pause_until_something_else_is_done() {
        let mut keys = course(&key(7, 0), 0);
        assert_eq!(keys.paused(), Some([Key::Writes].as_slice()));
        keys.compose();
        assert_eq!((keys.paused(), keys.pause()), (None, Some(Duration::from_millis(COMPOSING_MS))));
        assert_eq!(keys.take(&key(7, 3_000)), Belongs::More);
        assert_eq!(
            (keys.paused().map(<[Key]>::len), keys.pause()),
            (Some(2), Some(Duration::from_millis(KEYS_PAUSE_MS)))
        );
        keys.compose();
        assert_eq!(keys.take(&down(10, 7, 4_000)), Belongs::No);
        assert_eq!(course(&down(10, 7, 0), 0).paused(), None);
    }

    #[test]
    fn what_ends_keys_may_write_itself() {
        let command = |keys: &[&str]| Input::Command {
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            window: 7,
            ms: 0,
        };
        for (input, by) in [
            (key(7, 0), By::Keys),
            (key(8, 0), By::Other),
            (command(&["ctrl", "v"]), By::Paste),
            (command(&["shift", "insert"]), By::Paste),
            (command(&["ctrl", "s"]), By::Other),
            (command(&["enter"]), By::Other),
            (Input::Button { button: Button::Middle, at: at(1), window: 7, ms: 0 }, By::Paste),
            (down(10, 7, 0), By::Other),
        ] {
            assert_eq!(ended_by(&input, 7), by, "{input:?}");
        }
    }

    #[test]
    fn wheel_notches_add_up() {
        let mut wheel = course(&notch(1, 0), 0);
        assert_eq!((wheel.take(&notch(1, 9)), wheel.take(&notch(-1, 20))), (Belongs::More, Belongs::More));
        assert_eq!(
            wheel.finish().0,
            Action::Scroll { at: at(10), dx: 0, dy: 120, unit: ScrollUnit::Notch120th }
        );
    }
}
