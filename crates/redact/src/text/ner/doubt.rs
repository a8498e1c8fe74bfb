//! Doubt: what the model says and the text does not bear out.
//!
//! The model was trained on sentences. On what else computers show, it takes menu words for people, counters for houses
//! and hashes for licences. So a find of it must look like what it says: a number of somebody is long, an address has a
//! number and a name, and what is wholly made of words of interfaces is nobody.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use candor_model::FindingKind;

use crate::data;
use crate::text::find::Find;
use crate::text::lexicon::{folded, is_given_somewhere, is_surname_somewhere};
use crate::text::lists::words;
use crate::text::strict::is_allowed;

/// Fewest digits of a number of somebody: shorter ones count orders, pages and ports.
const ID_DIGITS_MIN: usize = 7;
/// Fewest characters of something random, such as a password.
const RANDOM_CHARACTERS_MIN: usize = 10;
/// How far a doubt sees in a line on each side of a find, in bytes.
const SEEN_BYTES: usize = 512;
/// Fewest letters of a name that is written in lower case.
const LOWER_LETTERS_MIN: usize = 4;

/// Ordinary words of seven languages, without accents, but for those that are given names.
static ORDINARY: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let listed = |file: &'static str| {
        file.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
    };
    let names: BTreeSet<String> =
        listed(data::GIVEN_NAMES).map(|name| folded(name.trim_start_matches('~'))).collect();
    let words = listed(data::TAGGER_COMMON);
    let words = words.chain(listed(data::NER_ORDINARY));
    words.filter(|word| !names.contains(*word)).collect()
});

/// Whether a folded word is an ordinary one.
pub(crate) fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(word)
}

/// The find as far as the text bears it out: numbers grown to all of what they are part of.
#[expect(clippy::wildcard_enum_match_arm, reason = "the model has no kinds but those of `label`")]
pub(super) fn borne_out(text: &str, find: Find) -> Option<Find> {
    match find.kind {
        FindingKind::Id | FindingKind::Iban | FindingKind::Phone | FindingKind::Url => {
            let find = Find { range: grown(text, &find.range, find.kind), ..find };
            let said = text.get(find.range.clone())?;
            (is_of_somebody(said, find.kind) && !is_count_of_log(text, &find.range)).then_some(find)
        }
        FindingKind::Person | FindingKind::Location | FindingKind::Address => {
            let said = text.get(find.range.clone())?;
            let is_number = find.kind == FindingKind::Address && !said.contains(char::is_alphabetic);
            let borne_out = if is_number {
                said.contains(char::is_alphanumeric) && !is_part_of_number(text, &find.range)
            } else {
                has_a_name(said)
                    && !is_called(text, &find.range)
                    && !is_format(said, find.kind)
                    && !is_price(text, &find)
            };
            borne_out.then_some(find)
        }
        FindingKind::Email => text.get(find.range.clone())?.contains(['@', '.', ' ', '(']).then_some(find),
        _ => Some(find),
    }
}

/// The end of an amount with decimals and its currency: `56 EUR` of `8.846,56 EUR`.
fn is_price(text: &str, find: &Find) -> bool {
    let said = text.get(find.range.clone()).unwrap_or_default();
    find.kind == FindingKind::Address
        && said.starts_with(|c: char| c.is_ascii_digit())
        && (is_amount(said) || is_part_of_number(text, &find.range))
}

/// Short numbers that begin a line, or stand behind a request of the web: lengths, counts and places in files.
fn is_count_of_log(text: &str, range: &Range<usize>) -> bool {
    const DIGITS_MAX: usize = 8;
    let said = text.get(range.clone()).unwrap_or_default();
    let line = line_around(text, range);
    let before = text.get(line_start(text, range.start)..range.start).unwrap_or_default();
    let digits = said.chars().filter(char::is_ascii_digit).count();
    let plain = said.chars().all(|c| c.is_ascii_digit() || c == ' ');
    let opens = before.trim().is_empty() && line.trim().len() > said.len();
    plain && digits <= DIGITS_MAX && (opens || before.contains("HTTP/"))
}

