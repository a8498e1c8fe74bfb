//! Numbers that states give to people, with their check digits. What a check cannot tell from chance needs a word nearby.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::{
    codice_fiscale_letter, digits, is_day, luhn, mod_11_10, number, part, verhoeff, weighted,
};
use crate::text::rule::{Check, Hit, Rule};
use crate::text::rules::gate::Gate;

/// A number that its shape and check tell.
const fn shaped(
    name: &'static str,
    pattern: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Id, Gate::Number, pattern, finds, passes).checked(check)
}

/// A number that needs one of `words` before it.
const fn worded(
    name: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    check: Check,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Id, Gate::At(words), pattern, finds, passes).checked(check)
}

pub(crate) const RULES: &[Rule] = &[
    shaped(
        "id.us_ssn",
        r"\b\d{3}[\- ]\d{2}[\- ]\d{4}\b",
        us_ssn,
        &["SSN {536-90-4399} on", "{536 90 4399}"],
        &["000-12-3456", "666-12-3456", "123-00-4567", "123-45 6789", "536-90-4399-1", "x-536-90-4399"],
    ),
    worded(
        "id.us_ssn_plain",
        &["|ssn|", "social security", "|itin|", "|ein|", "|tin|", "taxpayer"],
        r"(?i)(?:ssn|social security|itin|ein|tin|taxpayer)[^\d\n]{1,24}\d(?:[\- ]?\d){8}\b",
        from_digit,
        &[
            "SSN: {536904399}",
            "social security number is {536 904 399}",
            "ITIN {912-70-1234}",
            "EIN: {12-3456789}",
        ],
        &["SSN: 1234", "tin can 12"],
    ),
    shaped(
        "id.us_itin",
        r"\b9\d{2}-[5-9]\d-\d{4}\b",
        itin,
        &["{912-70-1234}"],
        &["912-40-1234", "812-70-1234x", "912-70-1234-5"],
    ),
    shaped(
        "id.de_tax",
        r"\b\d{2} \d{3} \d{3} \d{3}\b",
        de_tax,
        &["IdNr {86 095 742 719}"],
        &["86 095 742 718", "11 111 111 111"],
    ),
    worded(
        "id.de_tax_plain",
        &["steuer", "|idnr", "|tin|", "identifikationsnummer"],
        r"(?i)(?:steuer-?(?:id|identifikationsnummer|nummer|nr)?|idnr|tin|identifikationsnummer)[^\d\n]{1,16}\d(?:[ /]?\d){9,12}\b",
        from_digit,
        &["Steuer-ID: {86095742719}", "Steuernummer {93815/08152}", "IdNr. {86095742719}"],
        &["Steuern 2024", "Steuer 19"],
    ),
    worded(
        "id.de_insurance",
        &[
            "sozialversicherung",
            "rentenversicherung",
            "|svnr",
            "|sv-nummer",
            "|rvnr",
            "versichertennummer",
            "krankenversicher",
            "|kvnr",
            "versicherungsnummer",
            "krankenkasse",
        ],
        r"(?i)(?:sozialversicherungs|rentenversicherungs|sv-?|rv|versicherten|krankenversicherten|krankenversicherungs|kv|versicherungs|krankenkassen)(?:nummer|nr\.?)[^\w\n]{1,4}(?:\d{2}<sp>?\d{6}<sp>?[A-Z]<sp>?\d{3}|[A-Z]\d{9}|\d{8,12})\b",
        after_space,
        &["Sozialversicherungsnummer {65 070849 J 003}", "Versichertennummer: {A123456780}"],
        &["Versicherungsnummer 12"],
    ),
    shaped(
        "id.fr_nir",
        r"\b[1-478] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}\b",
        fr_nir,
        &["{2 55 08 14 168 025 38}", "{255081416802538}", "{1 85 05 2A 010 001 95}"],
        &["2 55 08 14 168 025 39"],
    ),
    shaped(
        "id.es_dni",
        r"\b(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZxyz]-?\d{7})[\- ]?[A-Za-z]\b",
        es_dni,
        &["DNI {12345678Z}", "{X1234567L}", "{12345678-z}", "{12.345.678-Z}"],
        &["12345678A", "X1234567A"],
    ),
    shaped(
        "id.it_codice_fiscale",
        r"\b[A-Za-z]{6}\d{2}[A-EHLMPRSTa-ehlmprst]\d{2}[A-Za-z]\d{3}[A-Za-z]\b",
        it_codice,
        &["CF {RSSMRA85T10A562S}", "{rssmra85t10a562s}"],
        &["RSSMRA85T10A562T"],
    ),
    worded(
        "id.it_codice_grouped",
        &["codice fiscale", "|c.f", "|c. f", "|cf"],
        r"(?i)(?:codice fiscale|c\. ?f\.?|cf)[^\w\n]{1,4}[A-Z]{3} [A-Z]{3} \d{2}[A-Z]\d{2} [A-Z]\d{3} ?[A-Z]\b",
        it_codice_grouped,
        &["c.f.: {RSS MRA 85T10 A562S}"],
        &["c.f.: RSS MRA 85T10 A562T", "cf. the other 12"],
    ),
    worded(
        "id.it_vat",
        &["partita iva", "|p.iva", "|p. iva"],
        r"(?i)(?:partita iva|p\. ?iva)[^\d\n]{0,8}\d{11}\b",
        it_vat,
        &["Partita IVA: {12345670017}"],
        &["Partita IVA: 12345670018", "partita iva 3"],
    ),
    shaped(
        "id.uk_nino",
        r"\b(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{2} ?\d{2} ?\d{2} ?[A-D]|\d{2} \d{2} \d{2} [A-D])\b",
        uk_nino,
        &["NI {AB 12 34 56 C}", "{AB123456C}", "{AB12 34 56 C}"],
        &["BG123456C", "AB123456E", "GB 12 34 56 C", "12 34 56 C"],
    ),
    worded(
        "id.uk_nhs",
        &["|nhs"],
        r"(?i)nhs[^\d\n]{0,12}\d{3}[ \-]?\d{3}[ \-]?\d{4}\b",
        uk_nhs,
        &["NHS no. {943 476 5919}"],
        &["NHS no. 943 476 5918", "NHS 2024"],
    ),
    worded(
        "id.uk_utr",
        &["|utr|", "unique taxpayer"],
        r"(?i)(?:utr|unique taxpayer reference)[^\d\n]{1,10}\d{5} ?\d{5}\b",
        from_digit,
        &["UTR: {12345 67890}"],
        &["UTR 12"],
    ),
    worded(
        "id.nl_bsn",
        &["|bsn", "burgerservicenummer", "|sofi"],
        r"(?i)(?:bsn|burgerservicenummer|sofi-?nummer)[^\d\n]{0,12}\d{3}[. ]?\d{3}[. ]?\d{3}\b",
        nl_bsn,
        &["BSN: {111222333}"],
        &["BSN: 111222334", "111222333"],
    ),
    worded(
        "id.pt_nif",
        &["|nif|", "contribuinte", "|nipc|"],
        r"(?i)(?:nif|contribuinte|nipc)[^\d\n]{0,12}\d{3} ?\d{3} ?\d{3}\b",
        pt_nif,
        &["NIF: {123 456 789}"],
        &["NIF: 123 456 788"],
    ),
    worded(
        "id.pt_citizen",
        &["cartão de cidadão", "|cc n", "bilhete de identidade", "|niss|"],
        r"(?i)(?:cartão de cidadão|cc n|bilhete de identidade|niss)[^\d\n]{0,12}\d{8}(?:[ \-]?\d{1,3}(?:[ \-]?[A-Z0-9]{2}\d)?)?\b",
        from_digit,
        &["Cartão de Cidadão: {12345678 9 ZZ4}"],
        &["cc no 12"],
    ),
    shaped(
        "id.br_cpf",
        r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b",
        br_cpf,
        &["CPF {529.982.247-25}"],
        &["529.982.247-26", "111.111.111-11"],
    ),
    worded(
        "id.br_cpf_plain",
        &["|cpf|"],
        r"(?i)cpf[^\d\n]{1,8}\d{11}\b",
        br_cpf,
        &["CPF: {52998224725}"],
        &["CPF: 52998224726"],
    ),
    shaped(
        "id.br_cnpj",
        r"\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b",
        br_cnpj,
        &["CNPJ {11.222.333/0001-81}"],
        &["11.222.333/0001-82"],
    ),
    shaped(
        "id.be_rrn",
        r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b",
        be_rrn,
        &["{85.07.30-033.28}"],
        &["85.07.30-033.29"],
    ),
    worded(
        "id.be_rrn_plain",
        &["rijksregister", "registre national", "|niss|", "|insz|"],
        r"(?i)(?:rijksregister(?:nummer)?|registre national|niss|insz)[^\d\n]{1,8}\d{11}\b",
        be_rrn,
        &["Rijksregisternummer: {85073003328}"],
        &["Rijksregisternummer: 85073003329"],
    ),
    worded(
        "id.at_svnr",
        &["|svnr", "sozialversicherungsnummer", "|sv-nr", "|vsnr"],
        r"(?i)(?:svnr|sozialversicherungsnummer|sv-nr|vsnr)[^\d\n]{0,6}\d{4}[ /]?\d{6}\b",
        at_svnr,
        &["SVNR: {1237 010180}"],
        &["SVNR: 1238 010180"],
    ),
    shaped(
        "id.ch_ahv",
        r"\b756\.?\d{4}\.?\d{4}\.?\d{2}\b",
        ch_ahv,
        &["AHV {756.9217.0769.85}", "{7569217076985}"],
        &["756.9217.0769.84"],
    ),
    worded(
        "id.pl_pesel",
        &["|pesel|"],
        r"(?i)pesel[^\d\n]{0,8}\d{11}\b",
        pl_pesel,
        &["PESEL: {44051401359}"],
        &["PESEL: 44051401358"],
    ),
    shaped(
        "id.se_personnummer",
        r"\b(?:19|20)?\d{6}[\-+]\d{4}\b",
        se_pin,
        &["{811218-9876}", "{19811218-9876}"],
        &["811218-9875", "811318-9876", "811218-9876-1"],
    ),
    shaped("id.no_fnr", r"\b\d{6} \d{5}\b", no_fnr, &["{010180 10018}"], &["010180 10019", "410180 12345"]),
    worded(
        "id.no_fnr_plain",
        &["fødselsnummer", "personnummer", "|fnr|"],
        r"(?i)(?:fødselsnummer|personnummer|fnr)[^\d\n]{1,8}\d{11}\b",
        no_fnr,
        &["fødselsnummer: {01018010018}"],
        &["fnr: 01018010019"],
    ),
    shaped(
        "id.fi_hetu",
        r"\b\d{6}[\-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]\b",
        fi_hetu,
        &["{131052-308T}"],
        &["131052-308U", "331352-308T"],
    ),
    worded(
        "id.dk_cpr",
        &["|cpr", "personnummer"],
        r"(?i)(?:cpr(?:-?nr\.?|-?nummer)?|personnummer)[^\d\n]{0,6}\d{6}-?\d{4}\b",
        day_month,
        &["CPR: {010180-1234}"],
        &["CPR: 410180-1234"],
    ),
    worded(
        "id.ca_sin",
        &["|sin|", "|nas|", "social insurance"],
        r"(?i)(?:sin|nas|social insurance)[^\d\n]{1,16}\d{3}[ \-]?\d{3}[ \-]?\d{3}\b",
        luhn_digits,
        &["SIN: {046 454 286}"],
        &["SIN: 046 454 287", "sin 123"],
    ),
    worded(
        "id.au_tfn",
        &["|tfn|", "tax file"],
        r"(?i)(?:tfn|tax file number)[^\d\n]{1,8}\d{3} ?\d{3} ?\d{2,3}\b",
        au_tfn,
        &["TFN: {123 456 782}"],
        &["TFN: 123 456 783"],
    ),
    worded(
        "id.au_medicare",
        &["medicare"],
        r"(?i)medicare[^\d\n]{1,16}[2-6]\d{3} ?\d{5} ?\d(?:[ /]?\d)?\b",
        au_medicare,
        &["Medicare no. {2123 45670 1}"],
        &["Medicare no. 2123 45671 1", "Medicare 2024"],
    ),
    shaped(
        "id.in_aadhaar",
        r"\b[2-9]\d{3} \d{4} \d{4}\b",
        aadhaar,
        &["{2345 6789 0124}"],
        &["2345 6789 0125", "1345 6789 0124", "2345 6789 0124 5678"],
    ),
    worded(
        "id.in_aadhaar_plain",
        &["aadhaar", "aadhar"],
        r"(?i)aadh?a?ar[^\d\n]{1,16}[2-9]\d{11}\b",
        aadhaar,
        &["Aadhaar: {234567890124}"],
        &["Aadhaar: 234567890125"],
    ),
    shaped(
        "id.in_pan",
        r"\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b",
        from_start,
        &["PAN {ABCPE1234F}"],
        &["ABCXE1234F", "ABCPE12345"],
    ),
    worded(
        "id.mx_curp",
        &["|curp", "|rfc:"],
        r"(?i)(?:curp|rfc)[^\w\n]{1,4}[A-Z]{4}\d{6}[A-Z0-9]{3,8}\b",
        after_space,
        &["CURP: {BOXW310820HNERXN09}"],
        &["RFC: 2119"],
    ),
    worded(
        "id.za_id",
        &["id number", "identity number", "|rsa id", "|sa id", "|id no", "|id nr"],
        r"(?i)(?:id number|identity number|rsa id|sa id|id n[or])[^\d\n]{1,6}\d{6}[ ]?\d{4}[ ]?\d{3}\b",
        luhn_digits,
        &["ID number: {8001015009087}"],
        &["ID number: 8001015009088"],
    ),
    worded(
        "id.ie_pps",
        &["|pps", "|ppsn"],
        r"(?i)ppsn?(?: (?:no|number))?[^\w\n]{1,4}\d{7}[A-W][A-IW]?\b",
        after_space,
        &["PPS: {1234567T}"],
        &["PPS: 12"],
    ),
    worded(
        "id.lu_matricule",
        &["|matricule"],
        r"(?i)matricule[^\d\n]{1,6}\d{13}\b",
        from_digit,
        &["matricule: {1893120105732}"],
        &["matricule: 12"],
    ),
    worded(
        "id.eu_vat",
        &["|vat", "ust-id", "ustid", "umsatzsteuer", "|tva|", "btw-n", "|btw|", "|iva|", "nif/iva"],
        r"(?i)(?:vat|ust-?id(?:-?nr)?|umsatzsteuer-?id|tva|btw(?:-nummer|-nr)?|iva)[^\w\n]{0,4}(?:(?:no|nr|number|reg|id|intracom(?:munautaire)?)\.?[: ]{1,3})?[A-Z]{2}<sp>?[0-9A-Z]{2,4}<sp>?\d(?:[<sp>.]?[0-9A-Z]){5,10}\b",
        vat,
        &["VAT: {DE123456789}", "USt-IdNr.: {DE 123456789}", "TVA {FR40303265045}"],
        &["VAT at 19 percent", "vat included"],
    ),
];

