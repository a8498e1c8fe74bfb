use std::io::Cursor;

use candor_model::{Action, Button, Platform, Point, ScrollUnit, TreeState};
use proptest::prelude::*;

use super::event::Events;
use super::reduce::Reducer;
use crate::sample::{ALL, CANARY, NONE, Sample, chain, fixtures, png};
use crate::{IntakeError, Recording};

fn fixture() -> Recording {
    Recording::open(&fixtures().join("ducktrack/refund-sheet")).unwrap()
}

fn actions(recording: &Recording) -> Vec<Action> {
    recording.steps().map(|step| step.content(ALL).unwrap().action).collect()
}

fn click(x: i32, y: i32, button: Button, count: u8) -> Action {
    Action::Click { at: Point { x, y }, button, count }
}

fn hotkey(keys: &[&str]) -> Action {
    Action::Hotkey { keys: keys.iter().map(|key| (*key).to_owned()).collect() }
}

#[test]
fn a_raw_folder_becomes_the_actions_that_were_done() {
    let mut actions = actions(&fixture());
    let Action::Drag { button: Button::Left, path } = actions.remove(6) else { panic!("no drag") };
    assert_eq!((path.len(), path[0].at, path[6].at), (7, Point { x: 100, y: 120 }, Point { x: 200, y: 160 }));
    let expected = [
        click(120, 150, Button::Left, 1),
        Action::Type { text: "Laura Johnson".into() },
        hotkey(&["enter"]),
        click(300, 150, Button::Left, 2),
        hotkey(&["ctrl", "c"]),
        Action::Scroll { at: Point { x: 320, y: 200 }, dx: 0, dy: 3, unit: ScrollUnit::Wheel },
        click(200, 100, Button::Left, 1),
        Action::Type { text: "bonus letter".into() },
        click(420, 220, Button::Right, 1),
        hotkey(&["escape"]),
    ];
    assert_eq!(actions, expected);
}

#[test]
fn the_window_in_front_is_all_that_is_known_of_the_screen() {
    let recording = fixture();
    let classes: Vec<_> = recording.steps().map(|s| s.front().context().window_class.to_owned()).collect();
    assert_eq!(classes[..7], ["LibreOffice"; 7]);
    assert_eq!(classes[7..], ["msedge", "msedge", "LibreOffice", "LibreOffice"]);
    for step in recording.steps() {
        assert_eq!(step.windows(), [step.front().clone()]);
        assert!(step.front().context().site.is_none(), "a browser without a site is refused at the gate");
    }
    assert_eq!((recording.platform(), recording.screen().width), (Platform::Windows, 640));
    assert_eq!(recording.started().to_string(), "2026-03-02T09:30:00Z");
    assert_eq!(recording.steps().next().unwrap().at().monotonic_us, 0);
}

#[test]
fn a_pause_is_a_gap() {
    let recording = fixture();
    let [pause] = recording.pauses() else { panic!("{:?}", recording.pauses()) };
    assert_eq!(pause.to.as_millis() - pause.from.as_millis(), 2000);
}

#[test]
fn a_tree_is_never_trusted_to_name_everything() {
    let recording = fixture();
    let contents: Vec<_> = recording.steps().map(|step| step.content(ALL).unwrap()).collect();
    let trees: Vec<_> = contents.iter().filter_map(|content| content.tree.as_ref()).collect();
    assert!(!trees.is_empty());
    assert!(trees.iter().all(|tree| tree.state == TreeState::Partial));
    let target = contents[0].target.unwrap() as usize;
    assert_eq!(contents[0].tree.as_ref().unwrap().nodes[target].name.as_deref(), Some("Laura Johnson"));
}

#[test]
fn a_tree_of_before_the_last_action_or_of_another_window_is_not_taken() {
    let with_tree: Vec<_> = fixture().steps().map(|step| step.content(ALL).unwrap().tree.is_some()).collect();
    // Trees are at 0.1, 3.0, 12.0 and 17.5 s. The one at 12.0 is of the sheet, and the browser is in front from 13.0 on.
    let expected = [true, false, false, true, false, false, false, false, false, true, false];
    assert_eq!(with_tree, expected);
}

