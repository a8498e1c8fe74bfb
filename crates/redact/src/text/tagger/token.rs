//! Text into tokens: words, the parts of joined words, numbers, marks and ends of lines, each with what features need.
//!
//! A word ends where a small letter meets a capital one, a digit or a mark, so that `annaSchmidt`, `mueller_j` and
//! `home/anna` show their names. Everything is taken in one walk over the bytes, without a copy of any word.

use std::ops::Range;

use crate::text::tagger::fold::{Fold, folded};
use crate::text::tagger::lists::{Lists, bit};

/// Letters after which a word is no word any more (keys, blobs).
const WORD_BYTES_MAX: usize = 40;
/// Glued letters and digits of at least so many pieces are a key, a digest or a blob.
const PIECES_MAX: usize = 5;

/// How a token is written; 0 is no token.
pub(crate) mod shape {
    pub(crate) const LOWER: u8 = 1;
    pub(crate) const TITLE: u8 = 2;
    pub(crate) const UPPER: u8 = 3;
    pub(crate) const INITIAL: u8 = 4;
    pub(crate) const MIXED: u8 = 5;
    /// Letters of a script without case.
    pub(crate) const UNCASED: u8 = 6;
    pub(crate) const JUNK: u8 = 7;
    /// Numbers by their digits: one to seven and more; 15 is a year.
    pub(crate) const NUMBER: u8 = 8;
    pub(crate) const YEAR: u8 = 15;
    pub(crate) const LINE_END: u8 = 16;
    pub(crate) const TAB: u8 = 17;
    /// Marks: this and the mark's own number.
    pub(crate) const MARK: u8 = 20;
}

/// One token.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Token {
    /// First byte in the window.
    pub(crate) start: u32,
    /// Byte after the last.
    pub(crate) end: u32,
    /// Hash of the folded word.
    pub(crate) word: u32,
    /// The first three folded bytes.
    pub(crate) prefix: u32,
    /// The last four folded bytes.
    pub(crate) suffix: u32,
    /// What the lists say.
    pub(crate) lists: u16,
    /// See [`shape`].
    pub(crate) shape: u8,
    /// Nothing stands between this token and the one before.
    pub(crate) glued: bool,
    /// How its line is written; see `line`.
    pub(crate) line: u8,
    /// Whether its line is all small (1) or all capital (2) letters.
    pub(crate) case: u8,
    /// Tokens before it in its line, three at most.
    pub(crate) place: u8,
    /// Hash of the word before the last colon or equals sign of the line; 0 without.
    pub(crate) key: u32,
    /// Worth a look at it and its neighbours.
    pub(crate) worth: bool,
}

impl Token {
    /// Whether two tokens look the same to the features, wherever they stand.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let said = |t: &Self| {
            (t.word, t.prefix, t.suffix, t.key, t.lists, t.shape, t.glued, t.line, t.case, t.place)
        };
        said(self) == said(other)
    }

    /// A word of letters.
    pub(crate) fn is_word(&self) -> bool {
        (shape::LOWER..=shape::UNCASED).contains(&self.shape)
    }

    /// A word that starts with a capital letter.
    pub(crate) fn is_capital(&self) -> bool {
        (shape::TITLE..=shape::MIXED).contains(&self.shape)
    }

    /// A number.
    pub(crate) fn is_number(&self) -> bool {
        (shape::NUMBER..=shape::YEAR).contains(&self.shape)
    }
}

/// Splits `text` and puts the tokens into `tokens`.
pub(crate) fn split(text: &str, lists: &Lists, tokens: &mut Vec<Token>) {
    tokens.clear();
    split_part(text, 0..text.len(), lists, tokens);
}

/// Splits some lines of `text`, and adds their tokens.
pub(crate) fn split_part(text: &str, lines: Range<usize>, lists: &Lists, tokens: &mut Vec<Token>) {
    let bytes = text.as_bytes().get(..lines.end).unwrap_or_default();
    let mut walk = Walk { text, bytes, at: lines.start };
    // The end of the line before is a token too.
    let mut last_end = if lines.start == 0 { usize::MAX } else { lines.start };
    let mut pieces = 0;
    while let Some(mut token) = walk.next_token() {
        token.glued = token.start as usize == last_end;
        last_end = token.end as usize;
        let is_piece = token.is_word() || token.is_number() || token.shape == shape::JUNK;
        pieces = if !is_piece {
            0
        } else if token.glued {
            pieces + 1
        } else {
            1
        };
        if token.is_word() {
            token.lists = lists.look_up(token.word);
        }
        tokens.push(token);
        if pieces >= PIECES_MAX {
            spoil(tokens, pieces);
        }
    }
}

/// Marks the last `pieces` tokens as parts of a key.
fn spoil(tokens: &mut [Token], pieces: usize) {
    let from = if pieces == PIECES_MAX { pieces } else { 1 };
    for token in tokens.iter_mut().rev().take(from) {
        token.shape = shape::JUNK;
        token.lists = 0;
    }
}

