//! What is never recorded, whatever a charter names: not a pixel, key, text, title or element of it.

use std::process::Command;
use std::time::Duration;

use candor_model::{Action, Observation};

use super::desktop::{Desktop, GREEN, until};
use super::law::Law;
use super::scenario::{at_rest, taken};
use super::told::{kept, sensor, served};
use super::{BLOCK, EDITOR, colours, next, observe, rect};
use crate::linux::x11::X11Sensor;
use crate::{Sensitive, Sensor as _, SensorError};

const SECRET: &str = "canary-word";
/// How long to wait for input that is not there.
const SILENCE: Duration = Duration::from_millis(800);

/// What comes of a click at this place, on a window that the gate permits.
pub(super) fn clicked(
    desktop: &Desktop,
    sensor: &mut X11Sensor,
    law: &Law,
    (x, y): (u32, u32),
) -> Result<Observation, SensorError> {
    desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    let pending = next(sensor);
    taken(sensor, law, pending).expect("the gate permits its class")
}

/// That it is refused as the bank's, in the words of the gap.
fn is_never_recorded<T>(result: Result<T, SensorError>) {
    let Err(error @ SensorError::Sensitive { kind: Sensitive::Bank }) = result else {
        panic!("{:?}", result.map(|_| "it was recorded"))
    };
    assert!(error.to_string().contains("never recorded"), "{error}");
}

#[test]
fn a_permitted_application_whose_title_is_of_the_list_is_in_no_stream_and_with_another_title_in_all() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad_on("My bank account.txt", &format!("{SECRET}\n"));
    let editor = desktop.inside(EDITOR);
    let (text, other) = (rect(20, 100, 500, 400), rect(800, 100, 300, 300));
    let mut sensor = sensor(&desktop);
    is_never_recorded(clicked(&desktop, &mut sensor, &law, (200, 300)));
    desktop.xdotool(&["type", "--delay", "20", "--", SECRET]);
    while let Some(pending) = sensor.next(SILENCE).unwrap() {
        is_never_recorded(taken(&mut sensor, &law, pending).unwrap());
        at_rest(&mut sensor, &law);
        assert!(sensor.kept.is_none() && sensor.canvas.borrow().is_none());
    }
    let tally = sensor.tally();
    assert_eq!((tally.taken, tally.actions, tally.not_taken + tally.tail), (0, 0, tally.seen));

    // Beside another window that may be recorded it is a block, without a word.
    desktop.green(EDITOR, other);
    let seen = clicked(&desktop, &mut sensor, &law, (900, 200)).unwrap();
    assert_eq!((colours(&seen, text), colours(&seen, other)), ([BLOCK].into(), [GREEN].into()));
    let permitted: Vec<_> = seen.windows.iter().filter(|window| window.permitted).map(|w| w.bounds).collect();
    assert_eq!(permitted, [other]);
    let words = format!("{:?} {:?} {:?}", seen.title, seen.tree, seen.action);
    assert!(!words.contains("bank") && !words.contains(SECRET), "{words}");

    for (name, kind) in [("_NET_WM_NAME", "UTF8_STRING"), ("WM_NAME", "STRING")] {
        desktop.write(editor, name, kind, b"Notes");
    }
    assert!(colours(&clicked(&desktop, &mut sensor, &law, (200, 300)).unwrap(), text).len() > 5);
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["type", "--delay", "20", "--", "hello"]);
    let pending = next(&mut sensor);
    let seen = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(seen.action, Action::Type { text: "hello".to_owned() }, "{:?}", sensor.tally());
    assert_eq!(seen.title.as_deref(), Some("Notes"));
    assert!(colours(&seen, text).len() > 5, "the editor is not in the frame");
    assert!(format!("{:?}", seen.tree.unwrap()).contains(SECRET));
}

const OWN: &str = "<!doctype html><title>Your recordings</title>";

#[test]
fn a_page_of_this_machine_is_not_recorded_although_the_charter_allows_its_site() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(OWN);
    desktop.chromium(&format!("http://127.0.0.1:{port}/"), "Your recordings", &[]);
    let mut sensor = sensor(&desktop);
    until("the browser tells its site", || {
        let (mut windows, _) = sensor.windows().seen().unwrap();
        sensor.ask_pages(&mut windows).unwrap();
        windows.iter().any(|window| window.site.as_deref() == Some("127.0.0.1")).then_some(())
    });
    let refused = clicked(&desktop, &mut sensor, &law, (400, 500));
    assert!(matches!(refused, Err(SensorError::Sensitive { kind: Sensitive::OwnPages })), "{refused:?}");
}

