//! The charter: what a program is, in TOML that people read, kept as exact bytes.

mod check;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use candor_model::{Digest, FormatVersion, PublicKey, PurposeId, VersionError};

pub use check::Fault;
use terms::Terms;
pub use terms::{BystanderRule, Caps, Controller, Document, DocumentKind, ModelErasure, Recipient, Signer};

use crate::{Purpose, Role, Scope};

/// Why bytes are not a charter.
#[derive(Debug, thiserror::Error)]
pub enum CharterError {
    /// The document is longer than any charter.
    #[error("the charter has {bytes} bytes, and may have {}", Charter::BYTES_MAX)]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// The document is not UTF-8 text.
    #[error("the charter is not UTF-8 text")]
    NotText,
    /// The document is not TOML of this shape: a key is missing, unknown, repeated or of another type.
    #[error("the charter does not have the shape of a charter")]
    NotCharter(#[source] Box<toml::de::Error>),
    /// The document is of another version.
    #[error("the charter is of another version")]
    Version(#[source] VersionError),
    /// The document has the right shape and breaks rules: all of them, so that one reading mends them.
    #[error("the charter breaks {} {}: {}", .0.len(), if .0.len() == 1 { "rule" } else { "rules" }, list(.0))]
    Invalid(Vec<Fault>),
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A valid charter. Nothing in it can change; its digest names the program.
///
/// INVARIANT: what [`Charter::parse`] accepted satisfies every rule of `charter/check.rs`, so nothing is checked twice.
#[derive(Clone, PartialEq, Eq)]
pub struct Charter {
    text: String,
    digest: Digest,
    terms: Terms,
}

impl Charter {
    /// The version of the format that this program reads.
    pub const VERSION: FormatVersion = FormatVersion(1);
    /// Longest charter in bytes.
    pub const BYTES_MAX: usize = 256 * 1024;

    /// Reads a charter and checks every rule.
    ///
    /// # Errors
    /// When the bytes are too many, not a charter of this version, or break a rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, CharterError> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(CharterError::TooLong { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| CharterError::NotText)?;
        terms::version_of(text)?.require(Self::VERSION, "the charter").map_err(CharterError::Version)?;
        let terms: Terms = toml::from_str(text).map_err(|e| CharterError::NotCharter(Box::new(e)))?;
        let faults = check::faults(&terms);
        if !faults.is_empty() {
            return Err(CharterError::Invalid(faults));
        }
        Ok(Self { text: text.to_owned(), digest: Digest::of(bytes), terms })
    }

    /// The digest of the exact bytes. It names the program, and any change makes another program.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The exact bytes, as the text that they are.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The program's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.terms.title
    }

    /// The organisation that answers for the program.
    #[must_use]
    pub const fn controller(&self) -> &Controller {
        &self.terms.controller
    }

    /// The language of the charter's own texts (BCP 47).
    #[must_use]
    pub fn language(&self) -> &str {
        &self.terms.language
    }

    /// Whose law applies: a `loc:` term.
    #[must_use]
    pub fn jurisdiction(&self) -> &str {
        &self.terms.jurisdiction
    }

    /// Where released recordings are stored: a `loc:` term.
    #[must_use]
    pub fn storage(&self) -> &str {
        &self.terms.storage
    }

    /// The purposes, at least one.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.terms.purposes
    }

    /// The purpose of that name.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.terms.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// The forbidden purposes, as DPV terms: at least the eight of [`crate::dpv::ALWAYS_PROHIBITED`].
    #[must_use]
    pub const fn prohibited(&self) -> &BTreeSet<String> {
        &self.terms.prohibited
    }

    /// The legal bases, as DPV terms.
    #[must_use]
    pub const fn legal_basis(&self) -> &BTreeSet<String> {
        &self.terms.legal_basis
    }

    /// What may be captured.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.terms.scope
    }

    /// The upper limits of the program. There is no lower one.
    #[must_use]
    pub const fn caps(&self) -> &Caps {
        &self.terms.caps
    }

    /// The four signers.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.terms.signers
    }

    /// The signer with that role.
    #[must_use]
    pub fn signer(&self, role: Role) -> Option<&Signer> {
        self.terms.signers.iter().find(|signer| signer.role == role)
    }

    /// Who may be given a dataset.
    #[must_use]
    pub fn recipients(&self) -> &[Recipient] {
        &self.terms.recipients
    }

    /// The recipient with that key.
    #[must_use]
    pub fn recipient(&self, key: &PublicKey) -> Option<&Recipient> {
        self.terms.recipients.iter().find(|recipient| recipient.key == *key)
    }

    /// The documents that the signers read, by digest.
    #[must_use]
    pub fn documents(&self) -> &[Document] {
        &self.terms.documents
    }

    /// Name of the redaction profile.
    #[must_use]
    pub fn redaction_profile(&self) -> &str {
        &self.terms.redaction_profile
    }

    /// What is done with other people's content.
    #[must_use]
    pub const fn bystander_rule(&self) -> BystanderRule {
        self.terms.bystander_rule
    }

    /// Days after which a released recording is erased.
    #[must_use]
    pub const fn retention_days(&self) -> u32 {
        self.terms.retention_days
    }

    /// Days after which a recording that nobody reviewed deletes itself on the device.
    #[must_use]
    pub const fn hold_days(&self) -> u32 {
        self.terms.hold_days
    }

    /// Longest time that a consent holds, in days.
    #[must_use]
    pub const fn consent_days_max(&self) -> u32 {
        self.terms.consent_days_max
    }

    /// Hours between a yes and the first recording.
    #[must_use]
    pub const fn cooling_off_hours(&self) -> u32 {
        self.terms.cooling_off_hours
    }

    /// What happens to models that were trained on erased recordings.
    #[must_use]
    pub const fn model_erasure(&self) -> ModelErasure {
        self.terms.model_erasure
    }

    /// Who speaks for the people who are asked, and what they were asked.
    #[must_use]
    pub fn worker_representation(&self) -> &str {
        &self.terms.worker_representation
    }
}

impl fmt::Debug for Charter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Charter({})", self.digest)
    }
}
