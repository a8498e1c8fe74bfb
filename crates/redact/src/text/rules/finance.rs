//! Payment cards and bank accounts.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, iban_remainder, luhn, weighted};
use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "card.luhn",
        FindingKind::Card,
        Gate::Number,
        r"\d(?:<cardgap>{0,2}\d){11,18}",
        &[
            "paid with {4111 1111 1111 1111} today",
            "{5500-0000-0000-0004}",
            "{378282246310005}",
            "12 {4012888888881881}",
            "{6011 0009 9013 9424} 12/27",
            "{2223003122003222}",
            "maestro {501844960135}",
            "no{4111 1111 1111 1111}end",
            "{4111.1111.1111.1111}",
            "{3782 822463 10005}",
        ],
        &[
            "4111 1111 1111 1112",
            "0000 0000 0000 0000",
            "1234567890123456",
            "9999999999999995",
            "54111111111111111",
            "41111111111111112",
            "0x4111111111111111",
            "3.141592653589793",
            "4111111111111111-aaaa-bbbb",
        ],
    )
    .checked(card),
    Rule::new(
        "card.keyword",
        FindingKind::Card,
        Gate::At(&["card number", "card no", "credit card", "debit card", "kartennummer", "kreditkarte", "numéro de carte", "carte bancaire", "número de tarjeta", "tarjeta de crédito", "numero di carta", "carta di credito", "kaartnummer", "creditcard", "número do cartão", "cartão de crédito", "card ending", "ending in", "endet auf", "se terminant par", "terminada en", "|visa|", "|mastercard|", "|amex|"]),
        r"(?i)(?:card number|card no|credit card|debit card|kartennummer|kreditkarte|numéro de carte|carte bancaire|número de tarjeta|tarjeta de crédito|numero di carta|carta di credito|kaartnummer|creditcard|número do cartão|cartão de crédito|card ending|ending in|endet auf|se terminant par|terminada en|visa|mastercard|amex)[^\d\n]{1,16}\d(?:<cardgap>{0,2}\d){11,18}\b",
        &["card number: {1234 5678 9012 3456}", "Kreditkarte {4111 1111 1111 1112}"],
        &["credit card 2024", "card number: 12"],
    )
    .checked(number),
    Rule::new(
        "card.expiry",
        FindingKind::Card,
        Gate::At(&["|exp ", "|exp:", "|expiry", "|expires", "|valid thru", "|gültig bis", "|expire fin", "|caducidad", "|scadenza", "|vervaldatum", "|validade"]),
        r"(?i)(?:exp(?:iry|ires)?(?: date)?|valid thru|gültig bis|expire fin|caducidad|scadenza|vervaldatum|validade)<sp>{0,2}[:.]?<sp>{0,2}(?:0[1-9]|1[0-2])<sp>?/<sp>?(?:20)?\d\d\b",
        &["exp {04/27}", "Expiry date: {12/2028}"],
        &["expires 04/27/2026", "exp 4", "expires in 12/24 hours"],
    )
    .checked(expiry),
    Rule::new(
        "iban.mod97",
        FindingKind::Iban,
        Gate::Number,
        r"\b[A-Za-z]{2}<sp>?\d{2}(?:<cardgap>?[0-9A-Za-z]){11,30}",
        &[
            "to {DE89 3704 0044 0532 0130 00} by Friday",
            "{GB82WEST12345698765432}",
            "iban {fr1420041010050500013m02606}",
            "{NL91 ABNA 0417 1643 00}, ours",
            "{ES91-2100-0418-4502-0005-1332}",
            "{gb29 nwbk 6016 1331 9268 19}",
            "{DE89.3704.0044.0532.0130.00}",
        ],
        &["DE89 3704 0044 0532 0130 01", "AB12 3456 7890 1234 5678", "ISO12 and more text beside"],
    )
    .checked(iban),
    Rule::new(
        "iban.keyword",
        FindingKind::Iban,
        Gate::At(&["|iban"]),
        r"(?i)iban[^\w\n]{1,4}(?:(?:is|ist|est|es|è|number|nummer)[: ]{1,2})?[A-Z]{2}\d{2}(?:<cardgap>{0,2}[0-9A-Z]){10,30}\b",
        &["IBAN: {DE89 3704 0044 0532 0130 01}"],
        &["IBAN validation", "iban: none"],
    )
    .checked(after_iban),
    Rule::new(
        "bank.us_routing",
        FindingKind::Iban,
        Gate::At(&["routing", "|aba|", "|rtn|"]),
        r"(?i)(?:routing|aba|rtn)[^\d\n]{1,16}\d{9}\b",
        &["routing number {021000021}", "ABA: {111000025}"],
        &["routing number 021000022", "routing table 123456789"],
    )
    .checked(us_routing),
    Rule::new(
        "bank.uk_sort_code",
        FindingKind::Iban,
        Gate::At(&["sort code", "sort-code", "sortcode", "|sort "]),
        r"(?i)sort(?:[ \-]?code[^\d\n]{1,6}\d\d[ \-]?\d\d[ \-]?\d\d|:? \d\d-\d\d-\d\d)\b",
        &["sort code {20-00-00}", "Sort Code: {200000}", "account x sort {20-00-00}"],
        &["sort code by name", "sort code 2"],
    )
    .checked(number),
    Rule::new(
        "bank.account",
        FindingKind::Iban,
        Gate::At(&["account number", "account no", "acct", "a/c no", "|a/c", "bank account", "kontonummer", "konto-nr", "|konto", "numéro de compte", "compte bancaire", "número de cuenta", "cuenta bancaria", "numero di conto", "conto corrente", "rekeningnummer", "número da conta", "conta bancária", "conta corrente", "|blz|", "bankleitzahl", "|bsb|", "|ifsc|", "|clabe", "|rib|", "|cuenta", "|ccc|"]),
        r"(?i)(?:account number|account no|acct|a/c no|a/c|bank account|kontonummer|konto-nr|konto|numéro de compte|compte bancaire|número de cuenta|cuenta bancaria|numero di conto|conto corrente|rekeningnummer|número da conta|conta bancária|conta corrente|blz|bankleitzahl|bsb|ifsc|clabe|rib|cuenta|ccc)[^\d\n]{1,14}\d(?:<cardgap>?\d){4,22}\b",
        &["account number: {12345678}", "Kontonummer {532013000}", "BLZ {370 400 44}", "bank account no. {0012345678}", "BSB {062-000}"],
        &["account number 2", "konto 12", "bank account since 2004", "account no: none"],
    )
    .checked(account),
    Rule::new(
        "bank.bic",
        FindingKind::Iban,
        Gate::At(&["|bic", "|swift"]),
        r"(?i)(?:bic|swift)(?:[/ ]?(?:bic|swift|code))?[^\w\n]{1,4}[A-Za-z]{6}[A-Za-z0-9]{2}(?:[A-Za-z0-9]{3})?\b",
        &["BIC: {DEUTDEFF500}", "SWIFT code {BNPAFRPP}", "bic {cobadeff}"],
        &["BIC: see above", "swift language", "Swift Programming", "bicycle"],
    )
    .checked(bic),
    Rule::new(
        "bank.crypto_address",
        FindingKind::Iban,
        Gate::At(&["|bc1", "|0x"]),
        r"(?:bc1[02-9ac-hj-np-z]{30,60}|0x[0-9a-fA-F]{40})\b",
        &["send to {bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq}", "{0x<h40>}"],
        &["0x<h8>", "bc1q", "1234567890123456789012345678901", "31a54e8ad4cc1fb7a5df1c8f2b0d6c2e"],
    ),
];