struct Walk<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b' ')
    }

    fn character(&self) -> char {
        self.text.get(self.at..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
    }

    fn next_token(&mut self) -> Option<Token> {
        while self.at < self.bytes.len() {
            match self.byte() {
                b' ' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'\n' => return Some(self.repeated(shape::LINE_END)),
                b'\t' => return Some(self.repeated(shape::TAB)),
                b'0'..=b'9' => return Some(self.number()),
                b'a'..=b'z' | b'A'..=b'Z' => return Some(self.word()),
                mark if mark.is_ascii() => return Some(self.repeated(shape::MARK)),
                _ => {
                    let c = self.character();
                    if c.is_alphabetic() {
                        return Some(self.word());
                    }
                    if !c.is_whitespace() && !is_hidden(c) {
                        return Some(self.symbol(c));
                    }
                    self.at += c.len_utf8();
                }
            }
        }
        None
    }

    /// The same ASCII byte, again and again.
    fn repeated(&mut self, kind: u8) -> Token {
        let (start, byte) = (self.at, self.byte());
        while self.bytes.get(self.at) == Some(&byte) {
            self.at += 1;
        }
        let shape =
            if kind == shape::MARK { shape::MARK + (byte & 0x7f).wrapping_sub(0x21) / 2 } else { kind };
        let word = u32::from(byte).wrapping_mul(0x9e37_79b1) | 1;
        Token { word, shape, suffix: u32::from(byte), ..self.token_from(start) }
    }

    fn symbol(&mut self, c: char) -> Token {
        let start = self.at;
        self.at += c.len_utf8();
        let word = u32::from(c).wrapping_mul(0x9e37_79b1) | 1;
        Token { word, shape: shape::MARK + 60, ..self.token_from(start) }
    }

    fn number(&mut self) -> Token {
        let start = self.at;
        while self.byte().is_ascii_digit() && self.at < self.bytes.len() {
            self.at += 1;
        }
        let digits = self.bytes.get(start..self.at).unwrap_or_default();
        let is_year = digits.len() == 4 && matches!(digits, [b'1', b'9', ..] | [b'2', b'0', ..]);
        let length = u8::try_from(digits.len()).unwrap_or(u8::MAX).min(7);
        let shape = if is_year { shape::YEAR } else { shape::NUMBER + length - 1 };
        Token { word: u32::from(shape), shape, suffix: u32::from(shape), ..self.token_from(start) }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        let mut fold = Fold::default();
        let mut cases = Cases::default();
        while self.at < self.bytes.len() {
            let byte = self.byte();
            match byte {
                b'a'..=b'z' => {
                    cases.lower();
                    fold.push(byte);
                    self.at += 1;
                }
                b'A'..=b'Z' => {
                    if cases.last_lower {
                        break;
                    }
                    cases.upper();
                    fold.push(byte | 0x20);
                    self.at += 1;
                }
                _ if byte.is_ascii() => break,
                _ => {
                    let c = self.character();
                    let is_upper = c.is_uppercase();
                    if is_upper && cases.last_lower || !(c.is_alphabetic() || is_hidden(c)) {
                        break;
                    }
                    if is_upper {
                        cases.upper();
                    } else if c.is_lowercase() {
                        cases.lower();
                    }
                    folded(c, &mut fold);
                    self.at += c.len_utf8();
                }
            }
        }
        let shape = if self.at - start > WORD_BYTES_MAX { shape::JUNK } else { cases.shape() };
        let (word, prefix, suffix) = fold.finish();
        Token { word, prefix, suffix, shape, ..self.token_from(start) }
    }

    fn token_from(&self, start: usize) -> Token {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Token { start: small(start), end: small(self.at), ..Token::default() }
    }
}

/// Marks that stand on or between letters and that nobody sees as characters of their own.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[derive(Default)]
struct Cases {
    first_upper: bool,
    uppers: usize,
    lowers: usize,
    last_lower: bool,
}

impl Cases {
    fn lower(&mut self) {
        self.lowers += 1;
        self.last_lower = true;
    }

    fn upper(&mut self) {
        self.first_upper |= self.uppers + self.lowers == 0;
        self.uppers += 1;
        self.last_lower = false;
    }

    fn shape(&self) -> u8 {
        match (self.uppers, self.lowers) {
            (0, 0) => shape::UNCASED,
            (0, _) => shape::LOWER,
            (1, 0) => shape::INITIAL,
            (1, _) if self.first_upper => shape::TITLE,
            (_, 0) => shape::UPPER,
            _ => shape::MIXED,
        }
    }
}

/// Whether a token, seen alone, could be personal data or announce it.
pub(crate) fn is_worth_a_look(token: &Token) -> bool {
    if !token.is_word() {
        return false;
    }
    let lists = token.lists;
    if lists & (bit::TITLE | bit::GREETING) != 0 {
        return true;
    }
    if lists & bit::FUNCTION != 0 {
        return token.shape == shape::UPPER && lists & bit::NAMES != 0;
    }
    if token.shape != shape::LOWER {
        return true;
    }
    if lists & bit::COMMON != 0 {
        return lists & (bit::NATIONALITY | bit::JOB | bit::ANNOUNCER | bit::MONTH) != 0;
    }
    lists != 0 || token.end - token.start > 2
}
