//! Numbers that are cut over fields: the boxes of a form, the cells of a row, the parameters of a request.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, iban_remainder, luhn};
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

fn from_digit(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c.is_ascii_digit())?)
}
