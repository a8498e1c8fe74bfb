//! Uses and exports: one purpose, one request, and nothing that was not decided again.

use std::collections::BTreeMap;

use candor_model::{Digest, Export, SessionId, Statement};

use super::world::*;
use crate::testing::{at, seeded};
use crate::{ExportError, ExportRecord, Exported};

type Recorded = Result<Exported, ExportError>;

fn record(world: &mut World, n: u64, name: &str, sessions: &[(SessionId, u64)]) -> Recorded {
    record_at(world, n, name, sessions, USED)
}

fn record_at(world: &mut World, n: u64, name: &str, sessions: &[(SessionId, u64)], now: &str) -> Recorded {
    let request = world.request_numbered("form-filling", n);
    let record = ExportRecord {
        dataset: Digest::of(name.as_bytes()),
        request: &request,
        sessions: sessions.iter().copied().collect::<BTreeMap<_, _>>(),
        records: Digest::of(b"records"),
        supersedes: None,
    };
    world.vault.record_export(&record, at(now), &mut seeded(600 + n))
}

#[test]
fn a_purpose_that_no_consent_covers_gets_nothing_and_hears_why() {
    let world = World::filled();
    let error = world.vault.permit_use(&world.request("usability-research"), at(USED)).unwrap_err();
    assert_eq!(error.code(), "use_refused");
    assert!(error.to_string().contains("does not cover the purpose usability-research"), "{error}");
    let error = world.vault.permit_use(&world.request("anything-else"), at(USED)).unwrap_err();
    assert!(error.to_string().contains("no purpose anything-else"), "{error}");
}

#[test]
fn a_request_by_anybody_but_a_recipient_is_refused() {
    let world = World::filled();
    let purpose = "form-filling".parse().unwrap();
    let request = candor_consent::DatasetRequest::new(&world.charter, purpose, at(USED), &mut seeded(1));
    let forged = request.sign(Digest::of(b"recipe"), &contributor(0)).unwrap();
    assert_eq!(world.vault.permit_use(&forged, at(USED)).unwrap_err().code(), "request_refused");
    let surplus = world.request("form-filling").countersign(&contributor(0)).unwrap();
    assert_eq!(world.vault.permit_use(&surplus, at(USED)).unwrap_err().code(), "signature_surplus");
    let old = world.vault.permit_use(&world.request("form-filling"), at("2026-03-10T12:00:00Z"));
    assert_eq!(old.unwrap_err().code(), "request_time");
}

#[test]
fn a_permit_opens_no_session_of_another_consent() {
    let world = World::filled();
    let usable = world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    let first = usable.iter().find(|usable| usable.session == session(0)).unwrap();
    let error = world.vault.open_session(&first.permit, session(1)).unwrap_err();
    assert_eq!(error.code(), "other_consent");
}

#[test]
fn recordings_past_their_retention_are_not_used() {
    let world = World::running_with(&[("retention_days", "1")]);
    let mut world = world;
    world.grant(0).unwrap();
    world.admit(&world.bundle(0)).unwrap();
    let request = world.request("form-filling");
    assert!(world.vault.permit_use(&request, at(USED)).is_ok());
    let error = world.vault.permit_use(&request, at("2026-03-03T10:00:00Z")).unwrap_err();
    assert_eq!(error.code(), "use_refused");
}

#[test]
fn an_export_of_what_was_withdrawn_meanwhile_is_refused() {
    let mut world = World::filled();
    world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    world.withdraw(0).unwrap();
    let error = record_at(&mut world, 0, "a", &[(session(0), 3), (session(1), 3)], WITHDRAWN);
    assert!(matches!(error, Err(ExportError::Use(_))), "{error:?}");
    assert!(world.vault.datasets(&world.charter.digest()).unwrap().is_empty());
}

#[test]
fn empty_unknown_and_invented_contents_are_refused() {
    let mut world = World::filled();
    assert_eq!(record(&mut world, 0, "a", &[]).unwrap_err().code(), "dataset_empty");
    assert_eq!(record(&mut world, 0, "a", &[(session(7), 1)]).unwrap_err().code(), "use_refused");
    assert_eq!(record(&mut world, 0, "a", &[(session(0), 4)]).unwrap_err().code(), "too_many_steps");
}

#[test]
fn a_request_is_answered_with_one_dataset() {
    let mut world = World::filled();
    let first = record(&mut world, 0, "a", &[(session(0), 3)]).unwrap();
    assert_eq!(record(&mut world, 0, "a", &[(session(0), 3)]).unwrap(), first);
    assert_eq!(record(&mut world, 0, "b", &[(session(0), 3)]).unwrap_err().code(), "request_answered");
    assert_eq!(record(&mut world, 1, "a", &[(session(0), 2)]).unwrap_err().code(), "other_lineage");
}

