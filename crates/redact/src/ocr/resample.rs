//! Parts of a frame at another size, as the models want them.

use candor_model::Pixels;

use crate::ocr::area::{Area, ceil, floor, index, real};

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

/// A planar picture: blue, green, red, as `PaddleOCR`'s models were trained.
pub(crate) struct Planes {
    /// Width of a row in `values`.
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

/// Per channel of the model, what is taken off and what it is multiplied with.
pub(crate) type Normal = [(f32, f32); CHANNELS];

impl Planes {
    /// `area` of `frame` at `width` by `height`, in the top left corner of planes of `padded` size.
    pub(crate) fn of(
        frame: &Pixels,
        area: Area,
        (width, height): (usize, usize),
        padded: (usize, usize),
        normal: Normal,
    ) -> Self {
        let mut values = vec![0.0; CHANNELS * padded.0 * padded.1];
        let across = taps(index(area.width()), width);
        let mut mixed = vec![0.0; index(area.width()) * CHANNELS];
        for (y, down) in taps(index(area.height()), height).iter().enumerate() {
            mix_rows(frame, area, down, &mut mixed);
            write_row(&mixed, &across, &mut values, y, padded, normal);
        }
        Self { width: padded.0, height: padded.1, values }
    }
}

/// One row between rows.
fn mix_rows(frame: &Pixels, area: Area, down: &Taps, mixed: &mut [f32]) {
    mixed.fill(0.0);
    for (y, weight) in (down.first..).zip(&down.weights) {
        let source = row(frame, area, crate::ocr::area::pixels(y));
        for (sum, value) in mixed.iter_mut().zip(source) {
            *sum += f32::from(*value) * weight;
        }
    }
}

/// One row resized across and written into its three planes.
fn write_row(
    mixed: &[f32],
    across: &[Taps],
    values: &mut [f32],
    y: usize,
    (width, height): (usize, usize),
    normal: Normal,
) {
    let mut planes = values.chunks_exact_mut(width * height);
    let (Some(blue), Some(green), Some(red)) = (planes.next(), planes.next(), planes.next()) else { return };
    let at = y * width..(y + 1) * width;
    let (Some(blue), Some(green), Some(red)) =
        (blue.get_mut(at.clone()), green.get_mut(at.clone()), red.get_mut(at))
    else {
        return;
    };
    let [(less_b, times_b), (less_g, times_g), (less_r, times_r)] = normal;
    let (sources, _) = mixed.as_chunks::<CHANNELS>();
    for (((tap, b), g), r) in across.iter().zip(blue).zip(green).zip(red) {
        let mut sum = [0.0_f32; CHANNELS];
        let source = sources.get(tap.first..).unwrap_or_default();
        for ([r, g, b], weight) in source.iter().zip(&tap.weights) {
            let [sum_r, sum_g, sum_b] = &mut sum;
            *sum_r += r * weight;
            *sum_g += g * weight;
            *sum_b += b * weight;
        }
        let [sum_r, sum_g, sum_b] = sum;
        *b = (sum_b - less_b) * times_b;
        *g = (sum_g - less_g) * times_g;
        *r = (sum_r - less_r) * times_r;
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

    #[test]
    fn the_same_size_is_the_same_picture_in_blue_green_red() {
        let frame = ramp();
        let area = Area::new(0, 0, 8, 4).unwrap();
        let planes = Planes::of(&frame, area, (8, 4), (8, 4), PLAIN);
        assert_eq!((planes.values[0], planes.values[32]), (200.0, 100.0));
        assert_eq!(planes.values[64..72], [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0]);
    }

    #[test]
    fn a_resized_picture_keeps_its_mean_and_its_padding_is_zero() {
        let area = Area::new(1, 1, 7, 3).unwrap();
        let planes = Planes::of(&ramp(), area, (3, 5), (4, 8), PLAIN);
        assert!((planes.values[32] - 100.0).abs() < 0.01);
        assert!(planes.values[3].abs() < f32::EPSILON);
        let red: f32 = planes.values[64..67].iter().sum::<f32>() / 3.0;
        assert!((red - 35.0).abs() < 1.0, "{red}");
    }
}
