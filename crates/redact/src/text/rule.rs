//! What a rule is: a pattern that proposes, a check that decides, and examples that prove both.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rules::gate::Gate;

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
    /// Where it is worth a look.
    pub(crate) gate: Gate,
    /// What the part of a line that the pattern is looked for in must hold for it to match: told sooner than by a search.
    pub(crate) needs: Option<fn(&str) -> bool>,
    /// The pattern that proposes.
    pub(crate) pattern: &'static str,
    /// The check that decides.
    pub(crate) check: Check,
    /// Least entropy in bits per character of what is found.
    pub(crate) entropy_min: f64,
    /// Texts whose part between `{` and `}` it finds. `<a20>` stands for 20 letters and digits, `<h20>` hexadecimal,
    /// `<u20>` capitals and digits, `<d20>` digits: so that no example looks like somebody's key.
    #[cfg_attr(not(test), expect(dead_code, reason = "the examples run in the tests"))]
    pub(crate) finds: &'static [&'static str],
    /// Texts in which it finds nothing.
    #[cfg_attr(not(test), expect(dead_code, reason = "the examples run in the tests"))]
    pub(crate) passes: &'static [&'static str],
}

impl Rule {
    /// A rule that takes the whole of what its pattern proposes.
    pub(crate) const fn new(
        name: &'static str,
        kind: FindingKind,
        gate: Gate,
        pattern: &'static str,
        finds: &'static [&'static str],
        passes: &'static [&'static str],
    ) -> Self {
        Self { name, kind, gate, needs: None, pattern, check: whole, entropy_min: 0.0, finds, passes }
    }

    /// The rule with a check.
    pub(crate) const fn checked(self, check: Check) -> Self {
        Self { check, ..self }
    }

    /// The rule with a need.
    pub(crate) const fn needing(self, needs: fn(&str) -> bool) -> Self {
        Self { needs: Some(needs), ..self }
    }

    /// The rule for what a machine drew: at least so many bits of entropy per character.
    pub(crate) const fn random(self, entropy_min: f64) -> Self {
        Self { entropy_min, ..self }
    }
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
