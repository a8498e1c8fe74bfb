//! Surrogates: in the place of what was found, something of the same shape that belongs to nobody, for the kinds that were
//! asked for.
//!
//! Each is of a range that no standard gives to anybody, and carries its own length or check, so that it is known again
//! without a key: redacting a text with surrogates changes nothing more. Which surrogate a thing gets hangs on the key of
//! the session and on its number in the session, so that the same person is the same surrogate there, and two sessions
//! cannot be linked. What has no surrogate that would be known again gets a placeholder.

mod date;
mod mail;
mod month;
mod name;
mod network;
mod number;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use candor_model::FindingKind;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Kinds that have surrogates.
pub const SURROGATE_KINDS: [FindingKind; 7] = [
    FindingKind::Person,
    FindingKind::Email,
    FindingKind::Phone,
    FindingKind::Card,
    FindingKind::Iban,
    FindingKind::Ip,
    FindingKind::Date,
];

/// A kind has no surrogates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} has no surrogates", .0.label())]
pub struct NoSurrogates(pub FindingKind);

/// What the key of a session drew for a kind.
#[derive(Debug, Clone, Copy)]
struct Draw([u64; 3]);

impl Draw {
    fn of(session_key: &[u8; 32], kind: FindingKind) -> Self {
        // HMAC takes a key of any length, so the other arm is never met.
        let tag: [u8; 32] = Hmac::<Sha256>::new_from_slice(session_key).map_or([0; 32], |mut mac| {
            mac.update(b"surrogate\0");
            mac.update(kind.label().as_bytes());
            mac.finalize().into_bytes().into()
        });
        let eight = |at: usize| {
            let bytes = tag.get(at..).and_then(|rest| rest.first_chunk::<8>());
            u64::from_le_bytes(bytes.copied().unwrap_or_default())
        };
        Self([eight(0), eight(8), eight(16)])
    }

    /// Where the thing with this number stands among `places`, a power of ten or of two: no two stand in one place, and
    /// there is none for a number beyond.
    fn place(&self, number: u32, places: u64) -> Option<u64> {
        let [factor, first, _] = self.0;
        let number = u64::from(number.checked_sub(1)?);
        // Odd and no multiple of five: without a common divisor with any power of ten or of two.
        let factor = match factor | 1 {
            five if five % 5 == 0 => five.wrapping_add(2) | 1,
            factor => factor,
        };
        let wide = u128::from(factor) * u128::from(number) + u128::from(first);
        let place = wide.checked_rem(u128::from(places))?;
        (number < places).then(|| u64::try_from(place).ok()).flatten()
    }
}

/// Makes the surrogates of one session.
#[derive(Default)]
pub(crate) struct Surrogates {
    draws: BTreeMap<FindingKind, Draw>,
}

impl Surrogates {
    /// For these kinds, under the key of a session.
    pub(crate) fn new(
        session_key: &[u8; 32],
        kinds: impl IntoIterator<Item = FindingKind>,
    ) -> Result<Self, NoSurrogates> {
        let draw = |kind| {
            let offered = SURROGATE_KINDS.contains(&kind);
            if offered { Ok((kind, Draw::of(session_key, kind))) } else { Err(NoSurrogates(kind)) }
        };
        Ok(Self { draws: kinds.into_iter().map(draw).collect::<Result<_, _>>()? })
    }

    /// What stands for `text`, the thing of its kind with this number; none if it gets a placeholder.
    pub(crate) fn of(&self, kind: FindingKind, number: u32, text: &str) -> Option<String> {
        let draw = self.draws.get(&kind)?;
        let made = match kind {
            FindingKind::Person => name::of(text, number, draw),
            FindingKind::Email => mail::of(number, draw),
            FindingKind::Phone => number::phone(text, number, draw),
            FindingKind::Card => number::card(text, number, draw),
            FindingKind::Iban => number::iban(text, number, draw),
            FindingKind::Ip => network::of(text, number, draw),
            FindingKind::Date => date::of(text, draw),
            FindingKind::Url
            | FindingKind::Secret
            | FindingKind::Id
            | FindingKind::Address
            | FindingKind::Location
            | FindingKind::Organisation
            | FindingKind::Nationality
            | FindingKind::JobTitle
            | FindingKind::Age
            | FindingKind::Password
            | FindingKind::NotPermitted
            | FindingKind::Unknown
            | FindingKind::Masked => None,
        }?;
        // What would not be known again as a whole is no surrogate.
        (find(&made) == [(0..made.len(), kind)]).then_some(made)
    }
}

