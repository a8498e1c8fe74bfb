//! The lists that an organisation adds: its people, and words that it wants nobody to learn.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use candor_model::FindingKind;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::text::find::Find;
use crate::text::lexicon::folded;
use crate::text::own::{OwnRule, OwnRules};
use crate::text::rules::fold::each_folded;
use crate::text::strict;

/// What an organisation adds to the shipped lists. It stays in memory.
#[derive(Clone, Default)]
pub struct Lists {
    /// Names of people: colleagues, customers. Their parts are looked for too.
    pub people: Vec<String>,
    /// Other words: code names, names of customers' firms.
    pub words: Vec<String>,
    /// Names and words that the list itself must not tell.
    pub hashed: Option<HashedList>,
    /// Words that are nobody's and may stay: the organisation's own name, its products. An allowance narrows what was
    /// found by how it looks (organisations, places, job titles, nationalities, capitalised words) and only where the
    /// whole find is the allowed word. It never touches what a rule, a checksum or a list found.
    pub allowed: Vec<String>,
    /// Rules of its own.
    pub rules: Vec<OwnRule>,
}

impl Lists {
    /// Most entries of all lists together.
    pub const ENTRIES_MAX: usize = 100_000;
    /// Longest entry in bytes.
    pub const ENTRY_BYTES_MAX: usize = 256;
    /// Shortest entry in characters: a single letter would mask every text.
    pub const ENTRY_CHARACTERS_MIN: usize = 2;

    fn len(&self) -> usize {
        let hashed = self.hashed.as_ref().map_or(0, |list| list.tags.len());
        self.people.len() + self.words.len() + hashed + self.allowed.len()
    }
}

/// The entries are other people's names: only their number is printed.
impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lists({} people, {} words)", self.people.len(), self.words.len())
    }
}

/// Names and words by their HMAC-SHA-256 (RFC 2104) under a key of the organisation: whoever has the list and not the
/// key learns nothing, and whoever has both can still only test guesses.
#[derive(Clone)]
pub struct HashedList {
    key: Zeroizing<Vec<u8>>,
    tags: BTreeSet<[u8; 32]>,
}

impl HashedList {
    /// Most words of an entry.
    pub const ENTRY_WORDS_MAX: usize = 4;

    /// A list of tags that [`HashedList::tag`] made under the same key.
    #[must_use]
    pub fn new(key: Vec<u8>, tags: BTreeSet<[u8; 32]>) -> Self {
        Self { key: Zeroizing::new(key), tags }
    }

    /// The tag of an entry: of its words in lower case without accents, joined by single spaces.
    #[must_use]
    pub fn tag(key: &[u8], entry: &str) -> [u8; 32] {
        let words: Vec<String> = words(entry).map(|(_, word)| folded(word)).collect();
        tag(key, &Zeroizing::new(words.join(" ")))
    }

    /// Adds every run of words that is an entry.
    fn find(&self, text: &str, finds: &mut Vec<Find>) {
        let words: Vec<(usize, &str)> = words(text).collect();
        for (n, (start, _)) in words.iter().enumerate() {
            let mut entry = Zeroizing::new(String::new());
            for (at, word) in words.iter().skip(n).take(Self::ENTRY_WORDS_MAX) {
                entry.push_str(&folded(word));
                if self.tags.contains(&tag(&self.key, &entry)) {
                    let range = *start..at + word.len();
                    finds.push(Find { range, kind: FindingKind::Unknown, rule: "word.hashed" });
                }
                entry.push(' ');
            }
        }
    }
}

/// What it holds is nobody's business.
impl fmt::Debug for HashedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashedList({})", self.tags.len())
    }
}

fn tag(key: &[u8], entry: &str) -> [u8; 32] {
    // HMAC takes a key of any length, so the other arm is never met; a tag of zeros would match nothing.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(entry.as_bytes());
        mac.finalize().into_bytes().into()
    })
}

