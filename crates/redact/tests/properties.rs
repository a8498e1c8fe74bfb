//! Any Unicode under every profile: places are right, and redacting twice changes nothing more.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use candor_redact::{Lists, Models, Profile, Raw, TextMarker};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

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
        "\u{200b}",
        "\u{301}",
        "\n",
        "\t",
    ]);
    let piece = prop_oneof![3 => known.prop_map(str::to_owned), 2 => "\\PC{0,12}", 1 => "[ -~]{0,12}"];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

fn hold(profile: Profile, cases: u32) {
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let redacting = TextMarker::new(profile, &models, Lists::default(), [9; 32]).unwrap();
    let redacting = std::cell::RefCell::new(redacting);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&texts(), |text| {
            let marked = redacting.borrow_mut().mark(Raw::seal(text.clone()));
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
            let again = redacting.borrow_mut().mark(Raw::seal(marked.text.clone()));
            prop_assert_eq!(&again.text, &marked.text);
            prop_assert!(again.spans.is_empty());
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_fast() {
    hold(Profile::Fast, 500);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_standard() {
    hold(Profile::Standard, 60);
}

#[test]
fn any_text_is_redacted_once_and_in_its_place_under_strict() {
    hold(Profile::Strict, 60);
}
