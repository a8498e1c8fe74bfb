//! The charter.

use std::collections::BTreeMap;

use candor_consent::fill_charter_template;
use candor_model::Digest;

use super::key;

/// The charter's text; signer keys are seeds 1 to 4 in the order of the roles.
pub(crate) fn charter_text() -> String {
    let mut values = BTreeMap::from([
        ("title", "Office agent pilot".to_owned()),
        ("worker_representation", "The works council of Example GmbH, elected in 2025.".to_owned()),
        ("controller_name", "Example GmbH".to_owned()),
        ("controller_address", "Street 1, 10115 Berlin".to_owned()),
        ("controller_contact", "privacy@example.test".to_owned()),
        ("controller_authority", "Berlin Commissioner for Data Protection".to_owned()),
        ("recipient_key", key(20).public().to_string()),
    ]);
    let names = ["privacy_name", "legal_name", "worker_representative_name", "security_name"];
    let keys = ["privacy_key", "legal_key", "worker_representative_key", "security_key"];
    for (i, seed) in (1..=4_u8).enumerate() {
        values.insert(names[i], format!("Signer Number {seed}"));
        values.insert(keys[i], key(seed).public().to_string());
    }
    for place in
        ["dpia_digest", "consultation_digest", "security_review_digest", "freely_given_assessment_digest"]
    {
        values.insert(place, Digest::of(place.as_bytes()).to_string());
    }
    fill_charter_template(&values).unwrap()
}

/// The charter with one part of its text replaced.
#[track_caller]
pub(crate) fn charter_with(from: &str, to: &str) -> String {
    let text = charter_text();
    assert!(text.contains(from), "the template has no {from:?}");
    text.replace(from, to)
}
