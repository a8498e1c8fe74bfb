//! A step as one plain English sentence, made from what the step holds and nothing else.

use candor_model::{Action, Button, Step, Target};

use super::code::scroll_amount;
use candor_model::ScrollUnit;

/// The sentence.
pub(super) fn sentence(step: &Step) -> String {
    let target = step.target.as_ref().map(target_words);
    let on = |verb: String| match &target {
        Some(target) => format!("{verb} on {target}"),
        None => verb,
    };
    match &step.action {
        Action::Click { button, count, .. } => on(click_words(*button, *count)),
        Action::Drag { button, .. } => on(format!("Drag with the {} button", button_name(*button))),
        Action::Scroll { dx, dy, unit, .. } => on(scroll_words(*dx, *dy, *unit)),
        Action::Type { text } => on(format!("Type {text:?}")),
        Action::Keys { count } => on(format!("Type {count} keys (which ones was not kept)")),
        Action::Hotkey { keys } => format!("Press {}", keys.join(" + ")),
        Action::Wait { ms } => format!("Wait {ms} ms"),
        Action::SwitchWindow {} => "Another window comes to the front".to_owned(),
    }
}

fn target_words(target: &Target) -> String {
    match &target.name {
        Some(name) => format!("the {} {name:?}", target.role),
        None => format!("the {}", target.role),
    }
}

fn click_words(button: Button, count: u8) -> String {
    let name = button_name(button);
    match count {
        1 => format!("Single {name} click"),
        2 => format!("Double {name} click"),
        3 => format!("Triple {name} click"),
        count => format!("{count} {name} clicks"),
    }
}

const fn button_name(button: Button) -> &'static str {
    match button {
        Button::Left => "left",
        Button::Middle => "middle",
        Button::Right => "right",
        Button::Back => "back",
        Button::Forward => "forward",
    }
}

fn scroll_words(dx: i32, dy: i32, unit: ScrollUnit) -> String {
    let unit_name = match unit {
        ScrollUnit::Notch120th => "notches",
        ScrollUnit::Pixel => "pixels",
        ScrollUnit::Wheel => "wheel units",
    };
    let part = |amount: i32, forwards: &str, backwards: &str| {
        let amount_in_unit = scroll_amount(amount, unit);
        let direction = if amount_in_unit < 0 { backwards } else { forwards };
        (amount_in_unit != 0).then(|| format!("{direction} {} {unit_name}", amount_in_unit.abs()))
    };
    let parts: Vec<_> = [part(dy, "down", "up"), part(dx, "right", "left")].into_iter().flatten().collect();
    format!("Scroll {}", parts.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_model::{Point, Rect};

    fn of(action: Action, target: Option<&str>) -> String {
        let mut step = crate::testing::step(0, action, None);
        let bounds = Rect { x: 0, y: 0, width: 1, height: 1 };
        step.target = Some(Target { role: "push button".into(), name: target.map(str::to_owned), bounds });
        sentence(&step)
    }

    #[test]
    fn a_sentence_says_what_the_step_holds() {
        let at = Point { x: 1, y: 1 };
        let click = Action::Click { at, button: Button::Left, count: 1 };
        assert_eq!(of(click.clone(), Some("Send")), "Single left click on the push button \"Send\"");
        assert_eq!(of(click, None), "Single left click on the push button");
        let scroll = Action::Scroll { at, dx: -40, dy: 240, unit: ScrollUnit::Notch120th };
        assert_eq!(of(scroll, None), "Scroll down 2 notches and left 1 notches on the push button");
        assert_eq!(
            of(Action::Keys { count: 4 }, None),
            "Type 4 keys (which ones was not kept) on the push button"
        );
    }
}
