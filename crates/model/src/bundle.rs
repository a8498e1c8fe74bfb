//! The bundle: one session that a person released, as it travels.
//!
//! A bundle is the manifest, the steps and the blobs. The signed [`Release`] binds the digest of the manifest, and the
//! manifest binds every step and blob by digest. Specification: `docs/formats/bundle.md`.

mod wire;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    BlobRef, ConsentId, Digest, FindingKind, FormatVersion, SessionHeader, StatementKind, Timestamp,
};

pub use wire::{Contents, WireError, read, write};

/// The version that this program writes and reads.
pub const VERSION: FormatVersion = FormatVersion(1);
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
    /// How many things redaction took out, by kind.
    pub findings: BTreeMap<FindingKind, u64>,
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
