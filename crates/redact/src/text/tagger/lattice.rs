//! The best row of labels for a row of tokens (Viterbi), only where a look is worth it.
//!
//! Scores are kept relative to the best label of their token, in 16 bits: eight fit where one number of 64 bits fits, and
//! what falls out of them at the lower end could never win.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use std::ops::Range;

use rten_simd::{Isa, SimdOp};

use crate::text::tagger::Leaning;
use crate::text::tagger::feature::rows;
use crate::text::tagger::label::{LANES, OUT};
use crate::text::tagger::steps::Scores;
use crate::text::tagger::token::Token;
use crate::text::tagger::weights::{NEVER, UNIT, Weights};

/// Room for the way back, kept between windows.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    from: Vec<Scores>,
}

impl Lattice {
    /// Puts the best label of each token into `labels`, which holds [`OUT`] for all of them. `known` puts in the labels of a
    /// row that need not be looked at, and says whether it did.
    pub(crate) fn label(
        &mut self,
        tokens: &[Token],
        weights: &Weights,
        leaning: Leaning,
        known: impl FnMut(&Range<usize>, &mut [u8]) -> bool,
        labels: &mut [u8],
    ) {
        let bias = leaning.0.saturating_mul(UNIT) / 16;
        Labelling { lattice: self, tokens, weights, bias, known, labels }.dispatch();
    }
}

/// The labelling of some tokens, compiled once for each kind of register: scores of all labels, and rows of all features,
/// are reckoned side by side.
struct Labelling<'a, K> {
    lattice: &'a mut Lattice,
    tokens: &'a [Token],
    weights: &'a Weights,
    bias: i16,
    known: K,
    labels: &'a mut [u8],
}

impl<K: FnMut(&Range<usize>, &mut [u8]) -> bool> SimdOp for Labelling<'_, K> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(mut self, _: I) {
        let mut start = 0;
        for row in self.tokens.chunk_by(|a, b| a.worth == b.worth) {
            let range = start..start + row.len();
            start = range.end;
            if row.first().is_some_and(|token| token.worth)
                && let Some(labels) = self.labels.get_mut(range.clone())
                && !(self.known)(&range, labels)
            {
                self.label_row(range);
            }
        }
    }
}

impl<K> Labelling<'_, K> {
    #[inline(always)]
    fn label_row(&mut self, range: Range<usize>) {
        let from = &mut self.lattice.from;
        from.clear();
        let mut scores = [NEVER; LANES];
        if let Some(out) = scores.get_mut(OUT) {
            *out = 0;
        }
        for at in range.clone() {
            let mut here = self.weights.score(&rows(self.tokens, at));
            if let Some(out) = here.get_mut(OUT) {
                *out = out.saturating_sub(self.bias);
            }
            let back;
            (scores, back) = self.weights.steps.step(&scores, &here);
            from.push(back);
        }
        let mut label = (0..LANES).max_by_key(|label| scores.get(*label).copied()).unwrap_or(OUT);
        let labels = self.labels.get_mut(range).unwrap_or_default();
        for (slot, from) in labels.iter_mut().zip(from).rev() {
            *slot = u8::try_from(label).unwrap_or(0);
            label = from.get(label).map_or(OUT, |from| usize::from(from.cast_unsigned()));
        }
    }
}
