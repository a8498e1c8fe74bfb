//! A receipt verifies with nothing but itself and the keys; whatever is changed in it shows.

use std::sync::LazyLock;

use super::*;
use crate::testing::{
    CHARTER, CONSENT, CONTRIBUTOR, GIVEN, ORGANISATION, entropy, grant, granted, key, time,
};

fn issue(envelope: &Envelope) -> Result<Receipt, ReceiptError> {
    let created = time(GIVEN).plus_millis(1_000);
    let organisation = ORGANISATION.public();
    Receipt::issue(
        &CHARTER,
        envelope,
        &organisation,
        "the proof",
        "https://candor.example.test/withdraw",
        created,
        &mut entropy(),
    )
}

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| issue(&granted(&CHARTER)).unwrap().to_bytes().unwrap());

fn bytes() -> Vec<u8> {
    BYTES.clone()
}

fn verify(bytes: &[u8]) -> Result<(Charter, Consent), ReceiptError> {
    Receipt::parse(bytes)?.verify(&ORGANISATION.public(), |_, proof| proof == "the proof")
}

fn changed(pointer: &str, value: &str) -> Result<(Charter, Consent), ReceiptError> {
    let mut json: Value = serde_json::from_slice(&bytes()).unwrap();
    *json.pointer_mut(pointer).unwrap() = value.into();
    verify(&serde_json::to_vec(&json).unwrap())
}

#[test]
fn no_receipt_for_a_grant_that_the_organisation_did_not_sign() {
    let alone = grant(&CHARTER).sign(&CHARTER, &CONTRIBUTOR).unwrap();
    assert!(matches!(issue(&alone), Err(ReceiptError::Consent(ConsentError::NotCountersigned(_)))));
}

#[test]
fn whatever_is_changed_in_a_receipt_shows() {
    for pointer in [
        "/@type",
        "/@id",
        "/dpv:hasIdentifier",
        "/dct:conformsTo/0",
        "/candor:noticeText",
        "/dpv:hasConsentControl/dct:description",
        "/dpv:hasConsentControl/@type",
        "/dpv:hasRecordOfActivity/dct:language",
        "/dpv:hasRecordOfActivity/dpv:hasProcess/0/dpv:hasPurpose/dct:description",
        "/@context/dpv",
    ] {
        assert!(matches!(changed(pointer, "other"), Err(ReceiptError::Differs(_))), "{pointer}");
    }
    assert!(matches!(changed("/dct:created", "2020-01-01T00:00:00Z"), Err(ReceiptError::Differs("time"))));
    let digest = Digest::of(b"other").to_string();
    assert!(matches!(changed("/candor:noticeDigest", &digest), Err(ReceiptError::Differs("notice digest"))));
    assert!(matches!(changed("/candor:logProof", "other"), Err(ReceiptError::NoProof)));
    let wider = CHARTER.text().replace("hold_days = 7 ", "hold_days = 8 ");
    assert!(matches!(changed("/candor:charter", &wider), Err(ReceiptError::Consent(_))));
    assert!(matches!(changed("/candor:charter", ""), Err(ReceiptError::Charter(_))));
}

#[test]
fn a_receipt_does_not_verify_under_another_organisation() {
    let receipt = Receipt::parse(&bytes()).unwrap();
    assert!(matches!(receipt.verify(&key(11).public(), |_, _| true), Err(ReceiptError::Consent(_))));
}

#[test]
fn other_versions_shapes_and_sizes_are_refused() {
    let text = String::from_utf8(bytes()).unwrap();
    let newer = text.replace("\"candor:version\": 1", "\"candor:version\": 2");
    assert!(matches!(Receipt::parse(newer.as_bytes()), Err(ReceiptError::Version(_))));
    let extra = text.replacen('{', "{\"more\": 1,", 1);
    assert!(matches!(Receipt::parse(extra.as_bytes()), Err(ReceiptError::NotReceipt(_))));
    for end in (0..text.len()).step_by(997) {
        assert!(Receipt::parse(&text.as_bytes()[..end]).is_err());
    }
    assert!(matches!(Receipt::parse(&vec![b' '; Receipt::BYTES_MAX + 1]), Err(ReceiptError::TooLong { .. })));
}

#[test]
fn a_receipt_holds_everything_and_verifies_alone() {
    let (charter, consent) = verify(&bytes()).unwrap();
    assert_eq!((charter.digest(), consent), (CHARTER.digest(), CONSENT.clone()));
    let receipt = Receipt::parse(&bytes()).unwrap();
    assert!(receipt.notice_text().contains("HOW TO WITHDRAW"));
    assert_eq!(receipt.withdraw_at(), "https://candor.example.test/withdraw");
    assert_eq!(receipt.grant().signatures().len(), 2);
}
