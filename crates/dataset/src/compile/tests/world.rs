//! A vault with a running program and the sessions of two contributors, made through its public doors only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use candor_bundle::{Contents, PackedFrame, Packer};
use candor_consent::{
    Act, Charter, Choice, Consent, DatasetRequest, Decision, Field, Grant, ProgramAct, Role, SignOff,
    Withdrawal, fill_charter_template,
};
use candor_model::bundle::{self, Manifest, Release};
use candor_model::{
    BlobRef, Digest, Entropy, Envelope, FrameView, Platform, RedactorInfo, SessionHeader, SessionId,
    SigningKey, Statement, Step, Subject, Timestamp, canonical_bytes,
};
use candor_vault::{Hook, Vault};

use super::super::{Compiled, compile};
use crate::error::CompileError;
use crate::testing;

pub(super) const PURPOSE: &str = "form-filling";
const ORIGIN: &str = "example.test/candor";
const PROPOSED: &str = "2026-03-01T08:00:00Z";
const GIVEN: &str = "2026-03-02T08:00:00Z";
const STARTED: &str = "2026-03-02T09:30:00Z";
const ENDED: &str = "2026-03-02T09:40:00Z";
const ADMITTED: &str = "2026-03-02T10:00:00Z";
pub(super) const USED: &str = "2026-03-02T11:00:00Z";
const WITHDRAWN: &str = "2026-03-02T12:00:00Z";
pub(super) const LATER: &str = "2026-03-02T13:00:00Z";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn signer(role: Role) -> SigningKey {
    key(1 + u8::try_from(Role::ALL.iter().position(|r| *r == role).unwrap()).unwrap())
}

pub(super) fn contributor(n: u8) -> SigningKey {
    key(30 + n)
}

/// Randomness that is the same in every run.
pub(super) fn seeded(seed: u64) -> impl Entropy {
    let mut count = seed << 32;
    move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            count += 1;
            chunk.copy_from_slice(&Digest::of(&count.to_be_bytes()).as_bytes()[..chunk.len()]);
        }
    }
}

fn documents() -> Vec<(String, Vec<u8>)> {
    let kinds = ["dpia", "consultation", "security-review", "freely-given-assessment"];
    kinds.map(|kind| (kind.to_owned(), format!("the {kind}").into_bytes())).to_vec()
}

