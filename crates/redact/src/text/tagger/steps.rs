//! From token to token: the best score of each label, and which label it came from.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use crate::text::tagger::label::{KINDS, LANES, OUT};
use crate::text::tagger::weights::NEVER;

/// A score for each label.
pub(crate) type Scores = [i16; LANES];

/// The weights between labels.
#[derive(Debug)]
pub(crate) struct Steps {
    /// From label to label.
    rows: [Scores; LANES],
    /// From nothing to each label.
    out: Scores,
    /// By label: the most that it gives to any label more than nothing does. What is further behind nothing than that cannot
    /// be where a label comes from, but for the further labels of its own kind.
    gain: Scores,
    /// To each further label: from the first one of its kind, and from itself.
    from_first: Scores,
    from_itself: Scores,
}

impl Steps {
    pub(crate) fn of(rows: &[Scores; LANES]) -> Self {
        let out = rows.get(OUT).copied().unwrap_or([0; LANES]);
        let weight =
            |from: usize, to: usize| rows.get(from).and_then(|row| row.get(to)).copied().unwrap_or(0);
        let own = |from: usize, to: usize| is_further(to) && (from == to || from + 1 == to);
        let gains = |from: usize| {
            let others = (0..LANES)
                .filter(|to| !own(from, *to))
                .map(|to| weight(from, to).saturating_sub(weight(OUT, to)));
            if from == OUT { 0 } else { others.max().unwrap_or(i16::MAX) }
        };
        let further = |to: usize, from: usize| if is_further(to) { weight(from, to) } else { i16::MIN };
        Self {
            out,
            gain: std::array::from_fn(gains),
            from_first: std::array::from_fn(|to| further(to, to.saturating_sub(1))),
            from_itself: std::array::from_fn(|to| further(to, to)),
            rows: *rows,
        }
    }

    /// One token on, whose own scores are `here`: the scores of its labels, relative to the best, and where each came from.
    #[inline(always)]
    pub(crate) fn step(&self, before: &Scores, here: &Scores) -> (Scores, Scores) {
        if self.is_from_nothing(before) { self.quick(before, here) } else { full(before, &self.rows, here) }
    }

    /// Whether nothing is so far ahead that only further labels may come from anything else.
    #[inline(always)]
    fn is_from_nothing(&self, before: &Scores) -> bool {
        let ahead = before.iter().zip(&self.gain).map(|(before, gain)| before.saturating_add(*gain) > 0);
        before.get(OUT) == Some(&0) && !ahead.fold(false, |any, is| any | is)
    }

    /// What [`full`] says where everything but further labels comes from nothing.
    #[inline(always)]
    fn quick(&self, before: &Scores, here: &Scores) -> (Scores, Scores) {
        let first: Scores = std::array::from_fn(|to| {
            if to % 2 == 1 { before.get(to - 1).copied().unwrap_or(i16::MIN) } else { i16::MIN }
        });
        let mut best = self.out;
        let mut from = [0; LANES];
        better(&mut best, &mut from, &first, &self.from_first, 1);
        better(&mut best, &mut from, before, &self.from_itself, 0);
        (relative(&best, here), from)
    }
}

/// Takes what is better by a step from `back` labels before.
#[inline(always)]
fn better(best: &mut Scores, from: &mut Scores, before: &Scores, steps: &Scores, back: i16) {
    for ((((best, from), before), step), number) in
        best.iter_mut().zip(from).zip(before).zip(steps).zip(0_i16..)
    {
        let score = before.saturating_add(*step);
        *from = if score > *best { number.wrapping_sub(back) } else { *from };
        *best = score.max(*best);
    }
}

/// The scores with those of the token, relative to the best.
#[inline(always)]
fn relative(best: &Scores, here: &Scores) -> Scores {
    let mut best = *best;
    for (best, here) in best.iter_mut().zip(here) {
        *best = best.saturating_add(*here);
    }
    let most = best.iter().copied().fold(i16::MIN, i16::max);
    // The floor keeps what cannot be from running out of the number over a long row.
    best.map(|score| score.saturating_sub(most).max(NEVER))
}

fn is_further(label: usize) -> bool {
    label % 2 == 1 && KINDS.iter().any(|(_, first, further, _)| *further == label && first + 1 == label)
}

/// The best way to each label from any.
#[inline(always)]
fn full(before: &Scores, rows: &[Scores; LANES], here: &Scores) -> (Scores, Scores) {
    let mut best = [i16::MIN; LANES];
    let mut from = [0_i16; LANES];
    for ((before, row), number) in before.iter().zip(rows).zip(0_i16..) {
        for ((best, from), step) in best.iter_mut().zip(&mut from).zip(row) {
            let score = before.saturating_add(*step);
            *from = if score > *best { number } else { *from };
            *best = score.max(*best);
        }
    }
    (relative(&best, here), from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tagger::label::may_follow;

    #[test]
    fn a_quick_step_is_a_full_one() {
        let mut drawn = 88_172_645_463_325_252_u64;
        let mut draw = |most: u64| {
            drawn ^= drawn << 13;
            drawn ^= drawn >> 7;
            drawn ^= drawn << 17;
            i16::try_from(drawn % most).unwrap()
        };
        let mut quick = 0;
        for _ in 0..200 {
            let rows = std::array::from_fn(|from| {
                std::array::from_fn(|to| if may_follow(from, to) { draw(200) - 100 } else { NEVER })
            });
            let steps = Steps::of(&rows);
            for round in 0..50 {
                let mut before: Scores = std::array::from_fn(|_| match draw(9) {
                    0 => NEVER,
                    1 => NEVER + draw(60),
                    _ => -draw(if round % 2 == 0 { 600 } else { 4000 }),
                });
                before[OUT] = if draw(8) == 0 { -draw(300) } else { 0 };
                if steps.is_from_nothing(&before) {
                    quick += 1;
                    let here = std::array::from_fn(|_| draw(900) - 450);
                    assert_eq!(steps.quick(&before, &here), full(&before, &rows, &here));
                }
            }
        }
        assert!(quick > 500, "{quick}");
    }
}
