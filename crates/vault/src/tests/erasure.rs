//! Withdrawal: nothing that was under the key opens again, and nothing of anybody else is lost.

use std::collections::BTreeMap;

use candor_consent::{Act, Role};
use candor_model::{Digest, Erasure, Statement};

use super::world::*;
use crate::sealed::{Opened, SessionKey};
use crate::store;
use crate::testing::{at, seeded};
use crate::{ExportRecord, Fault, Vault};

fn export(world: &mut World, sessions: &[u8]) -> Digest {
    let dataset = Digest::of(format!("dataset {sessions:?}").as_bytes());
    let n = sessions.iter().map(|n| u64::from(*n) + 1).sum();
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

fn contributor_key(vault: &Vault, world_consent: candor_model::ConsentId) -> Vec<u8> {
    vault.keys.contributor(world_consent).unwrap().as_bytes().to_vec()
}

fn holds(files: &BTreeMap<std::path::PathBuf, Vec<u8>>, needle: &[u8]) -> bool {
    files.values().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

#[test]
fn a_withdrawal_by_anybody_else_is_refused() {
    let mut world = World::filled();
    let consent = world.consent(0);
    let forged = candor_consent::Withdrawal::sign(&consent, at(WITHDRAWN), &contributor(1)).unwrap();
    let error = world.vault.withdraw(&forged, at(WITHDRAWN), &mut seeded(1)).unwrap_err();
    assert_eq!(error.code(), "withdrawal_refused");
    let unknown = world.withdrawal(2);
    let error = world.vault.withdraw(&unknown, at(WITHDRAWN), &mut seeded(1)).unwrap_err();
    assert_eq!(error.code(), "unknown_consent");
    assert!(world.key_file(0).exists());
    assert_eq!(world.vault.permit_use(&world.request("form-filling"), at(WITHDRAWN)).unwrap().len(), 2);
}

#[test]
fn after_a_withdrawal_the_key_is_gone_and_its_ciphertext_unreadable() {
    let mut world = World::filled();
    let key = contributor_key(&world.vault, world.consent(0).id());
    let row = store::session(&world.vault.connection, session(0)).unwrap().unwrap();
    let rho = world.consent(0).grant().rho.clone();
    let erased = world.withdraw(0).unwrap();
    assert_eq!(erased.sessions, [session(0)]);
    assert!(!world.key_file(0).exists());
    let after = files(&world.dir);
    assert!(!holds(&after, &key) && !holds(&after, rho.as_bytes()));
    // The folder of the session stays; no key that is left opens it.
    let other = world.vault.keys.contributor(world.consent(1).id()).unwrap();
    let wrapped = row.key.unwrap();
    assert!(SessionKey::unwrap(session(0), &other, &wrapped).is_err());
    let guess = SessionKey::generate(session(0), &mut seeded(1));
    assert!(Opened::open(world.vault.session_folder(session(0)), guess).is_err());
}

#[test]
fn with_every_file_but_the_contributors_key_nothing_opens() {
    let world = World::filled();
    let permit = world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    let copied = world.folder.as_ref().unwrap().path().join("copy");
    copy(&world.dir, &copied);
    std::fs::remove_file(copied.join("keys").join(world.key_file(0).file_name().unwrap())).unwrap();
    let thief = open(&copied, silent(), USED).unwrap();
    let first = permit.iter().find(|usable| usable.session == session(0)).unwrap();
    let error = thief.open_session(&first.permit, session(0)).unwrap_err();
    assert_eq!(error.code(), "key_unavailable");
    assert!(matches!(thief.consent(&world.charter, world.consent(0).id()), Err(Fault::Key(_))));
    let left: Vec<_> = thief.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    assert_eq!(left.iter().map(|usable| usable.session).collect::<Vec<_>>(), [session(1)]);
}

#[test]
fn the_other_contributors_sessions_stay_readable() {
    let mut world = World::filled();
    world.withdraw(0).unwrap();
    let usable = world.vault.permit_use(&world.request("form-filling"), at(WITHDRAWN)).unwrap();
    assert_eq!(usable.len(), 1);
    let opened = world.vault.open_session(&usable[0].permit, session(1)).unwrap();
    assert_eq!(opened.steps, world.bundle(1).steps);
    for (digest, bytes) in world.bundle(1).blobs {
        assert_eq!(opened.blob(&digest).unwrap(), bytes);
    }
}

#[test]
fn a_permit_from_before_the_withdrawal_opens_nothing_after_it() {
    let mut world = World::filled();
    let usable = world.vault.permit_use(&world.request("form-filling"), at(USED)).unwrap();
    world.withdraw(0).unwrap();
    let permit = &usable.iter().find(|usable| usable.session == session(0)).unwrap().permit;
    assert_eq!(world.vault.open_session(permit, session(0)).unwrap_err().code(), "unknown_session");
}

#[test]
fn every_dataset_version_that_holds_the_data_is_flagged_and_its_copy_deleted() {
    let mut world = World::filled();
    let (both, other) = (export(&mut world, &[0, 1]), export(&mut world, &[1]));
    for dataset in [both, other] {
        let folder = world.vault.dataset_folder(&dataset);
        std::fs::create_dir_all(folder.join("images")).unwrap();
        for name in ["manifest.json", "steps.jsonl", "images/000000.png"] {
            std::fs::File::create(folder.join(name)).unwrap();
        }
    }
    let erased = world.withdraw(0).unwrap();
    assert_eq!(erased.flagged, [both]);
    let flagged = |dataset| world.vault.dataset(&dataset).unwrap().unwrap().flagged_at.is_some();
    assert!(flagged(both) && !flagged(other));
    let left = |dataset| crate::disk::names(&world.vault.dataset_folder(&dataset)).unwrap();
    assert_eq!(left(both), ["manifest.json"]);
    assert_eq!(left(other), ["images", "manifest.json", "steps.jsonl"]);
}

#[test]
fn the_erasure_is_signed_logged_and_proves_itself() {
    let mut world = World::filled();
    let erased = world.withdraw(0).unwrap();
    let said = Statement::<Erasure>::verify(&erased.erasure, &world.vault.organisation()).unwrap();
    assert_eq!(said.subject_digest(), Some(world.withdrawal(0).digest()));
    let (leaf, salt) = erased.proof.decode().unwrap();
    let leaf = candor_log::Leaf::parse(&leaf).unwrap();
    let body = erased.erasure.to_bytes();
    assert_eq!(leaf.kind(), candor_log::LeafKind::Erased);
    assert_eq!(*leaf.body(), candor_log::commit(&salt, leaf.kind(), leaf.program().as_bytes(), &body));
}

#[test]
fn a_withdrawal_again_gives_the_same_answer_and_logs_nothing() {
    let mut world = World::filled();
    let first = world.withdraw(0).unwrap();
    let checkpoint = world.vault.checkpoint().unwrap();
    assert_eq!(world.withdraw(0).unwrap(), first);
    // The device lost its first attempt and says it again, later.
    let again = candor_consent::Withdrawal::sign(&world.consent(0), at(RELEASED), &contributor(0)).unwrap();
    let answer = world.vault.withdraw(&again, at(WITHDRAWN), &mut seeded(2)).unwrap();
    assert_eq!((answer, world.vault.checkpoint().unwrap()), (first, checkpoint));
}

#[test]
fn a_withdrawal_works_in_a_halted_program_and_with_a_clock_that_went_back() {
    let mut world = World::filled();
    let halt = act(&world.charter, Act::Halt, Role::Security, USED);
    world.vault.act(&halt, at(USED), &mut seeded(9)).unwrap();
    let envelope = world.withdrawal(0);
    assert!(world.vault.withdraw(&envelope, at(PROPOSED), &mut seeded(1)).is_ok());
    assert!(world.vault.pending_erasures().unwrap().is_empty());
}

#[test]
fn a_key_that_comes_back_with_a_restored_backup_is_destroyed_at_start_up() {
    let mut world = World::filled();
    let backup = std::fs::read(world.key_file(0)).unwrap();
    world.withdraw(0).unwrap();
    crate::disk::write(&world.key_file(0), &backup).unwrap();
    world.reopen(WITHDRAWN);
    assert!(!world.key_file(0).exists());
}

#[test]
fn no_key_and_no_content_stands_in_clear_in_any_file() {
    let world = World::filled();
    let everything = files(&world.dir);
    for n in [0, 1] {
        assert!(!holds(&everything, &contributor_key(&world.vault, world.consent(n).id())));
        assert!(!holds(&everything, world.consent(n).grant().rho.as_bytes()));
        assert!(!holds(&everything, contributor(n).public().as_bytes()));
        assert!(!holds(&everything, contributor(n).public().to_string().as_bytes()));
    }
    for canary in ["typed by a person", "fill in a form", "pixels 0 0", "action_kind"] {
        assert!(!holds(&everything, canary.as_bytes()), "{canary}");
    }
    let digest = *world.bundle(0).blobs.keys().next().unwrap();
    assert!(!holds(&everything, digest.as_bytes()) && !holds(&everything, digest.to_string().as_bytes()));
}

#[test]
fn no_plaintext_that_lies_ready_to_be_sent_outlives_the_proof_of_an_erasure() {
    let mut world = World::filled();
    export(&mut world, &[0, 1]);
    let sent = world.vault.exports_folder().join("one/dataset/images");
    std::fs::create_dir_all(&sent).unwrap();
    std::fs::File::create(sent.join("000000.png")).unwrap();
    world.withdraw(0).unwrap();
    assert_eq!(files(&world.vault.exports_folder()).len(), 0);
}

#[test]
fn an_erasure_that_failed_is_pending_until_it_is_finished() {
    let mut world = World::filled();
    // A file where a folder belongs: nobody can look into it.
    let exports = world.vault.exports_folder();
    crate::disk::write(&exports, b"in the way").unwrap();
    assert!(world.withdraw(0).is_err());
    assert!(world.withdraw(1).is_err());
    assert_eq!(world.vault.pending_erasures().unwrap().len(), 2);
    assert!(world.vault.finish_erasures(at(WITHDRAWN), &mut seeded(1)).is_err());
    std::fs::remove_file(&exports).unwrap();
    world.vault.finish_erasures(at(WITHDRAWN), &mut seeded(1)).unwrap();
    assert!(world.vault.pending_erasures().unwrap().is_empty());
    assert!(world.withdraw(0).is_ok());
}
