//! Rows of values times weights: for a few rows side by side, the sums of some outputs stay in registers.
//!
//! Values are laid out anew once for each product, so that those of rows that are reckoned together lie side by side: every panel
//! reads them, and then nothing is looked up between two multiplications. Weights have four bits until a panel is reckoned: so memory
//! has to bring less than a sixth of them, which would cost a short text more than unpacking does.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use rten_simd::ops::{BitOps, IntOps, NumOps, ToFloat};
use rten_simd::{Isa, SimdOp, SimdUnaryOp};
use rten_vecmath::Gelu;

/// Outputs that are reckoned together: a multiple of what a register of any machine holds.
pub(super) const PANEL: usize = 16;
/// Inputs whose weights have one scale for each output.
pub(super) const BLOCK: usize = 32;
/// Weights of four bits in one number.
pub(super) const EIGHT: usize = 8;
/// Makes of four bits that are eight more than the weight that they stand for a weight with its sign.
const SIGNED: u32 = 0x8888_8888;

/// What becomes of each sum.
#[derive(Clone, Copy)]
pub(super) enum After {
    Nothing,
    Gelu,
}

/// Weights as the file has them.
pub(super) struct Matrix {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    /// By output, the weights of some inputs in each number, the first in the lowest four bits, each of them eight more than it is.
    pub(super) eights: Vec<u32>,
    /// By output and block of inputs.
    pub(super) scales: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// A product whose weights lie as they are used.
pub(super) struct Product {
    inputs: usize,
    panels: Vec<Panel>,
    after: After,
}

/// Some outputs of a product.
pub(super) struct Panel {
    blocks: Vec<Block>,
    bias: [f32; PANEL],
}

/// Some inputs of a panel.
struct Block {
    scales: [f32; PANEL],
    /// Weights of some inputs in each number, the first in the lowest four bits.
    eights: [[i32; PANEL]; BLOCK / EIGHT],
}

impl Product {
    /// Of several matrices side by side. All read the same values, and make as many outputs as fill panels, or are the last.
    pub(super) fn new(matrices: &[Matrix], after: After) -> Self {
        let inputs = matrices.first().map_or(0, |matrix| matrix.inputs);
        let firsts = |matrix: &Matrix| (0..matrix.outputs).step_by(PANEL);
        let panels = matrices.iter().flat_map(|matrix| firsts(matrix).map(|first| Panel::new(matrix, first)));
        Self { inputs, panels: panels.collect(), after }
    }

    /// Values of a row that comes out.
    pub(super) const fn width(&self) -> usize {
        self.panels.len() * PANEL
    }

    /// Every row of `values` times the weights.
    pub(super) fn run(&self, values: &[f32]) -> Vec<f32> {
        let count = values.len() / self.inputs.max(1);
        let mut out = vec![0.0; count * self.width()];
        let rows = Rows { values, count, step: self.inputs, inputs: self.inputs };
        let panels = Panels::Stored(&self.panels);
        Multiply { rows, panels, after: self.after, out: &mut out, out_step: self.width() }.dispatch();
        out
    }
}

impl Panel {
    /// Of the outputs of `matrix` from `first` on; where there are no more, of nought.
    fn new(matrix: &Matrix, first: usize) -> Self {
        let blocks = matrix.inputs / BLOCK;
        let of = |row: usize, at: usize| {
            std::array::from_fn(|lane| {
                Some((first + lane) * row + at).filter(|_| first + lane < matrix.outputs)
            })
        };
        let floats = |values: &[f32], at: [Option<usize>; PANEL]| {
            at.map(|at| at.and_then(|at| values.get(at)).copied().unwrap_or_default())
        };
        let eight = |eight: usize| {
            let at: [Option<usize>; PANEL] = of(matrix.inputs / EIGHT, eight);
            at.map(|at| {
                at.and_then(|at| matrix.eights.get(at)).map_or(0, |eight| (eight ^ SIGNED).cast_signed())
            })
        };
        let block = |block: usize| Block {
            scales: floats(&matrix.scales, of(blocks, block)),
            eights: std::array::from_fn(|at| eight(block * BLOCK / EIGHT + at)),
        };
        Self { blocks: (0..blocks).map(block).collect(), bias: floats(&matrix.bias, of(1, 0)) }
    }