/// The words of a text, and where they begin: letters and digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split(|c: char| !c.is_alphanumeric()).filter_map(move |piece| {
        let at = start;
        let gap = text.get(start + piece.len()..).and_then(|rest| rest.chars().next());
        start += piece.len() + gap.map_or(0, char::len_utf8);
        (!piece.is_empty()).then_some((at, piece))
    })
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
    /// A rule does not do what its examples say.
    #[error("the rule {name} is not used: {why}")]
    Rule {
        /// What the organisation calls it.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// The lists are too large to search for.
    #[error("the lists are too large to search for")]
    TooLarge,
}

/// Finds the entries of the lists, in any letter case, as whole words.
pub(crate) struct ListMatcher {
    /// And which entry each of its patterns is of.
    automaton: Option<(AhoCorasick, Vec<usize>)>,
    people: usize,
    entries: Vec<String>,
    hashed: Option<HashedList>,
    allowed: BTreeSet<String>,
    own: OwnRules,
}

impl ListMatcher {
    /// Checks and compiles the lists.
    pub(crate) fn new(lists: Lists) -> Result<Self, ListError> {
        let found = lists.len();
        if found > Lists::ENTRIES_MAX {
            return Err(ListError::TooMany { found, max: Lists::ENTRIES_MAX });
        }
        let own = OwnRules::new(&lists.rules)?;
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
        let allowed = lists.allowed.iter().map(|word| folded(word.trim())).collect();
        Ok(Self { automaton: automaton(&entries)?, people, entries, hashed: lists.hashed, allowed, own })
    }

    /// Adds every entry that stands in `text` as a whole word, also where only its look is that of the entry.
    pub(crate) fn find(&self, text: &str, finds: &mut Vec<Find>) {
        if self.is_empty() {
            return;
        }
        self.find_written(text, finds);
        each_folded(text, |folded| {
            let mut found = Vec::new();
            self.find_written(folded.text(), &mut found);
            finds.extend(found.iter().filter_map(|find| folded.unfolded(find)));
        });
    }

    /// Whether there is nothing to look for.
    fn is_empty(&self) -> bool {
        self.automaton.is_none() && self.hashed.is_none() && self.own.is_empty()
    }

    /// Adds every entry that stands in `text` as it is written.
    fn find_written(&self, text: &str, finds: &mut Vec<Find>) {
        if let Some(hashed) = &self.hashed {
            hashed.find(text, finds);
        }
        self.own.find(text, finds);
        let Some((automaton, of)) = &self.automaton else { return };
        // Entries that lie in one another too: the longest at a place may end within a word, and the shorter one not.
        for found in automaton.find_overlapping_iter(text) {
            if !is_whole_word(text, found.range()) {
                continue;
            }
            let is_person = of.get(found.pattern().as_usize()).is_some_and(|entry| *entry < self.people);
            let (kind, rule) = if is_person {
                (FindingKind::Person, "person.organisation")
            } else {
                (FindingKind::Unknown, "word.organisation")
            };
            finds.push(Find { range: found.range(), kind, rule });
        }
    }

    /// Takes out of `finds` what the organisation allows.
    pub(crate) fn allow(&self, text: &str, finds: &mut Vec<Find>) {
        if self.allowed.is_empty() {
            return;
        }
        let is_allowed = |find: &Find| {
            text.get(find.range.clone()).is_some_and(|found| self.allowed.contains(&folded(found.trim())))
        };
        finds.retain(|find| !(goes_by_looks(find) && is_allowed(find)));
    }

    /// Whether `text` as a whole is an entry: then it is no interface label, whatever the shipped list says.
    pub(crate) fn holds(&self, text: &str) -> bool {
        let text = folded(text.trim());
        self.entries.iter().any(|entry| folded(entry) == text)
    }
}

/// Whether something was found by how it looks only, and is no person's own.
fn goes_by_looks(find: &Find) -> bool {
    use FindingKind::{JobTitle, Location, Nationality, Organisation};
    matches!(find.kind, Organisation | Location | JobTitle | Nationality) || find.rule == strict::RULE
}

