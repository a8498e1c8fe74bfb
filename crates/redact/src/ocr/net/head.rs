//! The head of detection: each pixel of the neck becomes four, and each of them four.

use std::ops::Range;

use super::dense::{After, Dense, LANES, Pixels};
use super::map::Map;
use super::weights::{Layer, Layers};

/// Below this a probability is less than a fifth; nothing asks by how much.
const LOGIT_MIN: f32 = -1.5;
/// How much wider, and higher, the picture is than the neck.
const TIMES: usize = 4;

pub(super) struct Head {
    first: Dense,
    /// What becomes of the upper two, and of the lower two.
    doubling: [Dense; 2],
    last: Dense,
}

impl Head {
    /// The next one, for maps of so many channels.
    pub(super) fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let first = layers.next((3, 3), 1, channels)?;
        let doubling = layers.next((2, 2), 2, first.outputs)?;
        let last = layers.next((2, 2), 2, doubling.outputs)?;
        ((first.outputs, doubling.outputs, last.outputs) == (LANES, LANES, 1)).then_some(())?;
        let first = Dense::new(&first, After::Relu);
        let halves = [0, 1].map(|row| Dense::new(&doubled(&doubling, row..row + 1), After::Relu));
        Some(Self { first, doubling: halves, last: Dense::new(&doubled(&last, 0..2), After::Nothing) })
    }

    /// The probability of each pixel, row by row.
    pub(super) fn run(&self, all: &Map) -> Vec<f32> {
        let (width, height) = all.size();
        let mut first = Map::new(all.size(), self.first.outputs, 0);
        self.first.run(all, &mut first, 0);
        let mut probabilities = vec![0.0; TIMES * width * TIMES * height];
        let mut twice = vec![0.0; 2 * width * LANES];
        let mut logits = vec![0.0; 2 * width * self.last.outputs];
        let rows = probabilities.chunks_exact_mut((TIMES * TIMES * width).max(1));
        for (row, four) in first.rows().zip(rows) {
            let pairs = four.chunks_exact_mut((2 * TIMES * width).max(1));
            for (doubling, two) in self.doubling.iter().zip(pairs) {
                let pixels = Pixels { count: width, step: LANES, out_step: 2 * LANES };
                doubling.row(&[row], pixels, None, &mut twice);
                let pixels = Pixels { count: 2 * width, step: LANES, out_step: self.last.outputs };
                self.last.row(&[twice.as_slice()], pixels, None, &mut logits);
                spread(&logits, self.last.outputs, two);
            }
        }
        probabilities
    }
}

/// The first four of the `step` values of each pixel, as the two of the upper and the two of the lower row.
fn spread(logits: &[f32], step: usize, rows: &mut [f32]) {
    let (upper, lower) = rows.split_at_mut(rows.len() / 2);
    let fours = upper.chunks_exact_mut(2).zip(lower.chunks_exact_mut(2));
    for (logits, (upper, lower)) in logits.chunks_exact(step.max(1)).zip(fours) {
        let out = upper.iter_mut().chain(lower);
        out.zip(logits).for_each(|(out, logit)| *out = probability(*logit));
    }
}

/// A convolution that makes four pixels of one, as one with as many outputs for each of the four; of some `rows` of them.
fn doubled(layer: &Layer, rows: Range<usize>) -> Layer {
    let (inputs, columns) = (layer.inputs, layer.kernel.1);
    let places = rows.flat_map(|y| (0..columns).map(move |x| y * columns + x));
    let outputs: Vec<(usize, usize)> =
        places.flat_map(|place| (0..layer.outputs).map(move |output| (place, output))).collect();
    let weights = outputs.iter().flat_map(|(place, output)| {
        layer.of_output(*output).iter().skip(place * inputs).take(inputs).copied()
    });
    Layer {
        outputs: outputs.len(),
        kernel: (1, 1),
        inputs,
        stride: (1, 1),
        weights: weights.collect(),
        bias: outputs.iter().filter_map(|(_, output)| layer.bias.get(*output).copied()).collect(),
    }
}

/// Nought for what is far from text.
fn probability(logit: f32) -> f32 {
    if logit < LOGIT_MIN { 0.0 } else { 1.0 / (1.0 + (-logit).exp()) }
}
