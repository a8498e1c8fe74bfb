//! P4, P5 and P3 at review: what the person sees is what would leave, and what the gate refused is told without counts.

use candor_model::{FindingKind, Rect};

use super::house::{
    CANARY, append, at, contributor, entropy, files, gap, open, reviewed, session, set_task, start, step,
};
use crate::{Gap, ReleaseError, SessionError, State, StateError};

fn state<T>(result: Result<T, SessionError>) -> StateError {
    match result.map(drop) {
        Err(SessionError::State { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_that_was_recorded_is_on_the_disk_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 1).unwrap();
    writer.gap(gap("app.not-in-charter", 1, 2)).unwrap();
    writer.finish(at(3), None).unwrap();
    set_task(&journal, 1, CANARY).unwrap();
    let frame = super::house::frame(1);
    for path in files(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        for secret in [CANARY.as_bytes(), b"app.not-in-charter", b"email.addr", &frame[11..43]] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{}", path.display());
        }
    }
}

#[test]
fn refusals_for_the_same_reasons_become_one_gap_without_a_count() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    for second in 1..50 {
        writer.gap(gap("app", second, second)).unwrap();
    }
    writer.gap(gap("paused", 50, 60)).unwrap();
    append(&mut writer, 61).unwrap();
    writer.gap(gap("paused", 62, 61)).unwrap();
    assert_eq!(journal.gaps(session(1)).unwrap(), [gap("app", 1, 49), gap("paused", 50, 60)]);
    writer.finish(at(70), None).unwrap();
    assert_eq!(journal.gaps(session(1)).unwrap()[2], gap("paused", 62, 62));
    assert_eq!(journal.session(session(1)).unwrap().gaps, 3);
}

#[test]
fn a_gap_has_no_room_for_content() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    for codes in
        [vec![], vec!["Salary review - Mail".to_owned()], vec!["a".repeat(65)], vec!["a".to_owned(); 17]]
    {
        let refused = writer.gap(Gap { codes, from: at(0), to: at(0) });
        assert_eq!(state(refused), StateError::NotACode);
    }
}

#[test]
fn a_step_that_does_not_agree_with_its_frame_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    let mut other_bytes = step(0, 0);
    other_bytes.frame = Some(super::house::frame(9).into());
    let mut no_bytes = step(0, 0);
    no_bytes.frame = None;
    let mut no_reference = step(0, 0);
    no_reference.step.frame = None;
    for wrong in [other_bytes, no_bytes, no_reference] {
        assert_eq!(state(writer.append_content(wrong, u64::MAX)), StateError::NotAStep);
    }
    assert_eq!(journal.session(session(1)).unwrap().steps, 0);
}

#[test]
fn a_frame_is_stored_once_in_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    let one = journal.session(session(1)).unwrap().bytes;
    append(&mut writer, 3).unwrap();
    let two = journal.session(session(1)).unwrap().bytes;
    append(&mut writer, 4).unwrap();
    let other_frame = journal.session(session(1)).unwrap().bytes;
    // A digest, sides, and a tile: what a frame takes at least.
    assert!(two - one + 60 < other_frame - two, "{one} {two} {other_frame}");
}

#[test]
fn the_view_shows_marks_applied_and_numbers_of_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 4);
    let before: Vec<_> = journal.view(session(1)).unwrap().map(|step| step.unwrap().content).collect();
    journal.drop_step(session(1), 1).unwrap();
    journal.mask(session(1), Some(2), Rect { x: 1, y: 1, width: 3, height: 3 }).unwrap();
    let seen: Vec<_> = journal.view(session(1)).unwrap().map(Result::unwrap).collect();
    assert_eq!(seen.iter().map(|step| step.number).collect::<Vec<_>>(), [0, 2, 3]);
    assert_eq!(seen.iter().map(|step| step.content.step.ordinal).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(seen[0].content.frame, before[0].frame);
    assert_ne!(seen[1].content.frame, before[2].frame);
    assert_eq!(journal.view_step(session(1), 1).unwrap().content.frame, before[1].frame);
    journal.mask(session(1), None, Rect { x: 0, y: 0, width: 2, height: 2 }).unwrap();
    let all: Vec<_> = journal.view(session(1)).unwrap().map(Result::unwrap).collect();
    assert!(all.iter().zip(&seen).all(|(masked, plain)| masked.content.frame != plain.content.frame));
}

#[test]
fn a_review_holds_over_what_narrows_and_ends_with_what_widens() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 2);
    let state = || journal.session(session(1)).unwrap().state;
    journal.drop_step(session(1), 1).unwrap();
    journal.mask(session(1), None, Rect { x: 0, y: 0, width: 1, height: 1 }).unwrap();
    assert_eq!(state(), State::Reviewed);
    journal.restore_step(session(1), 1).unwrap();
    assert_eq!(state(), State::InReview);
    let refused = journal.release(session(1), &contributor(), at(0), &mut entropy());
    assert!(matches!(
        refused,
        Err(ReleaseError::Session(SessionError::State { source: StateError::NotReviewed, .. }))
    ));
    journal.mark_reviewed(session(1), at(5)).unwrap();
    set_task(&journal, 1, "reply to a letter").unwrap();
    assert_eq!(state(), State::InReview);
}

#[test]
fn findings_are_counted_over_what_would_be_released() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 3);
    set_task(&journal, 1, "write to [PERSON_1]").unwrap();
    journal.drop_step(session(1), 0).unwrap();
    let summary = journal.session(session(1)).unwrap();
    assert_eq!(summary.findings, [(FindingKind::Person, 1), (FindingKind::Email, 2)].into());
    assert_eq!((summary.steps, summary.dropped), (2, 1));
    assert_eq!(summary.task.as_deref(), Some("write to [PERSON_1]"));
}

#[test]
fn a_step_or_session_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    let none = |step| StateError::NoSuchStep { step };
    let nowhere = Rect { x: 0, y: 0, width: 1, height: 1 };
    assert_eq!(state(journal.drop_step(session(1), 1)), none(1));
    assert_eq!(state(journal.mask(session(1), Some(7), nowhere)), none(7));
    assert_eq!(state(journal.view_step(session(1), 1)), none(1));
    assert!(matches!(journal.gaps(session(2)), Err(SessionError::NotFound { .. })));
}

#[test]
fn an_interrupted_session_can_be_ended_and_a_recording_one_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let writer = journal.begin(start(1)).unwrap();
    assert_eq!(journal.session(session(1)).unwrap().state, State::Recording);
    assert_eq!(state(journal.finish(session(1), at(1), None)), StateError::NotFinished);
    assert_eq!(state(journal.mark_reviewed(session(1), at(1))), StateError::NotFinished);
    drop(writer);
    assert_eq!(journal.session(session(1)).unwrap().state, State::Interrupted);
    journal.finish(session(1), at(1), None).unwrap();
    assert_eq!(journal.session(session(1)).unwrap().state, State::InReview);
    assert_eq!(state(journal.finish(session(1), at(1), None)), StateError::Finished);
}

#[test]
fn a_region_outside_of_the_screen_never_makes_a_session_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 2);
    let outside = Rect { x: 900, y: 900, width: 5, height: 5 };
    let refused = journal.mask(session(1), Some(0), outside);
    assert!(matches!(refused, Err(SessionError::Mask { step: 0, .. })));
    journal.mask(session(1), None, outside).unwrap();
    assert_eq!(journal.view(session(1)).unwrap().map(Result::unwrap).count(), 2);
}
