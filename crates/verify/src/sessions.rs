//! Check 7: each session was released by its contributor, admitted by the organisation, and not erased.

use std::collections::{BTreeMap, BTreeSet};

use candor_log::erase_tag;
use candor_model::bundle::{self, BUNDLE_STEPS_MAX, Manifest, Release};
use candor_model::{Admission, ConsentId, Digest, FormatVersion, PublicKey, SessionId, Timestamp};
use serde::Deserialize;

use crate::consents::Agreed;
use crate::files::Files;
use crate::layout::{MANIFESTS, SESSION_MANIFEST_BYTES_MAX, digest_in};
use crate::lines::canonical;
use crate::openings::secret;
use crate::program::Program;
use crate::records::Index;
use crate::replay::Log;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::statements::{Filed, Kind, Statements, envelope, signed};

const CHECK: CheckId = CheckId::Sessions;

/// A session, as its manifest says.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The session.
    pub(crate) id: SessionId,
    /// Its manifest's file.
    pub(crate) path: String,
    /// Its first record.
    pub(crate) first: Option<u64>,
    /// The consent that it was recorded under.
    pub(crate) consent: ConsentId,
    /// The contributor's key.
    pub(crate) contributor: PublicKey,
    /// Bytes of its frames and trees.
    pub(crate) blob_bytes: u64,
    /// When it was admitted, once that is found.
    pub(crate) admitted_at: Option<Timestamp>,
    /// First moment.
    pub(crate) started: Timestamp,
    /// Last moment.
    pub(crate) ended: Timestamp,
    /// Whether another recorder made it.
    imported: bool,
    digest: Digest,
    charter: Digest,
    profile: String,
}

impl Session {
    fn finding(&self, code: Code, detail: impl AsRef<str>) -> Finding {
        Finding::new(CHECK, code, &self.path, detail).record(self.first)
    }
}

/// A manifest and its digest.
pub(crate) struct Read {
    /// The manifest.
    pub(crate) manifest: Manifest,
    digest: Digest,
}

/// Reads the manifest of a session: canonical, in order, and named by its digest.
pub(crate) fn manifest(files: &Files<'_>, path: &str) -> Result<Read, Finding> {
    let finding = |code, detail: &str| Finding::new(CHECK, code, path, detail);
    let named = digest_in(path, MANIFESTS).ok_or_else(|| {
        finding(Code::SurplusFile, "the file is not named by the digest of a session's manifest")
    })?;
    let bytes = files.read(path, SESSION_MANIFEST_BYTES_MAX).map_err(|error| error.finding(CHECK, path))?;
    let digest = Digest::of(&bytes);
    if digest != named {
        let detail = "the manifest differs from the digest that names it: at least one byte was changed";
        return Err(finding(Code::ChangedFile, detail));
    }
    version_of(&bytes).map_err(|(code, detail)| finding(code, &detail))?;
    let manifest: Manifest = canonical(&bytes).ok_or_else(|| {
        finding(Code::Malformed, "the file is not a session's manifest in its canonical form")
    })?;
    let sorted = manifest.blobs.is_sorted_by(|a, b| a.digest < b.digest);
    let consistent = sorted && manifest.holds_what_its_version_has();
    if !consistent || manifest.steps.len() > BUNDLE_STEPS_MAX {
        return Err(finding(
            Code::Malformed,
            "the manifest has too many steps, its blobs are not in order, or it holds what its version does not",
        ));
    }
    Ok(Read { manifest, digest })
}

fn version_of(bytes: &[u8]) -> Result<(), (Code, String)> {
    #[derive(Deserialize)]
    struct Versioned {
        version: FormatVersion,
    }
    let malformed = |_| (Code::Malformed, "the file is not a session's manifest".to_owned());
    let versioned: Versioned = serde_json::from_slice(bytes).map_err(malformed)?;
    let required = bundle::require_version(versioned.version, "the session's manifest");
    required.map_err(|error| (Code::OtherVersion, error.to_string()))
}

/// Reads the manifests of all sessions.
pub(crate) fn read(files: &Files<'_>, index: &Index, ledger: &mut Ledger) -> BTreeMap<SessionId, Session> {
    let mut sessions = BTreeMap::new();
    for path in files.within(MANIFESTS) {
        ledger.examine(CHECK, 1);
        match manifest(files, path) {
            Ok(read) => {
                let session = summary(path, &read, index);
                if let Some(other) = sessions.insert(session.id, session) {
                    let detail = format!("two manifests describe session {}", other.id);
                    ledger.find(other.finding(Code::SessionDiffers, detail));
                }
            }
            Err(finding) => ledger.find(finding),
        }
    }
    let imported = sessions.values().filter(|session| session.imported).count();
    if imported > 0 {
        ledger.leave_out(format!(
            "when the work of {imported} imported session(s) was done: their times, which the consent and the program \
             were held against, are those of the import"
        ));
    }
    sessions
}

