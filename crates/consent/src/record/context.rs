//! The JSON-LD context of records and receipts. It stands in each document, so that nothing is ever fetched.

use serde_json::{Map, Value, json};

const PREFIXES: [(&str, &str); 11] = [
    ("dpv", "https://w3id.org/dpv#"),
    ("pd", "https://w3id.org/dpv/pd#"),
    ("ai", "https://w3id.org/dpv/ai#"),
    ("loc", "https://w3id.org/dpv/loc#"),
    ("eu-gdpr", "https://w3id.org/dpv/legal/eu/gdpr#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("schema", "https://schema.org/"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("candor", "urn:candor:ns:"),
];

/// Properties whose values are IRIs.
const IRI_VALUED: [&str; 22] = [
    "dct:conformsTo",
    "dpv:hasAutomationLevel",
    "dpv:hasDataController",
    "dpv:hasDataSubject",
    "dpv:hasHumanInvolvement",
    "dpv:hasInformedStatus",
    "dpv:hasJurisdiction",
    "dpv:hasLegalBasis",
    "dpv:hasLocation",
    "dpv:hasNecessity",
    "dpv:hasOrganisationalMeasure",
    "dpv:hasPersonalData",
    "dpv:hasProcessing",
    "dpv:hasPurpose",
    "dpv:hasRecipient",
    "dpv:hasRight",
    "dpv:hasScale",
    "dpv:hasService",
    "dpv:hasTechnicalMeasure",
    "dpv:isExercisedAt",
    "dpv:isIndicatedBy",
    "skos:broader",
];

/// Properties whose values are times.
const TIME_VALUED: [&str; 4] =
    ["dct:created", "dpv:isIndicatedAtTime", "candor:effectiveFrom", "candor:expiresAt"];

/// The context.
pub(crate) fn context() -> Value {
    let prefixes = PREFIXES.map(|(prefix, iri)| (prefix, json!(iri)));
    let iris = IRI_VALUED.map(|property| (property, json!({"@type": "@id"})));
    let times = TIME_VALUED.map(|property| (property, json!({"@type": "xsd:dateTime"})));
    let entries = prefixes.into_iter().chain(iris).chain(times);
    Value::Object(entries.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}
