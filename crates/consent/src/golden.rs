//! Golden vectors: bytes that this room wrote once and must write, and read, for ever.

use candor_model::{Digest, Envelope};

use crate::testing::{
    CHARTER, CONSENT, CONTRIBUTOR, GIVEN, ORGANISATION, RECIPIENT, entropy, granted, signer_key, time,
};
use crate::{Act, DatasetRequest, Decision, Lease, ProgramAct, Role, SignOff, Withdrawal};

const GRANT: &str = include_str!("../tests/golden/grant.dsse.json");
const STATEMENTS: &str = include_str!("../tests/golden/statements.jsonl");
const RECIPE: &[u8] = b"recipe";

/// One statement of each other kind, each a line: sign-off, act, withdrawal, lease, request.
fn statements() -> Vec<Envelope> {
    let (charter, at) = (&*CHARTER, time(GIVEN));
    let role = Role::WorkerRepresentative;
    let reason = "I read all four documents.".to_owned();
    let sign_off = SignOff { role, decision: Decision::Approve, reason, at, expires_at: at.plus_days(300) };
    let act = ProgramAct { act: Act::Halt, reason: "The exposure probe failed.".to_owned(), at };
    let expires_at = at.plus_millis(60_000);
    let lease = Lease { program: charter.digest(), issued_at: at, expires_at, sequence: 7, state_ok: true };
    let request = DatasetRequest::new(charter, "form-filling".parse().unwrap(), at, &mut entropy());
    vec![
        sign_off.sign(charter, &signer_key(role)).unwrap(),
        act.sign(charter, &ORGANISATION).unwrap(),
        Withdrawal::sign(&CONSENT, at.plus_days(9), &CONTRIBUTOR).unwrap(),
        lease.sign(&ORGANISATION).unwrap(),
        request.sign(Digest::of(RECIPE), &RECIPIENT).unwrap(),
    ]
}

/// The record inside is made by the record builder: a changed builder shows here, and would end every consent.
#[test]
fn a_grant_is_written_as_it_always_was() {
    assert_eq!(granted(&CHARTER).to_bytes(), GRANT.trim_end().as_bytes());
}

#[test]
fn every_statement_is_written_as_it_always_was() {
    let written: Vec<_> = statements().iter().map(|e| String::from_utf8(e.to_bytes()).unwrap()).collect();
    assert_eq!(written, STATEMENTS.lines().collect::<Vec<_>>());
}

#[test]
fn every_golden_statement_is_read() {
    let envelopes: Vec<_> =
        STATEMENTS.lines().map(|line| Envelope::parse(line.as_bytes()).unwrap()).collect();
    let organisation = ORGANISATION.public();
    assert!(SignOff::verify(&envelopes[0], &CHARTER).is_ok());
    assert!(ProgramAct::verify(&envelopes[1], &CHARTER, &organisation).is_ok());
    assert!(Withdrawal::verify(&envelopes[2], &CONSENT).is_ok());
    assert!(Lease::verify(&envelopes[3], &CHARTER, &organisation).is_ok());
    assert!(DatasetRequest::verify(&envelopes[4], Digest::of(RECIPE), &CHARTER).is_ok());
}
