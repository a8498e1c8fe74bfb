//! A server folder with a running program, two contributors, a recipient, and times that fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candor_bundle::Contents;
use candor_consent::{
    Act, Charter, Choice, Consent, DatasetRequest, Decision, Field, Grant, ProgramAct, Role, SignOff,
    Withdrawal, fill_charter_template,
};
use candor_model::{
    BlobRef, Digest, Envelope, Media, Platform, RedactorInfo, SessionHeader, SessionId, SigningKey, Timestamp,
};

use crate::testing::{at, contents, counter, seeded, step};
use crate::{AdmitError, Admitted, Granted, Hook, OpenError, Vault};

pub(super) const ORIGIN: &str = "example.test/candor";
pub(super) const ROOT: [u8; 32] = [42; 32];
pub(super) const PROPOSED: &str = "2026-03-01T08:00:00Z";
pub(super) const STARTED: &str = "2026-03-01T09:00:00Z";
pub(super) const GIVEN: &str = "2026-03-02T08:00:00Z";
pub(super) const RELEASED: &str = "2026-03-02T09:50:00Z";
pub(super) const ADMITTED: &str = "2026-03-02T10:00:00Z";
pub(super) const USED: &str = "2026-03-02T11:00:00Z";
pub(super) const WITHDRAWN: &str = "2026-03-02T12:00:00Z";

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

pub(super) fn recipient() -> SigningKey {
    key(20)
}

pub(super) fn signer(role: Role) -> SigningKey {
    key(1 + u8::try_from(Role::ALL.iter().position(|r| *r == role).unwrap()).unwrap())
}

/// A contributor: 0, 1, 2 …
pub(super) fn contributor(n: u8) -> SigningKey {
    key(30 + n)
}

pub(super) fn silent() -> Hook {
    Arc::new(|_| ())
}

pub(super) fn documents() -> Vec<(String, Vec<u8>)> {
    let kinds = ["dpia", "consultation", "security-review", "freely-given-assessment"];
    kinds.map(|kind| (kind.to_owned(), format!("the {kind}").into_bytes())).to_vec()
}

