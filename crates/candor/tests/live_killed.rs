//! `candor record` on a real desktop, killed at moments that a seed chooses: the journal opens, every step that it holds can be looked
//! at, and nothing raw is on the disk.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod recording;
mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use desktop::Desktop;
use recording::Numbers;
use support::Road;

/// How often the recording is killed.
const ROUNDS: u32 = 12;
/// Longest time until it is, in milliseconds.
const ALIVE_MS_MAX: u32 = 1_500;
/// Longest time until one is that is told to pause and to forget, in milliseconds.
const FORGETS_MS_MAX: u32 = 400;
/// What stands in windows that nobody may record, and what is typed.
const CANARIES: [&str; 3] = ["canary-beside", "canary-over", "canary-typed"];

#[test]
fn a_recording_that_is_killed_at_any_moment_leaves_a_journal_that_opens_and_nothing_raw() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    let editor = desktop.mousepad();
    desktop.canary("canary-beside", (900, 100), true);
    desktop.canary("canary-over", (300, 350), false);
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["text-editor"]);
    // The control: what would be found.
    support::put(&dir.path().join("control"), b"..canary-typed..");
    assert_eq!(recording::leaks(dir.path(), &CANARIES).len(), 1);
    std::fs::remove_file(dir.path().join("control")).unwrap();
    let mut numbers = Numbers::of_test();
    let mut steps = 0;
    for round in 0..ROUNDS {
        let mut recording = recording::start(&road, "anna", &desktop.display, &[]);
        let alive = Duration::from_millis(numbers.below(ALIVE_MS_MAX).into());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(alive);
                recording.kill();
            });
            desktop.focus(editor);
            desktop.click(100, 200);
            desktop.types("canary-typed");
            desktop.click(1000, 200);
            desktop.click(120, 220);
            desktop.xdotool(&["click", "--repeat", "3", "--delay", "20", "5"]);
        });
        steps = steps_of_all(&road);
        let found = recording::leaks(dir.path(), &CANARIES);
        assert_eq!(found, Vec::<String>::new(), "round {round}, killed after {alive:?}; {numbers:?}");
    }
    assert!(steps > 0, "no killed recording had a step: nothing was tested; {numbers:?}");
}

#[test]
fn a_recording_that_is_killed_while_it_pauses_or_forgets_keeps_nothing_that_was_said_to_be_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    let editor = desktop.mousepad();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["text-editor"]);
    let mut numbers = Numbers::of_test();
    let (mut forgotten, mut raced) = (0, 0);
    for round in 0..ROUNDS {
        let mut recording = recording::start(&road, "anna", &desktop.display, &[]);
        desktop.focus(editor);
        desktop.click(100, 200);
        desktop.types("canary-typed");
        let alive = Duration::from_millis(numbers.below(FORGETS_MS_MAX).into());
        let killed = AtomicBool::new(false);
        let (lived, forgot) = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(alive);
                killed.store(true, Ordering::SeqCst);
                recording.kill();
            });
            let done = |words: &[&str]| road.command("anna", words).output().unwrap().status.success();
            let _ = done(&["agent", "pause"]);
            let lived = !killed.load(Ordering::SeqCst);
            (lived, done(&["agent", "forget", "--minutes", "10"]))
        });
        let left = steps_of_all(&road);
        assert!(!forgot || left == 0, "round {round}, killed after {alive:?}: {left} steps; {numbers:?}");
        assert_eq!(
            recording::leaks(dir.path(), &CANARIES),
            Vec::<String>::new(),
            "round {round}; {numbers:?}"
        );
        assert_eq!(road.status("anna")["on"], "off");
        forgotten += u32::from(forgot);
        raced += u32::from(lived && forgot);
        road.types("anna", &["agent", "forget", "--minutes", "10"]);
        assert_eq!(steps_of_all(&road), 0);
        road.types("anna", &["agent", "resume"]);
    }
    eprintln!("{forgotten} of {ROUNDS} forgot, {raced} of them while it lived when that began");
    assert!(raced > 0, "nothing was forgotten in time: nothing was tested; {numbers:?}");
}

/// How many steps can be looked at, in all recordings.
fn steps_of_all(road: &Road) -> usize {
    let told = road.types("anna", &["review", "list"]);
    let ids = told.as_array().unwrap().iter().map(|session| session["session"].as_str().unwrap());
    ids.map(|id| road.types("anna", &["review", "show", id])["steps"].as_array().unwrap().len()).sum()
}

#[test]
fn a_recording_that_crashes_leaves_no_copy_of_its_memory() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    desktop.mousepad();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["text-editor"]);
    let unlimited = ["sh", "-c", r#"ulimit -c unlimited; exec "$0" "$@""#];
    let mut recording = recording::start(&road, "anna", &desktop.display, &unlimited);
    desktop.click(100, 200);
    // Where crashes are piped to a program, none would be left in the folder: the limit tells.
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", recording.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    recording.signal("ABRT");
    recording.child.wait().unwrap();
    let left = support::files(&dir.path().join("temporary"));
    assert_eq!(left, Vec::<std::path::PathBuf>::new());
}
