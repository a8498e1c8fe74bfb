//! How a recording and a consent end: cut off, withdrawn, given again.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::process::{Command, Stdio};

use serde_json::Value;
use support::{CANDOR, Road, fixture, isolated};

fn states(sessions: &Value) -> Vec<&str> {
    sessions.as_array().unwrap().iter().map(|session| session["state"].as_str().unwrap()).collect()
}

#[test]
fn a_recording_that_was_cut_off_waits_for_its_person_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let road = Road::open(folder.path());
    road.start_program();
    road.agree("anna", &["browser", "text-editor"]);
    cut_off_an_import(&road);
    let listed = road.types("anna", &["review", "list"]);
    assert_eq!(states(&listed), ["waits for you"], "{listed}");
    let session = listed[0]["session"].as_str().unwrap().to_owned();
    assert!(listed[0]["steps"].as_u64().unwrap() > 0, "{listed}");
    road.release("anna", &session);
    assert_eq!(states(&road.types("anna", &["review", "list"])), ["released"]);
}

/// Starts an import, and ends it by force as soon as something of it is on the disk.
fn cut_off_an_import(road: &Road) {
    let recording = fixture("mail-and-form").display().to_string();
    let mut command = Command::new(CANDOR);
    command.args(["import", &recording, "--server", &road.address, "--home", &road.path("people/anna")]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut import = isolated(&mut command, &road.dir).spawn().unwrap();
    let steps_are_written = || {
        let bytes = |file: &std::path::PathBuf| file.metadata().map_or(0, |about| about.len());
        support::files(&road.dir.join("people/anna/programs")).iter().map(bytes).sum::<u64>() > 200_000
    };
    while !steps_are_written() {
        assert!(import.try_wait().unwrap().is_none(), "the import ended before it could be cut off");
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();
}

#[test]
fn a_withdrawal_leaves_nothing_waiting_and_the_person_can_agree_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut road = Road::open(folder.path());
    road.start_program();
    road.agree("anna", &["browser", "text-editor"]);
    let session = road.import("anna", "mail-and-form");
    road.types("anna", &["review", "done", &session]);
    road.stop_server();
    road.fails("anna", &["withdraw"], 6);
    assert_eq!(states(&road.types("anna", &["review", "list"])), Vec::<&str>::new());
    road.start_server();
    let notice = road.types("anna", &["consent", "notice"])["digest"].as_str().unwrap().to_owned();
    let give = ["consent", "give", "--notice", &notice, "--purpose", "form-filling", "--app", "browser"];
    let again = [give.as_slice(), &["--field", "frame"]].concat();
    let told = road.fails("anna", &again, 2);
    assert!(told.contains("already"), "{told}");
    road.types("anna", &["withdraw"]);
    let given = road.types("anna", &again);
    assert_eq!(given["state"], "in force");
}

#[test]
fn what_was_imported_says_when_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let road = Road::open(folder.path());
    road.start_program();
    road.agree("ben", &["browser", "text-editor", "libreoffice-calc"]);
    let session = road.import("ben", "spreadsheet");
    road.release("ben", &session);
    road.compile("first");
    road.types("audrey", &["program", "policy", "--out", &road.path("policy.toml")]);
    let evidence = road.path("people/ravi/first/evidence");
    let report = road.types("audrey", &["verify", &evidence, "--policy", &road.path("policy.toml")]);
    let left_out = report["not_checked"].to_string();
    assert!(left_out.contains("1 imported session"), "{left_out}");
}