/// A charter's text with another value for a key, whatever value the template has.
fn with(text: &str, key: &str, value: &str) -> String {
    let is_it = |line: &&str| line.split_once('=').is_some_and(|(found, _)| found.trim() == key);
    assert_eq!(text.lines().filter(is_it).count(), 1, "{key}");
    let lines =
        text.lines().map(|line| if is_it(&line) { format!("{key} = {value}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

/// The template's charter without a time for second thoughts, with other values for some keys.
pub(super) fn charter_with(replace: &[(&str, &str)]) -> Charter {
    let mut values = BTreeMap::from([
        ("title", "Office agent pilot".to_owned()),
        ("worker_representation", "The works council of Example GmbH.".to_owned()),
        ("controller_name", "Example GmbH".to_owned()),
        ("controller_address", "Street 1, 10115 Berlin".to_owned()),
        ("controller_contact", "privacy@example.test".to_owned()),
        ("controller_authority", "Berlin Commissioner".to_owned()),
        ("recipient_key", recipient().public().to_string()),
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
    for (key, value) in [("cooling_off_hours", "0")].iter().chain(replace) {
        text = with(&text, key, value);
    }
    Charter::parse(text.as_bytes()).unwrap()
}

pub(super) fn sign_off(charter: &Charter, role: Role, when: &str) -> Envelope {
    let at = at(when);
    let reason = "The documents were read.".to_owned();
    let expires_at = at.plus_days(180);
    let said = SignOff { role, decision: Decision::Approve, reason, at, expires_at };
    said.sign(charter, &signer(role)).unwrap()
}

pub(super) fn act(charter: &Charter, act: Act, role: Role, when: &str) -> Envelope {
    let said = ProgramAct { act, reason: "It is time.".to_owned(), at: at(when) };
    said.sign(charter, &signer(role)).unwrap()
}

pub(super) fn everything() -> Choice {
    Choice {
        purposes: BTreeSet::from(["form-filling".parse().unwrap()]),
        apps: BTreeSet::from(["libreoffice-calc".parse().unwrap(), "browser".parse().unwrap()]),
        fields: Field::ALL.into_iter().collect(),
    }
}

/// A server folder, open.
pub(super) struct World {
    pub(super) folder: Option<tempfile::TempDir>,
    pub(super) dir: PathBuf,
    pub(super) vault: Vault,
    pub(super) charter: Charter,
}

pub(super) fn open(dir: &Path, hook: Hook, now: &str) -> Result<Vault, OpenError> {
    Vault::open(dir, &ROOT, ORIGIN, hook, at(now), &mut seeded(7))
}

impl World {
    /// With nothing in it.
    pub(super) fn empty(charter: Charter) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("server");
        let vault = Vault::open(&dir, &ROOT, ORIGIN, silent(), at(PROPOSED), &mut counter()).unwrap();
        Self { folder: Some(folder), dir, vault, charter }
    }

    /// With a running pilot.
    pub(super) fn running_with(replace: &[(&str, &str)]) -> Self {
        let mut world = Self::empty(charter_with(replace));
        let mut entropy = seeded(1);
        let charter = world.charter.clone();
        world.vault.propose(charter.bytes(), &documents(), at(PROPOSED), &mut entropy).unwrap();
        for role in Role::ALL {
            world.vault.sign_off(&sign_off(&charter, role, PROPOSED), at(PROPOSED), &mut entropy).unwrap();
        }
        let start = act(&charter, Act::Start, Role::Privacy, STARTED);
        assert_eq!(world.vault.act(&start, at(STARTED), &mut entropy).unwrap().state, "pilot");
        world
    }

    pub(super) fn running() -> Self {
        Self::running_with(&[])
    }

    /// With consents of contributors 0 and 1.
    pub(super) fn consented() -> Self {
        let mut world = Self::running();
        world.grant(0).unwrap();
        world.grant(1).unwrap();
        world
    }

    /// With a session of each.
    pub(super) fn filled() -> Self {
        let mut world = Self::consented();
        world.admit(&world.bundle(0)).unwrap();
        world.admit(&world.bundle(1)).unwrap();
        world
    }

    pub(super) fn reopen(&mut self, now: &str) {
        // The old one holds the folder until it is gone, so an empty one takes its place meanwhile.
        let aside = tempfile::tempdir().unwrap();
        self.vault = open(aside.path(), silent(), now).unwrap();
        self.vault = open(&self.dir, silent(), now).unwrap();
    }

    pub(super) fn grant_of(&self, n: u8) -> Envelope {
        self.grant_with(n, everything())
    }

    pub(super) fn grant_with(&self, n: u8, choice: Choice) -> Envelope {
        let key = contributor(n);
        let grant =
            Grant::new(&self.charter, key.public(), choice, at(GIVEN), &mut seeded(100 + u64::from(n)));
        grant.unwrap().sign(&self.charter, &key).unwrap()
    }

    pub(super) fn grant(&mut self, n: u8) -> Result<Granted, crate::GrantError> {
        let envelope = self.grant_of(n);
        self.vault.grant(&envelope, "http://localhost/withdraw", at(GIVEN), &mut seeded(200 + u64::from(n)))
    }

    pub(super) fn consent(&self, n: u8) -> Consent {
        Consent::verify(&self.grant_of(n), &self.charter, None).unwrap()
    }

    /// The header of the one session of a contributor.
    pub(super) fn header(&self, n: u8) -> SessionHeader {
        SessionHeader {
            session: session(n),
            charter: self.charter.digest(),
            consent: self.consent(n).id(),
            contributor: contributor(n).public(),
            started: at("2026-03-02T09:30:00Z"),
            ended: at("2026-03-02T09:40:00Z"),
            recorded: None,
            platform: Platform::Linux,
            redactor: RedactorInfo {
                profile: self.charter.redaction_profile().to_owned(),
                version: "1".into(),
                rules: Digest::of(b"rules"),
            },
            task: Some("fill in a form".into()),
            outcome: None,
        }
    }

    /// Three steps with a frame each.
    pub(super) fn bundle(&self, n: u8) -> Contents {
        let frames: Vec<Vec<u8>> = (0..3).map(|i| format!("pixels {n} {i}").into_bytes()).collect();
        let steps = frames.iter().zip(0..).map(|(frame, ordinal)| {
            let media = Media::Png;
            step(ordinal, Some(BlobRef { digest: Digest::of(frame), bytes: frame.len() as u64, media }))
        });
        let steps = steps.collect();
        let blobs = frames.into_iter().map(|frame| (Digest::of(&frame), frame)).collect();
        contents(self.header(n), steps, blobs, &contributor(n))
    }

    pub(super) fn admit(&mut self, contents: &Contents) -> Result<Admitted, AdmitError> {
        self.admit_at(contents, ADMITTED)
    }

    pub(super) fn admit_at(&mut self, contents: &Contents, when: &str) -> Result<Admitted, AdmitError> {
        self.vault.admit(wire(contents).as_slice(), at(when), &mut seeded(300))
    }

    pub(super) fn request(&self, purpose: &str) -> Envelope {
        self.request_numbered(purpose, 0)
    }

    pub(super) fn request_numbered(&self, purpose: &str, n: u64) -> Envelope {
        let purpose = purpose.parse().unwrap();
        let request = DatasetRequest::new(&self.charter, purpose, at(USED), &mut seeded(400 + n));
        request.sign(Digest::of(b"recipe"), &recipient()).unwrap()
    }

    pub(super) fn withdrawal(&self, n: u8) -> Envelope {
        Withdrawal::sign(&self.consent(n), at(WITHDRAWN), &contributor(n)).unwrap()
    }

    pub(super) fn withdraw(&mut self, n: u8) -> Result<crate::Erased, crate::WithdrawError> {
        let envelope = self.withdrawal(n);
        self.vault.withdraw(&envelope, at(WITHDRAWN), &mut seeded(500))
    }

    pub(super) fn key_file(&self, n: u8) -> PathBuf {
        self.dir.join("keys").join(format!("contributor-{}.key", self.consent(n).id()))
    }
}

pub(super) fn session(n: u8) -> SessionId {
    SessionId::from_bytes([n + 1; 16])
}

pub(super) fn wire(contents: &Contents) -> Vec<u8> {
    let mut bytes = Vec::new();
    candor_bundle::write(contents, &mut bytes).unwrap();
    bytes
}

/// Every file below a folder, with its bytes.
pub(super) fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// A copy of a folder.
pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

pub(super) fn later(time: &str, millis: i64) -> String {
    let time: Timestamp = at(time).plus_millis(millis);
    time.to_string()
}
