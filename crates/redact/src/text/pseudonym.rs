//! Placeholders: `[PERSON_1]` for the first person of a session, the same wherever that person is named again.

mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use candor_model::FindingKind;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::text::pseudonym::spelling::{Names, national, normalised, parted, parted_at_hyphens, parts_of};
use crate::text::surrogate::{self, NoSurrogates, Surrogates};

/// Most things that a session can tell apart; what comes later gets a placeholder without a number.
const PSEUDONYMS_MAX: usize = 1_000_000;

/// What stands for a text that is not kept and not told apart from others.
pub(crate) const UNTOLD: &str = "[TEXT]";

/// The numbers given in one session.
///
/// INVARIANT: no found text is kept here, only its HMAC-SHA-256 (RFC 2104) under a key that is random per session and
/// never stored. So nobody who sees two sessions can tell whether a `[PERSON_1]` of both is the same person.
pub(crate) struct Pseudonyms {
    key: Zeroizing<[u8; 32]>,
    /// With the key taken in: half of the work for each text.
    mac: Option<Hmac<Sha256>>,
    numbers: BTreeMap<(FindingKind, Tag), u32>,
    given: BTreeMap<FindingKind, u32>,
    people: People,
    /// National telephone numbers that are known with the code of a country.
    with_country: BTreeSet<Tag>,
    surrogates: Surrogates,
}

/// What stands in the place of something that was found.
pub(crate) struct StandIn {
    /// Placeholder or surrogate.
    pub(crate) text: String,
    /// Whether it is a surrogate.
    pub(crate) is_surrogate: bool,
}

/// What stands for a text here.
type Tag = [u8; 32];

impl Pseudonyms {
    pub(crate) fn new(session_key: [u8; 32]) -> Self {
        Self {
            mac: Hmac::new_from_slice(&session_key).ok(),
            key: Zeroizing::new(session_key),
            numbers: BTreeMap::new(),
            given: BTreeMap::new(),
            people: People::default(),
            with_country: BTreeSet::new(),
            surrogates: Surrogates::default(),
        }
    }

    /// Gives surrogates to these kinds, where there is one that fits.
    pub(crate) fn choose_surrogates(
        &mut self,
        kinds: impl IntoIterator<Item = FindingKind>,
    ) -> Result<(), NoSurrogates> {
        self.surrogates = Surrogates::new(&self.key, kinds)?;
        Ok(())
    }

    /// What stands for `text` between two characters: its surrogate if its kind has them and one would be known again
    /// there, else its placeholder.
    pub(crate) fn stand_in(
        &mut self,
        kind: FindingKind,
        text: &str,
        before: Option<char>,
        after: Option<char>,
    ) -> StandIn {
        let number = self.number(kind, text);
        let made = number.filter(|_| surrogate::fits(before, after));
        match made.and_then(|number| self.surrogates.of(kind, number, text)) {
            Some(text) => StandIn { text, is_surrogate: true },
            None => StandIn { text: placeholder(kind, number), is_surrogate: false },
        }
    }

    /// The placeholder for `text`, numbered by first appearance within its kind. A person who was named in full is the
    /// same by one of the names alone, as long as nobody else has that name.
    pub(crate) fn placeholder(&mut self, kind: FindingKind, text: &str) -> String {
        placeholder(kind, self.number(kind, text))
    }

    fn number(&mut self, kind: FindingKind, text: &str) -> Option<u32> {
        let tag = self.tag(kind, &normalised(kind, text))?;
        if let Some(number) = self.numbers.get(&(kind, tag)) {
            return Some(*number);
        }
        if self.numbers.len() + self.people.by_part.len() >= PSEUDONYMS_MAX {
            return None;
        }
        if kind == FindingKind::Person {
            return Some(self.number_of_person(tag, text));
        }
        let number = self.of_national(kind, text).unwrap_or_else(|| self.next(kind));
        self.numbers.insert((kind, tag), number);
        Some(number)
    }

    fn next(&mut self, kind: FindingKind) -> u32 {
        let given = self.given.entry(kind).or_insert(0);
        *given += 1;
        *given
    }

    fn number_of_person(&mut self, tag: Tag, text: &str) -> u32 {
        const KIND: FindingKind = FindingKind::Person;
        // Somebody's two names with a hyphen between them, unless it is one name.
        let parted = parted_at_hyphens(text).and_then(|names| self.tag(KIND, &names));
        if let Some(number) = parted.and_then(|tag| self.numbers.get(&(KIND, tag))) {
            return *number;
        }
        let parts = self.parts(text);
        let number = self.people.known(&parts).unwrap_or_else(|| self.next(KIND));
        self.people.learn(&parts, number);
        // One name alone may later be somebody else's too: what it means is looked up each time.
        if parts.len() != 1 || self.people.share(&parts) {
            self.numbers.insert((KIND, tag), number);
        }
        number
    }

