//! The evidence folder: everything that an auditor needs to hold a dataset against the log, and the seal over it.
//! Specification: `docs/formats/evidence.md`. The reader is `crates/verify`, which shares the format and no code.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use candor_model::evidence::{Opening, Record};
use candor_model::{CanonicalError, Digest, Envelope, Export, Statement, canonical_bytes};
use candor_vault::{EvidenceParts, Vault};
use serde::Serialize;

use crate::contents::Contents;
use crate::error::CompileError;
use crate::folder::{Folder, Staging};

/// The first line of a seal.
const SEAL_HEADER: &str = "candor-evidence/v1";
const MANIFEST: &str = "manifest.json";
const RECORDS: &str = "records.jsonl";
const STATEMENTS: &str = "statements";

/// `records.jsonl`.
pub(crate) fn record_lines(records: &[Record]) -> Result<Vec<u8>, CanonicalError> {
    lines(records)
}

/// Writes the evidence of an export that stands in the log.
pub(crate) fn write(
    vault: &Vault,
    export: &Digest,
    contents: &Contents,
    root: &Path,
) -> Result<(), CompileError> {
    let records = record_lines(&contents.records)?;
    write_sealed(vault, export, &contents.manifest, &records, root)
}

/// Makes the evidence of a published version again, at the newest checkpoint, in place of what is there.
///
/// Manifest and records are taken from the folder, and only if they are the ones that the export names.
///
/// # Errors
/// When the folder holds no evidence of an export by this vault, or a consent in it was withdrawn: then its proof is gone
/// with its key, the folder stays as it is, and the version must be compiled again.
pub fn refresh_evidence(vault: &Vault, folder: &Path) -> Result<(), CompileError> {
    let (manifest, records) = (fs::read(folder.join(MANIFEST))?, fs::read(folder.join(RECORDS))?);
    let export = export_of(vault, folder, &Digest::of(&manifest), &Digest::of(&records))?;
    let staging = Staging::begin(folder)?;
    write_sealed(vault, &export, &manifest, &records, staging.path())?;
    Ok(staging.publish()?)
}

/// The export among the statements of `folder`: signed by the organisation, over this dataset and these records.
fn export_of(
    vault: &Vault,
    folder: &Path,
    dataset: &Digest,
    records: &Digest,
) -> Result<Digest, CompileError> {
    for entry in fs::read_dir(folder.join(STATEMENTS))? {
        let Ok(envelope) = Envelope::parse(&fs::read(entry?.path())?) else { continue };
        let Ok(export) = Statement::<Export>::verify(&envelope, &vault.organisation()) else { continue };
        if export.subject_digest() == Some(*dataset) && export.predicate.records == *records {
            return Ok(envelope.digest());
        }
    }
    Err(CompileError::NotEvidence)
}

fn write_sealed(
    vault: &Vault,
    export: &Digest,
    manifest: &[u8],
    records: &[u8],
    root: &Path,
) -> Result<(), CompileError> {
    let parts = vault.evidence(export)?;
    let mut folder = Folder::new(root.to_owned());
    write_parts(&parts, manifest, records, &mut folder)?;
    let seal = seal(vault, &seal_text(&mut folder))?;
    Ok(folder.put("SEAL", seal.as_bytes())?)
}

fn write_parts(
    parts: &EvidenceParts,
    manifest: &[u8],
    records: &[u8],
    folder: &mut Folder,
) -> Result<(), CompileError> {
    let openings: BTreeMap<u64, &Opening> =
        parts.openings.iter().map(|opening| (opening.leaf, opening)).collect();
    folder.put("checkpoint", parts.checkpoint.as_bytes())?;
    folder.put("charter.toml", &parts.charter)?;
    folder.put("notice.txt", parts.notice.as_bytes())?;
    folder.put(MANIFEST, manifest)?;
    folder.put(RECORDS, records)?;
    folder.put("openings.jsonl", &lines(openings.into_values())?)?;
    for (path, bytes) in &parts.bundles {
        folder.put(&format!("log/{path}"), bytes)?;
    }
    put_by_digest(folder, STATEMENTS, parts.statements.values().map(Envelope::to_bytes))?;
    put_by_digest(folder, "manifests", parts.manifests.values().cloned())
}

fn lines<T: Serialize>(items: impl IntoIterator<Item = T>) -> Result<Vec<u8>, CanonicalError> {
    let mut bytes = Vec::new();
    for item in items {
        bytes.extend(canonical_bytes(&item)?);
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn put_by_digest(
    folder: &mut Folder,
    name: &str,
    documents: impl Iterator<Item = Vec<u8>>,
) -> Result<(), CompileError> {
    let documents: BTreeMap<Digest, Vec<u8>> = documents.map(|bytes| (Digest::of(&bytes), bytes)).collect();
    for (digest, bytes) in &documents {
        folder.put_hashed(&format!("{name}/{digest}.json"), bytes, *digest)?;
    }
    Ok(())
}

/// The text that the organisation signs: every file of the folder by its digest, sorted by path.
fn seal_text(folder: &mut Folder) -> String {
    let mut text = format!("{SEAL_HEADER}\n");
    for file in folder.files() {
        let _ = writeln!(text, "{}  {}", file.sha256, file.path);
    }
    text
}

/// A C2SP signed note by the organisation's key. The log's room limits a note in size, and so the sessions of one version.
fn seal(vault: &Vault, text: &str) -> Result<String, CompileError> {
    let files = text.lines().count().saturating_sub(1);
    vault.seal_evidence(text).map_err(|source| CompileError::Seal { files, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_names_every_other_file_sorted_by_path() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path().to_owned());
        for path in ["notice.txt", "log/tile/entries/000.p/3", "charter.toml", "manifests/a.json"] {
            folder.put(path, path.as_bytes()).unwrap();
        }
        let line = |path: &str| format!("{}  {path}\n", Digest::of(path.as_bytes()));
        let expected =
            ["charter.toml", "log/tile/entries/000.p/3", "manifests/a.json", "notice.txt"].map(line);
        assert_eq!(seal_text(&mut folder), format!("candor-evidence/v1\n{}", expected.concat()));
    }

    #[test]
    fn equal_documents_are_one_file_named_by_their_digest() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path().to_owned());
        let documents = [b"b".to_vec(), b"a".to_vec(), b"b".to_vec()];
        put_by_digest(&mut folder, "statements", documents.into_iter()).unwrap();
        let mut expected = [b"a", b"b"].map(|b| format!("statements/{}.json", Digest::of(b)));
        expected.sort();
        assert_eq!(folder.files().iter().map(|f| f.path.clone()).collect::<Vec<_>>(), expected);
    }
}