/// Every entry as it is written, in lower case and in upper case, so that letter case beyond ASCII is met as well; and which entry
/// each pattern is of.
fn automaton(entries: &[String]) -> Result<Option<(AhoCorasick, Vec<usize>)>, ListError> {
    if entries.is_empty() {
        return Ok(None);
    }
    let (mut patterns, mut of) = (Vec::new(), Vec::new());
    for (index, entry) in entries.iter().enumerate() {
        let first = patterns.len();
        for spelling in [entry.clone(), entry.to_lowercase(), entry.to_uppercase()] {
            let mut known = patterns.iter().skip(first);
            if !known.any(|known: &String| known.eq_ignore_ascii_case(&spelling)) {
                patterns.push(spelling);
                of.push(index);
            }
        }
    }
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns);
    built.map(|built| Some((built, of))).map_err(|_| ListError::TooLarge)
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
        let lists =
            Lists { people: vec!["Émile Zyx".into()], words: vec!["Bluebird".into()], ..Lists::default() };
        assert_eq!(found(lists, "ÉMILE ZYX on bluebird, not bluebirds"), ["ÉMILE ZYX", "bluebird"]);
    }

    #[test]
    fn an_entry_is_found_beside_a_longer_one_that_is_not_there() {
        let words = vec!["blue".into(), "blue lan".into(), "lantern plan".into()];
        let lists = Lists { words, ..Lists::default() };
        assert_eq!(found(lists, "a blue lantern plan"), ["blue", "lantern plan"]);
    }

    #[test]
    fn an_entry_is_found_by_its_look() {
        let key = b"a key of the organisation".to_vec();
        let tags = ["Zyx Quorra"].map(|entry| HashedList::tag(&key, entry)).into();
        let hashed = Some(HashedList::new(key, tags));
        let lists = Lists { words: vec!["blue lantern".into()], hashed, ..Lists::default() };
        for text in ["bl\u{200b}ue lan\u{ad}tern", "\u{ff42}lue l\u{430}ntern", "Zy\u{2060}x Qu\u{43e}rra"] {
            assert_eq!(found(lists.clone(), text), [text]);
        }
    }

    #[test]
    fn lists_that_would_mask_everything_or_never_end_are_refused() {
        let one = |entry: &str| {
            ListMatcher::new(Lists { people: vec![], words: vec![entry.into()], ..Lists::default() }).err()
        };
        assert_eq!(one("a"), Some(ListError::Length { index: 0, max: Lists::ENTRY_BYTES_MAX }));
        assert!(one(&"a".repeat(257)).is_some());
        let many =
            Lists { people: vec!["ab".into(); Lists::ENTRIES_MAX + 1], words: vec![], ..Lists::default() };
        assert!(matches!(ListMatcher::new(many), Err(ListError::TooMany { .. })));
    }

    #[test]
    fn hashed_entries_are_found_without_being_told() {
        let key = b"a key of the organisation".to_vec();
        let tags = ["Zyx Müller-Quorra"].map(|entry| HashedList::tag(&key, entry)).into();
        let lists = Lists { hashed: Some(HashedList::new(key, tags)), ..Lists::default() };
        assert_eq!(found(lists, "for ZYX  MULLER QUORRA, not Zyx Müller"), ["ZYX  MULLER QUORRA"]);
    }

    #[test]
    fn an_allowance_narrows_what_looks_like_something_and_nothing_else() {
        let lists = Lists { allowed: vec!["Acme".into()], ..Lists::default() };
        let matcher = ListMatcher::new(lists).unwrap();
        let find = |range, kind| Find { range, kind, rule: "r" };
        let mut finds = vec![
            find(0..4, FindingKind::Organisation),
            find(5..9, FindingKind::Secret),
            find(10..18, FindingKind::Organisation),
        ];
        matcher.allow("ACME acme Acme Zyx", &mut finds);
        assert_eq!(finds, [find(5..9, FindingKind::Secret), find(10..18, FindingKind::Organisation)]);
    }

    #[test]
    fn lists_are_mute() {
        let lists = Lists { people: vec!["Canary".into()], words: vec![], ..Lists::default() };
        assert_eq!(format!("{lists:?}"), "Lists(1 people, 0 words)");
    }
}