/// Whether the text bears out what the tagger took for personal data: names of functions, lines that are wholly made of
/// words of interfaces, and amounts with their unit are none.
pub(crate) fn bears_out(text: &str, find: &Find) -> bool {
    let said = text.get(find.range.clone()).unwrap_or_default();
    match find.kind {
        FindingKind::Person => {
            !is_function(text, &find.range)
                && !is_line_of_interface(text, &find.range)
                && !is_annotation(text, &find.range)
                && !is_program(text, &find.range)
        }
        FindingKind::Location => !is_function(text, &find.range) && !is_time_zone(text, &find.range),
        FindingKind::Organisation => !is_function(text, &find.range),
        FindingKind::Address => !is_amount(said),
        FindingKind::JobTitle
        | FindingKind::Nationality
        | FindingKind::Date
        | FindingKind::Age
        | FindingKind::Email
        | FindingKind::Phone
        | FindingKind::Iban
        | FindingKind::Card
        | FindingKind::Ip
        | FindingKind::Url
        | FindingKind::Id
        | FindingKind::Secret
        | FindingKind::Password
        | FindingKind::NotPermitted
        | FindingKind::Unknown
        | FindingKind::Masked => true,
    }
}

/// Whether one word is the name of a program: a version stands behind it, or it closes the title of a window behind the
/// name of a file.
pub(crate) fn is_program(text: &str, range: &Range<usize>) -> bool {
    let said = text.get(range.clone()).unwrap_or_default();
    if said.contains(char::is_whitespace) {
        return false;
    }
    let before = text.get(line_start(text, range.start)..range.start).unwrap_or_default();
    let after = line_around(text, range).get(before.len() + said.len()..).unwrap_or_default();
    has_version(after) || after.trim().is_empty() && before.strip_suffix(" - ").is_some_and(ends_with_file)
}

/// Whether a version follows: `v1.6`, `10.04.2`.
fn has_version(after: &str) -> bool {
    let Some(rest) = after.strip_prefix(' ') else { return false };
    let word = rest.split(' ').next().unwrap_or_default();
    let (number, dots_min) = word.strip_prefix('v').map_or((word, 2), |number| (number, 1));
    let mut parts = number.split('.');
    parts.clone().count() > dots_min
        && parts.all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

/// Whether a title ends with the name of a file.
fn ends_with_file(title: &str) -> bool {
    const ENDING_MAX: usize = 5;
    title.rsplit_once('.').is_some_and(|(name, ending)| {
        name.ends_with(char::is_alphanumeric)
            && (1..=ENDING_MAX).contains(&ending.len())
            && ending.chars().all(|c| c.is_ascii_alphanumeric())
            && ending.contains(|c: char| c.is_ascii_lowercase())
    })
}

/// A word behind an at sign that has its line for itself: what a program calls a decorator or an annotation.
fn is_annotation(text: &str, range: &Range<usize>) -> bool {
    let line = line_around(text, range).trim();
    let said = text.get(range.clone()).unwrap_or_default();
    line.strip_prefix('@').is_some_and(|rest| rest == said) && !said.contains(char::is_uppercase)
}

/// The name of a time zone (IANA): `Europe/Berlin`.
fn is_time_zone(text: &str, range: &Range<usize>) -> bool {
    const AREAS: [&str; 9] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    let before = text.get(..range.start).unwrap_or_default();
    let said = text.get(range.clone()).unwrap_or_default();
    AREAS.iter().any(|area| before.ends_with(area) || said.starts_with(area))
}

/// Whether one word is called, or a path of a program goes on after it.
fn is_function(text: &str, range: &Range<usize>) -> bool {
    let after = text.get(range.end..).unwrap_or_default();
    let one = !text.get(range.clone()).is_some_and(|said| said.contains(' '));
    one && ["(", "!(", "::", "_("].iter().any(|mark| after.starts_with(mark))
}

/// Whether a line says nothing but words of interfaces and ordinary ones, several of them.
fn is_line_of_interface(text: &str, range: &Range<usize>) -> bool {
    let line = line_around(text, range);
    let is_short = line.len() <= 80 && !line.contains(['[', '@']);
    is_short && words(line).count() >= 2 && !has_a_name(line)
}

/// The line that a find begins in, or the part of a very long one around it.
fn line_around<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    let start = line_start(text, range.start);
    let seen = text.get(start..).unwrap_or_default();
    let mut length = seen.len().min(range.end - start + SEEN_BYTES);
    while !seen.is_char_boundary(length) {
        length -= 1;
    }
    seen.get(..length).unwrap_or_default().split('\n').next().unwrap_or_default()
}

/// Where the line of `at` begins, or a boundary some way before it: a line that is full of finds is not walked for each.
fn line_start(text: &str, at: usize) -> usize {
    let mut floor = at.saturating_sub(SEEN_BYTES);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let before = text.get(floor..at).unwrap_or_default();
    before.rfind('\n').map_or(floor, |end| floor + end + 1)
}

