//! Input is of the window that it went to, however late it is read: what changed between an event and the question about it changes
//! nothing.

use super::desktop::{Desktop, until};
use super::law::Law;
use super::{CANARY, EDITOR, next, observe, rect, sensor};

/// The code of the key A on a plain keyboard (evdev).
const KEY_A: u8 = 38;
const ROUNDS: usize = 5;

#[test]
fn a_key_is_of_the_window_that_had_the_keyboard_although_another_has_it_when_it_is_read() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let canary = desktop.window(CANARY, rect(400, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    for (from, to, class) in [(canary, editor, CANARY), (editor, canary, EDITOR)].repeat(ROUNDS) {
        desktop.focus(from);
        desktop.key_and_focus(KEY_A, to);
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, class);
        assert_eq!(law.decide(&pending.front().context()).is_ok(), class == EDITOR);
    }
}

#[test]
fn keys_of_two_windows_are_two_actions_although_all_were_read_after_the_last() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let canary = desktop.window(CANARY, rect(400, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.focus(editor);
    desktop.key_and_focus(KEY_A, canary);
    desktop.key_and_focus(KEY_A, editor);
    desktop.key_and_focus(KEY_A, canary);
    for class in [EDITOR, CANARY, EDITOR] {
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, class);
        if class == EDITOR {
            let seen = observe(&mut sensor, &law, &pending).unwrap();
            assert_eq!(seen.action, candor_model::Action::Keys { count: 1 });
        }
    }
}

#[test]
fn a_key_of_a_window_that_came_and_took_the_keyboard_is_of_that_window() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    for (class, managed) in [(CANARY, true), (CANARY, false), ("", true)] {
        desktop.focus(editor);
        let other = desktop.window(class, rect(400, 0, 300, 300), managed);
        desktop.focus(other);
        // Until the window manager has taken it in, its keys are of the unknown; and of the editor at no time.
        let mut key = || {
            desktop.xdotool(&["key", "a"]);
            let pending = next(&mut sensor);
            let front = pending.front().context();
            assert!(law.decide(&front).is_err());
            Some(front.window_class.to_owned()).filter(|class| !class.is_empty())
        };
        let found = if class.is_empty() { key() } else { Some(until("a key is of the window", key)) };
        assert_eq!(found.unwrap_or_default(), class);
        desktop.hide(other);
        desktop.focus(editor);
        desktop.xdotool(&["key", "a"]);
        assert_eq!(next(&mut sensor).front().context().window_class, EDITOR);
    }
}

#[test]
fn keys_while_no_window_has_the_keyboard_are_of_the_unknown() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), false);
    desktop.focus(editor);
    let mut sensor = sensor(&desktop);
    desktop.focus_on_nothing();
    desktop.xdotool(&["key", "a"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().window_class, "");
    assert!(law.decide(&pending.front().context()).is_err());
}

#[test]
fn a_click_is_of_the_window_that_lay_there_although_it_is_gone_when_it_is_read() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = super::told::sensor(&desktop);
    for _ in 0..ROUNDS {
        let canary = desktop.window(CANARY, rect(50, 50, 200, 200), false);
        desktop.click_and_hide((120, 120), canary);
        let pending = next(&mut sensor);
        // It is gone, so it is of the unknown, and not of the editor that lay below it.
        assert_eq!(pending.front().context().window_class, "");
        assert!(law.decide(&pending.front().context()).is_err());
    }
}

#[test]
fn a_key_of_a_window_that_nobody_could_know_yet_is_of_the_unknown_and_the_next_one_is_of_that_window() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), false);
    let mut sensor = sensor(&desktop);
    for _ in 0..ROUNDS {
        desktop.focus(editor);
        let canary = desktop.new_window_takes_a_key(CANARY, KEY_A);
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, "");
        assert!(law.decide(&pending.front().context()).is_err());
        desktop.xdotool(&["key", "a"]);
        assert_eq!(next(&mut sensor).front().context().window_class, CANARY);
        desktop.hide(canary);
    }
}
