//! The right edge of the tree: the partial tiles, which are all that it takes to add leaves.

use super::folder::{Folder, FolderError};
use super::tables::TileFile;
use crate::leaf::LEAF_BYTES;
use crate::tile::{Level, TILE_LEVELS_MAX, TILE_WIDTH, TilePath, entries, hashes, push_entry};
use crate::tree::{Hash, fold, full_root, leaf_hash};

/// The tiles at the right edge that are not full yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
    bundle: Vec<u8>,
}

impl Edge {
    /// Reads the edge of a log of `size` leaves from its folder, and verifies it against the root that the log committed
    /// to: the folder is not trusted.
    pub(super) fn load(folder: &Folder, size: u64, root: &Hash) -> Result<Option<Self>, FolderError> {
        let mut edge = Self { size, ..Self::default() };
        for level in (0..TILE_LEVELS_MAX).take_while(|level| size >> (8 * u32::from(*level)) > 0) {
            let tile = match edge.partial(Level::Hashes(level)) {
                Some(path) => hashes(&path, &folder.tile(&path)?).unwrap_or_default(),
                None => Vec::new(),
            };
            edge.levels.push(tile);
        }
        if let Some(path) = edge.partial(Level::Entries) {
            edge.bundle = folder.tile(&path)?;
        }
        let sound = edge.root() == *root && edge.bundle_matches();
        Ok(sound.then_some(edge))
    }

    /// The number of leaves.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the whole tree.
    pub(super) fn root(&self) -> Hash {
        let mut peaks = Vec::new();
        for level in self.levels.iter().rev() {
            // The bits of a width are the full subtrees in the tile, the largest first.
            let mut rest = level.as_slice();
            while let Some((full, tail)) =
                rest.len().checked_ilog2().and_then(|l| rest.split_at_checked(1 << l))
            {
                peaks.extend(full_root(full));
                rest = tail;
            }
        }
        fold(&peaks)
    }

    /// Adds a leaf, and to `files` the tiles that it fills.
    pub(super) fn push(&mut self, leaf: &[u8; LEAF_BYTES], files: &mut Vec<TileFile>) {
        push_entry(&mut self.bundle, leaf);
        self.size += 1;
        if let Some(path) = self.filled(Level::Entries) {
            files.push(TileFile { path, bytes: std::mem::take(&mut self.bundle) });
        }
        let mut carry = Some(leaf_hash(leaf));
        for level in 0..TILE_LEVELS_MAX {
            let Some(hash) = carry.take() else { return };
            let path = self.filled(Level::Hashes(level));
            if self.levels.len() == usize::from(level) {
                self.levels.push(Vec::new());
            }
            let Some(tile) = self.levels.get_mut(usize::from(level)) else { return };
            tile.push(hash);
            if let Some(path) = path {
                let tile = std::mem::take(tile);
                carry = full_root(&tile);
                files.push(TileFile { path, bytes: bytes(&tile) });
            }
        }
    }

    /// The partial tiles of the log at this size.
    pub(super) fn partials(&self) -> Vec<TileFile> {
        let bundle = self.partial(Level::Entries).map(|path| TileFile { path, bytes: self.bundle.clone() });
        let tiles = (0..TILE_LEVELS_MAX).zip(&self.levels).filter_map(|(level, tile)| {
            self.partial(Level::Hashes(level)).map(|path| TileFile { path, bytes: bytes(tile) })
        });
        bundle.into_iter().chain(tiles).collect()
    }

    /// The path of the partial tile of a level, where there is one at this size.
    fn partial(&self, level: Level) -> Option<TilePath> {
        let count = self.count(level);
        TilePath::of(level, count / u64::from(TILE_WIDTH), self.size).filter(TilePath::is_partial)
    }

    /// The path of the tile that the newest leaf filled, if it filled one.
    fn filled(&self, level: Level) -> Option<TilePath> {
        let leaves = u64::from(TILE_WIDTH).checked_pow(match level {
            Level::Entries => 1,
            Level::Hashes(level) => u32::from(level) + 1,
        })?;
        if !self.size.is_multiple_of(leaves) {
            return None;
        }
        TilePath::of(level, self.size / leaves - 1, self.size)
    }

    /// How many hashes, or leaves, a level has.
    const fn count(&self, level: Level) -> u64 {
        match level {
            Level::Entries => self.size,
            Level::Hashes(level) => self.size >> (8 * level as u32),
        }
    }

    /// Whether the leaves of the partial bundle are those under the partial tile.
    fn bundle_matches(&self) -> bool {
        let leaves = entries(&self.bundle).unwrap_or_default();
        let tile = self.levels.first().map_or(&[][..], Vec::as_slice);
        self.bundle.len() == leaves.len() * (2 + LEAF_BYTES)
            && leaves.iter().map(|leaf| leaf_hash(*leaf)).eq(tile.iter().copied())
    }
}

fn bytes(tile: &[Hash]) -> Vec<u8> {
    tile.iter().flat_map(Hash::as_bytes).copied().collect()
}
