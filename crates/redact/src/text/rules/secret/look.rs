//! How a password looks beside words: what nobody writes in a sentence.

use super::assigned::{is_code, says_nothing};
use crate::text::rule::Hit;

/// What may stand after a password in a sentence without being part of it.
const CLOSING: [char; 13] = ['.', ',', ';', ')', ']', '}', '\'', '"', ':', '>', '”', '»', '’'];
/// What may stand before a password without being part of it.
pub(super) const OPENING: [char; 12] =
    ['"', '\'', '`', '“', '„', '«', '‘', '(', ' ', '\t', '\u{a0}', '\u{202f}'];

/// A value in the text of a proposal: where it begins there, and what it says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl<'a> Said<'a> {
    /// The part of `text` from `start` on without what opens and closes it.
    pub(super) fn at(text: &'a str, start: usize) -> Option<Self> {
        let rest = text.get(start..)?;
        let opened = rest.trim_start_matches(OPENING);
        let start = start + rest.len() - opened.len();
        let text = opened.trim_end_matches(CLOSING);
        (!text.is_empty()).then_some(Self { start, text })
    }

    /// The last word of `text`.
    pub(super) fn last_word(text: &'a str) -> Option<Self> {
        let space = |c: char| matches!(c, ' ' | '\t' | '\u{a0}' | '\u{202f}');
        let start = text.rfind(space).and_then(|at| Some(at + text.get(at..)?.chars().next()?.len_utf8()));
        Self::at(text, start.unwrap_or(0))
    }

    /// Where it is in the line of its proposal.
    pub(super) fn range(self, hit: &Hit<'_>) -> std::ops::Range<usize> {
        let start = hit.span().start + self.start;
        start..start + self.text.len()
    }
}

/// Whether a word is none of a sentence: digits among letters, marks inside, capitals behind small letters.
pub(super) fn is_odd(value: &str) -> bool {
    let (letter, digit) = letters_and_digits(value);
    let inside = value.char_indices().next_back().and_then(|(at, _)| value.get(..at)).unwrap_or_default();
    let mark = inside.contains(['!', '#', '$', '%', '&', '*', '+', '@', '^', '_', '~', '=', '?']);
    let capital = inside.chars().skip(1).any(char::is_uppercase) && value.contains(char::is_lowercase);
    // The name of a function: small words that lines join.
    let named = value.contains('_') && value.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    (letter && (digit || mark || capital) || digit && mark) && !named && !is_known(value)
}

/// Whether a word is odd even beside a word that announces nothing: digits and letters, no row of words, no name of a thing.
pub(super) fn is_very_odd(value: &str) -> bool {
    let (letter, digit) = letters_and_digits(value);
    let mark = value.contains(['!', '#', '$', '%', '&', '*', '+', '@', '^', '~', '?']);
    let parts = value.split(['-', '_', '.']).collect::<Vec<_>>();
    let row = parts.len() > 1 && parts.iter().all(|p| is_plain(p));
    value.len() >= 6 && letter && digit && (!row || mark) && !is_known(value)
}

/// Whether a word is one that only a machine or a careful person makes: marks between letters and digits, or kinds of
/// characters that change often. It needs no word right beside it.
pub(super) fn is_drawn(value: &str) -> bool {
    // Most words are told by this.
    if value.len() < 8 || !value.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let letter = value.contains(char::is_alphabetic);
    let inside = value.char_indices().next_back().and_then(|(at, _)| value.get(1..at)).unwrap_or_default();
    let mark = inside.contains(['!', '#', '$', '%', '&', '*', '+', '^', '~', '?', '@']);
    let changes = changes(value);
    let begins = value.starts_with(|c: char| c.is_alphanumeric());
    let cased =
        value.contains(|c: char| c.is_ascii_lowercase()) && value.contains(|c: char| c.is_ascii_uppercase());
    let often =
        changes >= 4 && cased && !value.contains(['-', '_', '.', '/']) && capitalised_words(value) < 2;
    letter && begins && (mark || often) && !is_place(value) && !says_nothing(value) && !value.contains('=')
}

/// Words of four letters and more with a capital first, as names of types and functions are made of.
fn capitalised_words(value: &str) -> usize {
    value
        .split_inclusive(|c: char| !c.is_ascii_lowercase())
        .zip(value.split(|c: char| !c.is_ascii_lowercase()).skip(1))
        .filter(|(head, small)| head.ends_with(|c: char| c.is_ascii_uppercase()) && small.len() >= 3)
        .count()
}

/// How often the kind of character changes: small letters, capitals, digits, marks.
pub(super) fn changes(value: &str) -> usize {
    let kinds: Vec<u8> = value.chars().map(kind_of).collect();
    kinds.windows(2).filter(|two| two.first() != two.last()).count()
}

/// Capitals behind small letters and capitals, and so at the begin of no word.
pub(super) fn capitals_inside(value: &str) -> usize {
    let letters: Vec<char> = value.chars().collect();
    letters
        .windows(2)
        .filter(|two| matches!(two, [a, b] if a.is_ascii_alphabetic() && b.is_ascii_uppercase()))
        .count()
}

const fn kind_of(c: char) -> u8 {
    match c {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        _ => 3,
    }
}

fn letters_and_digits(value: &str) -> (bool, bool) {
    (value.contains(char::is_alphabetic), value.contains(|c: char| c.is_ascii_digit()))
}

fn is_plain(part: &str) -> bool {
    part.chars().all(|c| c.is_ascii_digit()) || part.chars().all(char::is_alphabetic)
}

/// Placeholders, code, places, versions and dates: what stands beside such words and opens nothing.
fn is_known(value: &str) -> bool {
    is_place(value) || says_nothing(value) || is_code(value)
}

/// Versions, dates, paths, addresses.
fn is_place(value: &str) -> bool {
    let version =
        value.trim_start_matches(['v', 'V']).chars().all(|c| c.is_ascii_digit() || ".:-/".contains(c));
    let place = value.contains("://") || value.starts_with(['/', '~', '.', '-']) || value.contains(":\\");
    let mail = value.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    version || place || mail
}

/// A number of four digits and more that ends what is said.
pub(super) fn is_closing_number(value: &str, hit: &Hit<'_>) -> bool {
    const DIGITS_MIN: usize = 4;
    let ends = !hit.after().trim_start().starts_with(char::is_alphanumeric);
    value.len() >= DIGITS_MIN && value.chars().all(|c| c.is_ascii_digit()) && ends
}