    /// The names of a person, each by its tag. A word that is known as one name is not parted.
    fn parts(&self, text: &str) -> Vec<Tag> {
        let tags = |names: Names| -> Vec<Tag> {
            names.iter().filter_map(|name| self.tag(FindingKind::Person, name)).collect()
        };
        let whole = tags(parts_of(text));
        let is_known = |part: &Tag| self.people.by_part.contains_key(part);
        if whole.iter().any(is_known) { whole } else { parted(text).map_or(whole, tags) }
    }

    /// The number of a telephone that was written with the code of a country before and is written without now, or the
    /// other way round. What is written without is taken for that of one country only, whichever comes first.
    fn of_national(&mut self, kind: FindingKind, text: &str) -> Option<u32> {
        let (national, has_country) = (kind == FindingKind::Phone).then(|| national(text)).flatten()?;
        let tag = self.tag(kind, &national)?;
        if has_country && !self.with_country.insert(tag) {
            return None;
        }
        let known = self.numbers.get(&(kind, tag)).copied();
        let number = known.unwrap_or_else(|| self.next(kind));
        self.numbers.insert((kind, tag), number);
        Some(number)
    }

    fn tag(&self, kind: FindingKind, normalised: &str) -> Option<Tag> {
        let mut mac = self.mac.clone()?;
        mac.update(kind.label().as_bytes());
        mac.update(&[0]);
        mac.update(normalised.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }
}

fn placeholder(kind: FindingKind, number: Option<u32>) -> String {
    let label = kind.label();
    number.map_or_else(|| format!("[{label}]"), |number| format!("[{label}_{number}]"))
}

/// Who has which name.
#[derive(Default)]
struct People {
    /// By name: the number of the person who has it; none if several have.
    by_part: BTreeMap<Tag, Option<u32>>,
    /// People who have been named by one name only.
    by_one_name: BTreeSet<u32>,
}

impl People {
    /// Whom a name alone means, or who is now named in full after one name only.
    fn known(&self, parts: &[Tag]) -> Option<u32> {
        let owners: BTreeSet<u32> = parts.iter().filter_map(|part| *self.by_part.get(part)?).collect();
        let mut owners =
            owners.into_iter().filter(|owner| parts.len() == 1 || self.by_one_name.contains(owner));
        owners.next().filter(|_| owners.next().is_none())
    }

    /// Whether several have one of these names.
    fn share(&self, parts: &[Tag]) -> bool {
        parts.iter().any(|part| self.by_part.get(part) == Some(&None))
    }

