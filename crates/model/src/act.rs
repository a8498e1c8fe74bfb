//! What the organisation states when it uses its power: admissions, exports, erasures.
//!
//! Acts of people (sign-offs, consents, withdrawals, halts) are the law's words and live in `consent`.

use serde::{Deserialize, Serialize};

use crate::{ConsentId, Digest, PublicKey, PurposeId, SessionId, StatementKind, Timestamp};

/// The organisation admitted a session. The subject is the bundle's manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// The session.
    pub session: SessionId,
    /// The consent it was released under.
    pub consent: ConsentId,
    /// The charter in force.
    pub charter: Digest,
    /// Digest of the contributor's release envelope.
    pub release: Digest,
    /// When, by the server's clock.
    pub admitted_at: Timestamp,
    /// Hexadecimal of 32 random bytes; its erase tag in the log ends this admission.
    pub sigma: String,
}

impl StatementKind for Admission {
    const PREDICATE_TYPE: &'static str = "urn:candor:admission:v1";
}

/// The organisation released a dataset version to a recipient. The subject is the dataset's manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// The charter in force.
    pub charter: Digest,
    /// The one purpose.
    pub purpose: PurposeId,
    /// Who asked: a recipient that the charter names.
    pub recipient: PublicKey,
    /// Digest of the recipient's signed request.
    pub request: Digest,
    /// Digest of `records.jsonl` of the evidence.
    pub records: Digest,
    /// How many records.
    pub record_count: u64,
    /// The dataset version that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Digest>,
    /// When, by the server's clock.
    pub exported_at: Timestamp,
}

impl StatementKind for Export {
    const PREDICATE_TYPE: &'static str = "urn:candor:export:v1";
}

/// The organisation destroyed the keys of a contributor. The subject is the contributor's withdrawal envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The consent that ended.
    pub consent: ConsentId,
    /// The charter.
    pub charter: Digest,
    /// The sessions whose keys are gone.
    pub sessions: Vec<SessionId>,
    /// The dataset versions that held them, by manifest digest: flagged.
    pub flagged: Vec<Digest>,
    /// When the keys were destroyed, by the server's clock.
    pub erased_at: Timestamp,
}

impl StatementKind for Erasure {
    const PREDICATE_TYPE: &'static str = "urn:candor:erasure:v1";
}
