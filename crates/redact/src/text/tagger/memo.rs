//! What the look before made of a row of tokens: when a text is looked at again because some of it was taken out, most of
//! its rows are as they were.

use std::ops::Range;

use crate::text::tagger::token::Token;

/// Tokens on each side of a row that its labels hang on.
const AROUND: usize = 2;
/// How many rows of the look before are passed over to find one again: as many as may have gone.
const AHEAD: usize = 24;

/// Rows with their labels, of the look before and of this one.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    before: Rows,
    now: Rows,
    /// The next row of the look before.
    next: usize,
}

/// Keys of rows, and where their labels are.
#[derive(Debug, Default)]
struct Rows {
    keys: Vec<(u64, Range<usize>)>,
    labels: Vec<u8>,
}

impl Memo {
    /// A look at the text begins.
    pub(crate) fn begin(&mut self) {
        std::mem::swap(&mut self.before, &mut self.now);
        self.now.keys.clear();
        self.now.labels.clear();
        self.next = 0;
    }

    /// Puts the labels of a row into `labels`, if the look before knew it.
    pub(crate) fn recall(&mut self, key: u64, labels: &mut [u8]) -> bool {
        let ahead = self.before.keys.iter().enumerate().skip(self.next).take(AHEAD);
        let Some((at, (_, range))) = ahead.into_iter().find(|(_, (known, _))| *known == key) else {
            return false;
        };
        let Some(known) = self.before.labels.get(range.clone()).filter(|known| known.len() == labels.len())
        else {
            return false;
        };
        labels.copy_from_slice(known);
        self.next = at + 1;
        true
    }

    /// Keeps the labels of a row for the look after.
    pub(crate) fn note(&mut self, key: u64, labels: &[u8]) {
        let start = self.now.labels.len();
        self.now.labels.extend_from_slice(labels);
        self.now.keys.push((key, start..self.now.labels.len()));
    }
}

/// A hash of everything that the labels of a row hang on: its tokens and those around it, all but their places.
pub(crate) fn key(tokens: &[Token], row: Range<usize>) -> u64 {
    let from = row.start.saturating_sub(AROUND);
    let end = row.end.saturating_add(AROUND).min(tokens.len());
    let begin = mixed(row.start.abs_diff(from) as u64, row.len() as u64);
    tokens.get(from..end).unwrap_or_default().iter().fold(begin, |hash, token| {
        let hash = mixed(hash, u64::from(token.word) << 32 | u64::from(token.prefix));
        let hash = mixed(hash, u64::from(token.suffix) << 32 | u64::from(token.key));
        let small = [token.shape, u8::from(token.glued), token.line, token.case, token.place, 0];
        let small = small.iter().fold(u64::from(token.lists), |all, byte| all << 8 | u64::from(*byte));
        mixed(hash, small)
    })
}

const fn mixed(hash: u64, value: u64) -> u64 {
    let mixed = (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(words: &[u32]) -> Vec<Token> {
        words.iter().map(|word| Token { word: *word, ..Token::default() }).collect()
    }

    #[test]
    fn a_row_is_known_again_until_it_or_what_is_around_it_changes() {
        let mut memo = Memo::default();
        let first = tokens(&[1, 2, 3, 4, 5, 6]);
        memo.begin();
        memo.note(key(&first, 2..4), &[7, 8]);
        memo.begin();
        let mut labels = [0; 2];
        assert!(memo.recall(key(&first, 2..4), &mut labels));
        assert_eq!(labels, [7, 8]);
        for place in [0, 2, 5] {
            let mut other = first.clone();
            other[place].word = 99;
            memo.begin();
            memo.note(key(&first, 2..4), &[7, 8]);
            memo.begin();
            assert!(!memo.recall(key(&other, 2..4), &mut labels), "{place}");
        }
    }
}
