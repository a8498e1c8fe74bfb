//! Heads of columns: which words say what stands below them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use candor_model::FindingKind;

use crate::data::HEADER_WORDS;

/// Longest head in bytes.
pub(super) const HEAD_BYTES_MAX: usize = 32;

/// What a head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// What stands below.
    pub(super) kind: FindingKind,
    /// Whether the head says so alone, and not only beside another head of a person.
    pub(super) alone: bool,
}

static HEADS: LazyLock<BTreeMap<&'static str, Head>> = LazyLock::new(|| {
    let mut heads = BTreeMap::new();
    for line in HEADER_WORDS.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(' ') else { continue };
        let Some(head) = head_of(kind) else { continue };
        for word in words.split('|') {
            heads.entry(word).or_insert(head);
        }
    }
    heads
});

fn head_of(name: &str) -> Option<Head> {
    let alone = name.ends_with('!');
    let kind = match name.trim_end_matches(['!', '?']) {
        "ID" => FindingKind::Id,
        "IBAN" => FindingKind::Iban,
        "CARD" => FindingKind::Card,
        "PHONE" => FindingKind::Phone,
        "SECRET" => FindingKind::Secret,
        "DATE" => FindingKind::Date,
        "PERSON" => FindingKind::Person,
        "ADDRESS" => FindingKind::Address,
        "LOCATION" => FindingKind::Location,
        "ORGANISATION" => FindingKind::Organisation,
        "JOB" => FindingKind::JobTitle,
        "NATIONALITY" => FindingKind::Nationality,
        "AGE" => FindingKind::Age,
        "EMAIL" => FindingKind::Email,
        _ => return None,
    };
    Some(Head { kind, alone })
}

/// What the head of a column says, if it is a known one.
pub(super) fn look_up(cell: &str) -> Option<Head> {
    let lower: String = cell.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect();
    let lower = lower.to_lowercase();
    let bare = lower.trim_end_matches([':', '*', ' ']);
    HEADS.get(bare).or_else(|| HEADS.get(parted(cell)?.as_str())).copied()
}

/// `firstName` as `first name`.
fn parted(cell: &str) -> Option<String> {
    let inside = |(at, c): (usize, char)| at > 0 && c.is_ascii_uppercase();
    let camel = cell.starts_with(|c: char| c.is_ascii_lowercase()) && cell.char_indices().any(inside);
    let mut out = String::with_capacity(cell.len() + 4);
    for c in cell.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    camel.then_some(out)
}

/// Whether a cell could be a head at all: some words of letters.
pub(super) fn is_label(cell: &str) -> bool {
    !cell.is_empty()
        && cell.len() <= HEAD_BYTES_MAX
        && cell.starts_with(char::is_alphabetic)
        && cell.chars().all(|c| c.is_alphanumeric() || " _-./#'’°º:*()".contains(c))
        && cell.split(' ').count() <= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_known_in_any_spelling() {
        for head in
            ["Phone", "PHONE", "phone_number", "phone-number", "phoneNumber", "Téléphone:", "TELEFONE"]
        {
            assert_eq!(look_up(head).map(|head| head.kind), Some(FindingKind::Phone), "{head}");
        }
        assert_eq!(look_up("name"), Some(Head { kind: FindingKind::Person, alone: false }));
        assert_eq!(look_up("status"), None);
    }

    #[test]
    fn every_line_of_the_list_is_read() {
        for line in HEADER_WORDS.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.split_once(' ').is_some_and(|(kind, _)| head_of(kind).is_some()), "{line}");
        }
    }
}
