//! Numbers that are cut over fields: the boxes of a form, the cells of a row, the parameters of a request.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, iban_remainder, luhn};
use crate::text::lexicon::folded;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::finance::{is_card_shape, is_iban_length};
use crate::text::rules::gate::Gate;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "card.fields",
        FindingKind::Card,
        Gate::At(&[
            "|card", "|cc", "|visa", "|mastercard", "|amex", "|pan", "karte", "|carte", "tarjeta", "|carta", "kaart", "|cartão", "|credit",
        ]),
        r"(?i)<letter>[^\n]{1,24}?\b(?:\d{4}(?:<fieldgap>\d{4}){3}|\d{4}<fieldgap>\d{6}<fieldgap>\d{5})\b",
        &[
            "Card: {4111 | 1111 | 1111 | 1111}",
            "cc1={4111&cc2=1111&cc3=1111&cc4=1111}",
            "amex {3782 / 822463 / 10005}",
        ],
        &["card 4111 | 1111 | 1111 | 1112", "cards 2021 | 2022 | 2023 | 2024", "card 1000, 2000, 3000, 4000"],
    )
    .checked(card),
    Rule::new(
        "iban.fields",
        FindingKind::Iban,
        Gate::At(&["iban", "|konto", "|account"]),
        r"(?i)(?:iban|konto(?:nummer)?|account)[^\d\n]{0,12}?(?-i:[A-Z]{2})\d{2}(?:<fieldgap>(?-i:[0-9A-Z]{1,4})){3,8}\b",
        &["IBAN: {DE89 | 3704 | 0044 | 0532 | 0130 | 00}"],
        &["IBAN: DE89 | 3704 | 0044 | 0532 | 0130 | 01", "IBAN AB12 | 3456 | 7890 | 1234"],
    )
    .checked(iban),
    Rule::new(
        "id.fields",
        FindingKind::Id,
        Gate::At(&["|ssn|", "social security"]),
        r"(?i)(?:ssn|social security(?: number| no\.?)?)[^\d\n]{0,8}\d{3}<fieldgap>\d{2}<fieldgap>\d{4}\b",
        &["SSN: {536 | 90 | 4399}", "SSN {536\t90\t4399}"],
        &["SSN: 536 | 9 | 4399"],
    )
    .checked(from_digit),
    Rule::new(
        "phone.fields",
        FindingKind::Phone,
        Gate::At(&["|phone", "|tel", "|mobile", "|cell", "|fax"]),
        r"(?i)(?:phone|telephone|tel|mobile|cell|fax)[^\d\n]{0,12}\d{3}\)?<fieldgap>\d{3}<fieldgap>\d{4}\b",
        &["Phone: ({212) | 555 | 0123}", "tel {212 / 555 / 0123}"],
        &["phone 12 | 555 | 0123"],
    )
    .checked(from_digit),
    Rule::new(
        "id.fields_named",
        FindingKind::Id,
        Gate::At(&["|ssn", "social security"]),
        r"(?i)(?:ssn|social security(?: number| no\.?)?)[^\d\n]{0,16}(?:\d[^\d\n]{1,4})?\d{3}[^\d\n]{2,20}(?:\d[^\d\n]{1,4})?\d{2}[^\d\n]{2,20}(?:\d[^\d\n]{1,4})?\d{4}\b",
        &[
            "SSN1: {536 SSN2: 90 SSN3: 4399}",
            "ssn_area={536&ssn_group=90&ssn_serial=4399}",
            "social security: part 1: {536, part 2: 90, part 3: 4399}",
        ],
        &["SSN 123 errors, 12 of 2024", "ssn: 123 rows in 12 of 2024", "ssn_1=000 ssn_2=12 ssn_3=3456"],
    )
    .checked(named_ssn),
    Rule::new(
        "phone.fields_named",
        FindingKind::Phone,
        Gate::At(&["|phone", "|tel", "|mobile", "|fax", "|area", "|vorwahl", "|indicatif", "|prefijo", "|prefisso", "|netnummer", "|kengetal", "|ddd|"]),
        r"(?i)<letter>[^\d\n]{2,24}\+?\d{2,5}\)?[^\d\n]{2,24}\d{2,8}(?:[ \-]\d{2,5}){0,4}\b",
        &[
            "phone area: {030 | number: 901820}",
            "Vorwahl: {030, Rufnummer: 901820}",
            "area code={212&number=555-0123}",
            "indicatif : {01 ; numéro : 42 68 53 00}",
        ],
        &["phone area 51 is large: 1200 rooms", "area: 030 | number: 12", "telnet area 22 number 3128", "area: 120 | size: 901820"],
    )
    .checked(named_phone),
    Rule::new(
        "iban.apart",
        FindingKind::Iban,
        Gate::At(&["|iban|", "|konto", "|account", "|compte", "|cuenta", "|conto", "|rekening", "|conta"]),
        r"(?i)(?:iban|konto(?:nummer)?|account|compte|cuenta|conto|rekening(?:nummer)?|conta)[^\w\n]{1,4}(?-i:[A-Z]{2})<sp>\d{2}(?:<cardgap>?[0-9A-Z]){11,30}\b",
        &["IBAN {DE 89 3704 0044 0532 0130 00}"],
        &["IBAN DE 89 3704 0044 0532 0130 01"],
    )
    .checked(iban_behind_word),
];

