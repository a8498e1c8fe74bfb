//! Servers that lack something, and keys that are held down.

use std::sync::Arc;
use std::time::Duration;

use candor_model::{Action, Moment};

use super::desktop::{Desktop, GREEN};
use super::law::{Law, now};
use super::told::kept;
use super::{EDITOR, colours, next, observe, rect};
use crate::linux::x11::X11Sensor;
use crate::{Counted, OpenError, Sensor as _};

#[test]
fn without_shared_memory_the_same_frame_comes_over_the_socket() {
    let (desktop, law) = (Desktop::lacking("MIT-SHM"), Law::new());
    desktop.green(EDITOR, rect(0, 0, 600, 500));
    let mut sensor = super::told::sensor(&desktop);
    assert!(sensor.shared.is_none());
    desktop.xdotool(&["mousemove", "100", "150", "click", "1"]);
    let pending = next(&mut sensor);
    let seen = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(colours(&seen, rect(0, 0, 600, 500)), [GREEN].into());
    assert_eq!(colours(&seen, rect(601, 0, 300, 500)), [super::BLOCK].into());
}

#[test]
fn a_server_that_lacks_what_is_needed_is_not_recorded() {
    for (extension, what) in [
        ("Composite", "the Composite extension"),
        ("MIT-SCREEN-SAVER", "the MIT-SCREEN-SAVER extension"),
        ("RANDR", "the RandR and XInput extensions"),
    ] {
        let desktop = Desktop::lacking(extension);
        let clock = Arc::new(|| Moment { wall: now(), monotonic_us: 0 });
        match X11Sensor::open(&desktop.display, clock) {
            Err(OpenError::Lacks { what: told }) => assert_eq!(told, what),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("it was opened without {what}"),
        }
    }
}

/// The server repeats a key that is held for the application and tells nobody else of it. So what it wrote does not fit the one key
/// that was seen: today it is counted, and its text is not told.
#[test]
fn a_key_that_is_held_is_counted_as_one_without_its_text_and_a_command_that_is_held_is_given_once() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    let mut sensor = super::told::sensor(&desktop);
    kept(&mut sensor, &law, EDITOR);
    desktop.held("m", Duration::from_millis(1_200));
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Keys { count: 1 });
    assert_eq!(sensor.tally().counted.keys().collect::<Vec<_>>(), [&Counted::Unlike]);
    // What it wrote is not taken for what is typed next.
    std::thread::sleep(Duration::from_secs(3));
    kept(&mut sensor, &law, EDITOR);
    desktop.xdotool(&["type", "--delay", "20", "--", "abc"]);
    let pending = next(&mut sensor);
    let typed = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(typed.action, Action::Type { text: "abc".to_owned() }, "{:?}", sensor.tally());
    desktop.held("Left", Duration::from_millis(1_200));
    let pending = next(&mut sensor);
    let left = observe(&mut sensor, &law, &pending).unwrap();
    assert_eq!(left.action, Action::Hotkey { keys: vec!["left".to_owned()] });
    assert!(sensor.next(Duration::from_millis(300)).unwrap().is_none(), "a command was told again");
}
