//! P7: what became of a session, its contributor can ask, and nobody else.

use std::collections::BTreeMap;

use candor_consent::Question;
use candor_model::{Digest, Envelope, Export, Statement};

use super::world::*;
use crate::testing::{at, seeded};
use crate::{ExportRecord, QuestionError};

fn exported(world: &mut World, n: u64, sessions: &[u8]) -> Digest {
    let dataset = Digest::of(format!("dataset {sessions:?}").as_bytes());
    let request = world.request_numbered("form-filling", n);
    let record = ExportRecord {
        dataset,
        request: &request,
        sessions: sessions.iter().map(|n| (session(*n), 3)).collect::<BTreeMap<_, _>>(),
        records: Digest::of(b"records"),
        supersedes: None,
    };
    world.vault.record_export(&record, at(USED), &mut seeded(600)).unwrap();
    dataset
}

/// Contributor `who` asks about the session of contributor `whose`.
fn question(world: &World, who: u8, whose: u8) -> Envelope {
    Question::sign(&world.consent(who), session(whose), at(USED), &contributor(who)).unwrap()
}

#[test]
fn a_contributor_hears_of_every_export_that_holds_their_session_with_its_proof() {
    let mut world = World::filled();
    assert!(world.vault.uses(&question(&world, 0, 0), at(USED)).unwrap().is_empty());
    let both = exported(&mut world, 1, &[0, 1]);
    let other = exported(&mut world, 2, &[1]);
    // The same version, to the same recipient once more.
    exported(&mut world, 3, &[0, 1]);
    let datasets = |world: &World, n| {
        let uses = world.vault.uses(&question(world, n, n), at(USED)).unwrap();
        let organisation = world.vault.organisation();
        let read = |export| Statement::<Export>::verify(export, &organisation).unwrap();
        let mut leaves: Vec<u64> = uses.iter().map(|export| export.leaf).collect();
        leaves.dedup();
        assert_eq!(leaves.len(), uses.len(), "each has a leaf of its own");
        assert!(uses.iter().all(|used| used.proof.decode().is_some()));
        uses.iter().map(|used| read(&used.export).subject_digest().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(datasets(&world, 0), [both, both]);
    assert_eq!(datasets(&world, 1), [both, other, both]);
}

#[test]
fn nobody_else_hears_of_it() {
    let mut world = World::filled();
    exported(&mut world, 1, &[0, 1]);
    // About the session of somebody else, under one's own consent.
    let refused = world.vault.uses(&question(&world, 0, 1), at(USED)).unwrap_err();
    assert!(matches!(refused, QuestionError::UnknownSession(_)), "{refused:?}");
    // Under somebody else's consent, with one's own key.
    let forged = Question::sign(&world.consent(1), session(1), at(USED), &contributor(0)).unwrap();
    let refused = world.vault.uses(&forged, at(USED)).unwrap_err();
    assert_eq!(refused.code(), "question_refused");
    // A question that was kept.
    let late = at(USED).plus_millis(crate::CLOCK_SKEW_MS_MAX + 1);
    assert_eq!(world.vault.uses(&question(&world, 0, 0), late).unwrap_err().code(), "question_time");
    // After a withdrawal the answer is that of a session that never was.
    let kept = question(&world, 0, 0);
    world.withdraw(0).unwrap();
    let refused = world.vault.uses(&kept, at(USED)).unwrap_err();
    assert!(matches!(refused, QuestionError::UnknownSession(_)), "{refused:?}");
}
