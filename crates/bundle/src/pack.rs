//! Packing frames: each tile is kept once in a session.

use std::collections::BTreeMap;

use candor_model::{Digest, FrameView, Tile, TilePlace, digest_of_tiles};

use crate::packed::{Damaged, Packed};

/// Most different tiles of a session: some 40,000 frames of ordinary work, or 7,800 of 1920 by 1080 pixels that share nothing.
pub const TILES_MAX: u32 = 4_000_000;

/// Packs the frames of one session, in their order.
#[derive(Default)]
pub struct Packer {
    known: BTreeMap<(Digest, u32), u32>,
    next: u32,
    /// The tiles of the frame before: most of the next one are the same.
    last: Vec<Numbered>,
    full: bool,
}

/// A tile, by its number and by its pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered {
    pub(crate) number: u32,
    pub(crate) digest: Digest,
    width: u32,
}

impl Packer {
    /// One that goes on after `next` tiles, and knows none of them.
    #[must_use]
    pub fn after(next: u32) -> Self {
        Self { next, ..Self::default() }
    }

    /// Whether a frame was refused because the session would have had too many tiles.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// How many tiles there are.
    #[must_use]
    pub const fn tiles(&self) -> u32 {
        self.next
    }

    /// Packs a frame, and says its digest.
    ///
    /// # Errors
    /// When the session would have more than [`TILES_MAX`] tiles. The packer is of no use then.
    pub fn pack(&mut self, frame: FrameView<'_>) -> Result<(Digest, Packed), Damaged> {
        self.pack_tiled(frame, &frame.tile_digests(None))
    }

    /// The same for a frame whose tiles are known by their digests, in their order.
    ///
    /// # Errors
    /// The same; when it has another number of tiles; and when one that is kept from here on is not what its digest names.
    pub fn pack_tiled(
        &mut self,
        frame: FrameView<'_>,
        digests: &[Digest],
    ) -> Result<(Digest, Packed), Damaged> {
        if frame.tiles().count() != digests.len() {
            return Err(Damaged);
        }
        let mut strip = Fresh::after(self.next);
        let tiles = self.numbered(frame, digests, &mut strip)?;
        let packed = strip.packed(frame.width(), frame.height(), &tiles)?;
        self.next = strip.next;
        self.last = tiles;
        Ok(packed)
    }

    /// The tiles of a frame. Those that are where they were in the frame before are not looked up.
    fn numbered(
        &mut self,
        frame: FrameView<'_>,
        digests: &[Digest],
        strip: &mut Fresh,
    ) -> Result<Vec<Numbered>, Damaged> {
        let last = std::mem::take(&mut self.last);
        let mut before = last.iter();
        let number = |(tile, digest): (Tile<'_>, &Digest)| {
            let same = |known: &&Numbered| (known.digest, known.width) == (*digest, tile.place().width);
            match before.next().filter(same) {
                Some(known) => Ok(*known),
                None => self.given(tile, *digest, strip),
            }
        };
        frame.tiles().zip(digests).map(number).collect()
    }

    /// The number of a tile that came with its digest.
    ///
    /// INVARIANT: what is kept under a digest has it, whoever computed it.
    fn given(&mut self, tile: Tile<'_>, digest: Digest, strip: &mut Fresh) -> Result<Numbered, Damaged> {
        let is_fresh = !self.known.contains_key(&(digest, tile.place().width));
        if is_fresh && tile.digest() != digest {
            return Err(Damaged);
        }
        self.number(digest, tile.place(), strip, |into| copy(tile, into))
    }

    /// The number of a tile; a fresh one is put on the strip.
    pub(crate) fn number(
        &mut self,
        digest: Digest,
        place: TilePlace,
        strip: &mut Fresh,
        pixels: impl FnOnce(&mut Vec<u8>),
    ) -> Result<Numbered, Damaged> {
        if let Some(number) = self.known.get(&(digest, place.width)) {
            return Ok(Numbered { number: *number, digest, width: place.width });
        }
        let number = strip.next;
        if number >= TILES_MAX {
            self.full = true;
            return Err(Damaged);
        }
        pixels(&mut strip.pixels);
        strip.next += 1;
        self.known.insert((digest, place.width), number);
        Ok(Numbered { number, digest, width: place.width })
    }

    /// Takes a strip in.
    pub(crate) const fn take(&mut self, strip: &Fresh) {
        self.next = strip.next;
    }
}

fn copy(tile: Tile<'_>, into: &mut Vec<u8>) {
    tile.rows().for_each(|row| into.extend_from_slice(row));
}

/// The tiles that a frame brings.
pub(crate) struct Fresh {
    first: u32,
    next: u32,
    pixels: Vec<u8>,
}

impl Fresh {
    pub(crate) const fn after(next: u32) -> Self {
        Self { first: next, next, pixels: Vec::new() }
    }

    /// The frame that these tiles make, those on the strip with their pixels; and its digest.
    pub(crate) fn packed(
        &self,
        width: u32,
        height: u32,
        tiles: &[Numbered],
    ) -> Result<(Digest, Packed), Damaged> {
        let numbers: Vec<u32> = tiles.iter().map(|tile| tile.number).collect();
        let digest = digest_of_tiles(width, height, tiles.iter().map(|tile| tile.digest));
        Ok((digest, Packed::new(width, height, &numbers, self.next - self.first, &self.pixels)?))
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").field("tiles", &self.next).finish_non_exhaustive()
    }
}
