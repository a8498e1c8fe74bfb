//! The best row of labels for a row of tokens (Viterbi), only where a look is worth it.

use crate::text::tagger::Leaning;
use crate::text::tagger::feature::rows;
use crate::text::tagger::label::{LANES, OUT};
use crate::text::tagger::token::Token;
use crate::text::tagger::weights::{UNIT, Weights};

/// Room for the way back, kept between windows.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    from: Vec<[u8; LANES]>,
}

impl Lattice {
    /// Puts the best label of each token into `labels`, which holds [`OUT`] for all of them.
    pub(crate) fn label(
        &mut self,
        tokens: &[Token],
        weights: &Weights,
        leaning: Leaning,
        labels: &mut [usize],
    ) {
        let bias = i32::from(leaning.0) * i32::from(UNIT) / 16;
        let mut start = 0;
        for row in tokens.chunk_by(|a, b| a.worth == b.worth) {
            let end = start + row.len();
            if row.first().is_some_and(|token| token.worth)
                && let Some(labels) = labels.get_mut(start..end)
            {
                self.label_row(tokens, start, weights, bias, labels);
            }
            start = end;
        }
    }

    fn label_row(
        &mut self,
        tokens: &[Token],
        start: usize,
        weights: &Weights,
        bias: i32,
        labels: &mut [usize],
    ) {
        self.from.clear();
        let mut scores = [i32::MIN / 2; LANES];
        if let Some(out) = scores.get_mut(OUT) {
            *out = 0;
        }
        for at in start..start + labels.len() {
            let mut here = weights.score(&rows(tokens, at));
            if let Some(out) = here.get_mut(OUT) {
                *out -= bias;
            }
            let from;
            (scores, from) = step(&scores, &weights.steps, &here);
            self.from.push(from);
        }
        let mut label = (0..LANES).max_by_key(|label| scores.get(*label).copied()).unwrap_or(OUT);
        for (slot, from) in labels.iter_mut().zip(&self.from).rev() {
            *slot = label;
            label = from.get(label).map_or(OUT, |from| usize::from(*from));
        }
    }
}

/// One token on: the best score of each label, and where it came from.
fn step(
    before: &[i32; LANES],
    steps: &[[i32; LANES]; LANES],
    here: &[i32; LANES],
) -> ([i32; LANES], [u8; LANES]) {
    let mut best = [i32::MIN; LANES];
    let mut from = [0_i32; LANES];
    for ((before, row), number) in before.iter().zip(steps).zip(0_i32..) {
        for ((best, from), step) in best.iter_mut().zip(&mut from).zip(row) {
            let score = before.wrapping_add(*step);
            let is_better = score > *best;
            *best = if is_better { score } else { *best };
            *from = if is_better { number } else { *from };
        }
    }
    for (best, here) in best.iter_mut().zip(here) {
        // The floor keeps what cannot be from running out of the number over a long row.
        *best = best.wrapping_add(*here).max(i32::MIN / 2);
    }
    (best, from.map(|from| u8::try_from(from).unwrap_or(0)))
}