#[test]
fn a_tree_during_which_the_window_changed_is_not_taken() {
    let sample = raw();
    for changed in ["switched", "closed"] {
        let sample = raw();
        sample.edit("a11y.jsonl", "\"complete\":true", &format!("\"{changed}\":true"));
        assert!(sample.open().unwrap().steps().next().unwrap().content(ALL).unwrap().tree.is_none());
    }
    assert!(sample.open().unwrap().steps().next().unwrap().content(ALL).unwrap().tree.is_some());
}

#[test]
fn a_frame_of_before_another_window_came_to_the_front_is_not_taken() {
    let sample = raw();
    let has_frame = |sample: &Sample| {
        sample.open().unwrap().steps().next().unwrap().content(ALL).unwrap().frame.is_some()
    };
    assert!(has_frame(&sample));
    sample.edit("top_window.jsonl", "10.5", "10.97");
    assert!(!has_frame(&sample));
}

const METADATA: &str = r#"{"system":"Linux","screen_width":3,"screen_height":2,"start_time":"2026-03-02 09:30:00",
"stop_time":"2026-03-02 09:31:00","video_start_timestamp":10.0,"model":"x"}"#;

/// A raw folder with two clicks and a typed canary.
fn raw() -> Sample {
    let sample = Sample::new();
    for file in ["recording.json", "contexts.jsonl", "steps", "trees", "frames"] {
        sample.remove(file);
    }
    let mut events = vec![
        r#"{"time_stamp":11.0,"action":"click","x":1,"y":1,"button":"left","pressed":true}"#.to_owned(),
        r#"{"time_stamp":11.1,"action":"click","x":1,"y":1,"button":"left","pressed":false}"#.to_owned(),
    ];
    for (i, c) in CANARY.chars().enumerate() {
        events.push(format!(
            r#"{{"time_stamp":{},"action":"press","name":"{c}","pynput_key":"'{c}'"}}"#,
            12 + i
        ));
    }
    sample.write("metadata.json", METADATA.as_bytes());
    sample.write("events.jsonl", (events.join("\n") + "\n").as_bytes());
    sample.write("top_window.jsonl", b"{\"time_stamp\":10.5,\"top_window_name\":\"calc\"}\n");
    sample.write("a11y.jsonl", format!("{}\n{}\n", nested(10.9), nested(11.5)).as_bytes());
    sample.write("frames/10.950.png", &png(3, 2, png::ColorType::Rgb));
    sample
}

fn nested(at: f64) -> String {
    let bounds = r#""BoundingRectangle":{"left":0,"top":0,"right":3,"bottom":2}"#;
    format!(
        r#"{{"time_stamp":{at},"axtree":{{"Name":"w","ControlType":"WindowControl",{bounds},"complete":true,"Children":[{{"Name":"{CANARY}","ControlType":"EditControl",{bounds},"Children":[]}}]}}}}"#
    )
}

#[test]
fn opening_a_raw_folder_touches_no_tree_and_no_frame() {
    let sample = raw();
    sample.write("a11y.jsonl", b"poison");
    sample.remove("frames");
    assert_eq!(sample.open().unwrap().step_count(), 2);
    sample.read(NONE).unwrap();
    assert!(sample.read(ALL).is_err());
}

#[test]
fn without_the_typed_text_keys_are_counted() {
    let sample = raw();
    let recording = sample.open().unwrap();
    let typed = recording.steps().nth(1).unwrap();
    assert_eq!(typed.content(NONE).unwrap().action, Action::Keys { count: 17 });
    assert_eq!(typed.content(ALL).unwrap().action, Action::Type { text: CANARY.to_owned() });
}

type Case = (&'static str, fn(&Sample), &'static str);