    fn learn(&mut self, parts: &[Tag], number: u32) {
        if parts.len() == 1 {
            if parts.iter().all(|part| !self.by_part.contains_key(part)) {
                self.by_one_name.insert(number);
            }
        } else {
            self.by_one_name.remove(&number);
        }
        for part in parts {
            let owner = self.by_part.entry(*part).or_insert(Some(number));
            if *owner != Some(number) && parts.len() > 1 {
                *owner = None;
            }
        }
    }
}

/// Where placeholders and surrogates stand in `text`, in order and apart, with the label of their kind.
pub(crate) fn stand_ins(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found: Vec<_> = text
        .match_indices('[')
        .filter_map(|(at, _)| placeholder_of(text, at))
        .map(|(kind, range)| (range, kind))
        .collect();
    found.extend(surrogate::find(text));
    found.sort_by_key(|(range, _)| range.start);
    found.into_iter().map(|(range, kind)| (range, kind.label())).collect()
}

/// Where placeholders stand in `text`, in order. Rules leave them alone, so that redacting twice changes nothing.
pub(crate) fn placeholders(text: &str) -> Vec<Range<usize>> {
    text.match_indices('[').filter_map(|(at, _)| placeholder_of(text, at)).map(|(_, range)| range).collect()
}

fn placeholder_of(text: &str, at: usize) -> Option<(FindingKind, Range<usize>)> {
    const NUMBER_DIGITS_MAX: usize = 7;
    let inner = text.get(at + 1..)?;
    let kind = FindingKind::ALL
        .into_iter()
        .filter(|k| inner.starts_with(k.label()))
        .max_by_key(|k| k.label().len())?;
    let rest = inner.get(kind.label().len()..)?;
    let rest = match rest.strip_prefix('_') {
        Some(number) => {
            let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
            ((1..=NUMBER_DIGITS_MAX).contains(&(number.len() - after.len()))).then_some(after)?
        }
        None => rest,
    };
    rest.starts_with(']').then(|| (kind, at..text.len() - rest.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_first_appearance_and_stay() {
        let mut session = Pseudonyms::new([7; 32]);
        assert_eq!(session.placeholder(FindingKind::Person, "Alice Smith"), "[PERSON_1]");
        assert_eq!(session.placeholder(FindingKind::Person, "Bob"), "[PERSON_2]");
        assert_eq!(session.placeholder(FindingKind::Email, "a@b.example"), "[EMAIL_1]");
        assert_eq!(session.placeholder(FindingKind::Person, "ALICE  smith"), "[PERSON_1]");
        assert_eq!(session.placeholder(FindingKind::Card, "4111 1111"), "[CARD_1]");
        assert_eq!(session.placeholder(FindingKind::Card, "41111111"), "[CARD_1]");
    }

    #[test]
    fn one_name_alone_means_the_person_who_has_it_as_long_as_only_one_has() {
        let mut session = Pseudonyms::new([7; 32]);
        let mut person = |text: &str| session.placeholder(FindingKind::Person, text);
        assert_eq!(person("Alice Henderson"), "[PERSON_1]");
        assert_eq!(person("Alice"), "[PERSON_1]");
        assert_eq!(person("Henderson, Alice"), "[PERSON_1]");
        assert_eq!(person("Henderson's"), "[PERSON_1]");
        assert_eq!(person("Alice Smith"), "[PERSON_2]");
        assert_eq!(person("Smith"), "[PERSON_2]");
        assert_eq!(person("Alice"), "[PERSON_3]");
        assert_eq!(person("Bob"), "[PERSON_4]");
        assert_eq!(person("Bob Jones"), "[PERSON_4]");
        assert_eq!(person("Bob"), "[PERSON_4]");
    }

    #[test]
    fn spellings_of_one_number_are_one() {
        let mut session = Pseudonyms::new([7; 32]);
        let mut phone = |text: &str| session.placeholder(FindingKind::Phone, text);
        for text in ["+49 30 901820", "0049 30 901820", "+49 (0)30 90-18-20", "＋４９ ３０ ９０１８２０"]
        {
            assert_eq!(phone(text), "[PHONE_1]", "{text}");
        }
        // Without its country it is the one that was given with it.
        assert_eq!(phone("030 901820"), "[PHONE_1]");
        assert_eq!(phone("+43 30 901820"), "[PHONE_2]");
        assert_eq!(phone("040 123456"), "[PHONE_3]");
        assert_eq!(phone("0049 40 123456"), "[PHONE_3]");
        assert_eq!(phone("+43 40 123456"), "[PHONE_4]");
        assert_eq!(phone("(0)40 123456"), "[PHONE_3]");
        assert_eq!(phone("415 555 0100"), "[PHONE_5]");
        assert_eq!(phone("+1 (415) 555-0100"), "[PHONE_5]");
        let mut card = |text: &str| session.placeholder(FindingKind::Card, text);
        assert_eq!(card("４１１１ １１１１ １１１１ １１１１"), card("4111-1111-1111-1111"));
    }

    #[test]
    fn spellings_of_one_name_are_one() {
        let logins =
            ["maria.lopez", "maria_lopez", "MariaLopez", "@maria-lopez", "lopez.maria", "Maria-Lopez"];
        for first in ["Maria Lopez", "maria.lopez", "MariaLopez", "Lopez, Maria"] {
            let mut session = Pseudonyms::new([7; 32]);
            let mut person = |text: &str| session.placeholder(FindingKind::Person, text);
            assert_eq!(person(first), "[PERSON_1]");
            for text in logins.into_iter().chain(["Maria López", "Maria"]) {
                assert_eq!(person(text), "[PERSON_1]", "{text} after {first}");
            }
            assert_eq!(person("mlopez"), "[PERSON_2]");
            assert_eq!(person("maria.gomez"), "[PERSON_3]");
        }
    }

    #[test]
    fn names_with_capitals_or_hyphens_inside_stay_one_name() {
        let mut session = Pseudonyms::new([7; 32]);
        let mut person = |text: &str| session.placeholder(FindingKind::Person, text);
        assert_eq!(person("McDonald"), "[PERSON_1]");
        assert_eq!(person("Ronald McDonald"), "[PERSON_1]");
        assert_eq!(person("MCDONALD"), "[PERSON_1]");
        assert_eq!(person("Jean-Pierre"), "[PERSON_2]");
        assert_eq!(person("Jean-Pierre Dupont"), "[PERSON_2]");
        assert_eq!(person("jean-pierre.dupont"), "[PERSON_2]");
        assert_eq!(person("Jean"), "[PERSON_3]");
        assert_eq!(person("Anna DiMarco"), "[PERSON_4]");
        assert_eq!(person("DiMarco"), "[PERSON_4]");
        // Two capitalised parts that are somebody's one surname.
        assert_eq!(person("Eva BauerLang"), "[PERSON_5]");
        assert_eq!(person("BauerLang"), "[PERSON_5]");
    }

    #[test]
    fn sessions_cannot_be_linked_by_what_they_keep() {
        let (one, two) = (Pseudonyms::new([1; 32]), Pseudonyms::new([2; 32]));
        assert_ne!(one.tag(FindingKind::Person, "Alice"), two.tag(FindingKind::Person, "Alice"));
    }

    #[test]
    fn only_real_placeholders_are_protected() {
        let text = "[PERSON_12] [TEXT] [NOT_PERMITTED] [PERSON_12345678] [PERSON_] [NAME_1] [URL_3";
        let found: Vec<&str> = placeholders(text).into_iter().map(|r| text.get(r).unwrap()).collect();
        assert_eq!(found, ["[PERSON_12]", "[TEXT]", "[NOT_PERMITTED]"]);
    }
}
