//! The files of an evidence bundle and of a dataset, as types. Specification: `docs/formats/evidence.md`.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::{Digest, FormatVersion, PublicKey, PurposeId, SessionId};

/// The version of evidence bundles and dataset manifests that this program writes and reads.
pub const VERSION: FormatVersion = FormatVersion(1);

/// A line of `records.jsonl`: one step of the dataset and where its proof is. Lines are sorted by session, then ordinal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Line number, from 0.
    pub record: u64,
    /// The session.
    pub session: SessionId,
    /// The step's place in the session.
    pub ordinal: u32,
    /// Digest of the step's canonical bytes: the same as in the contributor's manifest, and of the line in `steps.jsonl`.
    pub step: Digest,
    /// Digest of the frame: the same as in the contributor's manifest. Of the image file's pixels, or, in recordings of older versions, of
    /// its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Digest>,
}

/// A line of `openings.jsonl`: what opens one leaf's salted commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Index of the leaf.
    pub leaf: u64,
    /// Hexadecimal of the 32-byte salt.
    pub salt: String,
    /// Digest of the envelope that the leaf commits to; it stands in `statements/<digest>.json`.
    pub statement: Digest,
}

/// What proves to the holder of one statement that it stands in the log: the leaf, what opens its salted commitment, and
/// the way from the leaf to a signed root. A contributor keeps it beside the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafProof {
    /// Hexadecimal of the leaf's 144 bytes.
    pub leaf: String,
    /// Hexadecimal of the 32-byte salt.
    pub salt: String,
    /// Proof of inclusion (C2SP tlog-proof).
    pub proof: String,
}

impl LeafProof {
    /// Writes one down.
    #[must_use]
    pub fn new(leaf: &[u8], salt: &[u8; 32], proof: String) -> Self {
        Self { leaf: HEXLOWER.encode(leaf), salt: HEXLOWER.encode(salt), proof }
    }

    /// The bytes of the leaf and of the salt; none if one of them is not canonical hexadecimal.
    #[must_use]
    pub fn decode(&self) -> Option<(Vec<u8>, [u8; 32])> {
        let leaf = HEXLOWER.decode(self.leaf.as_bytes()).ok()?;
        let salt = HEXLOWER.decode(self.salt.as_bytes()).ok()?;
        Some((leaf, salt.try_into().ok()?))
    }
}

/// A file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetFile {
    /// Path inside the dataset folder, with `/`.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Its length in bytes.
    pub bytes: u64,
}

/// `manifest.json` of a dataset: every other file of it. The digest of its canonical bytes names the dataset version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetManifest {
    /// Version of this format.
    pub version: FormatVersion,
    /// The charter.
    pub charter: Digest,
    /// The one purpose it may be used for.
    pub purpose: PurposeId,
    /// Digest of the recipe's bytes.
    pub recipe: Digest,
    /// Number of sessions.
    pub sessions: u64,
    /// Number of steps.
    pub steps: u64,
    /// The files, sorted by path.
    pub files: Vec<DatasetFile>,
}

/// What an auditor trusts, decided before any evidence is opened. It never comes from the bundle. TOML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustPolicy {
    /// Version of this format.
    pub version: FormatVersion,
    /// Verifier key of the log, in the text form of C2SP signed-note.
    pub log: String,
    /// The organisation's key: admissions, exports, erasures, countersignatures, seals.
    pub organisation: PublicKey,
    /// The four signers that must have approved, by role.
    pub signers: Vec<TrustedSigner>,
}

/// A signer that the auditor knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedSigner {
    /// Role, as the charter writes it.
    pub role: String,
    /// The key.
    pub key: PublicKey,
}
