//! The record holds what ISO/IEC TS 27560 asks for, in terms that exist.

use std::collections::BTreeSet;

use super::*;
use crate::testing::{CHARTER, grant};

/// A record by hand, checked against the tables of DPV 2.3: every term in it exists.
const GOLDEN: &str = include_str!("../../tests/golden/consent_record.json");
/// Terms of DPV 2.3 and of the vocabularies beside it, one a line.
const TERMS: &str = include_str!("../../tests/golden/dpv-2.3-terms.txt");

const VOCABULARIES: [&str; 9] = ["dpv", "pd", "ai", "loc", "eu-gdpr", "dct", "skos", "schema", "rdf"];

/// Every `prefix:Name` in keys and values, outside of the context.
fn terms(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(term(text).map(|t| found.insert(t))),
        Value::Array(values) => values.iter().for_each(|v| terms(v, found)),
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| *key != "@context") {
                term(key).map(|t| found.insert(t));
                terms(value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn term(text: &str) -> Option<String> {
    let (prefix, name) = text.split_once(':')?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (VOCABULARIES.contains(&prefix) && is_name).then(|| text.to_owned())
}

fn terms_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    terms(value, &mut found);
    found
}

#[test]
fn the_golden_record_parses_and_uses_known_terms() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let known: BTreeSet<&str> = TERMS.lines().collect();
    let used = terms_of(&golden);
    assert!(used.len() > 80, "{}", used.len());
    let unknown: Vec<_> = used.iter().filter(|term| !known.contains(term.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_term_that_the_record_uses_exists() {
    let used = terms_of(&record(&CHARTER, &grant(&CHARTER)));
    let known: BTreeSet<&str> = TERMS.lines().collect();
    let unknown: Vec<_> = used.iter().filter(|term| !known.contains(term.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(
        !terms_of(&json!({"dpv:hasRule": "dpv:AnalyticsInvented"}))
            .is_subset(&known.iter().map(ToString::to_string).collect())
    );
}

#[test]
fn every_term_that_a_charter_may_use_exists() {
    let known: BTreeSet<&str> = TERMS.lines().collect();
    let lists = [
        &crate::dpv::PURPOSE_CLASSES[..],
        &crate::dpv::ALWAYS_PROHIBITED,
        &crate::dpv::ALSO_PROHIBITABLE,
        &crate::dpv::LEGAL_BASES,
    ];
    for term in lists.into_iter().flatten() {
        assert!(known.contains(term), "{term}");
    }
}

/// ISO/IEC TS 27560, mandatory fields (specification: docs/formats/consent.md), by where the record has them.
const MANDATORY: [&str; 26] = [
    "/dct:conformsTo/1",
    "/dct:identifier",
    "/dpv:hasIdentifier",
    "/dpv:hasDataSubject/dct:identifier",
    "/dpv:hasNotice/dct:identifier",
    "/dpv:hasNotice/dct:hasVersion",
    "/dct:language",
    "/dpv:hasProcess/0/dpv:hasPurpose/dct:description",
    "/dpv:hasProcess/0/dpv:hasPurpose/skos:broader",
    "/dpv:hasProcess/0/dpv:hasLegalBasis/0",
    "/dpv:hasProcess/0/dpv:hasPersonalData/1/skos:broader",
    "/dpv:hasProcess/0/dpv:hasPersonalData/1/dpv:hasNecessity",
    "/dpv:hasProcess/0/dpv:hasDataController",
    "/dpv:hasProcess/0/dpv:hasDataSource/dpv:hasProcessing",
    "/dpv:hasProcess/0/dpv:hasProcessing/3",
    "/dpv:hasProcess/0/dpv:hasStorageCondition/1/dpv:hasLocation",
    "/dpv:hasProcess/0/dpv:hasStorageCondition/2/dpv:hasDuration/rdf:value/@value",
    "/dpv:hasProcess/0/dpv:hasRule/0/dpv:hasPurpose/7",
    "/dpv:hasProcess/0/dpv:hasJurisdiction",
    "/dpv:hasProcess/0/dpv:hasRecipient/0",
    "/dpv:hasProcess/0/dpv:hasConsentControl/0/dpv:isExercisedAt",
    "/dpv:hasProcess/0/dpv:hasRight/6/dpv:isExercisedAt",
    "/dpv:hasEntity/0/dpv:hasName",
    "/dpv:hasConsentStatus/0/dpv:isIndicatedAtTime",
    "/dpv:hasConsentStatus/0/dpv:isIndicatedBy",
    "/dpv:hasConsentStatus/0/dpv:hasDuration/rdf:value/@value",
];

#[test]
fn every_mandatory_field_is_there() {
    let record = record(&CHARTER, &grant(&CHARTER));
    for field in MANDATORY {
        assert!(record.pointer(field).is_some_and(|value| !value.is_null()), "{field}");
    }
}

#[test]
fn the_golden_record_has_no_top_level_field_that_ours_lacks() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let ours = record(&CHARTER, &grant(&CHARTER));
    for (value, ours) in [
        (&golden, &ours),
        (&golden["dpv:hasProcess"][0], &ours["dpv:hasProcess"][0]),
        (&golden["dpv:hasNotice"], &ours["dpv:hasNotice"]),
        (&golden["dpv:hasEntity"][0], &ours["dpv:hasEntity"][0]),
        (&golden["dpv:hasConsentStatus"][1], &ours["dpv:hasConsentStatus"][0]),
    ] {
        for key in value.as_object().unwrap().keys() {
            assert!(ours.get(key).is_some(), "{key}");
        }
    }
}

#[test]
fn each_purpose_is_a_process_of_its_own() {
    let mut grant = grant(&CHARTER);
    assert_eq!(record(&CHARTER, &grant)["dpv:hasProcess"].as_array().unwrap().len(), 1);
    grant.choice.purposes.insert("usability-research".parse().unwrap());
    assert_eq!(record(&CHARTER, &grant)["dpv:hasProcess"].as_array().unwrap().len(), 2);
}

#[test]
fn the_record_names_what_was_chosen_and_nothing_else() {
    let record = record(&CHARTER, &grant(&CHARTER));
    let process = &record["dpv:hasProcess"][0];
    assert_eq!(process["candor:apps"], json!(["browser", "libreoffice-calc"]));
    let fields: Vec<_> =
        process["dpv:hasPersonalData"].as_array().unwrap().iter().map(|d| &d["dct:identifier"]).collect();
    assert_eq!(fields, ["app", "pointer", "typed_text", "frame", "tree"]);
    assert!(
        !record.to_string().contains("text-editor") && !record.to_string().contains("usability-research")
    );
}

#[test]
fn the_secret_of_the_log_entries_is_not_in_the_record() {
    let grant = grant(&CHARTER);
    assert!(!grant.record.to_string().contains(&grant.rho));
}

#[test]
fn the_record_holds_no_float_and_no_endless_validity() {
    let record = record(&CHARTER, &grant(&CHARTER));
    assert!(candor_model::canonical_bytes(&record).is_ok());
    let text = record.to_string();
    assert!(!text.contains("EndlessDuration") && !text.contains("Indefinite"));
    assert_eq!(record["dpv:hasConsentStatus"][0]["dpv:hasDuration"]["rdf:value"]["@value"], "P180D");
}

#[test]
fn a_validity_of_part_of_a_day_is_written_in_seconds() {
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(until(from, from.plus_days(2)), "P2D");
    assert_eq!(until(from, from.plus_millis(90_500)), "PT90S");
}
