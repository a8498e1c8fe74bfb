//! Numbers behind a title: every word between the begin of the title and the number belongs to titles of numbers, such as
//! `customer`, `no.`, `de`, so that nothing else of a sentence leads up to it. Forms, tickets, columns of programs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use candor_model::FindingKind;

use crate::data::ID_TITLES;
use crate::text::checksum::digits;
use crate::text::lexicon::folded;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::contact::{is_date, unit_follows};
use crate::text::rules::gate::Gate;

/// The words of titles, with what each is good for.
static TITLES: LazyLock<BTreeMap<String, Title>> = LazyLock::new(|| {
    let mut titles = BTreeMap::new();
    for line in ID_TITLES.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(' ') else { continue };
        let Some(kind) = Title::of(kind) else { continue };
        for word in words.split(' ') {
            titles.entry(folded(word)).or_insert(kind);
        }
    }
    titles
});

/// What a word of a title says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Title {
    /// A number of a state, a document: nothing else need be said.
    State,
    /// Somebody who has a number with a firm: needs a word for a number, or a mark.
    Party,
    /// Fills titles: `number`, `of`.
    Fill,
    /// Fills titles and says that a number comes.
    Number,
}

impl Title {
    fn of(name: &str) -> Option<Self> {
        match name {
            "STATE" => Some(Self::State),
            "PARTY" => Some(Self::Party),
            "FILL" => Some(Self::Fill),
            "NUMBER" => Some(Self::Number),
            _ => None,
        }
    }
}

/// The title, what marks its end, and a number in any spelling.
const TITLED: &str = r#"[^\d\n:=|,;!?<>{}\[\]]{2,44}?["'>)]{0,2}<sp>{0,2}(?:[:=#|]{1,2}|n[°º])?<sp>{0,3}["'#]?[A-Za-z]{0,6}[\-./ ]?\d(?:[\-./ ]?[0-9A-Za-z]){2,24}"#;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "id.titled",
        FindingKind::Id,
        Gate::At(&[
            "|customer", "|cust", "|client", "|employee", "|emp", "|staff", "|personal", "|pers.", "mitarbeiter", "|kd", "|kunde", "|vertrag",
            "|mitglied", "|vers", "|schaden", "|matr", "|member", "|subscriber", "|group n", "|group i", "|group:", "|policy", "|claim", "|mrn", "|patient", "|student",
            "|badge", "|loan", "|frequent", "|loyalty", "|adhérent", "|adherent", "|contrat", "|allocataire", "|dossier", "|matricul", "|matrícul", "|cliente",
            "|socio", "|sócio", "|expediente", "|póliza", "|poliza", "|polizza", "|pratica", "|matricola", "|klant", "|polis", "|personeels", "|lid",
            "|relatie", "|patiënt", "|apólice", "|utente", "|account", "|acct", "|beneficiar", "|insured", "|abonné", "|abonn", "|steuer", "|passport", "|reisepass", "|passeport",
            "|pasaporte", "|passaport", "|paspoort", "|driver", "|dl|", "|führerschein", "|permis", "|rijbewijs", "|patente", "|carta d", "|ci n", "|cni", "|ausweis",
            "|perso", "|ssn", "|ss|", "|social", "|st.-n", "|st-nr", "|idnr", "|tin", "|rvnr", "|sv-", "|sv ", "|kv-", "|kv ", "|kvnr", "|rv-", "|nir", "|insee", "|sécu", "|secu", "n° sécu", "|nss",
            "|c.f", "|cod", "|p.iva", "|p. iva", "|tessera", "|bsn", "|sofi", "|nif", "|dni", "|niss", "|cc n", "|rg", "|nino", "|ni n", "|national i", "|national_i", "|nhs", "|utr", "|ahv", "|avs",
            "|nn|", "rijksregister", "|registre n", "|pesel", "personnummer", "|pnr", "fødselsn", "|fnr", "henkilö", "|hetu", "|cpr", "|rodné", "|r.č", "|cnp|", "|egn|", "егн", "|oib|", "emšo", "|emso|", "|jmbg|", "|amka|", "αμκα",
            "|afm|", "αφμ", "|tc k", "|t.c. k", "kimlik", "|tckn|", "isikukood", "asmens", "|pps", "|tfn", "tax file", "|tax id", "|tax_id", "|taxid", "|tax n", "aadhaar", "aadhar", "|curp", "|rfc|", "|rut|", "|rut:",
            "|cuit", "|cuil", "|ird", "|nric", "|hkid", "身份证", "주민등록", "|rrn", "|my number", "zehut", "|cpf", "|cnpj", "|mwst", "|ust", "|btw", "|tva", "|vat", "|imei", "|iccid", "|vin|", "|fahrgestell", "|seguridad", "|seguro", "|az.", "|beneficiary", "|sa id", "|nino|",
            "|citizen", "|identity", "|id card", "|id no", "|id-n", "|rsa id", "|sa id", "|identi", "|insurance", "|svnr", "|sozial",
        ]),
        TITLED,
        &[
            "KdNr: {4711882}",
            "Kd.-Nr. {4711882}",
            "customerId: {C1002938}",
            "emp id: {E20417}",
            "Pers.-Nr. {204177}",
            "nº de póliza {448210}",
            "n° d'adhérent {1002938}",
            "codice cliente: {1002938}",
            "hetu: {131052-308T}",
            "OIB {69435151530}",
            "SS# {536904399}",
            "Passport#: {X12345678}",
            "T.C. Kimlik: {10000000146}",
            "member id {XYZ123456789}",
            "\"bsn\":{111222333}",
            "<CodiceFiscale>{RSSMRA85T10A562S}</CodiceFiscale>",
            "DNI núm. {12345678Z}",
            "numéro de sécurité sociale : {2 55 08 14 168 025 38}",
            "r.č. {850730/1234}",
            "réf. client {5107777}",
            "nº de cliente: {7712345}",
            "DL# {26572758}",
            "póliza {179812507}",
            "Ausweisnummer: {HCP3ZGM02}",
            "frequent flyer {SS31142848}",
            "customer no. {4711882} is late and 12 others",
        ],
        &[
            "customer service 2024",
            "member since 20190101",
            "patient portal 12345678",
            "account settings 12345",
            "employee handbook 20240115",
            "policy 4.2.1",
            "the client has 1234567 rows",
            "claim your 100000 reward",
            "customers 1234567",
            "group policy 123456",
            "VAT 19 percent",
            "tax no 2024-01-15",
            "passport control 12",
            "client 4.5.1",
            "customer id 12",
            "client==7.0.9-rc6",
            "merge kd/t0028-octal-del-is-377",
            "group 12345678",
            "personal 1234567 bytes",
        ],
    )
    .checked(titled),
    Rule::new(
        "id.locator",
        FindingKind::Id,
        Gate::At(&["|pnr", "record locator", "booking ref", "booking code", "booking n", "confirmation n", "confirmation code", "buchungscode", "buchungsn", "reservierungsn", "localizador", "codice prenotazione", "boekingsn", "boekingscode", "code de réservation", "dossier de réservation", "código de reserva", "reservation code", "reservation n"]),
        r"(?i)(?:pnr|record locator|booking (?:ref(?:erence)?|code|number|no)|confirmation (?:number|no|code)|buchungs(?:code|nummer|nr)|reservierungs(?:nummer|nr)|localizador|codice prenotazione|boekings(?:nummer|code|nr)|(?:code|dossier) de réservation|código de reserva|reservation (?:code|number|no))\.?<sp>{0,2}(?:[:=#]|is|ist|est|es|è|é)?<sp>{0,3}(?-i:[A-Z0-9]{6,8})\b",
        &["PNR {X4T9Q2}", "record locator: {KXQWZT}", "Buchungscode {7HJK2M}"],
        &["booking reference number", "PNR data", "confirmation code sent", "booking ref NUMBER"],
    )
    .checked(locator),
];

