//! The labels, and which may follow which.

use candor_model::FindingKind;

/// Lanes of a row of weights; the labels use the first of them.
pub(crate) const LANES: usize = 16;
/// Labels in use.
pub(crate) const LABELS: usize = 15;
/// Nothing.
pub(crate) const OUT: usize = 0;
/// Personal data that rules find: a number, an address of the network. Learnt so that it explains its neighbours.
pub(crate) const OTHER: usize = 1;

/// A kind with the labels of its first and its further tokens, and the name of its rule.
pub(crate) const KINDS: [(FindingKind, usize, usize, &str); 8] = [
    (FindingKind::Person, 2, 3, "person.tagger"),
    (FindingKind::Organisation, 4, 5, "organisation.tagger"),
    (FindingKind::Location, 6, 7, "location.tagger"),
    (FindingKind::Address, 8, 9, "address.tagger"),
    (FindingKind::JobTitle, 10, 11, "job.tagger"),
    (FindingKind::Nationality, 12, 12, "nationality.tagger"),
    (FindingKind::Date, 13, 13, "date.tagger"),
    (FindingKind::Age, 14, 14, "age.tagger"),
];

/// The kind that a label belongs to, and whether it starts a find.
pub(crate) fn kind(label: usize) -> Option<(FindingKind, bool, &'static str)> {
    let (kind, first, further, rule) = KINDS.iter().find(|(_, a, b, _)| *a == label || *b == label)?;
    Some((*kind, first != further && *first == label, rule))
}

/// Whether `next` may follow `label`: a further token only after one of its own kind.
pub(crate) fn may_follow(label: usize, next: usize) -> bool {
    if label >= LABELS || next >= LABELS {
        return false;
    }
    match KINDS.iter().find(|(_, first, further, _)| *further == next && first != further) {
        Some((_, first, further, _)) => label == *first || label == *further,
        None => true,
    }
}