/// A click shares the screen, and another one ends that.
const CALL: &str = "<!doctype html><title>Call</title><script>
let shared;
onclick = async () => {
  if (shared) { shared.getTracks().forEach(track => track.stop()); shared = undefined; document.title = 'Over'; }
  else { shared = await navigator.mediaDevices.getDisplayMedia({ video: true }); document.title = 'Shared'; }
};
</script>";

/// Whether a window says that the screen is shared.
fn says_shared(sensor: &X11Sensor) -> bool {
    let (windows, _) = sensor.windows().seen().unwrap();
    windows.iter().any(|window| window.sensitive == Some(Sensitive::ScreenShare))
}

#[test]
fn nothing_is_recorded_while_a_browser_shares_the_screen_and_everything_is_once_it_ended() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    desktop.mousepad(&format!("{SECRET}\n"));
    let address = format!("http://call.example.test:{}/", served(CALL));
    let (page, secure) =
        (format!("--app={address}"), format!("--unsafely-treat-insecure-origin-as-secure={address}"));
    desktop.chromium("", "Call", &[&page, &secure, "--auto-select-desktop-capture-source=Entire screen"]);
    let beside = format!("search --onlyvisible --class {EDITOR} windowmove 910 100 windowsize 360 300");
    desktop.xdotool(&beside.split(' ').collect::<Vec<_>>());
    let (x, y) = (1_050, 250);
    let mut sensor = sensor(&desktop);
    clicked(&desktop, &mut sensor, &law, (x, y)).unwrap();

    let is_shared = |sensor: &mut X11Sensor, expected: bool| {
        desktop.xdotool(&["mousemove", "400", "300", "click", "1"]);
        until("the browser shares", || (says_shared(sensor) == expected).then_some(()));
        while sensor.next(SILENCE).unwrap().is_some() {}
    };
    is_shared(&mut sensor, true);
    let refused = clicked(&desktop, &mut sensor, &law, (x, y));
    assert!(matches!(refused, Err(SensorError::Shared)), "{refused:?}");
    desktop.xdotool(&["type", "--delay", "20", "--", SECRET]);
    let mut refused = 0;
    while let Some(pending) = sensor.next(SILENCE).unwrap() {
        assert!(matches!(taken(&mut sensor, &law, pending), Some(Err(SensorError::Shared))));
        at_rest(&mut sensor, &law);
        assert!(sensor.kept.is_none() && sensor.canvas.borrow().is_none());
        refused += 1;
    }
    assert!(refused > 0, "nothing was typed");

    is_shared(&mut sensor, false);
    clicked(&desktop, &mut sensor, &law, (x, y)).unwrap();
}

#[test]
fn of_what_is_typed_while_sharing_begins_only_the_keys_are_counted() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("notes\n");
    let bar = desktop.titled("Call", "A call is sharing your screen.", rect(800, 100, 300, 60), false);
    desktop.hide(bar);
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    clicked(&desktop, &mut sensor, &law, (200, 300)).unwrap();
    for (shows, is_text) in [(false, true), (true, false)] {
        let bar = bar.to_string();
        let word = ["type", "--delay", "60", "--", "hello"];
        let hands = [word.as_slice(), &["windowmap", bar.as_str()], &word];
        let seen = std::thread::scope(|scope| {
            scope.spawn(|| {
                for words in hands.into_iter().filter(|words| shows || words.first() != Some(&"windowmap")) {
                    let status =
                        Command::new("xdotool").args(words).env("DISPLAY", &desktop.display).status();
                    assert!(status.unwrap().success());
                }
            });
            let pending = next(&mut sensor);
            taken(&mut sensor, &law, pending).unwrap().unwrap()
        });
        let text = Action::Type { text: "hellohello".to_owned() };
        assert_eq!(seen.action == text, is_text, "{:?} {:?}", seen.action, sensor.tally());
        assert!(is_text || seen.action == Action::Keys { count: 10 }, "{:?}", seen.action);
    }
}
