//! Words by how they begin: small tables say where one may begin, and only there are words compared.
//!
//! A table that stays near the core answers for every byte of a text; an automaton of all words waits for memory at every
//! step. Letters lose their case by one bit, which makes some other bytes alike too: what that lets through is compared, in
//! vain.

use std::ops::Range;

/// Where a word may begin, a bit each for long words and for short ones.
type Places = u8;
/// Where no letter or digit of ASCII stands before. Whether another character is a letter, its last byte does not tell.
const APART: Places = 0b0101;
/// Behind a letter or digit of ASCII.
const INSIDE: Places = 0b1010;
/// Words of four bytes and more.
const LONG: Places = 0b0011;
/// Shorter words.
const SHORT: Places = 0b1100;

/// Slots for the first four bytes of words.
const FOURS: usize = 1 << 14;
/// Slots for words of three bytes.
const THREES: usize = 1 << 12;
/// Every two bytes.
const TWOS: usize = 1 << 16;

/// A word, its letters small: part of [`Spelled::letters`].
#[derive(Debug, Clone, Copy)]
struct Spelling {
    /// Its first four bytes without case, where it has as many, and which bits of them it has: told before its letters are
    /// fetched.
    begins: u32,
    mask: u32,
    start: u32,
    length: u32,
    /// Its place in the list that the words came in.
    number: u32,
}

/// Words that are found in any case of their ASCII letters.
pub(super) struct Spelled {
    /// Where words of four bytes and more may begin, by the first four.
    fours: Box<[Places; FOURS]>,
    /// The same for words of three bytes.
    threes: Box<[Places; THREES]>,
    /// The same for shorter words; what follows a single byte may be any.
    twos: Box<[Places; TWOS]>,
    /// Which of `words` begin with four bytes, by their slot.
    long: Vec<Range<u16>>,
    /// Which of `words` are shorter and begin with a byte.
    short: Vec<Range<u16>>,
    words: Vec<Spelling>,
    letters: Vec<u8>,
}

impl Spelled {
    /// Of words in small letters, each with whether it may begin behind a letter or digit; none where there are too many.
    pub(super) fn of(list: &[(&[u8], bool)]) -> Option<Self> {
        let mut spelled = Self {
            fours: Box::new([0; FOURS]),
            threes: Box::new([0; THREES]),
            twos: vec![0; TWOS].into_boxed_slice().try_into().ok()?,
            long: vec![0..0; FOURS],
            short: vec![0..0; 256],
            words: Vec::with_capacity(list.len()),
            letters: Vec::new(),
        };
        let mut order: Vec<(usize, usize)> =
            list.iter().enumerate().map(|(number, (word, _))| (slot(word), number)).collect();
        order.sort_unstable();
        for (slot, number) in order {
            let (word, inside) = list.get(number)?;
            spelled.add(slot, word, number)?;
            spelled.mark(word, if *inside { APART | INSIDE } else { APART });
        }
        Some(spelled)
    }

    fn add(&mut self, slot: usize, word: &[u8], number: usize) -> Option<()> {
        let place = u16::try_from(self.words.len()).ok()?;
        let range = match slot.checked_sub(FOURS) {
            Some(first) => self.short.get_mut(first)?,
            None => self.long.get_mut(slot)?,
        };
        let begin = if range.end == 0 { place } else { range.start };
        *range = begin..place.checked_add(1)?;
        let start = u32::try_from(self.letters.len()).ok()?;
        let length = u32::try_from(word.len()).ok()?;
        let number = u32::try_from(number).ok()?;
        let mask = u32::MAX.checked_shr(32 - 8 * length.min(4)).unwrap_or(0);
        self.words.push(Spelling { begins: beginning(word) & mask, mask, start, length, number });
        self.letters.extend(word);
        Some(())
    }

    fn mark(&mut self, word: &[u8], places: Places) {
        let mark =
            |slot: Option<&mut Places>, of: Places| slot.into_iter().for_each(|slot| *slot |= places & of);
        match word {
            [] => {}
            [only] => {
                for second in 0..=u8::MAX {
                    mark(self.twos.get_mut(two(beginning(&[*only, second]))), SHORT);
                }
            }
            [_, _] => mark(self.twos.get_mut(two(beginning(word))), SHORT),
            [_, _, _] => mark(self.threes.get_mut(three(beginning(word))), SHORT),
            [..] => mark(self.fours.get_mut(four(beginning(word))), LONG),
        }
    }

