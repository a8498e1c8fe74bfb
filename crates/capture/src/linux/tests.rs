//! On a real X server with a real window manager and a real editor: P2 and P3 for live capture.

mod applications;
mod asked;
mod attributed;
mod before;
mod budgets;
mod bystanders;
mod canaries;
mod clocks;
mod composed;
mod desktop;
mod direct;
mod hands;
mod known;
mod lacking;
mod law;
mod layout;
mod layouts;
mod light;
mod lost;
mod memory;
mod never;
mod over;
mod scenario;
mod titles;
mod told;
mod xwayland;

use std::time::Duration;

use candor_consent::Permit;
use candor_model::{Action, Button, Moment, Observation, Rect, ScrollUnit};

use self::desktop::{Desktop, WINDOW_COLOUR};
use self::law::{Law, now};
use crate::linux::x11::X11Sensor;
use crate::{OpenError, Pending, Sensor as _, SensorError};

const WAIT: Duration = Duration::from_secs(10);
const EDITOR: &str = "Mousepad";
const CANARY: &str = "Canary";
const BLOCK: [u8; 3] = [0x40; 3];

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn sensor(desktop: &Desktop) -> X11Sensor {
    X11Sensor::open(&desktop.display, std::sync::Arc::new(|| Moment { wall: now(), monotonic_us: 5 }))
        .unwrap()
}

fn next(sensor: &mut X11Sensor) -> Pending {
    sensor.next(WAIT).unwrap().expect("nothing was seen")
}

fn observe(sensor: &mut X11Sensor, law: &Law, pending: &Pending) -> Result<Observation, SensorError> {
    let (permit, windows) = judged(law, pending);
    sensor.observe(pending, &permit, &windows)
}

/// The gate's answers: for the window in front, and for each window.
type Answers = (Permit, Vec<Option<Permit>>);

fn judged(law: &Law, pending: &Pending) -> Answers {
    let permit = law.decide(&pending.front().context()).expect("the window in front is permitted");
    let windows = pending.windows().iter().map(|window| law.decide(&window.context()).ok()).collect();
    (permit, windows)
}

/// The colours of a part of a frame, each once.
fn colours(observation: &Observation, part: Rect) -> std::collections::BTreeSet<[u8; 3]> {
    let frame = observation.frame.as_ref().expect("a frame");
    let (left, top, right, bottom) = part.clipped(frame.width(), frame.height()).unwrap();
    let row = usize::try_from(frame.width()).unwrap();
    let mut found = std::collections::BTreeSet::new();
    for y in top..bottom {
        for x in left..right {
            let place = (usize::try_from(y).unwrap() * row + usize::try_from(x).unwrap()) * 3;
            found.insert(frame.rgb()[place..place + 3].try_into().unwrap());
        }
    }
    found
}

fn whole(observation: &Observation) -> Rect {
    rect(0, 0, observation.screen.width, observation.screen.height)
}

#[test]
fn a_window_that_is_not_permitted_is_in_no_pixel_although_it_lies_over_the_editor() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.mousepad("plain text\n");
    let canary = rect(300, 200, 200, 150);
    desktop.window(CANARY, canary, true);
    assert!(desktop.screenshot_has(WINDOW_COLOUR), "the canary is not on the screen");
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "100", "150", "click", "1"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().window_class, EDITOR);
    let observation = observe(&mut sensor, &law, &pending).unwrap();
    assert!(!colours(&observation, whole(&observation)).contains(&WINDOW_COLOUR));
    assert_eq!(colours(&observation, canary), [BLOCK].into());
    assert!(colours(&observation, editor).len() > 5, "the editor is not in the frame");
    assert_eq!(observation.windows.iter().filter(|window| !window.permitted).count(), 1);
    let click = Action::Click { at: candor_model::Point { x: 100, y: 150 }, button: Button::Left, count: 1 };
    assert_eq!(observation.action, click);
    assert!(observation.title.unwrap().contains("note.txt"));
    assert_eq!((observation.app.as_str(), observation.bounds), ("text-editor", editor));
}

