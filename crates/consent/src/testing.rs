//! What the tests of this room share: keys, a charter, a choice, a grant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use candor_model::{Digest, Entropy, Envelope, PublicKey, SigningKey, Timestamp};

use crate::{
    Act, Charter, Choice, Consent, Decision, Field, Grant, ProgramAct, ProgramState, Role, SignOff, Verified,
    fill_charter_template,
};

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// Key of a signer: 1 to 4, in the order of the roles.
pub(crate) fn signer_key(role: Role) -> SigningKey {
    let place = Role::ALL.iter().position(|r| *r == role).unwrap();
    key(1 + u8::try_from(place).unwrap())
}

/// The public keys of the signers, made once: that is the slow part of many tests.
static SIGNERS: LazyLock<[PublicKey; 4]> = LazyLock::new(|| Role::ALL.map(|role| signer_key(role).public()));

pub(crate) fn signer(role: Role) -> PublicKey {
    Role::ALL.into_iter().zip(*SIGNERS).find(|(r, _)| *r == role).unwrap().1
}

pub(crate) static ORGANISATION: LazyLock<SigningKey> = LazyLock::new(|| key(10));
pub(crate) static RECIPIENT: LazyLock<SigningKey> = LazyLock::new(|| key(20));
pub(crate) static CONTRIBUTOR: LazyLock<SigningKey> = LazyLock::new(|| key(30));
pub(crate) static CHARTER: LazyLock<Charter> =
    LazyLock::new(|| Charter::parse(charter_text().as_bytes()).unwrap());
pub(crate) static CONSENT: LazyLock<Consent> =
    LazyLock::new(|| Consent::verify(&granted(&CHARTER), &CHARTER, Some(&ORGANISATION.public())).unwrap());

/// Entropy that counts.
pub(crate) fn entropy() -> impl Entropy {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(1);
        }
    }
}

/// The committed charter: what is signed in the tests is what was signed when they were written.
pub(crate) fn charter_text() -> String {
    include_str!("../tests/golden/charter.toml").to_owned()
}

/// The template, filled with what the committed charter says.
pub(crate) fn filled_template() -> String {
    let mut values = BTreeMap::from([
        ("title", "Office agent pilot".to_owned()),
        ("worker_representation", "The works council of Example GmbH, elected in 2025.".to_owned()),
        ("controller_name", "Example GmbH".to_owned()),
        ("controller_address", "Street 1, 10115 Berlin".to_owned()),
        ("controller_contact", "privacy@example.test".to_owned()),
        ("controller_authority", "Berlin Commissioner for Data Protection".to_owned()),
        ("recipient_key", RECIPIENT.public().to_string()),
    ]);
    let names = ["privacy", "legal", "worker_representative", "security"];
    let people = ["Ada Example", "Ben Example", "Cem Example", "Dua Example"];
    let name_places = ["privacy_name", "legal_name", "worker_representative_name", "security_name"];
    let key_places = ["privacy_key", "legal_key", "worker_representative_key", "security_key"];
    for (i, role) in Role::ALL.into_iter().enumerate() {
        assert_eq!(names[i], role.as_str());
        values.insert(name_places[i], people[i].to_owned());
        values.insert(key_places[i], signer_key(role).public().to_string());
    }
    for place in
        ["dpia_digest", "consultation_digest", "security_review_digest", "freely_given_assessment_digest"]
    {
        values.insert(place, Digest::of(place.as_bytes()).to_string());
    }
    fill_charter_template(&values).unwrap()
}

/// The charter with one part of its text replaced.
pub(crate) fn charter_with(from: &str, to: &str) -> Result<Charter, crate::CharterError> {
    let text = charter_text();
    assert!(text.contains(from), "the template has no {from:?}");
    Charter::parse(text.replacen(from, to, 1).as_bytes())
}

pub(crate) const GIVEN: &str = "2026-03-02T08:00:00Z";

pub(crate) fn choice() -> Choice {
    Choice {
        purposes: BTreeSet::from(["form-filling".parse().unwrap()]),
        apps: BTreeSet::from(["browser".parse().unwrap(), "libreoffice-calc".parse().unwrap()]),
        fields: BTreeSet::from([Field::Pointer, Field::TypedText, Field::Frame, Field::Tree]),
    }
}

pub(crate) fn grant(charter: &Charter) -> Grant {
    Grant::new(charter, CONTRIBUTOR.public(), choice(), time(GIVEN), &mut entropy()).unwrap()
}

/// A grant with both signatures.
pub(crate) fn granted(charter: &Charter) -> Envelope {
    grant(charter).sign(charter, &CONTRIBUTOR).unwrap().countersign(&ORGANISATION).unwrap()
}

pub(crate) fn held(charter: &Charter) -> BTreeSet<Digest> {
    charter.documents().iter().map(|document| document.digest).collect()
}

pub(crate) fn sign_off(role: Role, decision: Decision, at: Timestamp) -> Verified<SignOff> {
    let reason = "read it".to_owned();
    let sign_off = SignOff { role, decision, reason, at, expires_at: at.plus_days(200) };
    Verified::for_test(sign_off, signer(role))
}

pub(crate) fn approvals(at: Timestamp) -> Vec<Verified<SignOff>> {
    Role::ALL.map(|role| sign_off(role, Decision::Approve, at)).to_vec()
}

pub(crate) fn act(act: Act, at: Timestamp) -> Verified<ProgramAct> {
    act_by(act, at, signer(Role::Privacy))
}

pub(crate) fn act_by(act: Act, at: Timestamp, by: PublicKey) -> Verified<ProgramAct> {
    Verified::for_test(ProgramAct { act, reason: "because".to_owned(), at }, by)
}

/// A pilot that started at `at`.
pub(crate) fn pilot(charter: &Charter, at: Timestamp) -> ProgramState {
    let held = held(charter);
    let prepared = (0..3).fold(ProgramState::of(charter), |s, _| s.prepare(charter, &held).unwrap());
    prepared.apply(charter, &act(Act::Start, at), &approvals(at), at).unwrap()
}
