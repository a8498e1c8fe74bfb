//! The nodes of the tree, from the tiles of a log of one size.

use std::collections::BTreeMap;

use crate::tile::{Level, TILE_HEIGHT, TILE_WIDTH, TileError, TilePath};
use crate::tree::{Hash, full_root};

/// Answers for the nodes of a log of one size from its tiles, and reads each tile once.
pub(super) struct Nodes<R> {
    size: u64,
    read: R,
    seen: BTreeMap<TilePath, Vec<Hash>>,
}

impl<R, E> Nodes<R>
where
    R: FnMut(&TilePath) -> Result<Vec<Hash>, E>,
    E: From<TileError>,
{
    pub(super) fn new(size: u64, read: R) -> Self {
        Self { size, read, seen: BTreeMap::new() }
    }

    /// The root of the full subtree number `index` of `level`.
    pub(super) fn node(&mut self, level: u32, index: u64) -> Result<Hash, E> {
        let missing = || TileError::Node { level, index };
        let (tile_level, height) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index.checked_shl(height).ok_or_else(missing)?;
        let (tile, offset) = (first / u64::from(TILE_WIDTH), first % u64::from(TILE_WIDTH));
        let tile_level = u8::try_from(tile_level).map_err(|_| missing())?;
        let path = TilePath::of(Level::Hashes(tile_level), tile, self.size).ok_or_else(missing)?;
        let offset = usize::try_from(offset).map_err(|_| missing())?;
        let hashes = self.tile(path)?;
        let span = hashes.get(offset..).and_then(|from| from.get(..1 << height));
        Ok(span.and_then(full_root).ok_or_else(missing)?)
    }

    fn tile(&mut self, path: TilePath) -> Result<&[Hash], E> {
        if !self.seen.contains_key(&path) {
            let hashes = (self.read)(&path)?;
            self.seen.insert(path, hashes);
        }
        Ok(self.seen.get(&path).map_or(&[], Vec::as_slice))
    }
}
