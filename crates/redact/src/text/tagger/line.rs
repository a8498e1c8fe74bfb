//! What a whole line tells of its tokens: its case, what it looks like, the last key, and what is worth a look.

use crate::text::tagger::token::{Token, is_worth_a_look, shape};

/// Tokens on each side of one that is worth a look that are looked at too.
const REACH: usize = 2;
/// Tokens that a glued row may add to that.
const ROW_MAX: usize = 12;

/// Fills what tokens know of their lines.
pub(crate) fn describe(tokens: &mut [Token]) {
    describe_lines(tokens);
    reach(tokens);
}

/// Fills what hangs on the line alone.
pub(crate) fn describe_lines(tokens: &mut [Token]) {
    for line in tokens.split_inclusive_mut(|token| token.shape == shape::LINE_END) {
        let counts = Counts::of(line);
        let (case, looks) = (case(&counts), looks(line, &counts));
        let mut key = 0;
        let mut last_word = 0;
        for (at, token) in line.iter_mut().enumerate() {
            token.case = case;
            token.line = looks;
            token.place = u8::try_from(at.min(3)).unwrap_or(3);
            token.key = key;
            if token.is_word() {
                last_word = token.word;
            } else if matches!(token.suffix, COLON | EQUALS) {
                key = last_word;
            } else if matches!(token.suffix, BAR | SEMICOLON | NEW_TAB) && token.prefix == 0 {
                key = 0;
            }
        }
    }
}

const COLON: u32 = b':' as u32;
const EQUALS: u32 = b'=' as u32;
const BAR: u32 = b'|' as u32;
const SEMICOLON: u32 = b';' as u32;
const NEW_TAB: u32 = b'\t' as u32;

/// How many tokens of a line are what.
#[derive(Default)]
struct Counts {
    words: usize,
    small: usize,
    large: usize,
    capitals: usize,
    numbers: usize,
    code: usize,
}

impl Counts {
    fn of(line: &[Token]) -> Self {
        let mut counts = Self::default();
        for token in line {
            counts.words += usize::from(token.is_word());
            counts.small += usize::from(token.shape == shape::LOWER);
            counts.large += usize::from(matches!(token.shape, shape::UPPER | shape::INITIAL));
            counts.capitals += usize::from(token.is_capital());
            counts.numbers += usize::from(token.is_number() || token.shape == shape::JUNK);
            counts.code +=
                usize::from(token.prefix == 0 && token.suffix < 128 && CODE >> token.suffix & 1 == 1);
        }
        counts
    }
}

/// 1: no capital letter; 2: no small letter; 0: both, or too short to tell.
fn case(counts: &Counts) -> u8 {
    if counts.words > 1 && counts.small == counts.words {
        1
    } else if counts.words > 1 && counts.large == counts.words {
        2
    } else {
        0
    }
}

/// Marks of programs, a bit each.
#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const CODE: u128 = {
    let marks = b"{}();=<>[]\\$_|&*#";
    let (mut bits, mut at) = (0, 0);
    while at < marks.len() {
        bits |= 1 << marks[at];
        at += 1;
    }
    bits
};

/// A coarse look of the line: how it starts, how many marks it has, how many words are capital.
fn looks(line: &[Token], counts: &Counts) -> u8 {
    let Counts { words, capitals, numbers, code, .. } = *counts;
    let marks = line.len() - words - numbers;
    let start = match line.first() {
        Some(t) if t.is_number() => 1,
        Some(t) if t.is_word() && t.is_capital() => 2,
        Some(t) if t.is_word() => 0,
        _ => 3,
    };
    let body: u8 = if code * 5 > line.len() {
        0
    } else if numbers * 3 > line.len() {
        1
    } else if marks * 2 > line.len() {
        2
    } else if words > 7 && capitals * 3 < words {
        3
    } else if capitals * 2 > words {
        4
    } else {
        5
    };
    body * 4 + start
}

/// Marks the tokens that the tagger looks at, none of which is marked: those worth it, and what stands around them.
pub(crate) fn reach(tokens: &mut [Token]) {
    let mut left = 0;
    let mut row_left = 0;
    let mut unmarked = 0;
    for at in 0..tokens.len() {
        let Some(token) = tokens.get_mut(at) else { return };
        if is_worth_a_look(token) {
            (left, row_left) = (REACH, ROW_MAX);
            let first = at.saturating_sub(REACH).max(unmarked);
            tokens.get_mut(first..=at).unwrap_or_default().iter_mut().for_each(|token| token.worth = true);
            unmarked = at + 1;
        } else if left > 0 {
            left -= 1;
            token.worth = true;
        } else if token.glued && row_left > 0 {
            row_left -= 1;
            token.worth = true;
        } else {
            row_left = 0;
        }
    }
}
