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

    /// Paints parts of the screen, each window as far as it is seen there, and tells the tiles in which that changed anything.
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

    /// Takes over rows of a piece, tile by tile, and notes the tiles in which something was otherwise.
    fn take_band(&mut self, piece: Piece, first_row: usize, band: &[u8], differs: &mut Vec<Rect>) {
        let Ok(first_row) = u32::try_from(first_row) else { return };
        let top = piece.top + first_row;
        let bottom = piece.bottom.min(top + TILE_PX);
        let width = usize::try_from(piece.width()).unwrap_or(0).max(1);
        let mut seen = Zeroizing::new(vec![0; width * OWN_BYTES]);
        let mut otherwise = vec![false; width.div_ceil(BAND_ROWS)];
        for (y, sent) in (top..bottom).zip(band.chunks_exact(width * SENT_BYTES)) {
            turned(sent, &mut seen);
            let own = self.row(piece, y);
            // Most rows are as they were, and one look at the whole of it tells so.
            if *own != **seen {
                take_row(own, &seen, &mut otherwise);
            }
        }
        let lefts = (piece.left..piece.right).step_by(BAND_ROWS).zip(otherwise);
        for (left, _) in lefts.filter(|(_, otherwise)| *otherwise) {
            add(differs, Piece { left, top, right: piece.right.min(left + TILE_PX), bottom });
        }
    }

    fn row(&mut self, piece: Piece, y: u32) -> &mut [u8] {
        let pixels = u64::from(y) * u64::from(self.width) + u64::from(piece.left);
        let start = usize::try_from(pixels).unwrap_or(usize::MAX).saturating_mul(OWN_BYTES);
        let end = start.saturating_add(usize::try_from(piece.width()).unwrap_or(0) * OWN_BYTES);
        self.rgb.get_mut(start..end).unwrap_or_default()
    }
}

/// Turns pixels as they are sent, blue first, into those of the canvas.
fn turned(sent: &[u8], into: &mut [u8]) {
    let (to, _) = into.as_chunks_mut::<OWN_BYTES>();
    let (from, _) = sent.as_chunks::<SENT_BYTES>();
    for (to, [blue, green, red, _]) in to.iter_mut().zip(from) {
        *to = [*red, *green, *blue];
    }
}

/// Takes over a row, and notes in which tiles it was otherwise.
fn take_row(own: &mut [u8], seen: &[u8], otherwise: &mut [bool]) {
    const TILE_BYTES: usize = BAND_ROWS * OWN_BYTES;
    let tiles = own.chunks_mut(TILE_BYTES).zip(seen.chunks(TILE_BYTES));
    for ((own, seen), otherwise) in tiles.zip(otherwise) {
        if own != seen {
            own.copy_from_slice(seen);
            *otherwise = true;
        }
    }
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

/// Adds a tile, to the one on its left where that is there.
fn add(parts: &mut Vec<Rect>, tile: Piece) {
    let tile = Rect::from(tile);
    if let Some(last) = parts.last_mut()
        && (last.y, last.height) == (tile.y, tile.height)
        && i64::from(last.x) + i64::from(last.width) == i64::from(tile.x)
    {
        last.width += tile.width;
        return;
    }
    parts.push(tile);
}
