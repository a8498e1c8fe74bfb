//! The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1) over SHA-256: hashes, roots, proofs.
//!
//! Which subtrees a proof consists of is plain arithmetic ([`inclusion_path`], [`consistency_path`]); where their hashes
//! come from is the caller's business ([`range_root`]): tiles of a folder in the store, a list in memory in the tests.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

/// Most leaves that a log may hold. It keeps all arithmetic far from the ends of 64 bits, and a proof under
/// [`PROOF_HASHES_MAX`].
pub const LOG_LEAVES_MAX: u64 = 1 << 40;
/// Most hashes that an inclusion or consistency proof in such a log can have.
pub const PROOF_HASHES_MAX: usize = 64;

/// A hash of the tree: of a leaf, of a node, of the whole. Text form: canonical standard base64, as in checkpoints.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Length in bytes.
    pub const LEN: usize = 32;
    /// No hash: what a leaf's `program` and `prev` hold where there is nothing to name.
    pub const ZERO: Self = Self([0; Self::LEN]);

    /// Takes the bytes of a hash as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A text is not the base64 of 32 bytes in its one canonical spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the canonical base64 of a 32-byte hash")]
pub struct HashError;

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        // The decoder refuses set bits after the last byte, so each hash has one spelling.
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| HashError)?;
        Ok(Self(bytes.try_into().map_err(|_| HashError)?))
    }
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index or a size does not exist in that tree.
    #[error("the index or size lies outside the tree")]
    OutOfRange,
    /// More or fewer hashes than a proof of these sizes has.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// The hash of a leaf: SHA-256 of a zero byte and the leaf (RFC 6962 section 2.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Hash(Sha256::new_with_prefix([0]).chain_update(leaf).finalize().into())
}

/// The hash of an inner node: SHA-256 of a one byte and both children (RFC 6962 section 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of the tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// The root over `hashes` as one full subtree; `None` unless their number is a power of two.
#[must_use]
pub fn full_root(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.as_chunks().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    level.first().copied()
}

/// The tree read from left to right: its full subtrees, which are all that it takes to go on and to know the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each set bit at the low end of the size is a full subtree that the leaf completes to one of twice its size.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.peaks)
    }
}

/// Joins full subtrees of falling size, from the right.
pub(crate) fn fold(peaks: &[Hash]) -> Hash {
    peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
}

/// The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf upwards
/// (RFC 6962 section 2.1.1). `None` when there is no such leaf.
#[must_use]
pub fn inclusion_path(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size || size > LOG_LEAVES_MAX {
        return None;
    }
    let (mut span, mut path) = (0..size, Vec::new());
    while span.end - span.start > 1 {
        let middle = split(&span);
        if index < middle {
            path.push(middle..span.end);
            span.end = middle;
        } else {
            path.push(span.start..middle);
            span.start = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The subtrees whose hashes prove that the tree of `new` leaves continues the tree of `old` leaves (RFC 6962 section
/// 2.1.2). `None` when `old` is larger. Nothing needs proof from the empty tree, nor to the same size.
#[must_use]
pub fn consistency_path(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old > new || new > LOG_LEAVES_MAX {
        return None;
    }
    let (mut span, mut path) = (0..new, Vec::new());
    while old > 0 && span.end != old {
        let middle = split(&span);
        if old <= middle {
            path.push(middle..span.end);
            span.end = middle;
        } else {
            path.push(span.start..middle);
            span.start = middle;
        }
    }
    if span.start > 0 {
        path.push(span);
    }
    path.reverse();
    Some(path)
}

/// Where RFC 6962 splits a span of at least two leaves: after the largest power of two that is smaller than it.
const fn split(span: &Range<u64>) -> u64 {
    let count = span.end - span.start;
    span.start + (1 << (count - 1).ilog2())
}

/// The root over a span of leaves that a path named, or over `0..size`. `node` is asked for full subtrees: the one at
/// `level` (0: leaves) with number `index` from the left covers the leaves from `index << level`.
///
/// # Errors
/// What `node` returns.
pub fn range_root<E>(span: Range<u64>, mut node: impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    let (mut at, mut peaks) = (span.start, Vec::new());
    while at < span.end {
        let level = (span.end - at).ilog2();
        peaks.push(node(level, at >> level)?);
        at += 1 << level;
    }
    Ok(fold(&peaks))
}

/// Verifies that the leaf with this hash is number `index` of the tree of `size` leaves (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// When it does not follow from the proof.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size || size > LOG_LEAVES_MAX {
        return Err(ProofError::OutOfRange);
    }
    let (mut climb, mut node) = (Climb { at: index, last: size - 1 }, *leaf);
    for sibling in proof {
        node = match climb.step()? {
            Side::Left => node_hash(sibling, &node),
            Side::Right => node_hash(&node, sibling),
        };
    }
    climb.ended()?;
    same_root(&node, root)
}

/// Verifies that the tree of `new` leaves continues the tree of `old` leaves (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// When it does not follow from the proof.
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new || new > LOG_LEAVES_MAX {
        return Err(ProofError::OutOfRange);
    }
    if old == 0 || old == new {
        let known = if old == 0 { empty_root() } else { *new_root };
        return if proof.is_empty() { same_root(&known, old_root) } else { Err(ProofError::Length) };
    }
    // An old tree that is one full subtree is its own first node; otherwise the proof brings it.
    let (first, rest) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some(split) => split,
        None => return Err(ProofError::Length),
    };
    let shift = (old - 1).trailing_ones();
    let mut climb = Climb { at: (old - 1) >> shift, last: (new - 1) >> shift };
    let (mut before, mut after) = (*first, *first);
    for sibling in rest {
        match climb.step()? {
            Side::Left => (before, after) = (node_hash(sibling, &before), node_hash(sibling, &after)),
            Side::Right => after = node_hash(&after, sibling),
        }
    }
    climb.ended()?;
    same_root(&before, old_root)?;
    same_root(&after, new_root)
}

fn same_root(found: &Hash, expected: &Hash) -> Result<(), ProofError> {
    if found == expected { Ok(()) } else { Err(ProofError::Root) }
}

/// Where the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// The way from a node to the root, in a tree whose last node on the same level is `last`.
struct Climb {
    at: u64,
    last: u64,
}

impl Climb {
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::Length);
        }
        let side = if self.at & 1 == 1 || self.at == self.last { Side::Left } else { Side::Right };
        if matches!(side, Side::Left) && self.at & 1 == 0 {
            // The last node of a level without a sibling rises unchanged until it is somebody's right child.
            self.shift(self.at.trailing_zeros());
        }
        self.shift(1);
        Ok(side)
    }

    fn shift(&mut self, levels: u32) {
        self.at = self.at.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn ended(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::Length) }
    }
}

#[cfg(test)]
mod tests;