fn us_ssn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let same_separator = hit.text().chars().nth(3) == hit.text().chars().nth(6);
    let n = number(&digits(hit.text()))?;
    let (area, group, serial) = (n / 1_000_000, n / 10_000 % 100, n % 10_000);
    let issued = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    (same_separator && issued && ends_free(hit)).then(|| hit.span())
}

/// Of the first ten digits one stands twice or three times, and no other more than once (section 139b AO rules).
pub(super) fn de_tax(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = digits(hit.text());
    let count = |digit: u32| all.iter().take(10).filter(|d| **d == digit).count();
    let repeated = (0..10).filter(|d| count(*d) > 1).count();
    let most = (0..10).map(count).max().unwrap_or(0);
    let plausible = all.first() != Some(&0) && repeated == 1 && most <= 3;
    (plausible && mod_11_10(&all)).then(|| hit.span())
}

/// The key is 97 minus the remainder of the first 13 places by 97; Corsica counts as 19 and 18 (INSEE).
fn fr_nir(hit: &Hit<'_>) -> Option<Range<usize>> {
    let compact: String = hit.text().chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let (body, key) = compact.split_at_checked(13)?;
    let body: u64 = body.replace("2A", "19").replace("2B", "18").parse().ok()?;
    let key: u64 = key.parse().ok()?;
    (97 - body % 97 == key).then(|| hit.span())
}

