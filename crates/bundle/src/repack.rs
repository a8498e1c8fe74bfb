//! From one session's tiles to another's: what a person releases holds no tile of what they left out.

use std::collections::{BTreeMap, BTreeSet};

use candor_model::{Digest, FrameView, Pixels, TilePlace, tile_places};

use crate::pack::{Fresh, Numbered, Packer};
use crate::packed::{Damaged, Packed};
use crate::unpack::Unpacker;

/// Packs frames that are packed already, and others, into a session of their own.
#[derive(Debug, Default)]
pub struct Repacker {
    packer: Packer,
    from: Unpacker,
    moved: BTreeMap<u32, Moved>,
    /// The last frame that came as pixels, and its tiles: most of the next one is the same.
    last: Option<(Pixels, Vec<Digest>)>,
}

/// Where a tile of the old session is in the new one.
#[derive(Debug, Clone, Copy)]
struct Moved {
    to: Numbered,
    place: TilePlace,
}

/// A tile of the old session.
struct Opened {
    place: TilePlace,
    pixels: Vec<u8>,
}

impl Repacker {
    /// Packs a frame by its pixels, and says its digest.
    ///
    /// # Errors
    /// When the session would have too many tiles.
    pub fn pixels(&mut self, frame: FrameView<'_>) -> Result<(Digest, Packed), Damaged> {
        let before = self.last.as_ref().map(|(pixels, tiles)| (pixels.view(), tiles.as_slice()));
        let tiles = frame.tile_digests(before);
        let packed = self.packer.pack_tiled(frame, &tiles)?;
        self.last = Some((frame.into(), tiles));
        Ok(packed)
    }

    /// Packs a frame of the old session, and says which one it is. Only tiles that are not in the new one are opened.
    ///
    /// `first` and `fetch` are as for [`Unpacker::frame`].
    ///
    /// # Errors
    /// When a strip is damaged or another one than it should be, `fetch` fails, or the session would have too many tiles.
    pub fn packed<E: From<Damaged>>(
        &mut self,
        packed: &Packed,
        first: u32,
        fetch: &mut dyn FnMut(u32) -> Result<(u32, Packed), E>,
    ) -> Result<(Digest, Packed), E> {
        let own = self.from.opened(first, packed)?;
        let (width, height) = (packed.width(), packed.height());
        let missing = self.missing(own.numbers(), fetch)?;
        let mut fresh = Fresh::after(self.packer.tiles());
        let mut tiles = Vec::with_capacity(own.numbers().len());
        for (number, place) in own.numbers().iter().zip(tile_places(width, height)) {
            let tile = match self.moved.get(number) {
                Some(tile) => *tile,
                None => self.moved(*number, missing.get(number).ok_or(Damaged)?, &mut fresh)?,
            };
            if (tile.place.width, tile.place.height) != (place.width, place.height) {
                return Err(Damaged.into());
            }
            tiles.push(tile.to);
        }
        let packed = fresh.packed(width, height, &tiles)?;
        self.packer.take(&fresh);
        Ok(packed)
    }

    /// The tiles that are not in the new session yet. By their numbers, so that each strip is opened once.
    fn missing<E: From<Damaged>>(
        &mut self,
        numbers: &[u32],
        fetch: &mut dyn FnMut(u32) -> Result<(u32, Packed), E>,
    ) -> Result<BTreeMap<u32, Opened>, E> {
        let moved = &self.moved;
        let numbers: BTreeSet<u32> = numbers.iter().copied().filter(|n| !moved.contains_key(n)).collect();
        let mut missing = BTreeMap::new();
        for number in numbers {
            let strip = self.from.bringing(number, fetch)?;
            let (place, pixels) = strip.tile(number).ok_or(Damaged)?;
            missing.insert(number, Opened { place, pixels: pixels.to_vec() });
        }
        Ok(missing)
    }

    fn moved(&mut self, number: u32, tile: &Opened, fresh: &mut Fresh) -> Result<Moved, Damaged> {
        let Opened { place, pixels } = tile;
        let place = *place;
        let to =
            self.packer.number(Digest::of(pixels), place, fresh, |into| into.extend_from_slice(pixels))?;
        let moved = Moved { to, place };
        self.moved.insert(number, moved);
        Ok(moved)
    }
}
