//! P8: a consent is per purpose, field and app; it ends; it is bound to the exact notice; a wider charter needs another.

use super::*;
use crate::testing::{
    CHARTER, CONSENT, CONTRIBUTOR, GIVEN, ORGANISATION, charter_with, grant, granted, key, signer_key, time,
};
use crate::{Role, Withdrawal};

fn verify(envelope: &Envelope) -> Result<Consent, ConsentError> {
    Consent::verify(envelope, &CHARTER, None)
}

/// A grant that was changed before it was signed, as a dishonest program would.
fn changed(change: impl FnOnce(&mut Grant)) -> Result<Consent, ConsentError> {
    let mut grant = grant(&CHARTER);
    change(&mut grant);
    grant.record = record(&CHARTER, &grant);
    verify(&grant.sign(&CHARTER, &CONTRIBUTOR).unwrap())
}

#[test]
fn a_choice_beyond_the_charter_is_refused() {
    assert_eq!(changed(|g| g.choice.purposes.clear()), Err(ConsentError::NoPurpose));
    let purpose = changed(|g| g.choice.purposes.extend(["other".parse().unwrap()]));
    assert_eq!(purpose, Err(ConsentError::BeyondCharter("purpose")));
    let app = changed(|g| g.choice.apps.extend(["password-manager".parse().unwrap()]));
    assert_eq!(app, Err(ConsentError::BeyondCharter("app")));
    let narrow = charter_with("\"hotkeys\", ", "").unwrap();
    let mut wide = grant(&narrow);
    wide.choice.fields.insert(Field::Hotkeys);
    wide.record = record(&narrow, &wide);
    let envelope = wide.sign(&narrow, &CONTRIBUTOR).unwrap();
    assert_eq!(Consent::verify(&envelope, &narrow, None), Err(ConsentError::BeyondCharter("field")));
}

#[test]
fn a_consent_cannot_skip_the_time_for_second_thoughts() {
    let early = changed(|g| g.effective_from = g.effective_from.plus_millis(-1));
    assert_eq!(early, Err(ConsentError::NoCoolingOff { hours: 48 }));
}

#[test]
fn a_consent_ends_within_the_days_of_the_charter() {
    let late = changed(|g| g.expires_at = g.expires_at.plus_millis(1));
    assert_eq!(late, Err(ConsentError::Duration { days: 180 }));
    let never_begins = changed(|g| g.expires_at = g.effective_from);
    assert_eq!(never_begins, Err(ConsentError::Duration { days: 180 }));
    assert!(changed(|g| g.expires_at = g.effective_from.plus_days(1)).is_ok());
}

#[test]
fn a_record_that_says_more_than_was_chosen_is_refused() {
    let changes: [(&str, serde_json::Value); 4] = [
        ("/dpv:hasProcess/0/dpv:hasNecessity", "dpv:Required".into()),
        ("/dpv:hasConsentStatus/0/dpv:hasDuration/@type", "dpv:EndlessDuration".into()),
        ("/dpv:hasProcess/0/dpv:hasPurpose/dct:description", "AI training".into()),
        ("/candor:expiresAt", "2036-01-01T00:00:00Z".into()),
    ];
    for (pointer, value) in changes {
        let mut grant = grant(&CHARTER);
        *grant.record.pointer_mut(pointer).unwrap() = value;
        let envelope = grant.sign(&CHARTER, &CONTRIBUTOR).unwrap();
        assert_eq!(verify(&envelope), Err(ConsentError::OtherRecord), "{pointer}");
    }
}

#[test]
fn a_consent_is_bound_to_one_notice() {
    let grant = grant(&CHARTER);
    let other = Notice::of(&charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap()).digest;
    let subject = Subject::new(format!("urn:uuid:{}", grant.consent), other);
    let envelope = Statement::new(subject, grant).sign(&CONTRIBUTOR).unwrap();
    assert_eq!(verify(&envelope), Err(ConsentError::OtherNotice));
}

#[test]
fn a_wider_charter_needs_a_consent_of_its_own() {
    let wider = charter_with("[\"Mousepad\",", "[\"Mousepad\", \"Gedit\",").unwrap();
    let old = Consent::verify(&granted(&CHARTER), &wider, None);
    assert_eq!(old, Err(ConsentError::OtherCharter { found: CHARTER.digest(), expected: wider.digest() }));
}

