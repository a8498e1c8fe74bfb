//! `POST /api/v1/datasets`: a recipient's signed request is answered once, with the archive. `GET` lists versions.
//!
//! The plaintext lives in a folder of its own while it is sent, and nowhere after: no route reads it again. What a crash
//! leaves there is deleted when the server starts.

use std::io::Write;
use std::path::{Path, PathBuf};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use candor_model::{Entropy, SessionId};
use candor_vault::{DatasetView, Vault};
use tokio_util::io::{ReaderStream, SyncIoBridge};

use super::{Answer, read};
use crate::ambient::{self, SystemEntropy};
use crate::api::{CompileRequest, Dataset};
use crate::server::state::{App, Refused};

/// How much of an archive waits for a slow reader, in bytes.
const WAITING_BYTES_MAX: usize = 256 * 1024;

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
        sessions: view.sessions,
        steps: view.steps,
        exported_at: view.created.to_string(),
        flagged_at: view.flagged_at.map(|at| at.to_string()),
        superseded_by: view.superseded_by,
    }
}

/// Compiles and hands out.
pub(crate) async fn compile(State(app): State<App>, body: Bytes) -> Result<Response, Refused> {
    let request: CompileRequest = read(&body)?;
    let compiled = app.with(move |vault| compile_into_folder(vault, &request)).await?;
    let (reader, writer) = tokio::io::duplex(WAITING_BYTES_MAX);
    // Sent from a thread of its own: the reader sets the pace.
    tokio::task::spawn_blocking(move || {
        let mut bridge = SyncIoBridge::new(writer);
        if send(&compiled.0, &mut bridge).is_err() {
            tracing::info!(target: "candor", "a dataset was not read to its end");
        }
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

struct Compiled(Plaintext);

fn compile_into_folder(vault: &mut Vault, request: &CompileRequest) -> Result<Compiled, Refused> {
    let mut name = [0; SessionId::LEN];
    SystemEntropy.fill(&mut name);
    let folder = vault.exports_folder().join(SessionId::from_bytes(name).to_string());
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
    Ok(Compiled(plaintext))
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
