//! Runs: input that belongs to one action.

use std::time::Duration;

use candor_model::{Action, Point, ScrollUnit};

use crate::linux::input::Input;

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

/// The action that an event begins.
pub(crate) const fn begun(input: &Input) -> Action {
    match *input {
        Input::Button { button, at, .. } => Action::Click { at, button, count: 1 },
        Input::Wheel { dx, dy, at, .. } => {
            Action::Scroll { at, dx: dx * NOTCH, dy: dy * NOTCH, unit: ScrollUnit::Notch120th }
        }
        Input::Key { .. } => Action::Keys { count: 1 },
    }
}

/// How long to wait for more of an action; none if there is no more.
pub(crate) const fn pause(action: &Action) -> Option<Duration> {
    match action {
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

/// The action with one more event of the same window; none if the event begins another action.
pub(crate) fn continued(action: &Action, window: u32, input: &Input) -> Option<Action> {
    match (action, *input) {
        (Action::Click { at, button, count }, Input::Button { button: again, at: next, window: w })
            if w == window && again == *button && near(*at, next) =>
        {
            Some(Action::Click { at: *at, button: *button, count: count.saturating_add(1) })
        }
        (Action::Scroll { at, dx, dy, unit }, Input::Wheel { dx: x, dy: y, window: w, .. })
            if w == window =>
        {
            let sum = |a: i32, b: i32| a.saturating_add(b.saturating_mul(NOTCH));
            Some(Action::Scroll { at: *at, dx: sum(*dx, x), dy: sum(*dy, y), unit: *unit })
        }
        (Action::Keys { count }, Input::Key { window: w }) if w == window => {
            Some(Action::Keys { count: count.saturating_add(1) })
        }
        _ => None,
    }
}

fn near(a: Point, b: Point) -> bool {
    a.x.abs_diff(b.x) <= CLICK_SLOP_PX && a.y.abs_diff(b.y) <= CLICK_SLOP_PX
}

#[cfg(test)]
mod tests {
    use candor_model::Button;

    use super::*;

    const AT: Point = Point { x: 10, y: 10 };

    fn click(x: i32, window: u32) -> Input {
        Input::Button { button: Button::Left, at: Point { x, y: 10 }, window }
    }

    #[test]
    fn keys_of_another_window_begin_another_action() {
        let one = begun(&Input::Key { window: 7 });
        assert_eq!(continued(&one, 7, &Input::Key { window: 7 }), Some(Action::Keys { count: 2 }));
        assert_eq!(continued(&one, 7, &Input::Key { window: 8 }), None);
        assert_eq!(continued(&one, 7, &click(10, 7)), None);
    }

    #[test]
    fn a_second_click_far_away_with_another_button_or_elsewhere_is_no_double_click() {
        let one = begun(&click(10, 7));
        assert_eq!(
            continued(&one, 7, &click(13, 7)),
            Some(Action::Click { at: AT, button: Button::Left, count: 2 })
        );
        assert_eq!(continued(&one, 7, &click(15, 7)), None);
        assert_eq!(continued(&one, 7, &click(10, 8)), None);
        let right = Input::Button { button: Button::Right, at: AT, window: 7 };
        assert_eq!(continued(&one, 7, &right), None);
        assert_eq!(pause(&Action::Click { at: AT, button: Button::Left, count: 3 }), None);
    }

    #[test]
    fn wheel_notches_add_up() {
        let notch = |dy| Input::Wheel { dx: 0, dy, at: AT, window: 7 };
        let two = continued(&begun(&notch(1)), 7, &notch(1)).unwrap();
        assert_eq!(two, Action::Scroll { at: AT, dx: 0, dy: 240, unit: ScrollUnit::Notch120th });
        assert_eq!(
            continued(&two, 7, &notch(-1)),
            Some(Action::Scroll { at: AT, dx: 0, dy: 120, unit: ScrollUnit::Notch120th })
        );
    }
}
