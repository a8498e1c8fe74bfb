//! The gate comes before the content: recordings, permits by the real law, and the real redactor.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may panic like tests")]

mod house;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use candor_consent::Field;
use candor_intake::{IntakeError, Recording};
use candor_model::Action;
use candor_redact::{Lists, Models, Profile, Redactor};
use house::House;
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/desktop").join(name)
}

fn redactor() -> Redactor {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let models = Models::open(&models).unwrap();
    Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models).unwrap()
}

/// The contexts of a recording and nothing else: whatever opens a file of content fails.
fn without_content(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["recording.json", "contexts.jsonl"] {
        std::fs::copy(fixture(name).join(file), folder.path().join(file)).unwrap();
    }
    folder
}

/// Per step, whether the gate refused it, and whether its content was opened.
fn walk(house: &House, recording: &Recording) -> Vec<(bool, bool)> {
    let walked = |step: candor_intake::PendingStep<'_>| match house.judge(&step.front().context()) {
        Err(_) => (true, false),
        Ok(permit) => {
            let windows = house.windows(&step);
            let opened = step.read(&permit, windows);
            assert!(matches!(opened, Err(IntakeError::Missing { .. })), "{opened:?}");
            (false, true)
        }
    };
    recording.steps().map(walked).collect()
}

#[test]
fn a_refused_step_opens_no_file_of_content() {
    let house = House::new(&Field::ALL);
    let folder = without_content("mail-and-form");
    let recording = Recording::open(folder.path()).unwrap();
    let refused: BTreeSet<_> = recording
        .steps()
        .filter(|step| step.front().context().site == Some("health.example.test"))
        .map(|step| step.ordinal())
        .collect();
    assert!(refused.len() >= 4);
    for (n, (was_refused, opened)) in walk(&house, &recording).into_iter().enumerate() {
        assert_eq!((was_refused, opened), (refused.contains(&n), !refused.contains(&n)), "step {n}");
    }
}

#[test]
fn private_windows_and_unlisted_applications_are_refused() {
    let house = House::new(&Field::ALL);
    for name in ["chat-and-notes", "spreadsheet"] {
        let folder = without_content(name);
        let recording = Recording::open(folder.path()).unwrap();
        let steps: Vec<_> = recording.steps().collect();
        for (step, (refused, _)) in steps.iter().zip(walk(&house, &recording)) {
            let front = step.front().context();
            let must = front.private || ["Galculator", "XTerm"].contains(&front.window_class);
            assert!(refused || !must, "step {} of {name}", step.ordinal());
        }
    }
}

#[test]
fn a_raw_folder_with_a_browser_is_refused_there() {
    let house = House::new(&Field::ALL);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ducktrack/refund-sheet");
    let copy = tempfile::tempdir().unwrap();
    for file in ["metadata.json", "events.jsonl", "task_name.json"] {
        std::fs::copy(folder.join(file), copy.path().join(file)).unwrap();
    }
    let windows = std::fs::read_to_string(folder.join("top_window.jsonl")).unwrap();
    let windows = windows.replace("msedge", "Chromium").replace("\"LibreOffice\"", "\"libreoffice-calc\"");
    std::io::Write::write_all(
        &mut std::fs::File::create(copy.path().join("top_window.jsonl")).unwrap(),
        windows.as_bytes(),
    )
    .unwrap();
    let recording = Recording::open(copy.path()).unwrap();
    let classes: Vec<_> =
        recording.steps().map(|step| step.front().context().window_class == "Chromium").collect();
    let refused: Vec<_> =
        recording.steps().map(|step| house.judge(&step.front().context()).is_err()).collect();
    assert_eq!(refused, classes);
    assert_eq!(refused.iter().filter(|refused| **refused).count(), 2);
}

#[test]
fn a_permit_opens_no_step_of_another_site() {
    let house = House::new(&Field::ALL);
    let folder = without_content("mail-and-form");
    let recording = Recording::open(folder.path()).unwrap();
    let permit = house.judge(&recording.steps().next().unwrap().front().context()).unwrap();
    assert_eq!(permit.site().unwrap().as_str(), "mail.example.test");
    let health =
        recording.steps().find(|step| step.front().context().site == Some("health.example.test")).unwrap();
    let windows = house.windows(&health);
    assert!(matches!(health.read(&permit, windows), Err(IntakeError::OtherPermit { .. })));
}

#[test]
fn windows_that_were_not_judged_open_nothing() {
    let house = House::new(&Field::ALL);
    let folder = without_content("mail-and-form");
    let recording = Recording::open(folder.path()).unwrap();
    let step = recording.steps().next().unwrap();
    let permit = house.judge(&step.front().context()).unwrap();
    assert!(matches!(step.read(&permit, Vec::new()), Err(IntakeError::OtherWindows { .. })));
}

#[test]
fn without_the_frame_in_the_consent_no_picture_is_opened() {
    let fields = [Field::Pointer, Field::TypedText, Field::Tree];
    let house = House::new(&fields);
    let folder = without_content("mail-and-form");
    for part in ["steps", "trees"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
        let file = Path::new(part).join("0000.json");
        std::fs::copy(fixture("mail-and-form").join(&file), folder.path().join(&file)).unwrap();
    }
    let recording = Recording::open(folder.path()).unwrap();
    let read = |house: &House| {
        let step = recording.steps().next().unwrap();
        let permit = house.judge(&step.front().context()).unwrap();
        let windows = house.windows(&step);
        step.read(&permit, windows)
    };
    let mut redactor = redactor();
    let step = redactor.redact(read(&house).unwrap()).unwrap().into_content();
    assert!(step.frame.is_none() && step.tree.is_some() && step.step.window.title.is_none());
    assert!(matches!(read(&House::new(&Field::ALL)), Err(IntakeError::Missing { .. })));
}

#[test]
fn a_password_goes_from_the_recording_to_the_redactor_and_no_further() {
    let house = House::new(&Field::ALL);
    let recording = Recording::open(&fixture("mail-and-form")).unwrap();
    let mut redactor = redactor();
    let password = "Quartz-Heron-58!";
    let is_password = |step: &candor_intake::PendingStep<'_>| {
        let file = fixture("mail-and-form").join(format!("steps/{:04}.json", step.ordinal()));
        std::fs::read_to_string(file).unwrap().contains(password)
    };
    let step = recording.steps().find(is_password).expect("the recording holds a typed password");
    let permit = house.judge(&step.front().context()).unwrap();
    let windows = house.windows(&step);
    let raw = step.read(&permit, windows).unwrap();
    assert_eq!(format!("{raw:?}"), "Raw(..)");
    let redacted = redactor.redact(raw).unwrap().into_content();
    assert_eq!(redacted.step.action, Action::Keys { count: 16 });
    assert_eq!(redacted.step.at.wall, permit.at(), "the time that counts is the permit's");
    assert!(!serde_json::to_string(&redacted.step).unwrap().contains(password));
}

#[test]
fn the_task_comes_sealed() {
    let recording = Recording::open(&fixture("chat-and-notes")).unwrap();
    let task = recording.task().unwrap();
    assert_eq!(format!("{task:?}"), "Raw(..)");
    let mut redactor = redactor();
    let (text, findings) = redactor.redact_text(task).into_content();
    assert!(!text.contains("Lindqvist") && !findings.is_empty());
}
