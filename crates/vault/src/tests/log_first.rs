//! P13: while the log cannot take its leaf, an act has no effect; and what was staged has its effect once it can.

use std::collections::BTreeMap;
use std::path::PathBuf;

use candor_consent::{Act, Lease, Role};
use candor_model::{Digest, Statement};

use super::world::*;
use crate::ExportRecord;
use crate::testing::{at, seeded};

/// Puts something else where the log's next tile must go.
fn obstruct(world: &World) -> PathBuf {
    let size = world.vault.ledger.get().unwrap().size();
    let path = world.dir.join(format!("log/tile/entries/000.p/{}", size + 1));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    crate::disk::write_in_place(&path, b"something else").unwrap();
    path
}

fn clear(path: PathBuf) {
    std::fs::remove_file(path).unwrap();
}

fn running(world: &mut World, now: &str) -> bool {
    let charter = world.charter.digest();
    let lease = world.vault.lease(&charter, at(now)).unwrap();
    Statement::<Lease>::verify(&lease, &world.vault.organisation()).unwrap().predicate.state_ok
}

#[test]
fn a_program_does_not_start_before_the_log_says_so() {
    let mut world = World::empty(charter_with(&[]));
    let charter = world.charter.clone();
    world.vault.propose(charter.bytes(), &documents(), at(PROPOSED), &mut seeded(1)).unwrap();
    for role in Role::ALL {
        world.vault.sign_off(&sign_off(&charter, role, PROPOSED), at(PROPOSED), &mut seeded(2)).unwrap();
    }
    let obstacle = obstruct(&world);
    let start = act(&charter, Act::Start, Role::Privacy, STARTED);
    let error = world.vault.act(&start, at(STARTED), &mut seeded(3)).unwrap_err();
    assert_eq!(error.code(), "log_unavailable");
    assert!(!running(&mut world, STARTED));
    clear(obstacle);
    assert_eq!(world.vault.act(&start, at(STARTED), &mut seeded(3)).unwrap().state, "pilot");
    assert!(running(&mut world, STARTED));
}

#[test]
fn a_consent_and_a_session_are_not_used_before_the_log_has_them() {
    let mut world = World::consented();
    world.admit(&world.bundle(1)).unwrap();
    let obstacle = obstruct(&world);
    let bundle = world.bundle(0);
    assert_eq!(world.admit(&bundle).unwrap_err().code(), "log_unavailable");
    let usable = world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    assert_eq!(usable.iter().map(|usable| usable.session).collect::<Vec<_>>(), [session(1)]);
    clear(obstacle);
    let admitted = world.admit(&bundle).unwrap();
    assert_eq!(admitted.steps(), 3);
    assert_eq!(world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap().len(), 2);
}

#[test]
fn a_dataset_is_not_there_before_the_log_has_its_export() {
    let mut world = World::filled();
    let obstacle = obstruct(&world);
    let request = world.request("form-filling");
    let record = ExportRecord {
        dataset: Digest::of(b"a"),
        request: &request,
        sessions: BTreeMap::from([(session(0), 3)]),
        records: Digest::of(b"records"),
        supersedes: None,
    };
    let error = world.vault.record_export(&record, at(USED), &mut seeded(1)).unwrap_err();
    assert_eq!(error.code(), "log_unavailable");
    assert!(world.vault.datasets(&world.charter.digest()).unwrap().is_empty());
    clear(obstacle);
    world.vault.record_export(&record, at(USED), &mut seeded(2)).unwrap();
    assert_eq!(world.vault.datasets(&world.charter.digest()).unwrap().len(), 1);
}

#[test]
fn no_key_is_destroyed_before_the_log_has_the_withdrawal_but_nothing_is_used_any_more() {
    let mut world = World::filled();
    // Two leaves come with a withdrawal.
    let size = world.vault.ledger.get().unwrap().size();
    let path = world.dir.join(format!("log/tile/entries/000.p/{}", size + 2));
    crate::disk::write_in_place(&path, b"something else").unwrap();
    assert_eq!(world.withdraw(0).unwrap_err().code(), "log_unavailable");
    assert!(world.key_file(0).exists());
    let usable = world.vault.permit_use(&world.request("form-filling"), at(WITHDRAWN)).unwrap();
    assert_eq!(usable.len(), 1);
    let pending = world.vault.pending_erasures().unwrap();
    assert_eq!(pending.len(), 1);
    assert!(!pending[0].key_destroyed);
    clear(path);
    world.vault.finish_erasures(at(WITHDRAWN), &mut seeded(1)).unwrap();
    assert!(!world.key_file(0).exists() && world.vault.pending_erasures().unwrap().is_empty());
}