fn summary(path: &str, read: &Read, index: &Index) -> Session {
    let header = &read.manifest.header;
    let blob_bytes = read.manifest.blob_bytes();
    Session {
        id: header.session,
        path: path.to_owned(),
        first: index.first(&header.session),
        consent: header.consent,
        contributor: header.contributor,
        blob_bytes,
        admitted_at: None,
        digest: read.digest,
        charter: header.charter,
        profile: header.redactor.profile.clone(),
        started: header.started,
        ended: header.ended,
        imported: header.recorded.is_some(),
    }
}

/// What sessions are held against.
pub(crate) struct Ground<'a> {
    /// The evidence.
    pub(crate) files: &'a Files<'a>,
    /// Its statements.
    pub(crate) statements: &'a Statements,
    /// The log.
    pub(crate) log: &'a Log,
    /// The program.
    pub(crate) program: &'a Program,
    /// The consents that hold.
    pub(crate) consents: &'a BTreeMap<ConsentId, Agreed>,
    /// The organisation's key.
    pub(crate) organisation: PublicKey,
    /// The leaf of the export, if it is known.
    pub(crate) export_leaf: Option<u64>,
}

/// An admission whose signature holds.
struct Admitted {
    admission: Admission,
    manifest: Digest,
    statement: Filed,
}

/// Runs the check.
pub(crate) fn check(ground: &Ground<'_>, sessions: &mut BTreeMap<SessionId, Session>, ledger: &mut Ledger) {
    let mut admissions = admissions(ground, ledger);
    let mut releases = BTreeSet::new();
    for session in sessions.values_mut() {
        if session.first.is_none() {
            ledger.find(
                session
                    .finding(Code::SurplusFile, "no record is of this session, so it does not belong here"),
            );
        }
        recorded(ground, session, ledger);
        let Some(admitted) = admissions.remove(&session.digest) else {
            let detail = "no admission that holds names this session's manifest";
            ledger.find(session.finding(Code::NotAdmitted, detail));
            continue;
        };
        session.admitted_at = Some(admitted.admission.admitted_at);
        admitted_well(ground, session, &admitted, ledger);
        releases.insert(admitted.admission.release);
        released_well(ground, session, &admitted, ledger);
    }
    for admitted in admissions.values() {
        let detail = "the admission is of a session that is not here";
        ledger.find(admitted.statement.finding(CHECK, Code::SurplusStatement, detail));
    }
    for statement in ground.statements.of_kind(Kind::Release) {
        if !releases.contains(&statement.digest) {
            let detail = "no admission names this release";
            ledger.find(statement.finding(CHECK, Code::UnopenedStatement, detail));
        }
    }
}

fn admissions(ground: &Ground<'_>, ledger: &mut Ledger) -> BTreeMap<Digest, Admitted> {
    let mut admissions = BTreeMap::new();
    for statement in ground.statements.of_kind(Kind::Admission) {
        let read = envelope(ground.files, &statement, CHECK).and_then(|envelope| {
            signed::<Admission>(&envelope, &ground.organisation)
                .map_err(|(code, detail)| statement.finding(CHECK, code, detail))
        });
        match read {
            Ok((admission, manifest)) => {
                let admitted = Admitted { admission, manifest, statement };
                if let Some(other) = admissions.insert(manifest, admitted) {
                    let detail = "the same session was admitted twice";
                    ledger.find(other.statement.finding(CHECK, Code::SurplusStatement, detail));
                }
            }
            Err(finding) => ledger.find(finding),
        }
    }
    admissions
}

