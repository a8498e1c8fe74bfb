//! Programs, leases, consents, and what everybody may see.

use candor_consent::{Act, Decision, Lease, ProgramAct, Role};
use candor_model::{Digest, Statement};

use super::world::*;
use crate::testing::{at, seeded};
use crate::{Band, Vault};

fn lease_ok(vault: &mut Vault, charter: &Digest, now: &str) -> bool {
    let envelope = vault.lease(charter, at(now)).unwrap();
    Statement::<Lease>::verify(&envelope, &vault.organisation()).unwrap().predicate.state_ok
}

#[test]
fn a_charter_without_exactly_its_documents_is_refused() {
    let mut world = World::empty(charter_with(&[]));
    let charter = world.charter.clone();
    let mut propose = |documents: &[(String, Vec<u8>)]| {
        world.vault.propose(charter.bytes(), documents, at(PROPOSED), &mut seeded(1)).unwrap_err().code()
    };
    assert_eq!(propose(&documents()[1..]), "document_missing");
    let mut changed = documents();
    changed[0].1.push(b'!');
    assert_eq!(propose(&changed), "document_missing");
    let mut surplus = documents();
    surplus.push(("dpia".into(), b"another".to_vec()));
    assert_eq!(propose(&surplus), "document_unknown");
    surplus[4].1 = vec![0; crate::DOCUMENT_BYTES_MAX + 1];
    assert_eq!(propose(&surplus), "document_too_large");
    assert!(world.vault.programs(at(PROPOSED)).unwrap().is_empty());
}

#[test]
fn three_of_four_signatures_start_nothing() {
    let mut world = World::empty(charter_with(&[]));
    let charter = world.charter.clone();
    world.vault.propose(charter.bytes(), &documents(), at(PROPOSED), &mut seeded(1)).unwrap();
    for role in [Role::Privacy, Role::Legal, Role::Security] {
        world.vault.sign_off(&sign_off(&charter, role, PROPOSED), at(PROPOSED), &mut seeded(2)).unwrap();
    }
    let start = act(&charter, Act::Start, Role::Privacy, STARTED);
    let error = world.vault.act(&start, at(STARTED), &mut seeded(3)).unwrap_err();
    assert_eq!(error.code(), "act_refused");
    assert!(!lease_ok(&mut world.vault, &charter.digest(), STARTED));
    let grant = world.grant_of(0);
    let error = world.vault.grant(&grant, "here", at(GIVEN), &mut seeded(4)).unwrap_err();
    assert_eq!(error.code(), "program_not_running");
}

#[test]
fn a_statement_by_another_key_or_with_a_surplus_signature_is_refused() {
    let mut world = World::running();
    let charter = world.charter.clone();
    let forged = ProgramAct { act: Act::Halt, reason: String::new(), at: at(GIVEN) };
    let forged = forged.sign(&charter, &contributor(0)).unwrap();
    assert_eq!(world.vault.act(&forged, at(GIVEN), &mut seeded(1)).unwrap_err().code(), "statement_refused");
    let surplus = sign_off(&charter, Role::Legal, GIVEN).countersign(&contributor(0)).unwrap();
    let error = world.vault.sign_off(&surplus, at(GIVEN), &mut seeded(1)).unwrap_err();
    assert_eq!(error.code(), "signature_surplus");
}

#[test]
fn an_act_dated_in_the_future_or_long_ago_is_refused_but_an_old_halt_counts() {
    let mut world = World::running();
    let charter = world.charter.clone();
    let future = act(&charter, Act::Close, Role::Legal, "2026-03-02T08:06:00Z");
    assert_eq!(world.vault.act(&future, at(GIVEN), &mut seeded(1)).unwrap_err().code(), "dated_in_future");
    let past = act(&charter, Act::Close, Role::Legal, "2026-03-02T06:00:00Z");
    assert_eq!(world.vault.act(&past, at(GIVEN), &mut seeded(1)).unwrap_err().code(), "dated_in_past");
    let halt = act(&charter, Act::Halt, Role::Legal, "2026-03-02T06:00:00Z");
    assert_eq!(world.vault.act(&halt, at(GIVEN), &mut seeded(1)).unwrap().state, "halted");
}

#[test]
fn any_one_signer_halts_at_once_and_the_lease_says_so() {
    let mut world = World::running();
    let charter = world.charter.clone();
    assert!(lease_ok(&mut world.vault, &charter.digest(), GIVEN));
    let halt = act(&charter, Act::Halt, Role::WorkerRepresentative, GIVEN);
    world.vault.act(&halt, at(GIVEN), &mut seeded(1)).unwrap();
    assert!(!lease_ok(&mut world.vault, &charter.digest(), GIVEN));
    let resume = act(&charter, Act::Resume, Role::Privacy, GIVEN);
    let error = world.vault.act(&resume, at(GIVEN), &mut seeded(1)).unwrap_err();
    assert_eq!(error.code(), "act_refused");
    world.reopen(GIVEN);
    assert!(!lease_ok(&mut world.vault, &charter.digest(), GIVEN));
}

#[test]
fn leases_count_up_within_one_millisecond_and_over_a_restart() {
    let mut world = World::running();
    let charter = world.charter.digest();
    let sequence = |vault: &mut Vault, now: &str| {
        let lease = vault.lease(&charter, at(now)).unwrap();
        Statement::<Lease>::verify(&lease, &vault.organisation()).unwrap().predicate.sequence
    };
    let (first, second) = (sequence(&mut world.vault, GIVEN), sequence(&mut world.vault, GIVEN));
    assert!(first < second);
    world.reopen(GIVEN);
    assert!(second < sequence(&mut world.vault, &later(GIVEN, 1_000)));
}