/// The number, if all words before it belong to titles.
fn titled(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = start_of_number(text)?;
    let (head, value) = text.split_at_checked(start)?;
    let value = groups_with_digits(value);
    let count = digits(value).len();
    let title = read_title(head)?;
    let marked = head.trim_end_matches([' ', '"', '\'', '#', '\u{a0}']).ends_with([':', '=', '>', '|'])
        || head.contains(['#', '°', 'º']);
    let lettered = value.contains(|c: char| c.is_ascii_alphabetic());
    let numbered = title.numbered || marked || is_number_before(hit.before());
    let least = match (title.kind, numbered) {
        (Title::State, true) if lettered && value.len() >= 8 => 3,
        (Title::State, _) => {
            if lettered {
                5
            } else {
                7
            }
        }
        (_, true) => {
            if lettered {
                4
            } else {
                5
            }
        }
        (_, false) => 8,
    };
    let goes_on = hit.after().starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && value.len() == text.len() - start
        || hit.after().starts_with(['.', ','])
            && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let rest = hit.text().get(start + value.len()..)?;
    let followed = if rest.is_empty() { hit.after() } else { rest };
    let compact_date = value.len() == 8
        && (value.starts_with("19") || value.starts_with("20"))
        && title.kind != Title::State;
    // Versions have short groups: `7.0.9-rc6`.
    let version =
        value.split('.').count() > 2 && value.split('.').nth(1).is_some_and(|group| group.len() < 3);
    // Names of branches and files go on in small letters.
    let first = value.find(|c: char| c.is_ascii_digit())?;
    let small = value.get(first..)?.as_bytes().windows(2).any(|w| w.iter().all(u8::is_ascii_lowercase));
    let plausible = !small
        && count >= least
        && !is_date(value)
        && !compact_date
        && !version
        && !goes_on
        && !unit_follows(followed);
    plausible.then(|| hit.span().start + start..hit.span().start + start + value.len())
}

