//! Payment cards and bank accounts.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{iban_remainder, luhn};
use crate::text::rule::{Hit, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "card.luhn",
        kind: FindingKind::Card,
        gate: r"\d(?:<cardgap>?\d){12}",
        pattern: r"\d(?:<cardgap>?\d){12,18}",
        check: card,
        finds: &[
            "paid with {4111 1111 1111 1111} today",
            "{5500-0000-0000-0004}",
            "{378282246310005}",
            "12 {4012888888881881}",
            "{6011 0009 9013 9424} 12/27",
            "{2223003122003222}",
            "no{4111 1111 1111 1111}end",
        ],
        passes: &[
            "4111 1111 1111 1112",
            "0000 0000 0000 0000",
            "1234567890123456",
            "9999999999999995",
            "54111111111111111",
            "41111111111111112",
        ],
    },
    Rule {
        name: "iban.mod97",
        kind: FindingKind::Iban,
        gate: r"\b[A-Za-z]{2}\d{2}<cardgap>?[0-9A-Za-z]{4}",
        pattern: r"\b[A-Za-z]{2}\d{2}(?:<cardgap>?[0-9A-Za-z]){11,30}",
        check: iban,
        finds: &[
            "to {DE89 3704 0044 0532 0130 00} by Friday",
            "{GB82WEST12345698765432}",
            "iban {fr1420041010050500013m02606}",
            "{NL91 ABNA 0417 1643 00}, ours",
            "{ES91-2100-0418-4502-0005-1332}",
        ],
        passes: &["DE89 3704 0044 0532 0130 01", "AB12 3456 7890 1234 5678", "ISO12 and more text beside"],
    },
];

/// Lengths that the issuers of a leading digit use (ISO/IEC 7812 ranges as the card networks publish them).
fn is_card_shape(digits: &[u32]) -> bool {
    let prefix = |n: usize| digits.iter().take(n).fold(0, |value, d| value * 10 + d);
    match digits.len() {
        13 => prefix(1) == 4,
        14 => matches!(prefix(2), 30 | 36 | 38 | 39),
        15 => matches!(prefix(2), 34 | 37) || matches!(prefix(4), 1800 | 2131),
        16 => matches!(prefix(1), 3..=6) || (2221..=2720).contains(&prefix(4)) || prefix(4) == 2200,
        17..=19 => matches!(prefix(1), 4..=6),
        _ => false,
    }
}

/// Takes the longest run of groups from the start that is a card number.
fn card(hit: &Hit<'_>) -> Option<Range<usize>> {
    if hit.before().ends_with(|c: char| c.is_ascii_digit()) {
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
        if group_ends && is_card_shape(&seen) && luhn(&seen) {
            best = Some(at + 1);
        }
    }
    best.map(|end| hit.first(end))
}

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

fn iban(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let country = text.get(..2)?.to_ascii_uppercase();
    let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
    let (last, _) = text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).nth(length - 1)?;
    let compact: String = text.get(..=last)?.chars().filter(char::is_ascii_alphanumeric).collect();
    (iban_remainder(&compact) == Some(1)).then(|| hit.first(last + 1))
}
