//! The road of a compile: permit, open, write, log, seal, publish.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candor_consent::{Charter, DatasetRequest};
use candor_model::{BlobRef, Digest, Entropy, Envelope, SessionId, Statement, Timestamp};
use candor_vault::{ExportRecord, Exported, OpenedSession, Vault};

use crate::card::Terms;
use crate::contents::{self, Contents};
use crate::counts::Counts;
use crate::error::CompileError;
use crate::evidence::{self, record_lines};
use crate::folder::{Folder, Staging};
use crate::recipe::Recipe;
use crate::selection::{FrameError, SessionInput};
use crate::versions;

/// Folder of the dataset inside what a compile makes.
pub const DATASET_FOLDER: &str = "dataset";
/// Folder of the evidence inside what a compile makes.
pub const EVIDENCE_FOLDER: &str = "evidence";

/// A dataset version that was compiled, logged and published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// Digest of the manifest: it names the version.
    pub dataset: Digest,
    /// Digest of the organisation's export statement: it names this handing-out.
    pub export: Digest,
    /// The version that this one replaces.
    pub supersedes: Option<Digest>,
    /// Where the dataset is.
    pub dataset_folder: PathBuf,
    /// Where the evidence is.
    pub evidence_folder: PathBuf,
    /// How many of what.
    pub counts: Counts,
}

/// Answers a recipient's signed request: compiles the recipe over every session whose consent covers the purpose, records
/// the export in the log, and then makes the folder `out` with `dataset/` and `evidence/` in it.
///
/// `out` must not exist. If a version of the same program, purpose and recipe was flagged by a withdrawal and has no successor,
/// the new version supersedes it.
///
/// P13, P16: the export is in the log before `out` appears, and `out` appears whole, by one rename. A crash before the rename
/// leaves a hidden folder beside it that the next attempt removes; if the export was in the log by then, the log holds a
/// handing-out that did not happen, and the same request gives the same export again.
///
/// # Errors
/// When the recipe, the request or the purpose is refused, nothing matches, or something cannot be read or written. Nothing
/// is published then.
pub fn compile(
    vault: &mut Vault,
    request: &Envelope,
    recipe: &[u8],
    now: Timestamp,
    entropy: &mut dyn Entropy,
    out: &Path,
) -> Result<Compiled, CompileError> {
    if out.exists() {
        return Err(CompileError::Exists);
    }
    let recipe = Recipe::parse(recipe)?;
    let sessions = open_permitted(vault, request, now)?;
    let (charter, terms) = agreed_terms(vault, request, &recipe, now)?;
    let staging = Staging::begin(out)?;
    let contents = write_dataset(sessions, &recipe, &terms, &staging)?;
    let supersedes = versions::superseded_by(vault, &charter, &recipe)?;
    let exported = record(vault, request, &contents, supersedes, now, entropy)?;
    evidence::write(vault, &exported.export.digest(), &contents, &staging.path().join(EVIDENCE_FOLDER))?;
    staging.publish()?;
    Ok(Compiled {
        dataset: Digest::of(&contents.manifest),
        export: exported.export.digest(),
        supersedes,
        dataset_folder: out.join(DATASET_FOLDER),
        evidence_folder: out.join(EVIDENCE_FOLDER),
        counts: contents.counts,
    })
}

/// Opens every session that the request may use; the vault decides, consent by consent (P12).
fn open_permitted(
    vault: &Vault,
    request: &Envelope,
    now: Timestamp,
) -> Result<Vec<OpenedSession>, CompileError> {
    let usable = vault.permit_use(request, now)?;
    let open = |usable: &candor_vault::UsableSession| vault.open_session(&usable.permit, usable.session);
    Ok(usable.iter().map(open).collect::<Result<_, _>>()?)
}

/// Holds the recipe against the request that names it, and reads what the charter says of its purpose.
fn agreed_terms(
    vault: &Vault,
    request: &Envelope,
    recipe: &Recipe,
    now: Timestamp,
) -> Result<(Charter, Terms), CompileError> {
    let asked = Statement::<DatasetRequest>::peek(request).map_err(CompileError::NotARequest)?.predicate;
    let mut programs = vault.programs(now)?.into_iter().map(|program| program.charter);
    let charter = programs.find(|charter| charter.digest() == asked.charter);
    let charter = charter.ok_or(CompileError::UnknownProgram)?;
    DatasetRequest::verify(request, recipe.digest(), &charter).map_err(CompileError::OtherRecipe)?;
    if asked.purpose != *recipe.purpose() {
        return Err(CompileError::OtherPurpose { recipe: recipe.purpose().clone(), request: asked.purpose });
    }
    let terms = terms(&charter, recipe)?;
    Ok((charter, terms))
}

fn terms(charter: &Charter, recipe: &Recipe) -> Result<Terms, CompileError> {
    let purpose = charter.purpose(recipe.purpose()).ok_or(CompileError::UnknownProgram)?;
    Ok(Terms {
        charter: charter.digest(),
        title: charter.title().to_owned(),
        controller: charter.controller().name.clone(),
        purpose: purpose.id.clone(),
        statement: purpose.statement.clone(),
        prohibited: charter.prohibited().iter().cloned().collect(),
    })
}

fn write_dataset(
    sessions: Vec<OpenedSession>,
    recipe: &Recipe,
    terms: &Terms,
    staging: &Staging,
) -> Result<Contents, CompileError> {
    let (inputs, opened) = inputs(sessions);
    let mut last = None;
    let mut frames = |session: SessionId, blob: &BlobRef| -> Result<Vec<u8>, FrameError> {
        // Records come session by session.
        if let Some(other) = last.replace(session).filter(|last| *last != session) {
            opened.get(&other).into_iter().for_each(OpenedSession::put_away);
        }
        let session = opened.get(&session).ok_or("the session is not open")?;
        Ok(session.blob(&blob.digest)?)
    };
    let mut folder = Folder::new(staging.path().join(DATASET_FOLDER));
    contents::write(&inputs, recipe, terms, &mut frames, &mut folder)
}

/// The sessions as the compile reads them; what opens their frames stays.
fn inputs(sessions: Vec<OpenedSession>) -> (Vec<SessionInput>, BTreeMap<SessionId, OpenedSession>) {
    let mut inputs = Vec::with_capacity(sessions.len());
    let mut opened = BTreeMap::new();
    for mut session in sessions {
        inputs.push(SessionInput {
            header: session.header.clone(),
            manifest: session.manifest.clone(),
            steps: std::mem::take(&mut session.steps),
            rows: session.batch.clone(),
        });
        opened.insert(session.header.session, session);
    }
    (inputs, opened)
}

/// The vault decides again: who withdrew while the dataset was written is not handed out.
fn record(
    vault: &mut Vault,
    request: &Envelope,
    contents: &Contents,
    supersedes: Option<Digest>,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<Exported, CompileError> {
    let mut sessions = BTreeMap::new();
    for record in &contents.records {
        *sessions.entry(record.session).or_insert(0) += 1;
    }
    let dataset = Digest::of(&contents.manifest);
    let records = Digest::of(&record_lines(&contents.records)?);
    versions::keep_manifest(vault, &dataset, &contents.manifest)?;
    let record = ExportRecord { dataset, request, sessions, records, supersedes };
    Ok(vault.record_export(&record, now, entropy)?)
}

#[cfg(test)]
mod tests;
