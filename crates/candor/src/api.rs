//! What travels between an agent and a server over HTTP. Specification: `docs/formats/http.md`.
//!
//! Acts travel as signed envelopes; these types are the answers, and the few questions that nobody signs.

use candor_model::evidence::LeafProof;
use candor_model::{Digest, Envelope, PublicKey, StatementKind, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/server`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Server {
    /// Version of the program.
    pub(crate) version: String,
    /// The organisation's key.
    pub(crate) organisation: PublicKey,
    /// Verifier key of the log (C2SP signed-note).
    pub(crate) log: String,
    /// Whether a withdrawal waits for its erasure: the server tries again. It tells no number.
    #[serde(default)]
    pub(crate) erasure_pending: bool,
}

/// A purpose, as people choose it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Purpose {
    /// Its name in commands.
    pub(crate) id: String,
    /// In a few words.
    pub(crate) title: String,
    /// What the model is for.
    pub(crate) statement: String,
}

/// A signature of one of the four.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Signed {
    /// The role.
    pub(crate) role: String,
    /// Who holds it.
    pub(crate) name: String,
    /// Whether they have signed.
    #[serde(rename = "signed")]
    pub(crate) approved: bool,
}

/// A program, as everybody may see it. It holds no count of people and no key of a contributor (P7).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Program {
    /// Digest of the charter: the program's name.
    #[serde(rename = "program")]
    pub(crate) name: Digest,
    /// Title.
    pub(crate) title: String,
    /// Who runs it.
    pub(crate) controller: String,
    /// State, in words.
    pub(crate) state: String,
    /// Purposes, each chosen alone.
    pub(crate) purposes: Vec<Purpose>,
    /// What may be collected, in words.
    pub(crate) may_collect: Vec<String>,
    /// What is never collected, in words.
    pub(crate) never_collected: Vec<String>,
    /// Forbidden uses, in words.
    pub(crate) forbidden_uses: Vec<String>,
    /// The four signers.
    pub(crate) signed: Vec<Signed>,
    /// Released sessions, in a band.
    pub(crate) sessions: String,
    /// Released steps, in a band.
    pub(crate) steps: String,
    /// Dataset versions.
    pub(crate) datasets: u64,
    /// Dataset versions that hold something withdrawn.
    pub(crate) datasets_flagged: u64,
}

/// `POST /api/v1/programs`: a charter and its documents.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposal {
    /// The charter's exact text.
    pub(crate) charter: String,
    /// The documents it names.
    pub(crate) documents: Vec<ProposedDocument>,
    /// Signed by one of the charter's four signers; its subject is the charter.
    pub(crate) proposed: Envelope,
}

/// What the envelope of a proposal says: this charter is proposed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposed {
    /// When, by the proposer's clock.
    pub(crate) proposed_at: Timestamp,
}

impl StatementKind for Proposed {
    const PREDICATE_TYPE: &'static str = "urn:candor:proposal:v1";
}

/// A document of a proposal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposedDocument {
    /// Its kind, as the charter names it.
    pub(crate) kind: String,
    /// Base64 of its bytes.
    pub(crate) base64: String,
}

/// An act was done, and stands in the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Index of its leaf.
    pub(crate) leaf: u64,
    /// The program's state after it, in words.
    pub(crate) state: String,
}

/// `POST /api/v1/leases`, and `/api/v1/leases/next`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeaseRequest {
    /// The program.
    pub(crate) program: Digest,
}

/// `POST /api/v1/bundles`: the session was admitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Admitted {
    /// The organisation's signed admission.
    pub(crate) admission: Envelope,
    /// Index of its leaf.
    pub(crate) leaf: u64,
    /// What proves that it stands in the log.
    pub(crate) proof: LeafProof,
    /// Steps in the vault.
    pub(crate) steps: u64,
}

/// `POST /api/v1/withdrawals`: the keys are destroyed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Erased {
    /// The organisation's signed statement of the erasure.
    pub(crate) erasure: Envelope,
    /// Index of its leaf.
    pub(crate) leaf: u64,
    /// What proves that it stands in the log.
    pub(crate) proof: LeafProof,
    /// Sessions whose keys are gone.
    pub(crate) sessions: u64,
    /// Dataset versions that held them, now flagged.
    pub(crate) flagged: Vec<Digest>,
}

/// `POST /api/v1/questions`: a handing-out of a dataset version that holds the session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Used {
    /// The organisation's signed statement of the export.
    pub(crate) export: Envelope,
    /// Index of its leaf.
    pub(crate) leaf: u64,
    /// What proves that it stands in the log.
    pub(crate) proof: LeafProof,
}

/// `POST /api/v1/datasets`: a recipient's signed request and the recipe that it names. The answer is an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompileRequest {
    /// The signed request; its subject is the recipe.
    pub(crate) request: Envelope,
    /// The recipe's exact text.
    pub(crate) recipe: String,
}

/// `GET /api/v1/datasets`: a dataset version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dataset {
    /// Digest of its manifest: the version's name.
    #[serde(rename = "dataset")]
    pub(crate) version: Digest,
    /// The program.
    pub(crate) program: Digest,
    /// The one purpose.
    pub(crate) purpose: String,
    /// Sessions in it, in a band.
    pub(crate) sessions: String,
    /// Steps in it, in a band.
    pub(crate) steps: String,
    /// When it was handed out.
    pub(crate) exported_at: String,
    /// Since which day it holds something withdrawn.
    pub(crate) flagged_at: Option<String>,
    /// The version that replaces it.
    pub(crate) superseded_by: Option<Digest>,
}

/// Every refusal and failure of the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Problem {
    /// A stable word for machines.
    pub(crate) code: String,
    /// Sentences for people.
    pub(crate) message: String,
}
