//! A session at rest: `steps.parquet`, an index, and blob chunks, all under the session's own key.
//!
//! The folder is written beside its place and renamed: a crash before the rename leaves what start-up removes, after it
//! the whole session. No name in the folder is a digest of content: blobs are named by the digest of their ciphertext, and
//! the table from plaintext to ciphertext is inside the sealed index.

mod columns;
mod frames;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use candor_bundle::{Contents, PackedFrame};
use candor_model::bundle::Manifest;
use candor_model::{CanonicalError, Digest, Entropy, SessionId, Step, canonical_bytes};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::disk;
use crate::rows::{self, RowError};
use crate::seal::{CHUNK_OVERHEAD_BYTES, Key, Place, SealError};
pub use columns::ColumnError;
use frames::Frames;

/// Most bytes of a blob in one chunk.
pub const CHUNK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Largest sealed index in bytes: the manifest and the table of at most twice as many blobs as steps.
const INDEX_BYTES_MAX: u64 = 64 * 1024 * 1024;
const INDEX: &str = "index";
const BLOBS: &str = "blobs";
const STEPS: &str = "steps.parquet";

/// A sealed session cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A file could not be read or written.
    #[error("a file of the sealed session could not be read or written")]
    Io(#[from] io::Error),
    /// A file of the session is not there.
    #[error("the sealed session lacks {part}")]
    Missing {
        /// Which part.
        part: &'static str,
    },
    /// A part does not open.
    #[error("{part} of the sealed session does not open")]
    Sealed {
        /// Which part.
        part: &'static str,
        /// Why.
        #[source]
        source: SealError,
    },
    /// A part opens and is not what the contributor released.
    #[error("{part} of the sealed session is not what was released")]
    Damaged {
        /// Which part.
        part: &'static str,
    },
    /// The step rows could not be written or read.
    #[error("the step rows could not be written or read")]
    Columns(#[from] ColumnError),
    /// The steps do not make rows.
    #[error("the steps do not make rows")]
    Rows(#[from] RowError),
    /// Something has no canonical bytes.
    #[error("the index has no canonical bytes")]
    Canonical(#[from] CanonicalError),
}

/// What is sealed beside the rows and the blobs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    /// Canonical bytes of the contributor's manifest, as text.
    manifest: String,
    /// Chunks of each blob, in order: the digest of each ciphertext. A frame that is kept as tiles has its packed form here.
    blobs: BTreeMap<Digest, Vec<Digest>>,
    /// The frames that are kept as tiles, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    frames: Vec<FrameInOrder>,
}

/// A frame that is kept as tiles.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameInOrder {
    /// The digest of the frame.
    frame: Digest,
    /// How many tiles it brought.
    tiles: u32,
}

/// The key of one session.
#[derive(Debug)]
pub(crate) struct SessionKey {
    session: SessionId,
    key: Key,
}

impl SessionKey {
    pub(crate) fn generate(session: SessionId, entropy: &mut dyn Entropy) -> Self {
        Self { session, key: Key::generate(entropy) }
    }

    /// Wraps the key under the contributor's.
    pub(crate) fn wrap(&self, contributor: &Key, entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        contributor.seal(&wrap_place(self.session), self.key.as_bytes(), entropy)
    }

    /// Unwraps the key of a session.
    pub(crate) fn unwrap(session: SessionId, contributor: &Key, wrapped: &[u8]) -> Result<Self, SealError> {
        let key = Key::from_slice(&contributor.open(&wrap_place(session), wrapped)?)?;
        Ok(Self { session, key })
    }

    fn index_place(&self) -> Place {
        Place::new("candor/session-index/v1").at(self.session.as_bytes())
    }

    fn chunk_place(&self, blob: &Digest, number: usize) -> Place {
        let place = Place::new("candor/chunk/v1").at(self.session.as_bytes());
        place.at(blob.as_bytes()).at(&(number as u64).to_be_bytes())
    }

    fn columns_key(&self) -> Result<Key, SealError> {
        self.key.derive(&Place::new("candor/parquet-key/v1").at(self.session.as_bytes()))
    }
}

fn wrap_place(session: SessionId) -> Place {
    Place::new("candor/wrap/v1").at(session.as_bytes())
}

/// Seals a bundle into `folder`, which must not exist.
pub(crate) fn write(
    folder: &Path,
    key: &SessionKey,
    contents: &Contents,
    entropy: &mut dyn Entropy,
) -> Result<(), SessionError> {
    let beside = unfinished(folder)?;
    if beside.exists() {
        disk::remove(&beside)?;
    }
    disk::create_folder(&beside.join(BLOBS))?;
    let mut blobs = BTreeMap::new();
    for (digest, bytes) in &contents.blobs {
        blobs.insert(*digest, write_blob(&beside.join(BLOBS), key, digest, bytes, entropy)?);
    }
    let mut frames = Vec::with_capacity(contents.frames.len());
    for PackedFrame { digest, packed } in &contents.frames {
        let bytes = packed.to_bytes();
        blobs.insert(*digest, write_blob(&beside.join(BLOBS), key, digest, &bytes, entropy)?);
        frames.push(FrameInOrder { frame: *digest, tiles: packed.fresh() });
    }
    let rows = rows::batch(key.session, &contents.steps)?;
    let columns_key = key.columns_key().map_err(sealed(STEPS))?;
    disk::write_in_place(&beside.join(STEPS), &columns::write(&rows, &columns_key, key.session)?)?;
    let manifest = String::from_utf8_lossy(&contents.manifest_bytes).into_owned();
    let index = Zeroizing::new(canonical_bytes(&Index { manifest, blobs, frames })?);
    let index = key.key.seal_chunk(&key.index_place(), &index, entropy).map_err(sealed(INDEX))?;
    disk::write_in_place(&beside.join(INDEX), &index)?;
    disk::sync_folder(&beside.join(BLOBS))?;
    Ok(disk::publish_folder(&beside, folder)?)
}

fn unfinished(folder: &Path) -> Result<PathBuf, SessionError> {
    let name = folder.file_name().ok_or(SessionError::Missing { part: "its name" })?.to_string_lossy();
    Ok(folder.with_file_name(format!("{}{name}", disk::UNFINISHED)))
}

fn write_blob(
    folder: &Path,
    key: &SessionKey,
    blob: &Digest,
    bytes: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Vec<Digest>, SessionError> {
    let mut names = Vec::new();
    for (number, chunk) in bytes.chunks(CHUNK_BYTES_MAX).enumerate() {
        let place = key.chunk_place(blob, number);
        let chunk = key.key.seal_chunk(&place, chunk, entropy).map_err(sealed(BLOBS))?;
        let name = Digest::of(&chunk);
        disk::write_in_place(&folder.join(name.to_string()), &chunk)?;
        names.push(name);
    }
    Ok(names)
}

fn sealed(part: &'static str) -> impl Fn(SealError) -> SessionError {
    move |source| SessionError::Sealed { part, source }
}

/// A sealed session, opened and held against the contributor's manifest.
#[derive(Debug)]
pub(crate) struct Opened {
    folder: PathBuf,
    key: SessionKey,
    pub(crate) manifest_bytes: Vec<u8>,
    pub(crate) manifest: Manifest,
    blobs: BTreeMap<Digest, Vec<Digest>>,
    frames: Frames,
}

impl Opened {
    /// Opens the index of a session.
    pub(crate) fn open(folder: PathBuf, key: SessionKey) -> Result<Self, SessionError> {
        let bytes = disk::read(&folder.join(INDEX), INDEX_BYTES_MAX)?;
        let bytes = bytes.ok_or(SessionError::Missing { part: INDEX })?;
        let plain = key.key.open_chunk(&key.index_place(), &bytes).map_err(sealed(INDEX))?;
        let damaged = |_| SessionError::Damaged { part: INDEX };
        let index: Index = serde_json::from_slice(&plain).map_err(damaged)?;
        let manifest: Manifest = serde_json::from_str(&index.manifest).map_err(damaged)?;
        let frames = Frames::new(&index.frames).ok_or(SessionError::Damaged { part: INDEX })?;
        let (manifest_bytes, blobs) = (index.manifest.into_bytes(), index.blobs);
        Ok(Self { folder, key, manifest_bytes, manifest, blobs, frames })
    }

    /// The rows, and the steps that they hold: each with the digest that the manifest has.
    pub(crate) fn steps(&self) -> Result<(RecordBatch, Vec<Step>), SessionError> {
        let key = self.key.columns_key().map_err(sealed(STEPS))?;
        let batch = columns::read(&self.folder.join(STEPS), &key, self.key.session)?;
        let damaged = SessionError::Damaged { part: STEPS };
        let lines: Vec<&str> = rows::step_lines(&batch)?.collect();
        let digests: Vec<Digest> = lines.iter().map(|line| Digest::of(line.as_bytes())).collect();
        if digests != self.manifest.steps {
            return Err(damaged);
        }
        let steps: Result<Vec<Step>, _> = lines.iter().map(|line| serde_json::from_str(line)).collect();
        Ok((batch.clone(), steps.map_err(|_| damaged)?))
    }

    /// The bytes of a blob: they have the digest that was asked for. A frame that is kept as tiles is a pixmap again.
    pub(crate) fn blob(&self, digest: &Digest) -> Result<Vec<u8>, SessionError> {
        if let Some(frame) = self.frame(digest)? {
            return Ok(frame);
        }
        let bytes = self.sealed_bytes(digest)?;
        if Digest::of(&bytes) == *digest { Ok(bytes) } else { Err(SessionError::Damaged { part: BLOBS }) }
    }

    fn sealed_bytes(&self, digest: &Digest) -> Result<Vec<u8>, SessionError> {
        let names = self.blobs.get(digest).ok_or(SessionError::Missing { part: BLOBS })?;
        let mut bytes = Vec::new();
        for (number, name) in names.iter().enumerate() {
            bytes.extend_from_slice(&self.chunk(digest, number, name)?);
        }
        Ok(bytes)
    }

    fn chunk(&self, blob: &Digest, number: usize, name: &Digest) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        let limit_bytes = (CHUNK_BYTES_MAX + CHUNK_OVERHEAD_BYTES) as u64;
        let path = self.folder.join(BLOBS).join(name.to_string());
        let bytes = disk::read(&path, limit_bytes)?.ok_or(SessionError::Missing { part: BLOBS })?;
        self.key.key.open_chunk(&self.key.chunk_place(blob, number), &bytes).map_err(sealed(BLOBS))
    }
}

#[cfg(test)]
mod tests;
