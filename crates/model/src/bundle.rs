//! The bundle: one session that a person released, as it travels.
//!
//! A bundle is the manifest, the steps and the blobs. The signed [`Release`] binds the digest of the manifest, and the
//! manifest binds every step and blob by digest. How it is written down is the room `bundle`'s. Specification:
//! `docs/formats/bundle.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    BlobRef, ConsentId, Digest, FindingKind, FormatVersion, Media, SessionHeader, StatementKind, Timestamp,
    VersionError,
};

/// The version that this program writes.
pub const VERSION: FormatVersion = FormatVersion(2);
/// The oldest version that it reads: no frame is a pixmap, and nothing is packed.
pub const VERSION_MIN: FormatVersion = FormatVersion(1);
/// Largest bundle in bytes.
pub const BUNDLE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Most steps of a bundle.
pub const BUNDLE_STEPS_MAX: usize = 20_000;
/// Largest blob in bytes.
pub const BLOB_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format.
    pub version: FormatVersion,
    /// The session.
    pub header: SessionHeader,
    /// Digest of the canonical bytes of each step, in order of their ordinals.
    pub steps: Vec<Digest>,
    /// Every blob that a step refers to, sorted, each once.
    pub blobs: Vec<BlobRef>,
    /// Since version 2: the bytes of all blobs together, as they are packed in the archive. They count against the caps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed_bytes: Option<u64>,
    /// How many things redaction took out, by kind.
    pub findings: BTreeMap<FindingKind, u64>,
}

impl Manifest {
    /// The bytes of all blobs together, as they travel.
    #[must_use]
    pub fn blob_bytes(&self) -> u64 {
        let plain = || self.blobs.iter().fold(0_u64, |sum, blob| sum.saturating_add(blob.bytes));
        self.packed_bytes.unwrap_or_else(plain)
    }

    /// Whether it holds what its version has: since version 2 how much is packed, and only since then pixmaps.
    #[must_use]
    pub fn holds_what_its_version_has(&self) -> bool {
        let packed = self.version > VERSION_MIN;
        let pixmaps = self.blobs.iter().any(|blob| blob.media == Media::Pixmap);
        packed == self.packed_bytes.is_some() && (packed || !pixmaps)
    }
}

/// Refuses a manifest of a version that this program does not read.
///
/// # Errors
/// When it is older than [`VERSION_MIN`] or newer than [`VERSION`].
pub fn require_version(found: FormatVersion, format: &'static str) -> Result<(), VersionError> {
    found.require_between(VERSION_MIN, VERSION, format)
}

/// What a contributor states when they release a session. The subject is the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The consent it is released under.
    pub consent: ConsentId,
    /// The charter in force.
    pub charter: Digest,
    /// When the person released it, by the device's clock.
    pub released_at: Timestamp,
    /// Hexadecimal of 32 random bytes: nobody can confirm a guess at the content from a digest of this statement.
    pub salt: String,
}

impl StatementKind for Release {
    const PREDICATE_TYPE: &'static str = "urn:candor:release:v1";
}