const CASES: &[Case] = &[
    ("no metadata", |s| s.remove("metadata.json"), "metadata.json is missing"),
    (
        "other system",
        |s| s.edit("metadata.json", "Linux", CANARY),
        "metadata.json, line 1: it does not have the shape",
    ),
    (
        "no date",
        |s| s.edit("metadata.json", "2026-03-02 09:30:00", CANARY),
        "metadata.json: it does not have the shape",
    ),
    ("no screen", |s| s.edit("metadata.json", ":3", ":0"), "metadata.json: the screen has no pixels"),
    ("no windows", |s| s.remove("top_window.jsonl"), "top_window.jsonl is missing"),
    (
        "windows back",
        |s| {
            s.write("top_window.jsonl", b"{\"time_stamp\":2,\"top_window_name\":\"a\"}\n{\"time_stamp\":1,\"top_window_name\":\"a\"}\n");
        },
        "top_window.jsonl, line 2: the time goes back",
    ),
    ("time back", |s| s.edit("events.jsonl", "11.1", "10.9"), "events.jsonl, line 2: the time goes back"),
    ("no time", |s| s.edit("events.jsonl", "11.1", "-1"), "events.jsonl, line 2: it does not have the shape"),
    (
        "other action",
        |s| s.edit("events.jsonl", "\"action\":\"press\"", "\"action\":\"Zebra-Canary\""),
        "events.jsonl, line 3: it does not",
    ),
    (
        "cut off",
        |s| s.edit("events.jsonl", "\"pynput_key\":\"'7'\"}\n", "\"pyn"),
        "events.jsonl, line 19: it is cut off",
    ),
    (
        "long line",
        |s| s.edit("events.jsonl", "\"left\"", &format!("\"{}\"", "l".repeat(70_000))),
        "events.jsonl, line 1: it is too long",
    ),
    ("tree cut off", |s| s.edit("a11y.jsonl", "11.5", "11.5\n"), "a11y.jsonl, line 2: it is cut off"),
    ("tree back", |s| s.edit("a11y.jsonl", "11.5", "9.5"), "a11y.jsonl, line 2: the time goes back"),
    ("no frame", |s| s.remove("frames/10.950.png"), "frames: a frame before the action is missing"),
    (
        "late frame",
        |s| {
            s.remove("frames/10.950.png");
            s.write("frames/11.010.png", b"");
        },
        "a frame before the action is missing",
    ),
    (
        "other size",
        |s| s.write("frames/10.950.png", &png(2, 2, png::ColorType::Rgb)),
        "frames/10.950.png: it has 2 by 2 pixels",
    ),
];

#[test]
fn each_fault_of_a_raw_folder_is_named_with_its_file_and_line_and_without_content() {
    for (name, spoil, said) in CASES {
        let sample = raw();
        sample.read(ALL).unwrap();
        spoil(&sample);
        let error = sample.read(ALL).expect_err(name);
        assert!(error.to_string().contains(said), "{name}: {error}");
        assert!(!chain(&error).contains("Zebra"), "{name} shows content: {}", chain(&error));
    }
}

#[test]
fn no_action_spans_two_windows() {
    let sample = raw();
    let fronts = "{\"time_stamp\":10.5,\"top_window_name\":\"calc\"}\n{\"time_stamp\":17.5,\"top_window_name\":\"bank\"}\n";
    sample.write("top_window.jsonl", fronts.as_bytes());
    let recording = sample.open().unwrap();
    let typed: Vec<_> = recording
        .steps()
        .skip(1)
        .map(|step| (step.front().context().window_class.to_owned(), step.content(NONE).unwrap().action))
        .collect();
    let keys = |count| Action::Keys { count };
    assert_eq!(typed, [("calc".to_owned(), keys(6)), ("bank".to_owned(), keys(11))]);
}

#[test]
fn a_stream_that_changed_since_it_was_opened_is_refused() {
    let sample = raw();
    let recording = sample.open().unwrap();
    sample.write("events.jsonl", b"");
    let read = recording.steps().next().unwrap().content(NONE);
    assert!(matches!(read.map(|_| ()), Err(IntakeError::File { fault: crate::Fault::Changed, .. })));
}