    /// Makes numbers of the weights, by input.
    #[inline(always)]
    fn unpack<I: Isa>(&self, isa: I, weights: &mut [[f32; PANEL]]) {
        let lanes = isa.f32().len();
        for (block, weights) in self.blocks.iter().zip(weights.as_chunks_mut::<BLOCK>().0) {
            for (eights, weights) in block.eights.iter().zip(weights.as_chunks_mut::<EIGHT>().0) {
                let registers = eights.chunks_exact(lanes).zip(block.scales.chunks_exact(lanes));
                for ((eights, scales), first) in registers.zip((0..).step_by(lanes)) {
                    unpack_eight(isa, eights, scales, first, weights);
                }
            }
        }
    }
}

/// Weights of as many outputs as a register holds, the first of which is `first`.
#[inline(always)]
fn unpack_eight<I: Isa>(
    isa: I,
    eights: &[i32],
    scales: &[f32],
    first: usize,
    weights: &mut [[f32; PANEL]; EIGHT],
) {
    let (bits, floats) = (isa.i32(), isa.f32());
    let (eights, scales) = (bits.load(eights), floats.load(scales));
    let highest = [
        bits.shift_left::<28>(eights),
        bits.shift_left::<24>(eights),
        bits.shift_left::<20>(eights),
        bits.shift_left::<16>(eights),
        bits.shift_left::<12>(eights),
        bits.shift_left::<8>(eights),
        bits.shift_left::<4>(eights),
        eights,
    ];
    for (highest, weights) in highest.into_iter().zip(weights) {
        let weight = floats.mul(bits.to_float(bits.shift_right::<28>(highest)), scales);
        floats.store(weight, weights.get_mut(first..).unwrap_or_default());
    }
}

/// What is read: rows, how far they lie apart, and how many values of each.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) values: &'a [f32],
    pub(super) count: usize,
    pub(super) step: usize,
    pub(super) inputs: usize,
}

/// The weights of panels, one after the other.
#[derive(Clone, Copy)]
pub(super) enum Panels<'a> {
    Stored(&'a [Panel]),
    /// By panel, then by input; nothing is added.
    Plain(&'a [[f32; PANEL]]),
}

/// Rows times panels. Panels stand side by side in each row of `out`, whose rows lie `out_step` apart.
pub(super) struct Multiply<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) panels: Panels<'a>,
    pub(super) after: After,
    pub(super) out: &'a mut [f32],
    pub(super) out_step: usize,
}

impl SimdOp for Multiply<'_> {
    type Output = ();

    /// As many rows as registers hold the sums of, or one less, and fewer of them where few are left.
    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        match isa.f32().len() {
            4 => self.all::<I, 6, 5, 4, 4>(isa),
            8 => self.all::<I, 6, 5, 4, 2>(isa),
            _ => self.all::<I, 12, 11, 6, 1>(isa),
        }
    }
}

impl Multiply<'_> {
    /// `M` rows at a time, or `L` so that none is reckoned in vain, `F` at the end if there are no more, `N` registers for each.
    #[inline(always)]
    fn all<I: Isa, const M: usize, const L: usize, const F: usize, const N: usize>(mut self, isa: I) {
        let inputs = self.rows.inputs;
        let beside = self.rows.side_by_side::<M, L, F>();
        match self.panels {
            Panels::Stored(panels) => {
                let mut weights = vec![[0.0; PANEL]; inputs];
                for (number, panel) in panels.iter().enumerate() {
                    panel.unpack(isa, &mut weights);
                    self.panel::<I, M, L, F, N>(isa, &beside, &weights, &panel.bias, number);
                }
            }
            Panels::Plain(panels) => {
                for (number, weights) in panels.chunks_exact(inputs.max(1)).enumerate() {
                    self.panel::<I, M, L, F, N>(isa, &beside, weights, &[0.0; PANEL], number);
                }
            }
        }
    }

    /// All rows times one panel.
    #[inline(always)]
    fn panel<I: Isa, const M: usize, const L: usize, const F: usize, const N: usize>(
        &mut self,
        isa: I,
        rows: &SideBySide<M, L, F>,
        weights: &[[f32; PANEL]],
        bias: &[f32; PANEL],
        number: usize,
    ) {
        self.rows::<I, M, N>(isa, (&rows.many, 0), weights, bias, number);
        self.rows::<I, L, N>(isa, (&rows.less, rows.first_of_less), weights, bias, number);
        self.rows::<I, F, N>(isa, (&rows.few, rows.first_of_few), weights, bias, number);
    }

    /// Rows from `first` on, `M` of them side by side, times one panel.
    #[inline(always)]
    fn rows<I: Isa, const M: usize, const N: usize>(
        &mut self,
        isa: I,
        (values, first): (&[[f32; M]], usize),
        weights: &[[f32; PANEL]],
        bias: &[f32; PANEL],
        number: usize,
    ) {
        for (values, at) in values.chunks_exact(weights.len().max(1)).zip((first..).step_by(M)) {
            let sums = sums::<I, M, N>(isa, weights, values, bias);
            self.store(isa, at, number * PANEL, sums);
        }
    }

    #[inline(always)]
    fn store<I: Isa, const M: usize, const N: usize>(
        &mut self,
        isa: I,
        at: usize,
        first: usize,
        sums: [[I::F32; N]; M],
    ) {
        let ops = isa.f32();
        for (m, sums) in sums.into_iter().enumerate().take(self.rows.count - at) {
            let out = self.out.get_mut((at + m) * self.out_step + first..).unwrap_or_default();
            for (sum, out) in sums.into_iter().zip(out.chunks_exact_mut(ops.len())) {
                ops.store(self.after.apply(isa, sum), out);
            }
        }
    }
}

