//! A picture between two layers: the values of each pixel side by side.

use std::ops::Range;

/// Pixels of `channels` values each, row by row, with a border of zeros that convolutions read.
pub(in crate::ocr) struct Map {
    pub(in crate::ocr) width: usize,
    pub(in crate::ocr) height: usize,
    pub(super) channels: usize,
    border: usize,
    values: Vec<f32>,
}

impl Map {
    /// A map of zeros.
    pub(in crate::ocr) fn new((width, height): (usize, usize), channels: usize, border: usize) -> Self {
        let values = vec![0.0; (width + 2 * border) * (height + 2 * border) * channels];
        Self { width, height, channels, border, values }
    }

    const fn row_floats(&self) -> usize {
        (self.width + 2 * self.border) * self.channels
    }

    pub(super) const fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// What each place of a kernel reads for the first pixel of a row, and on from there to the end of the row. The middle
    /// of the kernel, or the last place before it, lies on the pixel.
    pub(super) fn taps(&self, y: usize, kernel: (usize, usize)) -> Vec<&[f32]> {
        let before = |length: usize| length.saturating_sub(1) / 2;
        let top = (y + self.border).checked_sub(before(kernel.0));
        let left = self.border.checked_sub(before(kernel.1));
        self.taps_from(top.zip(left), kernel)
    }

    /// The same with the corner of the kernel on a pixel, counted from the corner of the border; nothing if there is no corner.
    pub(super) fn taps_from(&self, corner: Option<(usize, usize)>, kernel: (usize, usize)) -> Vec<&[f32]> {
        let places = (0..kernel.0).flat_map(|down| (0..kernel.1).map(move |across| (down, across)));
        let tap = |(down, across)| {
            let (top, left) = corner?;
            let row = self.values.chunks_exact(self.row_floats().max(1)).nth(top + down)?;
            row.get((left + across) * self.channels..)
        };
        places.map(|place| tap(place).unwrap_or_default()).collect()
    }

    /// The pixels of a row.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        self.values.get(self.inside(y)).unwrap_or_default()
    }

    /// The pixels of a row, to be written.
    pub(in crate::ocr) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let inside = self.inside(y);
        self.values.get_mut(inside).unwrap_or_default()
    }

    const fn inside(&self, y: usize) -> Range<usize> {
        let start = (y + self.border) * self.row_floats() + self.border * self.channels;
        start..start + self.width * self.channels
    }

    /// All pixels, row by row.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        (0..self.height).map(|y| self.row(y))
    }

    /// The mean of each channel.
    pub(super) fn means(&self) -> Vec<f32> {
        let mut sums = vec![0.0_f64; self.channels];
        let mut row_sums = vec![0.0_f32; self.channels];
        for row in self.rows() {
            row_sums.fill(0.0);
            for pixel in row.chunks_exact(self.channels.max(1)) {
                row_sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
            }
            sums.iter_mut().zip(&row_sums).for_each(|(sum, row)| *sum += f64::from(*row));
        }
        sums.into_iter().map(|sum| mean(sum, self.width * self.height)).collect()
    }

    /// Multiplies each channel.
    pub(super) fn scale(&mut self, factors: &[f32]) {
        for y in 0..self.height {
            for pixel in self.row_mut(y).chunks_exact_mut(factors.len().max(1)) {
                pixel.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a mean of f32 is one, and no picture has 2^52 pixels"
)]
fn mean(sum: f64, count: usize) -> f32 {
    (sum / count.max(1) as f64) as f32
}
