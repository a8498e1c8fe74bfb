//! Any text with surrogates for every kind that has them: places are right, nothing that was found stays, and redacting
//! twice changes nothing more, whoever does it and with which profile.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::cell::RefCell;

use candor_redact::{Lists, Marked, Models, Profile, Raw, SURROGATE_KINDS, TextMarker};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// What must go, and what stands around it.
const PERSONAL: [&str; 14] = [
    "Alice Henderson",
    "Jürgen Müller-Schmidt",
    "dana.lund@mail.example.test",
    "+49 30 901820",
    "(212) 555-0123",
    "4111 1111 1111 1111",
    "5500-0055-5555-5559",
    "DE89 3704 0044 0532 0130 00",
    "GB82WEST12345698765432",
    "192.0.2.17",
    "born 1990-05-16",
    "DOB: 16.05.1990",
    "date of birth: May 16, 1990",
    "password=hunter2",
];
const AROUND: [&str; 11] =
    ["call", ",", "[PERSON_7]", "Name\tPhone", "\n", "\t", "x", "-", "\u{200b}", "000", "2431-05-16"];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PERSONAL.to_vec()).prop_map(str::to_owned),
        2 => prop::sample::select(AROUND.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    let gap = prop::sample::select(vec![" ", " ", " ", "\n", ", ", "", "\t", "; "]);
    prop::collection::vec((piece, gap), 0..9)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, gap)| piece + gap).collect())
}

fn marker(profile: Profile, key: u8) -> TextMarker {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    TextMarker::new(profile, &Models::open(&models).unwrap(), Lists::default(), [key; 32]).unwrap()
}

/// What is personal in a piece, without the words that announce it.
fn bare(piece: &str) -> &str {
    ["born ", "DOB: ", "date of birth: ", "password="]
        .into_iter()
        .find_map(|word| piece.strip_prefix(word))
        .unwrap_or(piece)
}

/// Whether the text around the places is in the redacted text, in order, from its begin to its end.
fn stays_around(text: &str, marked: &Marked) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let part = |from: usize, to: usize| characters.get(from..to).map(|part| part.iter().collect::<String>());
    let mut rest = marked.text.as_str();
    let mut from = 0;
    for span in &marked.spans {
        let Some(before) = part(from, span.start) else { return false };
        let Some(at) = rest.find(&before).filter(|at| from > 0 || *at == 0) else { return false };
        let Some(after) = rest.get(at + before.len()..) else { return false };
        rest = after;
        from = span.end;
    }
    part(from, characters.len()).is_some_and(|last| rest.ends_with(&last))
}

fn hold(profile: Profile, cases: u32) {
    let first = RefCell::new(marker(profile, 5).with_surrogates(SURROGATE_KINDS).unwrap());
    let again = [
        RefCell::new(marker(profile, 6).with_surrogates(SURROGATE_KINDS).unwrap()),
        RefCell::new(marker(profile, 7)),
    ];
    let plain = RefCell::new(marker(profile, 5));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&texts(), |text| {
            let marked = first.borrow_mut().mark(Raw::seal(text.clone()));
            let same = plain.borrow_mut().mark(Raw::seal(text.clone()));
            let places =
                |marked: &Marked| marked.spans.iter().map(|s| (s.start, s.end, s.kind)).collect::<Vec<_>>();
            prop_assert_eq!(places(&marked), places(&same), "the report is the same");
            prop_assert!(stays_around(&text, &marked), "what stands around the places stays");
            for again in &again {
                let again = again.borrow_mut().mark(Raw::seal(marked.text.clone()));
                prop_assert_eq!(&again.text, &marked.text);
                prop_assert!(again.spans.is_empty());
            }
            for piece in PERSONAL.iter().map(|piece| bare(piece)) {
                let was = text.matches(piece).count();
                let left = same.text.matches(piece).count();
                prop_assert!(marked.text.matches(piece).count() <= left, "{} of {} left", piece, was);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn surrogates_hold_under_fast() {
    hold(Profile::Fast, 600);
}

#[test]
fn surrogates_hold_under_standard() {
    hold(Profile::Standard, 40);
}

#[test]
fn surrogates_hold_under_strict() {
    hold(Profile::Strict, 40);
}

#[test]
fn the_same_person_is_the_same_surrogate_in_one_session_and_another_in_the_next() {
    let text = "Please ask Alice Henderson. Alice Henderson knows, and Jorge Pereira does not.";
    let mark = |key| {
        let mut marker = marker(Profile::Fast, key).with_surrogates(SURROGATE_KINDS).unwrap();
        marker.mark(Raw::seal(text.to_owned())).text
    };
    let one = mark(1);
    let name = one.strip_prefix("Please ask ").unwrap().split('.').next().unwrap();
    assert_eq!(one.matches(name).count(), 2, "{one}");
    let other = one.split("and ").nth(1).unwrap().strip_suffix(" does not.").unwrap();
    assert_ne!(name, other);
    assert!(!mark(2).contains(name));
}

#[test]
fn rows_of_a_table_keep_their_cells() {
    let text = "name,email,dob,phone\nAlice Henderson,alice@mail.example.test,1990-05-16,+49 30 901820\n";
    let mut marker = marker(Profile::Fast, 1).with_surrogates(SURROGATE_KINDS).unwrap();
    let left = marker.mark(Raw::seal(text.to_owned()));
    assert_eq!(left.spans.len(), 4);
    assert!(left.spans.iter().all(|span| span.is_surrogate), "{}", left.text);
    assert_eq!(left.text.lines().nth(1).unwrap().split(',').count(), 4);
}
