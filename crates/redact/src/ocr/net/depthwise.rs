//! Convolutions of each channel by itself.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp};

use super::dense::padded;
use super::map::Map;
use super::weights::{Layer, Layers};

/// Pixels that are reckoned together: their sums stay in registers, with the weights of a row of the kernel.
const PIXELS: usize = 8;
/// Stands for the width of a kernel of which two pixels share few values.
const APART: usize = 0;

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
        (padded(channels) == channels).then(|| Self::new(&layer))
    }

    /// For maps whose last channels are nought if the layer has fewer.
    pub(super) fn new(layer: &Layer) -> Self {
        let Layer { outputs, kernel, stride, .. } = *layer;
        let channels = padded(outputs);
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
    fn eval<I: Isa>(mut self, isa: I) {
        match (self.depthwise.kernel.1, self.depthwise.stride.1) {
            (3, 1) => self.pixels::<I, 3>(isa),
            (5, 1) => self.pixels::<I, 5>(isa),
            _ => self.pixels::<I, APART>(isa),
        }
    }
}

impl Row<'_> {
    /// Every pixel, some at a time; the last ones once more with some before them.
    #[inline(always)]
    fn pixels<I: Isa, const W: usize>(&mut self, isa: I) {
        let count = self.out.len() / self.depthwise.channels.max(1);
        if count < PIXELS {
            for at in 0..count {
                self.sums::<I, W, 1>(isa, at);
            }
            return;
        }
        for at in (0..count).step_by(PIXELS) {
            self.sums::<I, W, PIXELS>(isa, at.min(count - PIXELS));
        }
    }

    #[inline(always)]
    fn sums<I: Isa, const W: usize, const M: usize>(&mut self, isa: I, at: usize) {
        if W == APART { self.apart::<I, M>(isa, at) } else { self.beside::<I, W, M>(isa, at) }
    }

    /// `M` pixels from `at` on under a kernel that is `W` wide and moves by one: each value is loaded once for all that read it.
    #[inline(always)]
    fn beside<I: Isa, const W: usize, const M: usize>(&mut self, isa: I, at: usize) {
        let (ops, channels) = (isa.f32(), self.depthwise.channels);
        for first in (0..channels).step_by(ops.len()) {
            let mut sums = [ops.load(self.depthwise.bias.get(first..).unwrap_or_default()); M];
            let start = at * channels + first;
            let weights = self.depthwise.weights.chunks_exact((W * channels).max(1));
            for (taps, weights) in self.taps.chunks_exact(W.max(1)).zip(weights) {
                let mut loaded = [ops.zero(); W];
                for (loaded, weights) in loaded.iter_mut().zip(weights.chunks_exact(channels.max(1))) {
                    *loaded = ops.load(weights.get(first..).unwrap_or_default());
                }
                let [tap, ..] = taps else { continue };
                let mut values = tap.get(start..).unwrap_or_default();
                for pixel in 0..M + W - 1 {
                    let value = ops.load(values);
                    for (place, weight) in loaded.iter().enumerate() {
                        if let Some(sum) = pixel.checked_sub(place).and_then(|sum| sums.get_mut(sum)) {
                            *sum = ops.mul_add(value, *weight, *sum);
                        }
                    }
                    values = values.get(channels..).unwrap_or_default();
                }
            }
            self.store(isa, start, sums);
        }
    }

    /// `M` pixels from `at` on, place by place of the kernel.
    #[inline(always)]
    fn apart<I: Isa, const M: usize>(&mut self, isa: I, at: usize) {
        let (ops, channels) = (isa.f32(), self.depthwise.channels);
        let step = self.depthwise.stride.1 * channels;
        for first in (0..channels).step_by(ops.len()) {
            let mut sums = [ops.load(self.depthwise.bias.get(first..).unwrap_or_default()); M];
            let weights = self.depthwise.weights.chunks_exact(channels.max(1));
            for (tap, weights) in self.taps.iter().zip(weights) {
                let weight = ops.load(weights.get(first..).unwrap_or_default());
                let mut values = tap.get(at * step + first..).unwrap_or_default();
                for sum in &mut sums {
                    *sum = ops.mul_add(ops.load(values), weight, *sum);
                    values = values.get(step..).unwrap_or_default();
                }
            }
            self.store(isa, at * channels + first, sums);
        }
    }

    #[inline(always)]
    fn store<I: Isa, const M: usize>(&mut self, isa: I, start: usize, sums: [I::F32; M]) {
        let mut out = self.out.get_mut(start..).unwrap_or_default();
        for sum in sums {
            isa.f32().store(sum, out);
            out = std::mem::take(&mut out).get_mut(self.depthwise.channels..).unwrap_or_default();
        }
    }
}
