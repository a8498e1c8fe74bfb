//! What a rule is: a pattern that proposes, a check that decides, and examples that prove both.

use std::ops::Range;

use candor_model::FindingKind;

/// Longest proposal in bytes whose rejection is followed by a second look from its next character.
///
/// Longer ones are skipped whole, so that a line costs at most this factor over its length.
pub(crate) const SECOND_LOOK_BYTES_MAX: usize = 64;

/// A check: given a proposal it says which part of the line is personal data, or that none is.
pub(crate) type Check = fn(&Hit<'_>) -> Option<Range<usize>>;

/// A rule of the text engine.
pub(crate) struct Rule {
    /// Name in reports, for example `iban.mod97`.
    pub(crate) name: &'static str,
    /// What it finds.
    pub(crate) kind: FindingKind,
    /// A cheap pattern that every line with a match of `pattern` also matches; empty: `pattern` itself.
    pub(crate) gate: &'static str,
    /// The pattern that proposes.
    pub(crate) pattern: &'static str,
    /// The check that decides.
    pub(crate) check: Check,
    /// Texts whose part between `{` and `}` it finds. `<a20>` stands for 20 letters and digits, `<h20>` hexadecimal,
    /// `<u20>` capitals and digits, `<d20>` digits: so that no example looks like somebody's key.
    #[cfg_attr(not(test), expect(dead_code, reason = "the examples run in the tests"))]
    pub(crate) finds: &'static [&'static str],
    /// Texts in which it finds nothing.
    #[cfg_attr(not(test), expect(dead_code, reason = "the examples run in the tests"))]
    pub(crate) passes: &'static [&'static str],
}

/// A proposal: a match of a pattern in its line.
pub(crate) struct Hit<'a> {
    line: &'a str,
    span: Range<usize>,
}

impl<'a> Hit<'a> {
    pub(crate) const fn new(line: &'a str, span: Range<usize>) -> Self {
        Self { line, span }
    }

    /// Where the match is in the line.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The matched text.
    pub(crate) fn text(&self) -> &'a str {
        self.line.get(self.span()).unwrap_or_default()
    }

    /// The line before the match.
    pub(crate) fn before(&self) -> &'a str {
        self.line.get(..self.span.start).unwrap_or_default()
    }

    /// The line after the match.
    pub(crate) fn after(&self) -> &'a str {
        self.line.get(self.span.end..).unwrap_or_default()
    }

    /// The match without its first `front` bytes, unless nothing is left.
    pub(crate) fn without_front(&self, front: usize) -> Option<Range<usize>> {
        let start = self.span.start.checked_add(front)?;
        (start < self.span.end).then_some(start..self.span.end)
    }

    /// The match cut to its first `length` bytes.
    pub(crate) fn first(&self, length: usize) -> Range<usize> {
        self.span.start..self.span.start.saturating_add(length).min(self.span.end)
    }
}

/// The whole proposal is personal data.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the checks")]
pub(crate) fn whole(hit: &Hit<'_>) -> Option<Range<usize>> {
    Some(hit.span())
}

/// The part after the last `=` or `:` and what opens a value is personal data.
pub(crate) fn value(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let after_mark = text.find(['=', ':', '#']).map_or(0, |at| at + 1);
    let rest = text.get(after_mark..)?;
    let opened = rest.len() - rest.trim_start_matches([' ', '\t', '"', '\'', '=', ':', '#', '>']).len();
    hit.without_front(after_mark + opened)
}

/// The last word of the proposal is personal data.
pub(crate) fn last_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let mark = [' ', '\t', '\u{a0}', ':', '=', '#', '/'];
    hit.without_front(hit.text().rfind(mark).map_or(0, |at| at + mark_length(hit.text(), at)))
}

fn mark_length(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}
