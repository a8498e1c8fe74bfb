//! Checking on the device that a statement stands in the log, as the holder of its proof.

use candor_log::{Leaf, LeafKind, TlogProof, UnknownLines, VerifierKey, commit};
use candor_model::Envelope;
use candor_model::evidence::LeafProof;

/// Whether `proof`, a [`LeafProof`] as JSON, shows that the log with the key `log` holds `grant`.
pub(crate) fn holds(grant: &Envelope, proof: &str, log: &str) -> bool {
    checked(grant, proof, log).is_some()
}

fn checked(grant: &Envelope, proof: &str, log: &str) -> Option<()> {
    let proof: LeafProof = serde_json::from_str(proof).ok()?;
    let (bytes, salt) = proof.decode()?;
    let leaf = Leaf::parse(&bytes).ok()?;
    let commitment = commit(&salt, LeafKind::Grant, leaf.program().as_bytes(), &grant.to_bytes());
    if leaf.kind() != LeafKind::Grant || *leaf.body() != commitment {
        return None;
    }
    let log: VerifierKey = log.parse().ok()?;
    let inclusion = TlogProof::parse(proof.proof.as_bytes()).ok()?;
    inclusion.verify(&leaf.hash(), &log, UnknownLines::Allow).ok().map(|_| ())
}