#[test]
fn a_pilot_ends_by_itself() {
    let mut world = World::running_with(&[("days_max", "2")]);
    let charter = world.charter.digest();
    assert!(lease_ok(&mut world.vault, &charter, GIVEN));
    assert!(!lease_ok(&mut world.vault, &charter, "2026-03-03T09:00:00Z"));
}

#[test]
fn the_same_statement_again_changes_nothing() {
    let mut world = World::running();
    let charter = world.charter.clone();
    let checkpoint = world.vault.checkpoint().unwrap();
    world.vault.propose(charter.bytes(), &documents(), at(GIVEN), &mut seeded(1)).unwrap();
    let start = act(&charter, Act::Start, Role::Privacy, STARTED);
    assert_eq!(world.vault.act(&start, at(GIVEN), &mut seeded(1)).unwrap().state, "pilot");
    assert_eq!(world.vault.checkpoint().unwrap(), checkpoint);
}

#[test]
fn a_grant_gets_a_receipt_that_verifies_offline_and_again_the_same_leaf() {
    let mut world = World::running();
    let granted = world.grant(0).unwrap();
    let verifier = world.vault.log_verifier().unwrap().parse().unwrap();
    let in_log = |grant: &candor_model::Envelope, proof: &str| {
        let proof: candor_model::evidence::LeafProof = serde_json::from_str(proof).unwrap();
        let (leaf, salt) = proof.decode().unwrap();
        let leaf = candor_log::Leaf::parse(&leaf).unwrap();
        let body = candor_log::commit(&salt, leaf.kind(), leaf.program().as_bytes(), &grant.to_bytes());
        let proof = candor_log::TlogProof::parse(proof.proof.as_bytes()).unwrap();
        let known = proof.verify(&leaf.hash(), &verifier, candor_log::UnknownLines::Refuse).is_ok();
        known && body == *leaf.body()
    };
    granted.receipt.verify(&world.vault.organisation(), in_log).unwrap();
    assert_eq!(world.grant(0).unwrap().leaf, granted.leaf);
}

#[test]
fn a_grant_out_of_time_taken_or_without_room_is_refused() {
    let mut world = World::running_with(&[("contributors_max", "1")]);
    let grant = world.grant_of(0);
    let at_proposal = world.vault.grant(&grant, "here", at(STARTED), &mut seeded(1)).unwrap_err();
    assert_eq!(at_proposal.code(), "consent_time");
    world.grant(0).unwrap();
    assert_eq!(world.grant(1).unwrap_err().code(), "program_full");
    world.withdraw(0).unwrap();
    let again = world.vault.grant(&grant, "here", at(WITHDRAWN), &mut seeded(1)).unwrap_err();
    assert_eq!(again.code(), "consent_taken");
    // Who withdrew leaves their place.
    let other = world.grant_of(1);
    assert!(world.vault.grant(&other, "here", at(WITHDRAWN), &mut seeded(1)).is_ok());
}

#[test]
fn what_everybody_sees_names_and_counts_no_contributor() {
    let world = World::filled();
    let view = world.vault.programs(at(USED)).unwrap().remove(0);
    assert_eq!((view.sessions, view.steps), (Band::FewerThanTen, Band::FewerThanTen));
    assert_eq!(view.signed.iter().filter(|s| matches!(s.last, Some((Decision::Approve, _)))).count(), 4);
    let shown = format!("{view:?}{:?}", world.vault);
    for n in [0, 1] {
        let key = contributor(n).public();
        assert!(!shown.contains(&key.to_string()) && !shown.contains(&key.id().to_string()));
        assert!(!shown.contains(&world.consent(n).id().to_string()));
    }
}

#[test]
fn bands_hide_small_counts_and_round_large_ones() {
    assert_eq!(Band::of(0).to_string(), "fewer than 10");
    assert_eq!(Band::of(9), Band::FewerThanTen);
    assert_eq!(Band::of(10).to_string(), "at least 10");
    assert_eq!(Band::of(129), Band::AtLeast(120));
}

#[test]
fn the_trust_policy_names_log_organisation_and_four_signers() {
    let world = World::running();
    let policy = world.vault.trust_policy(&world.charter.digest()).unwrap();
    assert_eq!(policy.organisation, world.vault.organisation());
    assert_eq!(policy.signers.len(), 4);
    assert!(policy.log.starts_with(ORIGIN));
}

#[test]
fn the_log_is_served_by_its_own_paths_only() {
    let world = World::running();
    assert!(world.vault.read_log("checkpoint").unwrap().is_some());
    assert!(world.vault.read_log("tile/entries/000.p/6").unwrap().is_some());
    for path in ["tile/entries/000.p/5", "../keys/log.key", "tile/../../keys/log.key", "tile/entries/001", ""]
    {
        assert_eq!(world.vault.read_log(path).unwrap(), None, "{path}");
    }
}

#[test]
fn a_halt_is_taken_by_a_server_whose_clock_went_back_and_nothing_else_is() {
    let mut world = World::running();
    let charter = world.charter.clone();
    world.grant(0).unwrap();
    let close = act(&charter, Act::Close, Role::Legal, PROPOSED);
    assert_eq!(world.vault.act(&close, at(PROPOSED), &mut seeded(1)).unwrap_err().code(), "clock_went_back");
    let halt = act(&charter, Act::Halt, Role::Legal, GIVEN);
    assert_eq!(world.vault.act(&halt, at(PROPOSED), &mut seeded(1)).unwrap().state, "halted");
    assert!(!lease_ok(&mut world.vault, &charter.digest(), GIVEN));
}
