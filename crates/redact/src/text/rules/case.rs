//! Numbers that only the words beside them explain: passports, licences, plates, insurance, customers, cases.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const DOCUMENT_WORDS: &[&str] = &[
    "passport",
    "reisepass",
    "|pass-nr",
    "|passnummer",
    "passeport",
    "pasaporte",
    "passaporto",
    "paspoort",
    "passaporte",
    "personalausweis",
    "|ausweis",
    "identity card",
    "id card",
    "carte d'identité",
    "carte d’identité",
    "|cni|",
    "carta d'identità",
    "carta d’identità",
    "identiteitskaart",
    "driver's licen",
    "driver’s licen",
    "drivers licen",
    "driving licen",
    "driver licen",
    "|dl no",
    "|dl:",
    "führerschein",
    "permis de conduire",
    "permiso de conducir",
    "carnet de conducir",
    "patente",
    "rijbewijs",
    "carta de condução",
    "|cnh|",
    "|visa no",
    "visa number",
    "residence permit",
    "aufenthaltstitel",
    "titre de séjour",
    "green card",
    "|nie|",
    "|dni|",
    "licen",
    "|mrn|",
    "medical record",
    "health insurance",
    "insurance n",
    "insurance id",
    "policy n",
    "policennummer",
    "versicherungsschein",
    "numéro de sécurité",
    "carte vitale",
    "tarjeta sanitaria",
    "tessera sanitaria",
    "zorgpolis",
    "polisnummer",
    "número de utente",
    "cartão de saúde",
    "|cns|",
    "|ehic",
];

const PLATE_WORDS: &[&str] = &[
    "plate",
    "|registration",
    "|reg no",
    "|reg. no",
    "number plate",
    "kennzeichen",
    "immatriculation",
    "plaque",
    "matrícula",
    "|targa",
    "kenteken",
    "|placa",
    "|vin|",
    "|vin:",
    "chassis",
    "fahrgestell",
    "telaio",
];

const NUMBER_WORDS: &[&str] = &[
    "employee",
    "|staff",
    "personnel",
    "customer",
    "|client",
    "member",
    "patient",
    "student",
    "|case",
    "policy",
    "|account",
    "badge",
    "personalnummer",
    "|kunde",
    "mitglied",
    "aktenzeichen",
    "matricule",
    "dossier",
    "cliente",
    "expediente",
    "empleado",
    "dipendente",
    "pratica",
    "klant",
    "personeels",
    "processo",
    "|ref",
    "reference",
    "booking",
    "buchung",
    "réservation",
    "reserva",
    "prenotazione",
    "boeking",
    "claim",
    "schaden",
    "|vorgang",
    "numéro d'adhérent",
    "abonné",
    "contrat",
    "contract n",
    "vertrag",
    "contrato",
    "contratto",
    "loan",
    "mitarbeiternummer",
    "matrikel",
    "imei",
    "iccid",
    "|imsi",
    "serial n",
    "device id",
    "|udid",
];

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "id.document",
        FindingKind::Id,
        Gate::At(DOCUMENT_WORDS),
        r"<letter>[<letter>'’ .\-]{1,40}?(?i:(?:<sp>|-)?(?:number|nummer|num|no|nr|id|n)\b[.°º]{0,2}|nº|n°)?\.?(?:<sp>?(?:\([^)\n]{1,24}\)))?<sp>{0,2}(?:is<sp>|ist<sp>|est<sp>|es<sp>|è<sp>|é<sp>|[:#=]<sp>{0,3}|<sp>)[A-Z0-9](?:[\-./ ]?[A-Z0-9]){4,19}\b",
        &[
            "Passport number {X1234567}",
            "passport: {C01X00T47}",
            "Reisepass {C01X00T47}",
            "driver's license no. {D123-4567-8901}",
            "permis de conduire n° {12AB34567}",
            "Führerschein: {B072RRE2I55}",
            "DNI: {12345678}",
            "MRN: {00482913}",
            "policy no {PX-448210}",
        ],
        &["passport office", "passport control 12", "license: MIT", "License: Apache-2.0", "licensed under GPL-3.0", "driver license required", "License: BSD-3-Clause", "passport number", "licence agreement 2024"],
    )
    .checked(document),
    Rule::new(
        "id.plate",
        FindingKind::Id,
        Gate::At(PLATE_WORDS),
        r"(?i)(?:(?:number |license |licence )?plate|registration|reg\.? no|kennzeichen|immatriculation|plaque|matrícula|targa|kenteken|placa|vin|chassis|fahrgestell(?:nummer)?|telaio)(?:<sp>?(?:number|nummer|no|nr|n°|nº|d'immatriculation|mark))?\.?<sp>{0,2}(?:is<sp>|ist<sp>|est<sp>|[:#=]<sp>{0,3}|<sp>)[A-ZÄÖÜ0-9](?:[\- ·]{0,3}[A-Z0-9]){3,16}\b",
        &["Kennzeichen: {B-MW 1234}", "license plate {7ABC123}", "plaque {AB-123-CD}", "VIN: {1HGCM82633A004352}", "kenteken {12-ABC-3}", "Targa: {AB123CD}"],
        &["license plate", "registration form 2", "registration is open", "plate 12", "plaque build-up 2024", "registration 2024"],
    )
    .checked(plate),
    Rule::new(
        "id.keyword",
        FindingKind::Id,
        Gate::At(NUMBER_WORDS),
        r"<letter>[<letter>'’]{1,24}(?i:(?:<sp>{1,2}|-|_)?(?:number|nummer|numéro|número|numero|num|no|nr|id|code|card|d'adhérent|de client|de cliente|cliente|file)\b|nº|n°){0,2}\.?<sp>{0,2}(?:[:#=]<sp>{0,3}|<sp>)#?[A-Z0-9][A-Z0-9\-./]{2,23}",
        &[
            "Employee ID: {E-20417}",
            "customer no. {100234}",
            "case #{2024-0113}",
            "Kundennummer {K-4711}",
            "Customer {K7428297} reports",
            "client : {778-201}",
            "matricule {88412}",
            "IMEI: {490154203237518}",
            "booking reference: {X4T9Q2}",
        ],
        &["customer service", "case 3", "employee of the month", "patient waiting", "case 2024", "client 1.2.3", "reference 12/2024", "client_id", "reference: RFC2119", "member 0x1234", "case: 1.000.000", "account 2024-01-01"],
    )
    .checked(keyword),
];