/// A number and its unit.
fn is_amount(said: &str) -> bool {
    const UNITS: [&str; 23] = [
        "kg", "g", "km", "m", "cm", "mm", "w", "kw", "v", "mb", "gb", "kb", "ms", "hz", "eur", "usd", "gbp",
        "chf", "brl", "mxn", "€", "$", "£",
    ];
    let Some((number, unit)) = said.split_once(' ') else { return false };
    number.chars().all(|c| c.is_ascii_digit() || ".,".contains(c))
        && UNITS.contains(&unit.to_ascii_lowercase().as_str())
}

/// Whether digits are some of an amount, a version or a time: a mark and a digit stand before or after them.
fn is_part_of_number(text: &str, range: &Range<usize>) -> bool {
    const MARKS: [char; 4] = ['.', ',', ':', '_'];
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let digit_before = before.strip_suffix(MARKS).is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()));
    let digit_after = after.strip_prefix(MARKS).is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit()));
    digit_before || digit_after
}

/// A word and the number of its version in one, as in `Wasm64`, is no address.
fn is_format(said: &str, kind: FindingKind) -> bool {
    let letters = said.trim_end_matches(|c: char| c.is_ascii_digit());
    let glued = letters.len() < said.len() && letters.len() > 2 && letters.chars().all(char::is_alphabetic);
    let camel = !said.contains(' ') && humps(said) > 0;
    matches!(kind, FindingKind::Address | FindingKind::Location)
        && (glued && kind == FindingKind::Address || camel)
}

/// How often a capital follows a small letter, as in names of types.
fn humps(word: &str) -> usize {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(2).filter(|w| matches!(w, [a, b] if a.is_lowercase() && b.is_uppercase())).count()
}

/// Whether a word is the name of a function, a type, a constant or a file: a mark of programs beside it.
fn is_called(text: &str, range: &Range<usize>) -> bool {
    let after = text.get(range.end..).unwrap_or_default();
    let before = text.get(..range.start).unwrap_or_default();
    let member = before.strip_suffix('.').is_some_and(|b| b.ends_with(|c: char| c.is_ascii_lowercase()));
    let goes_on = ["(", "::", "<", "!("].iter().any(|mark| after.starts_with(mark));
    let said = text.get(range.clone()).unwrap_or_default();
    let constant = !said.contains(char::is_lowercase) && (after.starts_with('_') || before.ends_with('_'));
    goes_on
        || constant
        || before.ends_with("[-")
        || member && !text.get(range.clone()).is_some_and(|said| said.contains(' '))
}

/// Whether something of `said` is no ordinary word.
fn has_a_name(said: &str) -> bool {
    words(said).any(|(_, word)| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_lower = !word.contains(char::is_uppercase);
        let least = if is_lower { LOWER_LETTERS_MIN } else { 2 };
        let plain = folded(word);
        letters >= least && !is_known(word, &plain) && !is_slip(&plain, is_lower) && !is_made_of_words(word)
    })
}

/// Whether a word is one of interfaces or an ordinary one.
fn is_known(word: &str, plain: &str) -> bool {
    is_allowed(word) || ORDINARY.contains(plain)
}

/// Whether a word is the name of a type: several known words without a space, as in `FramePixel`.
fn is_made_of_words(word: &str) -> bool {
    if humps(word) == 0 {
        return false;
    }
    let mut starts: Vec<usize> = vec![0];
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    starts.extend(letters.windows(2).filter_map(|two| match two {
        [(_, a), (at, b)] if a.is_lowercase() && b.is_uppercase() => Some(*at),
        _ => None,
    }));
    let ends = starts.iter().skip(1).copied().chain([word.len()]);
    let mut parts = starts.iter().zip(ends).filter_map(|(start, end)| word.get(*start..end));
    parts.all(|part| part.len() > 2 && is_known(part, &folded(part)))
}

