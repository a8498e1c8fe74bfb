//! What is read of a frame on its way into a recording: real text, planted data, a window with a tree that explains little.

use std::cell::Cell;
use std::path::Path;

use super::*;
use crate::screen::canvas::FILL;
use crate::screen::picture::decode_any;

fn chat() -> Pixels {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/chat.png");
    decode_any(&std::fs::read(path).unwrap()).unwrap()
}

/// Where each planted item stands.
fn planted() -> Vec<Rect> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/chat.tsv");
    let item = |line: &str| {
        let at: Vec<i32> = line.split('\t').skip(1).map(|field| field.parse().unwrap()).collect();
        let side = |from: i32, to: i32| u32::try_from(to - from).unwrap();
        rect(at[0], at[1], side(at[0], at[2]), side(at[1], at[3]))
    };
    std::fs::read_to_string(path).unwrap().lines().map(item).collect()
}

/// A window that shows `frame` and is described by `nodes` below its root.
fn showing(frame: Pixels, app: &str, nodes: Vec<Node>) -> Observation {
    let front = whole(&frame);
    let mut observation = seen(nodes);
    observation.app = app.parse().unwrap();
    observation.screen.width = front.width;
    observation.screen.height = front.height;
    observation.bounds = front;
    observation.windows = vec![VisibleWindow { bounds: front, permitted: true }];
    if let Some(root) = observation.tree.as_mut().and_then(|tree| tree.nodes.first_mut()) {
        root.bounds = front;
        root.name = Some("Window".into());
    }
    observation.frame = Some(frame);
    observation
}

/// Share of what stands out from its ground in `part` of `before` and is not painted in `after`.
fn left(before: &Pixels, after: &Pixels, part: Rect) -> f64 {
    let (l, t, r, b) = part.clipped(before.width(), before.height()).unwrap();
    let at = |frame: &Pixels, x: u32, y: u32| {
        let start = usize::try_from((y * frame.width() + x) * 3).unwrap();
        <[u8; 3]>::try_from(&frame.rgb()[start..start + 3]).unwrap()
    };
    let ground = at(before, l, t);
    let stands_out =
        |p: [u8; 3]| p.iter().zip(ground).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>() > 120;
    let all = (t..b).flat_map(|y| (l..r).map(move |x| (x, y)));
    let ink: Vec<(u32, u32)> = all.filter(|(x, y)| stands_out(at(before, *x, *y))).collect();
    let seen = ink.iter().filter(|(x, y)| at(after, *x, *y) != FILL).count();
    f64::from(u32::try_from(seen).unwrap()) / f64::from(u32::try_from(ink.len().max(1)).unwrap())
}

/// The bar with the labels of the program.
const BAR: Rect = Rect { x: 0, y: 0, width: 300, height: 30 };
/// A line of a conversation.
const MESSAGE: Rect = Rect { x: 180, y: 75, width: 440, height: 32 };

#[test]
fn a_window_with_content_is_read_and_planted_data_is_masked() {
    for profile in [Profile::Fast, Profile::Standard] {
        let after = redacted(profile, showing(chat(), "editor", vec![]));
        for part in planted() {
            let share = left(&chat(), &after, part);
            assert!(share <= 0.1, "{profile}: {share:.2} left at {part:?}");
        }
        assert!(left(&chat(), &after, BAR) > 0.9, "{profile}: the labels are masked");
    }
}

#[test]
fn where_other_people_write_only_labels_and_own_fields_stay() {
    let bar = node(0, "label", Some("Channels"), BAR);
    let field =
        |role: &str, name: &str| Node { text: Some("…".into()), ..node(0, role, Some(name), MESSAGE) };
    let own = Node { editable: true, ..field("entry", "Message") };
    let written = Node { editable: true, focused: true, ..field("text", "Message") };
    let unwritten = Node { focused: false, ..written.clone() };
    let shown = |app: &str, marked: bool, nodes: Vec<Node>| {
        let observation = Observation { communication: marked, ..showing(chat(), app, nodes) };
        let after = redacted(Profile::Standard, observation);
        for part in planted() {
            assert!(left(&chat(), &after, part) <= 0.1, "{app} {part:?}");
        }
        (left(&chat(), &after, BAR) > 0.9, left(&chat(), &after, MESSAGE) > 0.2)
    };
    assert_eq!(shown("mail", false, vec![bar.clone()]), (true, false));
    assert_eq!(shown("editor", true, vec![bar.clone()]), (true, false));
    assert_eq!(shown("mail", false, vec![bar.clone(), own.clone()]), (true, true));
    assert_eq!(shown("mail", false, vec![bar.clone(), written]), (true, true));
    assert_eq!(shown("mail", false, vec![bar.clone(), unwritten]), (true, false));
    let asked = Node { editable: true, ..field("entry", "Name") };
    assert_eq!(shown("mail", false, vec![bar.clone(), asked]), (true, false));
    let read_only = |role: &str, focused| Node { focused, ..field(role, "History") };
    for (role, focused) in [("text", true), ("entry", true), ("entry", false)] {
        let nodes = vec![bar.clone(), read_only(role, focused)];
        assert_eq!(shown("mail", false, nodes), (true, false), "{role}, focused: {focused}");
    }
    assert_eq!(shown("mail", false, vec![bar, field("paragraph", "Message")]), (true, false));
}