fn charter(replace: &[(&str, &str)]) -> Charter {
    let mut values = BTreeMap::from([
        ("title", "Office agent pilot".to_owned()),
        ("worker_representation", "The works council of Example GmbH.".to_owned()),
        ("controller_name", "Example GmbH".to_owned()),
        ("controller_address", "Street 1, 10115 Berlin".to_owned()),
        ("controller_contact", "privacy@example.test".to_owned()),
        ("controller_authority", "Berlin Commissioner".to_owned()),
        ("recipient_key", key(20).public().to_string()),
    ]);
    let places = [
        ("privacy_name", "privacy_key", "dpia_digest"),
        ("legal_name", "legal_key", "consultation_digest"),
        ("worker_representative_name", "worker_representative_key", "security_review_digest"),
        ("security_name", "security_key", "freely_given_assessment_digest"),
    ];
    for ((role, (name, place, document)), (_, bytes)) in Role::ALL.into_iter().zip(places).zip(documents()) {
        values.insert(name, format!("{} Example", role.as_str().replace('_', " ")));
        values.insert(place, signer(role).public().to_string());
        values.insert(document, Digest::of(&bytes).to_string());
    }
    let mut text = fill_charter_template(&values).unwrap();
    for (from, to) in [("cooling_off_hours = 48", "cooling_off_hours = 0")].iter().chain(replace) {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Charter::parse(text.as_bytes()).unwrap()
}

/// A server folder, open, and a place for what is compiled.
pub(super) struct World {
    folder: tempfile::TempDir,
    pub(super) vault: Vault,
    pub(super) charter: Charter,
    requests: u64,
}

impl World {
    /// With a session of each of two contributors.
    pub(super) fn filled() -> Self {
        Self::with(&[], Arc::new(|_| ()))
    }

    pub(super) fn with(replace: &[(&str, &str)], hook: Hook) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("server");
        let vault = Vault::open(&dir, &[42; 32], ORIGIN, hook, at(PROPOSED), &mut seeded(0)).unwrap();
        let mut world = Self { folder, vault, charter: charter(replace), requests: 0 };
        world.start();
        (0..2).for_each(|n| world.grant(n));
        (0..2).for_each(|n| world.admit(n));
        world
    }

    fn start(&mut self) {
        let (charter, mut entropy) = (self.charter.clone(), seeded(1));
        self.vault.propose(charter.bytes(), &documents(), at(PROPOSED), &mut entropy).unwrap();
        for role in Role::ALL {
            let (at, reason) = (at(PROPOSED), "The documents were read.".to_owned());
            let said =
                SignOff { role, decision: Decision::Approve, reason, at, expires_at: at.plus_days(180) };
            let signed = said.sign(&charter, &signer(role)).unwrap();
            self.vault.sign_off(&signed, at, &mut entropy).unwrap();
        }
        let act = ProgramAct { act: Act::Start, reason: "It is time.".to_owned(), at: at(PROPOSED) };
        let act = act.sign(&charter, &signer(Role::Privacy)).unwrap();
        self.vault.act(&act, at(PROPOSED), &mut entropy).unwrap();
    }

    fn signed_grant(&self, n: u8) -> Envelope {
        let choice = Choice {
            purposes: BTreeSet::from([PURPOSE.parse().unwrap()]),
            apps: BTreeSet::from(["libreoffice-calc".parse().unwrap()]),
            fields: Field::ALL.into_iter().collect(),
        };
        let key = contributor(n);
        let mut entropy = seeded(100 + u64::from(n));
        let grant = Grant::new(&self.charter, key.public(), choice, at(GIVEN), &mut entropy).unwrap();
        grant.sign(&self.charter, &key).unwrap()
    }

    pub(super) fn grant(&mut self, n: u8) {
        let (grant, mut entropy) = (self.signed_grant(n), seeded(200 + u64::from(n)));
        self.vault.grant(&grant, "http://localhost/withdraw", at(GIVEN), &mut entropy).unwrap();
    }

    /// Contributor 0 withdraws.
    pub(super) fn withdraw(&mut self) {
        let consent = Consent::verify(&self.signed_grant(0), &self.charter, None).unwrap();
        let envelope = Withdrawal::sign(&consent, at(WITHDRAWN), &contributor(0)).unwrap();
        self.vault.withdraw(&envelope, at(WITHDRAWN), &mut seeded(500)).unwrap();
    }

    fn admit(&mut self, n: u8) {
        let mut wire = Vec::new();
        candor_bundle::write(&self.bundle(n), &mut wire).unwrap();
        self.vault.admit(wire.as_slice(), at(ADMITTED), &mut seeded(300 + u64::from(n))).unwrap();
    }

    fn header(&self, n: u8) -> SessionHeader {
        let consent = Consent::verify(&self.signed_grant(n), &self.charter, None).unwrap();
        SessionHeader {
            session: session(n),
            charter: self.charter.digest(),
            consent: consent.id(),
            contributor: contributor(n).public(),
            started: at(STARTED),
            ended: at(ENDED),
            recorded: None,
            platform: Platform::Linux,
            redactor: RedactorInfo {
                profile: self.charter.redaction_profile().to_owned(),
                version: "1".into(),
                rules: Digest::of(b"rules"),
            },
            task: Some("Fill in the form".into()),
            outcome: None,
        }
    }

    /// Steps as the tests of the compiler have them, in the charter's scope.
    fn bundle(&self, n: u8) -> Contents {
        let mut steps = testing::session(n, n, 4).steps;
        for step in &mut steps {
            step.window.app = "libreoffice-calc".parse().unwrap();
            step.at.wall = at(STARTED).plus_millis(i64::from(step.ordinal) * 1_000);
            step.at.monotonic_us = u64::from(step.ordinal) * 1_000_000;
        }
        let refs: BTreeSet<BlobRef> = steps.iter().filter_map(|step| step.frame).collect();
        let frames = packed(session(n), &steps);
        let packed_bytes = candor_bundle::packed_bytes(bundle::VERSION, &BTreeMap::new(), &frames).unwrap();
        let manifest = Manifest {
            version: bundle::VERSION,
            header: self.header(n),
            steps: steps.iter().map(|step| Digest::of(&canonical_bytes(step).unwrap())).collect(),
            blobs: refs.into_iter().collect(),
            packed_bytes: Some(packed_bytes),
            findings: BTreeMap::new(),
        };
        let manifest_bytes = canonical_bytes(&manifest).unwrap();
        let release = Release {
            consent: manifest.header.consent,
            charter: manifest.header.charter,
            released_at: at(ENDED).plus_millis(60_000),
            salt: "22".repeat(32),
        };
        let subject = Subject::new("manifest.json", Digest::of(&manifest_bytes));
        let release = Statement::new(subject, release).sign(&contributor(n)).unwrap();
        Contents { release, manifest_bytes, manifest, steps, blobs: BTreeMap::new(), frames }
    }

    /// A signed request for a recipe, each with its own nonce.
    pub(super) fn request(&mut self, purpose: &str, recipe: &str, when: &str) -> Envelope {
        self.requests += 1;
        let mut entropy = seeded(400 + self.requests);
        let request = DatasetRequest::new(&self.charter, purpose.parse().unwrap(), at(when), &mut entropy);
        request.sign(Digest::of(recipe.as_bytes()), &key(20)).unwrap()
    }

    /// A new place beside the vault.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join("out").join(name)
    }

    pub(super) fn compile(&mut self, recipe: &str, when: &str, name: &str) -> Result<Compiled, CompileError> {
        let request = self.request(PURPOSE, recipe, when);
        self.answer(&request, recipe, when, name)
    }

    pub(super) fn answer(
        &mut self,
        request: &Envelope,
        recipe: &str,
        when: &str,
        name: &str,
    ) -> Result<Compiled, CompileError> {
        let out = self.place(name);
        compile(&mut self.vault, request, recipe.as_bytes(), at(when), &mut seeded(900 + self.requests), &out)
    }
}

pub(super) fn session(n: u8) -> SessionId {
    SessionId::from_bytes([n; 16])
}

pub(super) fn recipe(extra: &str) -> String {
    format!(
        "version = 1\nname = \"forms\"\npurpose = \"{PURPOSE}\"\nformats = [\"parquet\", \"agentnet\"]\n{extra}"
    )
}

/// The frames of steps as tiles, in the order of their first use.
fn packed(session: SessionId, steps: &[Step]) -> Vec<PackedFrame> {
    let (mut tiles, mut frames) = (Packer::default(), Vec::<PackedFrame>::new());
    for blob in steps.iter().filter_map(|step| step.frame) {
        if frames.iter().all(|frame| frame.digest != blob.digest) {
            let pixmap = testing::frames(session, &blob).unwrap();
            let (digest, packed) = tiles.pack(FrameView::of_pixmap(&pixmap).unwrap()).unwrap();
            frames.push(PackedFrame { digest, packed });
        }
    }
    frames
}
