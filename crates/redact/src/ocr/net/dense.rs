//! Convolutions that mix all channels: for a few pixels side by side, the sums of some outputs stay in registers.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use rten_simd::ops::{BitOps, NumOps};
use rten_simd::{Isa, SimdOp, SimdUnaryOp};
use rten_vecmath::Gelu;

use super::map::Map;
use super::weights::Layer;

/// Channels of the maps that end the neck of detection and fill its head: a multiple of what a register of any machine holds.
pub(super) const LANES: usize = 16;

/// Inputs that are taken together.
const INPUTS: usize = 4;
/// The same where sums fill three registers for each pixel: the weights of more would not fit beside them.
const FEW_INPUTS: usize = 2;

/// What becomes of each sum.
#[derive(Clone, Copy)]
pub(super) enum After {
    Nothing,
    Relu,
    Gelu,
    /// Hard swish.
    Swish,
}

/// Outputs that are reckoned together: as many as one to three registers hold.
struct Panel {
    registers: usize,
    /// The first output.
    first: usize,
    bias: Vec<f32>,
    /// By input, then by output.
    weights: Vec<f32>,
}

/// A layer whose weights lie as they are used.
pub(super) struct Dense {
    pub(super) outputs: usize,
    kernel: (usize, usize),
    stride: (usize, usize),
    /// Values of a pixel of the input that are read.
    inputs: usize,
    panels: Vec<Panel>,
    after: After,
}

impl Dense {
    pub(super) fn new(layer: &Layer, after: After) -> Self {
        let outputs = padded(layer.outputs);
        let lanes = Lanes.dispatch();
        let mut panels = Vec::new();
        let mut first = 0;
        while first < outputs {
            let registers = match (outputs - first) / lanes {
                left @ (1 | 3) => left,
                _ => 2,
            };
            panels.push(Panel::new(layer, first, registers, lanes));
            first += registers * lanes;
        }
        Self { outputs, kernel: layer.kernel, stride: layer.stride, inputs: layer.inputs, panels, after }
    }

    /// All of `input` into the channels of `output` from `first` on.
    pub(super) fn run(&self, input: &Map, output: &mut Map, first: usize) {
        let (width, step) = (output.width, output.channels);
        for y in 0..output.height {
            let taps = self.taps(input.taps(y * self.stride.0, self.kernel), input);
            let out = output.row_mut(y).get_mut(first..).unwrap_or_default();
            let pixels = Pixels { count: width, step: input.channels * self.stride.1, out_step: step };
            self.row(&taps, pixels, None, out);
        }
    }

    /// Of what each place of the kernel reads what is to be read. The values of a row of the kernel lie side by side if a pixel has no
    /// others: the first place reads them all.
    pub(super) fn taps<'a>(&self, taps: Vec<&'a [f32]>, input: &Map) -> Vec<&'a [f32]> {
        if input.channels == self.inputs {
            taps.into_iter().step_by(self.kernel.1.max(1)).collect()
        } else {
            taps
        }
    }

    /// One row of outputs, by what each place of the kernel or each row of it reads; what is `added` to each stands as the outputs do.
    pub(super) fn row(&self, taps: &[&[f32]], pixels: Pixels, added: Option<&[f32]>, out: &mut [f32]) {
        Row { dense: self, taps, pixels, added, out }.dispatch();
    }
}

/// How many pixels a row has, and how far their values lie apart in what is read and what is written.
#[derive(Clone, Copy)]
pub(super) struct Pixels {
    pub(super) count: usize,
    pub(super) step: usize,
    pub(super) out_step: usize,
}

impl Panel {
    fn new(layer: &Layer, first: usize, registers: usize, lanes: usize) -> Self {
        let outputs = first..first + registers * lanes;
        let length = layer.kernel.0 * layer.kernel.1 * layer.inputs;
        let weight =
            |at: usize| outputs.clone().map(move |o| layer.of_output(o).get(at).copied().unwrap_or_default());
        let bias = outputs.clone().map(|o| layer.bias.get(o).copied().unwrap_or_default()).collect();
        Self { registers, first, bias, weights: (0..length).flat_map(weight).collect() }
    }
}

/// So many channels or a few more, of nought: maps have a multiple of what a register holds.
pub(super) fn padded(channels: usize) -> usize {
    channels.next_multiple_of(Lanes.dispatch())
}

/// How many values a register holds.
struct Lanes;

impl SimdOp for Lanes {
    type Output = usize;

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) -> usize {
        isa.f32().len()
    }
}

/// A row of outputs.
struct Row<'a> {
    dense: &'a Dense,
    taps: &'a [&'a [f32]],
    pixels: Pixels,
    added: Option<&'a [f32]>,
    out: &'a mut [f32],
}

impl SimdOp for Row<'_> {
    type Output = ();

    /// Machines with registers of 8 values have half as many of them.
    #[inline(always)]
    fn eval<I: Isa>(mut self, isa: I) {
        let widest = self.dense.panels.iter().map(|panel| panel.registers).max();
        match (isa.f32().len(), widest) {
            (8, Some(3)) => self.pixels::<I, 4, 2>(isa),
            (8, _) => self.pixels::<I, 6, 3>(isa),
            _ => self.pixels::<I, 8, 4>(isa),
        }
    }
}