/// Whether a surrogate between these characters would be known again: nothing stands beside it that could be part of it.
pub(crate) fn fits(before: Option<char>, after: Option<char>) -> bool {
    before.is_none_or(is_apart) && after.is_none_or(is_apart)
}

/// A sign that belongs to no word, number or address beside it.
fn is_apart(c: char) -> bool {
    const BEYOND_ASCII: &str = "\u{a0}\u{202f}–—‘’“”„«»…·•。、，";
    if c.is_ascii() { !c.is_ascii_alphanumeric() && c != '_' } else { BEYOND_ASCII.contains(c) }
}

/// How surrogates begin, but for dates, of which it is the year.
static BEGINS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = name::begins();
    let small = names.map(str::to_ascii_lowercase);
    let others = ["ZZ", "+9", "00", "9999", "240.", "3fff", "23", "24", "25"].map(str::to_owned);
    let begins = names.map(str::to_owned).into_iter().chain(small).chain(others);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(begins).ok()
});

/// Where surrogates stand in `text`, whoever made them: in order and apart.
///
/// None can begin within the begin of another: each begins apart from letters and digits.
pub(crate) fn find(text: &str) -> Vec<(Range<usize>, FindingKind)> {
    let mut found: Vec<(Range<usize>, FindingKind)> = Vec::new();
    let Some(begins) = BEGINS.as_ref() else { return found };
    for begin in begins.find_iter(text) {
        let from = found.last().map_or(0, |(last, _)| last.end);
        let bracketed = begin.start().checked_sub(1).filter(|at| text.as_bytes().get(*at) == Some(&b'('));
        let starts = bracketed.into_iter().chain([begin.start()]).filter(|start| *start >= from);
        let read = |start| read(text, from, start).filter(|(range, _)| stands_apart(text, range));
        found.extend(starts.filter(|start| is_apart_before(text, *start)).find_map(read));
    }
    found
}

fn is_apart_before(text: &str, at: usize) -> bool {
    match at.checked_sub(1).and_then(|at| text.as_bytes().get(at)) {
        Some(byte) if byte.is_ascii() => is_apart(char::from(*byte)),
        _ => true,
    }
}

fn stands_apart(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|before| before.chars().next_back());
    let after = text.get(range.end..).and_then(|after| after.chars().next());
    fits(before, after)
}

/// The surrogate at `at`, which begins at `from` or after it.
fn read(text: &str, from: usize, at: usize) -> Option<(Range<usize>, FindingKind)> {
    let rest = text.get(at..)?;
    let ahead = |length: Option<usize>, kind| length.map(|length| (at..at + length, kind));
    match rest.as_bytes().first()? {
        b'Z' | b'X' | b'z' | b'x' => ahead(mail::read(rest), FindingKind::Email)
            .or_else(|| ahead(name::read(rest), FindingKind::Person))
            .or_else(|| ahead(number::read_iban(rest), FindingKind::Iban)),
        b'0' | b'+' | b'(' => ahead(number::read_phone(rest), FindingKind::Phone),
        b'9' => ahead(number::read_card(rest), FindingKind::Card),
        b'3' => ahead(network::read_v6(rest), FindingKind::Ip),
        b'2' => ahead(network::read_v4(rest), FindingKind::Ip)
            .or_else(|| date::read(text, from, at).map(|range| (range, FindingKind::Date))),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
