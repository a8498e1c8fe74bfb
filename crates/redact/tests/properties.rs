//! Any Unicode under every profile, with and without the lists of an organisation: places are right, what is planted is found
//! whole however it is written, and redacting twice changes nothing more.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod disguise;

use std::cell::RefCell;

use candor_model::FindingKind;
use candor_redact::{HashedList, Lists, Marked, Models, OwnRule, Profile, Raw, TextMarker};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use disguise::{LISTED, Planted};

/// Pieces that the layers care for, between any characters.
fn texts() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Alice Henderson",
        "dana@mail.example.test",
        "+49 30 901820",
        "4111 1111 1111 1111",
        "password=hunter2",
        "Proszę zapytać Kowalską o zamówienie",
        "[PERSON_7]",
        "Case number: 2024/00381",
        "quorra zyxwich",
        "the Blue Lantern plan",
        "ZYXEL  QUORRALINE",
        "bed W-0042",
        "\u{200b}",
        "\u{301}",
        "\n",
        "\t",
    ]);
    let piece = prop_oneof![3 => known.prop_map(str::to_owned), 2 => "\\PC{0,12}", 1 => "[ -~]{0,12}"];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

/// Names in the open, a word, a hashed name, a rule and an allowance.
fn lists() -> Lists {
    let key = b"a key of the organisation".to_vec();
    let [person, word, hashed] = LISTED;
    let tags = [HashedList::tag(&key, hashed)].into();
    let rule = OwnRule {
        name: "ward".into(),
        kind: FindingKind::Id,
        pattern: r"W-\d{4}".into(),
        finds: vec!["bed {W-1234}".into()],
        passes: vec!["W-1".into()],
    };
    Lists {
        people: vec![person.into()],
        words: vec![word.into()],
        hashed: Some(HashedList::new(key, tags)),
        allowed: vec!["Acme".into()],
        rules: vec![rule],
    }
}

fn shared(profile: Profile, lists: Lists) -> RefCell<TextMarker> {
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    RefCell::new(TextMarker::new(profile, &models, lists, [9; 32]).unwrap())
}

fn hold<T: std::fmt::Debug>(
    cases: u32,
    texts: &impl Strategy<Value = T>,
    holds: impl Fn(T) -> Result<(), TestCaseError>,
) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(texts, holds).unwrap();
}

/// The text is as it was but for a placeholder of the kind at each place.
fn are_in_place(text: &str, marked: &Marked) -> Result<(), TestCaseError> {
    let characters: Vec<char> = text.chars().collect();
    let mut left = String::new();
    let mut from = 0;
    for span in &marked.spans {
        prop_assert!(from <= span.start && span.start < span.end && span.end <= characters.len());
        left.extend(characters.iter().take(span.start).skip(from));
        let rest = marked.text.strip_prefix(left.as_str());
        let opens = format!("[{}", span.kind.label());
        let begins = rest.is_some_and(|rest| rest.starts_with(&opens));
        prop_assert!(begins, "no placeholder of the kind where the place says");
        let placeholder = rest.and_then(|rest| rest.split_inclusive(']').next()).unwrap_or_default();
        left.push_str(placeholder);
        from = span.end;
    }
    left.extend(characters.iter().skip(from));
    prop_assert_eq!(&left, &marked.text);
    Ok(())
}

/// Redacts a text, and what is left again.
fn redacted(redacting: &RefCell<TextMarker>, text: &str) -> Result<Marked, TestCaseError> {
    let mut redacting = redacting.borrow_mut();
    let marked = redacting.mark(Raw::seal(text.to_owned()));
    are_in_place(text, &marked)?;
    let again = redacting.mark(Raw::seal(marked.text.clone()));
    prop_assert_eq!(&again.text, &marked.text);
    prop_assert!(again.spans.is_empty());
    Ok(marked)
}

fn any_text_is_redacted_once(profile: Profile, lists: Lists, cases: u32) {
    let redacting = shared(profile, lists);
    hold(cases, &texts(), |text| redacted(&redacting, &text).map(drop));
}

fn what_is_planted_is_gone(
    profile: Profile,
    lists: Lists,
    cases: u32,
    planted: &impl Strategy<Value = Planted>,
) {
    let redacting = shared(profile, lists);
    hold(cases, planted, |Planted { text, must }| {
        let marked = redacted(&redacting, &text)?;
        let covered = |at: usize| marked.spans.iter().any(|span| (span.start..span.end).contains(&at));
        let left = must.iter().enumerate().find(|(at, must)| **must && !covered(*at));
        prop_assert!(left.is_none(), "{:?} is left as {:?}", text, marked.text);
        Ok(())
    });
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_fast() {
    any_text_is_redacted_once(Profile::Fast, Lists::default(), 500);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_standard() {
    any_text_is_redacted_once(Profile::Standard, Lists::default(), 60);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_strict() {
    any_text_is_redacted_once(Profile::Strict, Lists::default(), 60);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_with_lists_under_fast() {
    any_text_is_redacted_once(Profile::Fast, lists(), 500);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_with_lists_under_strict() {
    any_text_is_redacted_once(Profile::Strict, lists(), 60);
}

#[test]
fn personal_data_is_found_whole_however_it_is_written_under_fast() {
    what_is_planted_is_gone(Profile::Fast, Lists::default(), 1500, &disguise::personal());
}

#[test]
fn personal_data_is_found_whole_however_it_is_written_under_standard() {
    what_is_planted_is_gone(Profile::Standard, Lists::default(), 60, &disguise::personal());
}

#[test]
fn personal_data_is_found_whole_however_it_is_written_under_strict() {
    what_is_planted_is_gone(Profile::Strict, lists(), 60, &disguise::personal());
}

#[test]
fn what_an_organisation_knows_is_found_whole_however_it_is_written_under_fast() {
    what_is_planted_is_gone(Profile::Fast, lists(), 1000, &disguise::listed());
}

#[test]
fn what_an_organisation_knows_is_found_whole_however_it_is_written_under_standard() {
    what_is_planted_is_gone(Profile::Standard, lists(), 40, &disguise::listed());
}
