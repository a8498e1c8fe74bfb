//! The files of a dataset: a pure function of the sessions, the recipe and the terms (P15).

use std::io::Write as _;

use candor_model::evidence::{DatasetManifest, Record, VERSION};
use candor_model::{Digest, canonical_bytes};

use crate::agentnet::AgentNet;
use crate::card::{self, Terms};
use crate::columns::Row;
use crate::counts::Counts;
use crate::error::CompileError;
use crate::folder::{Folder, Sink};
use crate::image::{Image, image};
use crate::lineage::Lineage;
use crate::plan::{Planned, plan};
use crate::recipe::{Format, Recipe};
use crate::selection::{Frames, SessionInput};
use crate::shard::{self, Shards};

const STEPS: &str = "steps.jsonl";

/// What was written.
#[derive(Debug)]
pub(crate) struct Contents {
    /// Canonical bytes of the manifest; their digest names the dataset version.
    pub(crate) manifest: Vec<u8>,
    /// Every record, in order.
    pub(crate) records: Vec<Record>,
    /// How many of what.
    pub(crate) counts: Counts,
}

/// Writes all files of a dataset into `folder`.
pub(crate) fn write(
    sessions: &[SessionInput],
    recipe: &Recipe,
    terms: &Terms,
    frames: &mut Frames<'_>,
    folder: &mut Folder,
) -> Result<Contents, CompileError> {
    let planned = plan(sessions, recipe)?;
    let mut files = Files::begin(recipe, folder)?;
    let mut records = Vec::with_capacity(planned.len());
    for record in &planned {
        records.push(files.push(record, frames, folder)?);
    }
    files.finish(folder)?;
    let counts = Counts::of(&planned);
    folder.put("recipe.toml", recipe.bytes())?;
    folder.put("README.md", card::card(recipe, terms, &counts).as_bytes())?;
    let manifest = manifest(recipe, terms, &counts, folder)?;
    Ok(Contents { manifest, records, counts })
}

/// The manifest lists every other file, so it is written last.
fn manifest(
    recipe: &Recipe,
    terms: &Terms,
    counts: &Counts,
    folder: &mut Folder,
) -> Result<Vec<u8>, CompileError> {
    let manifest = DatasetManifest {
        version: VERSION,
        charter: terms.charter,
        purpose: recipe.purpose().clone(),
        recipe: recipe.digest(),
        sessions: counts.sessions,
        steps: counts.records,
        files: folder.files().to_vec(),
    };
    let bytes = canonical_bytes(&manifest)?;
    folder.put("manifest.json", &bytes)?;
    Ok(bytes)
}

/// The files that grow with each record.
struct Files<'a> {
    steps: Sink,
    shards: Option<Shards<'a>>,
    agentnet: Option<AgentNet>,
    lineage: Lineage,
}

impl<'a> Files<'a> {
    fn begin(recipe: &Recipe, folder: &Folder) -> Result<Self, CompileError> {
        Ok(Self {
            steps: folder.open(STEPS)?,
            shards: recipe.formats().contains(&Format::Parquet).then(Shards::new),
            agentnet: recipe.formats().contains(&Format::AgentNet).then(AgentNet::default),
            lineage: Lineage::default(),
        })
    }

    fn push(
        &mut self,
        record: &Planned<'a>,
        frames: &mut Frames<'_>,
        folder: &mut Folder,
    ) -> Result<Record, CompileError> {
        let (line, step) = released_step(record)?;
        let image = released_frame(record, frames)?;
        self.steps.write_all(&line)?;
        self.steps.write_all(b"\n")?;
        if let Some(image) = &image {
            folder.put_hashed(&record.image_path(), &image.bytes, image.sha256)?;
        }
        if let Some(agentnet) = &mut self.agentnet {
            agentnet.push(record, folder)?;
        }
        self.push_row(record, &line, image.map(|image| image.bytes), folder)?;
        Ok(evidence_record(record, step))
    }

    fn push_row(
        &mut self,
        record: &Planned<'a>,
        line: &[u8],
        image: Option<Vec<u8>>,
        folder: &Folder,
    ) -> Result<(), CompileError> {
        let (file, row) = match &mut self.shards {
            None => (STEPS.to_owned(), record.number),
            Some(shards) => {
                let step_text = String::from_utf8_lossy(line).into_owned();
                let row = shards.push(record.split, Row { record: *record, step_text, image }, folder)?;
                (shard::path(record.split), row)
            }
        };
        self.lineage.push(record, file, row);
        Ok(())
    }

    fn finish(self, folder: &mut Folder) -> Result<(), CompileError> {
        folder.close(self.steps)?;
        if let Some(shards) = self.shards {
            shards.finish(folder)?;
        }
        if let Some(agentnet) = self.agentnet {
            agentnet.finish(folder)?;
        }
        Ok(self.lineage.finish(folder)?)
    }
}

/// The canonical bytes of the step, held against what the contributor released.
fn released_step(record: &Planned<'_>) -> Result<(Vec<u8>, Digest), CompileError> {
    let bytes = canonical_bytes(record.step)?;
    let digest = Digest::of(&bytes);
    let place = usize::try_from(record.step.ordinal).ok();
    let released = place.and_then(|place| record.session.manifest.steps.get(place));
    if released == Some(&digest) {
        return Ok((bytes, digest));
    }
    Err(CompileError::Step { session: record.session.header.session, ordinal: record.step.ordinal })
}

/// The image of the frame, which is held against the step that the contributor released.
fn released_frame(record: &Planned<'_>, frames: &mut Frames<'_>) -> Result<Option<Image>, CompileError> {
    let Some(blob) = &record.step.frame else { return Ok(None) };
    let (session, ordinal) = (record.session.header.session, record.step.ordinal);
    let bytes = frames(session, blob).map_err(|source| CompileError::Frame { session, ordinal, source })?;
    image(blob, bytes).map(Some).ok_or(CompileError::OtherFrame { session, ordinal })
}

fn evidence_record(record: &Planned<'_>, step: Digest) -> Record {
    Record {
        record: record.number,
        session: record.session.header.session,
        ordinal: record.step.ordinal,
        step,
        frame: record.step.frame.map(|blob| blob.digest),
    }
}

#[cfg(test)]
mod tests;
