//! `POST /api/v1/datasets`: a recipient's signed request is answered once, with the archive. `GET` lists versions.
//!
//! The plaintext lives in a folder of its own while it is sent, and nowhere after: no route reads it again. Sending has a
//! deadline, and an erasure ends it and deletes the folder before it is proven. What a crash leaves is deleted when the
//! server starts.

use std::io::Write;
use std::path::{Path, PathBuf};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use candor_model::{Entropy, SessionId};
use candor_vault::{Band, DatasetView, Vault};
use tokio::sync::Semaphore;
use tokio_util::io::ReaderStream;

use super::{Answer, read};
use crate::ambient::{self, SystemEntropy};
use crate::api::{CompileRequest, Dataset};
use crate::durable;
use crate::server::sends::Sending;
use crate::server::state::{App, Refused};

/// How much of an archive waits for a slow reader, in bytes.
const WAITING_BYTES_MAX: usize = 64 * 1024;
/// Most datasets that are sent at one moment.
const SENDS_MAX: usize = 4;

static SENDS: Semaphore = Semaphore::const_new(SENDS_MAX);

/// The dataset versions.
pub(crate) async fn list(State(app): State<App>) -> Answer<Vec<Dataset>> {
    app.with(|vault| {
        let broken = |error: candor_vault::Fault| Refused::by(error.code(), &error);
        let mut all = Vec::new();
        for program in vault.programs(ambient::now()).map_err(broken)? {
            all.extend(vault.datasets(&program.charter.digest()).map_err(broken)?.iter().map(dataset));
        }
        Ok(Json(all))
    })
    .await
}

fn dataset(view: &DatasetView) -> Dataset {
    Dataset {
        version: view.dataset,
        program: view.charter,
        purpose: view.purpose.to_string(),
        // Counts in bands and days for moments: a withdrawal flags a version at its own millisecond (P7).
        sessions: Band::of(view.sessions).to_string(),
        steps: Band::of(view.steps).to_string(),
        exported_at: view.created.to_string(),
        flagged_at: view.flagged_at.map(candor_model::Timestamp::day),
        superseded_by: view.superseded_by,
    }
}

/// Compiles and hands out.
pub(crate) async fn compile(State(app): State<App>, body: Bytes) -> Result<Response, Refused> {
    let request: CompileRequest = read(&body)?;
    let turn = SENDS.acquire().await;
    let sends = app.sends().clone();
    let compiled = app.with(move |vault| Ok((compile_into_folder(vault, &request)?, sends.begin()))).await?;
    let (reader, out) = tokio::io::duplex(WAITING_BYTES_MAX);
    let runtime = tokio::runtime::Handle::current();
    // Sent from a thread of its own: the reader sets the pace, within the deadlines.
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let (plaintext, sending): (Plaintext, Sending) = compiled;
        if send(&plaintext, &mut sending.writer(out, runtime)).is_err() {
            tracing::info!(target: "candor", "a dataset was not sent to its end");
        }
        // The files are gone before an erasure goes on.
        drop(plaintext);
        drop(sending);
    });
    let body = Body::from_stream(ReaderStream::new(reader));
    Ok(([(header::CONTENT_TYPE, "application/x-tar")], body).into_response())
}

/// A folder with a plaintext dataset; it is deleted when the answer has been sent or given up.
struct Plaintext(PathBuf);

impl Drop for Plaintext {
    fn drop(&mut self) {
        match std::fs::remove_dir_all(&self.0) {
            // The next start of the server deletes it; an operator should know until then.
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(target: "candor", "a dataset that was sent could not be deleted");
            }
            // A compile that was refused made none.
            _ => {}
        }
    }
}

fn compile_into_folder(vault: &mut Vault, request: &CompileRequest) -> Result<Plaintext, Refused> {
    let mut name = [0; SessionId::LEN];
    SystemEntropy.fill(&mut name);
    let exports = vault.exports_folder();
    // Nobody but the server's own account enters it, whatever the modes of the files in it.
    durable::make_private_folder(&exports).map_err(|error| Refused::by("storage", &error))?;
    let folder = exports.join(SessionId::from_bytes(name).to_string());
    let plaintext = Plaintext(folder.clone());
    let compiled = candor_dataset::compile(
        vault,
        &request.request,
        request.recipe.as_bytes(),
        ambient::now(),
        &mut SystemEntropy,
        &folder,
    );
    compiled.map_err(|error| Refused::by(error.code(), &error))?;
    Ok(plaintext)
}

/// Writes `dataset/`, then `evidence/` with its seal last: an answer that was cut off has none.
fn send(plaintext: &Plaintext, out: &mut impl Write) -> std::io::Result<()> {
    let mut archive = tar::Builder::new(out);
    append(&mut archive, &plaintext.0, Path::new("dataset"))?;
    append(&mut archive, &plaintext.0, Path::new("evidence"))?;
    archive.append_path_with_name(plaintext.0.join("evidence/SEAL"), "evidence/SEAL")?;
    archive.into_inner()?.flush()
}

fn append(archive: &mut tar::Builder<&mut impl Write>, root: &Path, folder: &Path) -> std::io::Result<()> {
    let mut entries = std::fs::read_dir(root.join(folder))?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            append(archive, root, &path)?;
        } else if path != Path::new("evidence/SEAL") {
            archive.append_path_with_name(entry.path(), &path)?;
        }
    }
    Ok(())
}
