mod fixture;

use candor_model::{Action, Point};
use proptest::prelude::*;

use crate::sample::{ABOUT, ALL, CANARY, NONE, Sample, chain, context, png, step, tree};
use crate::wanted::Wanted;
use crate::{IntakeError, Recording, limit};

#[test]
fn what_is_wanted_is_read_as_it_was_written() {
    let sample = Sample::new();
    let recording = sample.open().unwrap();
    let steps: Vec<_> = recording.steps().collect();
    assert_eq!((steps.len(), recording.step_count(), recording.pauses().len()), (2, 2, 0));
    assert_eq!((steps[1].ordinal(), steps[1].at().monotonic_us), (1, 9_000_000));
    let content = steps[1].content(ALL).unwrap();
    assert_eq!(content.title.as_deref(), Some(CANARY));
    assert_eq!(content.action, Action::Type { text: CANARY.to_owned() });
    assert_eq!((content.target, content.tree.unwrap().nodes.len()), (Some(1), 2));
    assert_eq!(content.frame.unwrap().rgb(), [7; 18]);
}

#[test]
fn of_a_field_that_is_not_wanted_no_file_is_opened() {
    let sample = Sample::new();
    sample.remove("frames");
    sample.write("trees/0000.json", b"poison");
    sample.write("trees/0001.json", b"poison");
    let recording = sample.open().unwrap();
    for step in recording.steps() {
        let content = step.content(NONE).unwrap();
        assert_eq!(content.action, Action::Keys { count: 17 });
        assert!(content.title.is_none() && content.target.is_none());
        assert!(content.tree.is_none() && content.frame.is_none());
    }
    assert!(matches!(sample.read(Wanted { frame: true, ..NONE }), Err(IntakeError::Missing { .. })));
    assert!(matches!(sample.read(Wanted { tree: true, ..NONE }), Err(IntakeError::Line { .. })));
}

#[test]
fn opening_reads_no_file_of_content() {
    let sample = Sample::new();
    for folder in ["steps", "trees", "frames"] {
        sample.remove(folder);
    }
    assert_eq!(sample.open().unwrap().step_count(), 2);
}

