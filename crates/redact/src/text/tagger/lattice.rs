//! The best row of labels for a row of tokens (Viterbi), only where a look is worth it.
//!
//! Scores are kept relative to the best label of their token, in 16 bits: eight fit where one number of 64 bits fits, and
//! what falls out of them at the lower end could never win.

use std::ops::Range;

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
        mut known: impl FnMut(&Range<usize>, &mut [u8]) -> bool,
        labels: &mut [u8],
    ) {
        let bias = leaning.0.saturating_mul(UNIT) / 16;
        let mut start = 0;
        for row in tokens.chunk_by(|a, b| a.worth == b.worth) {
            let range = start..start + row.len();
            start = range.end;
            if row.first().is_some_and(|token| token.worth)
                && let Some(labels) = labels.get_mut(range.clone())
                && !known(&range, labels)
            {
                self.label_row(tokens, range.start, weights, bias, labels);
            }
        }
    }

    fn label_row(&mut self, tokens: &[Token], start: usize, weights: &Weights, bias: i16, labels: &mut [u8]) {
        self.from.clear();
        let mut scores = [NEVER; LANES];
        if let Some(out) = scores.get_mut(OUT) {
            *out = 0;
        }
        for at in start..start + labels.len() {
            let mut here = weights.score(&rows(tokens, at));
            if let Some(out) = here.get_mut(OUT) {
                *out = out.saturating_sub(bias);
            }
            let from;
            (scores, from) = weights.steps.step(&scores, &here);
            self.from.push(from);
        }
        let mut label = (0..LANES).max_by_key(|label| scores.get(*label).copied()).unwrap_or(OUT);
        for (slot, from) in labels.iter_mut().zip(&self.from).rev() {
            *slot = u8::try_from(label).unwrap_or(0);
            label = from.get(label).map_or(OUT, |from| usize::from(from.cast_unsigned()));
        }
    }
}