    /// Calls `see` with the number and the place of every word in `bytes`; those that begin apart only may be left out where
    /// they do not.
    pub(super) fn each(&self, bytes: &[u8], mut see: impl FnMut(usize, Range<usize>)) {
        let (mut may, mut at) = (APART, 0);
        // Four places at a time: what is read once serves them all, and one question tells that no word begins there.
        while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let [first, second, third, fourth, ..] = *eight;
            let mut rest = u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020;
            let mut four = [(0, 0); 4];
            for (slot, may) in four.iter_mut().zip([may, after(first), after(second), after(third)]) {
                let begins = low(rest);
                *slot = (begins, self.places(begins) & may);
                rest >>= 8;
            }
            if four.iter().fold(0, |any, (_, places)| any | places) != 0 {
                for ((begins, places), at) in
                    four.into_iter().zip(at..).filter(|((_, places), _)| *places != 0)
                {
                    self.compare(bytes, at, begins, places, &mut see);
                }
            }
            may = after(fourth);
            at += 4;
        }
        for at in at..bytes.len() {
            let begins = beginning(bytes.get(at..).unwrap_or_default());
            self.compare(bytes, at, begins, LONG | SHORT, &mut see);
        }
    }

    /// What may begin with four bytes, and where.
    fn places(&self, begins: u32) -> Places {
        self.fours.get(four(begins)).copied().unwrap_or(0)
            | self.threes.get(three(begins)).copied().unwrap_or(0)
            | self.twos.get(two(begins)).copied().unwrap_or(0)
    }

    /// Sees the words that begin at `at`.
    fn compare(
        &self,
        bytes: &[u8],
        at: usize,
        begins: u32,
        places: Places,
        see: &mut impl FnMut(usize, Range<usize>),
    ) {
        let long = self.long.get(four(begins)).filter(|_| places & LONG != 0);
        let short = self.short.get(first(begins)).filter(|_| places & SHORT != 0);
        for range in [long, short].into_iter().flatten() {
            let words = self.words.get(usize::from(range.start)..usize::from(range.end)).unwrap_or_default();
            for word in words.iter().filter(|word| begins & word.mask == word.begins) {
                let (start, length) = (word.start as usize, word.length as usize);
                let letters = self.letters.get(start..start + length).unwrap_or_default();
                if bytes.get(at..at + length).is_some_and(|said| said.eq_ignore_ascii_case(letters)) {
                    see(word.number as usize, at..at + length);
                }
            }
        }
    }
}

/// Where a word stands in the order of all: by its first four bytes, shorter ones behind those by their first.
fn slot(word: &[u8]) -> usize {
    let begins = beginning(word);
    if word.len() < 4 { FOURS + first(begins) } else { four(begins) }
}

/// The first four bytes without case; noughts, as case leaves them, where there are fewer.
fn beginning(word: &[u8]) -> u32 {
    let mut four = [0; 4];
    for (slot, byte) in four.iter_mut().zip(word) {
        *slot = *byte;
    }
    u32::from_le_bytes(four) | 0x2020_2020
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
const fn low(eight: u64) -> u32 {
    eight as u32
}

fn first(begins: u32) -> usize {
    (begins & 0xff) as usize
}

fn four(begins: u32) -> usize {
    (begins.wrapping_mul(0x9e37_79b1) >> 18) as usize % FOURS
}

fn three(begins: u32) -> usize {
    ((begins & 0xff_ffff).wrapping_mul(0x9e37_79b1) >> 20) as usize % THREES
}

fn two(begins: u32) -> usize {
    (begins & 0xffff) as usize % TWOS
}

/// Where a word stands that begins behind a byte.
fn after(byte: u8) -> Places {
    AFTER.get(usize::from(byte)).copied().unwrap_or(0)
}

#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const AFTER: [Places; 256] = {
    let mut after = [APART; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() {
            after[byte as usize] = INSIDE;
        }
        if byte == u8::MAX {
            break after;
        }
        byte += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    fn met(words: &[(&[u8], bool)], text: &str) -> Vec<(usize, usize)> {
        let mut met = Vec::new();
        Spelled::of(words).unwrap().each(text.as_bytes(), |number, range| met.push((range.start, number)));
        met.sort_unstable();
        met
    }

    #[test]
    fn words_of_every_length_are_met_in_any_case() {
        let words: [(&[u8], bool); 5] =
            [(b"=", true), (b"id", true), (b"tel", true), (b"name", true), (b"names of", true)];
        assert_eq!(met(&words, "ID=Tel"), [(0, 1), (2, 0), (3, 2)]);
        assert_eq!(met(&words, "xNAMES ofid"), [(1, 3), (1, 4), (9, 1)]);
        assert_eq!(met(&words, "na"), []);
        assert_eq!(met(&words, "="), [(0, 0)]);
    }

    #[test]
    fn a_word_that_begins_apart_is_not_met_inside_another() {
        let words: [(&[u8], bool); 2] = [(b"tele", false), (b"key", false)];
        assert_eq!(
            met(&words, "tele xtele 7tele \u{e9}tele -tele_ monkeys key...."),
            [(0, 0), (19, 0), (25, 0), (39, 1)]
        );
    }
}
