//! Numbers of states that stand alone, without a word that says what they are. Only those are here whose shape and check tell
//! them from nearly all other numbers: of a thousand numbers of the same length at most eight fit by chance. What fits oftener
//! (`identity`) needs a word before it.

use std::ops::Range;

use crate::text::checksum::{digits, part};
use crate::text::rule::{Hit, Rule};
use crate::text::rules::abroad::shaped;
use crate::text::rules::identity::{at_svnr, de_tax, ends_free, pl_pesel};

pub(crate) const RULES: &[Rule] = &[
    shaped(
        "id.pl_pesel_bare",
        r"\b\d{11}\b",
        pesel,
        &["klient {44051401359} dzwonił", "{02270803624}"],
        &["44051401358", "44451401351", "0.44051401359", "44051401359-1", "x44051401359"],
    ),
    shaped(
        "id.de_tax_bare",
        r"\b\d{11}\b",
        tax,
        &["{86095742719}", "(meine ist {26954371827})"],
        &["86095742718", "11111111111", "12345678903", "1.86095742719"],
    ),
    shaped(
        "id.at_svnr_bare",
        r"\b\d{4} ?\d{6}\b",
        svnr,
        &["{1237 010180}", "{5619150590}"],
        &["1238 010180", "1237 410180", "1704010180", "1237 010180-1", "0007010180"],
    ),
];

/// Born between 1900 and 2035: the century is told by what is added to the month.
fn pesel(hit: &Hit<'_>) -> Option<Range<usize>> {
    const LAST_YEAR: u32 = 35;
    let all = digits(hit.text());
    let (year, month) = (part(&all, 0..2), part(&all, 2..4));
    let born = matches!(month, 1..=12) || matches!(month, 21..=32) && year <= LAST_YEAR;
    if born && ends_free(hit) { pl_pesel(hit) } else { None }
}

fn tax(hit: &Hit<'_>) -> Option<Range<usize>> {
    if ends_free(hit) { de_tax(hit) } else { None }
}

/// Ten digits in one are a time in seconds since 1970 if they begin as those of 2014 to 2033 do.
fn svnr(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let is_time = !text.contains(' ') && matches!(text.as_bytes(), [b'1', b'4'..=b'9', ..]);
    let begins = !text.starts_with('0') && !is_time;
    if begins && ends_free(hit) { at_svnr(hit) } else { None }
}
