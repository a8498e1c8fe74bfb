//! Parts of a frame at another size, as the models want them.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use candor_model::Pixels;
use rten_simd::{Isa, SimdOp};

use crate::ocr::area::{Area, ceil, floor, index, pixels, real};
use crate::ocr::net::map::Map;

/// Red, green and blue of a pixel.
const CHANNELS: usize = 3;

/// Which pixels of a line make one pixel of the resized line.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

/// A triangle filter as wide as the scale: it neither loses thin strokes nor rings.
fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = real(from) / real(to);
    let support = scale.max(1.0);
    (0..to)
        .map(|i| {
            let centre = (real(i) + 0.5) * scale;
            let first = floor(centre - support).min(from.saturating_sub(1));
            let end = ceil(centre + support).clamp(first + 1, from);
            let weight = |x: usize| (1.0 - (real(x) + 0.5 - centre).abs() / support).max(0.0);
            let weights: Vec<f32> = (first..end).map(weight).collect();
            let sum: f32 = weights.iter().sum();
            let sum = if sum > 0.0 { sum } else { 1.0 };
            Taps { first, weights: weights.into_iter().map(|w| w / sum).collect() }
        })
        .collect()
}

/// The bytes of row `y` of `area`.
pub(crate) fn row(frame: &Pixels, area: Area, y: u32) -> &[u8] {
    let start = (index(area.top + y) * index(frame.width()) + index(area.left)) * CHANNELS;
    frame.rgb().get(start..start + index(area.width()) * CHANNELS).unwrap_or_default()
}

/// Per channel of the model, what is taken off and what it is multiplied with.
pub(crate) type Normal = [(f32, f32); CHANNELS];

/// `area` of `frame` at `width` by `height`, in the top left corner of a map of `padded` size: blue, green, red, as
/// `PaddleOCR`'s models were trained.
pub(super) fn resized(
    frame: &Pixels,
    area: Area,
    (width, height): (usize, usize),
    padded: (usize, usize),
    normal: Normal,
) -> Map {
    let mut map = Map::new(padded, CHANNELS, 1);
    let across = taps(index(area.width()), width);
    // One value more than a row has: a pixel is loaded with what follows it.
    let mut mixed = vec![0.0; index(area.width()) * CHANNELS + 1];
    for (y, down) in taps(index(area.height()), height).iter().enumerate() {
        let rows: Vec<&[u8]> =
            (down.first..).map(|y| row(frame, area, pixels(y))).take(down.weights.len()).collect();
        Mix { rows: &rows, weights: &down.weights, mixed: &mut mixed }.dispatch();
        Shrink { mixed: &mixed, across: &across, out: map.row_mut(y), normal }.dispatch();
    }
    map
}

/// One row between rows. It is plain code, compiled for what the machine has.
struct Mix<'a> {
    rows: &'a [&'a [u8]],
    weights: &'a [f32],
    mixed: &'a mut [f32],
}

impl SimdOp for Mix<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        self.mixed.fill(0.0);
        for (source, weight) in self.rows.iter().zip(self.weights) {
            for (sum, value) in self.mixed.iter_mut().zip(*source) {
                *sum += f32::from(*value) * weight;
            }
        }
    }
}

/// One row resized across.
struct Shrink<'a> {
    mixed: &'a [f32],
    across: &'a [Taps],
    out: &'a mut [f32],
    normal: Normal,
}

impl SimdOp for Shrink<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, _: I) {
        let (out, _) = self.out.as_chunks_mut::<CHANNELS>();
        for (tap, out) in self.across.iter().zip(out) {
            let mut sum = [0.0_f32; CHANNELS + 1];
            let mut source = self.mixed.get(tap.first * CHANNELS..).unwrap_or_default();
            for weight in &tap.weights {
                let Some(pixel) = source.first_chunk::<{ CHANNELS + 1 }>() else { break };
                sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value * weight);
                source = source.get(CHANNELS..).unwrap_or_default();
            }
            let [r, g, b, _] = sum;
            for ((out, sum), (less, times)) in out.iter_mut().zip([b, g, r]).zip(self.normal) {
                *out = (sum - less) * times;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Normal = [(0.0, 1.0); 3];

    fn ramp() -> Pixels {
        let rgb = (0..8 * 4).flat_map(|i| [u8::try_from(i % 8).unwrap() * 10, 100, 200]).collect();
        Pixels::new(8, 4, rgb).unwrap()
    }

    fn scaled(area: Area, size: (usize, usize), padded: (usize, usize)) -> Vec<f32> {
        let mut map = resized(&ramp(), area, size, padded, PLAIN);
        (0..padded.1).flat_map(|y| map.row_mut(y).to_vec()).collect()
    }

    #[test]
    fn the_same_size_is_the_same_picture_in_blue_green_red() {
        let values = scaled(Area::new(0, 0, 8, 4).unwrap(), (8, 4), (8, 4));
        for (x, pixel) in values[..24].chunks(3).enumerate() {
            assert_eq!(pixel, [200.0, 100.0, f32::from(u8::try_from(x).unwrap()) * 10.0]);
        }
    }

    #[test]
    fn a_resized_picture_keeps_its_mean_and_its_padding_is_zero() {
        let values = scaled(Area::new(1, 1, 7, 3).unwrap(), (3, 5), (4, 8));
        assert!((values[1] - 100.0).abs() < 0.01);
        assert!(values[9..12].iter().chain(&values[5 * 12..]).all(|value| value.abs() < f32::EPSILON));
        let red: f32 = values[..9].iter().skip(2).step_by(3).sum::<f32>() / 3.0;
        assert!((red - 35.0).abs() < 1.0, "{red}");
    }
}
