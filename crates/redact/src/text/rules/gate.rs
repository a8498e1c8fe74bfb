//! Gates: what makes a rule worth a look. Words are found by one automaton, numbers by another, each in one pass.

use aho_corasick::automaton::Automaton as _;
use aho_corasick::dfa;
use aho_corasick::{Anchored as Begin, StartKind as StartsAt};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

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

/// Words of all gates in one automaton.
pub(crate) struct Words {
    automaton: dfa::DFA,
    /// What each pattern of the automaton opens.
    opens: Vec<Vec<Word>>,
    begins: Begins,
    fours: Fours,
}

/// A word that stands in a text: what it opens by index, and where it is.
struct Met {
    pattern: usize,
    start: usize,
    end: usize,
}

impl Words {
    /// Of the words of each rule, by index; none where no rule has a word.
    pub(crate) fn of(gates: &[Gate]) -> Result<Option<Self>, GateError> {
        let mut by_word: std::collections::BTreeMap<String, Vec<Word>> = std::collections::BTreeMap::new();
        for (rule, gate) in gates.iter().enumerate() {
            for text in gate.words() {
                let (begins, ends) = (text.starts_with('|'), text.ends_with('|'));
                let counts = text.ends_with('#');
                let word = text.trim_matches(['|', '#']).to_ascii_lowercase();
                let place = Word { rule, begins, ends, counts };
                // The automaton knows the cases of ASCII only.
                let upper = word.to_uppercase();
                if !word.is_ascii() && !upper.eq_ignore_ascii_case(&word) {
                    by_word.entry(upper.to_ascii_lowercase()).or_default().push(place);
                }
                by_word.entry(word).or_default().push(place);
            }
        }
        if by_word.is_empty() {
            return Ok(None);
        }
        let automaton = dfa::Builder::new()
            .ascii_case_insensitive(true)
            .prefilter(false)
            .start_kind(StartsAt::Anchored)
            .build(by_word.keys())
            .map_err(|_| GateError::Words)?;
        let begins = Begins::of(&by_word);
        let fours = Fours::of(by_word.keys());
        Ok(Some(Self { automaton, opens: by_word.into_values().collect(), begins, fours }))
    }

    /// Calls `see` with the rule and the place of every word in `text`, by their ends.
    ///
    /// Words are walked from where they may begin: an automaton that takes every byte waits for memory at most of them.
    pub(crate) fn each(&self, text: &str, mut see: impl FnMut(usize, std::ops::Range<usize>)) {
        let bytes = text.as_bytes();
        let mut met = self.met(bytes);
        met.sort_by_key(|word| word.end);
        for Met { pattern, start, end } in met {
            let opens = self.opens.get(pattern).map_or(&[][..], Vec::as_slice);
            Self::open(bytes, start..end, opens, &mut see);
        }
    }

    /// Every word, by where it begins.
    fn met(&self, bytes: &[u8]) -> Vec<Met> {
        let mut met = Vec::new();
        self.begins.each(bytes, |start| {
            if self.fours.may_begin(bytes, start) {
                self.walk(bytes, start, &mut met);
            }
        });
        met
    }

    /// Adds the words that begin at `start`.
    fn walk(&self, bytes: &[u8], start: usize, met: &mut Vec<Met>) {
        let Ok(mut state) = self.automaton.start_state(Begin::Yes) else { return };
        for (at, byte) in bytes.iter().enumerate().skip(start) {
            state = self.automaton.next_state(Begin::Yes, state, *byte);
            if !self.automaton.is_special(state) {
                continue;
            }
            if self.automaton.is_dead(state) {
                return;
            }
            if self.automaton.is_match(state) {
                // A state also tells the words that end another: those begin later, and are met there.
                let patterns = (0..self.automaton.match_len(state))
                    .map(|index| self.automaton.match_pattern(state, index))
                    .filter(|pattern| self.automaton.pattern_len(*pattern) == at + 1 - start);
                met.extend(patterns.map(|pattern| Met { pattern: pattern.as_usize(), start, end: at + 1 }));
            }
        }
    }

    fn open(
        bytes: &[u8],
        word: std::ops::Range<usize>,
        opens: &[Word],
        see: &mut impl FnMut(usize, std::ops::Range<usize>),
    ) {
        let is_word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| is_in_word(*b));
        let after_word = is_word(word.start.checked_sub(1));
        let before_word = is_word(Some(word.end));
        let before_number = matches!(bytes.get(word.end), Some(b'1'..=b'9'));
        for open in opens {
            if !(open.begins && after_word || open.ends && before_word || open.counts && !before_number) {
                see(open.rule, word.clone());
            }
        }
    }
}

/// The first three bytes that words may begin with, a bit each, by the class of each byte: letters without case, and all
/// others in few classes.
struct Begins {
    /// Behind a letter or digit, where only some words may begin.
    inside: Box<[u32; Self::SETS]>,
    anywhere: Box<[u32; Self::SETS]>,
}

impl Begins {
    /// Two classes.
    const SETS: usize = 32 * 32;

    fn of(by_word: &std::collections::BTreeMap<String, Vec<Word>>) -> Self {
        let mut begins = Self { inside: Box::new([0; Self::SETS]), anywhere: Box::new([0; Self::SETS]) };
        for (word, opens) in by_word {
            Self::add(&mut begins.anywhere, word.as_bytes());
            if opens.iter().any(|open| !open.begins) {
                Self::add(&mut begins.inside, word.as_bytes());
            }
        }
        begins
    }