/// Whether a word is an ordinary one with a slip of the fingers: two letters changed places, one struck twice or not at
/// all. Known surnames are no slips. `is_lower` says whether it was written in lower case, as few names are.
fn is_slip(word: &str, is_lower: bool) -> bool {
    const LETTERS_MIN: usize = 5;
    const LETTERS_MISSED_MIN: usize = 7;
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < LETTERS_MIN
        || !word.chars().all(|c| c.is_ascii_lowercase())
        || is_given_somewhere(word)
        || is_surname_somewhere(word)
    {
        return false;
    }
    let is_word = |letters: &[char]| {
        let word: String = letters.iter().collect();
        ORDINARY.contains(word.as_str()) || is_allowed(&word)
    };
    let swapped = (1..letters.len()).any(|at| {
        let mut other = letters.clone();
        other.swap(at - 1, at);
        is_word(&other)
    });
    let doubled = letters.windows(2).enumerate().filter(|(_, w)| w.first() == w.last()).any(|(at, _)| {
        let mut other = letters.clone();
        other.remove(at);
        is_word(&other)
    });
    let missed = || {
        (1..letters.len()).any(|at| {
            ('a'..='z').any(|letter| {
                let mut other = letters.clone();
                other.insert(at, letter);
                is_word(&other)
            })
        })
    };
    let missed_min = if is_lower { LETTERS_MISSED_MIN - 1 } else { LETTERS_MISSED_MIN };
    swapped || doubled || letters.len() >= missed_min && missed()
}

/// Whether a number, a token or an address of the web looks like one that belongs to somebody.
#[expect(clippy::wildcard_enum_match_arm, reason = "the model has no kinds but those of `label`")]
fn is_of_somebody(run: &str, kind: FindingKind) -> bool {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let upper = run.contains(|c: char| c.is_uppercase());
    let lower = run.contains(|c: char| c.is_lowercase());
    let is_random = digits > 0 && upper && lower && run.len() >= RANDOM_CHARACTERS_MIN;
    let is_hash = lower && !upper && run.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    match kind {
        FindingKind::Url if run.contains("charset=") => false,
        // The title of a window is no address of the web.
        FindingKind::Url if run.contains(' ') && !run.contains("://") => false,
        FindingKind::Url => {
            let host = run.split('/').next().is_some_and(|host| host.contains('.')) || run.contains("://");
            is_random || host && run.contains('/') && run.len() >= RANDOM_CHARACTERS_MIN
        }
        FindingKind::Phone => {
            digits >= ID_DIGITS_MIN && !lower && !run.contains(',') && !is_version(run) && !is_of_year(run)
        }
        FindingKind::Id if run.contains('×') => false,
        _ => is_random || digits >= ID_DIGITS_MIN && !is_hash && !lower,
    }
}

/// A version in three parts: a telephone number in three parts begins with a zero or ends with four digits.
fn is_version(run: &str) -> bool {
    const PARTS: usize = 3;
    const LAST_DIGITS_MAX: usize = 3;
    let parts: Vec<&str> = run.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    parts.len() == PARTS
        && parts.iter().all(is_number)
        && !run.starts_with('0')
        && parts.last().is_some_and(|last| last.len() <= LAST_DIGITS_MAX)
}

/// A number of a document, counted by the year: `2026-4909`.
fn is_of_year(run: &str) -> bool {
    const COUNT_DIGITS_MAX: usize = 5;
    let Some((year, count)) = run.split_once(['-', '/']) else { return false };
    year.len() == 4
        && matches!(year.get(..2), Some("19" | "20"))
        && (1..=COUNT_DIGITS_MAX).contains(&count.len())
        && count.chars().all(|c| c.is_ascii_digit())
}

