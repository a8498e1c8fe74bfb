//! Gates: what makes a rule worth a look. Words are found by how they begin, numbers by an automaton, each in one pass.

mod spelled;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use crate::text::rules::gate::spelled::Spelled;

/// Longest number, with its separators, in bytes.
const NUMBER_BYTES_MAX: usize = 256;
/// Longest run of letters and digits in bytes whose begin is tried as well as its first digit.
const RUN_BYTES_MAX: usize = 48;
/// Largest automaton of the numbers in bytes; the shipped rules stay far below.
const NUMBERS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Where a rule is worth a look.
///
/// A word is found in any case of its ASCII letters. A `|` before or after it asks that no letter or digit stands there,
/// a `#` after it that a number follows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gate {
    /// Where a run of letters and digits begins that holds a digit, or at its first digit.
    Number,
    /// Where one of these words begins.
    At(&'static [&'static str]),
    /// Where the characters begin that end before one of these words and are all of the kind.
    Before(&'static [&'static str], fn(char) -> bool),
    /// Anywhere around one of these words.
    Near(&'static [&'static str]),
}

impl Gate {
    /// The words that open the gate.
    pub(crate) const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Number => &[],
            Self::At(words) | Self::Before(words, _) | Self::Near(words) => words,
        }
    }
}

/// One word of a gate.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// Index of its rule.
    rule: usize,
    begins: bool,
    ends: bool,
    /// Whether a number must follow, from 1 to 9 on.
    counts: bool,
}

/// Words of all gates.
pub(crate) struct Words {
    spelled: Spelled,
    /// What each word opens.
    opens: Vec<Vec<Word>>,
}

impl Words {
    /// Of the words of each rule, by index.
    pub(crate) fn of(gates: &[Gate]) -> Result<Self, GateError> {
        let mut by_word: std::collections::BTreeMap<String, Vec<Word>> = std::collections::BTreeMap::new();
        for (rule, gate) in gates.iter().enumerate() {
            for text in gate.words() {
                let (begins, ends) = (text.starts_with('|'), text.ends_with('|'));
                let counts = text.ends_with('#');
                let word = text.trim_matches(['|', '#']).to_ascii_lowercase();
                let place = Word { rule, begins, ends, counts };
                // Words are compared without the case of ASCII only.
                let upper = word.to_uppercase();
                if !word.is_ascii() && !upper.eq_ignore_ascii_case(&word) {
                    by_word.entry(upper.to_ascii_lowercase()).or_default().push(place);
                }
                by_word.entry(word).or_default().push(place);
            }
        }
        let inside = |opens: &Vec<Word>| opens.iter().any(|open| !open.begins);
        let list: Vec<(&[u8], bool)> =
            by_word.iter().map(|(word, opens)| (word.as_bytes(), inside(opens))).collect();
        let spelled = Spelled::of(&list).ok_or(GateError::Words)?;
        Ok(Self { spelled, opens: by_word.into_values().collect() })
    }

    /// Calls `see` with the rule and the place of every word in `text`, by their ends.
    pub(crate) fn each(&self, text: &str, mut see: impl FnMut(usize, std::ops::Range<usize>)) {
        let bytes = text.as_bytes();
        for (number, word) in self.met(bytes) {
            let opens = self.opens.get(number).map_or(&[][..], Vec::as_slice);
            Self::open(text, word, opens, &mut see);
        }
    }

    /// Every word by its number, in the order of their ends and then of their begins.
    fn met(&self, bytes: &[u8]) -> Vec<(usize, std::ops::Range<usize>)> {
        let mut met: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
        self.spelled.each(bytes, |number, word| met.push((number, word)));
        // They come by their begins, so only few stand before one that ends no later.
        for next in 1..met.len() {
            let mut at = next;
            while let Some([before, word]) = at.checked_sub(1).and_then(|from| met.get(from..=at))
                && before.1.end > word.1.end
            {
                met.swap(at - 1, at);
                at -= 1;
            }
        }
        met
    }

