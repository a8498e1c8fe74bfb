//! What the tagger sees of a token: rows of the weights, by hashes of the token and its neighbours.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use crate::text::tagger::token::Token;

/// Rows of the weights, as a power of two.
pub(crate) const ROW_BITS: u32 = 18;
/// Features of one token.
pub(crate) const FEATURES: usize = 34;

/// Rows of one token.
pub(crate) type Rows = [u32; FEATURES];

static NOTHING: Token = Token {
    start: 0,
    end: 0,
    word: 3,
    prefix: 0,
    suffix: 0,
    lists: 0,
    shape: 0,
    glued: false,
    line: 0,
    case: 0,
    place: 0,
    key: 0,
    worth: false,
};

#[inline(always)]
fn near(tokens: &[Token], at: usize, back: usize) -> &Token {
    at.checked_sub(back).and_then(|at| tokens.get(at)).unwrap_or(&NOTHING)
}

#[inline(always)]
fn shape(token: &Token) -> u32 {
    u32::from(token.shape) | u32::from(token.glued) << 7 | u32::from(token.case) << 8
}

#[inline(always)]
fn lists(token: &Token) -> u32 {
    u32::from(token.lists)
}

/// Features, and nothing more, up to what fills the registers of every machine.
const MIXED: usize = 40;

/// What each feature is told from the others by: its number, from 1 on, spread over all bits.
#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const NUMBERS: [u64; MIXED] = {
    let mut numbers = [0; MIXED];
    let mut number = 0;
    while number < MIXED {
        numbers[number] = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        number += 1;
    }
    numbers
};

/// The row of each feature: its number and its values, mixed. Together, so that a register mixes as many as it holds.
#[inline(always)]
fn mixed(values: &[u64; FEATURES]) -> Rows {
    let mut mixed = [0_u64; MIXED];
    for (slot, value) in mixed.iter_mut().zip(values) {
        *slot = *value;
    }
    let mut rows = [0; MIXED];
    for ((row, value), number) in rows.iter_mut().zip(mixed).zip(&NUMBERS) {
        let mixed = (value ^ number).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        *row = (mixed >> (64 - ROW_BITS)) as u32;
    }
    // Seen as one thing: they are fetched from memory one by one, which is sooner than from the parts of registers.
    let rows = std::hint::black_box(rows);
    std::array::from_fn(|at| rows.get(at).copied().unwrap_or(0))
}

/// Up to two values of a feature.
#[inline(always)]
fn two(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

#[inline(always)]
fn pair(a: u32, b: u32) -> u32 {
    a.wrapping_mul(0x85eb_ca6b).rotate_left(13) ^ b.wrapping_mul(0xc2b2_ae35)
}

/// The rows of the token at `at`.
#[inline(always)]
pub(crate) fn rows(tokens: &[Token], at: usize) -> Rows {
    let (c, p1, p2) = (near(tokens, at, 0), near(tokens, at, 1), near(tokens, at, 2));
    let (n1, n2) = (near(tokens, at + 1, 0), near(tokens, at + 2, 0));
    let (s, sp1, sp2, sn1, sn2) = (shape(c), shape(p1), shape(p2), shape(n1), shape(n2));
    let (l, lp1, lp2, ln1, ln2) = (lists(c), lists(p1), lists(p2), lists(n1), lists(n2));
    let line = u32::from(c.line);
    mixed(&[
        two(c.word, 0),
        two(s, u32::from(n1.glued)),
        two(c.prefix, 0),
        two(c.suffix & 0xff_ffff, 0),
        two(c.suffix & 0xffff, s),
        two(c.suffix, 0),
        two(l, 0),
        two(l, s),
        two(p1.word, 0),
        two(n1.word, 0),
        two(p2.word, 0),
        two(n2.word, 0),
        two(sp1, s),
        two(s, sn1),
        two(pair(sp1, sn1), s),
        two(lp1, l),
        two(l, ln1),
        two(p1.word, l),
        two(n1.word, l),
        two(p1.word, s),
        two(p1.word, p2.word),
        two(n1.word, n2.word),
        two(pair(sp1, sp2), s),
        two(pair(sn1, sn2), s),
        two(pair(lp2, lp1), l),
        two(pair(ln2, ln1), l),
        two(line, s),
        two(c.key, s),
        two(c.key, l),
        two(pair(line, u32::from(c.place)), l),
        two(c.word, p1.word),
        two(c.word, n1.word),
        two(pair(lp1, ln1), l),
        two(pair(n1.word, p1.word), s),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_mixed_together_are_those_of_each_feature() {
        let values = std::array::from_fn(|at| two(0x9e37_79b1 ^ u32::try_from(at).unwrap() << 20, 0xfeed));
        let one = |number: u64, value: u64| {
            let mixed = value ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = mixed.wrapping_mul(0xff51_afd7_ed55_8ccd);
            (mixed ^ mixed >> 29).wrapping_mul(0xc4ce_b9fe_1a85_ec53) >> (64 - ROW_BITS)
        };
        let wanted: Vec<u64> = (1..).zip(values).map(|(number, value)| one(number, value)).collect();
        assert_eq!(mixed(&values).map(u64::from).as_slice(), wanted);
    }
}
