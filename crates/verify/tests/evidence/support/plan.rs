//! What happened, and what went wrong.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::{Act, Charter, Choice, DatasetRequest, Field, Grant, Notice, ProgramAct};
use candor_log::{LeafKind, erase_tag, grant_tag, revoke_tag};
use candor_model::bundle::{self, Manifest, Release};
use candor_model::evidence::{DatasetManifest, Record, VERSION};
use candor_model::{
    Admission, BlobRef, Digest, Export, Outcome, Platform, RedactorInfo, SessionHeader, SessionId, Statement,
    Step, Subject, canonical_bytes,
};
use candor_verify::Memory;

use super::books::{Books, act, sign_off};
use super::session::{Session, dataset, file, frame, sigma, step};
use super::{Case, ROLES, charter_text, entropy, key, lines, policy, publish, seal, time};

/// Something that makes evidence worthless.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The first contributor withdrew before the export.
    Withdrawn,
    /// The first session was erased before the export.
    Erased,
    /// A signer halted the program before the admissions.
    Halted,
    /// The evidence does not show the halt.
    HaltHidden,
    /// The sessions were admitted before the consents were logged.
    AdmittedTooEarly,
    /// Somebody signed the export besides the organisation.
    SignedBesides,
}

/// What happened, and what the organisation did about it. The default is honest.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Text of the charter.
    pub(crate) charter: String,
    /// Seeds of the keys that sign off, in the order of the roles.
    pub(crate) signers: Vec<u8>,
    pub(crate) given: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) recorded: &'static str,
    pub(crate) exported: &'static str,
    /// What the organisation says when it exported; the log has `exported`.
    pub(crate) exported_claim: Option<&'static str>,
    pub(crate) export_purpose: &'static str,
    /// Seed of the organisation's key, in all that it signs.
    pub(crate) organisation: u8,
    /// Seed of the key that countersigns consents.
    pub(crate) countersigner: u8,
    /// Seed of the key that releases the first session.
    pub(crate) releaser: u8,
    pub(crate) recipient: u8,
    /// What else went wrong.
    pub(crate) wrongs: &'static [Wrong],
    /// Resumes after the halt, with that many sign-offs.
    pub(crate) resumed: Option<usize>,
    /// Exports of the same program before this one.
    pub(crate) exports_before: usize,
    /// Leaves of other programs, for size.
    pub(crate) noise: usize,
    pub(crate) records_of: fn(&mut Vec<Record>),
    pub(crate) steps_of: fn(&mut Vec<Step>),
    pub(crate) manifest_of: fn(&mut Manifest),
    pub(crate) dataset_of: fn(&mut DatasetManifest),
    pub(crate) export_of: fn(&mut Export),
    pub(crate) admission_of: fn(&mut Admission),
    pub(crate) release_of: fn(&mut Release),
    pub(crate) choice_of: fn(&mut Choice),
    /// Steps of each session.
    pub(crate) steps_each: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            charter: charter_text(),
            signers: vec![1, 2, 3, 4],
            given: "2026-03-02T10:00:00Z",
            purpose: "form-filling",
            recorded: "2026-03-05T09:00:00Z",
            exported: "2026-03-06T09:00:00Z",
            exported_claim: None,
            export_purpose: "form-filling",
            organisation: 10,
            countersigner: 10,
            releaser: 30,
            recipient: 20,
            wrongs: &[],
            resumed: None,
            exports_before: 0,
            noise: 3,
            records_of: |_| {},
            steps_of: |_| {},
            manifest_of: |_| {},
            dataset_of: |_| {},
            export_of: |_| {},
            admission_of: |_| {},
            release_of: |_| {},
            choice_of: |_| {},
            steps_each: 3,
        }
    }
}

impl Plan {
    fn is(&self, wrong: Wrong) -> bool {
        self.wrongs.contains(&wrong)
    }

    /// Builds everything.
    pub(crate) fn build(&self) -> Case {
        let charter = Charter::parse(self.charter.as_bytes()).unwrap();
        let mut books = Books::default();
        self.start(&charter, &mut books);
        let grants: Vec<Grant> = [30, 31].map(|seed| self.grant(&charter, seed)).to_vec();
        let sessions: Vec<Session> = [(30, "browser", &grants[0]), (31, "libreoffice-calc", &grants[1])]
            .map(|(seed, app, grant)| self.session(&charter, seed, app, grant))
            .into();
        if self.is(Wrong::AdmittedTooEarly) {
            self.admit(&sessions, &mut books);
        }
        for (seed, grant) in [30, 31].into_iter().zip(&grants) {
            self.log_grant(&charter, seed, grant, &mut books);
        }
        self.halt(&charter, &mut books);
        if !self.is(Wrong::AdmittedTooEarly) {
            self.admit(&sessions, &mut books);
        }
        let before = time("2026-03-06T08:00:00Z");
        books.noise(self.noise, before);
        if self.is(Wrong::Withdrawn) {
            let rho: Digest = grants[0].rho.parse().unwrap();
            books.tag(LeafKind::Withdrawal, revoke_tag(rho.as_bytes()), before);
        }
        if self.is(Wrong::Erased) {
            books.tag(LeafKind::Erased, erase_tag(&sigma(&sessions[0])), before);
        }
        self.export(&charter, &sessions, books)
    }

