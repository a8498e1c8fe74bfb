//! Numbers behind a word that says what they are, whatever their check digit says: people mistype, and a number that is
//! wrong by one digit still leads to its owner.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, luhn};
use crate::text::rule::{Hit, Rule};
use crate::text::rules::contact::{is_date, unit_follows};
use crate::text::rules::gate::Gate;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "id.labelled",
        FindingKind::Id,
        Gate::At(&[
            "|nif|", "|nie|", "|dni|", "|cpf|", "|cnpj|", "|bsn|", "|ssn|", "|sin|", "|tfn|", "|nhs", "|pps", "|pesel|", "|niss|", "|insz|",
            "|ahv", "|utr|", "|cpr|", "personnummer", "steuer-id", "steuernummer", "steuer-nr", "|idnr", "codice fiscale", "partita iva",
            "|siret|", "|siren|", "|nir|", "sécurité sociale", "burgerservice", "rijksregister", "contribuinte", "social security",
            "national insurance", "aadhaar", "tax id", "tax number", "tax no", "taxpayer", "|vat ", "|vat:", "versicherungsnummer",
            "sozialversicherung", "seguridad social", "|rg:", "|rg ", "|curp", "|imei", "national id", "personal id",
        ]),
        r"<letter>[<letter>'’\- ]{1,32}?(?i:<sp>?(?:number|nummer|nr|no|num|n|card|id)\b[.°º]{0,2}|<sp>?n[°º])?<sp>{0,2}(?:(?:is|ist|est|es|è|é|de)<sp>)?[:#=]?<sp>{0,3}[A-Za-z]{0,4}[\-. ]?\d(?:[ .\-/]?[0-9A-Z]){4,20}\b",
        &[
            "NIF: {53264647729}",
            "CPF: {615126308}",
            "VAT {46-9646764}",
            "Steuernummer: {ATU68763099}",
            "Versicherungsnummer {FK-029-1504-3}",
            "NIF: {123 456 788}",
            "Steuer-ID ist {92671351047}",
            "Social security number: {123-45-6789}",
        ],
        &["VAT 19 percent", "vat: 20%", "NHS 2024", "the dni office", "steuernummer fehlt", "NIF 12", "tax number of 2024-01-15", "PPS 30.06.2023"],
    )
    .checked(labelled),
    Rule::new(
        "bank.account_labelled",
        FindingKind::Iban,
        Gate::At(&["|account "]),
        r"(?i)account<sp>{1,2}(?:is<sp>)?\d(?:[\- ]?\d){6,19}\b",
        &["Remit to account {8327-422389}, Bhima", "account {56381579}; BIC", "REMIT TO ACCOUNT {802209870436}"],
        &["account 2024-01-15", "account 12345", "account 20240115"],
    )
    .checked(labelled),
    Rule::new(
        "card.labelled",
        FindingKind::Card,
        Gate::At(&[
            "|card|", "|visa|", "|mastercard|", "|amex|", "|maestro|", "american express", "|karte|", "kreditkarte", "|carte|", "|tarjeta|", "|carta|",
            "|kaart|", "|cartão|", "|cc#", "|cc |", "|cc:",
        ]),
        r"(?i)(?:card|visa|mastercard|amex|maestro|american express|karte|kreditkarte|carte|tarjeta|carta|kaart|cartão|cc)[^\d\n]{1,40}\d(?:<cardgap>{0,2}\d){11,18}\b",
        &["card on file: {4539 1488 0343 6468}", "Visa ending soon {4539148803436461}", "tarjeta de mi madre {5425 2334 3010 9904}", "My card {0604 1111 1119} is lost"],
        &["card 2024-01-15 10:30", "visa application 123456", "card game 12 34", "card 202401151030", "card 0604 1111 1118"],
    )
    .checked(labelled_card),
    Rule::new(
        "iban.labelled",
        FindingKind::Iban,
        Gate::At(&["iban"]),
        r"(?i)iban[^\d\n]{0,28}?\b[A-Z]{2}\d{2}(?:<cardgap>{0,2}[0-9A-Z]){10,30}\b",
        &["your IBAN for the refund {DE89 3704 0044 0532 0130 01}", "IBAN ({DE89370400440532013001})"],
        &["IBAN validation", "iban: none", "iban DE12"],
    )
    .checked(after_label),
];

/// The number without its label: seven digits and more, or five with a letter; no date, no count.
fn labelled(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let head = text.get(..digit)?;
    let code = head.len() - head.trim_end_matches(|c: char| c.is_ascii_uppercase() || c == '-').len();
    // The letters of a code begin it; those of the label are set apart.
    let word =
        head.get(..digit - code).is_none_or(|rest| rest.is_empty() || rest.ends_with(char::is_alphabetic));
    let start = if word { digit } else { digit - code };
    let value = text.get(start..)?;
    let count = digits(value).len();
    let lettered = value.starts_with(|c: char| c.is_ascii_uppercase());
    let compact_date = value.len() == 8 && value.starts_with("20");
    let plausible = count >= if lettered { 5 } else { 7 }
        && !is_date(value)
        && !compact_date
        && !unit_follows(hit.after());
    plausible.then(|| hit.without_front(start)).flatten()
}

/// The same for a card. Twelve digits are those of a card only with its check digit: times of day have as many.
fn labelled_card(hit: &Hit<'_>) -> Option<Range<usize>> {
    const SHORTEST: usize = 12;
    let number = digits(hit.text());
    (number.len() > SHORTEST || luhn(&number)).then(|| labelled(hit)).flatten()
}

fn after_label(hit: &Hit<'_>) -> Option<Range<usize>> {
    let digit = hit.text().find(|c: char| c.is_ascii_digit())?;
    hit.without_front(digit.checked_sub(2)?)
}
