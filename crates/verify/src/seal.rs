//! Check 1: the evidence is exactly the files that the organisation sealed.
//!
//! The seal names every other file with its digest, so no byte of the evidence is without a meaning: what is changed,
//! added or taken away shows here, before anything is read for what it says.

use std::collections::BTreeMap;

use candor_log::note::NOTE_BYTES_MAX;
use candor_log::{Note, NoteError, UnknownLines, VerifierKey};
use candor_model::Digest;
use candor_model::evidence::TrustPolicy;

use crate::files::Files;
use crate::layout::{EVIDENCE_FILES_MAX, SEAL, belongs};
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::source::is_plain;

/// The name of the organisation's key in seals.
pub const SEAL_KEY_NAME: &str = "candor-evidence";
/// The first line of a seal.
pub const SEAL_HEADER: &str = "candor-evidence/v1";
/// What the first line of every version of a seal begins with.
const SEAL_FAMILY: &str = "candor-evidence/v";

/// Runs the check.
pub(crate) fn check(files: &Files<'_>, policy: &TrustPolicy, ledger: &mut Ledger) {
    let Some(note) = read(files, ledger) else { return };
    if let Err(detail) = signed_by(&note, policy) {
        ledger.find(finding(Code::ForeignSeal, detail));
    }
    match listed(note.text()) {
        Ok(sealed) => compare(files, &sealed, ledger),
        Err((code, detail)) => ledger.find(finding(code, detail)),
    }
}

fn finding(code: Code, detail: impl AsRef<str>) -> Finding {
    Finding::new(CheckId::Seal, code, SEAL, detail)
}

fn read(files: &Files<'_>, ledger: &mut Ledger) -> Option<Note> {
    let bytes = match files.read(SEAL, NOTE_BYTES_MAX as u64) {
        Ok(bytes) => bytes,
        Err(error) => {
            ledger.find(error.finding(CheckId::Seal, SEAL));
            return None;
        }
    };
    match Note::parse(&bytes) {
        Ok(note) => Some(note),
        Err(error) => {
            ledger.find(finding(Code::BadSeal, format!("the seal is not a signed note: {error}")));
            None
        }
    }
}

/// Exactly one signature, by the organisation's key under the name for seals.
fn signed_by(note: &Note, policy: &TrustPolicy) -> Result<(), String> {
    let key =
        VerifierKey::new(SEAL_KEY_NAME, policy.organisation.as_bytes()).map_err(|error| error.to_string())?;
    match note.verify(&[key], UnknownLines::Refuse) {
        Ok(_) => Ok(()),
        Err(NoteError::Signature(_)) => {
            Err("the organisation's signature does not verify: the seal was changed after it was signed"
                .to_owned())
        }
        Err(_) => Err("the seal is not signed by the organisation of the trust policy alone".to_owned()),
    }
}

type Refused = (Code, String);

/// The files that a seal names.
fn listed(text: &str) -> Result<BTreeMap<&str, Digest>, Refused> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    if header != SEAL_HEADER {
        return Err(other_header(header));
    }
    let mut sealed = BTreeMap::new();
    let mut last = "";
    for (number, line) in (2..).zip(lines) {
        let (path, digest) = entry(line).ok_or_else(|| {
            (Code::BadSeal, format!("line {number} is not a digest, two spaces and a plain path"))
        })?;
        if path <= last {
            return Err((Code::BadSeal, format!("line {number} is not in order, or names a file again")));
        }
        if sealed.len() >= EVIDENCE_FILES_MAX {
            return Err((Code::TooLarge, format!("the seal names more than {EVIDENCE_FILES_MAX} files")));
        }
        last = path;
        sealed.insert(path, digest);
    }
    Ok(sealed)
}

fn other_header(header: &str) -> Refused {
    if header.starts_with(SEAL_FAMILY) {
        (Code::OtherVersion, format!("this program reads {SEAL_HEADER} only: update this program"))
    } else {
        (Code::BadSeal, format!("the first line is not {SEAL_HEADER}"))
    }
}

fn entry(line: &str) -> Option<(&str, Digest)> {
    let (digest, path) = line.split_once("  ")?;
    let named = is_plain(path) && path != SEAL;
    named.then_some((path, digest.parse().ok()?))
}

fn compare(files: &Files<'_>, sealed: &BTreeMap<&str, Digest>, ledger: &mut Ledger) {
    let surplus = |path: &&str| (*path != SEAL && !sealed.contains_key(path)) || !belongs(path);
    for path in files.paths().filter(surplus) {
        let detail = "the file is not in the seal, or has no place in evidence: nothing surplus may be there";
        ledger.find(Finding::new(CheckId::Seal, Code::SurplusFile, path, detail));
    }
    for (path, digest) in sealed {
        ledger.examine(CheckId::Seal, 1);
        match files.digest(path) {
            Ok((found, _)) if found == *digest => {}
            Ok(_) => {
                let detail = "the file differs from the one that was sealed: at least one byte was changed";
                ledger.find(Finding::new(CheckId::Seal, Code::ChangedFile, path, detail));
            }
            Err(error) => ledger.find(error.finding(CheckId::Seal, path)),
        }
    }
}
