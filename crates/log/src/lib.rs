//! Transparency log: an append-only list of acts that anyone can check and nobody, its operator included, can rewrite
//! unseen.
//!
//! The tree is RFC 6962's, the files are C2SP `tlog-tiles`, the head is a C2SP `tlog-checkpoint`, one entry's proof is a
//! C2SP `tlog-proof`. An entry is a [`Leaf`] of 144 bytes that holds a salted commitment ([`commit`]) and at most one tag:
//! never a name, a signature, a digest of text or anything else that a guess could confirm (P13). Specification:
//! `docs/formats/log.md`.
//!
//! The path of data: a business transaction of the caller calls `store::push` with a [`PendingLeaf`], so that no state
//! changes without its entry. `store::Sequencer::sequence` gives the pending leaves their places, commits to the new head
//! and publishes tiles and checkpoint. A contributor keeps the [`TlogProof`] of an entry. An auditor feeds every entry
//! bundle to a [`Replay`] and compares the root: what was not revoked is proven by having seen every leaf.
//!
//! Invariants: the log signs no two heads of one size and no head smaller than an earlier one; every byte under a
//! published root is durable before the checkpoint is; a reader accepts one spelling of each note, leaf and proof.
//!
//! Left out: witnesses and their cosignatures (a reader can carry them, [`UnknownLines::Allow`]), HTTP, pruning, logs
//! of other key types, a thread of its own. Without the feature `store` this room has no SQLite in it and writes
//! nothing: that is what the auditor's build links.

pub mod tree;

pub mod leaf;

pub mod commitment;

pub mod tile;

pub mod key;

pub mod note;

pub mod checkpoint;

pub mod proof;

pub mod replay;

#[cfg(feature = "store")]
pub mod store;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use commitment::{commit, erase_tag, grant_tag, revoke_tag};
pub use key::{KeyError, SignerKey, VerifierKey};
pub use leaf::{Leaf, LeafError, LeafKind, PendingLeaf};
pub use note::{Note, NoteError, UnknownLines};
pub use proof::{TlogProof, TlogProofError};
pub use replay::{Entry, Replay, ReplayError, Replayed, replay};
pub use tile::{TileError, TilePath};
pub use tree::{Frontier, Hash, ProofError};
