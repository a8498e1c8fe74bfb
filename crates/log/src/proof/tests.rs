use super::*;
use crate::key::SignerKey;
use crate::tree::{leaf_hash, node_hash};

fn signer() -> SignerKey {
    SignerKey::from_seed("log.example.org/candor", &[7; 32]).unwrap()
}

/// The proof of the second leaf of two.
fn sample() -> (TlogProof, Hash) {
    let (first, second) = (leaf_hash(b"first"), leaf_hash(b"second"));
    let head = Checkpoint::new("log.example.org/candor", 2, node_hash(&first, &second)).unwrap();
    (TlogProof::new(1, vec![first], &head.sign(&signer()).unwrap()).unwrap(), second)
}

fn verify(proof: &TlogProof, leaf: &Hash) -> Result<Checkpoint, TlogProofError> {
    proof.verify(leaf, signer().verifier(), UnknownLines::Refuse)
}

#[test]
fn a_proof_is_written_as_specified() {
    let (proof, _) = sample();
    let text = proof.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 1"]);
    assert_eq!(lines[2], leaf_hash(b"first").to_string());
    assert_eq!(lines[3..6], ["", "log.example.org/candor", "2"]);
    assert_eq!((lines[7], lines.len()), ("", 9));
    assert_eq!(TlogProof::parse(text.as_bytes()).unwrap(), proof);
}

#[test]
fn a_proof_of_the_only_leaf_has_no_hashes() {
    let leaf = leaf_hash(b"only");
    let head = Checkpoint::new("log.example.org/candor", 1, leaf).unwrap();
    let proof = TlogProof::new(0, Vec::new(), &head.sign(&signer()).unwrap()).unwrap();
    let read = TlogProof::parse(proof.to_string().as_bytes()).unwrap();
    assert_eq!(verify(&read, &leaf), Ok(head));
}

#[test]
fn a_proof_proves_its_leaf_and_no_other() {
    let (proof, leaf) = sample();
    assert_eq!(verify(&proof, &leaf).unwrap().size(), 2);
    let wrong = Err(TlogProofError::Proof(ProofError::Root));
    assert_eq!(verify(&proof, &leaf_hash(b"third")), wrong);
    let elsewhere = TlogProof { index: 0, ..proof };
    assert_eq!(verify(&elsewhere, &leaf), wrong);
}

#[test]
fn a_proof_in_another_form_is_refused() {
    let text = sample().0.to_string();
    let cases = [
        String::new(),
        text.replace("@v1", "@v2"),
        text.replace("index 1", "index 01"),
        text.replace("index 1", "Index 1"),
        text.replace("index 1\n", ""),
        text.replace("index 1", "extra AAAA\nindex 1"),
        text.replacen("\n\n", "\n", 1),
        text.replacen("=\n\n", "\n\n", 1),
        text.replacen("\n\n", &format!("\n{}\n\n", "AAAA"), 1),
        text.replacen("\n\n", &format!("{}\n\n", format!("\n{}", Hash::ZERO).repeat(PROOF_HASHES_MAX)), 1),
    ];
    for case in cases {
        assert!(TlogProof::parse(case.as_bytes()).is_err(), "{case}");
    }
    let long = vec![b'x'; PROOF_BYTES_MAX + 1];
    assert_eq!(TlogProof::parse(&long), Err(TlogProofError::Long(long.len())));
}

#[test]
fn every_changed_byte_of_a_proof_is_found() {
    let (proof, leaf) = sample();
    let bytes = proof.to_string().into_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let verified = TlogProof::parse(&changed).and_then(|proof| verify(&proof, &leaf));
        assert!(verified.is_err(), "byte {at}");
    }
}
