//! What applications tell over the accessibility bus, from real ones.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use candor_model::{Action, Moment, Point, TreeState};

use super::desktop::Desktop;
use super::law::{Law, now};
use super::{EDITOR, judged, next, observe};
use crate::Sensor as _;
use crate::linux::x11::X11Sensor;

/// Looks at the screen at rest before a test gives up.
const LOOKS_MAX: u32 = 1_000;

#[expect(clippy::disallowed_methods, reason = "a test plays the binary, which has a clock")]
pub(super) fn sensor(desktop: &Desktop) -> X11Sensor {
    let start = Instant::now();
    let clock =
        move || Moment { wall: now(), monotonic_us: u64::try_from(start.elapsed().as_micros()).unwrap() };
    X11Sensor::open(&desktop.display, Arc::new(clock)).unwrap()
}

/// Lets the sensor keep the screen at rest, with the window of this class in front.
pub(super) fn kept(sensor: &mut X11Sensor, law: &Law, class: &str) {
    for _ in 0..LOOKS_MAX {
        if let Some(pending) = sensor.rest().unwrap()
            && pending.front().context().window_class == class
            && law.decide(&pending.front().context()).is_ok()
        {
            let (permit, windows) = judged(law, &pending);
            let kept = sensor.keep(&pending, &permit, &windows).is_ok();
            let tree = sensor.kept.as_ref().and_then(|kept| kept.tree.as_ref());
            if kept && tree.is_some_and(|tree| tree.state == TreeState::Complete) {
                return;
            }
            sensor.rest.after_action();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nothing was kept: {:?}", sensor.kept.is_some());
}

#[test]
fn what_is_typed_is_told_by_the_editor_and_the_element_is_named() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("plain text\n");
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["mousemove", "200", "300", "click", "1"]);
    let pending = next(&mut sensor);
    let click = observe(&mut sensor, &law, &pending).unwrap();
    let tree = click.tree.as_ref().expect("a tree");
    assert_eq!(tree.state, TreeState::Complete);
    assert!(tree.is_well_formed() && tree.nodes.iter().any(|node| node.name.as_deref() == Some("File")));
    let target = &tree.nodes[usize::try_from(click.target.unwrap()).unwrap()];
    assert_eq!((target.role.as_str(), target.focused, target.editable), ("text", true, true));
    assert!(tree.nodes.iter().any(|node| node.role == "menu" && !node.editable));
    assert_eq!(target.text.as_deref(), Some("plain text\n"));
    assert!(target.bounds.contains(Point { x: 200, y: 300 }));

    desktop.xdotool(&["type", "--delay", "10", "--", "Good Morning!"]);
    desktop.xdotool(&["key", "ctrl+s"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "Good Morning!".to_owned() });
    let target = &typed.tree.as_ref().unwrap().nodes[usize::try_from(typed.target.unwrap()).unwrap()];
    assert_eq!(target.role, "text");
    let pending = next(&mut sensor);
    let saved = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(saved.action, Action::Hotkey { keys: vec!["ctrl".to_owned(), "s".to_owned()] });
}

#[test]
fn the_frame_after_the_last_action_is_told_once_and_shows_what_the_action_did() {
    let (desktop, law) = (Desktop::told(), Law::new());
    let editor = desktop.mousepad("");
    let mut sensor = sensor(&desktop);
    assert!(sensor.last().unwrap().is_none(), "nothing was done yet");
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["type", "--delay", "10", "--", "MMMMMMMM"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    let last = sensor.last().unwrap().expect("something was done");
    let after = observe(&mut sensor, &law, &last).unwrap();
    let Action::Wait { ms } = after.action else { panic!("{:?}", after.action) };
    assert!(ms > 0 && after.target.is_none());
    assert!(after.tree.as_ref().unwrap().nodes.iter().any(|node| node.text.as_deref() == Some("MMMMMMMM")));
    // The letters are in the first line: more dark pixels than before.
    let line = super::rect(editor.x + 5, editor.y + 60, 150, 60);
    assert!(dark(&after, line) > dark(&typed, line) + 50, "{} {}", dark(&after, line), dark(&typed, line));
    assert!(sensor.last().unwrap().is_none(), "it is told once");
    assert_eq!((sensor.tally().actions, sensor.tally().not_taken), (1, 0));
}

/// How many dark pixels a part of the frame has.
fn dark(observation: &candor_model::Observation, part: candor_model::Rect) -> usize {
    let frame = observation.frame.as_ref().unwrap();
    let (left, top, right, bottom) = part.clipped(frame.width(), frame.height()).unwrap();
    let at = |x: u32, y: u32| usize::try_from((y * frame.width() + x) * 3).unwrap();
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    places.filter(|(x, y)| frame.rgb()[at(*x, *y)] < 0x60).count()
}

#[test]
fn edits_are_applied_and_a_drag_has_a_path() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["type", "--delay", "10", "--", "helo"]);
    desktop.xdotool(&["key", "--delay", "10", "BackSpace", "l", "o", "Return"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "hello".to_owned() });
    let pending = next(&mut sensor);
    let enter = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(enter.action, Action::Hotkey { keys: vec!["enter".to_owned()] });
    let way = [
        "mousedown",
        "1",
        "mousemove_relative",
        "--sync",
        "40",
        "0",
        "sleep",
        "0.05",
        "mousemove_relative",
        "--sync",
        "40",
        "0",
    ];
    desktop.xdotool(
        &[["mousemove", "100", "200"].as_slice(), &way, &["sleep", "0.05", "mouseup", "1"]].concat(),
    );
    let pending = next(&mut sensor);
    let Action::Drag { path, .. } = observe(&mut sensor, &law, &pending).unwrap().action else {
        panic!("no drag")
    };
    assert_eq!((path[0].at, path.last().unwrap().at), (Point { x: 100, y: 200 }, Point { x: 180, y: 200 }));
    assert!(path.len() >= 3 && path.windows(2).all(|pair| pair[0].after_ms <= pair[1].after_ms), "{path:?}");
}

