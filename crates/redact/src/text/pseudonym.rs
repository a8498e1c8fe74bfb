//! Placeholders: `[PERSON_1]` for the first person of a session, the same wherever that person is named again.

use std::collections::BTreeMap;
use std::ops::Range;

use candor_model::FindingKind;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::text::lexicon::folded;

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
    numbers: BTreeMap<(FindingKind, [u8; 32]), u32>,
    given: BTreeMap<FindingKind, u32>,
}

impl Pseudonyms {
    pub(crate) fn new(session_key: [u8; 32]) -> Self {
        Self { key: Zeroizing::new(session_key), numbers: BTreeMap::new(), given: BTreeMap::new() }
    }

    /// The placeholder for `text`, numbered by first appearance within its kind.
    pub(crate) fn placeholder(&mut self, kind: FindingKind, text: &str) -> String {
        let label = kind.label();
        let Some(tag) = self.tag(kind, text) else { return format!("[{label}]") };
        if !self.numbers.contains_key(&(kind, tag)) && self.numbers.len() >= PSEUDONYMS_MAX {
            return format!("[{label}]");
        }
        let given = self.given.entry(kind).or_insert(0);
        let number = self.numbers.entry((kind, tag)).or_insert_with(|| {
            *given += 1;
            *given
        });
        format!("[{label}_{number}]")
    }

    fn tag(&self, kind: FindingKind, text: &str) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_slice()).ok()?;
        mac.update(kind.label().as_bytes());
        mac.update(&[0]);
        mac.update(Zeroizing::new(normalised(kind, text)).as_bytes());
        Some(mac.finalize().into_bytes().into())
    }
}

/// The form in which two spellings of one thing are equal.
fn normalised(kind: FindingKind, text: &str) -> String {
    match kind {
        FindingKind::Phone | FindingKind::Card | FindingKind::Iban | FindingKind::Id => {
            folded(text).chars().filter(|c| c.is_alphanumeric() || *c == '+').collect()
        }
        FindingKind::Secret | FindingKind::Url => text.to_owned(),
        FindingKind::Person
        | FindingKind::Email
        | FindingKind::Ip
        | FindingKind::Address
        | FindingKind::Password
        | FindingKind::NotPermitted
        | FindingKind::Unknown
        | FindingKind::Masked => folded(text).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Where placeholders stand in `text`, in order. Rules leave them alone, so that redacting twice changes nothing.
pub(crate) fn placeholders(text: &str) -> Vec<Range<usize>> {
    text.match_indices('[').filter_map(|(at, _)| placeholder_at(text, at)).collect()
}

fn placeholder_at(text: &str, at: usize) -> Option<Range<usize>> {
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
    rest.starts_with(']').then(|| at..text.len() - rest.len() + 1)
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
