//! Makes the weights: a linear chain of labels, learnt step by step from labelled texts (Lafferty et al. 2001, with
//! `AdaGrad` steps, Duchi et al. 2011, and a margin, Gimpel and Smith 2010). Same texts, same seed: same bytes.
//!
//! It sees tokens and features through the same code as the tagger. Words, lists and single features are dropped at
//! random while it learns, so that no single sign decides.

use std::collections::BTreeMap;
use std::ops::Range;

use candor_model::FindingKind;

use crate::text::tagger::feature::{Rows, rows};
use crate::text::tagger::label::{KINDS, LABELS, LANES, OTHER, OUT, may_follow};
use crate::text::tagger::lists::{FILES, Lists, bit};
use crate::text::tagger::token::{Token, split};
use crate::text::tagger::weights::{ROWS, UNIT, Weights};
use crate::text::tagger::{fold, line};

/// How far one step goes.
const RATE: f32 = 0.12;
/// Margin that personal data must win against nothing.
const MISSED: f32 = 1.5;
/// Margin that nothing must win against personal data.
const FALSE: f32 = 1.2;
/// Margin between kinds.
const MIXED_UP: f32 = 0.4;
/// Words of which the word itself is hidden, in 100.
const HIDDEN_WORDS: u64 = 25;
/// Words that the lists do not know for once, in 100.
const HIDDEN_LISTS: u64 = 25;
/// Features that are left out, in 100.
const HIDDEN_FEATURES: u64 = 8;

/// Names of the word lists that [`Trainer::new`] takes.
pub const LISTS: [&str; 16] = FILES;

/// Learns weights.
#[derive(Debug)]
pub struct Trainer {
    lists: Lists,
    entries: Vec<(u32, u16)>,
    rows: Vec<[f32; LANES]>,
    squares: Vec<[f32; LANES]>,
    steps: [[f32; LANES]; LANES],
    step_squares: [[f32; LANES]; LANES],
    chance: Chance,
}

impl Trainer {
    /// A trainer with the word lists named in [`LISTS`], in that order: words by white space, `#` starts a comment line.
    #[must_use]
    pub fn new(lists: &[String], seed: u64) -> Self {
        let mut bits: BTreeMap<u32, u16> = BTreeMap::new();
        for (number, list) in lists.iter().enumerate().take(LISTS.len()) {
            let words = list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
            for word in words {
                *bits.entry(fold::word(word)).or_default() |= 1 << number;
            }
        }
        let entries: Vec<_> = bits.into_iter().collect();
        Self {
            lists: Lists::of(&entries),
            entries,
            rows: vec![[0.0; LANES]; ROWS],
            squares: vec![[1.0; LANES]; ROWS],
            steps: [[0.0; LANES]; LANES],
            step_squares: [[1.0; LANES]; LANES],
            chance: Chance(seed),
        }
    }

    /// Learns from one text. `spans` are bytes, sorted and apart.
    pub fn learn(&mut self, text: &str, spans: &[(Range<usize>, FindingKind)]) {
        let mut tokens = Vec::new();
        split(text, &self.lists, &mut tokens);
        line::describe(&mut tokens);
        let labels = gold(&tokens, spans);
        self.hide(&mut tokens, &labels);
        let mut start = 0;
        for row in tokens.chunk_by(|a, b| a.worth == b.worth) {
            let end = start + row.len();
            if row.first().is_some_and(|token| token.worth) {
                self.learn_row(&tokens, start..end, &labels);
            }
            start = end;
        }
    }

