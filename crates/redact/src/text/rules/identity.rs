//! Numbers that name a person or a case.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{codice_fiscale_letter, digits, mod_11_10, number, weighted};
use crate::text::rule::{Check, Hit, Rule, last_word, whole};

const fn id(
    name: &'static str,
    pattern: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule { name, kind: FindingKind::Id, gate: "", pattern, check, finds, passes }
}

pub(crate) const RULES: &[Rule] = &[
    id(
        "id.us_ssn",
        r"\b\d{3}[\- ]\d{2}[\- ]\d{4}\b",
        us_ssn,
        &["SSN {536-90-4399} on"],
        &["000-12-3456", "666-12-3456", "123-00-4567", "912-12-3456", "123-45 6789"],
    ),
    id(
        "id.de_tax",
        r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b",
        de_tax,
        &["IdNr {86 095 742 719}", "{86095742719}"],
        &["86 095 742 718", "11111111111"],
    ),
    id(
        "id.fr_nir",
        r"\b[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b",
        fr_nir,
        &["{2 55 08 14 168 025 38}", "{255081416802538}", "{1 85 05 2A 010 001 95}"],
        &["2 55 08 14 168 025 39"],
    ),
    id(
        "id.es_dni",
        r"\b(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]\b",
        es_dni,
        &["DNI {12345678Z}", "{X1234567L}", "{12345678-z}"],
        &["12345678A", "X1234567A"],
    ),
    id(
        "id.it_codice_fiscale",
        r"\b[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z]\b",
        it_codice,
        &["CF {RSSMRA85T10A562S}", "{rssmra85t10a562s}"],
        &["RSSMRA85T10A562T"],
    ),
    id(
        "id.uk_nino",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        uk_nino,
        &["NI {AB 12 34 56 C}", "{AB123456C}"],
        &["BG123456C", "AB123456E", "GB 12 34 56 C"],
    ),
    id(
        "id.uk_nhs",
        r"(?i)\bNHS[^\d\n]{0,12}\d{3}[ \-]?\d{3}[ \-]?\d{4}\b",
        uk_nhs,
        &["NHS no. {943 476 5919}"],
        &["NHS no. 943 476 5918", "NHS 2024"],
    ),
    id(
        "id.nl_bsn",
        r"(?i)\b(?:bsn|burgerservicenummer|sofi-?nummer)[^\d\n]{0,12}\d{9}\b",
        nl_bsn,
        &["BSN: {111222333}"],
        &["BSN: 111222334", "111222333"],
    ),
    id(
        "id.pt_nif",
        r"(?i)\b(?:nif|contribuinte)[^\d\n]{0,12}\d{3} ?\d{3} ?\d{3}\b",
        pt_nif,
        &["NIF: {123 456 789}"],
        &["NIF: 123 456 788"],
    ),
    id(
        "id.br_cpf",
        r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b",
        br_cpf,
        &["CPF {529.982.247-25}"],
        &["529.982.247-26", "111.111.111-11"],
    ),
    Rule {
        name: "id.keyword",
        kind: FindingKind::Id,
        gate: r"(?i)<idword>",
        pattern: r"(?i)<idword>(?:<sp>{0,2}(?:(?:number|nummer|num|no|nr|id|code|card)\b|nº|n°))?\.?<sp>{0,2}[:#=]?<sp>{0,2}[A-Z0-9][A-Z0-9\-.]{2,23}",
        check: keyword,
        finds: &[
            "Employee ID: {E-20417}",
            "customer no. {100234}",
            "case #{2024-0113}",
            "Kundennummer {K-4711}",
            "numéro de client : {778-201}",
            "Passport number {X1234567}",
            "matricule {88412}",
        ],
        passes: &["customer service", "case 3", "employee of the month", "patient waiting"],
    },
    Rule {
        name: "id.birth_date",
        kind: FindingKind::Id,
        gate: r"(?i)<birthword>",
        pattern: r"(?i)<birthword>[ :]{1,3}(?:\d{1,4}[./\- ]\d{1,2}[./\- ]\d{1,4}|\d{1,2}\.? <letter>{3,10} \d{4}|<letter>{3,10} \d{1,2},? \d{4})",
        check: birth_date,
        finds: &[
            "Date of birth: {12/03/1981}",
            "geboren am {3.7.1990}",
            "born {4 March 1979}",
            "DOB {March 4, 1979}",
        ],
        passes: &["born in a small town", "date of birth:"],
    },
];

