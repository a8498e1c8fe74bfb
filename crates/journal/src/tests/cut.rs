//! Forgetting the last minutes is deletion: the bytes go, the rest stays whole, and recording goes on.

use candor_model::Rect;

use super::house::{append, at, files, gap, open, reviewed, session, start, words};
use crate::{FORGOTTEN, Gap, SessionError, StateError, segment};

fn forgotten(from: i64, to: i64) -> Gap {
    gap(FORGOTTEN, from, to)
}

fn seconds(journal: &crate::Journal, n: u8) -> Vec<i64> {
    let steps = journal.view(session(n)).unwrap();
    steps.map(|step| (step.unwrap().content.step.at.wall.as_millis() - at(0).as_millis()) / 1000).collect()
}

#[test]
fn the_last_minutes_are_gone_from_the_files_and_recording_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.lock().unwrap().pen.segment_bytes_max = 2000;
    let mut writer = journal.begin(start(1)).unwrap();
    (0..20).for_each(|second| append(&mut writer, second).unwrap());
    let before = std::fs::read(super::house::segment(folder.path(), 1, 0)).unwrap();
    let count = files(folder.path()).len();
    let gone = writer.forget_since(at(5), at(20)).unwrap();
    assert_eq!((gone.steps, gone.whole), (15, false));
    assert!(gone.bytes > 0 && files(folder.path()).len() < count);
    assert_eq!(seconds(&journal, 1), [0, 1, 2, 3, 4]);
    append(&mut writer, 21).unwrap();
    writer.finish(at(22), None).unwrap();
    let told = words(&journal);
    drop(journal);
    let journal = open(folder.path());
    assert_eq!((words(&journal), journal.repairs()), (told, [].as_slice()));
    assert_eq!(seconds(&journal, 1), [0, 1, 2, 3, 4, 21]);
    assert_eq!(journal.gaps(session(1)).unwrap(), [forgotten(5, 20)]);
    let after = std::fs::read(super::house::segment(folder.path(), 1, 0)).unwrap();
    assert!(before.starts_with(&after), "what is kept is not written anew");
}

#[test]
fn a_picture_of_the_forgotten_time_goes_with_its_step_and_one_that_an_older_step_has_stays() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    // Three colours: the frame of 3 is the frame of 0.
    (0..4).for_each(|second| append(&mut writer, second).unwrap());
    writer.forget_since(at(1), at(4)).unwrap();
    let frames = journal.lock().unwrap().session(session(1)).unwrap().index.frames.len();
    assert_eq!((frames, seconds(&journal, 1)), (1, vec![0]));
    append(&mut writer, 6).unwrap();
    assert_eq!(journal.view(session(1)).unwrap().flatten().count(), 2);
}

#[test]
fn gaps_of_that_time_go_too_also_the_one_that_is_not_written_yet() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    writer.gap(gap("app", 1, 4)).unwrap();
    append(&mut writer, 5).unwrap();
    writer.gap(gap("site", 6, 7)).unwrap();
    writer.forget_since(at(3), at(8)).unwrap();
    writer.finish(at(9), None).unwrap();
    assert_eq!(journal.gaps(session(1)).unwrap(), [forgotten(1, 8)]);
    assert_eq!(seconds(&journal, 1), [0]);
}

#[test]
fn a_session_that_ended_in_that_time_is_cut_and_stays_ended_and_a_younger_one_goes_whole() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    (0..4).for_each(|second| append(&mut writer, second).unwrap());
    writer.finish(at(4), None).unwrap();
    assert!(!journal.forget_since(session(1), at(2), at(9)).unwrap().whole);
    assert_eq!(seconds(&journal, 1), [0, 1]);
    journal.mark_reviewed(session(1), at(9)).unwrap();
    let mut writer = journal.begin(start(2)).unwrap();
    append(&mut writer, 0).unwrap();
    drop(writer);
    assert!(journal.forget_since(session(2), at(0), at(9)).unwrap().whole);
    assert_eq!(journal.sessions().unwrap().len(), 1);
}

#[test]
fn nothing_of_that_time_is_nothing_changed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    let before = words(&journal);
    let gone = writer.forget_since(at(1), at(2)).unwrap();
    assert_eq!((gone.steps, gone.bytes, words(&journal)), (0, 0, before));
}

#[test]
fn what_was_decided_about_its_steps_is_not_lost_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 4);
    journal.mask(session(1), None, Rect { x: 0, y: 0, width: 2, height: 2 }).unwrap();
    let before = words(&journal);
    let refused = journal.forget_since(session(1), at(2), at(9)).unwrap_err();
    assert!(matches!(refused, SessionError::State { source: StateError::Marked, .. }), "{refused}");
    assert_eq!(words(&journal), before);
}

#[test]
fn a_cut_that_a_crash_interrupted_leaves_a_session_that_can_be_cut_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    journal.lock().unwrap().pen.segment_bytes_max = 2000;
    let mut writer = journal.begin(start(1)).unwrap();
    (0..20).for_each(|second| append(&mut writer, second).unwrap());
    drop((writer, journal));
    let last =
        (0..1_000).take_while(|n| super::house::segment(folder.path(), 1, *n).exists()).last().unwrap();
    std::fs::remove_file(segment::path(&folder.path().join(session(1).to_string()), last)).unwrap();
    let journal = open(folder.path());
    assert_eq!(journal.damaged().unwrap().len(), 0);
    let left = seconds(&journal, 1).len();
    assert!((6..20).contains(&left), "{left}");
    journal.forget_since(session(1), at(5), at(20)).unwrap();
    assert_eq!(seconds(&journal, 1), [0, 1, 2, 3, 4]);
}