impl Row<'_> {
    /// Every pixel, `M` at a time; the last ones once more with some before them, `F` if that is enough.
    #[inline(always)]
    fn pixels<I: Isa, const M: usize, const F: usize>(&mut self, isa: I) {
        let count = self.pixels.count;
        if count < F {
            // A closure would be compiled for no machine in particular.
            for at in 0..count {
                self.panels::<I, 1>(isa, at);
            }
            return;
        }
        for at in (0..count).step_by(M) {
            if count - at <= F {
                self.panels::<I, F>(isa, count - F);
            } else if count < M {
                self.panels::<I, F>(isa, at);
                self.panels::<I, F>(isa, count - F);
            } else {
                self.panels::<I, M>(isa, at.min(count - M));
            }
        }
    }

    #[inline(always)]
    fn panels<I: Isa, const M: usize>(&mut self, isa: I, at: usize) {
        let dense = self.dense;
        for panel in &dense.panels {
            match panel.registers {
                3 => self.sums::<I, M, 3>(isa, panel, at),
                2 => self.sums::<I, M, 2>(isa, panel, at),
                _ => self.sums::<I, M, 1>(isa, panel, at),
            }
        }
    }

    /// `M` pixels from `at` on, `N` registers of outputs.
    #[inline(always)]
    fn sums<I: Isa, const M: usize, const N: usize>(&mut self, isa: I, panel: &Panel, at: usize) {
        let mut sums = [isa.f32().load_many::<N>(&panel.bias); M];
        if let Some(added) = self.added {
            self.add(isa, added, at * self.pixels.out_step + panel.first, &mut sums);
        }
        self.multiply(isa, panel, at, &mut sums);
        self.store(isa, at * self.pixels.out_step + panel.first, sums);
    }

    #[inline(always)]
    fn add<I: Isa, const M: usize, const N: usize>(
        &self,
        isa: I,
        added: &[f32],
        start: usize,
        sums: &mut [[I::F32; N]; M],
    ) {
        let ops = isa.f32();
        for (m, sums) in sums.iter_mut().enumerate() {
            let added = added.get(start + m * self.pixels.out_step..).unwrap_or_default();
            for (sum, added) in sums.iter_mut().zip(ops.load_many::<N>(added)) {
                *sum = ops.add(*sum, added);
            }
        }
    }

    /// Place by place of the kernel, a few inputs at once.
    #[inline(always)]
    fn multiply<I: Isa, const M: usize, const N: usize>(
        &self,
        isa: I,
        panel: &Panel,
        at: usize,
        sums: &mut [[I::F32; N]; M],
    ) {
        let (dense, width) = (self.dense, N * isa.f32().len());
        let inputs = dense.inputs * dense.kernel.0 * dense.kernel.1 / self.taps.len().max(1);
        let weights = panel.weights.chunks_exact((inputs * width).max(1));
        for (tap, weights) in self.taps.iter().zip(weights) {
            let mut values: [&[f32]; M] = [&[]; M];
            for (m, values) in values.iter_mut().enumerate() {
                let start = (at + m) * self.pixels.step;
                *values = tap.get(start..start + inputs).unwrap_or_default();
            }
            let together = if N == 3 { FEW_INPUTS } else { INPUTS };
            let (many, few) = weights.split_at(inputs / together * together * width);
            let rest = if N == 3 {
                steps::<I, M, N, FEW_INPUTS>(isa, many, values, sums)
            } else {
                steps::<I, M, N, INPUTS>(isa, many, values, sums)
            };
            steps::<I, M, N, 1>(isa, few, rest, sums);
        }
    }

    #[inline(always)]
    fn store<I: Isa, const M: usize, const N: usize>(
        &mut self,
        isa: I,
        start: usize,
        sums: [[I::F32; N]; M],
    ) {
        let ops = isa.f32();
        for (m, sums) in sums.into_iter().enumerate() {
            let out = self.out.get_mut(start + m * self.pixels.out_step..).unwrap_or_default();
            for (sum, out) in sums.into_iter().zip(out.chunks_exact_mut(ops.len())) {
                ops.store(self.dense.after.apply(isa, sum), out);
            }
        }
    }
}

/// Each weight is loaded once for `M` pixels, each value once for `N` registers. What is left of the values.
#[inline(always)]
fn steps<'a, I: Isa, const M: usize, const N: usize, const K: usize>(
    isa: I,
    weights: &[f32],
    values: [&'a [f32]; M],
    sums: &mut [[I::F32; N]; M],
) -> [&'a [f32]; M] {
    let ops = isa.f32();
    let mut chunks: [&[[f32; K]]; M] = [&[]; M];
    let mut rest: [&[f32]; M] = [&[]; M];
    for ((chunks, rest), values) in chunks.iter_mut().zip(&mut rest).zip(values) {
        (*chunks, *rest) = values.as_chunks::<K>();
    }
    for (k, weights) in weights.chunks_exact(K * N * ops.len()).enumerate() {
        let mut loaded = [[ops.zero(); N]; K];
        for (loaded, weights) in loaded.iter_mut().zip(weights.chunks_exact(N * ops.len())) {
            *loaded = ops.load_many::<N>(weights);
        }
        for (sums, chunks) in sums.iter_mut().zip(chunks) {
            let Some(values) = chunks.get(k) else { continue };
            for (value, weights) in values.iter().zip(loaded) {
                let value = ops.splat(*value);
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = ops.mul_add(value, weight, *sum);
                }
            }
        }
    }
    rest
}

impl After {
    #[inline(always)]
    fn apply<I: Isa>(self, isa: I, value: I::F32) -> I::F32 {
        let ops = isa.f32();
        match self {
            Self::Nothing => value,
            Self::Relu => ops.max(value, ops.zero()),
            Self::Gelu => Gelu {}.eval(isa, value),
            Self::Swish => {
                let gate = ops.mul_add(value, ops.splat(1.0 / 6.0), ops.splat(0.5));
                ops.mul(value, ops.clamp(gate, ops.zero(), ops.one()))
            }
        }
    }
}
