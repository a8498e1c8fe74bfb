//! Text for products and scorers: what was found where, and the text without it.
//!
//! A [`TextSearcher`] looks, as many at once as there are threads; a [`TextMarker`] gives names, one text after the other,
//! so that the same person has the same placeholder in all texts of a session.

use candor_model::FindingKind;

use crate::profile::Profile;
use crate::seal::Raw;
use crate::text::find::Find;
use crate::text::other::OtherLines;
use crate::text::pseudonym::Pseudonyms;
use crate::text::surrogate::NoSurrogates;
use crate::text::table::open_at_end;
use crate::text::{Engine, Reach, UNIT_LINES, named_after};
use crate::{Lists, Models, RedactorError};

/// Something that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First Unicode character, counted from 0.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
    /// What kind.
    pub kind: FindingKind,
    /// Whether a surrogate stands in its place, and not a placeholder.
    pub is_surrogate: bool,
}

/// A text after redaction.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marked {
    /// What was found, by its place in the text as it was: in order, apart.
    pub spans: Vec<Span>,
    /// The text with placeholders, or surrogates where they were chosen.
    pub text: String,
}

/// A text that was searched and is not named yet. It is still raw: mute, and wiped when dropped.
#[derive(Debug)]
pub struct Searched {
    pub(crate) text: Raw<String>,
    pub(crate) finds: Vec<Find>,
    /// What stands before it, if it goes on a line.
    pub(crate) before: Option<char>,
    pub(crate) others: OtherLines,
    /// The same of its first line alone.
    pub(crate) first_others: OtherLines,
}

impl Searched {
    /// How many of its lines no model reads: a line that was begun in the piece before is counted there.
    #[must_use]
    pub const fn other_lines(&self) -> OtherLines {
        self.others
    }
}

/// Looks for personal data. One for each thread; what they load they share.
pub struct TextSearcher {
    engine: Engine,
}

impl TextSearcher {
    /// Lines that are looked at together. A text that is cut after a multiple of them is redacted as if it were whole,
    /// but for keys, certificates and rows of tables that run over the cut, and for tables unless their heads are told
    /// ([`TableHeads`]).
    /// A text that is cut within a line is joined again by [`Seams`](crate::Seams).
    pub const LINES_TOGETHER: usize = UNIT_LINES;

    /// Makes a searcher.
    ///
    /// # Errors
    /// When a model of the profile cannot be used, or the lists are refused.
    pub fn new(profile: Profile, models: &Models, lists: Lists) -> Result<Self, RedactorError> {
        Ok(Self { engine: Engine::new(profile, lists, models)? })
    }

    /// Looks at a text of any length. The time it takes grows with the length and nothing else.
    #[must_use]
    pub fn search(&self, text: Raw<String>) -> Searched {
        self.search_piece(text, None)
    }

    /// Looks at a piece of a longer text, that goes on the table whose heads are `table`.
    #[must_use]
    pub fn search_piece(&self, text: Raw<String>, table: Option<&TableHeads>) -> Searched {
        let open = table.map(|heads| heads.0.as_str());
        let finds = self.engine.search_after(text.open(), open, Reach::Whole);
        let (others, first_others) = OtherLines::of(text.open());
        Searched { text, finds, before: None, others, first_others }
    }
}

/// The heads of a table that a piece of a text ends in: what stands in its columns is told by them in the next piece too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableHeads(String);

impl TableHeads {
    /// The heads of the table that `text` ends in, if any; `before` are those that the piece before it ended in.
    #[must_use]
    pub fn at_end(text: &str, before: Option<&Self>) -> Option<Self> {
        open_at_end(text, before.map(|heads| heads.0.as_str())).map(|line| Self(line.to_owned()))
    }
}

impl std::fmt::Debug for TextSearcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextSearcher(..)")
    }
}

/// Redacts the texts of one session.
pub struct TextMarker {
    searcher: TextSearcher,
    names: Pseudonyms,
}

impl TextMarker {
    /// Makes the marker of a session. `session_key` is random for each session and never stored.
    ///
    /// # Errors
    /// When a model of the profile cannot be used, or the lists are refused.
    pub fn new(
        profile: Profile,
        models: &Models,
        lists: Lists,
        session_key: [u8; 32],
    ) -> Result<Self, RedactorError> {
        let searcher = TextSearcher::new(profile, models, lists)?;
        Ok(Self { searcher, names: Pseudonyms::new(session_key) })
    }

    /// The same marker, with surrogates for these kinds: things of the same shape that belong to nobody. What has none that
    /// would be known again gets its placeholder.
    ///
    /// # Errors
    /// When a kind has no surrogates; [`SURROGATE_KINDS`](crate::SURROGATE_KINDS) have.
    pub fn with_surrogates(
        mut self,
        kinds: impl IntoIterator<Item = FindingKind>,
    ) -> Result<Self, NoSurrogates> {
        self.names.choose_surrogates(kinds)?;
        Ok(self)
    }

    /// Redacts a text. The raw text is wiped when this returns.
    pub fn mark(&mut self, text: Raw<String>) -> Marked {
        let searched = self.searcher.search(text);
        self.name(searched)
    }

    /// Redacts a text that was searched on another thread. The raw text is wiped when this returns.
    #[expect(clippy::needless_pass_by_value, reason = "the raw text is wiped when this returns")]
    pub fn name(&mut self, searched: Searched) -> Marked {
        let text = searched.text.open();
        let (marked, found) = named_after(searched.before, text, &searched.finds, &mut self.names);
        let mut spans = spans(text, &searched.finds);
        for (span, found) in spans.iter_mut().zip(found) {
            span.is_surrogate = found.is_surrogate;
        }
        Marked { spans, text: marked }
    }
}

impl std::fmt::Debug for TextMarker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextMarker(..)")
    }
}

/// Bytes as characters.
fn spans(text: &str, finds: &[Find]) -> Vec<Span> {
    let (mut bytes, mut characters) = (0, 0);
    let mut counted = |to: usize| {
        characters += text.get(bytes..to).map_or(0, |passed| passed.chars().count());
        bytes = to;
        characters
    };
    let span = |find: &Find| Span {
        start: counted(find.range.start),
        end: counted(find.range.end),
        kind: find.kind,
        is_surrogate: false,
    };
    finds.iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_unicode_characters() {
        let text = "é😀 Bob, Zoë";
        let find = |range| Find { range, kind: FindingKind::Person, rule: "r" };
        let spans = spans(text, &[find(7..10), find(12..16)]);
        assert_eq!(spans.iter().map(|s| (s.start, s.end)).collect::<Vec<_>>(), [(3, 6), (8, 11)]);
    }
}
