//! The accessibility bus is not there, ends, and comes back: without it browsers are refused and keys are counted, and it is told.

use candor_model::{Action, Observation};

use super::desktop::{Desktop, until};
use super::law::Law;
use super::told::{kept, sensor, served};
use super::{EDITOR, judged, next, observe};
use crate::linux::x11::X11Sensor;
use crate::{Counted, Hearing, Sensor as _, SensorError};

fn waits_for(sensor: &X11Sensor, hearing: Hearing) {
    until(&format!("{hearing:?}"), || (sensor.hearing() == hearing).then_some(()));
}

fn typed(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law, text: &str) -> Observation {
    desktop.xdotool(&["type", "--delay", "20", "--", text]);
    let pending = next(sensor);
    observe(sensor, law, &pending).unwrap()
}

/// Without the bus what is typed is counted, and the frame has no tree.
fn only_counts(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law) {
    let counted = typed(desktop, sensor, law, "canary");
    assert_eq!(counted.action, Action::Keys { count: 6 });
    assert_eq!(sensor.tally().counted.get(&Counted::NotHeard), Some(&1), "{:?}", sensor.tally());
    assert!(counted.frame.is_some());
    assert_eq!(counted.target, None);
}

fn hears(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law, text: &str) {
    kept(sensor, law, EDITOR);
    assert_eq!(sensor.hearing(), Hearing::Heard);
    let typed = typed(desktop, sensor, law, text);
    assert_eq!(typed.action, Action::Type { text: text.to_owned() }, "{:?}", sensor.tally());
    assert!(typed.target.is_some());
}

#[test]
fn a_bus_that_ends_is_told_keys_are_counted_and_texts_are_heard_again_once_it_is_back() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    let mut sensor = sensor(&desktop);
    hears(&desktop, &mut sensor, &law, "before");
    desktop.crash("dbus-daemon");
    waits_for(&sensor, Hearing::Unheard);
    only_counts(&desktop, &mut sensor, &law);
    desktop.launch_accessibility();
    waits_for(&sensor, Hearing::Heard);
    // What was open stays with the bus that is gone, and says nothing on the other.
    desktop.end_mousepad();
    desktop.mousepad("");
    hears(&desktop, &mut sensor, &law, "after");
}

#[test]
fn a_registry_that_ends_is_told_and_applications_are_heard_again() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    let mut sensor = sensor(&desktop);
    hears(&desktop, &mut sensor, &law, "before");
    desktop.crash("at-spi2-registr");
    waits_for(&sensor, Hearing::Unheard);
    waits_for(&sensor, Hearing::Heard);
    hears(&desktop, &mut sensor, &law, "after");
}

#[test]
fn a_desktop_without_the_bus_is_told_and_heard_once_it_is_there() {
    let (desktop, law) = (Desktop::untold(), Law::new());
    let plain = desktop.window(EDITOR, super::rect(0, 0, 300, 300), true);
    let mut sensor = sensor(&desktop);
    waits_for(&sensor, Hearing::Unheard);
    assert!(!crate::hears_applications(&desktop.display));
    desktop.xdotool(&["mousemove", "100", "100", "click", "1"]);
    let pending = next(&mut sensor);
    let click = observe(&mut sensor, &law, &pending).unwrap();
    assert!(click.frame.is_some() && click.tree.is_none());
    desktop.focus(plain);
    only_counts(&desktop, &mut sensor, &law);
    until("the screen is at rest", || {
        (sensor.rest().unwrap().is_none() && sensor.is_at_rest()).then_some(())
    });
    desktop.launch_accessibility();
    assert!(crate::hears_applications(&desktop.display));
    waits_for(&sensor, Hearing::Heard);
    // Nothing changed on the screen: it is looked at because somebody is heard.
    until("it is looked at anew", || sensor.rest().unwrap());
    desktop.hide(plain);
    desktop.mousepad("");
    hears(&desktop, &mut sensor, &law, "after");
}

const PAGE: &str = "<!doctype html><title>Lost</title><body><input autofocus>";

#[test]
fn without_the_bus_no_browser_is_permitted_and_what_was_judged_before_is_not_looked_at() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(PAGE);
    desktop.chromium(&format!("http://forms.example.test:{port}/"), "Lost", &[]);
    let mut sensor = sensor(&desktop);
    kept(&mut sensor, &law, "Chromium");
    desktop.xdotool(&["type", "--delay", "20", "--", "canary"]);
    let pending = next(&mut sensor);
    assert_eq!(pending.front().context().site, Some("forms.example.test"));
    let (permit, windows) = judged(&law, &pending);
    desktop.crash("dbus-daemon");
    waits_for(&sensor, Hearing::Unheard);
    assert!(matches!(sensor.taken(&pending, &permit, &windows), Err(SensorError::Changed)));
    let again = sensor.again(pending).unwrap();
    assert_eq!((again.front().context().window_class, again.front().context().site), ("Chromium", None));
    assert_eq!(law.decide(&again.front().context()).unwrap_err().codes(), ["unknown_site"]);
}