    fn open(
        text: &str,
        word: std::ops::Range<usize>,
        opens: &[Word],
        see: &mut impl FnMut(usize, std::ops::Range<usize>),
    ) {
        let bytes = text.as_bytes();
        let before = || text.get(..word.start).and_then(|before| before.chars().next_back());
        let after = || text.get(word.end..).and_then(|after| after.chars().next());
        let byte_before = word.start.checked_sub(1).and_then(|at| bytes.get(at));
        let after_word = byte_before.is_some_and(|byte| is_in_word(*byte, before));
        let before_word = bytes.get(word.end).is_some_and(|byte| is_in_word(*byte, after));
        let before_number = matches!(bytes.get(word.end), Some(b'1'..=b'9'));
        for open in opens {
            if !(open.begins && after_word || open.ends && before_word || open.counts && !before_number) {
                see(open.rule, word.clone());
            }
        }
    }
}

/// Whether a byte is of a letter or digit; `whole` is the character that it is of, if it is one of several bytes.
fn is_in_word(byte: u8, whole: impl Fn() -> Option<char>) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() && whole().is_none_or(char::is_alphanumeric)
}

/// An automaton that is walked from a place on and tells every end, and its largest size in bytes.
pub(crate) fn anchored(bytes_max: usize) -> dense::Config {
    dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(bytes_max))
        .determinize_size_limit(Some(2 * bytes_max))
}

/// Patterns of all rules that begin at a number, in one automaton.
pub(crate) struct Numbers {
    automaton: dense::DFA<Vec<u32>>,
    /// The rule of each pattern.
    rules: Vec<usize>,
}

impl Numbers {
    /// Of patterns and the rules that they belong to.
    pub(crate) fn of(patterns: Vec<(usize, String)>) -> Result<Option<Self>, GateError> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let (rules, patterns): (Vec<usize>, Vec<String>) = patterns.into_iter().unzip();
        let automaton = dense::Builder::new()
            .configure(anchored(NUMBERS_BYTES_MAX))
            .syntax(syntax::Config::new())
            .build_many(&patterns)
            .map_err(|_| GateError::Numbers)?;
        Ok(Some(Self { automaton, rules }))
    }

    /// Size of the automaton in bytes.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        self.automaton.memory_usage()
    }

    /// Calls `see` with the rule and the longest match of each rule that matches at a number of `text`.
    pub(crate) fn each(&self, text: &str, mut see: impl FnMut(usize, std::ops::Range<usize>)) {
        let mut ends: Vec<(usize, usize)> = Vec::with_capacity(8);
        each_start(text.as_bytes(), |start| {
            self.matches_at(text, start, &mut ends);
            for (rule, end) in ends.drain(..) {
                if text.is_char_boundary(end) {
                    see(rule, start..end);
                }
            }
        });
    }

    /// The end of the longest match of each rule at `start`.
    fn matches_at(&self, text: &str, start: usize, ends: &mut Vec<(usize, usize)>) {
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        let Ok(mut state) = self.automaton.start_state_forward(&input) else { return };
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        for (length, byte) in rest.iter().take(NUMBER_BYTES_MAX).enumerate() {
            state = self.automaton.next_state(state, *byte);
            if self.automaton.is_special_state(state) {
                if self.automaton.is_dead_state(state) || self.automaton.is_quit_state(state) {
                    return;
                }
                self.note(state, start + length, ends);
            }
        }
        if rest.len() <= NUMBER_BYTES_MAX {
            state = self.automaton.next_eoi_state(state);
            self.note(state, text.len(), ends);
        }
    }

    /// A match is told one byte after its end.
    fn note(
        &self,
        state: regex_automata::util::primitives::StateID,
        end: usize,
        ends: &mut Vec<(usize, usize)>,
    ) {
        if !self.automaton.is_match_state(state) {
            return;
        }
        for index in 0..self.automaton.match_len(state) {
            let pattern = self.automaton.match_pattern(state, index);
            let Some(rule) = self.rules.get(pattern.as_usize()) else { continue };
            match ends.iter_mut().find(|(known, _)| known == rule) {
                Some((_, longest)) => *longest = end,
                None => ends.push((*rule, end)),
            }
        }
    }
}

