//! Input methods: what comes out is what stands in the application, of however many keys it was composed, and whenever it was committed.

use std::process::Command;

use candor_model::Action;

use super::desktop::{Desktop, until};
use super::law::Law;
use super::layouts::stands;
use super::told::{kept, sensor, served};
use super::{EDITOR, next, observe};
use crate::linux::x11::X11Sensor;

/// What stands there in the end.
const ALL: &str = "ab 한글 안녕안녕안녕";

const FIELD: &str = "<!doctype html><title>Field</title><body style='margin:0'>\
    <input aria-label='Words' autofocus style='width:400px;height:60px;font-size:30px'>";

fn text(text: &str) -> Action {
    Action::Type { text: text.to_owned() }
}

fn hotkey(keys: &[&str]) -> Action {
    Action::Hotkey { keys: keys.iter().map(|key| (*key).to_owned()).collect() }
}

/// Lets hands do this while the sensor looks, and compares what it tells of each action.
fn does(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law, words: &str, expected: &[Action]) {
    let mut hands = Command::new("xdotool");
    let mut hands = hands.args(words.split(' ')).env("DISPLAY", &desktop.display).spawn().unwrap();
    for (n, action) in expected.iter().enumerate() {
        let pending = next(sensor);
        let seen = observe(sensor, law, &pending).unwrap();
        assert_eq!(seen.action, *action, "{words}: {:?}", sensor.tally);
        // Where keys rested in the middle of a word soon after the first the screen did too, and is what the next action was done to.
        let rested = n > 0 && words.contains("sleep") && !words.contains("BackSpace");
        assert!(seen.late_ms.is_none() || !rested, "{words}: {:?}", seen.late_ms);
    }
    assert!(hands.wait().unwrap().success());
}

/// Words in Hangul: ended by a space, after a rest in the middle, with letters taken back, and by an action, which commits what is left.
fn composed_in(desktop: &Desktop, law: &Law, class: &str) -> X11Sensor {
    let mut sensor = sensor(desktop);
    kept(&mut sensor, law, class);
    let mut does = |words: &str, expected: &[Action]| does(desktop, &mut sensor, law, words, expected);
    // It begins with Latin letters, as keys write them.
    does(&format!("{} key space", types("ab")), &[text("ab ")]);
    does("key shift+space", &[Action::Keys { count: 1 }]);
    does(&format!("{} key space", types("gksrmf")), &[text("한글 ")]);
    does(&format!("{} key ctrl+c", types("dkssud")), &[text("안녕"), hotkey(&["ctrl", "c"])]);
    does(&format!("{} sleep 1.5 key ctrl+c", types("dkssud")), &[text("안녕"), hotkey(&["ctrl", "c"])]);
    let (word, rest) = (types("dkssud"), types("ud"));
    let taken_back = format!("{word} sleep 1.5 key BackSpace key BackSpace {rest} sleep 1.5 key Home");
    does(&taken_back, &[text("안녕"), hotkey(&["home"])]);
    sensor
}

fn types(keys: &str) -> String {
    format!("type --args 1 --delay 60 {keys}")
}

/// Waits until this stands in what has the keyboard, as the application shows it.
fn stands_in(sensor: &mut X11Sensor, law: &Law, class: &str, expected: &str) {
    until("the application tells what stands in it", || {
        sensor.rest.after_action();
        kept(sensor, law, class);
        stands(sensor).filter(|text| text == expected)
    });
}

#[test]
fn what_an_input_method_composes_comes_out_as_an_editor_has_it() {
    let (desktop, law) = (Desktop::told().composing(), Law::new());
    desktop.mousepad("");
    let mut sensor = composed_in(&desktop, &law, EDITOR);
    stands_in(&mut sensor, &law, EDITOR, ALL);
}

#[test]
fn what_an_input_method_composes_comes_out_as_a_browser_has_it() {
    let (desktop, law) = (Desktop::told().composing(), Law::with_browser());
    let url = format!("http://forms.example.test:{}/", served(FIELD));
    desktop.chromium(&url, "Field", &[]);
    let mut sensor = composed_in(&desktop, &law, "Chromium");
    stands_in(&mut sensor, &law, "Chromium", ALL);
}

#[test]
fn what_an_input_method_composes_comes_out_as_an_editor_made_with_qt_has_it() {
    let (desktop, law) = (Desktop::told().composing(), Law::new());
    desktop.featherpad();
    let mut sensor = composed_in(&desktop, &law, "FeatherPad");
    stands_in(&mut sensor, &law, "FeatherPad", &format!("{ALL}plain text\n"));
}

#[test]
fn what_an_input_method_composes_comes_out_as_a_cell_has_it() {
    let (desktop, law) = (Desktop::told().composing(), Law::with_calc());
    desktop.calc();
    let mut sensor = composed_in(&desktop, &law, "libreoffice-calc");
    // The key that ended the text ended the cell, whose editor this opens again.
    desktop.xdotool(&["key", "F2"]);
    stands_in(&mut sensor, &law, "libreoffice-calc", ALL);
}