#[test]
fn what_must_not_be_read_is_painted_whatever_it_says() {
    let part = rect(0, 60, 700, 200);
    let field = Node { text: Some("…".into()), ..node(0, "entry", Some("Name"), part) };
    let cases = [
        node(0, "password text", None, part),
        node(0, "image", None, part),
        node(0, "video", None, part),
        node(0, "hologram", None, part),
        node(0, "comment", None, part),
        node(0, "list", Some("Messages"), part),
        node(0, "section", Some("Kommentare"), part),
        Node { unwalked: true, ..node(0, "section", None, part) },
        field,
    ];
    for case in cases {
        let after = redacted(Profile::Standard, showing(chat(), "editor", vec![case.clone()]));
        assert!(canvas::is_filled(&after, part), "{case:?}");
        assert!(left(&chat(), &after, BAR) > 0.9, "{case:?}");
    }
    let table = Node { unwalked: true, ..node(0, "table", None, part) };
    let after = redacted(Profile::Standard, showing(chat(), "editor", vec![table]));
    assert!(!canvas::is_filled(&after, part));
}

#[test]
fn text_of_the_tree_is_masked_where_it_stands_though_nobody_reads_it_there() {
    let blank = || Pixels::new(400, 100, vec![255; 400 * 100 * 3]).unwrap();
    let part = rect(20, 20, 200, 30);
    let told = node(0, "label", Some("Write to dana.lund@mail.example.test"), part);
    let after = redacted(Profile::Fast, showing(blank(), "editor", vec![told]));
    assert!(canvas::is_filled(&after, part));
    let label = node(0, "label", Some("Save"), part);
    assert!(!canvas::is_filled(&redacted(Profile::Fast, showing(blank(), "editor", vec![label])), part));
}

#[test]
fn in_strict_what_is_drawn_on_a_label_stays_only_if_it_is_one() {
    // The tree says that all of it is a button that says "Save".
    let lie = node(0, "push button", Some("Save"), rect(0, 0, 700, 260));
    let after = redacted(Profile::Strict, showing(chat(), "editor", vec![lie]));
    assert!(left(&chat(), &after, MESSAGE) <= 0.1);
    assert!(left(&chat(), &after, BAR) > 0.9);
}

#[test]
fn a_frame_that_cannot_be_read_in_time_is_dropped_and_its_step_stays() {
    let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &MODELS).unwrap();
    let late = redactor.follow(Raw::seal(showing(chat(), "editor", vec![])), &|| TimeLeft::Nothing).unwrap();
    let step = late.into_iter().next().unwrap().into_content();
    assert!(step.frame.is_none() && step.step.frame.is_none());
    assert!(step.report.findings.iter().any(|finding| finding.rule == "screen.unread"));
    let next = redactor.follow(Raw::seal(showing(chat(), "editor", vec![])), &|| TimeLeft::Enough).unwrap();
    assert!(next.into_iter().next().unwrap().into_content().frame.is_some());
}

#[test]
fn a_frame_that_cannot_be_masked_for_sure_is_dropped_and_its_step_stays() {
    let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &MODELS).unwrap();
    // A few pixels more than two screens of 7680 by 4320.
    let huge = Pixels::new(16_384, 4_051, vec![255; 16_384 * 4_051 * 3]).unwrap();
    let step = redactor.redact(Raw::seal(showing(huge, "editor", vec![]))).unwrap().into_content();
    assert!(step.frame.is_none() && step.step.frame.is_none() && step.tree.is_some());
    assert!(step.report.findings.iter().any(|finding| finding.rule == "screen.unread"));
    let next = redactor.redact(Raw::seal(showing(chat(), "editor", vec![]))).unwrap();
    assert!(next.into_content().frame.is_some());
}

#[test]
fn a_frame_that_did_not_change_is_not_read_again() {
    let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &MODELS).unwrap();
    let asked = Cell::new(0);
    let mut frame_of = |frame: Pixels| {
        let time_left = || {
            asked.set(asked.get() + 1);
            TimeLeft::Enough
        };
        let steps = redactor.follow(Raw::seal(showing(frame, "editor", vec![])), &time_left).unwrap();
        let frame = steps.into_iter().next().unwrap().into_content().frame.unwrap();
        (frame, asked.take())
    };
    let (first, whole) = frame_of(chat());
    let (again, nothing) = frame_of(chat());
    assert_eq!((again, nothing), (first, 0));
    let mut changed = chat();
    canvas::fill(&mut changed, rect(0, 0, 60, 30));
    let (_, little) = frame_of(changed);
    assert!(little > 0 && little * 2 < whole, "{little} of {whole} runs");
}
