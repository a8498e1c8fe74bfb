//! The frame: put together from permitted windows on an empty canvas, of each only what is seen.
//!
//! What is not permitted is a flat block where it lies, so that it covers what is below it, as on the screen. Its pixels are never asked for.
//! The canvas stays, in memory only: where the windows lie as they lay and are shown as they were, only what was drawn since is painted again.

use candor_model::{Pixels, Rect};
use zeroize::Zeroizing;

use crate::SensorError;
use crate::linux::piece::{Piece, seen_in};
use crate::linux::source::{BAND_ROWS, Named, Part, SENT_BYTES, Source};

/// The grey of what is not shown.
const BLOCK: u8 = 0x40;
/// Bytes of a pixel on the canvas: red, green, blue.
const OWN_BYTES: usize = 3;
/// Sides of the tiles in which what is painted is compared with what was there, in pixels: as many as a band has rows.
const TILE_PX: u32 = 32;

/// A window as it lies on the canvas.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) window: u64,
    pub(crate) bounds: Rect,
    /// Its pixels; none where it is a block.
    pub(crate) named: Option<Named>,
}

/// What makes two frames of the same windows: which they are, where, and whether they are shown.
type Lies = Vec<(u64, Rect, bool)>;

fn lies(layers: &[Layer]) -> Lies {
    layers.iter().map(|layer| (layer.window, layer.bounds, layer.named.is_some())).collect()
}

/// The frame as it was last put together. It is wiped when it goes.
pub(crate) struct Canvas {
    width: u32,
    height: u32,
    rgb: Zeroizing<Vec<u8>>,
    lies: Lies,
}

impl Canvas {
    /// One that shows nothing of these windows yet.
    pub(crate) fn new((width, height): (u32, u32), layers: &[Layer]) -> Self {
        let bytes = usize::try_from(u64::from(width) * u64::from(height)).unwrap_or(0) * OWN_BYTES;
        Self { width, height, rgb: Zeroizing::new(vec![BLOCK; bytes]), lies: lies(layers) }
    }

    /// Whether it is of these windows, as they lie now.
    pub(crate) fn is_of(&self, layers: &[Layer]) -> bool {
        self.lies == lies(layers)
    }

    /// The whole of it.
    pub(crate) const fn bounds(&self) -> Rect {
        Rect { x: 0, y: 0, width: self.width, height: self.height }
    }

    /// What it shows.
    pub(crate) fn pixels(&self) -> Option<Pixels> {
        Pixels::new(self.width, self.height, self.rgb.to_vec())
    }

    /// Paints parts of the screen, each window as far as it is seen there, and tells what of the tiles in which that changed anything it changed.
    ///
    /// # Errors
    /// When a window's pixels do not come. Then the canvas is of no moment, and must go.
    pub(crate) fn paint(
        &mut self,
        source: &Source<'_>,
        layers: &[Layer],
        parts: &[Rect],
    ) -> Result<Vec<Rect>, SensorError> {
        let (pieces, asked): (Vec<_>, Vec<_>) = self.wanted(layers, parts).unzip();
        let mut differs = Vec::new();
        source.read(&asked, |n, row, band| {
            if let Some(piece) = pieces.get(n) {
                self.take_band(*piece, row, band, &mut differs);
            }
        })?;
        Ok(differs)
    }

