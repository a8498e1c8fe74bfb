//! A picture that was redacted alone is redacted again by somebody who never saw it before: nothing more is found in it.
//!
//! The pictures are frames of real applications: paint beside icons, titles and fields is what a second look stumbles over.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

use std::path::{Path, PathBuf};

use candor_model::Tree;
use candor_redact::{ImageRedactor, Lists, Models, Profile, RedactedImage, TimeLeft, Whose, read_png};

const FRAMES: [(&str, &str); 3] =
    [("mail-and-form", "0028"), ("spreadsheet", "0022"), ("chat-and-notes", "0000")];

fn redactor(profile: Profile) -> ImageRedactor {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    ImageRedactor::new(profile, &models, Lists::default()).unwrap()
}

fn file(recording: &str, part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/desktop").join(recording).join(part)
}

fn redact(redactor: &mut ImageRedactor, png: Vec<u8>, tree: Option<&Tree>, whose: Whose) -> RedactedImage {
    let raw = read_png(png).unwrap();
    redactor.redact_alone(raw, tree, whose, &|| TimeLeft::Enough).unwrap().into_content()
}

fn changes_nothing_more(profile: Profile, recording: &str, frame: &str, tree: Option<&Tree>, whose: Whose) {
    let png = std::fs::read(file(recording, &format!("frames/{frame}.png"))).unwrap();
    let stored = redact(&mut redactor(profile), png.clone(), tree, whose).png().unwrap();
    assert_ne!(stored, png, "{recording} {frame}: nothing was masked");
    let again = redact(&mut redactor(profile), stored.clone(), tree, whose);
    // What a tree says must not be read is masked each time.
    if tree.is_none() {
        assert_eq!(again.report.findings, [], "{recording} {frame} {profile:?}");
    }
    assert_eq!(again.png().unwrap(), stored, "{recording} {frame} {profile:?}");
}

#[test]
fn a_picture_of_real_applications_is_the_same_after_a_second_redaction() {
    for (recording, frame) in FRAMES {
        changes_nothing_more(Profile::Standard, recording, frame, None, Whose::Own);
    }
    changes_nothing_more(Profile::Fast, "mail-and-form", "0001", None, Whose::Own);
    changes_nothing_more(Profile::Strict, "spreadsheet", "0004", None, Whose::Own);
}

#[test]
fn with_a_tree_a_picture_is_the_same_after_a_second_redaction_too() {
    let (recording, frame) = FRAMES[2];
    let bytes = std::fs::read(file(recording, &format!("trees/{frame}.json"))).unwrap();
    let tree: Tree = serde_json::from_slice(&bytes).unwrap();
    for whose in [Whose::Own, Whose::Others] {
        changes_nothing_more(Profile::Standard, recording, frame, Some(&tree), whose);
    }
}

#[test]
fn a_terminal_full_of_keys_and_names_is_not_lost_for_what_is_found_between_its_masks() {
    // Rendered by `xtask/deid/screens.py`: screen 1256 of the seed `sitting-a`. After four rounds every line goes, and a sliver of one is seen yet.
    let screen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/terminal.png");
    let mut redactor = redactor(Profile::Standard);
    let stored = redact(&mut redactor, std::fs::read(screen).unwrap(), None, Whose::Own).png().unwrap();
    assert_eq!(redact(&mut redactor, stored, None, Whose::Own).report.findings, []);
}
