//! A name that was found for sure is found everywhere in the text.

use std::collections::BTreeSet;

use crate::text::tagger::label::KINDS;
use crate::text::tagger::lists::bit;
use crate::text::tagger::token::{Token, shape};

/// Most names that are remembered.
const NAMES_MAX: usize = 4096;
/// Shortest word in bytes that is remembered.
const WORD_BYTES_MIN: u32 = 3;

/// The words of names that were found for sure so far.
#[derive(Debug, Default)]
pub(crate) struct Sure {
    words: BTreeSet<u32>,
}

impl Sure {
    /// Learns the sure names of a window, and labels each word that is one of them.
    pub(crate) fn spread(&mut self, tokens: &[Token], labels: &mut [u8]) {
        self.learn(tokens, labels);
        if self.words.is_empty() {
            return;
        }
        for (token, label) in tokens.iter().zip(labels) {
            let may_be = token.is_capital() || token.lists & bit::NAMES != 0;
            if *label == NOTHING && may_be && is_a_name_alone(token) && self.words.contains(&token.word) {
                *label = PERSON;
            }
        }
    }

    fn learn(&mut self, tokens: &[Token], labels: &[u8]) {
        let mut names =
            tokens.iter().zip(labels).enumerate().filter(|(_, (_, label))| is_person(**label)).peekable();
        while let Some((at, (token, _))) = names.next() {
            // A given name and a surname stand together: two words in a row, both taken for a name.
            let next_to_it =
                names.peek().is_some_and(|(next, (token, _))| *next == at + 1 && token.is_word());
            let after_one = at > 0
                && labels.get(at - 1).is_some_and(|label| is_person(*label))
                && tokens.get(at - 1).is_some_and(Token::is_word);
            let is_whole = next_to_it || after_one;
            if is_whole && token.is_word() && is_a_name_alone(token) && self.words.len() < NAMES_MAX {
                self.words.insert(token.word);
            }
        }
    }
}

const NOTHING: u8 = 0;
const PERSON: u8 = 2;

fn is_person(label: u8) -> bool {
    usize::from(label) == KINDS[0].1 || usize::from(label) == KINDS[0].2
}

/// Not an ordinary word, and long enough to be nothing else.
fn is_a_name_alone(token: &Token) -> bool {
    let ordinary = bit::COMMON | bit::FUNCTION | bit::MONTH | bit::TITLE | bit::GREETING | bit::STREET;
    token.end - token.start >= WORD_BYTES_MIN && token.lists & ordinary == 0 && token.shape != shape::UNCASED
}
