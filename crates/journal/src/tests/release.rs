//! P5: nothing leaves without the person's review and release, and what leaves is exactly what was left.

use candor_model::bundle::Release;
use candor_model::{Digest, FindingKind, Outcome, Rect, SigningKey, Statement};

use super::house::{
    append, at, bundle_bytes, contributor, entropy, frames_of, gap, open, reviewed, session, set_task, start,
};
use crate::{Journal, ReleaseError, SessionError, State, StateError};

fn release(journal: &Journal, n: u8) -> Result<crate::Bundle, ReleaseError> {
    journal.release(session(n), &contributor(), at(2000), &mut entropy())
}

fn refused(journal: &Journal, n: u8) -> StateError {
    match release(journal, n) {
        Err(ReleaseError::Session(SessionError::State { source, .. })) => source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_released_before_it_has_ended_and_was_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0).unwrap();
    assert_eq!(refused(&journal, 1), StateError::NotFinished);
    writer.finish(at(1), None).unwrap();
    assert_eq!(refused(&journal, 1), StateError::NotReviewed);
    journal.mark_reviewed(session(1), at(2)).unwrap();
    assert!(release(&journal, 1).is_ok());
}

#[test]
fn another_contributors_key_releases_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    let other = SigningKey::from_seed(&[10; 32]);
    let refused = journal.release(session(1), &other, at(0), &mut entropy());
    assert!(matches!(refused, Err(ReleaseError::OtherContributor)));
    bundle_bytes(&journal, 1);
    let refused = journal.release(session(1), &other, at(0), &mut entropy());
    assert!(matches!(refused, Err(ReleaseError::OtherContributor)));
}

#[test]
fn a_session_with_every_step_dropped_is_not_released() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 2);
    journal.drop_step(session(1), 0).unwrap();
    journal.drop_step(session(1), 1).unwrap();
    assert!(matches!(release(&journal, 1), Err(ReleaseError::NothingLeft)));
    assert_eq!(journal.session(session(1)).unwrap().state, State::Reviewed);
}

#[test]
fn a_discarded_session_is_not_released() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    journal.discard(session(1)).unwrap();
    assert!(matches!(release(&journal, 1), Err(ReleaseError::Session(SessionError::NotFound { .. }))));
}

#[test]
fn what_leaves_is_what_was_left_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    for second in 0..4 {
        append(&mut writer, second).unwrap();
        writer.gap(gap("app.not-in-charter", 10, 11)).unwrap();
    }
    writer.finish(at(9), Some(Outcome::Success)).unwrap();
    set_task(&journal, 1, "write to [PERSON_1]").unwrap();
    journal.drop_step(session(1), 1).unwrap();
    journal.mask(session(1), Some(3), Rect { x: 0, y: 0, width: 4, height: 4 }).unwrap();
    journal.mark_reviewed(session(1), at(20)).unwrap();
    let viewed: Vec<_> = journal.view(session(1)).unwrap().map(|step| step.unwrap().content).collect();

    let bytes = bundle_bytes(&journal, 1);
    let contents = candor_bundle::read(bytes.as_slice()).unwrap();
    assert_eq!(contents.steps, viewed.iter().map(|content| content.step.clone()).collect::<Vec<_>>());
    assert_eq!(contents.steps.iter().map(|step| step.ordinal).collect::<Vec<_>>(), [0, 1, 2]);
    let frames = frames_of(&contents);
    for content in &viewed {
        let frame = content.step.frame.unwrap();
        assert_eq!(frames.get(&frame.digest).map(Vec::as_slice), content.frame.as_deref());
    }
    let header = &contents.manifest.header;
    assert_eq!(
        (header.session, header.consent, header.charter),
        (session(1), start(1).consent, start(1).charter)
    );
    assert_eq!((header.started, header.ended), (at(0), at(9)));
    assert_eq!(header.task.as_deref(), Some("write to [PERSON_1]"));
    assert_eq!(header.outcome, Some(Outcome::Success));
    assert_eq!(contents.manifest.findings.get(&FindingKind::Email), Some(&3));
    assert_eq!(contents.manifest.findings.get(&FindingKind::Person), Some(&1));
    let code = b"app.not-in-charter";
    assert!(!bytes.windows(code.len()).any(|window| window == code), "a gap is in the bundle");
    let dropped = journal.view_step(session(1), 1).unwrap().content;
    assert!(!frames.contains_key(&dropped.step.frame.unwrap().digest));
    let tiles: u32 = contents.frames.iter().map(|frame| frame.packed.fresh()).sum();
    assert_eq!(tiles, 3, "two colours and a masked one: no tile of what was dropped is in the bundle");
}

#[test]
fn the_release_is_signed_over_the_manifest_with_a_salt_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    reviewed(&journal, 2, 1);
    let signed = [1, 2].map(|n| {
        let bundle = release(&journal, n).unwrap();
        let statement = Statement::<Release>::verify(bundle.release(), &contributor().public()).unwrap();
        assert_eq!(statement.subject_digest(), Some(bundle.manifest_digest()));
        statement.predicate
    });
    assert_eq!(signed[0].consent, start(1).consent);
    assert_eq!(signed[0].released_at, at(2000));
    assert_eq!(signed[0].salt.len(), 64);
    assert_ne!(signed[0].salt, signed[1].salt);
}

#[test]
fn releasing_again_gives_the_same_bytes_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 3);
    journal.mask(session(1), None, Rect { x: 0, y: 0, width: 2, height: 2 }).unwrap();
    let first = bundle_bytes(&journal, 1);
    assert_eq!(bundle_bytes(&journal, 1), first);
    drop(journal);
    let journal = open(folder.path());
    assert_eq!(journal.session(session(1)).unwrap().state, State::Releasing);
    let later = journal.release(session(1), &contributor(), at(9999), &mut entropy()).unwrap();
    let mut bytes = Vec::new();
    later.write_to(&mut bytes).unwrap();
    assert_eq!(bytes, first);
}

#[test]
fn what_was_signed_can_not_be_changed_by_a_later_mark() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 2);
    release(&journal, 1).unwrap();
    let refused = journal.drop_step(session(1), 0).unwrap_err();
    assert!(matches!(refused, SessionError::State { source: StateError::Released, .. }));
}

#[test]
fn a_receipt_ends_the_release_and_lets_the_files_go() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    reviewed(&journal, 1, 1);
    let receipt = Digest::of(b"receipt");
    assert!(journal.mark_released(session(1), receipt).is_err());
    assert!(journal.forget(session(1)).is_err());
    release(&journal, 1).unwrap();
    assert!(journal.forget(session(1)).is_err());
    journal.mark_released(session(1), receipt).unwrap();
    assert_eq!(journal.session(session(1)).unwrap().state, State::Released { receipt });
    assert_eq!(refused(&journal, 1), StateError::Released);
    journal.forget(session(1)).unwrap();
    assert!(journal.sessions().unwrap().is_empty());
    assert!(!folder.path().join(session(1).to_string()).exists());
}
