//! P16: killed at each commit point, the journal opens again with all that was said to be done, and nothing half.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use candor_model::{Digest, Rect};

use super::house::{KEY, append, at, contributor, entropy, gap, open, session, start, words};
use crate::{COMMIT_POINTS, Hook, Journal, SessionWriter};

const FOLDER: &str = "CANDOR_TEST_JOURNAL_FOLDER";
const KILL_AT: &str = "CANDOR_TEST_JOURNAL_KILL_AT";
const DONE: &str = "done: ";

/// What the child does, one line of output after each.
const ACTS: [&str; 12] = [
    "begin",
    "first step",
    "gap and second step",
    "third step",
    "last minutes forgotten",
    "finish",
    "drop",
    "mask",
    "review",
    "release",
    "receipt",
    "forget",
];

fn act(journal: &Journal, writer: &mut Option<SessionWriter>, name: &str) {
    match name {
        "begin" => *writer = Some(journal.begin(start(1)).unwrap()),
        "first step" => append(writer.as_mut().unwrap(), 0).unwrap(),
        "gap and second step" => {
            writer.as_mut().unwrap().gap(gap("app", 1, 2)).unwrap();
            append(writer.as_mut().unwrap(), 1).unwrap();
        }
        "third step" => append(writer.as_mut().unwrap(), 5).unwrap(),
        "last minutes forgotten" => {
            writer.as_mut().unwrap().forget_since(at(4), at(6)).unwrap();
        }
        "finish" => writer.take().unwrap().finish(at(3), None).unwrap(),
        "drop" => journal.drop_step(session(1), 0).unwrap(),
        "mask" => journal.mask(session(1), None, Rect { x: 0, y: 0, width: 2, height: 2 }).unwrap(),
        "review" => journal.mark_reviewed(session(1), at(4)).unwrap(),
        "release" => {
            journal.release(session(1), &contributor(), at(5), &mut entropy()).unwrap();
        }
        "receipt" => journal.mark_released(session(1), Digest::of(b"receipt")).unwrap(),
        "forget" => journal.forget(session(1)).unwrap(),
        other => panic!("{other}"),
    }
}

fn killed_at(nth: usize) -> Hook {
    let reached = AtomicUsize::new(0);
    Arc::new(move |point| {
        if reached.fetch_add(1, Ordering::SeqCst) == nth {
            eprintln!("killed at {point}");
            let _ = Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
            loop {
                std::thread::park();
            }
        }
    })
}

/// Does nothing unless the test below starts it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a child is told its task by its parent and answers")]
fn the_child_that_is_killed() {
    let (Ok(folder), Ok(nth)) = (std::env::var(FOLDER), std::env::var(KILL_AT)) else { return };
    let hook = killed_at(nth.parse().unwrap());
    let journal = Journal::open(Path::new(&folder), &KEY, &mut entropy(), hook).unwrap();
    let mut writer = None;
    for name in ACTS {
        act(&journal, &mut writer, name);
        println!("{DONE}{name}");
    }
}

/// Words for the journal after each act, all of them done in order by one program; the first is of an empty journal.
fn expected() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = None;
    let mut states = vec![words(&journal)];
    for name in ACTS {
        act(&journal, &mut writer, name);
        // A child that is killed is no longer recording.
        states.push(words(&journal).replace("state: Recording", "state: Interrupted"));
    }
    states
}

/// Runs the child; returns the number of acts it finished and the commit point where it was killed.
fn run(folder: &Path, nth: usize) -> (usize, Option<String>) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::the_child_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .env(KILL_AT, nth.to_string())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8(child.stdout).unwrap();
    let err = String::from_utf8(child.stderr).unwrap();
    let point = err.lines().find_map(|line| line.split_once("killed at ")).map(|(_, point)| point.to_owned());
    assert!(child.status.success() || point.is_some(), "{out}{err}");
    (out.matches(DONE).count(), point)
}

#[test]
fn a_kill_at_any_commit_point_leaves_all_that_was_done_and_nothing_half() {
    let expected = expected();
    let mut points = std::collections::BTreeSet::new();
    for nth in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let (done, point) = run(folder.path(), nth);
        let Some(point) = point else { break };
        // A second opening finds nothing more to mend.
        let found = words(&open(folder.path()));
        let again = open(folder.path());
        assert_eq!(again.repairs(), []);
        assert_eq!(words(&again), found, "act {done}, {point}");
        check(&expected, done, &point, &found);
        points.insert(point);
    }
    assert_eq!(points, COMMIT_POINTS.map(str::to_owned).into());
}

fn check(expected: &[String], done: usize, point: &str, found: &str) {
    let before = found == expected[done];
    let after = found == expected[done + 1];
    // Two acts have a state in between: the gap without the step, and the step gone without the gap that says so.
    let between = ACTS[done] == "gap and second step" && found.contains(r#"codes: ["app"]"#)
        || ACTS[done] == "last minutes forgotten" && found == expected[done - 1];
    match point {
        "journal.records.synced" => assert!(after || between, "act {done}, {point}: {found}"),
        "journal.delete.marked" | "journal.delete.done" => assert!(after, "act {done}, {point}: {found}"),
        _ => assert!(before || after || between, "act {done}, {point}: {found}"),
    }
}
