//! Recordings of every version read, and each mark has these bytes.

use candor_model::{Finding, FindingKind, Outcome, Place, Rect};

use super::house::{at, copy, open, session, words};
use crate::record::{Mark, Record};
use crate::{Masked, State};

/// Each mark, the version that brought it, and its content: the kind 6, then canonical JSON (RFC 8785).
fn marks() -> Vec<(Mark, &'static str)> {
    let region = Rect { x: 1, y: -2, width: 3, height: 4 };
    let finding = Finding { kind: FindingKind::Person, rule: "name.list".into(), place: Place::Task };
    vec![
        (Mark::Drop { step: 7 }, r#"{"mark":"drop","step":7}"#),
        (Mark::Restore { step: 7 }, r#"{"mark":"restore","step":7}"#),
        (
            Mark::Mask { step: Some(7), region },
            r#"{"mark":"mask","region":{"height":4,"width":3,"x":1,"y":-2},"step":7}"#,
        ),
        (
            Mark::Mask { step: None, region },
            r#"{"mark":"mask","region":{"height":4,"width":3,"x":1,"y":-2}}"#,
        ),
        (
            Mark::Task { text: "mail [PERSON_1]".into(), findings: vec![finding] },
            r#"{"findings":[{"kind":"person","place":{"in":"task"},"rule":"name.list"}],"mark":"task","text":"mail [PERSON_1]"}"#,
        ),
        (Mark::Reviewed { at: at(0) }, r#"{"at":"2023-11-14T22:13:20Z","mark":"reviewed"}"#),
        // Version 2.
        (Mark::Word { word: "Heron".into() }, r#"{"mark":"word","word":"Heron"}"#),
        (Mark::App { app: "editor".parse().unwrap() }, r#"{"app":"editor","mark":"app"}"#),
        (Mark::Unmask { mask: 3 }, r#"{"mark":"unmask","mask":3}"#),
        (Mark::Outcome { outcome: Some(Outcome::Success) }, r#"{"mark":"outcome","outcome":"success"}"#),
        (Mark::Outcome { outcome: Some(Outcome::Failure) }, r#"{"mark":"outcome","outcome":"failure"}"#),
        (Mark::Outcome { outcome: None }, r#"{"mark":"outcome"}"#),
    ]
}

#[test]
fn each_mark_has_these_bytes() {
    for (mark, json) in marks() {
        let expected = [&[6], json.as_bytes()].concat();
        let bytes = Record::Mark(mark.clone()).to_bytes().unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&expected));
        assert_eq!(Record::parse(&expected).unwrap(), Record::Mark(mark));
    }
}

/// The recordings in `vectors/v1` were written by the program of version 1: see `docs/formats/journal.md`.
#[test]
fn a_recording_of_version_1_reads_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    copy(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/v1"), folder.path());
    let journal = open(folder.path());
    assert!(journal.damaged().unwrap().is_empty() && journal.repairs().is_empty());
    let told = words(&journal);
    let expected = [
        "state: Reviewed",
        "steps: 2, dropped: 1, masks: 2, gaps: 1",
        "outcome: Some(Success)",
        "task: Some(\"write to [PERSON_1]\")",
        "app.not-in-charter",
        // Of the masked pictures: what the program of version 1 showed.
        "58211ae3ed77e145540bac2a1ed64cd201f86297cd11b36e8266696ec68197c2",
        "34ebafe9b1209e4e212e37fc83ddd28cda5b341fcbd177e77dfa2ee49ca6cb37",
    ];
    for part in expected {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert_eq!(journal.session(session(2)).unwrap().state, State::Releasing);

    // What is written now is of version 3, in a segment of its own.
    journal.mask_app(session(1), &"editor".parse().unwrap()).unwrap();
    journal.unmask(session(1), 2).unwrap();
    journal.set_outcome(session(1), Some(Outcome::Failure)).unwrap();
    drop(journal);
    let versions = |segment| {
        let path = super::house::segment(folder.path(), 1, segment);
        std::fs::read(path).unwrap()[8..10].to_vec()
    };
    assert_eq!((versions(0), versions(1)), (vec![0, 1], vec![0, 3]));
    let journal = open(folder.path());
    let region = |step, region| Masked::Region { step, region };
    let masks: Vec<Masked> = journal.masks(session(1)).unwrap().into_iter().map(|mask| mask.what).collect();
    let expected = [
        region(Some(2), Rect { x: 1, y: 1, width: 3, height: 3 }),
        region(None, Rect { x: 0, y: 0, width: 2, height: 2 }),
    ];
    assert_eq!(masks, expected);
    let summary = journal.session(session(1)).unwrap();
    assert_eq!((summary.outcome, summary.state), (Some(Outcome::Failure), State::InReview));
}