/// Calls `see` with every place where a number may begin: a run of letters and digits that holds a digit, and its first
/// digit.
fn each_start(bytes: &[u8], mut see: impl FnMut(usize)) {
    let mut from = 0;
    while let Some(ahead) = bytes.get(from..).and_then(|b| b.iter().position(u8::is_ascii_digit)) {
        let digit = from + ahead;
        let before = bytes.get(from..digit).unwrap_or_default();
        let letters =
            before.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).take(RUN_BYTES_MAX).count();
        if (1..RUN_BYTES_MAX).contains(&letters) {
            see(digit - letters);
        }
        see(digit);
        let rest = bytes.get(digit..).unwrap_or_default();
        from = rest.iter().position(|b| !b.is_ascii_alphanumeric()).map_or(bytes.len(), |n| digit + n);
    }
}

/// The gates did not compile.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GateError {
    /// There are too many words.
    Words,
    /// The automaton of the numbers.
    Numbers,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(text: &str) -> Vec<usize> {
        let mut starts = Vec::new();
        each_start(text.as_bytes(), |at| starts.push(at));
        starts
    }

    #[test]
    fn a_number_begins_at_its_run_and_at_its_first_digit() {
        assert_eq!(starts("a SW1A 2AA, no4111 x"), [2, 4, 7, 12, 14]);
        assert_eq!(starts("1 22 333"), [0, 2, 5]);
        assert_eq!(starts("nothing"), [0_usize; 0]);
    }

    #[test]
    fn a_word_is_found_in_any_case_and_only_between_its_marks() {
        let words = Words::of(&[Gate::At(&["|tel|"]), Gate::At(&["key"])]).unwrap();
        let mut found = Vec::new();
        words.each("Tel hotel monKEYs tel.", |rule, range| found.push((rule, range.start)));
        assert_eq!(found, [(0, 0), (1, 13), (0, 18)]);
        // Quotes, dashes and emoji are no letters.
        let mut found = Vec::new();
        words.each("\u{e9}tel tel\u{e9} “tel” \u{2014}tel\u{1f511}", |rule, range| {
            found.push((rule, range.start));
        });
        assert_eq!(found, [(0, 15), (0, 25)]);
    }

    #[test]
    fn words_are_met_as_a_search_without_a_filter_meets_them() {
        let gate = Gate::At(&["id", "|id", "tel", "e", "ele", "hôte", "@x", "code#", "odé", "--"]);
        let words = Words::of(&[gate]).unwrap();
        let patterns = ["id", "tel", "e", "ele", "hôte", "hÔte", "@x", "code", "odé", "--"];
        for text in
            ["tele id,ID tel Telex", "HÔTE hôte codé4 code7 a@X", "xid_id id", "e", "te", "---", "", "é"]
        {
            let met = words.met(text.as_bytes());
            let mut met: Vec<_> = met.into_iter().map(|(_, word)| (word.start, word.end)).collect();
            met.sort_unstable();
            let plain = text.to_ascii_lowercase();
            let places = |word: &'static str| (0..plain.len()).map(move |at| (at, at + word.len(), word));
            let is_there = |(start, end, word): &(usize, usize, &str)| {
                plain.as_bytes().get(*start..*end) == Some(word.as_bytes())
            };
            let all = patterns.iter().flat_map(|word| places(word)).filter(is_there);
            let mut wanted: Vec<_> = all.map(|(start, end, _)| (start, end)).collect();
            wanted.sort_unstable();
            assert_eq!(met, wanted, "{text}");
        }
    }

    #[test]
    fn each_rule_has_its_longest_match() {
        let patterns = vec![(7, "[0-9]{2,4}".to_owned()), (9, "[0-9]+(?-u:\\b)".to_owned())];
        let numbers = Numbers::of(patterns).unwrap().unwrap();
        let mut found = Vec::new();
        numbers.each("x 12345 9", |rule, range| found.push((rule, range)));
        assert_eq!(found, [(7, 2..6), (9, 2..7), (9, 8..9)]);
    }
}
