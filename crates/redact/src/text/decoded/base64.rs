//! What base64 says: in any alignment behind the parts of a path, as UTF-8, UTF-16 or Latin-1, and between bytes that are no text.

use std::ops::Range;

use candor_model::FindingKind;

use super::windows;
use crate::text::find::Find;
use crate::text::rules::encoded::{self, value};

/// Shortest run that is decoded, in characters: ten bytes.
const RUN_MIN: usize = 14;
/// The same with its padding, which tells: eight bytes.
const PADDED_MIN: usize = 12;
/// Shortest run without capitals, small letters and digits that is decoded, in characters: twelve bytes. Words are as long.
const PLAIN_MIN: usize = 16;
/// Shortest text that is looked at, in bytes.
const SAID_MIN: usize = 8;
/// Fewest bytes of ASCII in a row in what may say something.
const ROW_MIN: usize = 5;
/// Shortest text between bytes that are none, in bytes, where most is text.
const PART_MIN: usize = 6;
/// The same where most is not: what chance writes is shorter.
const PART_MIN_AMONG_BYTES: usize = 16;

/// Parts of a run that are long enough and of the alphabet of base64.
pub(super) fn pieces(run: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    run.split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_".contains(c))).filter_map(move |piece| {
        let start = from;
        from += piece.len() + 1;
        let end = start + piece.len();
        is_long(piece, run.get(end..).unwrap_or_default()).then_some(start..end)
    })
}

fn is_long(piece: &str, after: &str) -> bool {
    let padding = after.bytes().take(2).take_while(|b| *b == b'=').count();
    let length = piece.len() + padding;
    piece.len() >= PLAIN_MIN
        || padding > 0 && length >= PADDED_MIN && length.is_multiple_of(4)
        || piece.len() >= RUN_MIN && is_mixed(piece) && piece.contains(|c: char| c.is_ascii_digit())
}

/// Words and paths are in one case; text in base64 is not.
fn is_mixed(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    bytes.iter().any(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase)
}

/// What is found first in what base64 says, and where the base64 that says it begins.
pub(super) fn found_in(piece: &str, look: &impl Fn(&str, &mut Vec<Find>)) -> Option<(usize, FindingKind)> {
    let is_mixed = is_mixed(piece);
    starts(piece, is_mixed).into_iter().flatten().find_map(|start| {
        let run = piece.get(start..)?.as_bytes();
        let parts = windows(run.len()).filter_map(|window| run.get(window));
        parts.filter_map(|part| Said::of(part, is_mixed)).find_map(|said| Some((start, said.found(look)?)))
    })
}

/// Where the base64 may begin: at the begin, and behind the first part of a path for each of the other alignments.
fn starts(piece: &str, is_mixed: bool) -> [Option<usize>; 4] {
    let mut starts = [Some(0), None, None, None];
    let behind = piece.match_indices(['/', '-', '_', '+']).map(|(at, _)| at + 1);
    for start in behind.filter(|start| is_mixed && piece.len() - start >= RUN_MIN) {
        if let Some(free) = starts.get_mut(start % 4).filter(|start| start.is_none()) {
            *free = Some(start);
        }
    }
    starts
}

/// A text that base64 says.
struct Said {
    text: String,
    /// Whether it is text and little else.
    is_text: bool,
}

impl Said {
    /// Text as it is; of a run `is_mixed`, also other encodings and the texts between bytes.
    fn of(part: &[u8], is_mixed: bool) -> Option<Self> {
        let said = match encoded::decoded(part) {
            Some(text) => Some(Self { text, is_text: true }),
            None if is_mixed && may_say(part) => Self::between(&bytes(part)),
            None => None,
        };
        said.filter(|said| said.text.len() >= SAID_MIN)
    }

    fn between(bytes: &[u8]) -> Option<Self> {
        if let Some(text) = utf_16(bytes) {
            return Some(Self { text, is_text: true });
        }
        let text = texts(bytes);
        let read = text.chars().filter(|c| *c != '\0').count();
        let plain = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').count();
        let is_text = 4 * plain >= 3 * bytes.len();
        let least = if 2 * read >= bytes.len() { PART_MIN } else { PART_MIN_AMONG_BYTES };
        let parts: Vec<&str> = text.split('\0').filter(|part| part.len() >= least).collect();
        (!parts.is_empty()).then(|| Self { text: parts.join("\n"), is_text })
    }

    /// What is found first. Bytes that are text by chance make words, but no numbers with a check digit.
    fn found(&self, look: &impl Fn(&str, &mut Vec<Find>)) -> Option<FindingKind> {
        use FindingKind::{Address, JobTitle, Location, Organisation, Person};
        let mut found = Vec::new();
        look(&self.text, &mut found);
        let is_word = |kind| matches!(kind, Person | Organisation | Location | Address | JobTitle);
        found.into_iter().map(|find| find.kind).find(|kind| self.is_text || !is_word(*kind))
    }
}

/// The bytes that four characters encode, or fewer at the end of a run.
fn three(four: &[u8]) -> impl Iterator<Item = u8> {
    let bits = four.iter().fold(0_u32, |bits, b| bits << 6 | value(*b).map_or(0, u32::from));
    let [_, one, two, three] = (bits << (6 * (4 - four.len()))).to_be_bytes();
    [one, two, three].into_iter().take(four.len().saturating_sub(1))
}

/// The bytes that a run encodes.
fn bytes(run: &[u8]) -> Vec<u8> {
    run.chunks(4).flat_map(three).collect()
}

/// Whether a run says some letters in a row, between which UTF-16 has zeros: most paths and keys do not, and are told by this
/// before anything is kept.
fn may_say(run: &[u8]) -> bool {
    let mut row = 0;
    run.chunks(4).flat_map(three).any(|byte| {
        row = if matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~') { row + 1 } else { 0 };
        row == ROW_MIN
    })
}

/// UTF-16 of letters below 256 for the most part, in either order of bytes: every second byte is zero.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let most = |zeros: usize| bytes.len() >= 2 * SAID_MIN && 8 * zeros >= 3 * bytes.len();
    let order: fn([u8; 2]) -> u16 = match (most(zeros(1)), most(zeros(0))) {
        (true, false) => u16::from_le_bytes,
        (false, true) => u16::from_be_bytes,
        (true, true) | (false, false) => return None,
    };
    let (twos, _) = bytes.as_chunks::<2>();
    let said = char::decode_utf16(twos.iter().map(|two| order(*two)));
    Some(said.map(|c| c.ok().filter(|c| !c.is_control() || c.is_whitespace()).unwrap_or('\n')).collect())
}

/// Bytes as text, with a zero for each that is none. A few bytes that are no UTF-8 are letters of Latin-1.
fn texts(bytes: &[u8]) -> String {
    const OTHERS_AMONG: usize = 6;
    let others: usize = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    let is_latin = OTHERS_AMONG * others <= bytes.len();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let is_text = |c: char| !c.is_control() || c.is_whitespace();
        text.extend(chunk.valid().chars().map(|c| if is_text(c) { c } else { '\0' }));
        let letters = chunk.invalid().iter().map(|byte| char::from(*byte));
        text.extend(letters.map(|c| if is_latin && c >= '\u{c0}' { c } else { '\0' }));
    }
    text
}
