//! What the look before made of a text: when it is looked at again because some of it was taken out, most of its lines are
//! as they were, and so are their tokens and their labels.

use std::ops::Range;

use crate::text::draft::Change;
use crate::text::tagger::line;
use crate::text::tagger::lists::Lists;
use crate::text::tagger::token::{self, Token};

/// Tokens on each side of a row that its labels hang on.
const AROUND: usize = 2;

/// Tokens and labels of the look before.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// None where the text was longer than a window, or was not looked at.
    before: Option<Look>,
}

/// The tokens of a text with their labels, before names for sure are spread.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pub(crate) tokens: Vec<Token>,
    pub(crate) labels: Vec<u8>,
}

/// A run of tokens that are as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    now: usize,
    was: usize,
    length: usize,
}

/// The tokens of a text of which most are as they were.
pub(crate) struct Again {
    /// The look before.
    before: Look,
    pub(crate) tokens: Vec<Token>,
    kept: Vec<Kept>,
}

impl Memo {
    /// Keeps a look for the next.
    pub(crate) fn keep(&mut self, look: Look) {
        self.before = Some(look);
    }

    /// The tokens of `text`, of which only the lines in `changes` are split anew; none without a look before.
    pub(crate) fn again(&mut self, text: &str, changes: &[Change], lists: &Lists) -> Option<Again> {
        let before = self.before.take()?;
        let changes = changes.iter().map(|change| grown(text, change)).collect::<Option<Vec<_>>>()?;
        Some(Again::new(text, before, &changes, lists))
    }
}

/// A change with the empty lines after it: ends of lines in a row are one token. None where lines before it may be empty.
fn grown(text: &str, change: &Change) -> Option<Change> {
    let bytes = text.as_bytes();
    if bytes.get(change.now.start) == Some(&b'\n') || change.now.is_empty() || change.was.is_empty() {
        return None;
    }
    let more = bytes.get(change.now.end..)?.iter().take_while(|byte| **byte == b'\n').count();
    Some(Change {
        was: change.was.start..change.was.end + more,
        now: change.now.start..change.now.end + more,
    })
}

impl Again {
    fn new(text: &str, before: Look, changes: &[Change], lists: &Lists) -> Self {
        let tokens = Vec::with_capacity(before.tokens.len() + before.tokens.len() / 4);
        let mut again = Self { before, tokens, kept: Vec::with_capacity(2 * changes.len() + 1) };
        let (mut from, mut was_end, mut now_end) = (0, 0, 0);
        for change in changes {
            let first = again.before_place(change.was.start);
            again.keep(from..first, was_end, now_end);
            let after = again.before_place(change.was.end);
            again.split(text, change, first..after, lists);
            (from, was_end, now_end) = (after, change.was.end, change.now.end);
        }
        again.keep(from..again.before.tokens.len(), was_end, now_end);
        line::reach(&mut again.tokens);
        again
    }

    /// How many tokens of the look before began before a place.
    fn before_place(&self, place: usize) -> usize {
        self.before.tokens.partition_point(|token| (token.start as usize) < place)
    }

    /// Takes over tokens of lines that are as they were, from `was` on in the text then, and from `now` on in this one.
    fn keep(&mut self, tokens: Range<usize>, was: usize, now: usize) {
        self.note(self.tokens.len(), tokens.start, tokens.len());
        let moved =
            |place: u32| u32::try_from((place as usize + now).saturating_sub(was)).unwrap_or(u32::MAX);
        let same = self.before.tokens.get(tokens).unwrap_or_default().iter().map(|token| Token {
            start: moved(token.start),
            end: moved(token.end),
            worth: false,
            ..*token
        });
        self.tokens.extend(same);
    }

    /// Splits changed lines, which held the tokens `was`, and notes what of them is as it was.
    fn split(&mut self, text: &str, change: &Change, was: Range<usize>, lists: &Lists) {
        let first = self.tokens.len();
        token::split_part(text, change.now.clone(), lists, &mut self.tokens);
        let now = self.tokens.get_mut(first..).unwrap_or_default();
        line::describe_lines(now);
        let old = self.before.tokens.get(was.clone()).unwrap_or_default();
        let begin = now.iter().zip(old).take_while(|(a, b)| a.says_the_same(b)).count();
        let left = now.len().min(old.len()) - begin;
        let end =
            now.iter().rev().zip(old.iter().rev()).take(left).take_while(|(a, b)| a.says_the_same(b)).count();
        let after = first + now.len() - end;
        self.note(first, was.start, begin);
        self.note(after, was.end - end, end);
    }

    /// Notes a run that is as it was; it goes on the run before where both do.
    fn note(&mut self, now: usize, was: usize, length: usize) {
        match self.kept.last_mut() {
            Some(last) if last.now + last.length == now && last.was + last.length == was => {
                last.length += length;
            }
            _ if length == 0 => {}
            _ => self.kept.push(Kept { now, was, length }),
        }
    }