/// Lengths that the issuers of a leading digit use (ISO/IEC 7812 ranges as the card networks publish them).
pub(super) fn is_card_shape(digits: &[u32]) -> bool {
    let prefix = |n: usize| digits.iter().take(n).fold(0, |value, d| value * 10 + d);
    match digits.len() {
        12 => matches!(prefix(2), 50 | 56..=58 | 63 | 67),
        13 => prefix(1) == 4,
        14 => matches!(prefix(2), 30 | 36 | 38 | 39),
        15 => matches!(prefix(2), 34 | 37) || matches!(prefix(4), 1800 | 2131),
        16 => matches!(prefix(1), 3..=6) || (2221..=2720).contains(&prefix(4)) || prefix(4) == 2200,
        17..=19 => {
            prefix(2) == 62
                || matches!(prefix(2), 50 | 56..=61 | 63..=69)
                || digits.len() == 19 && prefix(1) == 4
        }
        _ => false,
    }
}

/// Takes the longest run of groups from the start that is a card number.
fn card(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before();
    let decimal = before.strip_suffix('.').is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()));
    if before.ends_with(|c: char| c.is_ascii_digit()) || decimal || before.ends_with("0x") {
        return None;
    }
    // A number with a point after its first digits is a decimal.
    if hit.text().find('.').is_some_and(|at| at < 4) {
        return None;
    }
    let mut seen: Vec<u32> = Vec::with_capacity(19);
    let mut best = None;
    let mut chars = hit.text().char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let Some(digit) = c.to_digit(10) else { continue };
        seen.push(digit);
        let next = chars.peek().map(|(_, next)| *next).or_else(|| hit.after().chars().next());
        let group_ends = !next.is_some_and(|next| next.is_ascii_digit());
        if group_ends && is_card_shape(&seen) && luhn(&seen) && !goes_on_as_id(hit, at + 1) {
            best = Some(at + 1);
        }
    }
    best.map(|end| hit.first(end))
}

