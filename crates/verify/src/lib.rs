//! The auditor's library: bytes in, findings out.
//!
//! An auditor should be able to read this room in an afternoon. [`verify()`] takes the evidence of a dataset, the dataset
//! itself if it is at hand, and a [`TrustPolicy`] that the auditor wrote down beforehand. It answers with a [`Report`]: a
//! verdict, what was checked and how much of it, every finding with its file and record, and what the verdict does not say.
//!
//! The path of data, one module per check: [`policy`] the keys that are trusted; `seal` the exact set of files;
//! `checkpoint` and `replay` the whole log; `openings` every statement at its place in it; `program` the charter, its
//! four signatures and its states over time; `consents`; `sessions`; `records`; `export`; `dataset`. Formats are those of
//! `docs/formats/evidence.md`, and `docs/guide/verify.md` says how to read a report.
//!
//! What is absent on purpose: a network, a clock, a store, a way to skip a check, trust in anything that the evidence says
//! about itself. Rooms that write evidence share formats and mathematics with this one, and no code.
//!
//! Invariants: nothing in evidence is opened by a path that it names; every size has a limit; a check that could not run
//! has failed; the verdict is ok only if every check ran and found nothing. It goes on after a finding where that can
//! name more.

mod checkpoint;
mod consents;
mod dataset;
mod export;
mod files;
mod image;
mod layout;
mod lines;
mod openings;
pub mod policy;
mod program;
mod records;
mod replay;
mod report;
mod seal;
mod sessions;
mod source;
mod statements;
mod verify;

pub use layout::{
    CHECKPOINT_BYTES_MAX, DATASET_MANIFEST_BYTES_MAX, EVIDENCE_FILES_MAX, LEAVES_MAX, LINE_BYTES_MAX,
    NOTICE_BYTES_MAX, OPENINGS_MAX, RECORDS_MAX, SESSION_MANIFEST_BYTES_MAX, STATEMENT_BYTES_MAX,
    STEP_BYTES_MAX,
};
pub use policy::{POLICY_BYTES_MAX, PolicyError, parse_policy};
pub use program::CLOCK_SKEW_MS;
pub use records::SESSIONS_MAX;
pub use report::{
    Check, CheckId, Code, FINDINGS_MAX, Finding, QUOTE_CHARS_MAX, REPORT_VERSION, Report, Subject, Verdict,
};
pub use seal::{SEAL_HEADER, SEAL_KEY_NAME};
pub use source::{DEPTH_MAX, Folder, ITEMS_MAX, Item, ItemKind, Memory, PATH_BYTES_MAX, Source, SourceError};
pub use verify::verify;

#[doc(no_inline)]
pub use candor_model::evidence::TrustPolicy;
