//! The statements of an evidence bundle: what each is, and how it is read.

use std::collections::BTreeMap;

use candor_consent::{DatasetRequest, Grant, ProgramAct, SignOff};
use candor_log::{Hash, LeafKind};
use candor_model::bundle::Release;
use candor_model::{
    Admission, Digest, Envelope, Export, PAYLOAD_TYPE, PublicKey, Statement, StatementKind, Timestamp,
    canonical_bytes,
};
use serde::Deserialize;

use crate::files::Files;
use crate::layout::{STATEMENT_BYTES_MAX, statement_path};
use crate::report::{CheckId, Code, Finding};

/// The kinds of statement that evidence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A signer approved the charter.
    SignOff,
    /// The program started, was halted, resumed or closed.
    ProgramAct,
    /// A contributor agreed.
    Grant,
    /// A contributor released a session.
    Release,
    /// The organisation admitted a session.
    Admission,
    /// A recipient asked for the dataset.
    Request,
    /// The organisation exported the dataset.
    Export,
}

impl Kind {
    /// The kind with this predicate type.
    pub(crate) fn of(predicate_type: &str) -> Option<Self> {
        let kinds = [
            (SignOff::PREDICATE_TYPE, Self::SignOff),
            (ProgramAct::PREDICATE_TYPE, Self::ProgramAct),
            (Grant::PREDICATE_TYPE, Self::Grant),
            (Release::PREDICATE_TYPE, Self::Release),
            (Admission::PREDICATE_TYPE, Self::Admission),
            (DatasetRequest::PREDICATE_TYPE, Self::Request),
            (Export::PREDICATE_TYPE, Self::Export),
        ];
        kinds.into_iter().find(|(name, _)| *name == predicate_type).map(|(_, kind)| kind)
    }

    /// The leaf that commits to it. A release and a request have none: an admission and an export name them.
    pub(crate) const fn leaf(self) -> Option<LeafKind> {
        match self {
            Self::SignOff => Some(LeafKind::SignOff),
            Self::ProgramAct => Some(LeafKind::ProgramAct),
            Self::Grant => Some(LeafKind::Grant),
            Self::Admission => Some(LeafKind::Admission),
            Self::Export => Some(LeafKind::Export),
            Self::Release | Self::Request => None,
        }
    }

    /// The kind in words.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::SignOff => "sign-off",
            Self::ProgramAct => "program act",
            Self::Grant => "consent",
            Self::Release => "release",
            Self::Admission => "admission",
            Self::Request => "dataset request",
            Self::Export => "export",
        }
    }
}

/// Where the log has a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index of the leaf.
    pub(crate) leaf: u64,
    /// When its batch was sequenced.
    pub(crate) at: Timestamp,
    /// Its tag.
    pub(crate) tag: Option<[u8; 32]>,
}

/// A statement that is where it should be: its file has its digest, and its leaf opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filed {
    /// Digest of the envelope.
    pub(crate) digest: Digest,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its leaf, for the kinds that have one.
    pub(crate) place: Option<Place>,
}

impl Filed {
    /// Its file.
    pub(crate) fn path(&self) -> String {
        statement_path(&self.digest)
    }

    /// Index of its leaf.
    pub(crate) fn leaf(&self) -> Option<u64> {
        self.place.map(|place| place.leaf)
    }

    /// A finding about it.
    pub(crate) fn finding(&self, check: CheckId, code: Code, detail: impl AsRef<str>) -> Finding {
        Finding::new(check, code, &self.path(), detail).leaf(self.leaf())
    }
}

/// All statements that are where they should be.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    filed: BTreeMap<Digest, Filed>,
    /// Hash of the program's leaf, and its index.
    pub(crate) program: Option<(Hash, u64)>,
}

impl Statements {
    /// Adds one.
    pub(crate) fn file(&mut self, statement: Filed) {
        self.filed.insert(statement.digest, statement);
    }

    /// The statement with this digest, if it is of this kind.
    pub(crate) fn get(&self, digest: &Digest, kind: Kind) -> Option<&Filed> {
        self.filed.get(digest).filter(|statement| statement.kind == kind)
    }

    /// The statements of a kind, in order of their leaves.
    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<Filed> {
        let mut statement: Vec<Filed> =
            self.filed.values().filter(|statement| statement.kind == kind).copied().collect();
        statement.sort_by_key(Filed::leaf);
        statement
    }
}

/// Reads the envelope of a statement.
pub(crate) fn envelope(files: &Files<'_>, statement: &Filed, check: CheckId) -> Result<Envelope, Finding> {
    let path = statement.path();
    let bytes = files.read(&path, STATEMENT_BYTES_MAX).map_err(|error| error.finding(check, &path))?;
    Envelope::parse(&bytes).map_err(|error| statement.finding(check, Code::Malformed, error.to_string()))
}

/// What a statement says and what it is about, once `key`, and nobody else, signed it.
pub(crate) fn signed<P: StatementKind>(
    envelope: &Envelope,
    key: &PublicKey,
) -> Result<(P, Digest), (Code, String)> {
    signed_by_alone(envelope, &[*key])?;
    let payload =
        envelope.verify(PAYLOAD_TYPE, key).map_err(|error| (Code::BadSignature, error.to_string()))?;
    let statement = Statement::<P>::peek(envelope).map_err(|error| (Code::Malformed, error.to_string()))?;
    let canonical = canonical_bytes(&statement).is_ok_and(|bytes| bytes == payload);
    match statement.subject_digest().filter(|_| canonical && statement.subject.len() == 1) {
        Some(subject) => Ok((statement.predicate, subject)),
        None => {
            Err((Code::Malformed, "the statement is not in its canonical form, about one thing".to_owned()))
        }
    }
}

/// Refuses an envelope with more or fewer signatures than parties, or one that no party made: nothing surplus is tolerated.
pub(crate) fn signed_by_alone(envelope: &Envelope, keys: &[PublicKey]) -> Result<(), (Code, String)> {
    let bad = |detail: &str| Err((Code::BadSignature, detail.to_owned()));
    if envelope.signatures().len() != keys.len() {
        return bad("the statement has more or fewer signatures than parties that must sign it");
    }
    let hints: Vec<String> = envelope.signatures().iter().map(|signature| signature.keyid.clone()).collect();
    if keys.iter().any(|key| !hints.contains(&key.id().to_string())) {
        return bad("a signature of the statement names another key than the party's that must sign it");
    }
    Ok(())
}

/// What kind of statement an envelope says it holds.
pub(crate) fn kind_of(envelope: &Envelope) -> Option<Kind> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "predicateType")]
        predicate_type: String,
    }
    let head: Head = serde_json::from_slice(&envelope.payload().ok()?).ok()?;
    Kind::of(&head.predicate_type)
}
