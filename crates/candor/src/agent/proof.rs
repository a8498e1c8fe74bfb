//! Checking on the device that a statement stands in the log, as the holder of its proof.

use candor_log::{Leaf, LeafKind, TlogProof, UnknownLines, VerifierKey, commit};
use candor_model::Envelope;
use candor_model::evidence::LeafProof;

/// Whether `proof`, a [`LeafProof`] as JSON, shows that the log with the key `log` holds `grant`.
pub(crate) fn holds(grant: &Envelope, proof: &str, log: &str) -> bool {
    let proof = serde_json::from_str(proof).ok();
    proof.is_some_and(|proof| holds_as(LeafKind::Grant, grant, &proof, log))
}

/// Whether `proof` shows that the log with the key `log` holds `statement` as a leaf of this kind.
pub(crate) fn holds_as(kind: LeafKind, statement: &Envelope, proof: &LeafProof, log: &str) -> bool {
    checked(kind, statement, proof, log).is_some()
}

fn checked(kind: LeafKind, statement: &Envelope, proof: &LeafProof, log: &str) -> Option<()> {
    let (bytes, salt) = proof.decode()?;
    let leaf = Leaf::parse(&bytes).ok()?;
    let commitment = commit(&salt, kind, leaf.program().as_bytes(), &statement.to_bytes());
    if leaf.kind() != kind || *leaf.body() != commitment {
        return None;
    }
    let log: VerifierKey = log.parse().ok()?;
    let inclusion = TlogProof::parse(proof.proof.as_bytes()).ok()?;
    inclusion.verify(&leaf.hash(), &log, UnknownLines::Allow).ok().map(|_| ())
}
