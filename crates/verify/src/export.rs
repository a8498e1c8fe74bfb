//! Check 9: one export, asked for by a recipient that the charter names, for one purpose, within the caps.

use std::collections::{BTreeMap, BTreeSet};

use candor_consent::DatasetRequest;
use candor_log::LeafKind;
use candor_model::evidence::{DatasetManifest, VERSION};
use candor_model::{Digest, Export, FormatVersion, PublicKey, SessionId};
use serde::Deserialize;

use crate::files::Files;
use crate::layout::{CHARTER, DATASET_MANIFEST_BYTES_MAX, MANIFEST, RECORDS};
use crate::lines::canonical;
use crate::program::{CLOCK_SKEW_MS, Program};
use crate::records::Index;
use crate::replay::Log;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::sessions::Session;
use crate::statements::{Filed, Kind, Place, Statements, envelope, signed, signed_by_alone};

const CHECK: CheckId = CheckId::Export;

/// The export, and where it stands.
#[derive(Debug)]
pub(crate) struct Exported {
    /// What the organisation stated.
    pub(crate) export: Export,
    /// Its leaf.
    pub(crate) place: Place,
    statement: Filed,
    subject: Digest,
}

/// The dataset's manifest, and its digest.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// What it says.
    pub(crate) dataset: DatasetManifest,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    digest: Digest,
}

/// Reads the dataset's manifest.
pub(crate) fn manifest(files: &Files<'_>, ledger: &mut Ledger) -> Option<Manifest> {
    match read_manifest(files) {
        Ok(manifest) => {
            ledger.subject.dataset = Some(manifest.digest.to_string());
            Some(manifest)
        }
        Err(finding) => {
            ledger.find(finding);
            None
        }
    }
}

fn read_manifest(files: &Files<'_>) -> Result<Manifest, Finding> {
    #[derive(Deserialize)]
    struct Versioned {
        version: FormatVersion,
    }
    let finding = |code, detail: &str| Finding::new(CHECK, code, MANIFEST, detail);
    let bytes =
        files.read(MANIFEST, DATASET_MANIFEST_BYTES_MAX).map_err(|error| error.finding(CHECK, MANIFEST))?;
    let malformed = || finding(Code::Malformed, "the file is not a dataset's manifest in its canonical form");
    let versioned: Versioned = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    let required = versioned.version.require(VERSION, "the dataset's manifest");
    required.map_err(|error| finding(Code::OtherVersion, &error.to_string()))?;
    let dataset: DatasetManifest = canonical(&bytes).ok_or_else(malformed)?;
    let digest = Digest::of(&bytes);
    Ok(Manifest { dataset, bytes, digest })
}

/// Reads the one export.
pub(crate) fn read(
    files: &Files<'_>,
    statements: &Statements,
    organisation: &PublicKey,
    ledger: &mut Ledger,
) -> Option<Exported> {
    let statement = statements.of_kind(Kind::Export);
    let [one] = statement.as_slice() else {
        let detail = format!("there must be one export statement, and there are {}", statement.len());
        ledger.find(Finding::new(CHECK, Code::ExportDiffers, MANIFEST, detail));
        return None;
    };
    ledger.examine(CHECK, 1);
    let read = envelope(files, one, CHECK).and_then(|envelope| {
        signed::<Export>(&envelope, organisation).map_err(|(code, detail)| one.finding(CHECK, code, detail))
    });
    match (read, one.place) {
        (Ok((export, subject)), Some(place)) => {
            ledger.subject.purpose = Some(export.purpose.to_string());
            ledger.subject.exported_at = Some(export.exported_at.to_string());
            Some(Exported { export, place, statement: *one, subject })
        }
        (Err(finding), _) => {
            ledger.find(finding);
            None
        }
        (Ok(_), None) => None,
    }
}