#[test]
fn without_the_pointer_nobody_learns_where_it_was() {
    let sample = Sample::new();
    let click = r#"{"kind":"click","at":{"x":1,"y":1},"button":"left","count":1}"#;
    let text = format!(r#"{{"title":null,"action":{click},"target":1}}"#);
    sample.write("steps/0000.json", text.as_bytes());
    let recording = sample.open().unwrap();
    let step = recording.steps().next().unwrap();
    let content = step.content(Wanted { pointer: false, ..ALL }).unwrap();
    assert_eq!((content.action, content.target), (Action::Wait { ms: 0 }, None));
    let Action::Click { at, .. } = step.content(ALL).unwrap().action else { panic!("no click") };
    assert_eq!(at, Point { x: 1, y: 1 });
}

/// One way to spoil the sample, and what is said about it.
type Case = (&'static str, fn(&Sample), &'static str);

const CASES: &[Case] = &[
    ("no recording", |s| s.remove("recording.json"), "find recording.json or events.jsonl in the folder"),
    (
        "newer",
        |s| s.edit("recording.json", "\"version\":1", "\"version\":2,\"new\":0"),
        "update this program",
    ),
    (
        "older",
        |s| s.edit("recording.json", "\"version\":1", "\"version\":0"),
        "it was written by an older program",
    ),
    (
        "unknown name",
        |s| s.edit("recording.json", "\"task\"", "\"sqat\""),
        "recording.json, line 2: it does not have the shape",
    ),
    (
        "cut off",
        |s| s.write("recording.json", &ABOUT.as_bytes()[..150]),
        "recording.json, line 2: it is cut off",
    ),
    ("no JSON", |s| s.write("recording.json", CANARY.as_bytes()), "recording.json, line 1: it is not JSON"),
    (
        "not UTF-8",
        |s| s.write("recording.json", b"{\"version\":\xff"),
        "recording.json, line 1: it is not JSON",
    ),
    ("ends first", |s| s.edit("recording.json", "09:01", "08:01"), "recording.json: the time goes back"),
    (
        "no screen",
        |s| s.edit("recording.json", "\"width\":3", "\"width\":0"),
        "the screen has no pixels or too many",
    ),
    (
        "huge screen",
        |s| s.edit("recording.json", "\"width\":3", "\"width\":16385"),
        "the screen has no pixels or too many",
    ),
    (
        "huge about",
        |s| s.write("recording.json", &vec![b' '; 70_000]),
        "recording.json has more than 65536 bytes",
    ),
    (
        "long task",
        |s| s.edit("recording.json", CANARY, &"a".repeat(limit::TASK_BYTES_MAX + 1)),
        "it is too long",
    ),
    (
        "half a line",
        |s| s.edit("contexts.jsonl", "]}\n{", "]}\n{\"n\":1}\n{"),
        "contexts.jsonl, line 2: it does not have",
    ),
    (
        "no line end",
        |s| s.write("contexts.jsonl", context(0, 5).as_bytes()),
        "contexts.jsonl, line 1: it is cut off",
    ),
    ("empty line", |s| s.edit("contexts.jsonl", "]}\n{", "]}\n\n{"), "contexts.jsonl, line 2: it is cut off"),
    (
        "out of order",
        |s| s.edit("contexts.jsonl", "\"n\":1", "\"n\":2"),
        "contexts.jsonl, line 2: step 1 belongs here",
    ),
    (
        "monotonic back",
        |s| s.edit("contexts.jsonl", "9000000", "4000000"),
        "contexts.jsonl, line 2: the time goes back",
    ),
    (
        "wall back",
        |s| s.edit("contexts.jsonl", "00:09Z", "00:04Z"),
        "contexts.jsonl, line 2: the time goes back",
    ),
    (
        "a title in the context",
        |s| s.edit("contexts.jsonl", "\"private\"", "\"title\":\"x\",\"private\""),
        "line 1: it does not have",
    ),
    (
        "a site not told",
        |s| s.edit("contexts.jsonl", "\"site\":null,", ""),
        "line 1: it does not have the shape",
    ),
    (
        "front not there",
        |s| s.edit("contexts.jsonl", "\"windows\":[{\"class\":\"Z", "\"windows\":[{\"class\":\"Y"),
        "line 1: the window in front",
    ),
    (
        "long class",
        |s| {
            s.edit(
                "contexts.jsonl",
                "\"windows\":[{\"class\":\"Z",
                &format!("\"windows\":[{},{{\"class\":\"Z", window(300)),
            );
        },
        "too long",
    ),
    (
        "many windows",
        |s| {
            s.edit(
                "contexts.jsonl",
                "\"windows\":[",
                &format!("\"windows\":[{}", format!("{},", window(3)).repeat(512)),
            );
        },
        "more than 512",
    ),
    ("no contexts", |s| s.remove("contexts.jsonl"), "contexts.jsonl is missing"),
    ("no step", |s| s.remove("steps/0001.json"), "steps/0001.json is missing"),
    (
        "step cut off",
        |s| s.write("steps/0001.json", &step().as_bytes()[..60]),
        "steps/0001.json, line 1: it is cut off",
    ),
    (
        "other action",
        |s| s.edit("steps/0001.json", "\"type\"", "\"Zebra-Canary-9137\""),
        "steps/0001.json, line 1: it does not",
    ),
    (
        "no such element",
        |s| s.edit("steps/0001.json", "\"target\":1", "\"target\":2"),
        "the element acted on is not in the tree",
    ),
    (
        "no drag",
        |s| {
            s.edit(
                "steps/0000.json",
                "\"kind\":\"type\",\"text\":\"Zebra-Canary-9137\"",
                "\"kind\":\"drag\",\"button\":\"left\",\"path\":[]",
            );
        },
        "the action has too many parts or too few",
    ),
    (
        "four clicks",
        |s| {
            s.edit(
                "steps/0000.json",
                "\"kind\":\"type\",\"text\":\"Zebra-Canary-9137\"",
                "\"kind\":\"click\",\"at\":{\"x\":1,\"y\":1},\"button\":\"left\",\"count\":4",
            );
        },
        "the action has too many parts or too few",
    ),
    ("no tree", |s| s.remove("trees/0001.json"), "trees/0001.json is missing"),
    (
        "child first",
        |s| s.edit("trees/0001.json", "\"parent\":0", "\"parent\":1"),
        "trees/0001.json: the tree is not well formed",
    ),
    (
        "tree cut off",
        |s| s.write("trees/0001.json", &tree().as_bytes()[..90]),
        "trees/0001.json, line 1: it is cut off",
    ),
    ("no frame", |s| s.remove("frames/0000.png"), "frames/0000.png is missing"),
    ("no PNG", |s| s.write("frames/0000.png", CANARY.as_bytes()), "frames/0000.png: it is no PNG"),
    (
        "other size",
        |s| s.write("frames/0000.png", &png(2, 3, png::ColorType::Rgb)),
        "it has 2 by 3 pixels, which is not the screen's size",
    ),
    (
        "grey",
        |s| s.write("frames/0000.png", &png(3, 2, png::ColorType::Grayscale)),
        "frames/0000.png: it is no PNG of 8-bit red",
    ),
    (
        "damaged PNG",
        |s| s.write("frames/0000.png", &damaged(&png(3, 2, png::ColorType::Rgb))),
        "frames/0000.png: the PNG is damaged",
    ),
    (
        "cut off PNG",
        |s| s.write("frames/0000.png", &png(3, 2, png::ColorType::Rgb)[..50]),
        "frames/0000.png: the PNG is damaged",
    ),
    (
        "lying header",
        |s| s.write("frames/0000.png", &lying()),
        "it has 65535 by 65535 pixels, which is not the screen's size",
    ),
    (
        "a folder for a file",
        |s| {
            s.remove("frames/0000.png");
            s.write("frames/0000.png/x", b"");
        },
        "frames/0000.png is no plain file",
    ),
];

fn window(class: usize) -> String {
    let class = "c".repeat(class);
    format!(
        r#"{{"class":"{class}","site":null,"private":false,"bounds":{{"x":0,"y":0,"width":3,"height":2}}}}"#
    )
}

fn damaged(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() - 20;
    bytes[middle] ^= 0xff;
    bytes
}

/// A header that asks for 12 GiB.
fn lying() -> Vec<u8> {
    let mut bytes = png(3, 2, png::ColorType::Rgb);
    bytes[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    bytes
}

#[test]
fn each_fault_is_named_with_its_file_and_line_and_without_content() {
    for (name, spoil, said) in CASES {
        let sample = Sample::new();
        sample.read(ALL).unwrap();
        spoil(&sample);
        let error = sample.read(ALL).expect_err(name);
        assert!(error.to_string().contains(said), "{name}: {error}");
        assert!(!chain(&error).contains("Canary"), "{name} shows content: {}", chain(&error));
        assert!(!chain(&error).contains(&*sample.path().to_string_lossy()), "{name} shows the folder");
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_wherever_it_leads() {
    let outside = Sample::new();
    for linked in [
        "recording.json",
        "contexts.jsonl",
        "steps/0000.json",
        "trees/0000.json",
        "frames/0000.png",
        "frames",
    ] {
        let sample = Sample::new();
        sample.remove(linked);
        std::os::unix::fs::symlink(outside.path().join(linked), sample.path().join(linked)).unwrap();
        let refused = sample.read(ALL).unwrap_err();
        assert!(matches!(refused, IntakeError::NotPlain { .. }), "{linked}: {refused}");
    }
}

#[test]
fn what_is_printed_of_a_recording_tells_nothing() {
    let sample = Sample::new();
    let recording = sample.open().unwrap();
    let step = recording.steps().next().unwrap();
    let printed = format!("{recording:?} {step:?} {:?} {:?}", step.front(), recording.task());
    assert_eq!(printed, "Recording(2 steps) PendingStep(0) SeenWindow(..) Some(Raw(..))");
}

#[test]
fn a_folder_that_is_not_there_is_no_recording() {
    let sample = Sample::new();
    let opened = Recording::open(&sample.path().join("nothing"));
    assert!(matches!(opened, Err(IntakeError::NotARecording)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_one_changed_byte_makes_of_a_file_it_is_read_or_refused(
        file in prop::sample::select(vec!["recording.json", "contexts.jsonl", "steps/0000.json", "trees/0000.json", "frames/0000.png"]),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let sample = Sample::new();
        let mut bytes = std::fs::read(sample.path().join(file)).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if cut {
            bytes.truncate(place);
        }
        sample.write(file, &bytes);
        if let Err(error) = sample.read(ALL) {
            prop_assert!(!chain(&error).contains("Zebra"), "{}", chain(&error));
        }
    }
}
