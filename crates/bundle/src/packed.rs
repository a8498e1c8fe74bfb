//! One packed frame: its sides, which tile stands where, and the pixels of the tiles that no frame before it had.

use candor_model::{FrameView, TILE_SIDE_PX, TilePlace, tile_places};

/// Largest packed frame in bytes: the most pixels that a frame may have, if nothing of them is ever the same.
pub const PACKED_BYTES_MAX: u64 = 208 * 1024 * 1024;
/// The level of Zstandard (RFC 8878). Level 9 took five times as long for an eighth less, on frames of office work.
const LEVEL: i32 = 3;
/// Bytes of a tile's number.
const NUMBER_BYTES: usize = 4;
/// Bytes before what is compressed.
const HEAD_BYTES: usize = 12;

/// Bytes are not a packed frame, or one that does not fit those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the tiles of a frame are damaged")]
pub struct Damaged;

/// A packed frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    width: u32,
    height: u32,
    fresh: u32,
    body: Vec<u8>,
}

impl Packed {
    /// Packs the numbers of all tiles, in their order, and the pixels of the fresh ones.
    pub(crate) fn new(
        width: u32,
        height: u32,
        numbers: &[u32],
        fresh: u32,
        pixels: &[u8],
    ) -> Result<Self, Damaged> {
        let mut content = Vec::with_capacity(numbers.len() * NUMBER_BYTES + pixels.len());
        let mut expected = 0_u32;
        // Tiles that stand beside each other were mostly fresh together: what is written is zeros then.
        for number in numbers {
            content.extend_from_slice(&number.wrapping_sub(expected).to_le_bytes());
            expected = number.wrapping_add(1);
        }
        content.extend_from_slice(pixels);
        let body = zstd::bulk::compress(&content, LEVEL).map_err(|_| Damaged)?;
        Ok(Self { width, height, fresh, body })
    }

    /// Width of the frame in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height of the frame in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// How many tiles no frame before it had.
    #[must_use]
    pub const fn fresh(&self) -> u32 {
        self.fresh
    }

    /// Length of what it is written down as, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        (HEAD_BYTES + self.body.len()) as u64
    }

    /// Length of the frame as a pixmap, in bytes.
    #[must_use]
    pub fn pixmap_bytes(&self) -> u64 {
        let head = format!("P6\n{} {}\n255\n", self.width, self.height).len() as u64;
        head + u64::from(self.width) * u64::from(self.height) * 3
    }

    /// As it is written down.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [self.width, self.height, self.fresh].map(u32::to_be_bytes);
        [head.concat().as_slice(), &self.body].concat()
    }

    /// Reads one. What is compressed is looked at only when it is opened.
    ///
    /// # Errors
    /// When the bytes are too few, or the sides are not those of a frame.
    pub fn parse(bytes: &[u8]) -> Result<Self, Damaged> {
        let (head, body) = bytes.split_at_checked(HEAD_BYTES).ok_or(Damaged)?;
        let mut numbers =
            head.chunks_exact(4).filter_map(|four| Some(u32::from_be_bytes(four.try_into().ok()?)));
        let (Some(width), Some(height), Some(fresh)) = (numbers.next(), numbers.next(), numbers.next())
        else {
            return Err(Damaged);
        };
        let packed = Self { width, height, fresh, body: body.to_vec() };
        let fits = FrameView::fits(width, height)
            && u64::from(fresh) <= packed.cells()
            && bytes.len() as u64 <= PACKED_BYTES_MAX;
        if fits { Ok(packed) } else { Err(Damaged) }
    }

    fn cells(&self) -> u64 {
        u64::from(self.width.div_ceil(TILE_SIDE_PX)) * u64::from(self.height.div_ceil(TILE_SIDE_PX))
    }

    /// Opens it, as the frame whose first fresh tile has the number `first`.
    pub(crate) fn open(&self, first: u32) -> Result<Strip, Damaged> {
        let (cells, fresh) = (count(self.cells())?, count(u64::from(self.fresh))?);
        let tile_bytes = count(u64::from(TILE_SIDE_PX * TILE_SIDE_PX * 3))?;
        let limit = cells * NUMBER_BYTES + fresh * tile_bytes;
        let mut pixels = zstd::bulk::decompress(&self.body, limit).map_err(|_| Damaged)?;
        let table = pixels.get(..cells * NUMBER_BYTES).ok_or(Damaged)?;
        let numbers = numbers(table);
        let tiles = self.fresh_tiles(&numbers, first, cells * NUMBER_BYTES)?;
        let end = tiles.last().map_or(cells * NUMBER_BYTES, |tile| tile.start + tile.place.bytes());
        if pixels.len() != end {
            return Err(Damaged);
        }
        pixels.shrink_to_fit();
        Ok(Strip { first, numbers, tiles, bytes: pixels })
    }

    /// The fresh tiles: each is numbered where it stands first, without gaps.
    fn fresh_tiles(&self, numbers: &[u32], first: u32, mut start: usize) -> Result<Vec<Fresh>, Damaged> {
        let mut tiles = Vec::new();
        let mut next = first;
        for (number, place) in numbers.iter().zip(tile_places(self.width, self.height)) {
            if *number == next {
                tiles.push(Fresh { start, place });
                start += place.bytes();
                next = next.checked_add(1).ok_or(Damaged)?;
            } else if *number > next {
                return Err(Damaged);
            }
        }
        if tiles.len() as u64 == u64::from(self.fresh) { Ok(tiles) } else { Err(Damaged) }
    }
}

fn numbers(table: &[u8]) -> Vec<u32> {
    let written =
        table.chunks_exact(NUMBER_BYTES).filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?)));
    let mut expected = 0_u32;
    let mut number = |distance: u32| {
        let number = expected.wrapping_add(distance);
        expected = number.wrapping_add(1);
        number
    };
    written.map(&mut number).collect()
}

fn count(number: u64) -> Result<usize, Damaged> {
    usize::try_from(number).map_err(|_| Damaged)
}

/// A packed frame, opened.
#[derive(Debug)]
pub(crate) struct Strip {
    first: u32,
    numbers: Vec<u32>,
    tiles: Vec<Fresh>,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Fresh {
    start: usize,
    place: TilePlace,
}

impl Strip {
    /// The numbers of the frame's tiles, in their order.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// How much memory its pixels take.
    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// A tile that it brought: where it stood, and its pixels row by row. None if it did not bring that one.
    pub(crate) fn tile(&self, number: u32) -> Option<(TilePlace, &[u8])> {
        let fresh = self.tiles.get(usize::try_from(number.checked_sub(self.first)?).ok()?)?;
        let pixels = self.bytes.get(fresh.start..)?.get(..fresh.place.bytes())?;
        Some((fresh.place, pixels))
    }

    /// Every tile that it brought, in order.
    pub(crate) fn fresh(&self) -> impl Iterator<Item = (TilePlace, &[u8])> {
        (self.first..).map_while(|number| self.tile(number))
    }
}