fn es_dni(hit: &Hit<'_>) -> Option<Range<usize>> {
    let compact: String = hit.text().to_ascii_uppercase().chars().filter(|c| !"-. ".contains(*c)).collect();
    let letter = compact.chars().next_back()?;
    let first = compact.chars().next()?;
    let leading = match first {
        'X' => Some(0),
        'Y' => Some(1),
        'Z' => Some(2),
        _ => None,
    };
    let digits: Vec<u32> = leading.into_iter().chain(digits(&compact)).collect();
    let index = usize::try_from(number(&digits)? % 23).ok()?;
    ("TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(index) == Some(letter)).then(|| hit.span())
}

fn it_codice(hit: &Hit<'_>) -> Option<Range<usize>> {
    let upper = hit.text().to_ascii_uppercase();
    let (body, letter) = upper.split_at_checked(15)?;
    (codice_fiscale_letter(body) == letter.chars().next()).then(|| hit.span())
}

/// The last sixteen letters and digits, in groups.
fn it_codice_grouped(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (start, _) = hit.text().char_indices().rev().filter(|(_, c)| c.is_ascii_alphanumeric()).nth(15)?;
    let compact: String = hit.text().get(start..)?.to_ascii_uppercase().split(' ').collect();
    let (body, letter) = compact.split_at_checked(15)?;
    (codice_fiscale_letter(body) == letter.chars().next()).then(|| hit.without_front(start)).flatten()
}

fn from_digit(hit: &Hit<'_>) -> Option<Range<usize>> {
    hit.without_front(hit.text().find(|c: char| c.is_ascii_digit())?)
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of the checks")]
fn from_start(hit: &Hit<'_>) -> Option<Range<usize>> {
    Some(hit.span())
}

/// The number after the last mark between the words and it.
fn after_space(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let letters = text.get(..digit)?.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(digit, |at| at + 1);
    hit.without_front(letters)
}

fn vat(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let country = text.get(..digit)?.trim_end();
    let letters = country.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let upper = country.get(letters..)?.chars().all(|c| c.is_ascii_uppercase());
    let enough = digits(text.get(letters..)?).len() >= 6;
    (upper && enough).then(|| hit.without_front(letters)).flatten()
}

fn checked(hit: &Hit<'_>, right: bool) -> Option<Range<usize>> {
    if right { from_digit(hit) } else { None }
}

/// The digits after the word.
fn number_of(hit: &Hit<'_>) -> Vec<u32> {
    digits(hit.text())
}

pub(super) fn ends_free(hit: &Hit<'_>) -> bool {
    let goes_on = hit
        .after()
        .strip_prefix(['-', '.', '/'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    !goes_on && !hit.before().ends_with(['-', '.', '/', '_', '#', '+'])
}

fn itin(hit: &Hit<'_>) -> Option<Range<usize>> {
    ends_free(hit).then(|| hit.span())
}

fn uk_nino(hit: &Hit<'_>) -> Option<Range<usize>> {
    const NEVER_ISSUED: [&str; 7] = ["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"];
    let (start, prefix) = if hit.text().starts_with(|c: char| c.is_ascii_digit()) {
        let before = hit.before().strip_suffix(' ')?;
        let start = before.len().checked_sub(2)?;
        (start, before.get(start..)?)
    } else {
        (hit.span().start, hit.text().get(..2)?)
    };
    let apart = !hit.before().get(..start).unwrap_or_default().ends_with(|c: char| c.is_ascii_alphanumeric());
    let mut letters = prefix.chars();
    let first = letters.next().is_some_and(|c| c.is_ascii_uppercase() && !"DFIQUV".contains(c));
    let second = letters.next().is_some_and(|c| c.is_ascii_uppercase() && !"DFIOQUV".contains(c));
    (apart && first && second && !NEVER_ISSUED.contains(&prefix)).then(|| start..hit.span().end)
}

fn uk_nhs(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let check = (11 - weighted(&all, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    checked(hit, all.get(9) == Some(&check))
}

fn nl_bsn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]);
    checked(hit, all.get(8).is_some_and(|last| sum % 11 == *last))
}

fn pt_nif(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let check = 11 - weighted(&all, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    checked(hit, all.get(8) == Some(if check > 9 { &0 } else { &check }))
}

fn br_cpf(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let check = |weights: &[u32]| (weighted(&all, weights) * 10) % 11 % 10;
    let right = all.get(9) == Some(&check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]))
        && all.get(10) == Some(&check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
    checked(hit, right && all.iter().any(|d| Some(d) != all.first()))
}

fn br_cnpj(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let check = |weights: &[u32]| match weighted(&all, weights) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    let right = all.get(12) == Some(&check(&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))
        && all.get(13) == Some(&check(&[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
    checked(hit, right)
}

fn it_vat(hit: &Hit<'_>) -> Option<Range<usize>> {
    checked(hit, luhn(&number_of(hit)))
}

fn luhn_digits(hit: &Hit<'_>) -> Option<Range<usize>> {
    checked(hit, luhn(&number_of(hit)))
}

/// 97 minus the first nine digits by 97, with a 2 before them for who was born from 2000 on.
fn be_rrn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let (body, check) = (u64::from(part(&all, 0..9)), u64::from(part(&all, 9..11)));
    checked(hit, all.len() == 11 && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check))
}

pub(super) fn at_svnr(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    checked(hit, all.get(3) == Some(&(sum % 11)) && is_day(part(&all, 4..6), part(&all, 6..8)))
}

/// The check of the EAN-13 code.
fn ch_ahv(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    checked(hit, all.len() == 13 && sum.is_multiple_of(10))
}

pub(super) fn pl_pesel(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]);
    checked(hit, sum.is_multiple_of(10) && is_day(part(&all, 4..6), part(&all, 2..4) % 20))
}

fn se_pin(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let ten = all.get(all.len().saturating_sub(10)..).unwrap_or_default();
    let day = part(ten, 4..6);
    checked(
        hit,
        ends_free(hit) && luhn(ten) && is_day(if day > 60 { day - 60 } else { day }, part(ten, 2..4)),
    )
}

fn no_fnr(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let first = (11 - weighted(&all, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(&all, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let right = all.get(9) == Some(&first) && all.get(10) == Some(&second);
    checked(hit, right && is_day(part(&all, 0..2), part(&all, 2..4)))
}

fn fi_hetu(hit: &Hit<'_>) -> Option<Range<usize>> {
    let upper = hit.text().to_ascii_uppercase();
    let body = digits(upper.get(..10)?);
    let index = usize::try_from(part(&body, 0..9) % 31).ok()?;
    let right = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth(index) == upper.chars().last();
    checked(hit, right && body.len() == 9 && is_day(part(&body, 0..2), part(&body, 2..4)))
}

fn day_month(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    checked(hit, is_day(part(&all, 0..2), part(&all, 2..4)))
}

fn au_tfn(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[1, 4, 3, 7, 5, 8, 6, 9, 10]);
    checked(hit, all.len() == 8 || sum.is_multiple_of(11))
}

fn au_medicare(hit: &Hit<'_>) -> Option<Range<usize>> {
    let all = number_of(hit);
    let sum = weighted(&all, &[1, 3, 7, 9, 1, 3, 7, 9]);
    checked(hit, all.get(8) == Some(&(sum % 10)))
}

fn aadhaar(hit: &Hit<'_>) -> Option<Range<usize>> {
    let goes_on = hit
        .after()
        .strip_prefix([' ', '-'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let follows = hit.before().trim_end().ends_with(|c: char| c.is_ascii_digit());
    checked(hit, !goes_on && !follows && verhoeff(&number_of(hit)))
}
