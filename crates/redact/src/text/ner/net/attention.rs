//! What the tokens of a window say to each other: each asks, all answer, and it hears those that answer best (Vaswani et al. 2017).

use rten_simd::SimdOp;
use rten_vecmath::Softmax;

use super::WIDTH;
use super::product::{After, Multiply, PANEL, Panels, Rows};

/// Values of a head.
const HEAD: usize = 32;
/// Values of a token: what it asks, what it answers to, what it says.
const ASKED: usize = 3 * WIDTH;
/// One by the root of [`HEAD`].
const SCALE: f32 = 0.176_776_7;

/// For each token of each window what it hears.
pub(super) fn run(asked: &[f32], lengths: &[usize]) -> Vec<f32> {
    let mut heard = vec![0.0; asked.len() / 3];
    let mut shares = Vec::new();
    let (mut asked, mut left) = (asked, heard.as_mut_slice());
    for length in lengths {
        let (Some((window, others)), Some((out, rest))) =
            (asked.split_at_checked(length * ASKED), left.split_at_mut_checked(length * WIDTH))
        else {
            break;
        };
        for first in (0..WIDTH).step_by(HEAD) {
            head(window, first, &mut shares, out);
        }
        (asked, left) = (others, rest);
    }
    heard
}

/// The head whose values begin at `first`. `shares` is room for what each token gives to each.
fn head(asked: &[f32], first: usize, shares: &mut Vec<f32>, out: &mut [f32]) {
    let count = asked.len() / ASKED;
    let wide = count.next_multiple_of(PANEL);
    shares.clear();
    shares.resize(count * wide, 0.0);
    let questions = Rows { values: asked.get(first..).unwrap_or_default(), count, step: ASKED, inputs: HEAD };
    multiply(questions, &answers(asked, first), shares, wide);
    for row in shares.chunks_exact_mut(wide.max(1)) {
        Softmax::new_mut(row.get_mut(..count).unwrap_or_default()).dispatch();
    }
    let shares = Rows { values: shares, count, step: wide, inputs: count };
    multiply(shares, &said(asked, first), out.get_mut(first..).unwrap_or_default(), WIDTH);
}

/// What the tokens answer to, some of them side by side, scaled.
fn answers(asked: &[f32], first: usize) -> Vec<[f32; PANEL]> {
    let panels = (asked.len() / ASKED).div_ceil(PANEL);
    let mut answers = vec![[0.0; PANEL]; panels * HEAD];
    for (panel, tokens) in answers.chunks_exact_mut(HEAD).zip(asked.chunks(PANEL * ASKED)) {
        for (lane, token) in tokens.chunks_exact(ASKED).enumerate() {
            let slots = panel.iter_mut().filter_map(|side_by_side| side_by_side.get_mut(lane));
            slots.zip(token.iter().skip(WIDTH + first)).for_each(|(slot, answer)| *slot = answer * SCALE);
        }
    }
    answers
}

/// What the tokens say, some values of a token side by side.
fn said(asked: &[f32], first: usize) -> Vec<[f32; PANEL]> {
    let values = |from: usize| {
        let from = 2 * WIDTH + from;
        asked.chunks_exact(ASKED).filter_map(move |token| token.get(from..)?.first_chunk::<PANEL>().copied())
    };
    (first..first + HEAD).step_by(PANEL).flat_map(values).collect()
}

fn multiply(rows: Rows<'_>, panels: &[[f32; PANEL]], out: &mut [f32], out_step: usize) {
    Multiply { rows, panels: Panels::Plain(panels), after: After::Nothing, out, out_step }.dispatch();
}
