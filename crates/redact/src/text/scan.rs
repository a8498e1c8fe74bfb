//! The gate and the rules: one automaton over everything says which lines and which rules are worth a look.

use std::sync::LazyLock;

use regex_automata::meta::Regex;
use regex_automata::{Input, MatchKind, PatternSet};

use crate::text::find::Find;
use crate::text::rule::{Hit, Rule, SECOND_LOOK_BYTES_MAX};
use crate::text::rules::{blocks, expanded, lines};

/// Largest compiled automaton in bytes; the shipped rules stay far below.
const AUTOMATON_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Cache of the lazy automaton of the gate in bytes.
const GATE_CACHE_BYTES: usize = 16 * 1024 * 1024;

/// The shipped rules did not compile: a bug of ours, and the end of redaction.
#[derive(Debug, Clone, thiserror::Error)]
#[error("compile the shipped rule {rule}")]
pub struct RuleError {
    rule: &'static str,
}

/// Rules that are compiled together.
pub(crate) struct Scanner {
    /// Every match of every pattern counts: with the usual preference for the first, one rule would hide another.
    gate: Regex,
    rules: Vec<(&'static Rule, Regex)>,
}

static LINES: LazyLock<Result<Scanner, RuleError>> = LazyLock::new(|| Scanner::of(lines()));
static BLOCKS: LazyLock<Result<Scanner, RuleError>> = LazyLock::new(|| Scanner::of(blocks()));

impl Scanner {
    /// The shipped rules that look at a line. Compiled once a process; nothing in it ever changes.
    pub(crate) fn for_lines() -> Result<&'static Self, RuleError> {
        LINES.as_ref().map_err(Clone::clone)
    }

    /// The shipped rules that look at a whole text.
    pub(crate) fn for_blocks() -> Result<&'static Self, RuleError> {
        BLOCKS.as_ref().map_err(Clone::clone)
    }

    /// Compiles `rules`.
    pub(crate) fn of(rules: impl IntoIterator<Item = &'static Rule>) -> Result<Self, RuleError> {
        let compiled = |rule: &'static Rule| {
            let regex = builder().build(&expanded(rule.pattern));
            regex.map(|regex| (rule, regex)).map_err(|_| RuleError { rule: rule.name })
        };
        let rules: Vec<_> = rules.into_iter().map(compiled).collect::<Result<_, _>>()?;
        let gate = |(rule, _): &(&'static Rule, Regex)| {
            expanded(if rule.gate.is_empty() { rule.pattern } else { rule.gate })
        };
        let gates: Vec<String> = rules.iter().map(gate).collect();
        let all = Regex::config().match_kind(MatchKind::All);
        let gate = builder().configure(all).build_many(&gates).map_err(|_| RuleError { rule: "gate" })?;
        Ok(Self { gate, rules })
    }

    /// Everything that the rules find in `text`, unsorted, overlaps included.
    pub(crate) fn scan(&self, text: &str) -> Vec<Find> {
        let mut finds = Vec::new();
        let mut from = 0;
        let mut worth = PatternSet::new(self.gate.pattern_len());
        while let Some(half) = self.gate.search_half(&Input::new(text).range(from..).earliest(true)) {
            let (start, end) = self.region(text, from, half.offset());
            worth.clear();
            self.gate.which_overlapping_matches(&Input::new(text).range(start..end), &mut worth);
            for id in worth.iter() {
                if let Some((rule, regex)) = self.rules.get(id.as_usize()) {
                    apply(rule, regex, text, start..end, &mut finds);
                }
            }
            from = end;
            if from >= text.len() {
                break;
            }
        }
        finds
    }

    /// The line that holds the byte before `offset`; the whole rest where a rule runs over lines.
    fn region(&self, text: &str, from: usize, offset: usize) -> (usize, usize) {
        if self.rules.iter().any(|(rule, _)| rule.pattern.starts_with("(?s)")) {
            return (from, text.len());
        }
        let bytes = text.as_bytes();
        let at = offset.saturating_sub(1).max(from);
        let is_end = |byte: &u8| *byte == b'\n';
        let start =
            bytes.get(from..at).and_then(|b| b.iter().rposition(is_end)).map_or(from, |n| from + n + 1);
        let end = bytes.get(at..).and_then(|b| b.iter().position(is_end)).map_or(text.len(), |n| at + n + 1);
        (start, end)
    }
}

fn builder() -> regex_automata::meta::Builder {
    let mut builder = Regex::builder();
    builder.configure(
        Regex::config().nfa_size_limit(Some(AUTOMATON_BYTES_MAX)).hybrid_cache_capacity(GATE_CACHE_BYTES),
    );
    builder
}

/// Runs one rule over one line. A proposal that its check refuses must not hide another one that begins inside it.
fn apply(
    rule: &'static Rule,
    regex: &Regex,
    text: &str,
    region: std::ops::Range<usize>,
    finds: &mut Vec<Find>,
) {
    let Some(line) = text.get(region.clone()) else { return };
    let mut from = 0;
    while let Some(found) = regex.search(&Input::new(line).range(from..)) {
        let hit = Hit::new(line, found.range());
        if let Some(range) = (rule.check)(&hit).filter(|range| !range.is_empty()) {
            from = range.end.max(found.start() + 1);
            let range = region.start + range.start..region.start + range.end;
            finds.push(Find { range, kind: rule.kind, rule: rule.name });
        } else if found.len() <= SECOND_LOOK_BYTES_MAX {
            from = found.start() + 1;
        } else {
            from = found.end();
        }
        while !line.is_char_boundary(from) {
            from += 1;
        }
    }
}
