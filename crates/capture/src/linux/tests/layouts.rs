//! Layouts, dead keys and keys of a third level: what comes out is what stands in the application, whichever keys wrote it.

use std::process::Command;
use std::time::Duration;

use candor_model::Action;

use super::desktop::{Desktop, missing};
use super::law::Law;
use super::told::{kept, sensor, served};
use super::{EDITOR, next, observe};
use crate::linux::x11::X11Sensor;

/// Layouts, keys by their codes (evdev: 108 is `AltGr`, 50 is Shift), and what they write.
const LAYOUTS: [(&str, &str, &str); 3] = [
    // AltGr+Q; a dead circumflex and E; the keys right of L and T, and of 0.
    ("de", "keydown 108 key 24 keyup 108 key 49 key 26 key 47 key 29 key 20", "@êözß"),
    // A dead acute and E; a dead diaeresis and U; AltGr+5.
    (
        "us -variant intl",
        "key 48 key 26 keydown 50 key 48 keyup 50 key 30 keydown 108 key 14 keyup 108",
        "éü€",
    ),
    // A where Q was; a dead circumflex and E; the key of 2; AltGr+0; M where the semicolon was.
    ("fr", "key 24 key 34 key 26 key 11 keydown 108 key 19 keyup 108 key 47", "aêé@m"),
];
/// How long an application takes to hear of a layout.
const HEARD: Duration = Duration::from_millis(500);

const FIELD: &str = "<!doctype html><title>Field</title><body style='margin:0'>\
    <input aria-label='Words' autofocus style='width:400px;height:60px;font-size:30px'>";

fn lays_out(desktop: &Desktop, layout: &str) {
    let mut command = Command::new("setxkbmap");
    let status = command.args(layout.split(' ')).env("DISPLAY", &desktop.display).status();
    assert!(status.unwrap_or_else(|error| missing("setxkbmap", &error)).success());
    std::thread::sleep(HEARD);
}

/// The text of what has the keyboard, as the application shows it.
pub(super) fn stands(sensor: &X11Sensor) -> Option<String> {
    let tree = sensor.kept.as_ref()?.tree.as_ref()?;
    tree.nodes.iter().rfind(|node| node.focused && node.editable)?.text.clone()
}

fn written_in_every_layout(desktop: &Desktop, law: &Law, class: &str) {
    let mut sensor = sensor(desktop);
    let mut all = String::new();
    for (layout, keys, text) in LAYOUTS {
        lays_out(desktop, layout);
        sensor.rest.after_action();
        kept(&mut sensor, law, class);
        desktop.xdotool(&keys.split(' ').collect::<Vec<_>>());
        let pending = next(&mut sensor);
        let typed = observe(&mut sensor, law, &pending).unwrap();
        all.push_str(text);
        kept(&mut sensor, law, class);
        assert_eq!(stands(&sensor).as_deref(), Some(all.as_str()), "{layout}: the keys did not write it");
        assert_eq!(typed.action, Action::Type { text: text.to_owned() }, "{layout}");
    }
}

#[test]
fn what_is_typed_in_other_layouts_and_with_dead_keys_comes_out_as_the_editor_has_it() {
    let (desktop, law) = (Desktop::told(), Law::new());
    desktop.mousepad("");
    written_in_every_layout(&desktop, &law, EDITOR);
}

#[test]
fn what_is_typed_in_other_layouts_and_with_dead_keys_comes_out_as_the_browser_has_it() {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let url = format!("http://forms.example.test:{}/", served(FIELD));
    desktop.chromium(&url, "Field", &[]);
    written_in_every_layout(&desktop, &law, "Chromium");
}
