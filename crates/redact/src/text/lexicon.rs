//! The shipped lists of names, and what a capitalised word is by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::data::{COMMON_WORDS as COMMON, GIVEN_NAMES as GIVEN, SURNAMES, TAGGER_GIVEN, TAGGER_SURNAMES};

/// Given names and surnames that the tagger knows, in lower case without accents: many more than the lists above, and
/// not all of them sure.
static GIVEN_OF_TAGGER: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| words(TAGGER_GIVEN).collect());
static SURNAMES_OF_TAGGER: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| words(TAGGER_SURNAMES).collect());

/// Whether a folded word is a given name that somebody bears.
pub(crate) fn is_given_somewhere(word: &str) -> bool {
    GIVEN_OF_TAGGER.contains(word)
}

/// Whether a folded word is a surname that somebody bears.
pub(crate) fn is_surname_somewhere(word: &str) -> bool {
    SURNAMES_OF_TAGGER.contains(word)
}

/// Words that announce a name.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "herr",
    "herrn",
    "frau",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "senor",
    "senora",
    "sr",
    "sra",
    "dona",
    "sig",
    "signor",
    "signora",
    "dott",
    "meneer",
    "mevrouw",
    "dhr",
    "mevr",
    "senhor",
    "senhora",
];

/// Words that greet somebody.
const GREETINGS: &[&str] = &[
    "dear", "hi", "hello", "hey", "hallo", "liebe", "lieber", "bonjour", "salut", "cher", "chere", "hola",
    "querido", "querida", "estimado", "estimada", "ciao", "caro", "cara", "gentile", "beste", "geachte",
    "hoi", "ola", "prezado", "prezada",
];

/// Longest word in bytes that is looked up.
const WORD_BYTES_MAX: usize = 48;

/// What the lists say of a word.
#[expect(clippy::struct_excessive_bools, reason = "a word can be on any of the lists")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// A given name.
    pub(crate) given: bool,
    /// A surname.
    pub(crate) surname: bool,
    /// A given name or a surname that is not also an ordinary word.
    pub(crate) sure: bool,
    /// A surname for sure, and no given name.
    pub(crate) only_surname: bool,
    /// A word that belongs to no name: an article, a month, a greeting.
    pub(crate) common: bool,
    /// A word that announces a name.
    pub(crate) title: bool,
    /// A word that greets somebody.
    pub(crate) greeting: bool,
}

/// The lists, by folded word: a table of open addressing, since each capitalised word of a text is looked up.
pub(crate) struct Lexicon {
    entries: Vec<(String, Entry)>,
    /// Where an entry is, by the hash of its word; a power of two of slots, at most half full.
    slots: Vec<Option<u32>>,
}

impl Lexicon {
    /// The shipped lists and the names of people that an organisation adds.
    pub(crate) fn new(people: &[String]) -> Self {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for word in words(COMMON) {
            entries.entry(folded(word)).or_default().common = true;
        }
        for word in TITLES {
            entries.entry((*word).to_owned()).or_default().title = true;
        }
        for word in GREETINGS {
            entries.entry((*word).to_owned()).or_default().greeting = true;
        }
        for (text, is_given) in [(GIVEN, true), (SURNAMES, false)] {
            for (word, sure) in certainty(text) {
                let entry = entries.entry(word).or_default();
                entry.given |= is_given;
                entry.surname |= !is_given;
                entry.sure |= sure;
                entry.only_surname = !is_given && !entry.given;
            }
        }
        for part in people.iter().flat_map(|name| name.split([' ', '\u{a0}', ','])) {
            if part.chars().count() > 2 && part.starts_with(char::is_uppercase) {
                let named = Entry { given: true, surname: true, sure: true, ..Entry::default() };
                entries.insert(folded(part), named);
            }
        }
        Self::of(entries.into_iter().collect())
    }

    fn of(entries: Vec<(String, Entry)>) -> Self {
        let mut slots = vec![None; (entries.len() * 2).next_power_of_two().max(2)];
        for ((word, _), index) in entries.iter().zip(0_u32..) {
            let free = places(hash(word.as_bytes()), slots.len()).find(|at| slots.get(*at) == Some(&None));
            if let Some(slot) = free.and_then(|at| slots.get_mut(at)) {
                *slot = Some(index);
            }
        }
        Self { entries, slots }
    }

    /// The entry of a folded word.
    fn entry(&self, folded: &[u8]) -> Option<Entry> {
        for at in places(hash(folded), self.slots.len()) {
            let index = (*self.slots.get(at)?)?;
            let (word, entry) = self.entries.get(usize::try_from(index).ok()?)?;
            if word.as_bytes() == folded {
                return Some(*entry);
            }
        }
        None
    }

    /// The entry of a word as it is written.
    fn entry_of(&self, word: &str) -> Option<Entry> {
        if !word.is_ascii() {
            return self.entry(folded(word).as_bytes());
        }
        let mut buffer = [0; WORD_BYTES_MAX];
        let small = buffer.get_mut(..word.len())?;
        small.copy_from_slice(word.as_bytes());
        small.make_ascii_lowercase();
        self.entry(small)
    }

    /// What the lists say of `word`, or of its parts where it is joined by hyphens.
    pub(crate) fn look_up(&self, word: &str) -> Entry {
        if word.len() > WORD_BYTES_MAX {
            return Entry::default();
        }
        let by_parts = || {
            let parts = word.contains('-').then(|| word.split('-'));
            parts.into_iter().flatten().filter_map(|part| self.entry_of(part)).find(|entry| entry.sure)
        };
        self.entry_of(word).or_else(by_parts).unwrap_or_default()
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The slots to look at for a hash, one after the other.
fn places(hash: u64, slots: usize) -> impl Iterator<Item = usize> {
    let first = usize::try_from(hash >> 32 ^ hash & 0xffff_ffff).unwrap_or_default();
    (0..slots).map(move |step| (first + step) % slots.max(1))
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// A word that is marked once counts as marked, however often it stands in the list.
fn certainty(list: &str) -> BTreeMap<String, bool> {
    let mut sure = BTreeMap::new();
    for word in words(list) {
        let is_sure = !word.starts_with('~');
        *sure.entry(folded(word.trim_start_matches('~'))).or_insert(true) &= is_sure;
    }
    sure
}

/// A word in lower case, without accents and with one kind of apostrophe.
pub(crate) fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(|c| out.push(plain(c)));
        }
    }
    out
}

pub(crate) fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' | 'ĉ' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' | 'ģ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ł' | 'ľ' | 'ĺ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ř' | 'ŕ' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        '’' | 'ʼ' => '\'',
        '‐' | '‑' => '-',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_hide_a_name() {
        let lexicon = Lexicon::new(&[]);
        for word in ["Jürgen", "JÜRGEN", "Jurgen", "François", "O’Brien", "Jean-Pierre"] {
            assert!(lexicon.look_up(word).sure, "{word}");
        }
        assert_eq!(lexicon.look_up("Inbox"), Entry::default());
    }

    #[test]
    fn a_word_marked_anywhere_is_not_sure() {
        let lexicon = Lexicon::new(&[]);
        assert!(!lexicon.look_up("Mark").sure);
        assert!(lexicon.look_up("Mark").given);
    }

    #[test]
    fn the_parts_of_an_added_name_count() {
        let lexicon = Lexicon::new(&["Quorra Zyxwich".to_owned()]);
        assert!(lexicon.look_up("Zyxwich").sure);
    }

    #[test]
    fn the_lists_are_as_large_as_the_documents_say() {
        assert!(certainty(GIVEN).len() > 1_500 && certainty(SURNAMES).len() > 1_300);
    }
}
