//! Each seed of `fuzz/corpus/log_*` is read as its name says: `good-*` parses and is written back to the same bytes, `bad-*`
//! is refused. The fuzz targets begin from the same files.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::path::Path;

use candor_log::{Checkpoint, Leaf, Note, SignerKey, TilePath, TlogProof, VerifierKey, tile};

/// Replays one folder. `parse` gives back the bytes that it would write, or what it read of them.
fn replays(folder: &str, parse: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(folder);
    let mut seen = 0;
    for seed in std::fs::read_dir(path).unwrap().map(Result::unwrap) {
        let (name, bytes) = (seed.file_name().into_string().unwrap(), std::fs::read(seed.path()).unwrap());
        let expected = name.starts_with("good-").then(|| bytes.clone());
        assert!(expected.is_some() || name.starts_with("bad-"), "{folder}/{name}");
        assert_eq!(parse(&bytes), expected, "{folder}/{name}");
        seen += 1;
    }
    assert!(seen > 1, "{folder} has a good and a bad seed");
}

fn text(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

#[test]
fn leaves_replay() {
    replays("log_leaf", |bytes| Some(Leaf::parse(bytes).ok()?.to_bytes().to_vec()));
}

#[test]
fn bundles_replay() {
    replays("log_bundle", |bytes| tile::entries(bytes).ok().map(|_| bytes.to_vec()));
}

#[test]
fn tile_paths_replay() {
    replays("log_tile_path", |bytes| Some(TilePath::parse(text(bytes)?).ok()?.to_string().into_bytes()));
}

#[test]
fn keys_replay() {
    replays("log_key", |bytes| {
        let text = text(bytes)?;
        let verifier = text.parse::<VerifierKey>().map(|key| key.to_string());
        let key = verifier.or_else(|_| SignerKey::from_text(text).map(|key| key.to_text().to_string()));
        Some(key.ok()?.into_bytes())
    });
}

#[test]
fn notes_replay() {
    replays("log_note", |bytes| Note::parse(bytes).ok().map(|_| bytes.to_vec()));
}

#[test]
fn checkpoints_replay() {
    replays("log_checkpoint", |bytes| Some(Checkpoint::parse(text(bytes)?).ok()?.to_text().into_bytes()));
}

#[test]
fn proofs_replay() {
    replays("log_proof", |bytes| Some(TlogProof::parse(bytes).ok()?.to_string().into_bytes()));
}