    /// The labels of a row of tokens, if it and all that its labels hang on are as they were.
    pub(crate) fn labels_of(&self, row: &Range<usize>) -> Option<&[u8]> {
        let from = row.start.saturating_sub(AROUND);
        let end = (row.end + AROUND).min(self.tokens.len());
        let passed = self.kept.partition_point(|kept| kept.now + kept.length < end);
        let kept = self.kept.get(passed).filter(|kept| kept.now <= from)?;
        let start = row.start - kept.now + kept.was;
        let was = start..start + row.len();
        let before = &self.before.tokens;
        // Nothing stands before the first token and after the last: that is a neighbour too.
        let begins = row.start >= AROUND || start == row.start;
        let ends =
            row.end + AROUND <= self.tokens.len() || before.len() - was.end == self.tokens.len() - row.end;
        let worth = |at: usize| before.get(at).is_some_and(|token| token.worth);
        let is_row =
            was.clone().all(worth) && !was.start.checked_sub(1).is_some_and(worth) && !worth(was.end);
        (begins && ends && is_row).then(|| self.before.labels.get(was)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::draft::changed_lines;

    fn look(text: &str, lists: &Lists) -> Look {
        let mut tokens = Vec::new();
        token::split(text, lists, &mut tokens);
        line::describe(&mut tokens);
        // A label that tells where the token was.
        let labels = (0..tokens.len()).map(|at| u8::try_from(at % 251).unwrap()).collect();
        Look { tokens, labels }
    }

    /// What the tokens say with their places.
    fn told(tokens: &[Token]) -> Vec<String> {
        tokens.iter().map(|token| format!("{token:?}")).collect()
    }

    const PAIRS: [(&str, &str); 8] = [
        ("Ask Bob Lund now\nplain words here\n", "Ask [PERSON] now\nplain words here\n"),
        ("one two\nAsk Bob\n\n\nAnd Eve Roe too", "one two\nAsk [PERSON]\n\n\nAnd [PERSON] too"),
        ("a: Bob; b: Eve\nc: Joe", "a: [PERSON]; b: Eve\nc: Joe"),
        ("Bob", "[PERSON]"),
        ("x\r\nBob\r\ny\r\n", "x\r\n[PERSON]\r\ny\r\n"),
        ("\nBob\n", "\n[PERSON]\n"),
        ("same\n", "same\n"),
        (
            "Bob met Eve, and Joe met Ann Lee at noon\nEve\n",
            "Bob met Eve, and [PERSON] met Ann Lee at noon\nEve\n",
        ),
    ];

    #[test]
    fn tokens_of_changed_lines_are_as_if_all_were_split() {
        let lists = Lists::of(&[]);
        for (was, now) in PAIRS {
            let mut memo = Memo::default();
            memo.keep(look(was, &lists));
            let again = memo.again(now, &changed_lines(now, was).unwrap(), &lists).unwrap();
            assert_eq!(told(&again.tokens), told(&look(now, &lists).tokens), "{now:?}");
        }
    }

    #[test]
    fn labels_are_known_again_only_where_nothing_around_them_changed() {
        let lists = Lists::of(&[]);
        for (was, now) in PAIRS {
            let before = look(was, &lists);
            let mut memo = Memo::default();
            memo.keep(look(was, &lists));
            let again = memo.again(now, &changed_lines(now, was).unwrap(), &lists).unwrap();
            let mut start = 0;
            for row in again.tokens.chunk_by(|a, b| a.worth == b.worth) {
                let range = start..start + row.len();
                start = range.end;
                let Some(labels) = again.labels_of(&range) else { continue };
                let first = usize::from(labels[0]);
                for at in range.start.saturating_sub(2)..(range.end + 2).min(again.tokens.len()) {
                    let old = at + first - range.start;
                    assert!(again.tokens[at].says_the_same(&before.tokens[old]), "{now:?} {at}");
                    assert_eq!(again.tokens[at].worth, before.tokens[old].worth, "{now:?} {at}");
                }
                assert!(range.start > 1 || first == range.start);
            }
        }
        let mut memo = Memo::default();
        let (was, now) = PAIRS[7];
        memo.keep(look(was, &lists));
        let again = memo.again(now, &changed_lines(now, was).unwrap(), &lists).unwrap();
        let rows: Vec<_> = again.tokens.chunk_by(|a, b| a.worth == b.worth).map(<[Token]>::len).collect();
        assert!(again.labels_of(&(0..rows[0])).is_none(), "{rows:?}");
        assert!(Memo::default().again(now, &[], &lists).is_none());
    }

    #[test]
    fn an_empty_line_that_came_or_went_is_split_with_the_rest() {
        let lists = Lists::of(&[]);
        let mut memo = Memo::default();
        memo.keep(look("a\nb\nc", &lists));
        assert!(memo.again("a\n\nc", &changed_lines("a\n\nc", "a\nb\nc").unwrap(), &lists).is_none());
    }
}
