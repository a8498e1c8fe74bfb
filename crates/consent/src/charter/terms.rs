//! The shape of a charter, as TOML writes it.

use std::collections::BTreeSet;

use candor_model::{Digest, FormatVersion, PublicKey};
use serde::{Deserialize, Serialize};

use super::CharterError;
use crate::{Purpose, Role, Scope};

/// Everything in a charter. Read-only from outside, through the accessors of `Charter`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    /// Checked before the shape; here so that the key is known.
    version: FormatVersion,
    pub(super) title: String,
    pub(super) language: String,
    pub(super) jurisdiction: String,
    pub(super) storage: String,
    pub(super) redaction_profile: String,
    pub(super) bystander_rule: BystanderRule,
    pub(super) retention_days: u32,
    #[serde(default = "hold_days_default")]
    pub(super) hold_days: u32,
    pub(super) consent_days_max: u32,
    pub(super) cooling_off_hours: u32,
    pub(super) model_erasure: ModelErasure,
    pub(super) worker_representation: String,
    pub(super) legal_basis: BTreeSet<String>,
    pub(super) prohibited: BTreeSet<String>,
    pub(super) controller: Controller,
    #[serde(rename = "purpose")]
    pub(super) purposes: Vec<Purpose>,
    pub(super) scope: Scope,
    pub(super) caps: Caps,
    #[serde(rename = "recipient")]
    pub(super) recipients: Vec<Recipient>,
    #[serde(rename = "signer")]
    pub(super) signers: Vec<Signer>,
    #[serde(rename = "document")]
    pub(super) documents: Vec<Document>,
}

/// Seven days to look at a recording; then it is gone.
const fn hold_days_default() -> u32 {
    7
}

/// Reads the version alone, so that a charter of another version is refused by its version and not by its shape.
pub(super) fn version_of(text: &str) -> Result<FormatVersion, CharterError> {
    #[derive(Deserialize)]
    struct Head {
        version: FormatVersion,
    }
    let head: Head = toml::from_str(text).map_err(|e| CharterError::NotCharter(Box::new(e)))?;
    Ok(head.version)
}

/// The organisation that answers for the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where people can ask.
    pub contact: String,
    /// The supervisory authority that takes complaints.
    pub authority: String,
}

/// Upper limits. A lower limit does not exist as a field, so no target can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Most people who may take part.
    pub contributors_max: u32,
    /// Days after which the pilot ends by itself.
    pub days_max: u32,
    /// Most bytes per day that the server admits from one contributor.
    pub bytes_per_day_max: u64,
    /// Most applications.
    pub apps_max: u32,
    /// Most dataset versions.
    pub datasets_max: u32,
}

/// Somebody who may be given a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// A short name.
    pub id: String,
    /// The name that people know.
    pub name: String,
    /// The key that signs their requests.
    pub key: PublicKey,
}

/// One of the four whose approval the program needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// What they answer for.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// The key that signs their statements.
    pub key: PublicKey,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// Data protection impact assessment (GDPR, Art. 35).
    Dpia,
    /// Record of the consultation of workers or their representatives.
    Consultation,
    /// Review of the system's security.
    SecurityReview,
    /// Assessment that consent is free in spite of the employment (EDPB Guidelines 05/2020).
    FreelyGivenAssessment,
    /// Works agreement.
    WorksAgreement,
    /// Assessment that existing data may serve the purpose (GDPR, Art. 6(4)).
    CompatibilityAssessment,
    /// Plan for incidents.
    IncidentPlan,
    /// Entry in the record of processing (GDPR, Art. 30).
    ProcessingRecord,
}

impl DocumentKind {
    /// Without these no program leaves the desk.
    pub const REQUIRED: [Self; 4] =
        [Self::Dpia, Self::Consultation, Self::SecurityReview, Self::FreelyGivenAssessment];

    /// The kind as a charter writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dpia => "dpia",
            Self::Consultation => "consultation",
            Self::SecurityReview => "security-review",
            Self::FreelyGivenAssessment => "freely-given-assessment",
            Self::WorksAgreement => "works-agreement",
            Self::CompatibilityAssessment => "compatibility-assessment",
            Self::IncidentPlan => "incident-plan",
            Self::ProcessingRecord => "processing-record",
        }
    }
}

/// A document that the signers read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its title.
    pub title: String,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// What is done with the content of people who did not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BystanderRule {
    /// Whatever is neither a word of the interface nor written by the person is masked on the device before anything is stored, in
    /// every application: nothing tells who wrote it.
    Masked,
    /// It is masked where the software recognises it: in applications in which other people write, and in panes of messages,
    /// comments and calls of others. Elsewhere content may stay, without the personal data that is found.
    Recognised,
}

/// What happens to models that were trained on recordings which were erased afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelErasure {
    /// They are trained again without the recordings.
    Retrain,
    /// They are marked, and stay.
    FlagOnly,
    /// No model that cannot be withdrawn or trained again may be trained.
    DoNotTrainIrreversible,
}