#[test]
fn clicks_wheel_turns_and_keys_come_as_actions_in_order() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.mousepad("plain text\n");
    let mut sensor = sensor(&desktop);
    let words =
        "mousemove 100 150 click --repeat 2 --delay 30 1 click --repeat 3 --delay 20 5 click 3 key Escape";
    desktop.xdotool(&words.split(' ').collect::<Vec<_>>());
    desktop.xdotool(&["type", "--delay", "5", "hello"]);
    let mut seen = Vec::new();
    while seen.iter().map(keys).sum::<u32>() < 5 {
        // A menu that opens or closes between judgement and look is a reason to look again, not to guess.
        let pending = next(&mut sensor);
        seen.push(observe(&mut sensor, &law, &pending).map_or(Action::SwitchWindow {}, |seen| seen.action));
    }
    let at = candor_model::Point { x: 100, y: 150 };
    let click = |button, count| Action::Click { at, button, count };
    let wheel = Action::Scroll { at, dx: 0, dy: 360, unit: ScrollUnit::Notch120th };
    assert_eq!(seen[..3], [click(Button::Left, 2), wheel, click(Button::Right, 1)]);
}

fn keys(action: &Action) -> u32 {
    if let Action::Keys { count } = action { *count } else { 0 }
}

#[test]
fn keys_typed_into_a_window_that_is_not_permitted_get_no_permit_and_are_not_told() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let canary = desktop.window(CANARY, rect(400, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.focus(canary);
    desktop.xdotool(&["type", "--delay", "1", "secret"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().window_class, CANARY);
    let refusal = law.decide(&pending.front().context()).unwrap_err();
    assert_eq!(refusal.codes(), ["app_not_in_charter"]);
    let told = format!("{pending:?}");
    assert!(!told.contains("Keys") && !told.contains(CANARY), "{told}");
}

#[test]
fn a_window_that_pops_up_between_judgement_and_look_stops_the_look() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
    let pending = next(&mut sensor);
    let (permit, windows) = judged(&law, &pending);
    desktop.window(CANARY, rect(100, 100, 100, 100), true);
    let refused = sensor.observe(&pending, &permit, &windows);
    assert!(matches!(refused, Err(SensorError::Changed)));
}

#[test]
fn what_changed_after_the_judgement_is_judged_again_and_taken_as_it_is_then() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "50", "50", "click", "1"]);
    let pending = next(&mut sensor);
    let canary = rect(100, 100, 100, 100);
    desktop.window(CANARY, canary, false);
    assert!(matches!(observe(&mut sensor, &law, &pending), Err(SensorError::Changed)));
    let before = pending.windows().len();
    let again = sensor.again(pending).unwrap();
    assert_eq!((again.front().context().window_class, again.windows().len()), (EDITOR, before + 1));
    let observation = observe(&mut sensor, &law, &again).unwrap();
    assert_eq!(colours(&observation, canary), [BLOCK].into());
    assert!(matches!(observation.action, Action::Click { count: 1, .. }));
}

#[test]
fn a_window_that_went_away_after_the_judgement_is_of_the_unknown() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "50", "50", "click", "1"]);
    let pending = next(&mut sensor);
    desktop.hide(editor);
    assert!(matches!(observe(&mut sensor, &law, &pending), Err(SensorError::Changed)));
    let again = sensor.again(pending).unwrap();
    assert_eq!(again.front().context().window_class, "");
    assert!(law.decide(&again.front().context()).is_err());
}

#[test]
fn keys_that_follow_the_pointer_are_of_the_window_under_it() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), false);
    desktop.window(CANARY, rect(400, 0, 300, 300), false);
    let mut sensor = sensor(&desktop);
    desktop.focus_follows_pointer();
    for (x, class) in [("100", EDITOR), ("500", CANARY), ("900", "")] {
        desktop.xdotool(&["mousemove", x, "150", "key", "a"]);
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, class);
        assert_eq!(law.decide(&pending.front().context()).is_ok(), class == EDITOR);
    }
}

