//! The consent record: ISO/IEC TS 27560:2023 in JSON-LD, with the terms of DPV 2.3.
//!
//! Shape: the W3C DPVCG guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV", with the corrections
//! of its terms against DPV 2.3. Specification: `docs/formats/consent.md`. No context is fetched: it stands in the record.

mod context;
#[cfg(test)]
mod tests;

use candor_model::Timestamp;
use serde_json::{Value, json};

pub(crate) use context::context;

use crate::{Charter, DocumentKind, Field, Grant, Notice, Purpose, Role};

/// The consent record of `grant`: a pure function of the charter and of every field of the grant but `rho` and `record`.
///
/// The organisation and the verifier make it again and compare, so a record cannot say more than was chosen.
#[must_use]
pub fn record(charter: &Charter, grant: &Grant) -> Value {
    let id = grant.consent.to_string();
    let processes: Vec<Value> =
        chosen(charter, grant).map(|purpose| process(charter, grant, purpose)).collect();
    json!({
        "@context": context(),
        "@id": format!("urn:uuid:{id}"),
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": [
            "https://w3id.org/dpv/schema/dpv-27560#record",
            "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
        ],
        "dct:identifier": id,
        "dpv:hasIdentifier": id,
        "dct:created": grant.given_at,
        "dct:language": charter.language(),
        "dpv:hasDataSubject": data_subject(grant),
        "dpv:hasNotice": notice(charter, grant),
        "dpv:hasProcess": processes,
        "dpv:hasEntity": entities(charter),
        "dpv:hasAuthority": {"@type": "dpv:Authority", "dpv:hasName": charter.controller().authority},
        "dpv:hasConsentStatus": [status(grant)],
        "candor:program": charter.digest(),
        "candor:effectiveFrom": grant.effective_from,
        "candor:expiresAt": grant.expires_at,
        "candor:pseudonymKey": grant.contributor,
        "candor:bystanderPolicy": charter.bystander_rule(),
        "candor:modelErasurePolicy": charter.model_erasure(),
        "candor:incentive": "none",
    })
}

fn chosen<'a>(charter: &'a Charter, grant: &Grant) -> impl Iterator<Item = &'a Purpose> {
    let ids = grant.choice.purposes.clone();
    charter.purposes().iter().filter(move |purpose| ids.contains(&purpose.id))
}

fn data_subject(grant: &Grant) -> Value {
    let pseudonym = grant.contributor.id();
    json!({
        "@id": format!("urn:candor:pseudonym:{pseudonym}"),
        "@type": ["dpv:DataSubject", "dpv:Employee"],
        "dct:identifier": pseudonym,
    })
}

fn notice(charter: &Charter, grant: &Grant) -> Value {
    let digest = Notice::of(charter).digest;
    json!({
        "@id": format!("urn:candor:notice:{digest}"),
        "@type": "dpv:ConsentNotice",
        "dct:identifier": format!("sha256:{digest}"),
        "dct:hasVersion": charter.digest(),
        "dct:date": grant.given_at.day(),
        "dct:language": "en",
        "dct:coverage": format!("{}/{}", grant.given_at, grant.expires_at),
    })
}

/// One process per purpose, so that each stands and falls alone.
fn process(charter: &Charter, grant: &Grant, purpose: &Purpose) -> Value {
    let mut process = process_facts(charter, grant, purpose);
    let rules = process_rules(charter);
    if let (Some(process), Value::Object(rules)) = (process.as_object_mut(), rules) {
        process.extend(rules);
    }
    process
}

