//! One target for each parser that meets bytes of others.
//!
//! A target takes any bytes and must come back: no panic, no endless work. Where a parser promises one spelling of each
//! value, the target holds it to that. `tests/replay.rs` runs every target over its corpus in `corpus/<name>/`, and over each
//! seed cut short and with bits flipped; a coverage-guided fuzzer can call the same functions.

mod redact;

use candor_consent::{Charter, Receipt};
use candor_log::{Checkpoint, Leaf, Note, SignerKey, TilePath, TlogProof, VerifierKey};
use candor_model::{Envelope, Step, Tree, canonical_bytes};

/// A target: its name, which is its corpus folder, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 18] = [
    ("bundle", bundle),
    ("charter", charter),
    ("envelope", envelope),
    ("journal_record", journal_record),
    ("log_bundle", log_bundle),
    ("log_checkpoint", log_checkpoint),
    ("log_key", log_key),
    ("log_leaf", log_leaf),
    ("log_note", log_note),
    ("log_proof", log_proof),
    ("log_tile_path", log_tile_path),
    ("policy", policy),
    ("receipt", receipt),
    ("recipe", recipe),
    ("redact_image", redact::image),
    ("redact_text", redact::text),
    ("step", step),
    ("tree", tree),
];

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn bundle(bytes: &[u8]) {
    let _ = candor_bundle::read(bytes);
}

fn charter(bytes: &[u8]) {
    if let Ok(charter) = Charter::parse(bytes) {
        let _ = candor_consent::Notice::of(&charter);
    }
}

fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.to_bytes(), bytes, "an envelope has one spelling");
    }
}

fn journal_record(bytes: &[u8]) {
    let _ = candor_journal::is_a_record(bytes);
}

fn log_bundle(bytes: &[u8]) {
    let _ = candor_log::tile::entries(bytes);
}

fn log_checkpoint(bytes: &[u8]) {
    let _ = Checkpoint::parse(text(bytes));
}

fn log_key(bytes: &[u8]) {
    let _ = text(bytes).parse::<VerifierKey>();
    let _ = SignerKey::from_text(text(bytes));
}

fn log_leaf(bytes: &[u8]) {
    if let Ok(leaf) = Leaf::parse(bytes) {
        assert_eq!(leaf.to_bytes(), bytes, "a leaf has one spelling");
    }
}

fn log_note(bytes: &[u8]) {
    let _ = Note::parse(bytes);
}

fn log_proof(bytes: &[u8]) {
    let _ = TlogProof::parse(bytes);
}

fn log_tile_path(bytes: &[u8]) {
    if let Ok(path) = TilePath::parse(text(bytes)) {
        assert_eq!(path.to_string(), text(bytes), "a tile path has one spelling");
    }
}

fn policy(bytes: &[u8]) {
    let _ = candor_verify::parse_policy(bytes);
}

fn receipt(bytes: &[u8]) {
    let _ = Receipt::parse(bytes);
}

fn recipe(bytes: &[u8]) {
    let _ = candor_dataset::Recipe::parse(bytes);
}

fn step(bytes: &[u8]) {
    if let Ok(step) = serde_json::from_slice::<Step>(bytes) {
        let _ = canonical_bytes(&step);
    }
}

fn tree(bytes: &[u8]) {
    if let Ok(tree) = serde_json::from_slice::<Tree>(bytes) {
        let _ = tree.is_well_formed();
    }
}
