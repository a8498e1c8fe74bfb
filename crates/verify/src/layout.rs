//! Where things stand in an evidence bundle and in a dataset, and how large they may be.

use candor_model::Digest;

/// The signed list of files.
pub(crate) const SEAL: &str = "SEAL";
/// The log's signed size and root.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// The folder that the log's files stand in.
pub(crate) const LOG: &str = "log/";
/// The charter's exact bytes.
pub(crate) const CHARTER: &str = "charter.toml";
/// The exact text of the notice.
pub(crate) const NOTICE: &str = "notice.txt";
/// The dataset's manifest, in the evidence and in the dataset.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The records.
pub(crate) const RECORDS: &str = "records.jsonl";
/// The openings.
pub(crate) const OPENINGS: &str = "openings.jsonl";
/// The folder of signed envelopes.
pub(crate) const STATEMENTS: &str = "statements/";
/// The folder of the sessions' manifests.
pub(crate) const MANIFESTS: &str = "manifests/";
/// The steps of a dataset.
pub(crate) const STEPS: &str = "steps.jsonl";
/// The folder of a dataset's frames.
pub(crate) const IMAGES: &str = "images/";

/// Most files of an evidence bundle.
pub const EVIDENCE_FILES_MAX: usize = 1_000_000;
/// Largest checkpoint in bytes.
pub const CHECKPOINT_BYTES_MAX: u64 = 16 * 1024;
/// Most leaves of a log that is replayed.
pub const LEAVES_MAX: u64 = 100_000_000;
/// Most openings.
pub const OPENINGS_MAX: u64 = 1_000_000;
/// Longest line of `openings.jsonl` and `records.jsonl` in bytes.
pub const LINE_BYTES_MAX: u64 = 1_024;
/// Largest statement in bytes.
pub const STATEMENT_BYTES_MAX: u64 = 1024 * 1024;
/// Largest notice in bytes.
pub const NOTICE_BYTES_MAX: u64 = 1024 * 1024;
/// Largest manifest of a dataset in bytes.
pub const DATASET_MANIFEST_BYTES_MAX: u64 = 192 * 1024 * 1024;
/// Largest manifest of a session in bytes.
pub const SESSION_MANIFEST_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Most records: their images are named by six digits.
pub const RECORDS_MAX: u64 = 1_000_000;
/// Longest step in bytes.
pub const STEP_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Whether evidence has a place for this path at all; the folders' own checks look at what is in them.
pub(crate) fn belongs(path: &str) -> bool {
    let files = [SEAL, CHECKPOINT, CHARTER, NOTICE, MANIFEST, RECORDS, OPENINGS];
    let folders = [LOG, STATEMENTS, MANIFESTS];
    files.contains(&path) || folders.iter().any(|folder| path.starts_with(folder))
}

/// The file of the envelope with this digest.
pub(crate) fn statement_path(digest: &Digest) -> String {
    format!("{STATEMENTS}{digest}.json")
}

/// The file of a record's frame in a dataset.
pub(crate) fn image_path(record: u64) -> String {
    format!("{IMAGES}{record:06}.png")
}

/// The digest that a path in `folder` is named by.
pub(crate) fn digest_in(path: &str, folder: &str) -> Option<Digest> {
    path.strip_prefix(folder)?.strip_suffix(".json")?.parse().ok()
}
