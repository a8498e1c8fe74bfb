//! Spellings: the form in which two ways to write one thing are equal.

use candor_model::FindingKind;
use zeroize::Zeroizing;

use crate::text::lexicon::folded;
use crate::text::rules::fold::as_it_looks;
use crate::text::rules::phones::split_country;

/// Shortest telephone number without the code of its country, in digits, that is one with it: shorter ones are an office's own.
const NATIONAL_DIGITS_MIN: usize = 6;
/// Shortest part in letters that a capital within a word begins or ends.
const PART_LETTERS_MIN: usize = 3;
/// What a surname with a capital inside begins with.
const PARTICLES: [&str; 6] = ["mac", "van", "von", "fitz", "del", "san"];

/// Names, folded, in order of the alphabet, each once.
pub(super) type Names = Vec<Zeroizing<String>>;

/// The form in which two spellings of one thing are equal.
pub(super) fn normalised(kind: FindingKind, text: &str) -> Zeroizing<String> {
    Zeroizing::new(match kind {
        FindingKind::Phone => return international(text).unwrap_or_else(|| bare(text)),
        FindingKind::Card | FindingKind::Iban | FindingKind::Id => return bare(text),
        FindingKind::Secret | FindingKind::Url => text.to_owned(),
        FindingKind::Person => return one_person(text),
        FindingKind::Email
        | FindingKind::Ip
        | FindingKind::Address
        | FindingKind::Location
        | FindingKind::Organisation
        | FindingKind::Nationality
        | FindingKind::JobTitle
        | FindingKind::Date
        | FindingKind::Age
        | FindingKind::Password
        | FindingKind::NotPermitted
        | FindingKind::Unknown
        | FindingKind::Masked => folded(text).split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

/// Letters and digits, as they look.
fn bare(text: &str) -> Zeroizing<String> {
    let looks = Zeroizing::new(as_it_looks(text));
    Zeroizing::new(folded(&looks).chars().filter(|c| c.is_alphanumeric() || *c == '+').collect())
}

/// A telephone number that is written with the code of its country: the code, and the number without the zero that is dialled
/// within the country.
fn international(text: &str) -> Option<Zeroizing<String>> {
    let written = bare(text);
    let digits = written.strip_prefix('+').or_else(|| written.strip_prefix("00")).filter(|d| is_number(d))?;
    let (code, number) = split_country(digits)?;
    Some(Zeroizing::new(format!("+{code} {}", without_zero(number))))
}

/// The number without the code of its country, and whether it was written with it.
pub(super) fn national(text: &str) -> Option<(Zeroizing<String>, bool)> {
    let with_code = international(text);
    let is_with_code = with_code.is_some();
    let written = with_code.unwrap_or_else(|| bare(text));
    let number = written.split_once(' ').map_or(written.as_str(), |(_, number)| number);
    let number = without_zero(number);
    let is_one = is_number(number) && number.len() >= NATIONAL_DIGITS_MIN;
    is_one.then(|| (Zeroizing::new(format!("0 {number}")), is_with_code))
}

fn is_number(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_zero(number: &str) -> &str {
    number.strip_prefix('0').unwrap_or(number)
}

/// The names of a person in order of the alphabet: "Henderson, Alice" is "Alice Henderson", and so is `alice.henderson`.
fn one_person(text: &str) -> Zeroizing<String> {
    let names = parted(text).unwrap_or_else(|| parts_of(text));
    if names.is_empty() { Zeroizing::new(folded(text)) } else { joined(&names) }
}

fn joined(names: &[Zeroizing<String>]) -> Zeroizing<String> {
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    Zeroizing::new(names.join(" "))
}

/// The names in a name, folded: no initials, no marks.
pub(super) fn parts_of(text: &str) -> Names {
    names_of(&Zeroizing::new(folded(text)), |c| c.is_whitespace() || c == ',')
}

fn names_of(folded: &str, parts: impl Fn(char) -> bool) -> Names {
    let mut names: Names = folded
        .split(parts)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|word| word.strip_suffix("'s").unwrap_or(word))
        .filter(|word| word.chars().count() > 1)
        .map(|word| Zeroizing::new(word.to_owned()))
        .collect();
    names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
    names.dedup();
    names
}

/// The names in one word that is several, as logins are: put together by dots, underscores, capitals, or hyphens between small
/// letters.
pub(super) fn parted(text: &str) -> Option<Names> {
    let word = text.trim();
    if word.contains(|c: char| c.is_whitespace() || c == ',') {
        return None;
    }
    let is_mark = |c: char| c == '.' || c == '_' || c == '-' && !word.contains(char::is_uppercase);
    let has_dot = word.contains(['.', '_']);
    let apart = Zeroizing::new(apart_at_capitals(word));
    let names =
        names_of(&Zeroizing::new(folded(&apart)), |c| c == ' ' || is_mark(c) && !(has_dot && c == '-'));
    (names.len() > 1).then_some(names)
}

/// The names in a word that hyphens part, in order: of two people in three it is one given name.
pub(super) fn parted_at_hyphens(text: &str) -> Option<Zeroizing<String>> {
    let word = text.trim();
    let is_one = word.contains('-') && !word.contains(|c: char| c.is_whitespace() || ",._".contains(c));
    let names = is_one.then(|| names_of(&Zeroizing::new(folded(word)), |c| c == '-'))?;
    (names.len() > 1).then(|| joined(&names))
}

/// A word with a space before each capital that begins another name: not within `McDonald`.
fn apart_at_capitals(word: &str) -> String {
    let mut apart = String::with_capacity(word.len() + 4);
    let (mut start, mut small) = (0, false);
    for (at, c) in word.char_indices() {
        if small && c.is_uppercase() && is_name(word.get(start..at)) && is_name(word.get(at..)) {
            apart.push(' ');
            start = at;
        }
        apart.push(c);
        small = c.is_lowercase();
    }
    apart
}

/// Whether a part of a word begins with a name.
fn is_name(part: Option<&str>) -> bool {
    let part = part.unwrap_or_default();
    let letters = part.chars().take_while(|c| c.is_alphabetic());
    let rest = letters.skip(1).take_while(|c| c.is_lowercase()).count();
    rest + 1 >= PART_LETTERS_MIN && !PARTICLES.iter().any(|particle| folded(part) == *particle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_equal_with_its_country_in_any_form_and_without_it_only_to_itself() {
        let phone = |text| normalised(FindingKind::Phone, text);
        assert_eq!(phone("+49 30 901820").as_str(), "+49 30901820");
        assert_eq!(phone("0049-30-901820"), phone("+49 (0) 30 901820"));
        assert_eq!(phone("030 901820").as_str(), "030901820");
        assert_eq!(phone("4930901820").as_str(), "4930901820");
        assert_eq!(national("+49 30 901820").unwrap(), ("0 30901820".to_owned().into(), true));
        assert_eq!(national("030/901820").unwrap(), ("0 30901820".to_owned().into(), false));
        assert_eq!(national("0123"), None);
        assert_eq!(national("+1 800 FLOWERS"), None);
    }

    #[test]
    fn one_word_may_be_several_names() {
        let names = |text| parted(text).map(|names| joined(&names).to_string());
        for text in ["MariaLopez", "maria.lopez", "Maria_Lopez", "@maria-lopez", "maria.j.lopez"] {
            assert_eq!(names(text).as_deref(), Some("lopez maria"), "{text}");
        }
        assert_eq!(names("jean-pierre.dupont").as_deref(), Some("dupont jean-pierre"));
        for text in
            ["McDonald", "MacDonald", "DeVries", "Jean-Pierre", "MARIA", "Maria Lopez", "J.", "O'Brien"]
        {
            assert_eq!(names(text), None, "{text}");
        }
    }
}
