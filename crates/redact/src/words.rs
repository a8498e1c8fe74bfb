//! Strings of an interface: labels stay, everything else goes whole.

use candor_model::{Finding, FindingKind, Place};
use zeroize::{Zeroize, Zeroizing};

use crate::labels::is_label;
use crate::text::pseudonym::{Pseudonyms, UNTOLD, placeholders};
use crate::text::{Engine, Found, Reach};

/// Longest string in bytes that is searched for what it holds; a longer one is dropped unread.
pub(crate) const STRING_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of strings that are searched in one observation; what comes after is dropped unread.
pub(crate) const STRINGS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most findings that one string is reported with.
const FINDINGS_PER_STRING_MAX: usize = 16;

/// What a string was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// There was none, or it was empty.
    Nothing,
    /// A label of the interface.
    Label,
    /// Anything else.
    Other,
}

impl Said {
    /// What two strings of one element said together.
    pub(crate) fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// The text engine with the numbers of the session, for the strings of one observation.
pub(crate) struct Words<'a> {
    engine: &'a Engine,
    names: &'a mut Pseudonyms,
    bytes_left: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn new(engine: &'a Engine, names: &'a mut Pseudonyms) -> Self {
        Self { engine, names, bytes_left: STRINGS_BYTES_MAX }
    }

    /// Whether `text` is a label, and no entry of the lists that an organisation added.
    pub(crate) fn is_label(&self, text: &str) -> bool {
        is_label(text) && !self.engine.is_listed(text)
    }

    /// Keeps a label, and replaces any other string whole: by the placeholder of the first thing found in it, so that
    /// the same person stays the same, or by `[TEXT]`.
    pub(crate) fn replace(
        &mut self,
        string: &mut Option<String>,
        place: &Place,
        findings: &mut Vec<Finding>,
    ) -> Said {
        let Some(text) = string.as_mut() else { return Said::Nothing };
        if text.trim().is_empty() {
            *string = None;
            return Said::Nothing;
        }
        if self.is_label(text) {
            return Said::Label;
        }
        let found = self.search(text);
        text.zeroize();
        *string = Some(found.first().map_or_else(|| UNTOLD.to_owned(), |f| f.placeholder.clone()));
        report(&found, "tree.text", place, findings);
        Said::Other
    }

    /// Keeps a label, and makes any other title `[TEXT]`.
    pub(crate) fn replace_title(&mut self, title: &mut Option<String>, findings: &mut Vec<Finding>) {
        let Some(text) = title.as_mut() else { return };
        if self.is_label(text) {
            return;
        }
        let found = self.search(text);
        text.zeroize();
        *title = Some(UNTOLD.to_owned());
        report(&found, "title.text", &Place::Title, findings);
    }

    /// What a person wrote, with a placeholder for everything found; none if it is too long to search.
    pub(crate) fn redact(
        &mut self,
        text: &str,
        place: &Place,
        findings: &mut Vec<Finding>,
    ) -> Option<String> {
        if text.len() > STRING_BYTES_MAX {
            return None;
        }
        let (redacted, found) = self.engine.redacted(text, Reach::Whole, self.names);
        findings.extend(found.iter().map(|f| finding(f, place)));
        Some(redacted)
    }

    /// What a person wrote into a field that asks for personal data of `kind`: replaced whole, and by the placeholder of
    /// a rule only if that says the same of the whole.
    pub(crate) fn redact_answer(
        &mut self,
        text: &str,
        kind: FindingKind,
        findings: &mut Vec<Finding>,
    ) -> Option<String> {
        let mut by_rule = Vec::new();
        let redacted = Zeroizing::new(self.redact(text, &Place::Typed, &mut by_rule)?);
        let says_all =
            placeholders(redacted.trim()).first().is_some_and(|p| p.len() == redacted.trim().len());
        if says_all || text.trim().is_empty() {
            findings.append(&mut by_rule);
            return Some(redacted.to_string());
        }
        findings.push(Finding { kind, rule: "typed.field".to_owned(), place: Place::Typed });
        Some(self.names.placeholder(kind, text.trim()))
    }

    /// What is found in a string that goes whole: it only says what stands in its place, so the transformer is not asked.
    fn search(&mut self, text: &str) -> Vec<Found> {
        if text.len() > STRING_BYTES_MAX.min(self.bytes_left) {
            return Vec::new();
        }
        self.bytes_left -= text.len();
        let (mut rest, found) = self.engine.redacted(text, Reach::Quick, self.names);
        rest.zeroize();
        found
    }
}

fn report(found: &[Found], rule: &str, place: &Place, findings: &mut Vec<Finding>) {
    if found.is_empty() {
        findings.push(Finding { kind: FindingKind::Unknown, rule: rule.to_owned(), place: place.clone() });
    }
    findings.extend(found.iter().take(FINDINGS_PER_STRING_MAX).map(|f| finding(f, place)));
}

fn finding(found: &Found, place: &Place) -> Finding {
    Finding { kind: found.kind, rule: found.rule.to_owned(), place: place.clone() }
}
