//! Postal addresses by simple shape, and paths that name whose home they are in.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Check, Hit, Rule, whole};

const fn address(
    name: &'static str,
    gate: &'static str,
    pattern: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule { name, kind: FindingKind::Address, gate, pattern, check, finds, passes }
}

pub(crate) const RULES: &[Rule] = &[
    address(
        "address.number_street",
        "",
        r"\b\d{1,5}[A-Za-z]?,?<sp>(?:<upper><inname>{1,20}<sp>){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Square|Parkway|Pkwy|Highway|Hwy|Close|Crescent)\b\.?(?:,?<sp>(?:Apt|Suite|Unit|Flat|No)\.?<sp>?[0-9A-Za-z]{1,5})?",
        whole,
        &["ship to {42 Old Mill Road}, please", "{221B Baker Street}", "{1600 Amphitheatre Pkwy, Suite 4}"],
        &["the road to 42", "12 Ways", "3 Main points"],
    ),
    address(
        "address.street_number",
        r"(?i)(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|singel)<sp>\d",
        r"(?:<upper><inname>*<sp>)?<inname>{2,30}(?i:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|singel)<sp>\d{1,4}<sp>?[a-zA-Z]?\b",
        starts_upper,
        &["wohnt {Lindenstraße 12a} in", "{Kerkstraat 7}", "{Große Bergstr. 101}", "{Prinsengracht 263}"],
        &["unterwegs 3", "spring 2024", "ring 2"],
    ),
    address(
        "address.romance_street",
        "",
        r"\b(?:\d{1,4}(?:<sp>?(?:bis|ter))?,?<sp>)?(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|calle|c/|avenida|avda\.|paseo|plaza|camino|via|viale|piazza|corso|vicolo|largo|rua|travessa|praça|estrada)<sp>(?:(?i:de|du|des|la|le|les|del|de la|della|dei|delle|degli|das|dos|da|do|d'|l'|l’|d’)<sp>?){0,2}<upper><inname>{1,24}(?:<sp>(?:de<sp>|da<sp>|do<sp>)?<upper><inname>{1,24}){0,2}(?:,?<sp>(?:n[º°.]<sp>?)?\d{1,4}[A-Za-z]?)?\b",
        has_number,
        &[
            "au {12 rue de la Paix}, Lyon",
            "{Calle Mayor 5}",
            "{Via Garibaldi, 22}",
            "{Rua das Flores 120}",
            "{Avenida da Liberdade, 110}",
        ],
        &["via Teams", "en avenue", "Plaza Mayor", "sent via Outlook"],
    ),
    address(
        "address.po_box",
        r"(?i)\b(?:box|postfach|postbus|postale|correos|postal)\b",
        r"(?i)\b(?:p\.?<sp>?o\.?<sp>?box|postfach|postbus|casella postale|apartado de correos|apartado postal|boîte postale|caixa postal)<sp>{1,2}\d{1,6}\b",
        whole,
        &["{PO Box 1190}, Leeds", "{Postfach 1044}"],
        &["in box 12", "the box"],
    ),
    address(
        "address.uk_postcode",
        "",
        r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b",
        whole,
        &["London {SW1A 2AA}", "{M1 1AE}"],
        &["A1 2bc", "WD40"],
    ),
    address(
        "address.us_state_zip",
        r"\b[A-Z]{2}<sp>\d{5}\b",
        r"\b(?:<upper><inname>{1,20}(?:<sp><upper><inname>{1,20})?,<sp>)?(?:AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY)<sp>\d{5}(?:-\d{4})?\b",
        whole,
        &["in {Springfield, IL 62704}", "{NY 10001-1234}"],
        &["XX 12345", "id 12345"],
    ),
    address(
        "address.postcode_town",
        "",
        r"\b(?:[A-Z]{1,2}-)?(?:\d{5}|\d{4}<sp>[A-Z]{2}|\d{4}-\d{3})<sp><upper>[a-z\x{df}-\x{1fff}]<inname>{1,24}(?:<sp>(?:am|an|der|a|d|la|le|sur|de)<sp><upper><inname>{1,24})?",
        at_line_start_or_after_comma,
        &[
            "Lindenweg, {10115 Berlin}",
            "{75002 Paris}",
            "{1012 AB Amsterdam}",
            "{1250-096 Lisboa}",
            "{D-60311 Frankfurt am Main}",
        ],
        &["about 10000 Euro", "order 12345 Items", "2024 Annual"],
    ),
    Rule {
        name: "person.home_path",
        kind: FindingKind::Person,
        gate: r"(?i)[/\\](?:home|users)[/\\]",
        pattern: r"(?i)[/\\](?:home|users)[/\\][^/\\<>:|?*\s\x22',;]{2,64}",
        check: after_last_slash,
        finds: &["open /home/{dlund}/notes.txt", r"C:\Users\{dana.lund}\Desktop", "/Users/{dana}"],
        passes: &["/homes/", "/home/", "users/list"],
    },
];

fn starts_upper(hit: &Hit<'_>) -> Option<Range<usize>> {
    let begins_inside = hit.before().ends_with(char::is_alphanumeric);
    let first = hit.text().chars().next()?;
    (first.is_uppercase() && !begins_inside).then(|| hit.span())
}

fn has_number(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.text().contains(|c: char| c.is_ascii_digit()).then(|| hit.span())
}

fn at_line_start_or_after_comma(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before().trim_end();
    (before.is_empty() || before.ends_with([',', ';', '|', '·'])).then(|| hit.span())
}

fn after_last_slash(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().rfind(['/', '\\'])? + 1)
}