/// The whole of what a number or token is part of.
#[expect(clippy::wildcard_enum_match_arm, reason = "the model has no kinds but those of `label`")]
fn grown(text: &str, range: &Range<usize>, kind: FindingKind) -> Range<usize> {
    let belongs = |c: char| match kind {
        FindingKind::Url => {
            !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | ',' | ';')
        }
        FindingKind::Phone => c.is_alphanumeric() || matches!(c, '-' | '.' | '+' | ','),
        _ => c.is_alphanumeric() || matches!(c, '-' | '_'),
    };
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let start = before
        .rfind(|c| !belongs(c))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    range.start.min(start)..range.end + after.find(|c| !belongs(c)).unwrap_or(after.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left<'a>(text: &'a str, said: &str, kind: FindingKind) -> Option<&'a str> {
        let start = text.find(said).unwrap();
        let find = Find { range: start..start + said.len(), kind, rule: "r" };
        borne_out(text, find).and_then(|find| text.get(find.range))
    }

    #[test]
    fn words_of_interfaces_are_nobody() {
        for (text, kind) in [
            ("Annuler", FindingKind::Person),
            ("Cancel Save", FindingKind::Person),
            ("str", FindingKind::Person),
            ("Edit", FindingKind::Location),
            ("true", FindingKind::Address),
            ("Wasm64", FindingKind::Address),
            ("charset=UTF-8", FindingKind::Url),
        ] {
            assert_eq!(left(text, text, kind), None, "{text}");
        }
        for (text, said) in
            [("use yansi::Style", "yansi"), ("DENORMAL_EXPONENT", "DENORMAL"), ("[-Olevel]", "Olevel")]
        {
            assert_eq!(left(text, said, FindingKind::Person), None, "{text}");
        }
        for (text, said, kind) in [
            ("Gentili Sigonri, Artiekl 3", "Artiekl", FindingKind::Person),
            ("8.846,56 EUR", "56 EUR", FindingKind::Address),
            ("GET /x HTTP/1.1 204 16694", "204 16694", FindingKind::Phone),
            ("9083760 ebedc1d0 -> d1500b23", "9083760", FindingKind::Id),
            ("calling /close/json", "/close/json", FindingKind::Url),
            ("vector<FieldToken> x", "FieldToken", FindingKind::Address),
            ("#define JSON_SAVE 37", "SAVE", FindingKind::Email),
        ] {
            assert_eq!(left(text, said, kind), None, "{said}");
        }
        for (text, said, kind) in [
            ("Zyxwich (64-bit) 122.25.14", "122.25.14", FindingKind::Phone),
            ("a fatura 2026-4909 da", "2026-4909", FindingKind::Phone),
            ("Screen resolution: 3241×1475", "3241×1475", FindingKind::Id),
            ("4900.yaml - Django", "4900.yaml - Django", FindingKind::Url),
            ("WARN FramePixel: late", "FramePixel", FindingKind::Person),
            ("geachte mevouw,", "mevouw", FindingKind::Person),
            ("bis Donnersag", "Donnersag", FindingKind::Location),
        ] {
            assert_eq!(left(text, said, kind), None, "{said}");
        }
        assert_eq!(left("FrameZyxwich", "FrameZyxwich", FindingKind::Person), Some("FrameZyxwich"));
        assert_eq!(left("Quorra_cv.pdf", "Quorra", FindingKind::Person), Some("Quorra"));
        assert_eq!(left("Quorra Edit", "Quorra Edit", FindingKind::Person), Some("Quorra Edit"));
        assert_eq!(left("zyxwich", "zyxwich", FindingKind::Person), Some("zyxwich"));
    }

    #[test]
    fn what_the_tagger_took_is_asked_too() {
        let stays = |text: &str, said: &str, kind| {
            let start = text.find(said).unwrap();
            bears_out(text, &Find { range: start..start + said.len(), kind, rule: "r" })
        };
        assert!(!stays("Open | Cancel | Print", "Print", FindingKind::Person));
        assert!(stays("Open | Zyxwich | Print", "Zyxwich", FindingKind::Person));
        assert!(!stays("s.rsplit(',')", "rsplit", FindingKind::Person));
        assert!(!stays("5 V, 4543 kg", "4543 kg", FindingKind::Address));
        assert!(stays("ask zyxwich now", "zyxwich", FindingKind::Person));
        assert!(stays("Alice Zyxwich(CEO)", "Alice Zyxwich", FindingKind::Person));
        assert!(!stays("notes 2.md - Zyxwich", "Zyxwich", FindingKind::Person));
        assert!(!stays("Zyxwich v1.6 - News", "Zyxwich", FindingKind::Person));
        assert!(stays("notes 2.md - Zyxwich wrote", "Zyxwich", FindingKind::Person));
        assert!(stays("Zyxwich 4.5", "Zyxwich", FindingKind::Person));
        assert!(stays("12 Mill Road", "12 Mill", FindingKind::Address));
        assert!(!stays("TZ=Africa/Juba", "Juba", FindingKind::Location));
        assert!(!stays("    @abstractmethod\n    def x", "abstractmethod", FindingKind::Person));
    }

    #[test]
    fn a_number_of_somebody_is_long_and_no_hash() {
        for text in ["502698", "77ca8f198a2b", "97", "4e60c8a1-0b0c-425d", "9737678kB"] {
            assert_eq!(left(text, text, FindingKind::Id), None, "{text}");
        }
        assert_eq!(left("Nr. ZJ-582-7926-4.", "582", FindingKind::Id), Some("ZJ-582-7926-4"));
        assert_eq!(left("wlan: Q5mYYGz57YkE", "Q5m", FindingKind::Id), Some("Q5mYYGz57YkE"));
        assert_eq!(left("63\t858.337,48", "858.337", FindingKind::Phone), None);
        assert_eq!(left("call 152.787.7579", "152.787.7579", FindingKind::Phone), Some("152.787.7579"));
    }
}