    /// The weights as a file.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let unit = f32::from(UNIT);
        #[expect(clippy::cast_possible_truncation, reason = "clamped before")]
        let small = |weight: &f32| (weight * unit).round().clamp(-127.0, 127.0) as i8;
        #[expect(clippy::cast_possible_truncation, reason = "clamped before")]
        let wide = |weight: f32| (weight * unit).round().clamp(-30_000.0, 30_000.0) as i16;
        let rows: Vec<[i8; LANES]> = self.rows.iter().map(|row| row.each_ref().map(small)).collect();
        Weights::written(&self.entries, &self.steps.map(|row| row.map(wide)), &rows)
    }

    /// Hides words and what the lists say of them, at random.
    fn hide(&mut self, tokens: &mut [Token], labels: &[usize]) {
        for (token, label) in tokens.iter_mut().zip(labels) {
            if !token.is_word() {
                continue;
            }
            let rate = if *label == OUT { 2 } else { 1 };
            if self.chance.by_chance(HIDDEN_WORDS / rate) && token.lists & bit::FUNCTION == 0 {
                token.word = 1;
            }
            if self.chance.by_chance(HIDDEN_LISTS / rate) {
                token.lists &= bit::COMMON | bit::FUNCTION | bit::ANNOUNCER | bit::TITLE | bit::GREETING;
            }
        }
    }

    fn learn_row(&mut self, tokens: &[Token], range: Range<usize>, labels: &[usize]) {
        let mut gold: Vec<usize> = labels.get(range.clone()).unwrap_or_default().to_vec();
        repair(&mut gold);
        let features: Vec<Rows> = range.map(|at| rows(tokens, at)).collect();
        let kept: Vec<Vec<u32>> = features.iter().map(|rows| self.kept(rows)).collect();
        let scores: Vec<[f32; LANES]> =
            kept.iter().zip(&gold).map(|(rows, gold)| self.score(rows, *gold)).collect();
        let (chances, steps) = Sums::of(&scores, &self.steps).chances();
        for ((rows, chances), gold) in kept.iter().zip(&chances).zip(&gold) {
            let mut slope = *chances;
            add(&mut slope, *gold, -1.0);
            for row in rows {
                descend(self.rows.get_mut(*row as usize), self.squares.get_mut(*row as usize), &slope);
            }
        }
        let mut slopes = steps;
        for pair in std::iter::once(&[OUT, gold.first().copied().unwrap_or(OUT)][..]).chain(gold.windows(2)) {
            if let [from, to] = pair
                && let Some(slope) = slopes.get_mut(*from)
            {
                add(slope, *to, -1.0);
            }
        }
        for (from, slope) in slopes.iter().enumerate() {
            descend(self.steps.get_mut(from), self.step_squares.get_mut(from), slope);
        }
    }

    fn kept(&mut self, rows: &Rows) -> Vec<u32> {
        rows.iter().copied().filter(|_| !self.chance.by_chance(HIDDEN_FEATURES)).collect()
    }

    /// Scores of all labels, with the margin that the right one must win by.
    fn score(&self, rows: &[u32], gold: usize) -> [f32; LANES] {
        let mut sum = [0.0; LANES];
        for row in rows.iter().filter_map(|row| self.rows.get(*row as usize)) {
            sum.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
        }
        for (label, sum) in sum.iter_mut().enumerate() {
            *sum += match (gold, label) {
                (gold, label) if gold == label => 0.0,
                (OUT | OTHER, OUT | OTHER) => 0.1,
                (_, OUT | OTHER) => MISSED,
                (OUT, _) => FALSE,
                _ => MIXED_UP,
            };
        }
        sum
    }
}

/// The label of each token.
fn gold(tokens: &[Token], spans: &[(Range<usize>, FindingKind)]) -> Vec<usize> {
    let mut spans = spans.iter().peekable();
    let mut entered = false;
    let label = |token: &Token| {
        while spans.next_if(|(range, _)| range.end <= token.start as usize).is_some() {
            entered = false;
        }
        let Some((_, kind)) = spans.peek().filter(|(range, _)| range.start < token.end as usize) else {
            return OUT;
        };
        let starts = !std::mem::replace(&mut entered, true);
        let found = KINDS.iter().find(|(held, ..)| held == kind);
        found.map_or(OTHER, |(_, first, further, _)| if starts { *first } else { *further })
    };
    tokens.iter().map(label).collect()
}

/// Rows start where a look is worth it, which may be inside a span: its first token there starts it.
fn repair(gold: &mut [usize]) {
    let mut before = OUT;
    for label in gold {
        if !may_follow(before, *label)
            && let Some((_, first, ..)) = KINDS.iter().find(|(_, _, further, _)| further == label)
        {
            *label = *first;
        }
        before = *label;
    }
}

fn add(lanes: &mut [f32; LANES], at: usize, value: f32) {
    if let Some(lane) = lanes.get_mut(at) {
        *lane += value;
    }
}

fn descend(weights: Option<&mut [f32; LANES]>, squares: Option<&mut [f32; LANES]>, slope: &[f32; LANES]) {
    let (Some(weights), Some(squares)) = (weights, squares) else { return };
    for ((weight, square), slope) in weights.iter_mut().zip(squares).zip(slope) {
        if slope.abs() > 1e-4 {
            *square += slope * slope;
            *weight -= RATE * slope / square.sqrt();
        }
    }
}