    fn start(&self, charter: &Charter, books: &mut Books) {
        let at = time("2026-03-02T08:00:00Z");
        books.program(charter, at);
        for (role, seed) in ROLES.into_iter().zip(&self.signers) {
            sign_off(charter, role, *seed, at, books);
        }
        act(charter, Act::Start, time("2026-03-02T09:00:00Z"), books);
    }

    fn halt(&self, charter: &Charter, books: &mut Books) {
        if self.is(Wrong::Halted) {
            let at = time("2026-03-05T09:50:00Z");
            let halt =
                ProgramAct { act: Act::Halt, reason: String::new(), at }.sign(charter, &key(3)).unwrap();
            if self.is(Wrong::HaltHidden) {
                books.log_only(LeafKind::ProgramAct, &halt, None, at);
            } else {
                books.log(LeafKind::ProgramAct, &halt, None, at);
            }
        }
        if let Some(sign_offs) = self.resumed {
            let at = time("2026-03-05T09:55:00Z");
            for (role, seed) in ROLES.into_iter().zip(1..).take(sign_offs) {
                sign_off(charter, role, seed, at, books);
            }
            act(charter, Act::Resume, time("2026-03-05T09:58:00Z"), books);
        }
    }

    fn grant(&self, charter: &Charter, seed: u8) -> Grant {
        let mut choice = Choice {
            purposes: BTreeSet::from([self.purpose.parse().unwrap()]),
            apps: ["browser", "libreoffice-calc"].map(|app| app.parse().unwrap()).into(),
            fields: BTreeSet::from([Field::Pointer, Field::TypedText, Field::Frame]),
        };
        (self.choice_of)(&mut choice);
        Grant::new(charter, key(seed).public(), choice, time(self.given), &mut entropy(seed)).unwrap()
    }

    fn log_grant(&self, charter: &Charter, seed: u8, grant: &Grant, books: &mut Books) {
        let signed = grant.sign(charter, &key(seed)).unwrap().countersign(&key(self.countersigner)).unwrap();
        let rho: Digest = grant.rho.parse().unwrap();
        books.log(LeafKind::Grant, &signed, Some(grant_tag(rho.as_bytes())), time(self.given));
    }

    fn session(&self, charter: &Charter, seed: u8, app: &str, grant: &Grant) -> Session {
        let started = time(self.recorded);
        let mut steps = Vec::new();
        let mut frames = BTreeMap::new();
        for ordinal in 0..self.steps_each {
            // The last step of each session has no frame.
            let shown = (ordinal + 1 < self.steps_each).then(|| frame(ordinal, seed));
            steps.push(step(ordinal, app, shown.as_ref().map(|(blob, _)| *blob), started));
            frames.extend(shown.map(|(blob, png)| (blob.digest, png)));
        }
        (self.steps_of)(&mut steps);
        let mut blobs: Vec<BlobRef> = steps.iter().filter_map(|step| step.frame).collect();
        blobs.sort();
        let mut manifest = Manifest {
            version: bundle::VERSION,
            header: SessionHeader {
                session: SessionId::from_bytes([seed; 16]),
                charter: grant.charter,
                consent: grant.consent,
                contributor: grant.contributor,
                started,
                ended: started.plus_millis(600_000),
                recorded: None,
                platform: Platform::Linux,
                redactor: RedactorInfo {
                    profile: charter.redaction_profile().into(),
                    version: "0.1.0".into(),
                    rules: Digest::of(b"rules"),
                },
                task: Some("fill in a form".into()),
                outcome: Some(Outcome::Success),
            },
            steps: steps.iter().map(|step| Digest::of(&canonical_bytes(step).unwrap())).collect(),
            blobs,
            packed_bytes: Some(100),
            findings: BTreeMap::new(),
        };
        (self.manifest_of)(&mut manifest);
        Session { manifest, steps, frames }
    }

