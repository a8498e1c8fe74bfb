//! Commands that no other test types: the end of a program, one dataset version, another tool's recording, completions,
//! the doctor.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{Road, SIGNERS, put};

fn state(road: &Road) -> String {
    road.types("audrey", &["program", "show"])["state"].as_str().unwrap().to_owned()
}

#[test]
fn one_signer_halts_and_only_all_four_together_resume() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.types("wanda", &["halt", "--reason", "an open question"]);
    assert_eq!(state(&road), "Halted: nothing is collected");
    let resume = ["program", "resume", "--reason", "answered"];
    road.fails("priya", &resume, 3);
    for (person, role) in SIGNERS {
        assert_eq!(state(&road), "Halted: nothing is collected", "before {person} signed");
        road.fails("priya", &resume, 3);
        road.types(person, &["program", "sign", "--role", role, "--reason", "answered"]);
    }
    road.types("priya", &resume);
    assert_eq!(state(&road), "Running as a pilot");
}

#[test]
fn a_closed_program_collects_nothing_and_never_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    road.types("priya", &["program", "close", "--reason", "the pilot is over"]);
    assert!(state(&road).starts_with("Clos"), "{}", state(&road));
    road.fails("anna", &["import", &support::fixture("mail-and-form").display().to_string()], 3);
    for verb in ["start", "resume"] {
        road.fails("priya", &["program", verb, "--reason", "once more"], 3);
    }
    // P10: leaving works while nothing is collected.
    road.types("anna", &["withdraw"]);
}

#[test]
fn a_dataset_version_is_shown_by_its_first_digits_and_says_when_it_holds_something_withdrawn() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser", "text-editor", "libreoffice-calc"]);
    let session = road.import("anna", "spreadsheet");
    road.release("anna", &session);
    let version = road.compile("first")["version"].as_str().unwrap().to_owned();
    let prefix = version.get(..12).unwrap();
    let shown = road.types("ravi", &["dataset", "show", prefix]);
    assert_eq!((&shown["dataset"], &shown["flagged_at"]), (&Value::from(version.as_str()), &Value::Null));
    assert_eq!(
        (&shown["purpose"], &shown["sessions"]),
        (&Value::from("form-filling"), &Value::from("fewer than 10"))
    );
    // The same recipe over the same sessions is the same version: no second one is listed.
    assert_eq!(road.compile("again")["version"], version.as_str());
    assert_eq!(road.types("ravi", &["dataset", "list"]).as_array().unwrap().len(), 1);
    road.types("anna", &["withdraw"]);
    let shown = road.types("ravi", &["dataset", "show", prefix]);
    assert!(shown["flagged_at"].is_string(), "{shown}");
}

#[test]
fn a_recording_of_another_tool_goes_through_the_same_gate() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["libreoffice-calc"]);
    let folder = dir.path().join("track");
    support::copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ducktrack/refund-sheet"),
        &folder,
    );
    let windows = folder.join("top_window.jsonl");
    let text = std::fs::read_to_string(&windows).unwrap();
    support::put(&windows, text.replace("\"LibreOffice\"", "\"libreoffice-calc\"").as_bytes());
    let told = road.types("anna", &["import", &folder.display().to_string()]);
    let session = told["session"].as_str().unwrap();
    let shown = road.types("anna", &["review", "show", session]).to_string();
    assert!(shown.contains("libreoffice-calc"), "{shown}");
    // The browser has no site in such a recording, and is in nothing that was kept.
    assert!(!shown.contains("msedge") && !shown.contains("browser"), "{shown}");
    // No tree tells a password field there: what was typed is counted.
    assert!(!shown.contains("Laura") && !shown.contains("Johnson"), "{shown}");
    road.release("anna", session);
}

#[test]
fn every_shell_has_completions_of_every_command() {
    let dir = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let mut command = std::process::Command::new(support::CANDOR);
        let output =
            support::isolated(&mut command, dir.path()).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        for word in ["withdraw", "release", "doctor", "completions", "--reason"] {
            // Some shells write a flag without its dashes.
            assert!(script.contains(word.trim_start_matches('-')), "{shell} does not know {word}");
        }
    }
    assert!(support::files(dir.path()).is_empty(), "completions wrote something");
}

#[test]
fn the_doctor_finds_a_sound_installation_sound() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    let checks = road.types("anna", &["doctor"]);
    let checks = checks.as_array().unwrap();
    let what: Vec<&str> = checks.iter().map(|check| check["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["your folder", "the server", "withdrawals", "the log", "a consent"]);
    assert!(checks.iter().all(|check| check["ok"] == true), "{checks:?}");
    let log = road.types("anna", &["doctor", "--log"]);
    assert!(log["log_size"].as_u64().is_some_and(|size| size > 5), "{log}");
}

#[test]
fn a_recording_is_searched_by_the_lists_of_its_device_and_a_broken_list_stops_it() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser", "text-editor", "libreoffice-calc"]);
    let shown = |session: &str| road.types("anna", &["review", "show", session]).to_string();
    let plain = road.import("anna", "spreadsheet");
    assert!(shown(&plain).contains("refund list"), "{}", shown(&plain));
    let lists = dir.path().join("people/anna/lists");
    std::fs::create_dir_all(&lists).unwrap();
    put(&lists.join("words.txt"), b"refund list\n");
    let masked = road.import("anna", "spreadsheet");
    assert!(!shown(&masked).contains("refund list"), "{}", shown(&masked));
    put(&lists.join("rules.toml"), b"[[rule]]");
    road.fails("anna", &["import", &support::fixture("spreadsheet").display().to_string()], 4);
    let listed = road.types("anna", &["review", "list"]).to_string();
    assert_eq!(listed.matches("\"session\"").count(), 2, "{listed}");
}