/// Forward and backward sums over a row.
struct Sums {
    /// Of the token alone.
    here: Vec<[f32; LANES]>,
    forward: Vec<[f32; LANES]>,
    backward: Vec<[f32; LANES]>,
    steps: [[f32; LANES]; LANES],
}

impl Sums {
    fn of(scores: &[[f32; LANES]], steps: &[[f32; LANES]; LANES]) -> Self {
        let mut powers = [[0.0; LANES]; LANES];
        for (from, (powers, steps)) in powers.iter_mut().zip(steps).enumerate() {
            for (to, (power, step)) in powers.iter_mut().zip(steps).enumerate() {
                *power = if may_follow(from, to) { exp(*step) } else { 0.0 };
            }
        }
        let here: Vec<_> = scores.iter().map(token_powers).collect();
        let mut before = [0.0; LANES];
        add(&mut before, OUT, 1.0);
        let mut forward = Vec::with_capacity(here.len());
        for here in &here {
            before = normal(times(&through(&before, &powers), here));
            forward.push(before);
        }
        let mut after = [1.0; LANES];
        let mut backward = Vec::with_capacity(here.len());
        for here in here.iter().rev() {
            backward.push(after);
            after = normal(back_through(&times(&after, here), &powers));
        }
        backward.reverse();
        Self { here, forward, backward, steps: powers }
    }

    /// The chance of each label at each token, and how often each step is expected.
    fn chances(&self) -> (Vec<[f32; LANES]>, [[f32; LANES]; LANES]) {
        let chances = self.forward.iter().zip(&self.backward).map(|(f, b)| normal(times(f, b))).collect();
        let mut expected = [[0.0; LANES]; LANES];
        let mut before = [0.0; LANES];
        add(&mut before, OUT, 1.0);
        for ((here, backward), forward) in self.here.iter().zip(&self.backward).zip(&self.forward) {
            let after = times(here, backward);
            let mut joint = [[0.0; LANES]; LANES];
            let mut total = 0.0;
            for ((joint, steps), before) in joint.iter_mut().zip(&self.steps).zip(&before) {
                for ((joint, step), after) in joint.iter_mut().zip(steps).zip(&after) {
                    *joint = before * step * after;
                    total += *joint;
                }
            }
            let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
            for (sum, value) in expected.iter_mut().flatten().zip(joint.iter().flatten()) {
                *sum += value * scale;
            }
            before = *forward;
        }
        (chances, expected)
    }
}

fn token_powers(scores: &[f32; LANES]) -> [f32; LANES] {
    let top = scores.iter().take(LABELS).fold(f32::MIN, |top, score| top.max(*score));
    let mut powers = [0.0; LANES];
    for (power, score) in powers.iter_mut().zip(scores).take(LABELS) {
        *power = exp(score - top);
    }
    powers
}

fn through(before: &[f32; LANES], steps: &[[f32; LANES]; LANES]) -> [f32; LANES] {
    let mut sums = [0.0; LANES];
    for (before, steps) in before.iter().zip(steps) {
        sums.iter_mut().zip(steps).for_each(|(sum, step)| *sum += before * step);
    }
    sums
}

fn back_through(after: &[f32; LANES], steps: &[[f32; LANES]; LANES]) -> [f32; LANES] {
    steps.map(|steps| steps.iter().zip(after).map(|(step, after)| step * after).sum())
}

fn times(a: &[f32; LANES], b: &[f32; LANES]) -> [f32; LANES] {
    let mut product = *a;
    product.iter_mut().zip(b).for_each(|(a, b)| *a *= b);
    product
}

fn normal(mut lanes: [f32; LANES]) -> [f32; LANES] {
    let sum: f32 = lanes.iter().sum();
    if sum > 0.0 {
        lanes = lanes.map(|lane| lane / sum);
    }
    lanes
}

/// e to the `x`, by additions and multiplications alone: the library's own may differ from machine to machine.
fn exp(x: f32) -> f32 {
    let x = x.clamp(-60.0, 60.0);
    let whole = (x * std::f32::consts::LOG2_E).round();
    let rest = x - whole * std::f32::consts::LN_2;
    let series = 1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest / 120.0))));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 40 and 214")]
    let exponent = (whole + 127.0) as u32;
    series * f32::from_bits(exponent << 23)
}

/// `SplitMix64` (Steele et al. 2014).
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn by_chance(&mut self, hundredths: u64) -> bool {
        self.next() % 100 < hundredths
    }
}
