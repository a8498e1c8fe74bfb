//! A fast tagger: names, organisations, places, addresses, nationalities, job titles, personal dates and ages.
//!
//! The path of a text: windows of whole lines; `token` splits a window, `line` says what is worth a look; `feature`
//! turns each such token into rows of `weights`; `lattice` finds the best labels; a name that was found for sure is
//! found everywhere in the text. `train` makes the weights with the same tokens and features.
//!
//! The weights hold the hashes of the word lists in `data/tagger`. Every step is linear in the text, and no window is
//! longer than [`WINDOW_BYTES_MAX`], whether its text has line breaks or not.

pub(crate) mod feature;
pub(crate) mod fold;
pub(crate) mod label;
pub(crate) mod lattice;
pub(crate) mod line;
pub(crate) mod lists;
pub(crate) mod memo;
pub(crate) mod steps;
pub(crate) mod sure;
pub(crate) mod token;
pub(crate) mod train;
pub(crate) mod weights;

use std::ops::Range;

use crate::text::draft::Change;
use crate::text::find::Find;
use crate::text::tagger::lattice::Lattice;
use crate::text::tagger::memo::{Again, Look, Memo};
use crate::text::tagger::sure::Sure;
use crate::text::tagger::token::Token;
use crate::text::tagger::weights::Weights;

/// Most bytes that are looked at together.
const WINDOW_BYTES_MAX: usize = 16 * 1024;
/// What two windows of a line have in common, in bytes: more than a name or an address has.
const SHARED_BYTES: usize = 512;

/// How readily something is taken for personal data, in sixteenths of a natural logarithm of the odds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaning(pub(crate) i16);

impl Leaning {
    /// As measured best for bulk text.
    pub(crate) const EVEN: Self = Self(0);
}

/// The weights, ready to use. It never changes, and threads may share it.
#[derive(Debug)]
pub struct Tagger {
    weights: Weights,
}

impl Tagger {
    /// Reads the weights. Whether they are the ones that belong to this build is the caller's to check.
    ///
    /// # Errors
    /// If the bytes are not a whole file of weights.
    pub fn read(bytes: &[u8]) -> Result<Self, TaggerError> {
        Ok(Self { weights: Weights::read(bytes)? })
    }

    /// Adds to `finds` what it takes for personal data in `text`. Where `changes` tell what is not as it was at the look
    /// before, which `memo` keeps, the rest is not worked out again.
    pub(crate) fn find(
        &self,
        text: &str,
        changes: Option<&[Change]>,
        memo: &mut Memo,
        finds: &mut Vec<Find>,
    ) {
        let is_one_window = text.len() <= WINDOW_BYTES_MAX;
        let known = changes.filter(|_| is_one_window);
        let again = known.and_then(|changes| memo.again(text, changes, &self.weights.lists));
        let look = match again {
            Some(again) => self.look_again(again),
            None if is_one_window => self.look(text, Leaning::EVEN),
            None => return self.find_leaning(text, Leaning::EVEN, finds),
        };
        let mut labels = look.labels.clone();
        Sure::default().spread(&look.tokens, &mut labels);
        gather(text, 0, &look.tokens, &labels, finds);
        memo.keep(look);
    }

    /// The tokens of a window with their labels.
    fn look(&self, piece: &str, leaning: Leaning) -> Look {
        let mut tokens: Vec<Token> = Vec::with_capacity(piece.len() / 4);
        token::split(piece, &self.weights.lists, &mut tokens);
        line::describe(&mut tokens);
        let mut labels = vec![0; tokens.len()];
        Lattice::default().label(&tokens, &self.weights, leaning, |_, _| false, &mut labels);
        Look { tokens, labels }
    }

    /// The same for a text of which most is as it was.
    fn look_again(&self, again: Again) -> Look {
        let mut labels = vec![0; again.tokens.len()];
        let known = |row: &Range<usize>, labels: &mut [u8]| {
            let known = again.labels_of(row);
            known.is_some_and(|known| {
                labels.copy_from_slice(known);
                true
            })
        };
        Lattice::default().label(&again.tokens, &self.weights, Leaning::EVEN, known, &mut labels);
        Look { tokens: again.tokens, labels }
    }