/// A hyphen and letters after a number without gaps: an id of a machine.
fn goes_on_as_id(hit: &Hit<'_>, end: usize) -> bool {
    let plain = hit.text().get(..end).is_some_and(|t| t.chars().all(|c| c.is_ascii_digit()));
    let after = hit.text().get(end..).filter(|t| !t.is_empty()).unwrap_or(hit.after());
    plain
        && after
            .strip_prefix(['-', '_'])
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn number(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c.is_ascii_digit())?)
}

fn expiry(hit: &Hit<'_>) -> Option<Range<usize>> {
    if hit.after().starts_with('/') || hit.after().starts_with(" hours") { None } else { number(hit) }
}

fn after_iban(hit: &Hit<'_>) -> Option<Range<usize>> {
    let digit = hit.text().find(|c: char| c.is_ascii_digit())?;
    hit.without_front(digit.checked_sub(2)?)
}

/// ABA's check: 3, 7 and 1 times the digits add up to a multiple of 10.
fn us_routing(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let right = weighted(&all, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10);
    if right { number(hit) } else { None }
}

fn account(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().find(|c: char| c.is_ascii_digit())?;
    let said = hit.text().get(..start)?.to_lowercase();
    let since = ["since", "seit", "depuis", "desde", "dal", "sinds", "in 20", "in 19"]
        .iter()
        .any(|word| said.contains(word));
    if since { None } else { hit.without_front(start) }
}

/// A code of a bank (ISO 9362): four letters, a country, and written in one case.
fn bic(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().rfind(|c: char| !c.is_ascii_alphanumeric())? + 1;
    let code = hit.text().get(start..)?;
    let upper = code.chars().all(|c| !c.is_ascii_lowercase());
    let country = code.get(4..6)?.to_ascii_uppercase();
    let marked = hit.text().contains(':') || hit.text().to_ascii_lowercase().starts_with("bic ");
    let known = LENGTHS.iter().any(|(name, _)| *name == country)
        || ["US", "CA", "AU", "JP", "CN", "IN", "MX", "ZA", "SG", "HK", "KR"].contains(&country.as_str());
    (known && (upper || marked)).then(|| hit.without_front(start)).flatten()
}

/// Least digits of an account number in capitals; in other spellings half of it must be digits.
const IBAN_DIGITS_MIN: usize = 6;

/// Account number lengths by country (SWIFT IBAN registry, release 99).
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// Whether a number is as long as those of its country.
pub(super) fn is_iban_length(compact: &str) -> bool {
    LENGTHS.iter().any(|(code, length)| compact.starts_with(code) && compact.len() == *length)
}

fn iban(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let country = text.get(..2)?.to_ascii_uppercase();
    let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
    let (last, _) = text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).nth(length - 1)?;
    let compact: String = text.get(..=last)?.chars().filter(char::is_ascii_alphanumeric).collect();
    let count = digits(&compact).len();
    let capitals = count >= IBAN_DIGITS_MIN && !compact.contains(|c: char| c.is_ascii_lowercase());
    let likely = capitals || 2 * count >= compact.len();
    (likely && iban_remainder(&compact) == Some(1)).then(|| hit.first(last + 1))
}