/// What the export is held against.
pub(crate) struct Ground<'a> {
    /// The evidence.
    pub(crate) files: &'a Files<'a>,
    /// Its statements.
    pub(crate) statements: &'a Statements,
    /// The log.
    pub(crate) log: &'a Log,
    /// The program.
    pub(crate) program: &'a Program,
    /// The dataset's manifest.
    pub(crate) manifest: &'a Manifest,
    /// The records.
    pub(crate) index: &'a Index,
}

/// Runs the check.
pub(crate) fn check(
    ground: &Ground<'_>,
    exported: &Exported,
    sessions: &BTreeMap<SessionId, Session>,
    ledger: &mut Ledger,
) {
    let findings = [
        about(ground, exported),
        counts(ground, exported),
        when(ground, exported),
        requested(ground, exported),
        caps(ground, exported, sessions),
    ];
    for findings in findings {
        ledger.examine(CHECK, 1);
        ledger.find_all(findings);
    }
}

/// The export, the manifest and the charter are about the same.
fn about(ground: &Ground<'_>, exported: &Exported) -> Vec<Finding> {
    let (export, dataset) = (&exported.export, &ground.manifest.dataset);
    let charter = ground.program.charter.digest();
    let mut findings = Vec::new();
    if exported.subject != ground.manifest.digest {
        let detail = "the export is of another dataset: its manifest has another digest";
        findings.push(Finding::new(CHECK, Code::ExportDiffers, MANIFEST, detail).leaf(exported.place.leaf));
    }
    if export.charter != charter || dataset.charter != charter {
        let detail = "the export and the dataset's manifest do not both name this charter";
        findings.push(exported.statement.finding(CHECK, Code::CharterDiffers, detail));
    }
    if export.purpose != dataset.purpose {
        let detail = "the dataset's manifest names another purpose than the export";
        findings.push(Finding::new(CHECK, Code::ExportDiffers, MANIFEST, detail));
    }
    if Some(export.records) != ground.index.digest {
        let detail = "the records are not the ones that were exported: the file has another digest";
        findings.push(Finding::new(CHECK, Code::ExportDiffers, RECORDS, detail).leaf(exported.place.leaf));
    }
    findings
}

fn counts(ground: &Ground<'_>, exported: &Exported) -> Vec<Finding> {
    let dataset = &ground.manifest.dataset;
    let lines = ground.index.lines;
    let mut findings = Vec::new();
    let mut differ = |what: &str, stated: u64, found: u64| {
        if stated != found {
            let detail = format!("{what} states {stated}, and {found} are there");
            findings.push(Finding::new(CHECK, Code::CountDiffers, RECORDS, detail));
        }
    };
    differ("the export's number of records", exported.export.record_count, lines);
    differ("the manifest's number of steps", dataset.steps, lines);
    differ("the manifest's number of sessions", dataset.sessions, ground.index.sessions.len() as u64);
    findings
}

/// The program ran, and nothing is dated after the log has it.
fn when(ground: &Ground<'_>, exported: &Exported) -> Vec<Finding> {
    let (place, at) = (exported.place, exported.export.exported_at);
    let mut findings = Vec::new();
    if let Err(detail) = ground.program.running(place.leaf, at, place.at) {
        let detail = format!("when the dataset was exported, {detail}");
        findings.push(exported.statement.finding(CHECK, Code::NotRunning, detail));
    }
    if at > place.at.plus_millis(CLOCK_SKEW_MS) {
        findings.push(exported.statement.finding(
            CHECK,
            Code::OutOfOrder,
            "the export is dated after the log has it",
        ));
    }
    findings
}

/// The request is there, alone, for this recipe and purpose, and signed by the recipient that the export names.
fn requested(ground: &Ground<'_>, exported: &Exported) -> Vec<Finding> {
    let surplus = ground
        .statements
        .of_kind(Kind::Request)
        .into_iter()
        .filter(|statement| statement.digest != exported.export.request);
    let mut findings: Vec<Finding> = surplus
        .map(|statement| statement.finding(CHECK, Code::SurplusStatement, "the export names another request"))
        .collect();
    let Some(statement) = ground.statements.get(&exported.export.request, Kind::Request) else {
        let detail = "the request that the export names is not here";
        findings.push(exported.statement.finding(CHECK, Code::RequestDiffers, detail));
        return findings;
    };
    findings.extend(request(ground, exported, statement).err());
    findings
}

