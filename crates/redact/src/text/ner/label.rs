//! What the model says of a token, and what finds that makes.

use candor_model::FindingKind;

use crate::text::find::{Find, merged};
use crate::text::ner::MASK_FROM;
use crate::text::ner::doubt::borne_out;
use crate::text::ner::wordpiece::Token;

/// The model's labels: ordinary text, then a beginning and an inside for each of [`KINDS`].
pub(super) const LABELS: usize = 1 + 2 * KINDS.len();

const RULE: &str = "model.rampart";

/// What the model must give where a rule or the tagger would likely know as well.
const LIKELY_FROM: f32 = 0.5;
/// What it must give where it is often wrong.
const SURE_FROM: f32 = 0.9;
/// Letters that make a part of an address say a place by itself.
const PLACE_LETTERS_MIN: usize = 3;
/// How near to a place a number must stand to be its house or postcode, in bytes.
const COMPANY_BYTES: usize = 12;

/// The model's kinds in the order of its labels, as the kinds of findings.
const KINDS: [FindingKind; 17] = [
    FindingKind::Person,   // given name
    FindingKind::Person,   // surname
    FindingKind::Email,    // e-mail
    FindingKind::Phone,    // phone
    FindingKind::Url,      // web address
    FindingKind::Id,       // tax number
    FindingKind::Iban,     // bank account
    FindingKind::Iban,     // routing number
    FindingKind::Id,       // government id
    FindingKind::Id,       // passport
    FindingKind::Id,       // driving licence
    FindingKind::Address,  // building number
    FindingKind::Address,  // street
    FindingKind::Address,  // secondary address
    FindingKind::Location, // city
    FindingKind::Location, // state
    FindingKind::Address,  // postcode
];

/// What sets a number apart from the place beside it: another line, another cell, another part of a sentence.
const APART: [char; 7] = ['\n', '\t', ';', '|', ':', '(', '"'];

/// What the model says of one token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// How likely it is to be anything but ordinary text.
    pub(super) masked: f32,
    /// The likeliest kind, if it is.
    pub(super) kind: FindingKind,
}

impl Reading {
    /// Of a token that was not read.
    pub(super) const NOTHING: Self = Self { masked: 0.0, kind: FindingKind::Unknown };

    /// Takes up a row of scores. Of two windows that read the token, the one that sees more in it counts.
    pub(super) fn note(&mut self, scores: &[f32]) {
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
        let all: f32 = weights.iter().sum();
        let Some((ordinary, kinds)) = weights.split_first() else { return };
        let masked = 1.0 - ordinary / all;
        if masked <= self.masked {
            return;
        }
        let sums = kinds.chunks(2).map(|both| both.iter().sum::<f32>());
        let likeliest = sums.zip(KINDS).max_by(|a, b| a.0.total_cmp(&b.0));
        *self = Self { masked, kind: likeliest.map_or(FindingKind::Unknown, |(_, kind)| kind) };
    }
}

/// A word of the text: its tokens together.
struct Word {
    find: Find,
    masked: f32,
}

/// Makes finds of the tokens that are masked: whole words, joined where they belong together.
pub(super) fn finds(text: &str, tokens: &[Token], readings: &[Reading]) -> Vec<Find> {
    let mut finds: Vec<Find> = Vec::new();
    for word in words(tokens, readings).into_iter().filter(|word| word.masked >= needed(text, &word.find)) {
        match finds.last_mut() {
            Some(last) if joins(text, last, &word.find) => last.range.end = word.find.range.end,
            _ => finds.push(word.find),
        }
    }
    let finds: Vec<Find> = finds.into_iter().filter_map(|find| borne_out(text, find)).collect();
    with_company(text, &merged(finds))
}

/// What the model must give to a word. It does not see capitals, and takes much for a number of somebody: a word in
/// lower case, or a number that rules would know, must be surer.
#[expect(clippy::wildcard_enum_match_arm, reason = "the model has no kinds but those of `KINDS`")]
fn needed(text: &str, find: &Find) -> f32 {
    let word = text.get(find.range.clone()).unwrap_or_default();
    let is_lower = !word.contains(char::is_uppercase) && word.contains(char::is_alphabetic);
    match find.kind {
        FindingKind::Person | FindingKind::Location | FindingKind::Address if is_lower => SURE_FROM,
        FindingKind::Person | FindingKind::Location | FindingKind::Address => MASK_FROM,
        // A number of a person has a digit: anything else is a word of a program.
        FindingKind::Id if !word.contains(|c: char| c.is_ascii_digit()) => f32::INFINITY,
        FindingKind::Id => SURE_FROM,
        _ => LIKELY_FROM,
    }
}