fn process_facts(charter: &Charter, grant: &Grant, purpose: &Purpose) -> Value {
    let recipients: Vec<String> = charter.recipients().iter().map(|r| party(&r.id)).collect();
    json!({
        "@id": format!("urn:candor:purpose:{}", purpose.id),
        "@type": "dpv:Process",
        "dpv:hasNecessity": "dpv:Optional",
        "dpv:hasPurpose": {
            "@id": format!("urn:candor:purpose:{}#purpose", purpose.id),
            "@type": "dpv:Purpose",
            "skos:broader": purpose.dpv,
            "dct:title": purpose.title,
            "dct:description": purpose.statement,
            "candor:ownWork": purpose.own_work,
        },
        "dpv:hasProcessing": ["dpv:Observe", "dpv:Pseudonymise", "dpv:Store", "ai:ModelTraining"],
        "dpv:hasPersonalData": personal_data(grant),
        "candor:apps": grant.choice.apps,
        "dpv:hasDataSource": {"@type": "dpv:DataSubjectDataSource", "dpv:hasProcessing": "dpv:Observe"},
        "dpv:hasDataController": party("controller"),
        "dpv:hasRecipient": recipients,
        "dpv:hasLegalBasis": charter.legal_basis(),
        "dpv:hasJurisdiction": charter.jurisdiction(),
        "dpv:hasScale": "dpv:SmallScaleProcessing",
        "dpv:hasAutomationLevel": "dpv:PartialAutomation",
        "dpv:hasHumanInvolvement": ["dpv:HumanInvolvementForControl", "dpv:HumanInvolvementForVerification"],
        "dpv:hasAssessment": assessments(charter),
        "dpv:hasService": {"@type": "dpv:Service", "dct:title": charter.title()},
    })
}

fn process_rules(charter: &Charter) -> Value {
    json!({
        "dpv:hasStorageCondition": storage(charter),
        "dpv:hasProcessingCondition": [{"@type": "dpv:ProcessingLocation", "dpv:hasLocation": "dpv:WithinDevice"}],
        "dpv:hasRule": [
            {"@type": "dpv:Prohibition", "dpv:hasPurpose": charter.prohibited()},
            {"@type": "dpv:Obligation", "dpv:hasLocation": charter.storage(), "dpv:hasProcessing": "dpv:Store"},
        ],
        // Not a DPV term: AI Act, Art. 5(1)(f) forbids it at work.
        "candor:neverInferred": ["emotions"],
        "dpv:hasConsentControl": [
            exercised("dpv:WithdrawConsent", "urn:candor:endpoint:withdraw"),
            exercised("dpv:RefuseConsent", "urn:candor:endpoint:refuse"),
            exercised("dpv:ReaffirmConsent", "urn:candor:endpoint:renew"),
        ],
        "dpv:hasRight": RIGHTS.map(|(right, at)| json!({"@type": ["dpv:DataSubjectRight", right], "dpv:isExercisedAt": at})),
        "dpv:hasTechnicalMeasure": ["dpv:Deidentification", "dpv:CryptographicKeyManagement"],
        "dpv:hasOrganisationalMeasure": ["dpv:ConsultationWithDataSubjectRepresentative"],
    })
}

/// Rights under the GDPR, by article, and where each is exercised.
const RIGHTS: [(&str, &str); 7] = [
    ("eu-gdpr:A7-3", "urn:candor:endpoint:withdraw"),
    ("eu-gdpr:A13", "urn:candor:endpoint:notice"),
    ("eu-gdpr:A15", "urn:candor:endpoint:export"),
    ("eu-gdpr:A17", "urn:candor:endpoint:erase"),
    ("eu-gdpr:A20", "urn:candor:endpoint:export"),
    ("eu-gdpr:A21", "urn:candor:endpoint:withdraw"),
    ("eu-gdpr:A77", "urn:candor:party:authority"),
];

fn exercised(control: &str, at: &str) -> Value {
    json!({"@type": control, "dpv:isExercisedAt": at})
}

/// The chosen fields, and the name of the application, which every step holds. Necessity is always said: where it is
/// absent, the vocabulary reads it as required.
fn personal_data(grant: &Grant) -> Vec<Value> {
    let app = json!({
        "@type": "dpv:PersonalData",
        "skos:broader": "pd:DeviceApplications",
        "dct:identifier": "app",
        "dpv:hasNecessity": "dpv:Required",
    });
    std::iter::once(app).chain(grant.choice.fields.iter().map(|field| personal_datum(*field))).collect()
}

