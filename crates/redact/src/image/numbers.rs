//! Numbers on a screen: a picture gives no second chance, so a long number goes though no rule knows it.
//!
//! Rules for text ask a numbering plan or a check digit. In a picture a digit may be misread, or a telephone number be of
//! a plan that nobody knows: what has the shape of such a number is masked, and a find takes the groups of digits beside it.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;

/// Digits from which on groups of them are a telephone number, an account or an id.
const DIGITS_MIN: usize = 7;
/// The same for one group without any mark.
const PLAIN_DIGITS_MIN: usize = 9;
/// Longest group that belongs to the number beside it.
const GROUP_MAX: usize = 5;

/// Where each word of a text is.
fn words(text: &str) -> Vec<Range<usize>> {
    let start = |word: &str| word.as_ptr().addr() - text.as_ptr().addr();
    text.split_whitespace().map(|word| start(word)..start(word) + word.len()).collect()
}

/// Numbers that are as long as a telephone number and are no date, time, amount, version or count.
pub(super) fn find(text: &str) -> Vec<Find> {
    let (mut finds, mut run): (Vec<Find>, Option<Range<usize>>) = (Vec::new(), None);
    for word in words(text).into_iter().map(Some).chain([None]) {
        let group = word.filter(|word| is_group(text.get(word.clone()).unwrap_or_default()));
        match (&mut run, group) {
            (Some(run), Some(group)) if !ends(text, run) => run.end = group.end,
            (_, group) => {
                let ended = std::mem::replace(&mut run, group);
                let is_long = |run: &Range<usize>| is_long(text.get(run.clone()).unwrap_or_default());
                finds.extend(ended.filter(is_long).map(|range| Find {
                    range,
                    kind: FindingKind::Phone,
                    rule: "image.number",
                }));
            }
        }
    }
    finds
}

/// Whether a number ends with a mark that ends it.
fn ends(text: &str, run: &Range<usize>) -> bool {
    text.get(run.clone()).is_some_and(|number| number.ends_with([',', ';', ':']))
}

/// Whether a word is of digits, and of marks that stand in telephone numbers; an extension may follow.
fn is_group(word: &str) -> bool {
    let word = word.trim_matches([',', ';', '.', ':']);
    let marks = |c: char| c.is_ascii_digit() || "()+-/.".contains(c);
    let (number, extension) = word.split_once('x').unwrap_or((word, ""));
    number.contains(|c: char| c.is_ascii_digit())
        && number.chars().all(marks)
        && extension.chars().all(|c| c.is_ascii_digit())
        && !is_date(number)
}

/// `2026-11-23`, `23.11.2026`, `11/23/26`: three groups, of which one may be a year and the others are short.
fn is_date(word: &str) -> bool {
    let groups: Vec<&str> = word.split(['-', '.', '/']).collect();
    let short = |group: &&&str| (1..=2).contains(&group.len());
    let years = groups.iter().filter(|group| group.len() == 4).count();
    groups.len() == 3 && years <= 1 && groups.iter().filter(short).count() + years == 3
}

fn is_long(run: &str) -> bool {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let marked = run.contains([' ', '(', '+', '-', '/', 'x']);
    let is_amount = !run.contains(['(', '+', '-', '/', 'x'])
        && run.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 2 && !cents.contains(' '));
    // Dots alone part versions; addresses and telephone numbers written so are known to the rules for text.
    let is_version = !marked && run.trim_end_matches('.').contains('.');
    digits >= if marked { DIGITS_MIN } else { PLAIN_DIGITS_MIN }
        && !is_amount
        && !is_version
        && !is_counts(run)
}

/// Numbers side by side in a table or a report: none looks like a part of a longer one.
fn is_counts(run: &str) -> bool {
    let groups: Vec<&str> = run.split(' ').collect();
    groups.len() > 1 && groups.iter().all(|group| group.len() == 1) || groups.len() > 8
}

/// A find of a number with the groups of digits right beside it: one of them misread must not leave the rest.
pub(super) fn whole(text: &str, find: Find) -> Find {
    let is_number =
        matches!(find.kind, FindingKind::Iban | FindingKind::Card | FindingKind::Phone | FindingKind::Id);
    if !is_number {
        return find;
    }
    let words = words(text);
    let group = |word: &Range<usize>| is_part(text.get(word.clone()).unwrap_or_default());
    let mut range = find.range.clone();
    for word in &words {
        // Words come from left to right, so that each that is added may bring the next.
        if (word.contains(&range.end) || word.start == range.end + 1) && group(word) {
            range.end = range.end.max(word.end);
        }
    }
    for word in words.iter().rev() {
        if (word.contains(&range.start) || word.end + 1 == range.start) && group(word) {
            range.start = range.start.min(word.start);
        }
    }
    Find { range, ..find }
}

/// A short group of digits and capital letters, as IBANs and cards are written.
fn is_part(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.', ':']);
    word.len() <= GROUP_MAX
        && word.contains(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().filter_map(|find| text.get(find.range)).collect()
    }

    #[test]
    fn numbers_in_the_shape_of_a_telephone_number_are_found_whatever_their_plan() {
        assert_eq!(found("call (891)568-8739x6299 before noon"), ["(891)568-8739x6299"]);
        assert_eq!(found("Tel. (351) 212 345 678, room 7"), ["(351) 212 345 678,"]);
        assert_eq!(found("+49(0)6160552353"), ["+49(0)6160552353"]);
        assert_eq!(found("05435524868 is it"), ["05435524868"]);
    }

    #[test]
    fn dates_times_amounts_versions_and_counts_stay() {
        for text in [
            "2026-11-23 09:30:00",
            "on 23.11.2026 and 11/23/26",
            "1 234 567.00",
            "12345678 bytes",
            "version 10.0.19045.2965",
            "1 2 3 4 5 6 7 8",
            "Order 20417, 12 passed",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn a_find_takes_the_groups_beside_it() {
        let text = "Pay IT61 I086 3261 9441 0061 1017 304, please 12";
        let find = Find { range: 9..23, kind: FindingKind::Iban, rule: "r" };
        assert_eq!(text.get(whole(text, find).range), Some("IT61 I086 3261 9441 0061 1017 304,"));
        let name = Find { range: 0..3, kind: FindingKind::Person, rule: "r" };
        assert_eq!(whole(text, name).range, 0..3);
    }
}