fn reduced(lines: &[String]) -> Vec<(super::reduce::Found, Action)> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let mut events = Events::new(Cursor::new(text));
    let mut reducer = Reducer::new();
    while let Some(event) = events.next().unwrap() {
        reducer.take(&event);
    }
    reducer.end();
    reducer.found()
}

fn keys(names: &[(u32, &str, &str)]) -> Vec<Action> {
    let line = |(at, action, name): &(u32, &str, &str)| {
        format!(r#"{{"time_stamp":{at},"action":"{action}","name":"{name}"}}"#)
    };
    reduced(&names.iter().map(line).collect::<Vec<_>>()).into_iter().map(|(_, action)| action).collect()
}

#[test]
fn what_is_typed_after_a_modifier_that_hangs_is_not_taken_for_commands() {
    let paused =
        [(1, "press", "ctrl_l"), (2, "pause", ""), (3, "resume", ""), (4, "press", "h"), (4, "press", "u")];
    assert_eq!(keys(&paused), [Action::Type { text: "hu".into() }]);
    let hangs = [(1, "press", "alt_l"), (7, "press", "h"), (8, "press", "u")];
    assert_eq!(keys(&hangs), [Action::Type { text: "hu".into() }]);
    let held = [(1, "press", "ctrl_l"), (4, "press", "S"), (4, "release", "ctrl_l"), (5, "press", "x")];
    assert_eq!(keys(&held), [hotkey(&["ctrl", "s"]), Action::Type { text: "x".into() }]);
}

#[test]
fn typing_takes_back_capitals_and_signs_as_they_were_pressed() {
    let press = |name| (1, "press", name);
    let typed = ["shift", "A", "b", "space", "x", "backspace", "caps_lock", "c", "caps_lock", "d"].map(press);
    assert_eq!(keys(&typed), [Action::Type { text: "Ab Cd".into() }]);
    let all_taken_back = ["a", "backspace", "backspace"].map(press);
    assert_eq!(keys(&all_taken_back), [hotkey(&["backspace"])]);
}

fn any_event() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "a",
        "Z",
        "space",
        "enter",
        "backspace",
        "ctrl_l",
        "shift",
        "alt_gr",
        "caps_lock",
        "esc",
        "f5",
        "é",
    ]);
    let key = (prop::sample::select(vec!["press", "press", "release"]), name)
        .prop_map(|(action, name)| format!(r#""action":"{action}","name":"{name}""#));
    let button = (0..40, any::<bool>(), prop::sample::select(vec!["left", "right"])).prop_map(
        |(x, pressed, button)| {
            format!(r#""action":"click","x":{x},"y":3,"button":"{button}","pressed":{pressed}"#)
        },
    );
    let scroll = (-3..3).prop_map(|dy| format!(r#""action":"scroll","x":1,"y":1,"dx":0,"dy":{dy}"#));
    let other = (0..40).prop_map(|x| format!(r#""action":"move","x":{x},"y":3"#));
    let pause =
        prop::sample::select(vec![r#""action":"pause""#.to_owned(), r#""action":"resume""#.to_owned()]);
    prop_oneof![6 => key, 3 => button, 2 => scroll, 2 => other, 1 => pause]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_part_of_the_stream_that_an_action_lies_in_gives_that_action_again(
        events in prop::collection::vec((any_event(), 0..700_u32), 0..60),
    ) {
        let mut at = 1000;
        let lines: Vec<String> = events
            .into_iter()
            .map(|(event, after)| {
                at += after;
                format!(r#"{{"time_stamp":{}.{:03},{event}}}"#, at / 1000, at % 1000)
            })
            .collect();
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        for (found, action) in reduced(&lines) {
            let part = &text.as_bytes()[usize::try_from(found.from_byte).unwrap()..];
            let mut events = Events::at(Cursor::new(part), found.from_byte);
            let mut reducer = Reducer::with(found.keys);
            while events.offset() < found.to_byte {
                reducer.take(&events.next().unwrap().unwrap());
            }
            reducer.end();
            prop_assert_eq!(reducer.found(), vec![(found, action)]);
        }
    }
}