/// The part after the last mark that opens a value, or after the last word before it.
fn tail(hit: &Hit<'_>) -> Option<(usize, String)> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let head = text.get(..digit)?;
    let opened = head
        .rfind([':', '=', '#', '°', 'º'])
        .map(|at| at + head.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
    let word = head
        .rfind([' ', '\u{a0}', '\u{202f}', '\t'])
        .map(|at| at + head.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8));
    let start = opened.or(word)?;
    let value = text.get(start..)?;
    let start = start + value.len() - value.trim_start_matches([' ', '#', '\u{a0}', '\t']).len();
    Some((start, text.get(start..)?.to_owned()))
}

/// Letters are capitals, or there are none.
fn is_code(value: &str) -> bool {
    value.chars().all(|c| !c.is_lowercase())
}

fn document(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (start, value) = tail(hit)?;
    let count = value.chars().filter(char::is_ascii_digit).count();
    let first_word = value.split(' ').next()?;
    let licence = ["apache", "mit", "gpl", "bsd", "mpl", "cc", "cc-by", "lgpl", "agpl", "epl", "zlib", "isc"]
        .iter()
        .any(|name| first_word.to_ascii_lowercase().starts_with(name));
    let year = count <= 4 || value.len() <= 10 && looks_like_date(&value);
    (count >= 4 && is_code(&value) && !licence && !year).then(|| hit.without_front(start)).flatten()
}

fn plate(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let marks = text.get(..digit)?.rfind([':', '=', '#']);
    let lower = text.get(..digit)?.rfind(char::is_lowercase).map(|at| at + 1);
    let start = marks.map(|at| at + 1).or(lower)?.max(lower.unwrap_or(0).min(digit));
    let value = text.get(start..)?;
    let start = start + value.len() - value.trim_start().len();
    let value = text.get(start..)?;
    let letters = value.contains(|c: char| c.is_alphabetic());
    (is_code(value) && letters && value.len() >= 5).then(|| hit.without_front(start)).flatten()
}

/// The number is the last word, and has at least three digits; a lone letter before it belongs to it.
fn keyword(hit: &Hit<'_>) -> Option<Range<usize>> {
    const DIGITS_MIN: usize = 3;
    let text = hit.text();
    let start = text
        .rfind([' ', '\t', '\u{a0}', '\u{202f}', ':', '=', '#'])
        .map(|at| at + text.get(at..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8))?;
    let value = text.get(start..)?.trim_end_matches(['.', '-', '/']);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let head = text.get(..start)?.to_lowercase();
    let named = [
        "number",
        "nummer",
        "numéro",
        "número",
        "numero",
        " no",
        " nr",
        "id",
        "code",
        "card",
        "#",
        ":",
        "=",
        "°",
        "º",
        "imei",
        "matricule",
        "-nr",
    ]
    .iter()
    .any(|word| head.contains(word));
    let version = value.split('.').count() > 2
        || value.starts_with("0x")
        || value.starts_with("RFC")
        || value.contains('/');
    let dated = looks_like_date(value) && !head.contains('#') && !head.contains("case")
        || value.len() == 4 && (value.starts_with("19") || value.starts_with("20")) && !named;
    let amount = value.contains('.') && value.chars().all(|c| c.is_ascii_digit() || c == '.');
    let code = value.chars().all(|c| !c.is_lowercase()) || digits >= 4;
    let decimals = hit
        .after()
        .strip_prefix([',', '.'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let hash = text.get(..start)?.ends_with('#') && digits < 5 && digits == value.len();
    let plural = head.contains("cases")
        || head.contains("members")
        || head.contains("clients ")
        || head.contains("accounts");
    let person = ["customer", "patient", "employee", "member", "student", "client", "kund", "klant"];
    let coded = digits >= 5 && value.starts_with(|c: char| c.is_ascii_uppercase())
        || digits >= 7 && value.contains('-') && !looks_like_date(value);
    let named = named || coded && person.iter().any(|word| head.starts_with(word));
    (digits >= DIGITS_MIN && named && !version && !dated && !amount && code && !decimals && !plural && !hash)
        .then(|| hit.span().start + start..hit.span().start + start + value.len())
}

fn looks_like_date(value: &str) -> bool {
    let groups: Vec<&str> = value.split(|c: char| !c.is_ascii_digit()).collect();
    let all_numbers = groups.iter().all(|g| !g.is_empty() && g.len() <= 4);
    groups.len() == 3 && all_numbers && groups.iter().any(|g| g.len() == 4)
}
