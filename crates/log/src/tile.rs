//! The files of the log (C2SP tlog-tiles): paths, entry bundles, hash tiles.
//!
//! A tile of level `l` holds up to 256 hashes, each the root over 256^l leaves; an entry bundle holds the leaves under a
//! tile of level 0. A tile or bundle at the right edge is partial, and its path says how wide it is, so that every path
//! names bytes that never change.

use std::fmt;

use crate::Hash;
use crate::leaf::LEAF_BYTES;
use crate::tree::LOG_LEAVES_MAX;

/// Entries of a full tile or bundle.
pub const TILE_WIDTH: u16 = 256;
/// Length in bytes of a full hash tile.
pub const TILE_BYTES_MAX: usize = TILE_WIDTH as usize * Hash::LEN;
/// Length in bytes of a full entry bundle: each leaf after its length in two bytes.
pub const BUNDLE_BYTES_MAX: usize = TILE_WIDTH as usize * (2 + LEAF_BYTES);
/// Levels of tiles that a log of [`LOG_LEAVES_MAX`] leaves can have.
pub const TILE_LEVELS_MAX: u8 = 6;
/// Levels of the tree that one tile spans.
pub const TILE_HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Leaves: an entry bundle.
    Entries,
    /// Hashes of this level.
    Hashes(u8),
}

/// The path of a tile or bundle, relative to the log's folder: `tile/<level>/<index>[.p/<width>]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    level: Level,
    index: u64,
    width: u16,
}

/// Why a path, a tile or a bundle is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a path of tlog-tiles, or not its one spelling.
    #[error("not the path of a tile")]
    Path,
    /// A tile of another length than its path says.
    #[error("{path} has {bytes} bytes")]
    Length {
        /// The tile.
        path: TilePath,
        /// How many bytes it has.
        bytes: usize,
    },
    /// A bundle that ends inside an entry, holds an entry of another length than a leaf, or too many.
    #[error("entry {0} of the bundle is not a leaf of {LEAF_BYTES} bytes")]
    Entry(usize),
    /// A subtree that is not full in a log of this size.
    #[error("node {index} of level {level} is not in the log")]
    Node {
        /// Level of the tree, 0 for leaves.
        level: u32,
        /// Number from the left.
        index: u64,
    },
}

impl TilePath {
    /// The hash tile of this level, or the entry bundle, with this number in a log of `size` leaves. `None` when the log
    /// does not reach it.
    #[must_use]
    pub fn of(level: Level, index: u64, size: u64) -> Option<Self> {
        let height = match level {
            Level::Entries => 0,
            Level::Hashes(level) if level < TILE_LEVELS_MAX => u32::from(level) * TILE_HEIGHT,
            Level::Hashes(_) => return None,
        };
        let from = index.checked_mul(u64::from(TILE_WIDTH))?;
        let width = (size >> height).checked_sub(from)?.min(u64::from(TILE_WIDTH));
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { level, index, width })
    }

    /// Reads a path.
    ///
    /// # Errors
    /// When it is not written exactly as [`Display`](fmt::Display) would write it.
    pub fn parse(text: &str) -> Result<Self, TileError> {
        let parsed = Self::read(text).ok_or(TileError::Path)?;
        if parsed.to_string() == text { Ok(parsed) } else { Err(TileError::Path) }
    }

    /// Reads what the spelling alone decides; [`parse`](Self::parse) compares the spelling.
    fn read(text: &str) -> Option<Self> {
        let (level, rest) = text.strip_prefix("tile/")?.split_once('/')?;
        let level = match level {
            "entries" => Level::Entries,
            number => Level::Hashes(number.parse().ok().filter(|level| *level < TILE_LEVELS_MAX)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let index = number.split('/').try_fold(0_u64, |index, part| {
            let digits: u64 = part.strip_prefix('x').unwrap_or(part).parse().ok()?;
            index.checked_mul(1000)?.checked_add(digits)
        })?;
        (index <= LOG_LEAVES_MAX).then_some(Self { level, index, width })
    }

    /// What it holds.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Its number within the level, from the left.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or leaves it holds, 1 to 256.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether it is partial: at the right edge of the log of its size.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.width < TILE_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// The folder that holds the partial tiles of this place.
    #[must_use]
    pub fn partials(&self) -> String {
        format!("{}.p", self.full())
    }

    /// Most bytes that a file at this path has.
    #[must_use]
    pub fn bytes(&self) -> usize {
        usize::from(self.width)
            * match self.level {
                Level::Entries => 2 + LEAF_BYTES,
                Level::Hashes(_) => Hash::LEN,
            }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries/")?,
            Level::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        // Base 1000, all digits but the last marked: a path is never both a file and a folder.
        let mut unit = 1000_u64.pow(self.index.checked_ilog(1000).unwrap_or(0));
        while unit > 1 {
            write!(f, "x{:03}/", self.index / unit % 1000)?;
            unit /= 1000;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The paths of all entry bundles of a log of `size` leaves, in order: what an auditor replays.
pub fn bundles(size: u64) -> impl Iterator<Item = TilePath> {
    (0..size.div_ceil(u64::from(TILE_WIDTH))).filter_map(move |n| TilePath::of(Level::Entries, n, size))
}

/// The entries of a bundle.
///
/// # Errors
/// When it is cut short, or an entry has not the length of a leaf, or there are more than 256.
pub fn entries(bundle: &[u8]) -> Result<Vec<&[u8; LEAF_BYTES]>, TileError> {
    let (chunks, rest) = bundle.as_chunks::<{ 2 + LEAF_BYTES }>();
    if !rest.is_empty() || chunks.len() > usize::from(TILE_WIDTH) {
        return Err(TileError::Entry(chunks.len().min(usize::from(TILE_WIDTH))));
    }
    chunks.iter().enumerate().map(|(at, chunk)| entry(chunk).ok_or(TileError::Entry(at))).collect()
}

fn entry(chunk: &[u8; 2 + LEAF_BYTES]) -> Option<&[u8; LEAF_BYTES]> {
    let (length, leaf) = chunk.split_first_chunk()?;
    if usize::from(u16::from_be_bytes(*length)) == LEAF_BYTES { leaf.try_into().ok() } else { None }
}

/// Adds a leaf to a bundle.
#[cfg(feature = "store")]
pub(crate) fn push_entry(bundle: &mut Vec<u8>, leaf: &[u8; LEAF_BYTES]) {
    const LENGTH: [u8; 2] = [0, 144];
    bundle.extend_from_slice(&LENGTH);
    bundle.extend_from_slice(leaf);
}

/// The hashes of a tile.
///
/// # Errors
/// When it is not as long as its path says.
pub fn hashes(path: &TilePath, tile: &[u8]) -> Result<Vec<Hash>, TileError> {
    if tile.len() != usize::from(path.width) * Hash::LEN {
        return Err(TileError::Length { path: *path, bytes: tile.len() });
    }
    Ok(tile.as_chunks().0.iter().copied().map(Hash::from_bytes).collect())
}

#[cfg(test)]
mod tests;
