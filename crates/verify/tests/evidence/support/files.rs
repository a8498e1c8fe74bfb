//! The files of the log and the seal.

use candor_log::leaf::LEAF_BYTES;
use candor_log::tile::{Level, TILE_WIDTH, TilePath};
use candor_log::tree::Frontier;
use candor_log::{Checkpoint, Leaf, Note, SignerKey};
use candor_model::{Digest, canonical_bytes};
use candor_verify::Memory;

use super::ORIGIN;

pub(crate) fn lines<T: serde::Serialize>(items: &[T]) -> Vec<u8> {
    items.iter().flat_map(|item| [canonical_bytes(item).unwrap(), vec![b'\n']]).flatten().collect()
}

/// Writes the log's files: a checkpoint of `size`, and bundles of all `leaves`.
pub(crate) fn publish(evidence: &mut Memory, leaves: &[Leaf], size: usize) {
    let mut frontier = Frontier::default();
    leaves.iter().take(size).for_each(|leaf| frontier.push(leaf.hash()));
    let signer = SignerKey::from_seed(ORIGIN, &[40; 32]).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, size as u64, frontier.root()).unwrap();
    evidence.files.insert("checkpoint".into(), checkpoint.sign(&signer).unwrap().into_bytes());
    for (n, leaves_of) in (0..).zip(leaves.chunks(usize::from(TILE_WIDTH))) {
        let path = TilePath::of(Level::Entries, n, leaves.len() as u64).unwrap();
        let bytes =
            leaves_of.iter().flat_map(|leaf| [&[0, 144], leaf.to_bytes().as_slice()].concat()).collect();
        evidence.files.insert(format!("log/{path}"), bytes);
    }
}

/// The leaves in an evidence bundle.
pub(crate) fn leaves(evidence: &Memory) -> Vec<Leaf> {
    let bundles = evidence.files.iter().filter(|(path, _)| path.starts_with("log/"));
    let entries = bundles.flat_map(|(_, bytes)| bytes.chunks(2 + LEAF_BYTES));
    entries.map(|entry| Leaf::parse(&entry[2..]).unwrap()).collect()
}

pub(crate) fn seal(evidence: &mut Memory, seed: u8) {
    evidence.files.remove("SEAL");
    let mut text = "candor-evidence/v1\n".to_owned();
    for (path, bytes) in &evidence.files {
        text = format!("{text}{}  {path}\n", Digest::of(bytes));
    }
    let signer = SignerKey::from_seed("candor-evidence", &[seed; 32]).unwrap();
    evidence.files.insert("SEAL".into(), Note::sign(&text, &signer).unwrap().into_bytes());
}
