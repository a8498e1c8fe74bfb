//! The gates and the rules: two passes over everything say where which rule is worth a look.

mod breaks;

use std::ops::Range;
use std::sync::LazyLock;

use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};

use crate::text::checksum::entropy_bits;
use crate::text::find::Find;
use crate::text::rule::{Hit, Rule, SECOND_LOOK_BYTES_MAX};
use crate::text::rules::encoded;
use crate::text::rules::fold;
use crate::text::rules::gate::{Gate, Numbers, Words};
use crate::text::rules::groups;
use crate::text::rules::secret::inserted;
use crate::text::rules::{blocks, expanded, lines};
use crate::text::scan::breaks::Breaks;

/// Largest compiled pattern in bytes; the shipped rules stay far below.
const PATTERN_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Cache of the lazy automaton of a pattern in bytes.
const PATTERN_CACHE_BYTES: usize = 1024 * 1024;
/// How far a check sees to the left of a word or number, in bytes.
const CONTEXT_BEFORE_BYTES: usize = 512;
/// How far a pattern reaches from its word, in bytes. What is longer is taken to the end of its run.
const REACH_BYTES: usize = 1024;
/// How far from its word a pattern that stands around it may begin, in bytes.
const NEAR_BYTES: usize = 96;

/// The shipped rules did not compile: a bug of ours, and the end of redaction.
#[derive(Debug, Clone, thiserror::Error)]
#[error("compile the shipped rule {rule}")]
pub struct RuleError {
    rule: &'static str,
}

/// Rules that are compiled together.
pub(crate) struct Scanner {
    rules: Vec<(&'static Rule, Option<Regex>)>,
    words: Words,
    numbers: Option<Numbers>,
    /// Whether the rules look at a whole text.
    whole: bool,
}

/// The shipped rules alone, without lists of names, tagger and model: for measuring.
#[derive(Debug)]
pub struct ShippedRules(&'static Scanner);

impl ShippedRules {
    /// Compiles the rules.
    ///
    /// # Errors
    /// When a rule does not compile: a bug of ours.
    pub fn new() -> Result<Self, RuleError> {
        Scanner::for_lines().map(Self)
    }

    /// How many things they find in `text`, overlaps included.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        self.0.scan(text).len()
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({} rules)", self.rules.len())
    }
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
        let rules: Vec<_> = rules.into_iter().map(compiled).collect::<Result<_, _>>()?;
        let mut gates: Vec<Gate> = rules.iter().map(|(rule, _)| rule.gate).collect();
        // One word more than the rules have, for what reads rows of values.
        gates.push(Gate::At(&[inserted::WORD]));
        let numbers = rules.iter().enumerate().filter(|(_, (rule, _))| matches!(rule.gate, Gate::Number));
        let numbers = numbers.map(|(index, (rule, _))| (index, expanded(rule.pattern))).collect();
        Ok(Self {
            words: Words::of(&gates).map_err(|_| RuleError { rule: "words" })?,
            numbers: Numbers::of(numbers).map_err(|_| RuleError { rule: "numbers" })?,
            whole: rules.iter().any(|(rule, _)| rule.pattern.starts_with("(?s)")),
            rules,
        })
    }

    /// Size of the automaton of the numbers in bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.numbers.as_ref().map_or(0, Numbers::bytes)
    }

    /// Everything that the rules find in `text`, unsorted, overlaps included.
    pub(crate) fn scan(&self, text: &str) -> Vec<Find> {
        let Pass { mut finds, rows, .. } = self.scan_plain(text);
        if self.whole {
            return finds;
        }
        fold::each_folded(text, |folded| {
            let found = self.scan_plain(folded.text()).finds;
            finds.extend(found.into_iter().filter_map(|find| folded.unfolded(&find)));
        });
        if self.rules.len() > 1 || self.rules.iter().any(|(rule, _)| rule.name == encoded::RULE) {
            encoded::find(text, &mut finds);
            groups::find(text, &mut finds);
            inserted::find(text, &rows, &mut finds);
        }
        finds
    }

    fn scan_plain<'a>(&'a self, text: &'a str) -> Pass<'a> {
        let mut pass = Pass::new(self, text);
        self.words.each(text, |gate, word| pass.look_at_word(gate, word));
        pass.next_from.fill(0);
        if let Some(numbers) = &self.numbers {
            numbers.each(text, |rule, number| pass.look_at_number(rule, number));
        }
        pass
    }
}

