//! An action as the Python code that AgentNet writes for it.
//!
//! Mapping: OpenCUA `data/data-process/src/raw_to_standardized.py`. Points are fractions of the screen, clamped to 0..1 and
//! rounded to four decimals, by whole-number arithmetic: the same on every machine (P15).

use std::fmt::Write as _;

use candor_model::{Action, Button, Point, Screen, ScrollUnit, Step};

/// Units of [`ScrollUnit::Notch120th`] in one notch of a wheel.
const NOTCH_UNITS: i32 = 120;

/// The code of a step, lines joined by `\n`. Empty where the vocabulary has no word for the action.
pub(crate) fn code(step: &Step) -> String {
    let at = |point: &Point| place(*point, &step.screen);
    match &step.action {
        Action::Click { at: point, button, count } => click(*button, *count, &at(point)),
        Action::Drag { button, path } => match (path.first(), path.last()) {
            (Some(first), Some(last)) => drag(*button, &at(&first.at), &at(&last.at)),
            (None, _) | (_, None) => String::new(),
        },
        Action::Scroll { at: point, dx, dy, unit } => scroll(*dx, *dy, *unit, &at(point)),
        Action::Type { text } => type_text(text),
        Action::Hotkey { keys } => hotkey(keys),
        Action::Wait { .. } => "computer.wait()".to_owned(),
        Action::Keys { .. } | Action::SwitchWindow {} => String::new(),
    }
}

/// The side buttons have no word.
fn click(button: Button, count: u8, at: &str) -> String {
    match (button, count) {
        (_, 0) | (Button::Back | Button::Forward, _) => String::new(),
        (Button::Left, 1) => format!("pyautogui.click({at})"),
        (Button::Left, 2) => format!("pyautogui.doubleClick({at})"),
        (Button::Left, 3) => format!("computer.tripleClick({at})"),
        (Button::Left, count) => format!("pyautogui.click({at}, clicks={count})"),
        (Button::Right, _) => format!("pyautogui.rightClick({at})"),
        (Button::Middle, _) => format!("pyautogui.middleClick({at})"),
    }
}

fn drag(button: Button, from: &str, to: &str) -> String {
    let name = match button {
        Button::Left => "left",
        Button::Middle => "middle",
        Button::Right => "right",
        Button::Back | Button::Forward => return String::new(),
    };
    format!("pyautogui.moveTo({from})\npyautogui.dragTo({to}, button='{name}')")
}

/// `PyAutoGUI` counts up as positive, a step counts down as positive; right is positive in both.
fn scroll(dx: i32, dy: i32, unit: ScrollUnit, at: &str) -> String {
    let (right, up) = (scroll_amount(dx, unit), -scroll_amount(dy, unit));
    let mut code = format!("pyautogui.moveTo({at})");
    if up != 0 {
        let _ = write!(code, "\npyautogui.scroll({up})");
    }
    if right != 0 {
        let _ = write!(code, "\npyautogui.hscroll({right})");
    }
    code
}

/// Whole notches where the device counts them, at least one so that no movement is lost; else the device's own unit.
pub(super) fn scroll_amount(amount: i32, unit: ScrollUnit) -> i64 {
    let amount = i64::from(amount);
    match unit {
        ScrollUnit::Notch120th => {
            amount.signum() * amount.abs().div_euclid(i64::from(NOTCH_UNITS)).max(i64::from(amount != 0))
        }
        ScrollUnit::Pixel | ScrollUnit::Wheel => amount,
    }
}

/// Enter and Tab are keys in the middle of a text; the rest is written.
fn type_text(text: &str) -> String {
    let mut lines = Vec::new();
    let mut pending = String::new();
    for character in text.chars() {
        let key = match character {
            '\n' => "enter",
            '\t' => "tab",
            other => {
                pending.push(other);
                continue;
            }
        };
        lines.extend(write_call(&mut pending));
        lines.push(format!("pyautogui.press(keys=['{key}'])"));
    }
    lines.extend(write_call(&mut pending));
    lines.join("\n")
}

fn write_call(pending: &mut String) -> Option<String> {
    let text = std::mem::take(pending);
    (!text.is_empty()).then(|| format!("pyautogui.write(message={})", python_text(&text)))
}

fn hotkey(keys: &[String]) -> String {
    let names = keys.iter().map(|key| python_text(key)).collect::<Vec<_>>().join(", ");
    match keys.len() {
        0 => String::new(),
        1 => format!("pyautogui.press(keys=[{names}])"),
        _ => format!("pyautogui.hotkey(keys=[{names}])"),
    }
}

