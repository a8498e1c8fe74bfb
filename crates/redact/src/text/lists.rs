//! The lists that an organisation adds: its people, and words that it wants nobody to learn.

use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::lexicon::folded;

/// What an organisation adds to the shipped lists. It stays in memory.
#[derive(Clone, Default)]
pub struct Lists {
    /// Names of people: colleagues, customers. Their parts are looked for too.
    pub people: Vec<String>,
    /// Other words: code names, names of customers' firms.
    pub words: Vec<String>,
}

impl Lists {
    /// Most entries of both lists together.
    pub const ENTRIES_MAX: usize = 100_000;
    /// Longest entry in bytes.
    pub const ENTRY_BYTES_MAX: usize = 256;
    /// Shortest entry in characters: a single letter would mask every text.
    pub const ENTRY_CHARACTERS_MIN: usize = 2;
}

/// The entries are other people's names: only their number is printed.
impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lists({} people, {} words)", self.people.len(), self.words.len())
    }
}

/// Why lists are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// There are too many entries.
    #[error("the lists hold {found} entries, and {max} are allowed")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
    /// An entry is too short or too long.
    #[error("entry {index} of the lists is shorter than 2 characters or longer than {max} bytes")]
    Length {
        /// Which entry, people first, counted from 0.
        index: usize,
        /// Longest allowed in bytes.
        max: usize,
    },
    /// The lists are too large to search for.
    #[error("the lists are too large to search for")]
    TooLarge,
}

/// Finds the entries of the lists, in any letter case, as whole words.
pub(crate) struct ListMatcher {
    automaton: Option<AhoCorasick>,
    people: usize,
    entries: Vec<String>,
}

impl ListMatcher {
    /// Checks and compiles the lists.
    pub(crate) fn new(lists: Lists) -> Result<Self, ListError> {
        let found = lists.people.len() + lists.words.len();
        if found > Lists::ENTRIES_MAX {
            return Err(ListError::TooMany { found, max: Lists::ENTRIES_MAX });
        }
        let people = lists.people.len();
        let entries: Vec<String> = lists
            .people
            .into_iter()
            .chain(lists.words)
            .map(|entry| entry.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let wrong =
            |e: &String| e.chars().count() < Lists::ENTRY_CHARACTERS_MIN || e.len() > Lists::ENTRY_BYTES_MAX;
        if let Some(index) = entries.iter().position(wrong) {
            return Err(ListError::Length { index, max: Lists::ENTRY_BYTES_MAX });
        }
        Ok(Self { automaton: automaton(&entries)?, people, entries })
    }

    /// Adds every entry that stands in `text` as a whole word.
    pub(crate) fn find(&self, text: &str, finds: &mut Vec<Find>) {
        let Some(automaton) = &self.automaton else { return };
        for found in automaton.find_iter(text) {
            if !is_whole_word(text, found.range()) {
                continue;
            }
            let is_person = found.pattern().as_usize() % self.entries.len() < self.people;
            let (kind, rule) = if is_person {
                (FindingKind::Person, "person.organisation")
            } else {
                (FindingKind::Unknown, "word.organisation")
            };
            finds.push(Find { range: found.range(), kind, rule });
        }
    }

    /// Whether `text` as a whole is an entry: then it is no interface label, whatever the shipped list says.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = folded(text.trim());
        self.entries.iter().any(|entry| folded(entry) == text)
    }
}

/// Every entry as it is written, in lower case and in upper case, so that letter case beyond ASCII is met as well.
fn automaton(entries: &[String]) -> Result<Option<AhoCorasick>, ListError> {
    if entries.is_empty() {
        return Ok(None);
    }
    let cases: [fn(&String) -> String; 3] = [String::clone, |e| e.to_lowercase(), |e| e.to_uppercase()];
    let patterns = cases.iter().flat_map(|case| entries.iter().map(case));
    let built = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(patterns);
    built.map(Some).map_err(|_| ListError::TooLarge)
}

fn is_whole_word(text: &str, range: Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|t| t.chars().next_back());
    let after = text.get(range.end..).and_then(|t| t.chars().next());
    ![before, after].into_iter().flatten().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lists: Lists, text: &str) -> Vec<String> {
        let mut finds = Vec::new();
        ListMatcher::new(lists).unwrap().find(text, &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap().to_owned()).collect()
    }

    #[test]
    fn entries_are_found_in_any_letter_case_as_whole_words() {
        let lists = Lists { people: vec!["Émile Zyx".into()], words: vec!["Bluebird".into()] };
        assert_eq!(found(lists, "ÉMILE ZYX on bluebird, not bluebirds"), ["ÉMILE ZYX", "bluebird"]);
    }

    #[test]
    fn lists_that_would_mask_everything_or_never_end_are_refused() {
        let one = |entry: &str| ListMatcher::new(Lists { people: vec![], words: vec![entry.into()] }).err();
        assert_eq!(one("a"), Some(ListError::Length { index: 0, max: Lists::ENTRY_BYTES_MAX }));
        assert!(one(&"a".repeat(257)).is_some());
        let many = Lists { people: vec!["ab".into(); Lists::ENTRIES_MAX + 1], words: vec![] };
        assert!(matches!(ListMatcher::new(many), Err(ListError::TooMany { .. })));
    }

    #[test]
    fn lists_are_mute() {
        let lists = Lists { people: vec!["Canary".into()], words: vec![] };
        assert_eq!(format!("{lists:?}"), "Lists(1 people, 0 words)");
    }
}