    /// What must be read for these parts, and where it is on the screen. What is no window's, or of a window that is not shown, is a block since
    /// the canvas was made.
    fn wanted<'l>(
        &self,
        layers: &'l [Layer],
        parts: &[Rect],
    ) -> impl Iterator<Item = (Piece, (&'l Named, Part))> + use<'l> {
        let size = (self.width, self.height);
        let windows: Vec<_> = layers.iter().map(|layer| Piece::of(layer.bounds, size)).collect();
        let parts = parts.iter().filter_map(|part| Piece::of(*part, size));
        let seen: Vec<_> = parts.flat_map(|part| seen_in(part, &windows)).collect();
        seen.into_iter().filter_map(|(layer, piece)| {
            let layer = layers.get(layer?)?;
            Some((piece, (layer.named.as_ref()?, within(piece, layer.bounds)?)))
        })
    }

    /// Takes over rows of a piece, tile by tile, and notes what was otherwise.
    fn take_band(&mut self, piece: Piece, first_row: usize, band: &[u8], differs: &mut Vec<Rect>) {
        let Ok(first_row) = u32::try_from(first_row) else { return };
        let top = piece.top + first_row;
        let bottom = piece.bottom.min(top + TILE_PX);
        let width = usize::try_from(piece.width()).unwrap_or(0).max(1);
        let mut otherwise = vec![None; width.div_ceil(BAND_ROWS)];
        for (y, sent) in (top..bottom).zip(band.chunks_exact(width * SENT_BYTES)) {
            take_row(self.row(piece, y), sent, (piece.left, y), &mut otherwise);
        }
        // What is right beside each other is one part.
        let runs = otherwise.split(Option::is_none);
        differs
            .extend(runs.filter_map(|run| run.iter().flatten().copied().reduce(Piece::with)).map(Rect::from));
    }

    fn row(&mut self, piece: Piece, y: u32) -> &mut [u8] {
        let pixels = u64::from(y) * u64::from(self.width) + u64::from(piece.left);
        let start = usize::try_from(pixels).unwrap_or(usize::MAX).saturating_mul(OWN_BYTES);
        let end = start.saturating_add(usize::try_from(piece.width()).unwrap_or(0) * OWN_BYTES);
        self.rgb.get_mut(start..end).unwrap_or_default()
    }
}

/// Takes over a row as it was sent, which begins here on the screen, and notes of each tile what was otherwise.
fn take_row(own: &mut [u8], sent: &[u8], (left, y): (u32, u32), otherwise: &mut [Option<Piece>]) {
    let tiles = own.chunks_mut(BAND_ROWS * OWN_BYTES).zip(sent.chunks(BAND_ROWS * SENT_BYTES));
    for (((own, sent), otherwise), left) in tiles.zip(otherwise).zip((left..).step_by(BAND_ROWS)) {
        if !is_shown(own, sent) {
            let (left, right) = differs_in(own, sent, left);
            let row = Piece { left, top: y, right, bottom: y + 1 };
            take(own, sent);
            *otherwise = Some(otherwise.map_or(row, |above| above.with(row)));
        }
    }
}

/// Pixels that are turned at once: a few words of the processor, and no byte by itself.
const AT_ONCE: usize = 4;

/// Whether the canvas shows what was sent.
fn is_shown(own: &[u8], sent: &[u8]) -> bool {
    let (own, own_rest) = own.as_chunks::<{ AT_ONCE * OWN_BYTES }>();
    let (sent, sent_rest) = sent.as_chunks();
    // Most of it is as it was: no look ends early.
    let same = own.iter().zip(sent).fold(true, |same, (own, sent)| same & (*own == four(sent)));
    let (own, _) = own_rest.as_chunks();
    same && own.iter().zip(sent_rest.as_chunks().0).all(|(own, sent)| *own == one(*sent))
}

/// From the first pixel that is otherwise up to behind the last one, of some of a row that begin here.
fn differs_in(own: &[u8], sent: &[u8], left: u32) -> (u32, u32) {
    let pixels = own.as_chunks::<OWN_BYTES>().0.iter().zip(sent.as_chunks().0).zip(left..);
    let mut others = pixels.filter(|((own, sent), _)| **own != one(**sent)).map(|(_, x)| x);
    let first = others.next().unwrap_or(left);
    (first, others.last().unwrap_or(first) + 1)
}

/// Shows what was sent.
fn take(own: &mut [u8], sent: &[u8]) {
    let (own, own_rest) = own.as_chunks_mut::<{ AT_ONCE * OWN_BYTES }>();
    let (sent, sent_rest) = sent.as_chunks();
    own.iter_mut().zip(sent).for_each(|(own, sent)| *own = four(sent));
    let (own, _) = own_rest.as_chunks_mut();
    own.iter_mut().zip(sent_rest.as_chunks().0).for_each(|(own, sent)| *own = one(*sent));
}

/// A pixel as it is sent, blue first, as it is on the canvas.
const fn one([blue, green, red, _]: [u8; SENT_BYTES]) -> [u8; OWN_BYTES] {
    [red, green, blue]
}

/// The same of four.
fn four(sent: &[u8; AT_ONCE * SENT_BYTES]) -> [u8; AT_ONCE * OWN_BYTES] {
    let (sent, _) = sent.as_chunks::<SENT_BYTES>();
    let red_first = |n: usize| sent.get(n).map_or(0, |sent| u32::from_be_bytes(*sent) >> 8);
    let [a, b, c, d] = [0, 1, 2, 3].map(red_first);
    // Blue lies above: turned round, red is first again.
    let words = [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8];
    let mut own = [0; AT_ONCE * OWN_BYTES];
    let (bytes, _) = own.as_chunks_mut::<4>();
    bytes.iter_mut().zip(words).for_each(|(bytes, word)| *bytes = word.to_le_bytes());
    own
}

/// A piece of the screen as a part of the window that lies there; none where it is out of reach of the protocol.
fn within(piece: Piece, bounds: Rect) -> Option<Part> {
    let from = |edge: u32, start: i32| i16::try_from(i64::from(edge) - i64::from(start)).ok();
    Some(Part {
        x: from(piece.left, bounds.x)?,
        y: from(piece.top, bounds.y)?,
        width: u16::try_from(piece.width()).ok()?,
        height: u16::try_from(piece.height()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as it is sent, of any colours.
    fn row(pixels: usize) -> Vec<u8> {
        let byte = |n: usize| u8::try_from((n * 37 + n / 7) % 251).unwrap();
        (0..pixels * SENT_BYTES).map(byte).collect()
    }

    fn shown(sent: &[u8]) -> Vec<u8> {
        sent.chunks(SENT_BYTES).flat_map(|sent| [sent[2], sent[1], sent[0]]).collect()
    }

    #[test]
    fn a_row_of_any_length_is_taken_over_red_first() {
        for pixels in 0..2 * BAND_ROWS + 7 {
            let (sent, mut own) = (row(pixels), vec![7; pixels * OWN_BYTES]);
            let mut otherwise = vec![None; pixels.div_ceil(BAND_ROWS)];
            take_row(&mut own, &sent, (0, 5), &mut otherwise);
            assert_eq!(own, shown(&sent));
            assert!(otherwise.iter().all(Option::is_some));
        }
    }

    #[test]
    fn a_tile_is_otherwise_when_any_colour_of_it_is_and_what_is_no_colour_does_not_count() {
        let pixels = 2 * BAND_ROWS + 7;
        let (sent, own) = (row(pixels), shown(&row(pixels)));
        for at in 0..sent.len() {
            let mut other = sent.clone();
            other[at] ^= 0x80;
            let mut otherwise = vec![None; 3];
            take_row(&mut own.clone(), &other, (0, 5), &mut otherwise);
            let tile = at / SENT_BYTES / BAND_ROWS;
            let is_colour = at % SENT_BYTES != OWN_BYTES;
            assert!(
                (0..3).all(|n| otherwise[n].is_some() == (n == tile && is_colour)),
                "{at}: {otherwise:?}"
            );
        }
    }

    #[test]
    fn of_a_band_it_is_told_what_is_otherwise_from_the_first_pixel_to_the_last() {
        let mut canvas = Canvas::new((4 * TILE_PX, 60), &[]);
        let piece = Piece { left: 0, top: 20, right: 4 * TILE_PX, bottom: 52 };
        let mut band = vec![BLOCK; 4 * BAND_ROWS * BAND_ROWS * SENT_BYTES];
        let row = 4 * BAND_ROWS * SENT_BYTES;
        for (x, y) in [(0, 3), (BAND_ROWS + 1, 5), (BAND_ROWS, 9), (100, 31), (4 * BAND_ROWS - 1, 31)] {
            band[y * row + x * SENT_BYTES] = 7;
        }
        let mut differs = Vec::new();
        canvas.take_band(piece, 0, &band, &mut differs);
        let expected = [
            Rect { x: 0, y: 23, width: TILE_PX + 2, height: 7 },
            Rect { x: 100, y: 51, width: 28, height: 1 },
        ];
        assert_eq!(differs, expected);
        differs.clear();
        canvas.take_band(piece, 0, &band, &mut differs);
        assert!(differs.is_empty(), "it shows that by now: {differs:?}");
    }
}