/// Where the number begins: at its first digit, or at the letters of its own that stand right before it.
fn start_of_number(text: &str) -> Option<usize> {
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let head = text.get(..digit)?;
    let glued = head.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let letters = head.get(glued.len()..)?;
    let own = |letters: &str| {
        let title = TITLES.get(&folded(letters));
        let capitals = letters.chars().all(|c| c.is_ascii_uppercase());
        !letters.is_empty()
            && letters.len() <= 6
            && (title.is_none() || capitals && title != Some(&Title::Number))
    };
    if own(letters) && !glued.ends_with(char::is_alphabetic) {
        return Some(glued.len());
    }
    let before = head.strip_suffix(['-', '/', ' ']).unwrap_or(head);
    let code = before.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let letters = before.get(code.len()..)?;
    let apart = code.ends_with([' ', ':', '=', '#', '"', '\'', '>', '\u{a0}', '|']);
    let spaced = head.ends_with(' ') && letters.len() > 2;
    Some(if apart && !spaced && own(letters) { code.len() } else { digit })
}

/// Whether a word for a number stands right before the title: `nº de cliente`, `réf. client`.
fn is_number_before(before: &str) -> bool {
    const SMALL: [&str; 7] = ["de", "du", "di", "do", "d", "l", "del"];
    let before = before.trim_end_matches([' ', '.', '\'', '’', '\u{a0}']);
    if before.ends_with(['°', 'º']) {
        return true;
    }
    let mut words =
        before.rsplit(|c: char| !c.is_alphabetic() && c != 'º' && c != '°').filter(|w| !w.is_empty());
    let last = words.find(|word| !SMALL.contains(&word.to_lowercase().as_str()));
    let close = before.len() <= 24 || last.is_some();
    close
        && last.is_some_and(|word| {
            word.ends_with(['°', 'º']) || TITLES.get(&folded(word)) == Some(&Title::Number)
        })
}

/// The groups of a number: a word without a digit ends it, unless it is one or two capitals between digits.
fn groups_with_digits(value: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for group in value.split_inclusive(' ') {
        let bare = group.trim_end();
        let digit = bare.contains(|c: char| c.is_ascii_digit());
        let code = bare.len() <= 4 && !bare.is_empty() && bare.chars().all(|c| c.is_ascii_uppercase());
        let lower = bare.contains(|c: char| c.is_ascii_lowercase()) && at > 0;
        if !(digit || code) || lower {
            break;
        }
        if digit || bare.len() == 1 {
            end = at + bare.len();
        }
        at += group.len();
    }
    value.get(..end).unwrap_or_default().trim_end_matches(['-', '.', '/'])
}

/// What the words of a title say together.
struct Read {
    kind: Title,
    numbered: bool,
}

fn read_title(head: &str) -> Option<Read> {
    let mut kind = Title::Fill;
    let mut numbered = false;
    for word in words_of(head) {
        let (of, number) = look_up(&word)?;
        numbered |= number || of == Title::Number;
        kind = match (kind, of) {
            (Title::State, _) | (_, Title::State) => Title::State,
            (_, Title::Party) => Title::Party,
            (kind, _) => kind,
        };
    }
    matches!(kind, Title::State | Title::Party).then_some(Read { kind, numbered })
}

/// A word of a title, or a word that `nr`, `nummer` and the like end.
fn look_up(word: &str) -> Option<(Title, bool)> {
    const ENDS: [&str; 8] = ["nummer", "nr", "number", "num", "nummern", "id", "no", "kaart"];
    let plain = folded(word);
    if let Some(title) = TITLES.get(&plain) {
        return Some((*title, false));
    }
    ENDS.iter()
        .filter_map(|end| plain.strip_suffix(end))
        .find_map(|stem| TITLES.get(stem).map(|title| (*title, true)))
}

/// Words of a title, those of names in programs set apart: `customerId`, `tax_id`.
fn words_of(head: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    let mut open = false;
    for c in head.chars() {
        if c.is_alphabetic() {
            if !open || lower_before && c.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        }
        open = c.is_alphabetic();
        lower_before = c.is_lowercase();
    }
    words
}

fn locator(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.rfind(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit())? + 1;
    let value = text.get(start..)?;
    let marked = text.contains([':', '=', '#']) || value.contains(|c: char| c.is_ascii_digit());
    let known = ["NUMBER", "REQUIRED"].contains(&value);
    (value.len() >= 6 && marked && !known).then(|| hit.without_front(start)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_titles_are_read() {
        for line in ID_TITLES.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.split_once(' ').is_some_and(|(kind, _)| Title::of(kind).is_some()), "{line}");
        }
        assert_eq!(words_of("customerId: tax_id"), ["customer", "Id", "tax", "id"]);
        assert_eq!(look_up("Kundennr"), Some((Title::Party, true)));
    }
}
