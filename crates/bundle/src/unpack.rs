//! Putting frames together again.

use std::collections::BTreeMap;
use std::sync::Arc;

use candor_model::{Pixels, TilePlace, tile_places};

use crate::packed::{Damaged, Packed, Strip};

/// Most bytes of opened strips that are kept for the next frame.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Puts the frames of one session together, and keeps what the next one is likely to need.
#[derive(Debug, Default)]
pub struct Unpacker {
    strips: BTreeMap<u32, Arc<Strip>>,
    kept_bytes: usize,
}

impl Unpacker {
    /// Puts a frame together. Its first fresh tile has the number `first`; `fetch` finds the packed frame that brought a tile, and the
    /// number of the first tile of that one.
    ///
    /// # Errors
    /// When a strip is damaged or another one than it should be, or `fetch` fails.
    pub fn frame<E: From<Damaged>>(
        &mut self,
        packed: &Packed,
        first: u32,
        fetch: &mut dyn FnMut(u32) -> Result<(u32, Packed), E>,
    ) -> Result<Pixels, E> {
        let own = self.opened(first, packed)?;
        let (width, height) = (packed.width(), packed.height());
        let mut rgb = vec![0; bytes_of(width, height)?];
        // By their numbers, so that each strip is opened once, however many there are and wherever their tiles stand.
        let mut cells: Vec<_> = own.numbers().iter().copied().zip(tile_places(width, height)).collect();
        cells.sort_by_key(|(number, _)| *number);
        let mut strip = Arc::clone(&own);
        for (number, place) in cells {
            if strip.tile(number).is_none() {
                let is_own = own.tile(number).is_some();
                strip = if is_own { Arc::clone(&own) } else { self.bringing(number, fetch)? };
            }
            let (of, pixels) = strip.tile(number).ok_or(Damaged)?;
            if (of.width, of.height) != (place.width, place.height) {
                return Err(Damaged.into());
            }
            paste(&mut rgb, width, place, pixels).ok_or(Damaged)?;
        }
        Ok(Pixels::new(width, height, rgb).ok_or(Damaged)?)
    }

    /// The strip that brought a tile.
    pub(crate) fn bringing<E: From<Damaged>>(
        &mut self,
        number: u32,
        fetch: &mut dyn FnMut(u32) -> Result<(u32, Packed), E>,
    ) -> Result<Arc<Strip>, E> {
        let kept = self.strips.range(..=number).next_back().map(|(_, strip)| strip);
        if let Some(strip) = kept.filter(|strip| strip.tile(number).is_some()) {
            return Ok(Arc::clone(strip));
        }
        let (first, packed) = fetch(number)?;
        Ok(self.opened(first, &packed)?)
    }

    pub(crate) fn opened(&mut self, first: u32, packed: &Packed) -> Result<Arc<Strip>, Damaged> {
        // Frames that bring nothing share their number with the next one that does.
        if let Some(strip) = self.strips.get(&first).filter(|_| packed.fresh() > 0) {
            return Ok(Arc::clone(strip));
        }
        let strip = Arc::new(packed.open(first)?);
        if packed.fresh() > 0 {
            if self.kept_bytes + strip.size_bytes() > KEPT_BYTES_MAX {
                self.strips.clear();
                self.kept_bytes = 0;
            }
            self.kept_bytes += strip.size_bytes();
            self.strips.insert(first, Arc::clone(&strip));
        }
        Ok(strip)
    }
}

fn bytes_of(width: u32, height: u32) -> Result<usize, Damaged> {
    usize::try_from(u64::from(width) * u64::from(height) * 3).map_err(|_| Damaged)
}

fn paste(rgb: &mut [u8], width: u32, place: TilePlace, pixels: &[u8]) -> Option<()> {
    let row_bytes = usize::try_from(place.width * 3).ok()?;
    for (row, pixels) in (place.top..).zip(pixels.chunks_exact(row_bytes)) {
        let start = usize::try_from((u64::from(row) * u64::from(width) + u64::from(place.left)) * 3).ok()?;
        rgb.get_mut(start..)?.get_mut(..row_bytes)?.copy_from_slice(pixels);
    }
    Some(())
}