    /// A word of one or two bytes may be followed by any.
    fn add(sets: &mut [u32; Self::SETS], word: &[u8]) {
        let classes = |at: usize| word.get(at).map_or(0..32, |byte| class(*byte)..class(*byte) + 1);
        for first in classes(0) {
            for second in classes(1) {
                if let Some(set) = sets.get_mut(first << 5 | second) {
                    *set |= classes(2).fold(0, |set, third| set | 1 << third);
                }
            }
        }
    }

    /// Calls `see` with every place where a word may begin.
    fn each(&self, bytes: &[u8], mut see: impl FnMut(usize)) {
        let third = |at: usize| bytes.get(at + 2).map_or(0, |byte| class(*byte));
        let mut two = bytes.first().map_or(0, |byte| class(*byte));
        two = two << 5 | bytes.get(1).map_or(0, |byte| class(*byte));
        let mut is_inside = false;
        for (at, byte) in bytes.iter().enumerate() {
            let third = third(at);
            let sets = if is_inside { &self.inside } else { &self.anywhere };
            // Behind the end of the text any class may stand: a short word is walked anyway.
            let may_begin = sets.get(two).is_some_and(|set| set >> third & 1 == 1) || at + 2 >= bytes.len();
            if may_begin {
                see(at);
            }
            is_inside = is_in_word(*byte);
            two = (two << 5 | third) & (Self::SETS - 1);
        }
    }
}

/// The first four bytes of words, without case, a bit each by their hash. A walk waits for memory at each byte: this small table
/// spares most of those that come to nothing.
struct Fours {
    bits: Box<[u64; Self::WORDS]>,
    /// Words of less than four bytes, as in [`Begins`].
    short: Box<[u32; Begins::SETS]>,
}

impl Fours {
    /// 32,768 bits: 4 KiB.
    const WORDS: usize = 512;

    fn of<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        let mut fours = Self { bits: Box::new([0; Self::WORDS]), short: Box::new([0; Begins::SETS]) };
        for word in words.map(String::as_bytes) {
            let Some(four) = word.first_chunk() else {
                Begins::add(&mut fours.short, word);
                continue;
            };
            let (at, bit) = Self::place(*four);
            if let Some(bits) = fours.bits.get_mut(at) {
                *bits |= 1 << bit;
            }
        }
        fours
    }

    /// Whether a word may begin at `start`; always where the text ends.
    fn may_begin(&self, bytes: &[u8], start: usize) -> bool {
        let Some(four) = bytes.get(start..).and_then(<[u8]>::first_chunk) else { return true };
        let (at, bit) = Self::place(*four);
        let [first, second, third, _] = four.map(class);
        self.bits.get(at).is_some_and(|bits| bits >> bit & 1 == 1)
            || self.short.get(first << 5 | second).is_some_and(|set| set >> third & 1 == 1)
    }

    /// Where the bit of four bytes is. Letters lose their case as the automaton sees it; what else falls together costs a walk.
    fn place(four: [u8; 4]) -> (usize, u32) {
        let hash = (u32::from_le_bytes(four) | 0x2020_2020).wrapping_mul(0x9e37_79b1) >> 17;
        ((hash >> 6) as usize, hash & 63)
    }
}

/// The class of a byte: letters without case from 6 on.
fn class(byte: u8) -> usize {
    CLASSES.get(usize::from(byte)).map_or(0, |class| usize::from(*class))
}

#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = match byte {
            letter @ b'a'..=b'z' => 6 + letter - b'a',
            letter @ b'A'..=b'Z' => 6 + letter - b'A',
            b'0'..=b'9' => 5,
            b' ' => 4,
            b'-' | b'_' | b'.' => 3,
            b'@' | b':' | b'/' | b'=' => 2,
            0x80.. => 1,
            _ => 0,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

const fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
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
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(StartKind::Anchored)
                    .dfa_size_limit(Some(NUMBERS_BYTES_MAX))
                    .determinize_size_limit(Some(2 * NUMBERS_BYTES_MAX)),
            )
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
    /// The automaton of the words.
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
        let words = Words::of(&[Gate::At(&["|tel|"]), Gate::At(&["key"])]).unwrap().unwrap();
        let mut found = Vec::new();
        words.each("Tel hotel monKEYs tel.", |rule, range| found.push((rule, range.start)));
        assert_eq!(found, [(0, 0), (1, 13), (0, 18)]);
    }

    #[test]
    fn words_are_met_as_a_search_without_a_filter_meets_them() {
        let gate = Gate::At(&["id", "|id", "tel", "e", "ele", "hôte", "@x", "code#", "odé", "--"]);
        let words = Words::of(&[gate]).unwrap().unwrap();
        let patterns = ["id", "tel", "e", "ele", "hôte", "hÔte", "@x", "code", "odé", "--"];
        for text in
            ["tele id,ID tel Telex", "HÔTE hôte codé4 code7 a@X", "xid_id id", "e", "te", "---", "", "é"]
        {
            let met = words.met(text.as_bytes());
            let mut met: Vec<_> = met.into_iter().map(|word| (word.start, word.end)).collect();
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
    fn a_word_that_must_begin_is_not_walked_within_another() {
        let words = Words::of(&[Gate::At(&["|tele|"])]).unwrap().unwrap();
        let mut starts = Vec::new();
        words.begins.each(b"tele xtele 7tele \xc3\xa9tele -tele.", |start| starts.push(start));
        assert_eq!(starts.into_iter().filter(|at| *at < 24).collect::<Vec<_>>(), [0]);
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
