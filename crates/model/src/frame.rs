//! A frame as it is kept: pixels in the binary pixmap of netpbm, named by a digest of its tiles.
//!
//! A screen changes in small parts. So a frame's digest is made of the digests of its tiles: whoever has seen the other tiles hashes
//! only what changed. Specification: `docs/formats/frame.md`.

use sha2::{Digest as _, Sha256};

use crate::{Digest, Pixels};

/// Side of a tile in pixels. Tiles at the right and lower edge are smaller.
pub const TILE_SIDE_PX: u32 = 64;
/// Most pixels of a frame: two screens of 7680 by 4320.
pub const FRAME_PIXELS_MAX: u64 = 2 * 7680 * 4320;

/// What a frame's digest begins with.
const LABEL: &[u8] = b"candor frame v1\0";

/// Pixels that somebody else holds: 8-bit red, green, blue, row by row from the top, without padding.
#[derive(Clone, Copy)]
pub struct FrameView<'a> {
    width: u32,
    height: u32,
    rgb: &'a [u8],
}

impl<'a> FrameView<'a> {
    /// Takes pixels; none if their number is not `width * height`, or a frame may not have so many.
    #[must_use]
    pub fn new(width: u32, height: u32, rgb: &'a [u8]) -> Option<Self> {
        let bytes = || u64::from(width) * u64::from(height) * 3;
        (Self::fits(width, height) && rgb.len() as u64 == bytes()).then_some(Self { width, height, rgb })
    }

    /// Whether a frame may have these sides.
    #[must_use]
    pub fn fits(width: u32, height: u32) -> bool {
        let sides = [width, height].into_iter().all(|side| (1..=Pixels::SIDE_PX_MAX).contains(&side));
        sides && u64::from(width) * u64::from(height) <= FRAME_PIXELS_MAX
    }

    /// The frame that a binary pixmap holds (netpbm `P6`, 255 values, one line feed between the parts of the header).
    ///
    /// None if it is written in any other way: a frame has one form.
    #[must_use]
    pub fn of_pixmap(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"P6\n")?;
        let (sides, rest) = line(rest)?;
        let (width, height) = sides.split_once(' ')?;
        let (width, height) = (side(width)?, side(height)?);
        let rgb = rest.strip_prefix(b"255\n")?;
        Self::new(width, height, rgb)
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The pixels.
    #[must_use]
    pub const fn rgb(&self) -> &'a [u8] {
        self.rgb
    }

    /// The tiles, row by row from the top left.
    pub fn tiles(self) -> impl Iterator<Item = Tile<'a>> {
        tile_places(self.width, self.height).map(move |place| Tile { frame: self, place })
    }

    /// The digests of its tiles, in their order. Of a frame `before` it whose tiles are known, those that are the same are not hashed again.
    #[must_use]
    pub fn tile_digests(self, before: Option<(FrameView<'_>, &[Digest])>) -> Vec<Digest> {
        let alike = before.filter(|(old, _)| (old.width, old.height) == (self.width, self.height));
        let mut known = alike.into_iter().flat_map(|(old, digests)| old.tiles().zip(digests));
        let digest = |tile: Tile<'_>| {
            let same = known.next().filter(|(old, _)| old.rows().eq(tile.rows()));
            same.map_or_else(|| tile.digest(), |(_, digest)| *digest)
        };
        self.tiles().map(digest).collect()
    }

    /// What names the frame: SHA-256 (FIPS 180-4) of a label, its sides and the digests of its tiles.
    #[must_use]
    pub fn digest(self) -> Digest {
        digest_of_tiles(self.width, self.height, self.tiles().map(Tile::digest))
    }

    /// The frame as a binary pixmap.
    #[must_use]
    pub fn to_pixmap(self) -> Vec<u8> {
        let mut bytes = format!("P6\n{} {}\n255\n", self.width, self.height).into_bytes();
        bytes.extend_from_slice(self.rgb);
        bytes
    }

    fn row(self, place: TilePlace, row: u32) -> &'a [u8] {
        let start = (u64::from(place.top + row) * u64::from(self.width) + u64::from(place.left)) * 3;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let length = usize::try_from(place.width * 3).unwrap_or(usize::MAX);
        self.rgb.get(start..).and_then(|rest| rest.get(..length)).unwrap_or_default()
    }
}

/// The first line of bytes, as text, and what follows it.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().take(16).position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((std::str::from_utf8(line).ok()?, rest.get(1..)?))
}

/// A number of pixels in its one form: digits, the first of them not 0.
fn side(text: &str) -> Option<u32> {
    let side: u32 = text.parse().ok()?;
    (side.to_string() == text).then_some(side)
}

impl Pixels {
    /// The same pixels, lent.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        FrameView { width: self.width(), height: self.height(), rgb: self.rgb() }
    }
}

impl From<FrameView<'_>> for Pixels {
    fn from(frame: FrameView<'_>) -> Self {
        Self::of_view(frame)
    }
}

impl std::fmt::Debug for FrameView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FrameView(..)")
    }
}

