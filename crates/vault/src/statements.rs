//! Signed statements as files: the organisation's and the signers' in clear, the contributors' sealed under their keys.

use std::path::PathBuf;

use candor_model::{Digest, Entropy, Envelope, PublicKey};

use crate::disk;
use crate::fault::Fault;
use crate::seal::{Key, Place};

/// Whether an envelope is signed by exactly these keys, by its own hints: an auditor tolerates nothing surplus, so nothing
/// surplus comes in. That the signatures verify is another question.
pub(crate) fn signed_alone(envelope: &Envelope, keys: &[PublicKey]) -> bool {
    let hints: Vec<&str> = envelope.signatures().iter().map(|signature| signature.keyid.as_str()).collect();
    hints.len() == keys.len() && keys.iter().all(|key| hints.contains(&key.id().to_string().as_str()))
}

/// Bytes that sealing adds, rounded up.
const SEALED_BYTES_MORE: u64 = 64;

/// The folder of statements. A file is named by the digest of the envelope in it.
#[derive(Debug)]
pub(crate) struct Statements {
    folder: PathBuf,
}

impl Statements {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Stores a statement. A crash before the rename leaves nothing that is read; after it a file that no row names, which
    /// says nothing and harms nobody.
    pub(crate) fn put(&self, envelope: &Envelope) -> Result<Digest, Fault> {
        let digest = envelope.digest();
        disk::write(&self.clear_path(&digest), &envelope.to_bytes())?;
        Ok(digest)
    }

    /// Stores a statement of a contributor under their key.
    pub(crate) fn seal(
        &self,
        envelope: &Envelope,
        key: &Key,
        entropy: &mut dyn Entropy,
    ) -> Result<Digest, Fault> {
        let digest = envelope.digest();
        let sealed = key.seal(&place(&digest), &envelope.to_bytes(), entropy)?;
        disk::write(&self.sealed_path(&digest), &sealed)?;
        Ok(digest)
    }

    /// Reads a statement: the bytes that its digest names.
    pub(crate) fn get(&self, digest: &Digest) -> Result<Envelope, Fault> {
        let bytes = disk::read(&self.clear_path(digest), Envelope::BYTES_MAX as u64)?;
        checked(digest, bytes.as_deref())
    }

    /// Reads a statement of a contributor.
    pub(crate) fn open(&self, digest: &Digest, key: &Key) -> Result<Envelope, Fault> {
        let limit_bytes = Envelope::BYTES_MAX as u64 + SEALED_BYTES_MORE;
        let sealed = disk::read(&self.sealed_path(digest), limit_bytes)?;
        let sealed = sealed.ok_or(Fault::Damaged { what: "a sealed statement" })?;
        checked(digest, Some(&key.open(&place(digest), &sealed)?))
    }

    fn clear_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}.json"))
    }

    fn sealed_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{digest}.sealed"))
    }
}

fn place(digest: &Digest) -> Place {
    Place::new("candor/statement/v1").at(digest.as_bytes())
}

fn checked(digest: &Digest, bytes: Option<&[u8]>) -> Result<Envelope, Fault> {
    match bytes {
        Some(bytes) if Digest::of(bytes) == *digest => Ok(Envelope::parse(bytes)?),
        Some(_) | None => Err(Fault::Damaged { what: "a statement" }),
    }
}
