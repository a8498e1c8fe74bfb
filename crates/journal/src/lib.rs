//! The device's encrypted, append-only journal; its only exit is release.
//!
//! The path of data: a [`SessionWriter`] takes what redaction handed out, seals it and makes it durable. The person looks
//! at a session ([`Journal::view`]), drops steps, masks regions, words and applications, names the task, or discards it; each decision is one more
//! sealed record. [`Journal::release`] signs what is left and hands out a [`Bundle`]. Nothing else leaves, and a session
//! that nobody releases deletes itself ([`Journal::sweep`]).
//!
//! It leaves out: the device key's own file (the binary passes the key), uploading, and every clock and random source.
//! What the gate refused is kept as [`Gap`]s, for the person only; they are in no bundle.
//!
//! Invariants: what is not `Redacted` cannot be journalled. No byte of content is on the disk in the clear. A record opens in
//! its own place only: another session, segment or index is refused by name. A key never sees a nonce twice. What is opened
//! at start-up goes through the same rules as what is written. Specification: `docs/formats/journal.md`.

mod cut;
mod delete;
mod error;
mod files;
mod frames;
mod header;
mod index;
mod journal;
mod keys;
mod lock;
mod point;
mod record;
mod release;
mod review;
mod segment;
mod session;
mod summary;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

pub use cut::{FORGOTTEN, Forgotten};
pub use error::{OpenError, ReleaseError, SegmentError, SessionError, StateError};
pub use files::{Repair, SEGMENTS_MAX};
pub use header::{VERSION, VERSION_MIN};
pub use index::{
    GAP_CODES_MAX, GAPS_MAX, MARKS_MAX, MASKS_MAX, Masked, SESSION_BLOB_BYTES_MAX, SESSION_BYTES_MAX,
    SESSION_STEPS_MAX, TASK_BYTES_MAX,
};
pub use journal::Journal;
pub use point::COMMIT_POINTS;
pub use record::{Gap, SessionStart, is_a_record};
pub use release::{Bundle, Preview};
pub use review::{Found, MaskInForce, ReviewStep, StepOutline, View};
pub use segment::{RECORD_BYTES_MAX, SEGMENT_BYTES_MAX};
pub use summary::{SessionSummary, State};
pub use writer::SessionWriter;

/// Is told the name of each commit point that is reached: see [`COMMIT_POINTS`]. The binary passes one that does nothing.
pub type Hook = Arc<dyn Fn(&'static str) + Send + Sync>;