fn request(ground: &Ground<'_>, exported: &Exported, statement: &Filed) -> Result<(), Finding> {
    let refused = |code, detail: &str| Err(statement.finding(CHECK, code, detail));
    let envelope = envelope(ground.files, statement, CHECK)?;
    let (charter, export) = (&ground.program.charter, &exported.export);
    let Some(recipient) = charter.recipient(&export.recipient) else {
        return refused(
            Code::ForeignRecipient,
            "the recipient of the export is not one that the charter names",
        );
    };
    let request =
        DatasetRequest::verify(&envelope, ground.manifest.dataset.recipe, charter).map_err(|error| {
            statement.finding(CHECK, Code::RequestDiffers, format!("the request does not hold: {error}"))
        })?;
    signed_by_alone(&envelope, &[recipient.key])
        .map_err(|(code, detail)| statement.finding(CHECK, code, detail))?;
    if request.signer() != recipient.key || request.purpose != export.purpose {
        return refused(
            Code::RequestDiffers,
            "the request is by another recipient or for another purpose than the export",
        );
    }
    if request.requested_at > exported.place.at.plus_millis(CLOCK_SKEW_MS) {
        return refused(Code::OutOfOrder, "the request is dated after the export");
    }
    Ok(())
}

fn caps(ground: &Ground<'_>, exported: &Exported, sessions: &BTreeMap<SessionId, Session>) -> Vec<Finding> {
    let caps = ground.program.charter.caps();
    let mut findings = Vec::new();
    let mut exceed = |file: &str, what: &str, found: u64, most: u64| {
        if found > most {
            let detail = format!("{what}: {found}, and the charter allows {most}");
            findings.push(Finding::new(CHECK, Code::CapExceeded, file, detail));
        }
    };
    let contributors: BTreeSet<PublicKey> = sessions.values().map(|session| session.contributor).collect();
    exceed(CHARTER, "contributors", contributors.len() as u64, u64::from(caps.contributors_max));
    exceed(
        &exported.statement.path(),
        "dataset versions",
        versions(ground, exported),
        u64::from(caps.datasets_max),
    );
    for (day, bytes) in bytes_per_day(sessions) {
        exceed(
            CHARTER,
            &format!("bytes admitted from one contributor on {day}"),
            bytes,
            caps.bytes_per_day_max,
        );
    }
    findings
}

/// How many exports of this program the log has up to this one.
fn versions(ground: &Ground<'_>, exported: &Exported) -> u64 {
    let program = ground.statements.program.map(|(hash, _)| hash);
    let counts = |leaf: u64, kind| leaf <= exported.place.leaf && kind == LeafKind::Export;
    let of_program = ground.log.power.iter().filter(|power| Some(power.program) == program);
    of_program.filter(|power| counts(power.leaf, power.kind)).count() as u64
}

/// The most bytes of frames and trees that each day saw from one contributor: what is in this dataset, so at least this much.
fn bytes_per_day(sessions: &BTreeMap<SessionId, Session>) -> BTreeMap<String, u64> {
    let mut per_contributor: BTreeMap<(String, PublicKey), u64> = BTreeMap::new();
    for session in sessions.values() {
        if let Some(at) = session.admitted_at {
            let sum = per_contributor.entry((at.day(), session.contributor)).or_insert(0);
            *sum = sum.saturating_add(session.blob_bytes);
        }
    }
    let mut per_day = BTreeMap::new();
    for ((day, _), bytes) in per_contributor {
        let most = per_day.entry(day).or_insert(0);
        *most = bytes.max(*most);
    }
    per_day
}
