//! in-toto Statements v1 (in-toto/attestation, spec/v1/statement.md): what every signed act is written as.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{CanonicalError, Digest, Envelope, EnvelopeError, PublicKey, SigningKey, canonical_bytes};

/// `_type` of every statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// DSSE payload type of every statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// What a statement is about, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// A name, for people and tools.
    pub name: String,
    /// The digest.
    pub digest: SubjectDigest,
}

/// The digest of a subject, by algorithm name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectDigest {
    /// SHA-256.
    pub sha256: Digest,
}

impl Subject {
    /// Makes a subject.
    #[must_use]
    pub fn new(name: impl Into<String>, digest: Digest) -> Self {
        Self { name: name.into(), digest: SubjectDigest { sha256: digest } }
    }
}

/// A predicate that can be stated: it has a type of its own, with a version in it.
pub trait StatementKind: Serialize + DeserializeOwned {
    /// `predicateType`, for example `urn:candor:sign-off:v1`.
    const PREDICATE_TYPE: &'static str;
}

/// An in-toto statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement<P> {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    pub subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    /// What it says.
    pub predicate: P,
}

impl<P: StatementKind> Statement<P> {
    /// Makes a statement about one subject.
    #[must_use]
    pub fn new(subject: Subject, predicate: P) -> Self {
        Self {
            kind: STATEMENT_TYPE.to_owned(),
            subject: vec![subject],
            predicate_type: P::PREDICATE_TYPE.to_owned(),
            predicate,
        }
    }

    /// Signs the canonical bytes of the statement.
    ///
    /// # Errors
    /// When the predicate holds a float or something else without canonical bytes.
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, CanonicalError> {
        Ok(Envelope::sign(PAYLOAD_TYPE, &canonical_bytes(self)?, key))
    }

    /// Reads a statement of this kind from an envelope once a signature by `key` verifies.
    ///
    /// # Errors
    /// When the signature, the type or the shape is wrong.
    pub fn verify(envelope: &Envelope, key: &PublicKey) -> Result<Self, EnvelopeError> {
        Self::from_payload(&envelope.verify(PAYLOAD_TYPE, key)?)
    }

    /// Reads a statement of this kind without a look at any signature: to learn which key should have signed.
    ///
    /// # Errors
    /// When the type or the shape is wrong.
    pub fn peek(envelope: &Envelope) -> Result<Self, EnvelopeError> {
        Self::from_payload(&envelope.payload()?)
    }

    fn from_payload(payload: &[u8]) -> Result<Self, EnvelopeError> {
        let wrong = || EnvelopeError::WrongType { expected: P::PREDICATE_TYPE.to_owned() };
        let statement: Self = serde_json::from_slice(payload).map_err(|_| wrong())?;
        if statement.kind != STATEMENT_TYPE || statement.predicate_type != P::PREDICATE_TYPE {
            return Err(wrong());
        }
        Ok(statement)
    }

    /// The digest of the first subject.
    #[must_use]
    pub fn subject_digest(&self) -> Option<Digest> {
        self.subject.first().map(|s| s.digest.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Note {
        text: String,
    }
    impl StatementKind for Note {
        const PREDICATE_TYPE: &'static str = "urn:candor:test-note:v1";
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Other {
        text: String,
    }
    impl StatementKind for Other {
        const PREDICATE_TYPE: &'static str = "urn:candor:test-other:v1";
    }

    #[test]
    fn a_statement_of_another_kind_is_refused() {
        let key = SigningKey::from_seed(&[1; 32]);
        let statement = Statement::new(Subject::new("x", Digest::of(b"x")), Note { text: "a".into() });
        let envelope = statement.sign(&key).unwrap();
        assert_eq!(Statement::<Note>::verify(&envelope, &key.public()).unwrap(), statement);
        assert!(Statement::<Other>::verify(&envelope, &key.public()).is_err());
    }
}