/// A Python string literal (Python language reference, section 2.5): one line, whatever the text holds.
fn python_text(text: &str) -> String {
    let mut literal = String::from("'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => literal.extend(['\\', character]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(literal, "\\u{:04x}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}

fn place(point: Point, screen: &Screen) -> String {
    format!("x={}, y={}", fraction(point.x, screen.width), fraction(point.y, screen.height))
}

/// `pixel / length` clamped to 0..1 and rounded to four decimals, half up, written as Python writes a float.
fn fraction(pixel: i32, length: u32) -> String {
    const ONE: i64 = 10_000;
    let length = i64::from(length.max(1));
    let scaled = (i64::from(pixel) * ONE * 2 + length).div_euclid(2 * length).clamp(0, ONE);
    let decimals = format!("{:04}", scaled % ONE);
    let kept = decimals.trim_end_matches('0');
    format!("{}.{}", scaled / ONE, if kept.is_empty() { "0" } else { kept })
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_model::PathPoint;

    fn of(action: Action) -> String {
        code(&crate::testing::step(0, action, None))
    }

    fn point(x: i32, y: i32) -> Point {
        Point { x, y }
    }

    #[test]
    fn each_action_has_the_code_of_the_published_mapping() {
        // The screen of the test step has 1366 by 768 pixels, as in the published sample.
        let at = point(1328, 745);
        let click = |button, count| Action::Click { at, button, count };
        assert_eq!(of(click(Button::Left, 1)), "pyautogui.click(x=0.9722, y=0.9701)");
        assert_eq!(of(click(Button::Left, 2)), "pyautogui.doubleClick(x=0.9722, y=0.9701)");
        assert_eq!(of(click(Button::Left, 3)), "computer.tripleClick(x=0.9722, y=0.9701)");
        assert_eq!(of(click(Button::Right, 2)), "pyautogui.rightClick(x=0.9722, y=0.9701)");
        assert_eq!(of(click(Button::Middle, 1)), "pyautogui.middleClick(x=0.9722, y=0.9701)");
        let path = vec![PathPoint { at: point(0, 0), after_ms: 0 }, PathPoint { at, after_ms: 9 }];
        assert_eq!(
            of(Action::Drag { button: Button::Left, path }),
            "pyautogui.moveTo(x=0.0, y=0.0)\npyautogui.dragTo(x=0.9722, y=0.9701, button='left')"
        );
        assert_eq!(
            of(Action::Hotkey { keys: vec!["ctrl".into(), "c".into()] }),
            "pyautogui.hotkey(keys=['ctrl', 'c'])"
        );
        assert_eq!(of(Action::Hotkey { keys: vec!["esc".into()] }), "pyautogui.press(keys=['esc'])");
        assert_eq!(of(Action::Wait { ms: 500 }), "computer.wait()");
    }

    #[test]
    fn scrolling_down_is_negative_and_never_nothing() {
        let of = |dx, dy, unit| of(Action::Scroll { at: point(683, 384), dx, dy, unit });
        let move_to = "pyautogui.moveTo(x=0.5, y=0.5)";
        assert_eq!(of(0, 360, ScrollUnit::Notch120th), format!("{move_to}\npyautogui.scroll(-3)"));
        assert_eq!(of(0, 15, ScrollUnit::Notch120th), format!("{move_to}\npyautogui.scroll(-1)"));
        assert_eq!(of(-240, 0, ScrollUnit::Notch120th), format!("{move_to}\npyautogui.hscroll(-2)"));
        assert_eq!(of(0, -54, ScrollUnit::Wheel), format!("{move_to}\npyautogui.scroll(54)"));
        assert_eq!(of(0, i32::MIN, ScrollUnit::Pixel), format!("{move_to}\npyautogui.scroll(2147483648)"));
    }

    #[test]
    fn what_was_not_kept_is_not_invented() {
        assert_eq!(of(Action::Keys { count: 12 }), "");
        assert_eq!(of(Action::SwitchWindow {}), "");
        assert_eq!(of(Action::Click { at: point(1, 1), button: Button::Back, count: 1 }), "");
        assert_eq!(of(Action::Type { text: String::new() }), "");
        assert_eq!(of(Action::Drag { button: Button::Left, path: Vec::new() }), "");
    }

    #[test]
    fn typed_text_cannot_leave_its_literal() {
        let of = |text: &str| of(Action::Type { text: text.into() });
        assert_eq!(
            of("a\tb\n"),
            "pyautogui.write(message='a')\npyautogui.press(keys=['tab'])\npyautogui.write(message='b')\npyautogui.press(keys=['enter'])"
        );
        assert_eq!(of("it's"), r"pyautogui.write(message='it\'s')");
        assert_eq!(of("\\'); import os #"), r"pyautogui.write(message='\\\'); import os #')");
        assert_eq!(of("\r\0\u{7f}"), r"pyautogui.write(message='\u000d\u0000\u007f')");
        assert_eq!(of("Zürich €"), "pyautogui.write(message='Zürich €')");
    }

    #[test]
    fn a_point_beside_the_screen_is_clamped() {
        let click = |x, y| of(Action::Click { at: point(x, y), button: Button::Left, count: 1 });
        assert_eq!(click(-5, 9_999), "pyautogui.click(x=0.0, y=1.0)");
        assert_eq!(click(i32::MIN, i32::MAX), "pyautogui.click(x=0.0, y=1.0)");
        assert_eq!(fraction(1, 0), "1.0");
    }
}