/// Serves one page at every address, until the test ends.
pub(super) fn served(page: &'static str) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                page.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(page.as_bytes()));
        }
    });
    port
}

const FORM: &str = "<!doctype html><title>Order form</title><body style='margin:0;font-size:20px'>\
    <input id=a aria-label='Quantity' style='position:absolute;left:50px;top:50px;width:300px;height:40px' autofocus>\
    <input type=password aria-label='Password' style='position:absolute;left:50px;top:150px;width:300px;height:40px'>";

#[test]
fn a_browser_tells_its_site_and_what_is_typed_but_no_password() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(FORM);
    desktop.chromium(&format!("http://forms.example.test:{port}/"), "Order form", &[]);
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, "Chromium");
    desktop.xdotool(&["type", "--delay", "20", "--", "forty two"]);
    let pending = next(&mut sensor);
    assert_eq!(
        (pending.front().context().site, pending.front().context().private),
        (Some("forms.example.test"), false)
    );
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "forty two".to_owned() }, "{:?}", sensor.tally());
    let tree = typed.tree.as_ref().unwrap();
    let target = &tree.nodes[usize::try_from(typed.target.unwrap()).unwrap()];
    assert_eq!((target.role.as_str(), target.name.as_deref()), ("entry", Some("Quantity")));
    assert!(tree.nodes.iter().any(|node| node.role == "password text"), "{tree:#?}");

    kept(&mut sensor, &law, "Chromium");
    desktop.xdotool(&["key", "Tab"]);
    let pending = next(&mut sensor);
    let tab = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(tab.action, Action::Hotkey { keys: vec!["tab".to_owned()] });
    kept(&mut sensor, &law, "Chromium");
    desktop.xdotool(&["type", "--delay", "20", "--", "canary-secret"]);
    let pending = next(&mut sensor);
    let secret = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(secret.action, Action::Keys { count: 13 });
    assert!(!format!("{:?}", secret.tree).contains("canary"));
}

/// Longer than a frame of a screen that changed since may be old.
const READING: Duration = Duration::from_millis(2_500);

/// A page that has another colour after each click: the truth of what was on the screen before it.
const COLOURS: &str = "<!doctype html><title>Colours</title><body style='margin:0;background:rgb(0,200,7)'><script>\
    let n = 0; document.onmousedown = () => { n += 1; document.body.style.background = `rgb(${n * 20},200,7)`; }</script>";

#[test]
fn the_frame_is_the_one_before_the_action_although_the_application_reacted_at_once() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(COLOURS);
    let url = format!("--app=http://forms.example.test:{port}/");
    desktop.chromium("", "Colours", &[&url]);
    let mut sensor = sensor(&desktop);
    let after = |n: u8| [n * 20, 200, 7];
    for n in 0..5_u8 {
        kept(&mut sensor, &law, "Chromium");
        // Who reads before they click looks at a frame of long ago: nothing has changed since.
        std::thread::sleep(READING * u32::from(n % 2));
        desktop.xdotool(&["mousemove", "300", "300", "click", "1"]);
        // The page has reacted long before the sensor looks.
        while !desktop.screenshot_has(after(n + 1)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let pending = next(&mut sensor);
        let seen = observe(&mut sensor, &law, &pending).unwrap();
        let colours = super::colours(&seen, super::rect(200, 400, 100, 100));
        assert_eq!(colours, [after(n)].into(), "click {n}");
        assert_eq!(seen.late_ms, None, "click {n}");
    }
}

#[test]
fn the_frame_of_a_click_into_another_window_says_that_it_is_of_after_the_click() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    desktop.mousepad("plain text\n");
    let port = served(COLOURS);
    let url = format!("--app=http://forms.example.test:{port}/");
    desktop.chromium("", "Colours", &[&url]);
    // Beside the browser, so that the click finds it.
    let beside = format!("search --onlyvisible --class {EDITOR} windowmove 910 100 windowsize 400 300");
    desktop.xdotool(&beside.split(' ').collect::<Vec<_>>());
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, "Chromium");
    let editor = desktop.bounds_of(EDITOR);
    let at = |place: i32, side: u32| (place + i32::try_from(side / 2).unwrap()).to_string();
    let (x, y) = (at(editor.x, 40), at(editor.y, editor.height));
    desktop.xdotool(&["mousemove", &x, &y, "click", "1"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().window_class, EDITOR);
    let seen = observe(&mut sensor, &law, &pending).unwrap();
    assert!(seen.late_ms.is_some_and(|ms| (1..60_000).contains(&ms)), "{:?}", seen.late_ms);
}

#[test]
fn a_private_window_is_known_although_its_title_does_not_tell() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(FORM);
    desktop.chromium(&format!("http://forms.example.test:{port}/"), "Order form", &["--incognito"]);
    let mut sensor = sensor(&desktop);
    std::thread::sleep(Duration::from_secs(1));
    desktop.xdotool(&["mousemove", "300", "400", "click", "1"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().window_class, "Chromium");
    let refusal = law.decide(&pending.front().context()).unwrap_err();
    assert!(refusal.codes().contains(&"private_window"), "{:?}", refusal.codes());
}