/// Values of rows by input, those of some rows side by side.
struct SideBySide<const M: usize, const L: usize, const F: usize> {
    many: Vec<[f32; M]>,
    less: Vec<[f32; L]>,
    few: Vec<[f32; F]>,
    /// The row that `less` begins with.
    first_of_less: usize,
    /// The row that `few` begins with.
    first_of_few: usize,
}

impl Rows<'_> {
    #[inline(always)]
    fn side_by_side<const M: usize, const L: usize, const F: usize>(&self) -> SideBySide<M, L, F> {
        let (first_of_less, first_of_few) = parted(self.count, M, F);
        SideBySide {
            many: self.laid_out(0, first_of_less),
            less: self.laid_out(first_of_less, first_of_few),
            few: self.laid_out(first_of_few, self.count),
            first_of_less,
            first_of_few,
        }
    }

    /// Rows from `first` to before `end`; where the last ones are fewer than `M`, the others are nought.
    #[inline(always)]
    fn laid_out<const M: usize>(&self, first: usize, end: usize) -> Vec<[f32; M]> {
        let mut all = vec![[0.0; M]; (end - first).div_ceil(M) * self.inputs];
        for (values, at) in all.chunks_exact_mut(self.inputs.max(1)).zip((first..).step_by(M)) {
            for (m, row) in (at..end.min(at + M)).enumerate() {
                let row = self.values.get(row * self.step..).unwrap_or_default();
                for (values, value) in values.iter_mut().zip(row) {
                    if let Some(slot) = values.get_mut(m) {
                        *slot = *value;
                    }
                }
            }
        }
        all
    }
}

/// Where the groups of `many` rows end, and those of one less: if there are groups enough to have one less where rows lack, no row is
/// reckoned in vain. What is left then are `few`, or the last rows of the last group are nought.
fn parted(count: usize, many: usize, few: usize) -> (usize, usize) {
    let groups = count.div_ceil(many);
    let lacking = groups * many - count;
    if lacking <= groups {
        return ((groups - lacking) * many, count);
    }
    let first_of_few = if count % many <= few { count - count % many } else { count };
    (first_of_few, first_of_few)
}

/// Each weight is loaded once for `M` rows, each value once for `N` registers of outputs.
#[inline(always)]
fn sums<I: Isa, const M: usize, const N: usize>(
    isa: I,
    weights: &[[f32; PANEL]],
    values: &[[f32; M]],
    bias: &[f32; PANEL],
) -> [[I::F32; N]; M] {
    let ops = isa.f32();
    let mut sums = [ops.load_many::<N>(bias); M];
    for (weights, values) in weights.iter().zip(values) {
        let weights = ops.load_many::<N>(weights);
        for (sums, value) in sums.iter_mut().zip(values) {
            let value = ops.splat(*value);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = ops.mul_add(value, weight, *sum);
            }
        }
    }
    sums
}

impl After {
    #[inline(always)]
    fn apply<I: Isa>(self, isa: I, value: I::F32) -> I::F32 {
        match self {
            Self::Nothing => value,
            Self::Gelu => Gelu {}.eval(isa, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn groups_hold_every_row_and_none_in_vain_where_there_are_groups_enough() {
        for count in 0..400 {
            let (first_of_less, first_of_few) = parted(count, 12, 6);
            assert!(first_of_less <= first_of_few && first_of_few <= count);
            assert!((first_of_few - first_of_less).is_multiple_of(11) && count - first_of_few <= 6);
            let is_even = first_of_less.is_multiple_of(12) && first_of_few == count;
            assert!(is_even || count < 110, "{count}");
        }
        assert_eq!(
            (parted(121, 12, 6), parted(23, 12, 6), parted(18, 12, 6)),
            ((0, 121), (12, 23), (12, 12))
        );
        assert_eq!(parted(20, 12, 6), (20, 20));
    }
}
