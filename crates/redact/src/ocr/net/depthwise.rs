//! Convolutions of each channel by itself.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use super::dense::LANES;
use super::map::Map;
use super::weights::{Layer, Layers};

/// A kernel for each channel.
pub(super) struct Depthwise {
    pub(super) channels: usize,
    pub(super) kernel: (usize, usize),
    pub(super) stride: (usize, usize),
    /// By place of the kernel, then by channel.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Depthwise {
    /// The next layer, if it is one with this kernel, for maps of so many channels.
    pub(super) fn next(layers: &mut Layers, kernel: (usize, usize), channels: usize) -> Option<Self> {
        let layer = layers.next_by_channel(kernel, channels)?;
        channels.is_multiple_of(LANES).then(|| Self::new(&layer))
    }

    /// For maps whose last channels are nought if the layer has fewer.
    pub(super) fn new(layer: &Layer) -> Self {
        let Layer { outputs, kernel, stride, .. } = *layer;
        let channels = outputs.next_multiple_of(LANES);
        let weight =
            |at: usize| (0..channels).map(move |o| layer.of_output(o).get(at).copied().unwrap_or_default());
        let weights = (0..kernel.0 * kernel.1).flat_map(weight).collect();
        let bias = (0..channels).map(|o| layer.bias.get(o).copied().unwrap_or_default()).collect();
        Self { channels, kernel, stride, weights, bias }
    }

    /// The kernel lies with its middle on each pixel.
    pub(super) fn run(&self, input: &Map) -> Map {
        let (width, height) = (input.width.div_ceil(self.stride.1), input.height.div_ceil(self.stride.0));
        let mut output = Map::new((width, height), self.channels, 0);
        for y in 0..height {
            let taps = input.taps(y * self.stride.0, self.kernel);
            self.row(&taps, output.row_mut(y));
        }
        output
    }

    /// One row, by what each place of the kernel reads.
    pub(super) fn row(&self, taps: &[&[f32]], out: &mut [f32]) {
        Row { depthwise: self, taps, out }.dispatch();
    }
}

struct Row<'a> {
    depthwise: &'a Depthwise,
    taps: &'a [&'a [f32]],
    out: &'a mut [f32],
}

impl SimdOp for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let ops = isa.f32();
        let Depthwise { channels, stride, weights, bias, .. } = self.depthwise;
        for (x, out) in self.out.chunks_exact_mut((*channels).max(1)).enumerate() {
            let start = x * stride.1 * channels;
            for (first, out) in (0..*channels).step_by(ops.len()).zip(out.chunks_exact_mut(ops.len())) {
                let mut sum = ops.load(bias.get(first..).unwrap_or_default());
                for (tap, weights) in self.taps.iter().zip(weights.chunks_exact((*channels).max(1))) {
                    let value = ops.load(tap.get(start + first..).unwrap_or_default());
                    let weight = ops.load(weights.get(first..).unwrap_or_default());
                    sum = ops.mul_add(value, weight, sum);
                }
                ops.store(sum, out);
            }
        }
    }
}
