//! What the tagger sees of a token: rows of the weights, by hashes of the token and its neighbours.

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

fn near(tokens: &[Token], at: usize, back: usize) -> &Token {
    at.checked_sub(back).and_then(|at| tokens.get(at)).unwrap_or(&NOTHING)
}

fn shape(token: &Token) -> u32 {
    u32::from(token.shape) | u32::from(token.glued) << 7 | u32::from(token.case) << 8
}

fn lists(token: &Token) -> u32 {
    u32::from(token.lists)
}

/// The row of a feature: its number and up to two values, mixed.
fn row(number: u32, a: u32, b: u32) -> u32 {
    let mixed = (u64::from(a) << 32 | u64::from(b)) ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = mixed.wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed >> (64 - ROW_BITS)) as u32
}

fn pair(a: u32, b: u32) -> u32 {
    a.wrapping_mul(0x85eb_ca6b).rotate_left(13) ^ b.wrapping_mul(0xc2b2_ae35)
}

/// The rows of the token at `at`.
pub(crate) fn rows(tokens: &[Token], at: usize) -> Rows {
    let (c, p1, p2) = (near(tokens, at, 0), near(tokens, at, 1), near(tokens, at, 2));
    let (n1, n2) = (near(tokens, at + 1, 0), near(tokens, at + 2, 0));
    let (s, sp1, sp2, sn1, sn2) = (shape(c), shape(p1), shape(p2), shape(n1), shape(n2));
    let (l, lp1, lp2, ln1, ln2) = (lists(c), lists(p1), lists(p2), lists(n1), lists(n2));
    let line = u32::from(c.line);
    [
        row(1, c.word, 0),
        row(2, s, u32::from(n1.glued)),
        row(3, c.prefix, 0),
        row(4, c.suffix & 0xff_ffff, 0),
        row(5, c.suffix & 0xffff, s),
        row(6, c.suffix, 0),
        row(7, l, 0),
        row(8, l, s),
        row(9, p1.word, 0),
        row(10, n1.word, 0),
        row(11, p2.word, 0),
        row(12, n2.word, 0),
        row(13, sp1, s),
        row(14, s, sn1),
        row(15, pair(sp1, sn1), s),
        row(16, lp1, l),
        row(17, l, ln1),
        row(18, p1.word, l),
        row(19, n1.word, l),
        row(20, p1.word, s),
        row(21, p1.word, p2.word),
        row(22, n1.word, n2.word),
        row(23, pair(sp1, sp2), s),
        row(24, pair(sn1, sn2), s),
        row(25, pair(lp2, lp1), l),
        row(26, pair(ln2, ln1), l),
        row(27, line, s),
        row(28, c.key, s),
        row(29, c.key, l),
        row(30, pair(line, u32::from(c.place)), l),
        row(31, c.word, p1.word),
        row(32, c.word, n1.word),
        row(33, pair(lp1, ln1), l),
        row(34, pair(n1.word, p1.word), s),
    ]
}
