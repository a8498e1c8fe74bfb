//! Holding packed frames against their digests, in time that grows with what was sent.

use std::collections::BTreeSet;

use candor_model::{Digest, digest_of_tiles, tile_places};

use crate::pack::TILES_MAX;
use crate::packed::{Damaged, Packed};

/// Checks the frames of one session, in their order.
///
/// No frame is put together for it: a frame that says one tile a thousand times costs one. A tile that is there already is not taken again,
/// so that nothing small is large again and again.
#[derive(Debug, Default)]
pub struct Checker {
    tiles: Vec<Known>,
    digests: BTreeSet<(Digest, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    digest: Digest,
    width: u32,
    height: u32,
}

impl Checker {
    /// The digest of the frame that comes next.
    ///
    /// # Errors
    /// When it is damaged, needs a tile that no frame brought, brings one that is there, or more than a session may have.
    pub fn digest(&mut self, packed: &Packed) -> Result<Digest, Damaged> {
        let first = u32::try_from(self.tiles.len()).map_err(|_| Damaged)?;
        if first.saturating_add(packed.fresh()) > TILES_MAX {
            return Err(Damaged);
        }
        let strip = packed.open(first)?;
        let known = |place: candor_model::TilePlace, pixels: &[u8]| Known {
            digest: Digest::of(pixels),
            width: place.width,
            height: place.height,
        };
        for tile in strip.fresh().map(|(place, pixels)| known(place, pixels)) {
            self.digests.insert((tile.digest, tile.width)).then_some(()).ok_or(Damaged)?;
            self.tiles.push(tile);
        }
        let places = tile_places(packed.width(), packed.height());
        let digests = strip.numbers().iter().zip(places).map(|(number, place)| {
            let tile = self.tiles.get(usize::try_from(*number).ok()?)?;
            ((tile.width, tile.height) == (place.width, place.height)).then_some(tile.digest)
        });
        let digests = digests.collect::<Option<Vec<_>>>().ok_or(Damaged)?;
        Ok(digest_of_tiles(packed.width(), packed.height(), digests))
    }
}