/// Drops parts of an address that are only a number and stand alone: in a log every number is somebody's house.
fn with_company(text: &str, finds: &[Find]) -> Vec<Find> {
    let says_a_place = |find: &Find| {
        let letters =
            text.get(find.range.clone()).map_or(0, |t| t.chars().filter(|c| c.is_alphabetic()).count());
        letters >= PLACE_LETTERS_MIN && matches!(find.kind, FindingKind::Address | FindingKind::Location)
    };
    let is_near = |a: &Find, b: &Find| {
        let (first, second) = if a.range.start < b.range.start { (a, b) } else { (b, a) };
        let gap = text.get(first.range.end..second.range.start);
        gap.is_some_and(|gap| gap.len() <= COMPANY_BYTES && !gap.contains(APART))
    };
    let stays = |n: usize, find: &Find| {
        let beside = [n.checked_sub(1), n.checked_add(1)];
        let mut beside = beside.into_iter().flatten().filter_map(|n| finds.get(n));
        find.kind != FindingKind::Address
            || says_a_place(find)
            || beside.any(|other| says_a_place(other) && is_near(find, other))
    };
    finds.iter().enumerate().filter(|(n, find)| stays(*n, find)).map(|(_, find)| find.clone()).collect()
}

/// Tokens put together to words: half a name says whose it is. A word is what its likeliest token is.
fn words(tokens: &[Token], readings: &[Reading]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (token, reading) in tokens.iter().zip(readings) {
        match words.last_mut() {
            Some(last) if token.continues => {
                last.find.range.end = token.range.end;
                if reading.masked > last.masked {
                    (last.masked, last.find.kind) = (reading.masked, reading.kind);
                }
            }
            _ => words.push(Word {
                find: Find { range: token.range.clone(), kind: reading.kind, rule: RULE },
                masked: reading.masked,
            }),
        }
    }
    words
}

/// Whether two masked words are one find: of one kind, with nothing between them, or only a space.
fn joins(text: &str, last: &Find, next: &Find) -> bool {
    let gap = text.get(last.range.end..next.range.start);
    let near = gap.is_some_and(|gap| {
        gap.len() <= 2 && gap.chars().all(|c| !matches!(c, '\n' | '\t') && c.is_whitespace())
    });
    last.kind == next.kind && near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(range: std::ops::Range<usize>, continues: bool) -> Token {
        Token { id: 0, range, continues }
    }

    fn reading(masked: f32) -> Reading {
        Reading { masked, kind: FindingKind::Person }
    }

    #[test]
    fn a_word_is_masked_whole_and_joined_with_its_neighbour() {
        let text = "for ALice Zyx\nZoë";
        let tokens = [
            token(0..3, false),
            token(4..6, false),
            token(6..9, true),
            token(10..13, false),
            token(14..18, false),
        ];
        let readings = [reading(0.1), reading(0.1), reading(0.9), reading(0.2), reading(0.3)];
        let found: Vec<_> = finds(text, &tokens, &readings).into_iter().map(|f| f.range).collect();
        assert_eq!(found, [4..13, 14..18]);
    }

    #[test]
    fn a_number_is_part_of_an_address_only_beside_one() {
        let text = "Main 12, and later then 4711";
        let find = |range| Find { range, kind: FindingKind::Address, rule: RULE };
        let kept = with_company(text, &[find(0..4), find(5..7), find(24..28)]);
        assert_eq!(kept, [find(0..4), find(5..7)]);
    }

    #[test]
    fn a_token_is_what_its_beginning_and_inside_say_together() {
        let mut scores = [0.0; LABELS];
        scores[0] = 1.0;
        (scores[1], scores[7], scores[8]) = (1.2, 1.1, 1.1);
        let mut read = Reading::NOTHING;
        read.note(&scores);
        assert_eq!(read.kind, FindingKind::Phone);
        assert!(read.masked > 0.9);
    }
}
