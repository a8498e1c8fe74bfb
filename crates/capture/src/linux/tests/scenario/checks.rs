//! The language and the comparison by themselves, without a desktop: what they must refuse.

use std::io::Write as _;

use candor_model::{Action, Point, ScrollUnit};

use super::super::rect;
use super::language::Scenario;
use super::stage::{clicks_of, colour_after};
use super::step::{App, Kind, Step};
use super::truth::{Element, Expected, Frame, Line, Out, TruthFile, differences, go_on, read};

const HEAD: &str = "screen 1280x800\nseed 0x7 # a remark\nactions 20\ncanary at 1,2 3x4\nopen editor\n\
    open browser at 760,-5 480x400\nopen terminal refused\n";
const MIX: &str = "mix 2 click in editor, type 3..8 letters in editor";

#[test]
fn a_scenario_says_what_stands_where_and_what_is_done() {
    let text = format!("{HEAD}first click button \"One\" in browser, rest\n{MIX}\nmix 1 scroll 2 in editor");
    let scenario = Scenario::read(&text).unwrap();
    assert_eq!((scenario.screen, scenario.seed, scenario.actions), ((1280, 800), 7, 20));
    assert_eq!(scenario.canary, Some(rect(1, 2, 3, 4)));
    assert_eq!(scenario.opened(App::Browser).unwrap().place, Some(rect(760, -5, 480, 400)));
    assert!(scenario.opened(App::Terminal).unwrap().refused);
    assert!(scenario.opened(App::Calc).is_err());
    let steps = |act: &[(String, Step)]| act.iter().map(|(_, step)| step.clone()).collect::<Vec<_>>();
    assert_eq!(steps(&scenario.first[0]), [Step::Button(Some("One".to_owned())), Step::Rest]);
    let [(2, types), (1, scrolls)] = scenario.mix.as_slice() else { panic!("{:?}", scenario.mix) };
    assert_eq!(steps(types), [Step::Click(App::Editor), Step::Type(3..=8, Kind::Letters, App::Editor)]);
    assert_eq!(types[1].0, "type 3..8 letters in editor");
    assert_eq!(steps(scrolls), [Step::Scroll(2..=2, App::Editor)]);
}

#[test]
fn a_line_that_is_not_understood_is_refused_with_its_number() {
    for (line, why) in [
        ("sing in editor", "is not understood"),
        ("mix 1 sing in editor", "is not understood"),
        ("mix 0 click in editor", "0 is too few"),
        ("mix many click in editor", "is no number"),
        ("mix 1", "is not understood"),
        ("first", "is not understood"),
        ("first click in editor,", "is not understood"),
        ("first scroll 3 in calc", "was not opened"),
        ("first click any cell in calc", "was not opened"),
        ("first click in calc", "a cell is clicked"),
        ("first click in wordpad", "there is no application"),
        ("first click in browser", "a button is clicked"),
        ("first click button \"Seven\" in browser", "no such button"),
        ("first click button One in browser", "no such button"),
        ("first type 3 letters in editor", "without a click there"),
        ("first click in terminal, type 3 letters in editor", "without a click there"),
        ("first click in editor, type 0..2 letters in editor", "0 is too few"),
        ("first click in editor, type 8..3 letters in editor", "ends before it begins"),
        ("first click in editor, type letters in editor", "is not understood"),
        ("first click in editor, key ctrl+Q in editor", "there is no key"),
        ("open editor", "open already"),
        ("open calc somewhere", "is no place"),
        ("open calc at 7 640x480", "has no ','"),
        ("actions 30", "said before"),
        ("seed 12", "does not begin with 0x"),
    ] {
        let told = Scenario::read(&format!("{HEAD}{line}\n{MIX}")).unwrap_err();
        assert!(told.starts_with("line 8: ") && told.contains(why), "{line}: {told}");
    }
    for (what, line) in [("screen", 0), ("seed", 1), ("actions", 2)] {
        let lines = HEAD.lines().enumerate().filter(|(number, _)| *number != line);
        let text = lines.map(|(_, line)| line).chain([MIX]).collect::<Vec<_>>().join("\n");
        assert_eq!(Scenario::read(&text).unwrap_err(), format!("it has no line `{what}`"));
    }
    assert_eq!(Scenario::read(HEAD).unwrap_err(), "it has no line `mix`");
    let without = "open editor\nfirst canary comes or goes";
    assert_eq!(Scenario::read(without).unwrap_err(), "line 2: a canary has no place");
}

