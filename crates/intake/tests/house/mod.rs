//! A program that runs, a consent in force and a live lease, all made through the public law.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::{
    Act, Charter, Choice, Consent, Context, Decision, Field, Grant, Lease, Permit, ProgramAct, ProgramState,
    Refusal, Role, SignOff, Used, Verified, World, decide, fill_charter_template,
};
use candor_model::{Digest, Envelope, SigningKey, Timestamp, VisibleWindow};

const DAY_MS: i64 = 86_400_000;

pub(crate) struct House {
    charter: Charter,
    state: ProgramState,
    consent: Consent,
    lease: Verified<Lease>,
    now: Timestamp,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn organisation() -> SigningKey {
    key(9)
}

impl House {
    /// A house whose contributor agreed to `fields`, in every application of the charter.
    pub(crate) fn new(fields: &[Field]) -> Self {
        let given: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let now = given.plus_millis(10 * DAY_MS);
        let charter = Charter::parse(charter_text().as_bytes()).unwrap();
        let held = charter.documents().iter().map(|document| document.digest).collect();
        let history = history(&charter, given);
        let state = ProgramState::replay(&charter, &organisation().public(), &held, &history, now).unwrap();
        let consent = consent(&charter, fields, given);
        let lease = Lease {
            program: charter.digest(),
            issued_at: now,
            expires_at: now.plus_millis(600_000),
            sequence: 1,
            state_ok: true,
        };
        let lease =
            Lease::verify(&lease.sign(&organisation()).unwrap(), &charter, &organisation().public()).unwrap();
        Self { charter, state, consent, lease, now }
    }

    pub(crate) fn judge(&self, context: &Context<'_>) -> Result<Permit, Refusal> {
        let world = World {
            charter: &self.charter,
            state: &self.state,
            consent: Some(&self.consent),
            withdrawn: false,
            lease: Some(&self.lease),
            paused: false,
            used: Used { bytes_today: 0 },
            latest_known: self.now,
        };
        decide(&world, context, self.now.plus_millis(1000))
    }

    pub(crate) fn windows(&self, step: &candor_intake::PendingStep<'_>) -> Vec<VisibleWindow> {
        let judged = |w: &candor_intake::SeenWindow| VisibleWindow {
            bounds: w.bounds,
            permitted: self.judge(&w.context()).is_ok(),
        };
        step.windows().iter().map(judged).collect()
    }
}

fn charter_text() -> String {
    let mut values = BTreeMap::from([
        ("title", "Office agent pilot".to_owned()),
        ("worker_representation", "The works council of Example GmbH, elected in 2025.".to_owned()),
        ("controller_name", "Example GmbH".to_owned()),
        ("controller_address", "Street 1, 10115 Berlin".to_owned()),
        ("controller_contact", "privacy@example.test".to_owned()),
        ("controller_authority", "Berlin Commissioner for Data Protection".to_owned()),
        ("recipient_key", key(20).public().to_string()),
    ]);
    let places = [
        ("privacy_name", "privacy_key"),
        ("legal_name", "legal_key"),
        ("worker_representative_name", "worker_representative_key"),
        ("security_name", "security_key"),
    ];
    for (seed, (name, place)) in (1..).zip(places) {
        values.insert(name, format!("Signer {seed}"));
        values.insert(place, key(seed).public().to_string());
    }
    for place in
        ["dpia_digest", "consultation_digest", "security_review_digest", "freely_given_assessment_digest"]
    {
        values.insert(place, Digest::of(place.as_bytes()).to_string());
    }
    fill_charter_template(&values).unwrap()
}

fn history(charter: &Charter, at: Timestamp) -> Vec<Envelope> {
    let sign_off = |(seed, role): (u8, Role)| {
        let reason = "read it".to_owned();
        let sign_off =
            SignOff { role, decision: Decision::Approve, reason, at, expires_at: at.plus_days(200) };
        sign_off.sign(charter, &key(seed)).unwrap()
    };
    let start = ProgramAct { act: Act::Start, reason: "go".to_owned(), at: at.plus_millis(1) };
    let mut history: Vec<_> = (1..).zip(Role::ALL).map(sign_off).collect();
    history.push(start.sign(charter, &key(1)).unwrap());
    history
}

fn consent(charter: &Charter, fields: &[Field], given: Timestamp) -> Consent {
    let choice = Choice {
        purposes: BTreeSet::from(["form-filling".parse().unwrap()]),
        apps: charter.scope().apps().iter().map(|app| app.id.clone()).collect(),
        fields: fields.iter().copied().collect(),
    };
    let mut entropy = |bytes: &mut [u8]| bytes.fill(7);
    let grant = Grant::new(charter, key(30).public(), choice, given, &mut entropy).unwrap();
    let envelope = grant.sign(charter, &key(30)).unwrap().countersign(&organisation()).unwrap();
    Consent::verify(&envelope, charter, Some(&organisation().public())).unwrap()
}