fn compiled(rule: &'static Rule) -> Result<(&'static Rule, Option<Regex>), RuleError> {
    if matches!(rule.gate, Gate::Number) {
        return Ok((rule, None));
    }
    let config = Regex::config()
        .nfa_size_limit(Some(PATTERN_BYTES_MAX))
        .hybrid_cache_capacity(PATTERN_CACHE_BYTES)
        .onepass(true);
    let regex = Regex::builder().configure(config).build(&expanded(rule.pattern));
    regex.map(|regex| (rule, Some(regex))).map_err(|_| RuleError { rule: rule.name })
}

/// One pass of a scanner over a text.
struct Pass<'a> {
    scanner: &'a Scanner,
    text: &'a str,
    breaks: Breaks<'a>,
    /// The context that was looked at last: proposals of a line come one after the other.
    context: Range<usize>,
    /// Where each rule may look again: finds of one rule do not overlap.
    next_from: Vec<usize>,
    /// The last anchored search: rules that share a pattern share its answer.
    searched: Option<(&'static str, usize, Option<Range<usize>>)>,
    finds: Vec<Find>,
    /// Where rows of values may begin.
    rows: Vec<usize>,
}

impl<'a> Pass<'a> {
    fn new(scanner: &'a Scanner, text: &'a str) -> Self {
        Self {
            scanner,
            text,
            breaks: Breaks::of(text),
            context: 0..0,
            next_from: vec![0; scanner.rules.len()],
            searched: None,
            finds: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn look_at_word(&mut self, index: usize, word: Range<usize>) {
        let Some((rule, regex)) = self.scanner.rules.get(index) else {
            // The one gate that is of no rule.
            return self.rows.push(word.start);
        };
        let Some(regex) = regex else { return };
        let from = self.next_from.get(index).copied().unwrap_or(0);
        if word.end <= from {
            return;
        }
        let (start, anchored) = match rule.gate {
            Gate::At(_) | Gate::Number => (word.start, Anchored::Yes),
            Gate::Before(_, kind) => (self.run_before(word.start, kind), Anchored::Yes),
            Gate::Near(_) => (self.near_before(word.start), Anchored::No),
        };
        let start = start.max(from);
        let end = if anchored == Anchored::Yes {
            self.reach(start, REACH_BYTES)
        } else {
            self.reach(word.end, 2 * NEAR_BYTES)
        };
        if rule.needs.is_some_and(|needs| !self.text.get(start..end).is_some_and(needs)) {
            return;
        }
        if anchored == Anchored::No {
            self.look_around(index, rule, regex, start..end);
        } else if (start == word.start || !matches!(rule.gate, Gate::At(_)))
            && let Some(found) = self.anchored(rule, regex, start..end)
        {
            self.propose(index, rule, found);
        }
    }

    /// The match of a pattern that begins where `range` does.
    fn anchored(&mut self, rule: &'static Rule, regex: &Regex, range: Range<usize>) -> Option<Range<usize>> {
        if let Some((pattern, start, found)) = &self.searched
            && *start == range.start
            && std::ptr::eq(*pattern, rule.pattern)
        {
            return found.clone();
        }
        let start = range.start;
        let found = regex
            .search(&Input::new(self.text).range(range).anchored(Anchored::Yes))
            .map(|found| found.range());
        self.searched = Some((rule.pattern, start, found.clone()));
        found
    }

    /// A proposal that its check refuses must not hide another one that begins inside it.
    fn look_around(&mut self, index: usize, rule: &'static Rule, regex: &Regex, window: Range<usize>) {
        let mut from = window.start;
        while let Some(found) = regex.search(&Input::new(self.text).range(from..window.end)) {
            from = if self.propose(index, rule, found.range()) {
                self.next_from.get(index).copied().unwrap_or(found.end())
            } else if found.len() <= SECOND_LOOK_BYTES_MAX {
                found.start() + 1
            } else {
                found.end()
            };
            while !self.text.is_char_boundary(from) {
                from += 1;
            }
            if from >= window.end {
                return;
            }
        }
    }

    fn look_at_number(&mut self, index: usize, number: Range<usize>) {
        let Some((rule, _)) = self.scanner.rules.get(index) else { return };
        if number.start >= self.next_from.get(index).copied().unwrap_or(0) {
            self.propose(index, rule, number);
        }
    }

    /// Asks the check of a rule; whether it found something.
    fn propose(&mut self, index: usize, rule: &'static Rule, span: Range<usize>) -> bool {
        let context = self.context_of(&span);
        let Some(around) = self.text.get(context.clone()) else { return false };
        let hit = Hit::new(around, span.start - context.start..span.end - context.start);
        let range = (rule.check)(&hit).filter(|range| !range.is_empty());
        let range = range.map(|range| context.start + range.start..context.start + range.end);
        let random = |range: &Range<usize>| {
            rule.entropy_min <= 0.0
                || self.text.get(range.clone()).is_some_and(|text| entropy_bits(text) >= rule.entropy_min)
        };
        let Some(range) = range.filter(random) else {
            if span.len() > SECOND_LOOK_BYTES_MAX {
                self.wait(index, span.end);
            }
            return false;
        };
        let range = range.start..self.run_end(rule, range.end);
        self.wait(index, range.end.max(span.start + 1));
        self.finds.push(Find { range, kind: rule.kind, rule: rule.name });
        true
    }

    fn wait(&mut self, index: usize, until: usize) {
        if let Some(from) = self.next_from.get_mut(index) {
            *from = (*from).max(until);
        }
    }

    /// A key that is longer than the reach of its pattern ends where its run ends.
    fn run_end(&self, rule: &Rule, end: usize) -> usize {
        if rule.kind != candor_model::FindingKind::Secret || self.scanner.whole {
            return end;
        }
        let is_key = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_.-".contains(b);
        let cut = self.finds_at_reach(end);
        let rest = self.text.as_bytes().get(end..).unwrap_or_default();
        if cut { end + rest.iter().take_while(|b| is_key(b)).count() } else { end }
    }

    fn finds_at_reach(&self, end: usize) -> bool {
        let before = self.text.as_bytes().get(end.saturating_sub(REACH_BYTES / 2)..end).unwrap_or_default();
        before.len() == REACH_BYTES / 2 && before.iter().all(u8::is_ascii_graphic)
    }

    /// The line around a proposal, or the part of a very long one that a check may see.
    fn context_of(&mut self, span: &Range<usize>) -> Range<usize> {
        if self.scanner.whole {
            return 0..self.text.len();
        }
        let known = self.context.start <= span.start && span.end <= self.context.end;
        let near = span.start - self.context.start.min(span.start) <= CONTEXT_BEFORE_BYTES;
        let far = self.context.end == self.text.len()
            || self.context.end.saturating_sub(span.end) >= REACH_BYTES / 2;
        let line_ends = self.text.as_bytes().get(self.context.end) == Some(&b'\n');
        if !(known && near && (far || line_ends)) {
            self.context = self.line_part(span.start)..self.reach(span.end, REACH_BYTES);
        }
        self.context.clone()
    }

    /// Where the line of `at` begins, or a boundary some way before it.
    fn line_part(&self, at: usize) -> usize {
        let mut floor = at.saturating_sub(CONTEXT_BEFORE_BYTES);
        while !self.text.is_char_boundary(floor) {
            floor += 1;
        }
        floor.max(self.breaks.behind_last(at))
    }

    /// The end of the line from `at`, or a boundary `bytes` after it.
    fn reach(&self, at: usize, bytes: usize) -> usize {
        if self.scanner.whole {
            return self.text.len();
        }
        let mut end = at.saturating_add(bytes).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.breaks.next(at).map_or(end, |next| next.min(end))
    }

    /// Where the characters of a kind begin that end at `at`.
    fn run_before(&self, at: usize, kind: fn(char) -> bool) -> usize {
        let before = self.text.get(self.line_part(at)..at).unwrap_or_default();
        let run = before.chars().rev().take_while(|c| kind(*c)).map(char::len_utf8);
        let mut length = 0;
        for bytes in run {
            if length + bytes > 2 * NEAR_BYTES {
                break;
            }
            length += bytes;
        }
        at - length
    }

    fn near_before(&self, at: usize) -> usize {
        let mut start = at.saturating_sub(NEAR_BYTES).max(self.line_part(at));
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        start
    }
}
