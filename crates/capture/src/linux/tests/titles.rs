//! Titles in every way that applications write them: what is about something sensitive is told, also where the title cannot be read.

use std::io::Write as _;

use super::desktop::{Desktop, until};
use super::law::Law;
use super::never::clicked;
use super::told::sensor;
use super::{EDITOR, rect};
use crate::linux::x11::X11Sensor;
use crate::{Sensitive, SensorError};

const NEW: &str = "_NET_WM_NAME";
const OLD: &str = "WM_NAME";
/// Japanese in compound text: a character set that is not read.
const JAPANESE: &[u8] = b"\x1b$(B6d9T\x1b(B";

/// What a click into the window comes to: why it is never recorded, or its title.
fn told(desktop: &Desktop, sensor: &mut X11Sensor, law: &Law) -> Result<String, Sensitive> {
    match clicked(desktop, sensor, law, (100, 150)) {
        Ok(seen) => Ok(seen.title.unwrap()),
        Err(SensorError::Sensitive { kind }) => Err(kind),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_title_that_only_the_older_property_tells_is_judged_and_followed() {
    let (desktop, law) = (Desktop::start(), Law::new());
    let mut titles = desktop.terminal_of(EDITOR, "My bank account");
    let terminal = desktop.inside(EDITOR);
    let mut sensor = sensor(&desktop);
    assert_eq!(told(&desktop, &mut sensor, &law), Err(Sensitive::Bank));
    for (title, expected) in [
        ("My notes", Ok("My notes".to_owned())),
        ("Krankenkasse", Err(Sensitive::Health)),
        ("More notes", Ok("More notes".to_owned())),
    ] {
        writeln!(titles, "{title}").unwrap();
        until("the terminal has its title", || {
            (desktop.text(terminal, OLD) == title.as_bytes()).then_some(())
        });
        assert!(!desktop.has(terminal, NEW), "the terminal tells its title otherwise");
        assert_eq!(told(&desktop, &mut sensor, &law), expected);
    }
}

#[test]
fn a_title_in_any_bytes_is_read_as_far_as_it_can_be_or_its_window_is_not_recorded() {
    let (desktop, law) = (Desktop::without_manager(), Law::new());
    let window = desktop.green(EDITOR, rect(0, 0, 300, 300));
    let mut sensor = sensor(&desktop);
    let long = |words: &str, letters: usize| format!("{words} {}", "ä".repeat(letters));
    let ok = |title: &str| Ok(title.to_owned());
    // Each is cut after 1,024 bytes, in the middle of a letter.
    let (bank, notes) = (long("My bank.", 600), long("My notes", 600));
    let (utf8, string, compound) = ("UTF8_STRING", "STRING", "COMPOUND_TEXT");
    for (properties, expected) in [
        (vec![(OLD, string, &b"My notes"[..])], ok("My notes")),
        (vec![(OLD, string, b"K\xfcndigung")], Err(Sensitive::Employment)),
        (vec![(OLD, string, "Kündigung".as_bytes())], Err(Sensitive::Employment)),
        (vec![(OLD, utf8, "Notes (über)".as_bytes())], ok("Notes (über)")),
        (vec![(OLD, compound, b"Notes \xfcber")], ok("Notes über")),
        (vec![(OLD, compound, b"1 \x1b%G\xe2\x82\xac\x1b%@ Sparkasse")], Err(Sensitive::Bank)),
        (vec![(OLD, compound, JAPANESE)], Err(Sensitive::Unknown)),
        (vec![(NEW, utf8, b"My notes"), (OLD, compound, JAPANESE)], ok("My notes")),
        (vec![(NEW, utf8, b"My notes"), (OLD, string, b"My bank")], Err(Sensitive::Bank)),
        (vec![(NEW, utf8, b""), (OLD, string, b"My bank")], Err(Sensitive::Bank)),
        (vec![], ok("")),
        (vec![(NEW, utf8, b"Notes \xff\xfe")], Err(Sensitive::Unknown)),
        (vec![(NEW, utf8, b"Notes \xe2\x82")], Err(Sensitive::Unknown)),
        (vec![(NEW, string, b"My bank")], Err(Sensitive::Bank)),
        (vec![(NEW, "CARDINAL", b"My bank")], Err(Sensitive::Unknown)),
        (vec![(NEW, utf8, bank.as_bytes())], Err(Sensitive::Bank)),
        (vec![(NEW, utf8, notes.as_bytes())], Ok(long("My notes", 507))),
    ] {
        desktop.take_away(window, NEW);
        desktop.take_away(window, OLD);
        for (name, kind, value) in &properties {
            desktop.write(window, name, kind, value);
        }
        assert_eq!(told(&desktop, &mut sensor, &law), expected, "{properties:?}");
    }
}