    /// What it finds in a text of any length, with a readiness.
    fn find_leaning(&self, text: &str, leaning: Leaning, finds: &mut Vec<Find>) {
        let mut sure = Sure::default();
        for window in windows(text) {
            let Some(piece) = text.get(window.clone()) else { continue };
            let Look { tokens, mut labels } = self.look(piece, leaning);
            sure.spread(&tokens, &mut labels);
            gather(piece, window.start, &tokens, &labels, finds);
        }
    }

    /// What it takes for personal data: bytes, and the label of the kind. For measuring the weights.
    #[must_use]
    pub fn spans(&self, text: &str, leaning: i16) -> Vec<(Range<usize>, &'static str)> {
        let mut finds = Vec::new();
        self.find_leaning(text, Leaning(leaning), &mut finds);
        finds.into_iter().map(|find| (find.range, find.kind.label())).collect()
    }
}

/// The windows of `text`: whole lines where lines are short; of a longer line, words or else characters, some of which the next window
/// has too.
fn windows(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= text.len() {
            return None;
        }
        let longest = start..text.floor_char_boundary(start + WINDOW_BYTES_MAX);
        if longest.end == text.len() {
            start = text.len();
            return Some(longest);
        }
        let bytes = text.as_bytes().get(longest.clone()).unwrap_or_default();
        if let Some(line) = bytes.iter().rposition(|b| *b == b'\n') {
            let window = start..start + line + 1;
            start = window.end;
            return Some(window);
        }
        let word = |bytes: &[u8]| bytes.iter().rposition(|b| *b == b' ').map(|at| at + 1);
        let window =
            start..word(bytes).filter(|at| *at > WINDOW_BYTES_MAX / 2).map_or(longest.end, |at| start + at);
        let next = text.floor_char_boundary(window.end - SHARED_BYTES);
        let near = text.as_bytes().get(start..next).unwrap_or_default();
        let near = near.get(near.len() - SHARED_BYTES..).unwrap_or_default();
        start = word(near).map_or(next, |at| next - near.len() + at);
        Some(window)
    })
}

/// Joins labelled tokens into finds.
fn gather(piece: &str, offset: usize, tokens: &[Token], labels: &[u8], finds: &mut Vec<Find>) {
    let mut open: Option<Find> = None;
    for (token, label) in tokens.iter().zip(labels) {
        // Most tokens are nothing behind nothing.
        if usize::from(*label) == label::OUT && open.is_none() {
            continue;
        }
        let Some((kind, starts, rule)) = label::kind(usize::from(*label)) else {
            close(piece, offset, open.take(), finds);
            continue;
        };
        let range = token.start as usize..token.end as usize;
        match &mut open {
            Some(find) if find.kind == kind && !starts => find.range.end = range.end,
            _ => {
                close(piece, offset, open.take(), finds);
                open = Some(Find { range, kind, rule });
            }
        }
    }
    close(piece, offset, open, finds);
}

/// Adds a find without the marks and spaces around it; what is left without a letter or digit is dropped.
fn close(piece: &str, offset: usize, find: Option<Find>, finds: &mut Vec<Find>) {
    let Some(find) = find else { return };
    let Some(text) = piece.get(find.range.clone()) else { return };
    let is_edge = |c: char| !c.is_alphanumeric();
    let tail = text.trim_end_matches(|c: char| is_edge(c) && c != '.' && c != ')');
    let head = tail.trim_start_matches(is_edge);
    if head.is_empty() {
        return;
    }
    let start = offset + find.range.start + (tail.len() - head.len());
    finds.push(Find { range: start..start + head.len(), ..find });
}

/// Why bytes are no weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaggerError {
    /// The file is of another kind or version.
    #[error("the weights of the tagger have another form")]
    Form,
    /// The file ends early, or goes on after its end.
    #[error("the weights of the tagger have another length than they say")]
    Length,
}

#[cfg(test)]
mod tests;
