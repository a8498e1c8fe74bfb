//! Personal data in text: found by rules, checks and lists, replaced by placeholders.
//!
//! The path of a text: blocks that run over lines (`phrase::BLOCKS`); then, line by line, the gate of `scan` says which
//! rules are worth a look, their checks decide, `names` and `lists` add theirs, `find` joins what overlaps, and
//! `pseudonym` names the placeholder. A line that changed is looked at again until nothing more is found.

pub(crate) mod checksum;
pub(crate) mod find;
pub(crate) mod lexicon;
pub(crate) mod lists;
pub(crate) mod names;
pub(crate) mod pseudonym;
pub(crate) mod rule;
pub(crate) mod rules;
pub(crate) mod scan;

use candor_model::FindingKind;

use zeroize::Zeroizing;

use crate::text::find::{Find, merged, without};
use crate::text::lexicon::Lexicon;
use crate::text::lists::{ListError, ListMatcher, Lists};
use crate::text::pseudonym::{Pseudonyms, UNTOLD, placeholders};
use crate::text::scan::{RuleError, Scanner};

/// How often a line is looked at again before it is dropped whole.
const ROUNDS_MAX: usize = 5;

/// What was found, without where: the text around it may not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// What kind.
    pub(crate) kind: FindingKind,
    /// Name of the rule.
    pub(crate) rule: &'static str,
    /// What stands in its place.
    pub(crate) placeholder: String,
}

/// The text engine.
pub(crate) struct Engine {
    lines: &'static Scanner,
    blocks: &'static Scanner,
    lexicon: Lexicon,
    lists: ListMatcher,
}

impl Engine {
    pub(crate) fn new(lists: Lists) -> Result<Self, EngineError> {
        Ok(Self {
            lines: Scanner::for_lines()?,
            blocks: Scanner::for_blocks()?,
            lexicon: Lexicon::new(&lists.people),
            lists: ListMatcher::new(lists)?,
        })
    }

    /// Whether an organisation asked for `text` to be taken out wherever it stands.
    pub(crate) fn is_listed(&self, text: &str) -> bool {
        self.lists.holds(text)
    }

    /// `text` with a placeholder for everything that was found.
    pub(crate) fn redacted(&self, text: &str, names: &mut Pseudonyms) -> (String, Vec<Found>) {
        let mut found = Vec::new();
        let mut blocks = Zeroizing::new(settled(text, self.found_blocks(text), names, &mut found));
        let finds = self.found_in_lines(&blocks);
        if finds.is_empty() {
            return (std::mem::take(&mut *blocks), found);
        }
        let mut out = String::with_capacity(blocks.len());
        let mut finds = finds.into_iter().peekable();
        let mut start = 0;
        for line in blocks.split_inclusive('\n') {
            let end = start + line.len();
            let mut here = Vec::new();
            while let Some(find) = finds.next_if(|find| find.range.start < end) {
                let range = find.range.start.saturating_sub(start)..find.range.end.min(end) - start;
                here.push(Find { range, ..find });
            }
            out.push_str(&self.settled_line(line, here, names, &mut found));
            start = end;
        }
        (out, found)
    }

    /// Replaces what was found in a line, and looks again at what that leaves.
    fn settled_line(
        &self,
        line: &str,
        mut finds: Vec<Find>,
        names: &mut Pseudonyms,
        found: &mut Vec<Found>,
    ) -> String {
        let mut line = Zeroizing::new(line.to_owned());
        for _ in 0..ROUNDS_MAX {
            if finds.is_empty() {
                return std::mem::take(&mut *line);
            }
            line = Zeroizing::new(settled(&line, finds, names, found));
            finds = self.found_in_lines(&line);
        }
        if finds.is_empty() {
            return std::mem::take(&mut *line);
        }
        found.push(Found {
            kind: FindingKind::Unknown,
            rule: "text.unsettled",
            placeholder: UNTOLD.to_owned(),
        });
        if line.ends_with('\n') { format!("{UNTOLD}\n") } else { UNTOLD.to_owned() }
    }

    fn found_blocks(&self, text: &str) -> Vec<Find> {
        merged(self.blocks.scan(text))
    }

    fn found_in_lines(&self, text: &str) -> Vec<Find> {
        let mut finds = self.lines.scan(text);
        self.lists.find(text, &mut finds);
        names::find(text, &self.lexicon, &mut finds);
        if finds.is_empty() {
            return finds;
        }
        without(merged(finds), &placeholders(text), text)
    }
}

/// Replaces `finds`, sorted and apart, in `text`.
fn settled(text: &str, finds: Vec<Find>, names: &mut Pseudonyms, found: &mut Vec<Found>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = 0;
    for find in finds {
        let placeholder = names.placeholder(find.kind, text.get(find.range.clone()).unwrap_or_default());
        out.push_str(text.get(start..find.range.start).unwrap_or_default());
        out.push_str(&placeholder);
        start = find.range.end;
        found.push(Found { kind: find.kind, rule: find.rule, placeholder });
    }
    out.push_str(text.get(start..).unwrap_or_default());
    out
}

/// Why the text engine cannot work.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum EngineError {
    #[error(transparent)]
    Rules(#[from] RuleError),
    #[error(transparent)]
    Lists(#[from] ListError),
}

#[cfg(test)]
mod tests;
