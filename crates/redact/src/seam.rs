//! Seams: the pieces of a text that was cut within a line, joined again.
//!
//! A card number that lies across a cut is none in either piece. So a piece begins with the end of the one before it, longer than
//! what any layer looks at together, and what was found in either is taken out: whatever lies across the end of one piece lies
//! whole in the next. A run without a break that was found and is longer still goes to its end.

use std::ops::Range;

use candor_model::FindingKind;

use crate::marked::Searched;
use crate::seal::Raw;
use crate::text::find::{Find, merged};
use crate::text::other::OtherLines;

/// What is found so near to a cut, in bytes, may only be half of something, or no find at all: the other piece sees it whole.
const EDGE_BYTES: usize = 1024;
/// How far before the next piece a text is held back, in bytes, so that a find is not named in two parts.
const HELD_BYTES: usize = 64 * 1024;
/// Most bytes of a run that may follow what was found of it and belong to it: a find may leave a mark at its end.
const MARKS_BYTES: usize = 16;

/// Joins the searched pieces of a text, one after the other, in bounded memory.
#[derive(Debug, Default)]
pub struct Seams {
    /// What a later piece may change.
    held: Option<Searched>,
}

impl Seams {
    /// Bytes that two pieces of a line have in common: twice what the tagger and the reader of tables look at together.
    pub const SHARED_BYTES: usize = 32 * 1024;

    /// Takes the next piece, and gives what no later piece can change, to be named.
    ///
    /// The first `again` bytes of the piece are the last of the one before it (0 if a line begins there), and its last
    /// `shared` bytes are the first of the next (0 if a line or the text ends there, which gives all that was held back).
    pub fn join(&mut self, piece: Searched, again: usize, shared: usize) -> Searched {
        let whole = match self.held.take() {
            None => piece,
            Some(held) => joined(&held, &piece, again),
        };
        if shared == 0 {
            return whole;
        }
        let limit = boundary_before(whole.text.open(), shared);
        let (done, held) = split(&whole, apart(&whole.finds, limit));
        self.held = Some(held);
        done
    }
}

/// Two pieces of which one goes on the other, as one.
fn joined(held: &Searched, piece: &Searched, again: usize) -> Searched {
    let (before, text) = (held.text.open(), piece.text.open());
    let same = text.get(..again).is_some_and(|shared| before.ends_with(shared));
    let again = if same { again } else { 0 };
    let (start, more) = (before.len() - again, text.get(again..).unwrap_or_default());
    let edge = EDGE_BYTES.min(again / 4);
    let mut finds: Vec<Find> =
        held.finds.iter().filter(|find| find.range.start + edge < before.len()).cloned().collect();
    if let Some(last) = finds.last_mut().filter(|last| last.range.start < start + edge) {
        last.range.end += rest_of_run(before, last.range.end, more);
    }
    let seen_whole = piece.finds.iter().filter(|find| again == 0 || find.range.end > edge);
    finds.extend(seen_whole.map(|find| Find { range: moved(&find.range, start), ..find.clone() }));
    let mut both = String::with_capacity(before.len() + more.len());
    both.push_str(before);
    both.push_str(more);
    let mut others = held.others;
    others += piece.others - if again == 0 { OtherLines::default() } else { piece.first_others };
    Searched {
        text: Raw::seal(both),
        finds: merged(finds),
        before: held.before,
        others,
        first_others: held.first_others,
    }
}

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// How many bytes a find that ends at `end` goes on, if the run that it ends in was cut: what is left of `text` and what of
/// `more` belongs to that run.
fn rest_of_run(text: &str, end: usize, more: &str) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    if rest.len() > MARKS_BYTES || !rest.chars().all(is_run) {
        return 0;
    }
    rest.len() + more.find(|c| !is_run(c)).unwrap_or(more.len())
}

/// Characters of keys, of encoded text and of words.
fn is_run(c: char) -> bool {
    c.is_alphanumeric() || "+/=_.-%~\\".contains(c)
}

/// A character boundary that has at least `bytes` behind it.
fn boundary_before(text: &str, bytes: usize) -> usize {
    let mut at = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A place at `limit` or before it that is in no find, nor right after one; `limit` if there is none near.
fn apart(finds: &[Find], limit: usize) -> usize {
    let mut at = limit;
    let first_after = finds.partition_point(|find| find.range.start < limit);
    for find in finds.iter().take(first_after).rev() {
        if find.range.end < at || limit - at > HELD_BYTES {
            break;
        }
        at = find.range.start;
    }
    if limit - at > HELD_BYTES { limit } else { at }
}

/// A text in two. A find across the cut is two, which are named as text: no surrogate may stand beside another.
fn split(whole: &Searched, at: usize) -> (Searched, Searched) {
    let (head, tail) = whole.text.open().split_at(at);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for find in &whole.finds {
        let crosses = find.range.start < at && at < find.range.end;
        let kind = if crosses { FindingKind::Unknown } else { find.kind };
        let part = |range: Range<usize>| Find { range, kind, rule: find.rule };
        if find.range.start < at {
            before.push(part(find.range.start..find.range.end.min(at)));
        }
        if find.range.end > at {
            after.push(part(find.range.start.max(at) - at..find.range.end - at));
        }
    }
    let none = OtherLines::default();
    let searched = |text: &str, finds, before, others| Searched {
        text: Raw::seal(text.to_owned()),
        finds,
        before,
        others,
        first_others: none,
    };
    let last = head.chars().next_back().or(whole.before);
    (searched(head, before, whole.before, whole.others), searched(tail, after, last, none))
}

#[cfg(test)]
mod tests;
