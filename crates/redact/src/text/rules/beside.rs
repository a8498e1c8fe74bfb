//! Numbers without a word of their own beside what was found: after a name stands a telephone number, before it the number
//! of a customer. These rules see the masks of the round before.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::digits;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::contact::{extension, is_date, is_decimal, unit_follows};
use crate::text::rules::gate::Gate;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "phone.beside",
        FindingKind::Phone,
        Gate::At(&["[person]", "[email]", "[address]", "[phone]", "[date]"]),
        r"(?:\[PERSON\]|\[EMAIL\]|\[ADDRESS\]|\[PHONE\]|\[DATE\])[ ,;:|\t<>()\-–—/\x{a0}]{1,6}\+?\(?\d(?:<gap>{0,3}\d){6,14}",
        &[
            "[PERSON] - {015286049420}",
            "call mum [PERSON], {9570388220}; buy milk",
            "[PERSON] ({579 042 1698}).",
            "[PERSON], {(247) 187-0828 x473}",
            "[DATE];{015288099994}",
            "[PHONE] / {0151 22334455}",
        ],
        &[
            "[PERSON] 2024-01-15 10:30",
            "[PERSON] 1234567 bytes",
            "[PERSON], 12.500.000 EUR",
            "[PERSON] 123456",
            "[DATE] 20240115",
            "[DATE] 123456789",
            "[PERSON] 0.12345678",
            "[PERSON] 1234567890123456789",
        ],
    )
    .checked(number_after),
    Rule::new(
        "id.beside",
        FindingKind::Id,
        Gate::Before(&["[person]"], is_code_or_gap),
        r"[A-Z0-9 ,;:|\t\-–—./]*?[A-Z]{0,4}-?\d(?:[.\-/]?\d){5,13}[A-Z]?[ ,;:|\t\-–—]{1,4}\[PERSON\]",
        &["{336924399}  [PERSON]  21", "{K9537202}\t[PERSON]", "{89334087706};[PERSON]", "{BE-102938} - [PERSON]"],
        &["2024-01-15 [PERSON]", "2024-01-15 10:30 [PERSON]", "12345 [PERSON]", "x 20240115: [PERSON]", "1234567 [PERSON]"],
    )
    .checked(number_before),
    Rule::new(
        "id.after",
        FindingKind::Id,
        Gate::At(&["[person]\t", "[person];", "[person]|", "[person] |", "[person],"]),
        r"\[PERSON\]<sp>?[\t;|,]<sp>{0,3}[A-Z]{1,3}-?\d{5,10}\b",
        &["Virk, [PERSON]\t{KD-853451}\t+61", "[PERSON];{LF7543488}"],
        &["[PERSON], A1234", "[PERSON], v12345", "[PERSON];20240115"],
    )
    .checked(code_after),
    Rule::new(
        "id.bracketed",
        FindingKind::Id,
        Gate::At(&["[person] ("]),
        r"\[PERSON\] \((?:(?i:id|no|nr|nummer|number|n)\b[.:#°º]{0,2}<sp>?)?#?[A-Za-z]{0,4}-?\d[A-Za-z0-9\-]{3,14}\)",
        &["of [PERSON] (ID {E60890}): 12", "[PERSON] ({4197703})", "[PERSON] (no. {K-03385})"],
        &["[PERSON] (2024)", "[PERSON] (1990-2010)", "[PERSON] (ID 12)"],
    )
    .checked(bracketed),
];

/// Seven digits and more that are no date, no amount and no count.
fn number_after(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let after_mask = text.find(']')? + 1;
    let rest = text.get(after_mask..)?;
    let number =
        rest.trim_start_matches([' ', ',', ';', ':', '|', '\t', '<', '>', ')', '-', '–', '—', '/', '\u{a0}']);
    let number = if number.contains(')') { number } else { number.trim_start_matches('(') };
    let gap = rest.strip_suffix(number)?;
    let count = digits(number).len();
    let spaces_only = gap.trim().is_empty() && !gap.contains('\t');
    // After a date a number is one of a table; after spaces alone it must be as long as telephone numbers are.
    let after_date = text.starts_with("[DATE]") && !gap.contains([';', '\t', '|', ',']);
    let least = if spaces_only { 9 } else { 7 };
    let goes_on = hit.after().starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    let plausible = (least..=15).contains(&count)
        && !after_date
        && !goes_on
        && !is_date(number)
        && !is_decimal(number)
        && !is_compact_date(number)
        && !number.contains(".000")
        && !unit_follows(hit.after());
    let start = hit.span().start + (text.len() - number.len());
    plausible.then(|| start..hit.span().end + extension(hit.after()))
}

fn code_after(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().rfind(['\t', ';', '|', ',', ' '])? + 1;
    hit.without_front(start)
}

/// `20240115`
fn is_compact_date(number: &str) -> bool {
    number.len() == 8 && (number.starts_with("19") || number.starts_with("20"))
}

/// What a number before a name and the gap between them are written with.
const fn is_code_or_gap(c: char) -> bool {
    c.is_ascii_digit()
        || c.is_ascii_uppercase()
        || matches!(c, ' ' | ',' | ';' | ':' | '|' | '\t' | '-' | '–' | '—' | '.' | '/')
}

/// A long number or a code before a name, at the begin of a line or a cell.
fn number_before(hit: &Hit<'_>) -> Option<Range<usize>> {
    const GAP: [char; 8] = [' ', ',', ';', ':', '|', '\t', '–', '—'];
    let text = hit.text().strip_suffix("[PERSON]")?;
    let kept = text.trim_end_matches(GAP).trim_end_matches('-').trim_end_matches(GAP);
    let start = kept
        .rfind(GAP)
        .map_or(0, |at| at + kept.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
    let number = kept.get(start..)?.trim_start_matches(['-', '.', '/']);
    let start = kept.len() - number.len();
    let count = digits(number).len();
    let one_space = text.get(kept.len()..) == Some(" ");
    let lettered = number.starts_with(|c: char| c.is_ascii_uppercase());
    let cell = kept.get(..start)?.trim_end_matches(' ');
    let opens = hit.before().trim().is_empty() && cell.is_empty() || cell.ends_with(['|', ';', '\t', ',']);
    let plausible = count >= 6
        && (!one_space || lettered || count >= 9)
        && (opens || lettered)
        && !is_date(number)
        && !is_decimal(number)
        && !is_compact_date(number);
    plausible.then(|| hit.span().start + start..hit.span().start + kept.len())
}

/// What the brackets after a name hold, if it is a number of some length.
fn bracketed(hit: &Hit<'_>) -> Option<Range<usize>> {
    let inside = hit.text().split_once('(')?.1.strip_suffix(')')?;
    let number = inside.rsplit([' ', ':', '#', '.', '°', 'º']).next()?;
    let count = digits(number).len();
    let years = number.split('-').all(|part| part.len() == 4 && part.chars().all(|c| c.is_ascii_digit()));
    let end = hit.text().len() - 1;
    let start = hit.span().start + end - number.len();
    (count >= 4 && !years && !is_date(number)).then(|| start..hit.span().start + end)
}
