//! E-mail addresses and telephone numbers.

use std::ops::{Range, RangeInclusive};

use candor_model::FindingKind;
use phonenumber::country::Id as Region;

use crate::text::rule::{Hit, Rule, whole};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "email.address",
        kind: FindingKind::Email,
        gate: r"(?:@|%40)[0-9A-Za-z\x{80}-\x{10FFFF}]",
        pattern: r"<mail>+(?:@|%40)<host>+(?:\.<host>+)+",
        check: whole,
        finds: &[
            "write to {dana.lund@mail.example.test}.",
            "<{a+b@x.example}>",
            "mailto:{jürgen@bücher.example}?subject=x",
            "to={a%40b.example}&x",
        ],
        passes: &["see you @ the office", "@handle", "root@localhost", "a@b"],
    },
    Rule {
        name: "phone.international",
        kind: FindingKind::Phone,
        gate: r"(?:\+ ?|\b00 ?)\(?[1-9]",
        pattern: r"(?:\+ ?|\b00 ?)\(?[1-9](?:<gap>{0,3}\d){7,14}",
        check: international,
        finds: &[
            "call {+49 30 901820}!",
            "{+1 (212) 555-0123}",
            "{+44 (0)20 7946 0958} x",
            "{0033 1 99 00 12 34}",
            "{+351912345678}",
            "{+33\u{a0}6\u{a0}39\u{a0}98\u{a0}12\u{a0}34}",
        ],
        passes: &["+1", "2+12345678901", "a +5 % rise in 12 months", "0000000000000"],
    },
    Rule {
        name: "phone.national",
        kind: FindingKind::Phone,
        gate: r"\d(?:<gap>{0,3}\d){8}",
        pattern: r"\(?\b\d(?:<gap>{0,3}\d){8,12}\b",
        check: national,
        finds: &[
            "desk {(212) 555-0123} or",
            "at {212-555-0123}",
            "Büro {030 / 901 820 15}",
            "{01 99 00 12 34}",
            "tél. {06.39.98.12.34}",
            "{020 7946 0958}",
            "móvil {612 345 678} hoy",
            "{0612345678}",
            "{912345678}",
            "{333 123 4567}",
        ],
        passes: &[
            "01.02.2024 10:30",
            "2024-01-15 10:30:00",
            "1 234 567,89",
            "build 10.0.19045.3803",
            "order 1234567890123 shipped",
            "0.123456789",
            "id 912345678 is free",
        ],
    },
    Rule {
        name: "phone.keyword",
        kind: FindingKind::Phone,
        gate: r"(?i)<phoneword>[^\d\n+(]{0,12}\(?\d",
        pattern: r"(?i)<phoneword>[^\d\n+(]{0,12}\(?\d(?:<gap>{0,2}\d){5,14}",
        check: from_first_digit,
        finds: &["Phone: {5550123}", "tel. {901820}", "Handy {1512345678}", "Telefoon {6 12345678}"],
        passes: &["phone 12", "hotel 2024-01", "telephone exchange of 1930"],
    },
];

fn international(hit: &Hit<'_>) -> Option<Range<usize>> {
    let part_of_sum = hit.before().ends_with(|c: char| c.is_ascii_alphanumeric());
    let digits = digits(hit.text());
    let length = if digits.starts_with("00") { digits.len() - 2 } else { digits.len() };
    let plausible = !part_of_sum && (8..=15).contains(&length);
    (plausible && (hit.text().starts_with('+') || is_valid(&digits.replacen("00", "+", 1), None)))
        .then(|| hit.span())
}

fn from_first_digit(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c == '(' || c.is_ascii_digit())?)
}

/// Takes the longest run of groups from the start that is a number of one of the regions.
fn national(hit: &Hit<'_>) -> Option<Range<usize>> {
    let begins_inside = hit.before().ends_with(|c: char| c.is_ascii_alphanumeric() || "+.,:".contains(c));
    if begins_inside || is_date_or_amount(hit) {
        return None;
    }
    group_ends(hit.text())
        .into_iter()
        .rev()
        .find(|end| hit.text().get(..*end).is_some_and(|part| is_national(part, hit)))
        .map(|end| hit.first(end))
}

fn group_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_digit() && !chars.peek().is_some_and(|(_, next)| next.is_ascii_digit()) {
            ends.push(at + 1);
        }
    }
    ends
}

fn is_national(part: &str, hit: &Hit<'_>) -> bool {
    let digits = digits(part);
    let grouped = part.len() > digits.len();
    let alone = hit.before().trim().is_empty() && hit.after().trim().is_empty();
    if is_american_shape(part) {
        return true;
    }
    (grouped || alone || digits.starts_with('0'))
        && plausible_regions(&digits).any(|region| is_valid(&digits, Some(region)))
}

/// Three, three and four digits, the first and the fourth from 2 to 9 (North American numbering plan).
fn is_american_shape(part: &str) -> bool {
    let groups: Vec<&str> = part.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let groups = groups.strip_prefix(&["1"]).unwrap_or(&groups);
    let [area, exchange, line] = groups else { return false };
    let opens = |g: &str| g.len() == 3 && g.starts_with(|c: char| ('2'..='9').contains(&c));
    opens(area) && opens(exchange) && line.len() == 4
}

/// Regions whose national numbers are looked for without a country code: the first digits and the lengths that their
/// numbers have, so that few are asked for each.
const REGIONS: [(Region, &[char], RangeInclusive<usize>); 8] = [
    (Region::FR, &['0'], 10..=10),
    (Region::GB, &['0'], 10..=11),
    (Region::NL, &['0'], 10..=10),
    (Region::DE, &['0'], 9..=13),
    (Region::IT, &['0', '3'], 9..=11),
    (Region::ES, &['6', '7', '8', '9'], 9..=9),
    (Region::PT, &['2', '9'], 9..=9),
    (Region::US, &['2', '3', '4', '5', '6', '7', '8', '9'], 10..=10),
];

fn plausible_regions(digits: &str) -> impl Iterator<Item = Region> {
    let plausible = |(_, first, lengths): &&(Region, &[char], RangeInclusive<usize>)| {
        digits.starts_with(*first) && lengths.contains(&digits.len())
    };
    REGIONS.iter().filter(plausible).map(|(region, ..)| *region)
}

fn is_valid(number: &str, region: Option<Region>) -> bool {
    phonenumber::parse(region, number).is_ok_and(|number| number.is_valid())
}

/// Dates and amounts are the rows of digits that look most like telephone numbers.
fn is_date_or_amount(hit: &Hit<'_>) -> bool {
    let groups: Vec<&str> =
        hit.text().split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let is_year = |g: &&&str| g.len() == 4 && (g.starts_with("19") || g.starts_with("20"));
    let day_first = groups.len() > 2
        && groups.iter().take(2).all(|g| g.len() <= 2)
        && groups.get(2).as_ref().is_some_and(is_year);
    let year_first = groups.len() > 2
        && groups.first().as_ref().is_some_and(is_year)
        && groups.iter().skip(1).take(2).all(|g| g.len() <= 2);
    let decimals = hit
        .after()
        .strip_prefix([',', '.'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let fraction = groups.len() == 2 && hit.text().contains('.') && !hit.text().contains(' ');
    day_first || year_first || decimals || fraction
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