    fn admit(&self, sessions: &[Session], books: &mut Books) {
        let releasers = [self.releaser, 31];
        for (session, seed) in sessions.iter().zip(releasers) {
            let header = &session.manifest.header;
            let subject = Subject::new("manifest", Digest::of(&session.bytes()));
            let mut release = Release {
                consent: header.consent,
                charter: header.charter,
                released_at: header.ended.plus_millis(60_000),
                salt: Digest::of(&[seed]).to_string(),
            };
            (self.release_of)(&mut release);
            let release = Statement::new(subject.clone(), release).sign(&key(seed)).unwrap();
            books.keep(&release);
            let admitted_at = time("2026-03-05T10:00:00Z");
            let mut admission = Admission {
                session: header.session,
                consent: header.consent,
                charter: header.charter,
                release: release.digest(),
                admitted_at,
                sigma: Digest::from_bytes(sigma(session)).to_string(),
            };
            (self.admission_of)(&mut admission);
            let admission = Statement::new(subject, admission).sign(&key(self.organisation)).unwrap();
            books.log(LeafKind::Admission, &admission, None, admitted_at);
        }
    }

    fn records(sessions: &[Session]) -> Vec<Record> {
        let mut records = Vec::new();
        for session in sessions {
            for step in &session.steps {
                let ordinal = step.ordinal;
                // The recipe left one step of the second session out.
                if session.manifest.header.session == SessionId::from_bytes([31; 16]) && ordinal == 1 {
                    continue;
                }
                records.push(Record {
                    record: records.len() as u64,
                    session: session.manifest.header.session,
                    ordinal,
                    step: Digest::of(&canonical_bytes(step).unwrap()),
                    frame: step.frame.map(|frame| frame.digest),
                });
            }
        }
        records
    }

    fn export(&self, charter: &Charter, sessions: &[Session], mut books: Books) -> Case {
        let honest = Self::records(sessions);
        let mut dataset = dataset(&honest, sessions);
        let recipe = b"purpose = \"form-filling\"\n".to_vec();
        dataset.files.insert("recipe.toml".into(), recipe.clone());
        let mut records = honest;
        (self.records_of)(&mut records);
        let manifest = self.dataset_manifest(charter, &dataset, &records, &recipe, sessions.len());
        let manifest_bytes = canonical_bytes(&manifest).unwrap();
        dataset.files.insert("manifest.json".into(), manifest_bytes.clone());
        let record_bytes = lines(&records);
        self.log_export(charter, &manifest, &records, &mut books);
        let mut evidence = Memory::default();
        let mut put = |path: String, bytes: Vec<u8>| drop(evidence.files.insert(path, bytes));
        put("charter.toml".into(), charter.bytes().to_vec());
        put("notice.txt".into(), Notice::of(charter).text.into_bytes());
        put("manifest.json".into(), manifest_bytes);
        put("records.jsonl".into(), record_bytes);
        put("openings.jsonl".into(), lines(&books.openings));
        books
            .statements
            .iter()
            .for_each(|(digest, bytes)| put(format!("statements/{digest}.json"), bytes.clone()));
        for session in sessions {
            put(format!("manifests/{}.json", Digest::of(&session.bytes())), session.bytes());
        }
        publish(&mut evidence, &books.leaves, books.leaves.len());
        seal(&mut evidence, self.organisation);
        Case { evidence, dataset, policy: policy() }
    }

    fn dataset_manifest(
        &self,
        charter: &Charter,
        dataset: &Memory,
        records: &[Record],
        recipe: &[u8],
        sessions: usize,
    ) -> DatasetManifest {
        let mut manifest = DatasetManifest {
            version: VERSION,
            charter: charter.digest(),
            purpose: self.export_purpose.parse().unwrap(),
            recipe: Digest::of(recipe),
            sessions: sessions as u64,
            steps: records.len() as u64,
            files: dataset.files.iter().map(|(path, bytes)| file(path, bytes)).collect(),
        };
        (self.dataset_of)(&mut manifest);
        manifest
    }

    fn log_export(
        &self,
        charter: &Charter,
        manifest: &DatasetManifest,
        records: &[Record],
        books: &mut Books,
    ) {
        let request = DatasetRequest::new(
            charter,
            self.export_purpose.parse().unwrap(),
            time("2026-03-06T08:30:00Z"),
            &mut entropy(99),
        );
        let request = request.sign(manifest.recipe, &key(self.recipient)).unwrap();
        books.keep(&request);
        let mut export = Export {
            charter: charter.digest(),
            purpose: self.export_purpose.parse().unwrap(),
            recipient: key(self.recipient).public(),
            request: request.digest(),
            records: Digest::of(&lines(records)),
            record_count: records.len() as u64,
            supersedes: None,
            exported_at: time(self.exported_claim.unwrap_or(self.exported)),
        };
        (self.export_of)(&mut export);
        let subject = Subject::new("dataset", Digest::of(&canonical_bytes(manifest).unwrap()));
        let mut export = Statement::new(subject, export).sign(&key(self.organisation)).unwrap();
        if self.is(Wrong::SignedBesides) {
            export = export.countersign(&key(50)).unwrap();
        }
        for _ in 0..self.exports_before {
            books.log_only(LeafKind::Export, &export, None, time("2026-03-06T08:40:00Z"));
        }
        books.log(LeafKind::Export, &export, None, time(self.exported));
    }
}