/// The session was recorded while the consent counted, by its contributor, under this charter, after the program began.
fn recorded(ground: &Ground<'_>, session: &Session, ledger: &mut Ledger) {
    let charter = ground.program.charter.digest();
    if session.charter != charter {
        ledger.find(session.finding(Code::SessionDiffers, "the session was recorded under another charter"));
    }
    if session.profile != ground.program.charter.redaction_profile() {
        ledger.find(
            session.finding(
                Code::SessionDiffers,
                "the session was redacted by another profile than the charter's",
            ),
        );
    }
    if session.started > session.ended {
        ledger.find(session.finding(Code::SessionDiffers, "the session ends before it begins"));
    }
    if let Err(detail) = ground.program.capturing(session.started, session.ended) {
        ledger.find(session.finding(Code::NotRunning, format!("during the session, {detail}")));
    }
    let Some(agreed) = ground.consents.get(&session.consent) else {
        let detail = "the session was recorded under a consent that is not proven here";
        return ledger.find(session.finding(Code::BadConsent, detail));
    };
    if agreed.consent.contributor() != session.contributor {
        ledger.find(session.finding(Code::SessionDiffers, "the consent is another contributor's"));
    }
    for (at, what) in [(session.started, "began"), (session.ended, "ended")] {
        ledger.find_all(in_force(ground, session, at, what));
    }
}

/// That the consent was in force when something was done with the session.
fn in_force(ground: &Ground<'_>, session: &Session, at: Timestamp, what: &str) -> Option<Finding> {
    let consent = &ground.consents.get(&session.consent)?.consent;
    let detail = || format!("the session {what} at {at}, when its consent was not in force");
    (!consent.in_force(at)).then(|| session.finding(Code::NotInForce, detail()))
}

fn admitted_well(ground: &Ground<'_>, session: &Session, admitted: &Admitted, ledger: &mut Ledger) {
    let mut find = |code, detail: &str| {
        ledger.find(admitted.statement.finding(CHECK, code, detail).record(session.first));
    };
    let admission = &admitted.admission;
    let names = (admission.session, admission.consent, admission.charter);
    if names != (session.id, session.consent, session.charter) {
        find(
            Code::SessionDiffers,
            "the admission names another session, consent or charter than the manifest",
        );
    }
    match secret(&admission.sigma).map(|sigma| ground.log.tagged(&erase_tag(&sigma))) {
        None => find(Code::Malformed, "sigma is not 32 bytes in hexadecimal"),
        Some(Some(leaf)) => {
            find(Code::Erased, &format!("the session was erased: leaf {leaf} of the log says so"));
        }
        Some(None) => {}
    }
    ledger.find_all(in_force(ground, session, admission.admitted_at, "was admitted"));
    let mut find = |code, detail: &str| {
        ledger.find(admitted.statement.finding(CHECK, code, detail).record(session.first));
    };
    let Some(place) = admitted.statement.place else { return };
    if let Err(detail) = ground.program.admitting(place.leaf, admission.admitted_at, place.at) {
        find(Code::NotRunning, &format!("when the session was admitted, {detail}"));
    }
    if ground.consents.get(&session.consent).and_then(|agreed| agreed.statement.leaf()) >= Some(place.leaf) {
        find(Code::OutOfOrder, "the session was admitted before its consent was logged");
    }
    if ground.export_leaf.is_some_and(|export| export <= place.leaf) {
        find(Code::OutOfOrder, "the session was admitted after the export was logged");
    }
}

fn released_well(ground: &Ground<'_>, session: &Session, admitted: &Admitted, ledger: &mut Ledger) {
    let Some(statement) = ground.statements.get(&admitted.admission.release, Kind::Release) else {
        let detail = "the release that the admission names is not here";
        return ledger.find(session.finding(Code::NotReleased, detail));
    };
    let read = envelope(ground.files, statement, CHECK).and_then(|envelope| {
        let read = signed::<Release>(&envelope, &session.contributor);
        read.map_err(|(code, detail)| statement.finding(CHECK, code, detail).record(session.first))
    });
    let (release, manifest) = match read {
        Ok(read) => read,
        Err(finding) => return ledger.find(finding),
    };
    let mut find = |code, detail: &str| {
        ledger.find(statement.finding(CHECK, code, detail).record(session.first));
    };
    if manifest != session.digest || manifest != admitted.manifest {
        find(Code::NotReleased, "the contributor released other steps than the manifest lists");
    }
    if (release.consent, release.charter) != (session.consent, session.charter) {
        find(Code::SessionDiffers, "the session was released under another consent or charter");
    }
    if secret(&release.salt).is_none() {
        find(Code::Malformed, "the salt is not 32 bytes in hexadecimal");
    }
    let days = ground.program.charter.hold_days();
    if release.released_at < session.ended || release.released_at > session.ended.plus_days(days) {
        find(
            Code::NotReleased,
            "the session was released before it ended, or after the days for review were over",
        );
    }
    ledger.find_all(in_force(ground, session, release.released_at, "was released"));
}