#[test]
fn a_click_is_where_it_was_although_the_pointer_went_on() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    desktop.window(CANARY, rect(400, 0, 300, 300), true);
    let mut sensor = told::sensor(&desktop);
    for x in 100..110_i16 {
        desktop.click_and_move_on((x, 150), (500, 150));
        let mut pending = next(&mut sensor);
        let mut seen = observe(&mut sensor, &law, &pending);
        // The click raises its window while the law judges: then it is judged again, as the program does.
        for _ in 1..5 {
            if !matches!(seen, Err(SensorError::Changed)) {
                break;
            }
            pending = sensor.again(pending).unwrap();
            seen = observe(&mut sensor, &law, &pending);
        }
        assert_eq!(pending.front().context().window_class, EDITOR);
        let at = candor_model::Point { x: x.into(), y: 150 };
        let click = Action::Click { at, button: Button::Left, count: 1 };
        assert_eq!(seen.unwrap().action, click);
    }
}

#[test]
fn a_window_that_moves_between_judgement_and_look_stops_the_look() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let editor = desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
    let pending = next(&mut sensor);
    let (permit, windows) = judged(&law, &pending);
    desktop.xdotool(&["windowmove", "--sync", &editor.to_string(), "200", "200"]);
    assert!(matches!(sensor.observe(&pending, &permit, &windows), Err(SensorError::Changed)));
}

#[test]
fn a_click_on_a_window_without_a_class_or_on_no_window_is_of_the_unknown() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window("", rect(0, 0, 300, 300), true);
    desktop.window("", rect(400, 0, 200, 200), false);
    let mut sensor = sensor(&desktop);
    for x in ["100", "500", "900"] {
        desktop.xdotool(&["mousemove", x, "100", "click", "1"]);
        let pending = next(&mut sensor);
        assert_eq!(pending.front().context().window_class, "");
        assert!(law.decide(&pending.front().context()).is_err());
    }
}

#[test]
fn a_screen_under_an_unmanaged_window_over_everything_is_locked() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    assert!(!sensor.locked().unwrap());
    desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
    let pending = next(&mut sensor);
    let (permit, windows) = judged(&law, &pending);
    desktop.window(EDITOR, rect(0, 0, 1280, 800), false);
    assert!(sensor.locked().unwrap());
    assert!(matches!(sensor.observe(&pending, &permit, &windows), Err(SensorError::Locked)));
    desktop.xdotool(&["type", "pin"]);
    let pending = next(&mut sensor);
    assert!(law.decide(&pending.front().context()).unwrap_err().codes().contains(&"screen_locked"));
}

#[test]
fn answers_that_are_old_or_do_not_fit_the_windows_get_nothing() {
    let (desktop, law) = (Desktop::start(), Law::new());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    let mut click = |answers: &dyn Fn(&Pending) -> Answers| {
        desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
        let pending = next(&mut sensor);
        let (permit, windows) = answers(&pending);
        sensor.observe(&pending, &permit, &windows)
    };
    let none_for_front = click(&|pending| (judged(&law, pending).0, vec![None]));
    assert!(matches!(none_for_front, Err(SensorError::Answers)));
    let too_few = click(&|pending| (judged(&law, pending).0, Vec::new()));
    assert!(matches!(too_few, Err(SensorError::Answers)));
    let old = click(&|pending| {
        let context = pending.front().context();
        let old = || law.decide_at(&context, now().plus_millis(-2_001)).unwrap();
        (old(), vec![Some(old())])
    });
    assert!(matches!(old, Err(SensorError::Stale)));
    assert!(click(&|pending| judged(&law, pending)).is_ok());
}

#[test]
fn what_the_consent_leaves_out_is_not_read() {
    let (desktop, law) = (Desktop::start(), Law::without_frame_title_and_pointer());
    desktop.window(EDITOR, rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
    let pending = next(&mut sensor);
    let observation = observe(&mut sensor, &law, &pending).unwrap();
    assert!(observation.frame.is_none() && observation.title.is_none());
    assert_eq!(observation.action, Action::Wait { ms: 0 });
}

#[test]
fn a_display_that_is_not_there_is_named() {
    for name in [":59000", ":65000", ":99999999", "nonsense", ":", ""] {
        let clock = std::sync::Arc::new(|| Moment { wall: now(), monotonic_us: 0 });
        let Err(OpenError::Connect { display, .. }) = X11Sensor::open(name, clock) else {
            panic!("opened {name}")
        };
        assert_eq!(display, name);
    }
}
