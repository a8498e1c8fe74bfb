//! A program in its pilot and a consent in force, made by signatures as in life: permits have no other maker.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::{
    Act, Charter, Choice, Consent, Context, Decision, Field, Grant, Lease, Permit, ProgramAct, ProgramState,
    Refusal, Role, SignOff, Used, Verified, World, decide, fill_charter_template,
};
use candor_model::{Digest, Entropy, PublicKey, SigningKey, Timestamp};

/// The time of every test.
pub(super) fn now() -> Timestamp {
    "2026-03-10T10:00:00Z".parse().unwrap()
}

const ALL_FIELDS: [Field; 6] = Field::ALL;

pub(super) struct Law {
    charter: Charter,
    state: ProgramState,
    consent: Consent,
    organisation: SigningKey,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn signer(role: Role) -> SigningKey {
    key(1 + u8::try_from(Role::ALL.iter().position(|r| *r == role).unwrap()).unwrap())
}

fn entropy() -> impl Entropy {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            (*byte, next) = (next, next.wrapping_add(1));
        }
    }
}

/// The template, with every place filled by something of its kind.
fn charter() -> Charter {
    let template = candor_consent::CHARTER_TEMPLATE;
    let places = template.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0));
    let value = |place: &str| {
        let role = Role::ALL.into_iter().find(|role| place == format!("{}_key", role.as_str()));
        match role {
            Some(role) => signer(role).public().to_string(),
            None if place.ends_with("_key") => key(20).public().to_string(),
            None if place.ends_with("_digest") => Digest::of(place.as_bytes()).to_string(),
            None if place.ends_with("_contact") => "privacy@example.test".to_owned(),
            None => format!("Example {place}"),
        }
    };
    let values: BTreeMap<&str, String> = places.filter(|p| !p.contains(' ')).map(|p| (p, value(p))).collect();
    let filled = fill_charter_template(&values).unwrap();
    // An editor made with Qt beside the one made with GTK.
    let more = filled.replacen(r#"["Mousepad","#, r#"["FeatherPad", "Mousepad","#, 1);
    assert_ne!(filled, more);
    // And a page of this machine, which is never recorded all the same.
    let filled = more;
    let more = filled.replacen(r#""forms.example.test"]"#, r#""forms.example.test", "127.0.0.1"]"#, 1);
    assert_ne!(filled, more);
    Charter::parse(more.as_bytes()).unwrap()
}

/// A pilot that all four signers started.
fn pilot(charter: &Charter, organisation: &PublicKey, at: Timestamp) -> ProgramState {
    let held: BTreeSet<Digest> = charter.documents().iter().map(|document| document.digest).collect();
    let approval = |role| {
        let (reason, expires_at) = ("read it".to_owned(), at.plus_days(200));
        let sign_off = SignOff { role, decision: Decision::Approve, reason, at, expires_at };
        sign_off.sign(charter, &signer(role)).unwrap()
    };
    let mut history: Vec<_> = Role::ALL.into_iter().map(approval).collect();
    let start = ProgramAct { act: Act::Start, reason: "ready".to_owned(), at };
    history.push(start.sign(charter, &signer(Role::Privacy)).unwrap());
    ProgramState::replay(charter, organisation, &held, &history, now()).unwrap()
}

impl Law {
    pub(super) fn new() -> Self {
        Self::with_fields(ALL_FIELDS.into())
    }

    /// A law that allows a browser on one site too.
    pub(super) fn with_browser() -> Self {
        Self::with(ALL_FIELDS.into(), &["text-editor", "browser"])
    }

    /// A law that allows a spreadsheet too.
    pub(super) fn with_calc() -> Self {
        Self::with(ALL_FIELDS.into(), &["text-editor", "libreoffice-calc"])
    }

    pub(super) fn without_frame_title_and_pointer() -> Self {
        Self::with_fields(BTreeSet::from([Field::TypedText]))
    }

    fn with_fields(fields: BTreeSet<Field>) -> Self {
        Self::with(fields, &["text-editor"])
    }

    /// A law that allows these fields of these applications.
    pub(super) fn with(fields: BTreeSet<Field>, apps: &[&str]) -> Self {
        let (charter, organisation, contributor) = (charter(), key(10), key(30));
        let given = now().plus_millis(-8 * 86_400_000);
        let state = pilot(&charter, &organisation.public(), given);
        let choice = Choice {
            purposes: BTreeSet::from(["form-filling".parse().unwrap()]),
            apps: apps.iter().map(|app| app.parse().unwrap()).collect(),
            fields,
        };
        let grant = Grant::new(&charter, contributor.public(), choice, given, &mut entropy()).unwrap();
        let envelope = grant.sign(&charter, &contributor).unwrap();
        let consent = Consent::verify(&envelope, &charter, None).unwrap();
        Self { charter, state, consent, organisation }
    }

    pub(super) fn decide(&self, context: &Context<'_>) -> Result<Permit, Refusal> {
        self.decide_at(context, now())
    }

    pub(super) fn decide_at(&self, context: &Context<'_>, at: Timestamp) -> Result<Permit, Refusal> {
        let lease = self.lease(at);
        let world = World {
            charter: &self.charter,
            state: &self.state,
            consent: Some(&self.consent),
            withdrawn: false,
            lease: Some(&lease),
            paused: false,
            used: Used { bytes_today: 0 },
            latest_known: at,
        };
        decide(&world, context, at)
    }

    fn lease(&self, at: Timestamp) -> Verified<Lease> {
        let (issued_at, expires_at) = (at.plus_millis(-1000), at.plus_millis(60_000));
        let program = self.charter.digest();
        let lease = Lease { program, issued_at, expires_at, sequence: 1, state_ok: true };
        let envelope = lease.sign(&self.organisation).unwrap();
        Lease::verify(&envelope, &self.charter, &self.organisation.public()).unwrap()
    }
}