/// Clicks on the page before the actions.
const CLICKS: u16 = 300;

fn scrolls(dy: i32) -> Action {
    Action::Scroll { at: Point { x: 5, y: 6 }, dx: 0, dy, unit: ScrollUnit::Notch120th }
}

/// The truth and what came out of it, five actions with one that nobody may record.
fn five(frame: Frame) -> (Vec<Line>, Vec<Out>) {
    let (role, name) = ("push button".to_owned(), Some("One".to_owned()));
    let late_ms = if frame == Frame::After { Some(4) } else { None };
    let done = |number: usize| {
        let action = scrolls(i32::try_from(number).unwrap());
        let element = Element { name: name.clone(), ..Element::of(&[&role]) };
        let expected = Expected::Seen { action, element, page: Some(CLICKS), frame };
        let expected = if number == 3 { Expected::Refused } else { expected };
        Line { number, did: "scroll in editor".to_owned(), expected }
    };
    let came = |number: usize| {
        let action = scrolls(i32::try_from(number).unwrap());
        let (role, name, page) = (role.clone(), name.clone(), Some(CLICKS));
        if number == 3 { Out::Refused } else { Out::Seen { action, role, name, page, late_ms } }
    };
    ((1..=5).map(done).collect(), (1..=5).map(came).collect())
}

#[test]
fn what_was_lost_doubled_out_of_order_or_not_captured_differs() {
    let (truth, seen) = five(Frame::Before);
    assert_eq!(differences(&truth, &seen), [""; 0]);
    let changed = |change: &dyn Fn(&mut Vec<Out>)| {
        let mut seen = seen.clone();
        change(&mut seen);
        differences(&truth, &seen).len()
    };
    for place in 0..5 {
        assert_eq!(changed(&|seen| drop(seen.remove(place))), 1, "lost {place}");
        assert_eq!(changed(&|seen| seen.insert(place, seen[place].clone())), 1, "doubled {place}");
        assert_eq!(changed(&|seen| seen[place] = Out::NotCaptured("changed".to_owned())), 1);
    }
    assert_eq!(changed(&|seen| seen.swap(1, 2)), 1);
    assert_eq!(changed(&|seen| seen.swap(0, 4)), 2);
    assert_eq!(changed(&Vec::clear), 1);
}

#[test]
fn another_action_element_name_colour_or_time_of_the_frame_differs() {
    let (action, role, name) = (scrolls(1), "push button".to_owned(), Some("One".to_owned()));
    let agrees = |frame: Frame, page: Option<u16>, late_ms: Option<u32>| {
        let (truth, _) = five(frame);
        let (action, role, name) = (action.clone(), role.clone(), name.clone());
        truth[0].expected.agrees(&Out::Seen { action, role, name, page, late_ms })
    };
    let [before, after, of_long_ago] = [CLICKS, CLICKS + 1, CLICKS - 1].map(Some);
    assert!(agrees(Frame::Before, before, None));
    assert!(!agrees(Frame::Before, after, None) && !agrees(Frame::Before, before, Some(1)));
    assert!(agrees(Frame::After, before, Some(1)) && agrees(Frame::After, after, Some(1)));
    assert!(!agrees(Frame::After, before, None));
    // Who did not rest gets either, but never a frame of after that calls itself one of before.
    assert!(agrees(Frame::AsItSays, before, None) && agrees(Frame::AsItSays, after, Some(1)));
    assert!(!agrees(Frame::AsItSays, after, None));
    for frame in [Frame::Before, Frame::After, Frame::AsItSays] {
        let late_ms = Some(3).filter(|_| frame != Frame::Before);
        assert!(!agrees(frame, of_long_ago, late_ms) && !agrees(frame, None, late_ms));
    }
    let (truth, seen) = five(Frame::Before);
    assert!(!truth[0].expected.agrees(&seen[1]), "another action");
    let Out::Seen { action, page, late_ms, .. } = seen[0].clone() else { panic!("{:?}", seen[0]) };
    for (role, name) in [("push button", "Two"), ("text", "One")] {
        let (role, name) = (role.to_owned(), Some(name.to_owned()));
        let out = Out::Seen { action: action.clone(), role, name, page, late_ms };
        assert!(!truth[0].expected.agrees(&out), "{out:?}");
    }
    assert!(!truth[2].expected.agrees(&seen[0]) && !truth[0].expected.agrees(&Out::Refused));
}

