//! Numbers of states beyond those of the seven languages, where shape, date and check digit tell them without a word nearby.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{digits, is_day, part, weighted};
use crate::text::rule::{Check, Hit, Rule};
use crate::text::rules::gate::Gate;

/// A rule for numbers of a shape that a check decides about.
pub(super) const fn shaped(
    name: &'static str,
    pattern: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Id, Gate::Number, pattern, finds, passes).checked(check)
}

pub(crate) const RULES: &[Rule] = &[
    shaped(
        "id.cn_resident",
        r"\b[1-9]\d{5}(?:19|20)\d{9}[0-9Xx]\b",
        cn_resident,
        &["{11010519491231002X}", "card {440524198001010013}"],
        &["110105194912310021", "110105194913310028", "440524198001010014"],
    ),
    shaped(
        "id.kr_resident",
        r"\b\d{6}-[1-4]\d{6}\b",
        kr_resident,
        &["{900101-1234568}"],
        &["900101-1234567", "901301-1234568", "900101-1234568-1"],
    ),
    shaped(
        "id.cl_rut",
        r"\b\d{1,2}\.\d{3}\.\d{3}-[0-9Kk]\b",
        cl_rut,
        &["RUT {12.345.678-5}", "{7.654.321-6}"],
        &["12.345.678-6"],
    ),
    shaped(
        "id.ar_cuit",
        r"\b(?:20|23|24|27|30|33|34)-\d{8}-\d\b",
        ar_cuit,
        &["{20-12345678-6}"],
        &["20-12345678-7", "2024-12345678-6"],
    ),
    shaped("id.sg_nric", r"\b[STFG]\d{7}[A-Z]\b", sg_nric, &["{S1234567D}"], &["S1234567A", "S123456D"]),
    shaped(
        "id.hk_identity",
        r"\b[A-Z]{1,2}\d{6}\([0-9A]\)",
        hk_identity,
        &["{A123456(3)}"],
        &["A123456(4)", "f123456(3)"],
    ),
    Rule::new(
        "id.ch_company",
        FindingKind::Id,
        Gate::At(&["|che-", "|che1", "|che2", "|che3", "|che4", "|che5", "|che6", "|che7", "|che8", "|che9"]),
        r"CHE-?\d{3}\.?\d{3}\.?\d{3}\b",
        &["MwSt-Nr. {CHE-123.456.788}", "{CHE123456788}"],
        &["CHE-123456789", "che-guevara"],
    )
    .checked(ch_company),
    shaped(
        "id.cz_birth_number",
        r"\b\d{6}/\d{4}\b",
        cz_birth_number,
        &["{780123/3539}", "{785123/3544}"],
        &["780123/3541", "789923/3539", "202401/2024"],
    ),
];

fn apart(hit: &Hit<'_>) -> bool {
    let goes_on = hit.after().starts_with(['-', '/', '.'])
        && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric()));
    !goes_on && !hit.before().ends_with(['-', '/', '.', '_'])
}

fn if_right(hit: &Hit<'_>, right: bool) -> Option<Range<usize>> {
    (right && apart(hit)).then(|| hit.span())
}

/// ISO 7064, MOD 11-2 (GB 11643-1999), and a day of a life.
fn cn_resident(hit: &Hit<'_>) -> Option<Range<usize>> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = digits(hit.text().get(..17)?);
    let index = usize::try_from(weighted(&body, &WEIGHTS) % 11).ok()?;
    let check = "10X98765432".chars().nth(index);
    let last = hit.text().chars().next_back().map(|c| c.to_ascii_uppercase());
    if_right(hit, check == last && is_day(part(&body, 12..14), part(&body, 10..12)))
}

fn kr_resident(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = (11 - weighted(&all, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    if_right(hit, all.get(12) == Some(&check) && is_day(part(&all, 4..6), part(&all, 2..4)))
}

/// Modulus 11 of eCH-0097.
fn ch_company(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11;
    // With its points the shape alone is told from everything else.
    if_right(hit, all.get(8) == Some(&check) || hit.text().contains('.'))
}

/// Modulus 11 with weights 2 to 7 from the right.
fn cl_rut(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (body, last) = hit.text().split_once('-')?;
    let sum: u32 = digits(body).iter().rev().zip([2, 3, 4, 5, 6, 7, 2, 3]).map(|(d, w)| d * w).sum();
    let check = match 11 - sum % 11 {
        11 => '0',
        10 => 'K',
        rest => char::from_digit(rest, 10)?,
    };
    if_right(hit, last.chars().next().is_some_and(|c| c.to_ascii_uppercase() == check))
}

fn ar_cuit(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let check = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    if_right(hit, all.get(10) == Some(&check))
}

fn sg_nric(hit: &Hit<'_>) -> Option<Range<usize>> {
    let sum = weighted(&digits(hit.text()), &[2, 7, 6, 5, 4, 3, 2]);
    let (series, offset) = match hit.text().chars().next()? {
        'S' => ("JZIHGFEDCBA", 0),
        'T' => ("JZIHGFEDCBA", 4),
        'F' => ("XWUTRQPNMLK", 0),
        _ => ("XWUTRQPNMLK", 4),
    };
    let letter = series.chars().nth(usize::try_from((sum + offset) % 11).ok()?);
    if_right(hit, letter == hit.text().chars().next_back())
}

/// The letters count as 10 to 35, a missing first one as 36.
fn hk_identity(hit: &Hit<'_>) -> Option<Range<usize>> {
    let letters: Vec<u32> =
        hit.text().chars().take_while(char::is_ascii_uppercase).filter_map(|c| c.to_digit(36)).collect();
    let (first, second) = match letters.as_slice() {
        [only] => (36, *only),
        [first, second] => (*first, *second),
        _ => return None,
    };
    let body = hit.text().get(..hit.text().len() - 3)?;
    let sum = first * 9 + second * 8 + weighted(&digits(body), &[7, 6, 5, 4, 3, 2]);
    let check = hit.text().chars().rev().nth(1)?.to_digit(16)?;
    if_right(hit, (sum + check).is_multiple_of(11))
}

/// Ten digits that 11 divides; months of women are raised by 50, of full days by 20 (act 133/2000).
fn cz_birth_number(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let month = part(&all, 2..4) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let number = u64::from(part(&all, 0..5)) * 100_000 + u64::from(part(&all, 5..10));
    if_right(hit, number.is_multiple_of(11) && is_day(part(&all, 4..6), month))
}