fn us_ssn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let same_separator = hit.text().chars().nth(3) == hit.text().chars().nth(6);
    let n = number(&digits(hit.text()))?;
    let (area, group, serial) = (n / 1_000_000, n / 10_000 % 100, n % 10_000);
    let issued = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    (same_separator && issued).then(|| hit.span())
}

/// Of the first ten digits one stands twice or three times, and no other more than once (section 139b AO rules).
fn de_tax(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let count = |digit: u32| all.iter().take(10).filter(|d| **d == digit).count();
    let repeated = (0..10).filter(|d| count(*d) > 1).count();
    let most = (0..10).map(count).max().unwrap_or(0);
    let plausible = all.first() != Some(&0) && repeated == 1 && most <= 3;
    (plausible && mod_11_10(&all)).then(|| hit.span())
}

/// The key is 97 minus the remainder of the first 13 places by 97; Corsica counts as 19 and 18 (INSEE).
fn fr_nir(hit: &Hit<'_>) -> Option<Range<usize>> {
    let compact: String = hit.text().chars().filter(|c| *c != ' ').collect();
    let (body, key) = compact.split_at_checked(13)?;
    let body: u64 = body.replace("2A", "19").replace("2B", "18").parse().ok()?;
    let key: u64 = key.parse().ok()?;
    (97 - body % 97 == key).then(|| hit.span())
}

fn es_dni(hit: &Hit<'_>) -> Option<Range<usize>> {
    let compact: String = hit.text().to_ascii_uppercase().chars().filter(|c| *c != '-').collect();
    let letter = compact.chars().next_back()?;
    let first = compact.chars().next()?;
    let leading = match first {
        'X' => Some(0),
        'Y' => Some(1),
        'Z' => Some(2),
        _ => None,
    };
    let digits: Vec<u32> = leading.into_iter().chain(digits(&compact)).collect();
    let index = usize::try_from(number(&digits)? % 23).ok()?;
    ("TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(index) == Some(letter)).then(|| hit.span())
}

fn it_codice(hit: &Hit<'_>) -> Option<Range<usize>> {
    let upper = hit.text().to_ascii_uppercase();
    let (body, letter) = upper.split_at_checked(15)?;
    (codice_fiscale_letter(body) == letter.chars().next()).then(|| hit.span())
}

fn uk_nino(hit: &Hit<'_>) -> Option<Range<usize>> {
    const NEVER_ISSUED: [&str; 7] = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"];
    let prefix = hit.text().get(..2)?;
    (!NEVER_ISSUED.contains(&prefix)).then(|| hit.span())
}

fn digits_part(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c.is_ascii_digit())?)
}

fn uk_nhs(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = (11 - weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    if all.get(9) == Some(&check) { digits_part(hit) } else { None }
}

fn nl_bsn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]);
    let last = all.get(8).copied()?;
    if sum % 11 == last { digits_part(hit) } else { None }
}

fn pt_nif(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = 11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if check > 9 { 0 } else { check };
    if all.get(8) == Some(&check) { digits_part(hit) } else { None }
}

fn br_cpf(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = |weights: &[u32]| (weighted(&all, weights) * 10) % 11 % 10;
    let right = all.get(9) == Some(&check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]))
        && all.get(10) == Some(&check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
    let varied = all.iter().any(|d| Some(d) != all.first());
    (right && varied).then(|| whole(hit)).flatten()
}

/// The number is the last word, and has at least three digits; a lone letter before it belongs to it.
fn keyword(hit: &Hit<'_>) -> Option<Range<usize>> {
    const DIGITS_MIN: usize = 3;
    let word = last_word(hit)?;
    let start = word.start.checked_sub(hit.span().start)?;
    let enough = digits(hit.text().get(start..)?).len() >= DIGITS_MIN;
    enough.then_some(word)
}

fn birth_date(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let month_first = text.get(..digit)?.trim_end().rfind([' ', ':']).map_or(digit, |at| at + 1);
    let word = text.get(month_first..digit)?.trim();
    let is_month = word.len() >= 3 && text.get(digit..)?.contains(", ")
        || word.chars().next().is_some_and(char::is_uppercase);
    hit.without_front(if is_month { month_first } else { digit })
}