#[test]
fn another_element_or_name_differs() {
    let element = Element { name: Some("B7".to_owned()), ..Element::of(&["table cell", "cell"]) };
    let expected = Expected::Seen { action: scrolls(1), element, page: None, frame: Frame::AsItSays };
    for (role, name, agrees) in [
        ("table cell", "B7", true),
        ("cell", "B7", true),
        ("text", "B7", false),
        ("table cell", "B8", false),
        ("table", "Sheet1", false),
    ] {
        let (role, name) = (role.to_owned(), Some(name.to_owned()));
        let out = Out::Seen { action: scrolls(1), role, name, page: None, late_ms: None };
        assert_eq!(expected.agrees(&out), agrees, "{out:?}");
    }
}

#[test]
fn frames_in_the_order_of_their_actions_show_a_page_that_goes_on() {
    let (_, seen) = five(Frame::Before);
    let with = |clicks: [u16; 2]| {
        let mut seen = seen.clone();
        for (place, clicks) in [1, 4].into_iter().zip(clicks) {
            if let Out::Seen { page, .. } = &mut seen[place] {
                *page = Some(clicks);
            }
        }
        go_on(&seen)
    };
    assert!(with([CLICKS, CLICKS]) && with([CLICKS, CLICKS + 2]) && !with([CLICKS + 1, CLICKS]));
    // Between the two is one that shows what was before both.
    assert!(!with([CLICKS + 1, CLICKS + 2]));
    for clicks in [0, 255, 256, 65_535] {
        assert_eq!(clicks_of(colour_after(clicks)), Some(clicks));
    }
    assert_eq!(clicks_of([0x40; 3]), None);
}

#[test]
fn a_truth_file_is_read_back_as_it_was_written_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("truth.jsonl");
    let (truth, _) = five(Frame::AsItSays);
    let mut file = TruthFile::create(&path);
    for line in &truth {
        file.write(&line.did, line.expected.clone());
        assert_eq!(read(&path), truth[..line.number]);
    }
    let text = std::fs::read_to_string(&path).unwrap();
    let second = r#"{"number":2,"did":"scroll in editor","expected":{"seen":{"action":{"kind":"scroll","at":{"x":5,"y":6},"dx":0,"dy":2,"unit":"notch_120th"},"element":{"roles":["push button"],"name":"One"},"page":300,"frame":"as_it_says"}}}"#;
    assert_eq!(text.lines().nth(1), Some(second));
    assert_eq!(text.lines().nth(2), Some(r#"{"number":3,"did":"scroll in editor","expected":"refused"}"#));
    let without = folder.path().join("without.jsonl");
    let mut file = std::fs::File::create(&without).unwrap();
    file.write_all(text.split_once('\n').unwrap().1.as_bytes()).unwrap();
    assert!(std::panic::catch_unwind(|| read(&without)).is_err(), "a line is missing");
}
