//! The replay: reads every leaf of a log and computes its root, so that nothing can be missing.
//!
//! It streams: one bundle in memory at a time, about two SHA-256 calls per leaf. It checks what concerns the log alone:
//! the form of each leaf, that time never goes back, that bundles are full but the last, and, asked for, the roots at
//! earlier sizes, so that the auditor's earlier checkpoints are held against the same pass. What the leaves mean is the
//! caller's business.

use std::collections::BTreeMap;

use crate::checkpoint::Checkpoint;
use crate::leaf::{Leaf, LeafError};
use crate::tile::{TILE_WIDTH, TileError, entries};
use crate::tree::{Frontier, Hash, LOG_LEAVES_MAX, leaf_hash};

/// A leaf at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its hash: what other leaves name it by.
    pub hash: Hash,
    /// The leaf.
    pub leaf: Leaf,
}

/// Where a replay stopped, and why. Bundle numbers are those of `tile/entries/<number>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A bundle that is not one.
    #[error("entry bundle {bundle} is malformed")]
    Bundle {
        /// Its number.
        bundle: u64,
        /// Why.
        source: TileError,
    },
    /// A bundle after one that was not full, or an empty one.
    #[error("entry bundle {bundle} follows a partial one or is empty")]
    Gap {
        /// Its number.
        bundle: u64,
    },
    /// An entry that is not a leaf.
    #[error("leaf {index} is malformed")]
    Leaf {
        /// Its place.
        index: u64,
        /// Why.
        source: LeafError,
    },
    /// A leaf that claims to be older than the one before it.
    #[error("leaf {index} is older than the leaf before it")]
    Time {
        /// Its place.
        index: u64,
    },
    /// More or fewer leaves than the checkpoint says.
    #[error("the log has {found} leaves, its checkpoint says {expected}")]
    Size {
        /// Leaves read.
        found: u64,
        /// Leaves of the checkpoint.
        expected: u64,
    },
    /// Another root than the checkpoint's.
    #[error("the {size} leaves have another root than the checkpoint says")]
    Root {
        /// Number of leaves.
        size: u64,
    },
    /// A checkpoint whose size was not asked for beforehand.
    #[error("the root at size {size} was not watched")]
    Unwatched {
        /// The size.
        size: u64,
    },
}

/// A replay under way.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    frontier: Frontier,
    batch_time_ms: u64,
    watched: BTreeMap<u64, Option<Hash>>,
}

impl Replay {
    /// Begins a replay that also keeps the roots at these sizes: those of the checkpoints to be held against it.
    #[must_use]
    pub fn watching(sizes: impl IntoIterator<Item = u64>) -> Self {
        let frontier = Frontier::default();
        let root = frontier.root();
        let watched = sizes.into_iter().map(|size| (size, (size == 0).then_some(root))).collect();
        Self { frontier, batch_time_ms: 0, watched }
    }

    /// Reads the next entry bundle and hands each leaf to `each`.
    ///
    /// # Errors
    /// Names the bundle or leaf that is wrong. The replay is of no use afterwards.
    pub fn bundle(&mut self, bytes: &[u8], mut each: impl FnMut(Entry)) -> Result<(), ReplayError> {
        let bundle = self.size() / u64::from(TILE_WIDTH);
        let after_partial = !self.size().is_multiple_of(u64::from(TILE_WIDTH));
        if bytes.is_empty() || after_partial || self.size() >= LOG_LEAVES_MAX {
            return Err(ReplayError::Gap { bundle: bundle + u64::from(after_partial) });
        }
        let entries = entries(bytes).map_err(|source| ReplayError::Bundle { bundle, source })?;
        entries.into_iter().try_for_each(|entry| self.entry(entry).map(&mut each))
    }

    fn entry(&mut self, bytes: &[u8]) -> Result<Entry, ReplayError> {
        let index = self.size();
        let leaf = Leaf::parse(bytes).map_err(|source| ReplayError::Leaf { index, source })?;
        if leaf.batch_time_ms() < self.batch_time_ms {
            return Err(ReplayError::Time { index });
        }
        self.batch_time_ms = leaf.batch_time_ms();
        let hash = leaf_hash(bytes);
        self.frontier.push(hash);
        if let Some(watched) = self.watched.get_mut(&self.frontier.size()) {
            *watched = Some(self.frontier.root());
        }
        Ok(Entry { index, hash, leaf })
    }

    /// How many leaves were read.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over them.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Holds the end of the replay against the checkpoint: all leaves, and the root.
    ///
    /// # Errors
    /// When a leaf is missing, surplus or another one.
    pub fn ends_at(&self, head: &Checkpoint) -> Result<(), ReplayError> {
        let (found, expected) = (self.size(), head.size());
        if found != expected {
            return Err(ReplayError::Size { found, expected });
        }
        if self.root() == *head.root() { Ok(()) } else { Err(ReplayError::Root { size: found }) }
    }

    /// Holds an earlier checkpoint of the log against the replay: that the log continues it.
    ///
    /// # Errors
    /// When the log was another one then, was larger, or the size was not [watched](Self::watching).
    pub fn passed(&self, earlier: &Checkpoint) -> Result<(), ReplayError> {
        let size = earlier.size();
        match self.watched.get(&size) {
            None => Err(ReplayError::Unwatched { size }),
            Some(None) => Err(ReplayError::Size { found: self.size(), expected: size }),
            Some(Some(root)) if root == earlier.root() => Ok(()),
            Some(Some(_)) => Err(ReplayError::Root { size }),
        }
    }
}

/// A log that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The root over its leaves.
    pub root: Hash,
    /// Its leaves, in order.
    pub leaves: Vec<Entry>,
}

/// Reads a small log from all its entry bundles, in order, into memory. A large one is read with [`Replay`].
///
/// # Errors
/// Names the bundle or leaf that is wrong.
pub fn replay<B: AsRef<[u8]>>(bundles: impl IntoIterator<Item = B>) -> Result<Replayed, ReplayError> {
    let (mut replay, mut leaves) = (Replay::default(), Vec::new());
    for bundle in bundles {
        replay.bundle(bundle.as_ref(), |entry| leaves.push(entry))?;
    }
    Ok(Replayed { root: replay.root(), leaves })
}

#[cfg(test)]
mod tests;