#[test]
fn no_more_versions_are_exported_than_the_charter_allows() {
    let mut world = World::running_with(&[("datasets_max", "1")]);
    world.grant(0).unwrap();
    world.admit(&world.bundle(0)).unwrap();
    record(&mut world, 0, "a", &[(session(0), 3)]).unwrap();
    assert_eq!(record(&mut world, 1, "b", &[(session(0), 3)]).unwrap_err().code(), "program_full");
}

#[test]
fn an_export_is_listed_with_its_lineage_and_superseded_by_the_next() {
    let mut world = World::filled();
    let charter = world.charter.digest();
    let first = record(&mut world, 0, "a", &[(session(0), 3), (session(1), 2)]).unwrap();
    let said = Statement::<Export>::verify(&first.export, &world.vault.organisation()).unwrap().predicate;
    assert_eq!((said.record_count, said.recipient), (5, recipient().public()));
    let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
    assert_eq!(world.vault.datasets_holding(session(1)).unwrap(), [a]);
    let request = world.request_numbered("form-filling", 1);
    let next = ExportRecord {
        dataset: b,
        request: &request,
        sessions: BTreeMap::from([(session(1), 3)]),
        records: Digest::of(b"records"),
        supersedes: Some(a),
    };
    world.vault.record_export(&next, at(USED), &mut seeded(1)).unwrap();
    let views = world.vault.datasets(&charter).unwrap();
    assert_eq!(views.len(), 2);
    let view = world.vault.dataset(&a).unwrap().unwrap();
    assert_eq!((view.sessions, view.steps, view.superseded_by), (2, 5, Some(b)));
    let foreign = ExportRecord { supersedes: Some(Digest::of(b"x")), ..next };
    let request = world.request_numbered("form-filling", 2);
    let foreign = ExportRecord { request: &request, ..foreign };
    let error = world.vault.record_export(&foreign, at(USED), &mut seeded(2)).unwrap_err();
    assert_eq!(error.code(), "supersedes_other");
}

#[test]
fn evidence_opens_the_leaves_of_its_export_and_of_nobody_else() {
    let mut world = World::filled();
    let exported = record(&mut world, 0, "a", &[(session(0), 3)]).unwrap();
    let parts = world.vault.evidence(&exported.export.digest()).unwrap();
    // Charter, four sign-offs, start, one grant, one admission, one export.
    assert_eq!(parts.openings.len(), 9);
    assert_eq!(parts.manifests.keys().collect::<Vec<_>>(), [&session(0)]);
    assert_eq!(parts.manifests[&session(0)], world.bundle(0).manifest_bytes);
    let replayed = candor_log::replay(parts.bundles.values()).unwrap();
    let program = replayed.leaves[0].hash;
    for opening in &parts.openings {
        let entry = &replayed.leaves[usize::try_from(opening.leaf).unwrap()];
        let salt: Digest = opening.salt.parse().unwrap();
        let statement = parts.statements.get(&opening.statement).map(candor_model::Envelope::to_bytes);
        let (body, under) = match statement {
            Some(bytes) => (bytes, program),
            None => (parts.charter.clone(), candor_log::Hash::ZERO),
        };
        let commitment = candor_log::commit(salt.as_bytes(), entry.leaf.kind(), under.as_bytes(), &body);
        assert_eq!(*entry.leaf.body(), commitment, "{:?}", entry.leaf.kind());
    }
    // Opened statements, the release and the request; nothing of contributor 1.
    assert_eq!(parts.statements.len(), 10);
    let other = contributor(1).public().to_string();
    assert!(
        !parts.statements.values().any(|s| String::from_utf8_lossy(&s.payload().unwrap()).contains(&other))
    );
    assert_eq!(world.vault.evidence(&Digest::of(b"x")).unwrap_err().code(), "unknown_dataset");
    world.withdraw(0).unwrap();
    assert_eq!(world.vault.evidence(&exported.export.digest()).unwrap_err().code(), "dataset_flagged");
}

#[test]
fn the_organisations_key_seals_lists_of_evidence_and_nothing_else() {
    let world = World::running();
    assert!(world.vault.seal_evidence("candor-evidence/v1\n").is_ok());
    assert!(world.vault.seal_evidence("DSSEv1 28 application/vnd.in-toto+json 2 {}\n").is_err());
}