/// From the first group of four digits on.
fn card(hit: &Hit<'_>) -> Option<Range<usize>> {
    const GROUP: usize = 4;
    let bytes = hit.text().as_bytes();
    let start = bytes.windows(GROUP).position(|four| four.iter().all(u8::is_ascii_digit))?;
    let all = digits(&only_groups(hit.text().get(start..)?));
    (is_card_shape(&all) && luhn(&all)).then(|| hit.without_front(start)).flatten()
}

/// The groups of a number without the names of parameters between them.
fn only_groups(text: &str) -> String {
    text.split('&').map(|part| part.rsplit_once('=').map_or(part, |(_, value)| value)).collect()
}

fn iban(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().find(|c: char| c.is_ascii_digit())?.checked_sub(2)?;
    let text = hit.text().get(start..)?;
    let compact: String = only_groups(text).chars().filter(char::is_ascii_alphanumeric).collect();
    is_iban(&compact).then(|| hit.without_front(start)).flatten()
}

fn is_iban(compact: &str) -> bool {
    let digits = digits(compact).len();
    is_iban_length(compact) && 2 * digits >= compact.len() && iban_remainder(compact) == Some(1)
}

fn iban_behind_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let digit = hit.text().find(|c: char| c.is_ascii_digit())?;
    let start = digit.checked_sub(3)?;
    let compact: String = hit.text().get(start..)?.chars().filter(char::is_ascii_alphanumeric).collect();
    is_iban(&compact).then(|| hit.without_front(start)).flatten()
}

/// Marks between fields and their names.
const FIELD_MARKS: [char; 8] = [':', '=', '|', '/', ';', ',', '&', '\t'];

/// Area, group and serial as they are given, each behind a name of its own.
fn named_ssn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (start, between, serial) = ends_of(hit.text(), 3)?;
    let group = between.split(|c: char| !c.is_ascii_digit()).rfind(|run| run.len() == 2)?;
    let named = between.split(group).all(|gap| gap.contains(FIELD_MARKS));
    let area = hit.text().get(start..start + 3)?;
    let issued =
        !matches!(area, "000" | "666") && !area.starts_with('9') && group != "00" && serial != "0000";
    (named && issued).then(|| hit.without_front(start)).flatten()
}

/// Where the first number of `length` digits begins in `text`, what follows it up to the last, and the last.
fn ends_of(text: &str, length: usize) -> Option<(usize, &str, &str)> {
    let mut start = 0;
    for run in text.split(|c: char| !c.is_ascii_digit()) {
        if run.len() == length {
            break;
        }
        start += run.len();
        start += text.get(start..)?.chars().next()?.len_utf8();
    }
    let last = text.len() - text.bytes().rev().take_while(u8::is_ascii_digit).count();
    Some((start, text.get(start + length..last)?, text.get(last..)?))
}

/// Words before the first digits of a telephone number, folded.
const AREA_WORDS: [&str; 9] =
    ["area", "code", "prefix", "vorwahl", "indicatif", "prefijo", "prefisso", "netnummer", "kengetal"];
/// Words before the rest of them.
const SUBSCRIBER_WORDS: [&str; 8] = ["num", "nr", "nº", "n°", "line", "local", "anschluss", "phone"];

/// An area and a number, each behind a word that says so.
fn named_phone(hit: &Hit<'_>) -> Option<Range<usize>> {
    const DIGITS: std::ops::RangeInclusive<usize> = 7..=13;
    let text = hit.text();
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let area = text.get(start..)?.bytes().take_while(u8::is_ascii_digit).count();
    let number = text.get(start + area..)?;
    let between = folded(number.get(..number.find(|c: char| c.is_ascii_digit())?)?);
    let before = folded(text.get(..start)?);
    let said = AREA_WORDS.iter().any(|word| before.contains(word))
        && SUBSCRIBER_WORDS.iter().any(|word| between.contains(word));
    let marked = before.contains(FIELD_MARKS) && between.contains(FIELD_MARKS);
    (said && marked && DIGITS.contains(&digits(text).len())).then(|| hit.without_front(start)).flatten()
}

fn from_digit(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c.is_ascii_digit())?)
}