fn personal_datum(field: Field) -> Value {
    // DPV has no class for screens and keystrokes: the parent class, and the precise name as the identifier.
    let (kind, class) = match field {
        Field::Pointer | Field::Hotkeys => ("dpv:PersonalData", "pd:Behavioural"),
        Field::TypedText | Field::WindowTitle => ("dpv:PersonalData", "pd:Communication"),
        Field::Frame | Field::Tree => ("dpv:SensitivePersonalData", "pd:Communication"),
    };
    json!({
        "@type": kind,
        "skos:broader": class,
        "dct:identifier": field,
        "dct:description": field.in_words(),
        "dpv:hasNecessity": "dpv:Optional",
    })
}

fn storage(charter: &Charter) -> Value {
    json!([
        {"@type": "dpv:StorageLocation", "dpv:hasLocation": "dpv:WithinDevice"},
        {"@type": "dpv:StorageLocation", "dpv:hasLocation": charter.storage()},
        {"@type": "dpv:StorageDuration", "dpv:hasDuration": duration(&format!("P{}D", charter.retention_days()))},
        {"@type": "dpv:StorageDeletion", "dpv:hasDuration": duration("P1D")},
    ])
}

fn duration(text: &str) -> Value {
    json!({"@type": "dpv:TemporalDuration", "rdf:value": {"@value": text, "@type": "xsd:duration"}})
}

fn assessments(charter: &Charter) -> Vec<Value> {
    let dpia = charter.documents().iter().filter(|document| document.kind == DocumentKind::Dpia);
    dpia.map(|d| json!({"@type": "dpv:DPIA", "dct:title": d.title, "dct:identifier": format!("sha256:{}", d.digest)}))
        .collect()
}

fn party(id: &str) -> String {
    format!("urn:candor:party:{id}")
}

fn entities(charter: &Charter) -> Vec<Value> {
    let signers = charter.signers().iter().filter_map(|signer| {
        let kind = match signer.role {
            Role::Privacy => "dpv:DataProtectionOfficer",
            Role::WorkerRepresentative => "dpv:Representative",
            Role::Legal | Role::Security => return None,
        };
        Some(json!({"@id": party(signer.role.as_str()), "@type": kind, "dpv:hasName": signer.name}))
    });
    let recipients = charter.recipients().iter().map(|recipient| {
        json!({"@id": party(&recipient.id), "@type": "dpv:Recipient", "dpv:hasName": recipient.name})
    });
    std::iter::once(controller(charter)).chain(signers).chain(recipients).collect()
}

fn controller(charter: &Charter) -> Value {
    let controller = charter.controller();
    json!({
        "@id": party("controller"),
        "@type": ["dpv:Organisation", "dpv:DataController"],
        "dpv:hasIdentifier": party("controller"),
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
        "dpv:hasContact": controller.contact,
        "schema:contactPoint": {"@type": "schema:ContactPoint", "schema:description": controller.contact},
    })
}

fn status(grant: &Grant) -> Value {
    json!({
        "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedBy": format!("urn:candor:pseudonym:{}", grant.contributor.id()),
        "dpv:isIndicatedAtTime": grant.given_at,
        "dpv:hasIndicationMethod": "each purpose, application and field chosen by itself; signature of the contributor's key",
        "dpv:hasInformedStatus": "dpv:DataSubjectInformed",
        "dpv:hasDuration": duration(&until(grant.given_at, grant.expires_at)),
    })
}

/// The time between two moments as an `xsd:duration` (XML Schema 1.1, part 2, section 3.3.6). It always ends.
fn until(from: Timestamp, to: Timestamp) -> String {
    const DAY_MS: i64 = 86_400_000;
    let millis = to.as_millis().saturating_sub(from.as_millis());
    if millis % DAY_MS == 0 { format!("P{}D", millis / DAY_MS) } else { format!("PT{}S", millis / 1_000) }
}