#[test]
fn another_key_cannot_consent_for_a_contributor() {
    let grant = grant(&CHARTER);
    let stranger = grant.sign(&CHARTER, &key(99)).unwrap();
    assert!(matches!(verify(&stranger), Err(ConsentError::NotSigned(_))));
    let by_organisation_alone = grant.sign(&CHARTER, &ORGANISATION).unwrap();
    assert!(matches!(verify(&by_organisation_alone), Err(ConsentError::NotSigned(_))));
}

#[test]
fn the_organisations_signature_is_checked_when_it_is_asked_for() {
    let envelope = grant(&CHARTER).sign(&CHARTER, &CONTRIBUTOR).unwrap();
    let asked = Consent::verify(&envelope, &CHARTER, Some(&ORGANISATION.public()));
    assert!(matches!(asked, Err(ConsentError::NotCountersigned(_))));
}

#[test]
fn who_has_power_over_the_program_is_no_contributor() {
    for signer in [&*ORGANISATION, &signer_key(Role::Privacy), &*crate::testing::RECIPIENT] {
        let mut grant = grant(&CHARTER);
        grant.contributor = signer.public();
        grant.record = record(&CHARTER, &grant);
        let envelope = grant.sign(&CHARTER, signer).unwrap();
        let consent = Consent::verify(&envelope, &CHARTER, Some(&ORGANISATION.public()));
        assert!(consent.is_err(), "{:?}", signer.public());
    }
}

#[test]
fn a_malformed_secret_is_refused() {
    for rho in ["", "00", &"G".repeat(64), &"A".repeat(64)] {
        assert_eq!(changed(|g| rho.clone_into(&mut g.rho)), Err(ConsentError::NotRho));
    }
}

#[test]
fn every_flipped_bit_of_a_grant_is_refused_or_harmless() {
    let bytes = granted(&CHARTER).to_bytes();
    let organisation = ORGANISATION.public();
    let signatures = bytes.windows(12).position(|w| w == b"\"signatures\"").unwrap();
    for i in (0..signatures).step_by(signatures / 30).chain((signatures..bytes.len()).step_by(11)) {
        let mut flipped = bytes.clone();
        flipped[i] ^= 1;
        let Ok(envelope) = Envelope::parse(&flipped) else { continue };
        let consent = Consent::verify(&envelope, &CHARTER, Some(&organisation));
        // A key id is a hint; what was signed is the same.
        assert!(consent.is_err() || consent == Ok(CONSENT.clone()), "byte {i}");
    }
}

#[test]
fn a_payload_in_another_form_is_refused() {
    let payload = granted(&CHARTER).payload().unwrap();
    let repeated = String::from_utf8(payload).unwrap().replacen('{', "{ ", 1);
    let envelope = Envelope::sign(PAYLOAD_TYPE, repeated.as_bytes(), &CONTRIBUTOR);
    assert_eq!(verify(&envelope), Err(ConsentError::Statement(StatementError::NotCanonical)));
}

#[test]
fn a_consent_holds_from_its_effect_to_its_end() {
    let consent = &*CONSENT;
    let from = time(GIVEN).plus_days(2);
    assert!(!consent.in_force(time(GIVEN)) && !consent.in_force(from.plus_millis(-1)));
    assert!(consent.in_force(from) && consent.in_force(time(GIVEN).plus_days(180).plus_millis(-1)));
    assert!(!consent.in_force(time(GIVEN).plus_days(180)));
}

#[test]
fn only_the_contributor_withdraws_and_only_their_consent() {
    let at = time("2026-03-01T00:00:00Z"); // before it was given: a clock is no reason to refuse
    let envelope = Withdrawal::sign(&CONSENT, at, &CONTRIBUTOR).unwrap();
    assert_eq!(Withdrawal::verify(&envelope, &CONSENT).unwrap().withdrawn_at, at);
    for other in [&*ORGANISATION, &signer_key(Role::Privacy), &key(99)] {
        let forged = Withdrawal::sign(&CONSENT, at, other).unwrap();
        assert_eq!(Withdrawal::verify(&forged, &CONSENT), Err(StatementError::NotSigned));
    }
    let mut second = grant(&CHARTER);
    second.consent = ConsentId::from_bytes([9; 16]);
    second.record = record(&CHARTER, &second);
    let second = verify(&second.sign(&CHARTER, &CONTRIBUTOR).unwrap()).unwrap();
    assert_eq!(Withdrawal::verify(&envelope, &second), Err(StatementError::OtherSubject));
}