/// Where a tile lies in its frame, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePlace {
    /// Distance from the left edge.
    pub left: u32,
    /// Distance from the upper edge.
    pub top: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl TilePlace {
    /// Length of its pixels in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        usize::try_from(self.width * self.height * 3).unwrap_or(usize::MAX)
    }
}

/// The places of the tiles of a frame, row by row from the top left.
pub fn tile_places(width: u32, height: u32) -> impl Iterator<Item = TilePlace> {
    let steps = |length: u32| (0..length.div_ceil(TILE_SIDE_PX)).map(|n| n * TILE_SIDE_PX);
    let side = |start: u32, length: u32| TILE_SIDE_PX.min(length - start);
    steps(height).flat_map(move |top| {
        let (tall, row) = (side(top, height), steps(width));
        row.map(move |left| TilePlace { left, top, width: side(left, width), height: tall })
    })
}

/// A tile of a frame.
#[derive(Clone, Copy)]
pub struct Tile<'a> {
    frame: FrameView<'a>,
    place: TilePlace,
}

impl<'a> Tile<'a> {
    /// Where it lies.
    #[must_use]
    pub const fn place(self) -> TilePlace {
        self.place
    }

    /// Its pixels, row by row.
    pub fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.place.height).map(move |row| self.frame.row(self.place, row))
    }

    /// SHA-256 of its pixels.
    #[must_use]
    pub fn digest(self) -> Digest {
        let mut hash = Sha256::new();
        self.rows().for_each(|row| hash.update(row));
        Digest::from_bytes(hash.finalize().into())
    }
}

impl std::fmt::Debug for Tile<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tile").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The digest of a frame, of the digests of its tiles in the order of [`tile_places`].
#[must_use]
pub fn digest_of_tiles(width: u32, height: u32, tiles: impl IntoIterator<Item = Digest>) -> Digest {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(width.to_be_bytes());
    hash.update(height.to_be_bytes());
    tiles.into_iter().for_each(|tile| hash.update(tile.as_bytes()));
    Digest::from_bytes(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: u32, height: u32) -> Pixels {
        let rgb = (0..width * height * 3).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
        Pixels::new(width, height, rgb).unwrap()
    }

    #[test]
    fn a_pixmap_has_one_form() {
        let pixels = frame(3, 2);
        let bytes = pixels.view().to_pixmap();
        assert_eq!(&bytes[..11], b"P6\n3 2\n255\n");
        assert_eq!(Pixels::from(FrameView::of_pixmap(&bytes).unwrap()), pixels);
        let body = &bytes[11..];
        for header in [
            "P6\n03 2\n255\n",
            "P6\n3  2\n255\n",
            "P6\n3 2\n254\n",
            "P6 3 2\n255\n",
            "P6\n+3 2\n255\n",
            "P6\n2 2\n255\n",
            "P6\n0 0\n255\n",
        ] {
            assert!(FrameView::of_pixmap(&[header.as_bytes(), body].concat()).is_none(), "{header}");
        }
        for cut in 0..bytes.len() {
            assert!(FrameView::of_pixmap(&bytes[..cut]).is_none(), "{cut}");
        }
        assert!(FrameView::of_pixmap(&[&bytes, b"x".as_slice()].concat()).is_none());
    }

    #[test]
    fn tiles_cover_a_frame_once() {
        for (width, height, count) in [(1, 1, 1), (64, 64, 1), (65, 64, 2), (130, 129, 9), (1920, 1080, 510)]
        {
            let places: Vec<_> = tile_places(width, height).collect();
            assert_eq!(places.len(), count);
            let area: u64 = places.iter().map(|p| u64::from(p.width) * u64::from(p.height)).sum();
            assert_eq!(area, u64::from(width) * u64::from(height));
            assert!(places.iter().all(|p| p.left + p.width <= width && p.top + p.height <= height));
        }
    }

    #[test]
    fn every_pixel_and_both_sides_are_in_the_digest() {
        let pixels = frame(70, 66);
        let digest = pixels.view().digest();
        for n in (0..pixels.rgb().len()).step_by(97) {
            let mut other = pixels.clone();
            other.rgb_mut()[n] ^= 1;
            assert_ne!(other.view().digest(), digest, "byte {n}");
        }
        let (wide, tall) = (frame(4, 2), Pixels::new(2, 4, frame(4, 2).rgb().to_vec()).unwrap());
        assert_ne!(wide.view().digest(), tall.view().digest());
    }

    /// By hand: SHA-256 of the label, the sides, and SHA-256 of the one tile.
    #[test]
    fn a_digest_is_what_the_format_says() {
        let rgb = [1, 2, 3, 4, 5, 6];
        let by_hand = [LABEL, &[0, 0, 0, 2, 0, 0, 0, 1], Digest::of(&rgb).as_bytes()].concat();
        assert_eq!(FrameView::new(2, 1, &rgb).unwrap().digest(), Digest::of(&by_hand));
        assert_eq!(
            FrameView::new(2, 1, &rgb).unwrap().digest().to_string(),
            "b0730196f749f8d92731d1ced6e9d0599fcfaed9b0238e1bb8f5ac1546eaff11"
        );
    }
}
