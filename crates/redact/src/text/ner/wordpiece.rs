//! The uncased `WordPiece` tokenizer of BERT, with the bytes of the text that each token stands for.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::ner::unicode::{bare, is_dropped, is_ideograph, is_mark, is_punctuation};

/// A word with more characters is one unknown token, as in the model's training.
const WORD_CHARACTERS_MAX: usize = 100;

/// One token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Its number in the vocabulary.
    pub(super) id: i32,
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// Whether it goes on with the word of the token before.
    pub(super) continues: bool,
}

/// A character of a word after lower-casing, and the bytes that it came from.
struct Letter {
    c: char,
    range: Range<usize>,
}

/// The vocabulary: pieces that begin a word, and pieces that go on with one.
pub(super) struct Vocabulary {
    begins: BTreeMap<String, i32>,
    continues: BTreeMap<String, i32>,
    longest: usize,
    unknown: i32,
    pub(super) class: i32,
    pub(super) separator: i32,
}

impl Vocabulary {
    /// Reads `vocab.txt`: a piece a line, its number is the line's. None if a special token is missing.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut begins, mut continues) = (BTreeMap::new(), BTreeMap::new());
        let mut longest = 0;
        for (piece, id) in text.lines().zip(0..) {
            longest = longest.max(piece.len());
            match piece.strip_prefix("##").filter(|rest| !rest.is_empty()) {
                Some(rest) => continues.insert(rest.to_owned(), id),
                None => begins.insert(piece.to_owned(), id),
            };
        }
        let special = |name: &str| begins.get(name).copied();
        let (unknown, class, separator) = (special("[UNK]")?, special("[CLS]")?, special("[SEP]")?);
        Some(Self { begins, continues, longest, unknown, class, separator })
    }

    /// The tokens of `text`, in order.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 3);
        let mut word: Vec<Letter> = Vec::new();
        for (at, c) in text.char_indices() {
            let range = at..at + c.len_utf8();
            if is_dropped(c) {
                continue;
            }
            if c.is_whitespace() {
                self.end_word(&mut word, &mut tokens);
                continue;
            }
            // Marks are taken off before lower-casing, and what lower-casing adds is looked at as well.
            for c in bare_letters(c).flat_map(char::to_lowercase).filter(|c| !is_mark(*c)) {
                let letter = Letter { c, range: range.clone() };
                if is_punctuation(c) || is_ideograph(c) {
                    self.end_word(&mut word, &mut tokens);
                    word.push(letter);
                    self.end_word(&mut word, &mut tokens);
                } else {
                    word.push(letter);
                }
            }
        }
        self.end_word(&mut word, &mut tokens);
        tokens
    }

    /// Cuts a word into the longest pieces from the left, or makes it one unknown token.
    fn end_word(&self, word: &mut Vec<Letter>, tokens: &mut Vec<Token>) {
        let (Some(first), Some(last)) = (word.first(), word.last()) else { return };
        let before = tokens.len();
        let whole = first.range.start..last.range.end;
        let mut from = 0;
        while from < word.len() {
            let piece = if word.len() > WORD_CHARACTERS_MAX { None } else { self.longest_piece(word, from) };
            let Some((id, to)) = piece else {
                tokens.truncate(before);
                tokens.push(Token { id: self.unknown, range: whole, continues: false });
                break;
            };
            let range = word.get(from..to).and_then(bytes_of).unwrap_or_default();
            tokens.push(Token { id, range, continues: from > 0 });
            from = to;
        }
        word.clear();
    }

    /// The longest piece of the vocabulary that stands at `from`, and where it ends.
    fn longest_piece(&self, word: &[Letter], from: usize) -> Option<(i32, usize)> {
        let pieces = if from == 0 { &self.begins } else { &self.continues };
        let mut text = String::with_capacity(self.longest);
        let mut found = None;
        for (n, letter) in word.iter().enumerate().skip(from) {
            text.push(letter.c);
            if text.len() > self.longest {
                break;
            }
            if let Some(id) = pieces.get(&text) {
                found = Some((*id, n + 1));
            }
        }
        found
    }
}

fn bytes_of(letters: &[Letter]) -> Option<Range<usize>> {
    Some(letters.first()?.range.start..letters.last()?.range.end)
}

/// A character without its marks. A Hangul syllable becomes its two or three letters (Unicode 15, section 3.12).
fn bare_letters(c: char) -> impl Iterator<Item = char> {
    const FIRST: u32 = 0xac00;
    let syllable = u32::from(c).checked_sub(FIRST).filter(|n| *n < 11_172);
    let letters = match syllable {
        None => [Some(bare(c)), None, None],
        Some(n) => {
            let last = n % 28;
            [
                char::from_u32(0x1100 + n / 588),
                char::from_u32(0x1161 + n % 588 / 28),
                char::from_u32(0x11a7 + last).filter(|_| last > 0),
            ]
        }
    };
    letters.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\nal\n##ice\n.\njurgen\n##s\n").unwrap()
    }

    #[test]
    fn tokens_stand_for_the_bytes_of_the_text() {
        let tokens = vocabulary().tokens("  ÁL\u{200b}ice.Jürgens");
        let told: Vec<_> = tokens.iter().map(|t| (t.id, t.range.clone(), t.continues)).collect();
        assert_eq!(
            told,
            [(4, 2..5, false), (5, 8..11, true), (6, 11..12, false), (7, 12..19, false), (8, 19..20, true)]
        );
    }

    #[test]
    fn a_word_that_cannot_be_cut_is_unknown_as_a_whole() {
        let tokens = vocabulary().tokens("alx");
        assert_eq!(tokens, [Token { id: 1, range: 0..3, continues: false }]);
        assert_eq!(vocabulary().tokens(&"al".repeat(51)).len(), 1);
    }
}
