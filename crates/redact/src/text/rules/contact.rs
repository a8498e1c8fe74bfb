//! Telephone numbers. E-mail addresses are in `mail`.

use std::ops::{Range, RangeInclusive};

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;
use crate::text::rules::phones::{is_international, is_national};

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "phone.international",
        FindingKind::Phone,
        Gate::Number,
        r"[0-9][0-9]{0,3}\)?(?:<gap>{0,3}\d){5,16}",
        &[
            "call {+49 30 901820}!",
            "{+1 (212) 555-0123}",
            "{+44 (0)20 7946 0958} x",
            "{0033 1 99 00 12 34}",
            "{+351912345678}",
            "{+33\u{a0}6\u{a0}39\u{a0}98\u{a0}12\u{a0}34}",
            "{+1-202-555-0147 ext. 12}",
            "{001-212-555-0123x1234}",
            "{(+49) 170 1234567}",
            "tel:{+4930901820}",
        ],
        &["+1", "2+12345678901", "a +5 % rise in 12 months", "0000000000000", "T10:30:00.123456789Z", "+20240101", "x+4930901820"],
    )
    .checked(international),
    Rule::new(
        "phone.national",
        FindingKind::Phone,
        Gate::Number,
        r"\b\d(?:<gap>{0,3}\d){7,13}(?:[xX]\d{1,6})?\b",
        &[
            "please use {602-921-0031x271} from",
            "{(782)581-3123x35159}",
            "{1-584-220-8852x69134}",
            "{(351) 967805504}",
            "{(351) 926 458 422} or",
            "{1 (194) 809-0169} is",
            "{(05240) 59065 153}",
            "{07442/20885269} is",
            "under {02247 68281 312}",
            "desk {(212) 555-0123} or",
            "at {212-555-0123}",
            "Büro {030 / 901 820 15}",
            "{01 99 00 12 34}",
            "tél. {06.39.98.12.34}",
            "{020 7946 0958}",
            "móvil {612 345 678} hoy",
            "{0612345678}",
            "{912345678}",
            "{333 123 4567}",
            "{212.555.0123 x44}",
            "{(11) 91234-5678}",
            "{06-12345678}",
            "{0412 345 678}",
            "{02 123 45 67}",
            "{(0121) 496 0123}",
            "{044 668 18 00}",
            "Aarhus, {32 12 34 56}",
            "Lublin {12 345 67 89}",
            "Malmö {08-12 34 56}",
            "Santiago {(2) 2123 4567}",
            "Bogotá {(601) 2345678}",
            "Puebla, {222 123 4567}",
            "{131 2345 6789}",
            "Sofia {02 123 456}",
        ],
        &[
            "01.02.2024 10:30",
            "255.255.255.0",
            "2024-01-15 10:30:00",
            "1 234 567,89",
            "build 10.0.19045.3803",
            "order 1234567890123 shipped",
            "0.123456789",
            "id 912345678 is free",
            "freed 612 345 678 bytes",
            "12345678-1234-1234-1234-123456789012",
            "€ 912 345 678",
            "0x0612345678",
            "612345678/tcp",
            "20240115-103000",
            "at 09-11-2023 14-15-16",
            "Middle English (1100-1500)",
            "Old Irish (900-1200)",
            "32 12 34 56 78",
            "1 073 741 824",
        ],
    )
    .checked(national),
    Rule::new(
        "phone.keyword",
        FindingKind::Phone,
        Gate::At(&[
            "|tel|", "|telephone", "|phone", "|mobile", "|mob|", "|mob.", "|cell", "|fax", "|call|", "|handy", "|mobil", "|telefon",
            "|telefoo", "|telefax", "téléphone", "|portable",
            "|móvil", "|teléfono", "|cellulare", "|mobiel", "|gsm|", "|telemóvel", "|celular", "|whatsapp", "|ring|", "|appel", "|rufnummer", "|festnetz", "|durchwahl", "|landline", "|signal|", "|sms|", "|dial|", "|reach|", "|hotline|", "|helpline|", "|voicemail|", "|pager|", "|beeper|", "|contact|", "my number", "meine nummer", "mon numéro", "mi número", "mijn nummer", "meu número", "mio numero", "contact number", "contact no", "|tlm|", "|ph|", "|tf|", "|meine nr", "|llámame", "|llamame", "|chiamami", "|appelle-moi", "|appelez", "|liga-me", "|me liga", "|ligue", "|bel me", "|ruf mich", "|zap|", "|whats|", "|txt|", "|text me", "msisdn", "|mon num", "|mi num", "erreichbar", "joignable", "|get me ", "|message at", "|reach me", "wa.me/", "|rückruf", "|tlf|", "|tfno|",
        ]),
        r"(?i)(?:tel|telephone|phone|mobile|mob|cell|fax|call|handy|mobil|telefoon|telefoo|telefon|telefax|téléphone|portable|móvil|teléfono|cellulare|mobiel|gsm|telemóvel|celular|whatsapp|ring|appel|rufnummer|festnetz|durchwahl|landline|signal|sms|dial|reach|hotline|helpline|voicemail|pager|beeper|contact|my number|meine nummer|mon numéro|mi número|mijn nummer|meu número|mio numero|contact number|contact no|tlm|ph|tf|meine nr|ll[áa]mame|chiamami|appelle-moi|appelez|liga-me|me liga|ligue|bel me|ruf mich|zap|whats|txt|text me|msisdn|mon num|mi num|erreichbar|joignable|get me|message|reach me|wa\.me/|rückruf|tlf|tfno)[^\d\n+(]{0,16}(?:\+<sp>?)?\(?\d(?:<gap>{0,3}\d){4,15}",
        &["Phone: {5550123}", "tel. {901820}", "Handy {1512345678}", "Telefoon {6 12345678}", "call me on {5550 123}", "phone number is {98765 43210}", "meine nr ist {015283322770}", "llámame al {678607017}", "text me at {4155555196}", "liga-me para o {991587539}", "msisdn={491718762636}"],
        &["phone 12", "hotel 2024-01", "telephone exchange of 1930", "call 2024-01-15", "fax 12.5.2024", "call stack 0 of 10", "signal 11 after 2000000000 ns", "mobile 1.2.3.4.5"],
    )
    .checked(after_word),
];

/// A plus sign or two zeros before the code of a country.
fn international(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before();
    let trimmed = before.strip_suffix(' ').unwrap_or(before);
    let opened = trimmed.strip_suffix('(').unwrap_or(trimmed);
    let (opened, has_plus) = match opened.strip_suffix('+') {
        Some(rest) if before.len() - rest.len() <= 3 => (rest, true),
        _ => (before, false),
    };
    let time = before.strip_suffix(':').is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()));
    let part_of_sum = time || opened.ends_with(|c: char| c.is_ascii_alphanumeric() || "+-*/^".contains(c));
    let text = hit.text();
    // Most numbers are told by this, before anything is cut up.
    if part_of_sum || !has_plus && !text.starts_with(ABROAD) {
        return None;
    }
    let plausible = |number: &str| is_plausible(number, has_plus);
    let end = group_ends(text).into_iter().rev().find(|end| text.get(..*end).is_some_and(plausible))?;
    let bracket = opened.ends_with('(') && text.contains(')') && !text.contains('(');
    let start = opened.len() - usize::from(bracket);
    let extension = if end == text.len() { extension(hit.after()) } else { 0 };
    Some(start..hit.span().start + end + extension)
}

/// What stands for a plus sign.
const ABROAD: &str = "00";

/// Whether the digits may be dialled from abroad.
fn is_plausible(number: &str, has_plus: bool) -> bool {
    const DIGITS: RangeInclusive<usize> = 8..=16;
    const DIGITS_PLAIN_MAX: usize = 13;
    if !has_plus && !number.starts_with(ABROAD) {
        return false;
    }
    let all = digits(number);
    let digits = if has_plus { all.as_str() } else { all.strip_prefix(ABROAD).unwrap_or_default() };
    let grouped = number.contains(|c: char| !c.is_ascii_digit());
    let date = digits.len() == 8 && digits.starts_with("20") && !grouped;
    let long = !has_plus && !grouped && digits.len() > DIGITS_PLAIN_MAX;
    !date && !long && DIGITS.contains(&digits.len()) && !digits.starts_with('0') && is_international(digits)
}

/// Length of an extension after a number.
pub(super) fn extension(after: &str) -> usize {
    const WORDS: &[&str] = &[
        "x",
        "ext.",
        "ext",
        "Ext.",
        "Ext",
        "EXT",
        "#",
        "Durchwahl",
        "DW",
        "poste",
        "int.",
        "toestel",
        "ramal",
    ];
    const DIGITS_MAX: usize = 6;
    let trimmed = after.trim_start_matches([' ', ',', '\u{a0}']);
    let Some(rest) = WORDS.iter().find_map(|word| trimmed.strip_prefix(word)) else { return 0 };
    let number = rest.trim_start_matches([' ', ':', '\u{a0}']);
    let digits = number.chars().take_while(char::is_ascii_digit).count();
    let glued = number.get(digits..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    if (1..=DIGITS_MAX).contains(&digits) && !glued && after.len() - number.len() <= 16 {
        after.len() - number.len() + digits
    } else {
        0
    }
}

fn without_extension(text: &str) -> &str {
    text.find(|c: char| c.is_ascii_alphabetic() || c == '#').and_then(|at| text.get(..at)).unwrap_or(text)
}

fn after_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let start = text.find(|c: char| c == '+' || c == '(' && text.contains(')') || c.is_ascii_digit())?;
    let number = text.get(start..)?;
    let said = text.get(..start)?;
    let count = digits(number).len();
    let longer = hit.after().starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':');
    let date = is_date(number) || is_decimal(number);
    // A word between the key word and the number may be "number" or "me on", and nothing that counts something.
    let words = said.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).skip(1);
    let plain = words.into_iter().all(|w| SMALL.contains(&w.to_lowercase().as_str()));
    let years = count <= 8
        && number
            .split(|c: char| !c.is_ascii_digit())
            .any(|g| g.len() == 4 && (g.starts_with("19") || g.starts_with("20")))
        && count < 7;
    let constant = hit.before().ends_with('_');
    let plausible = plain
        && !constant
        && !date
        && !longer
        && !years
        && (6..=15).contains(&count)
        && !unit_follows(hit.after());
    plausible.then(|| hit.span().start + start..hit.span().end + extension(hit.after()))
}

const SMALL: &[&str] = &[
    "me", "us", "him", "her", "them", "on", "at", "number", "no", "nr", "num", "nummer", "numéro", "número",
    "numero", "n", "is", "ist", "est", "es", "è", "é", "phone", "work", "home", "private", "privat",
    "office", "büro", "mobile", "mobil", "fax", "under", "unter", "au", "al", "op", "my", "the", "a", "or",
    "and", "und", "et", "y", "e", "en", "ou", "o", "of", "via", "fixe", "perso", "pro", "m", "h", "w", "o",
    "be", "de", "to", "an", "naar", "nr", "moi", "nous", "mich", "uns", "me", "nos", "op", "o", "pra", "pro",
    "aqui", "erbeten", "bitte", "please", "pls", "para", "a", "contact", "back", "tel", "cell", "fijo",
    "fisso", "vast",
];

/// Takes the longest run of groups from the start that is a number of one of the regions.
fn national(hit: &Hit<'_>) -> Option<Range<usize>> {
    let (before, text) = (hit.before(), hit.text());
    let begins_inside =
        before.ends_with(|c: char| c.is_ascii_alphanumeric() || "+.,:_-/#=$€£%&\\".contains(c) || c == '@');
    // Most numbers are told by what stands before them, and the stamps of logs by how they begin, before anything is counted.
    if begins_inside && !before.ends_with("tel:") && !before.ends_with("t:")
        || text.get(4..5) == Some("-") && text.starts_with("20")
        || before.trim_end().ends_with(['$', '€', '£', '+', '#'])
    {
        return None;
    }
    // A mask of a network has the groups of a number.
    if text_is_list(text)
        || text.parse::<std::net::Ipv4Addr>().is_ok()
        || goes_on_thousands(hit)
        || is_date(text)
        || is_decimal(text)
        || unit_follows(hit.after())
    {
        return None;
    }
    let goes_on = hit.after().starts_with(['_', '@', '%', '/', ':', '\\'])
        || hit.after().starts_with(['.', ',', '-'])
            && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let open = before.strip_suffix('(').filter(|_| text.contains(')')).map(str::len);
    let number = without_extension(text);
    let ends = group_ends(number);
    let groups: Vec<&str> = groups(number).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_one = |(last, end): &(usize, &usize)| {
        let part = number.get(..**end).zip(groups.get(..=*last)).zip(lengths.get(..=*last));
        part.is_some_and(|((part, groups), lengths)| {
            (!goes_on || **end < text.len()) && is_number(part, groups, lengths, hit)
        })
    };
    ends.iter().enumerate().rev().find(is_one).map(|(_, end)| {
        let whole = *end == number.trim_end().len();
        let trunk = before.strip_suffix("1 (").filter(|rest| !rest.ends_with(|c: char| c.is_ascii_digit()));
        let open = trunk.filter(|_| open.is_some()).map(str::len).or(open);
        open.unwrap_or(hit.span().start)
            ..hit.span().start + if whole { text.len() + extension(hit.after()) } else { *end }
    })
}

/// The runs of digits in a text.
fn groups(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty())
}

fn group_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_digit() && !chars.peek().is_some_and(|(_, next)| next.is_ascii_digit()) {
            ends.push(at + 1);
        }
    }
    ends
}

/// Whether a part of a proposal is a number, told by its groups of digits and their lengths.
fn is_number(part: &str, groups: &[&str], lengths: &[usize], hit: &Hit<'_>) -> bool {
    let bracketed = hit.before().ends_with('(');
    if bracketed && is_country_in_brackets(part, &digits(part)) {
        return true;
    }
    if is_american_shape(groups) || is_telephone_shape(lengths, part, bracketed) {
        return true;
    }
    if is_years(groups) || lengths == [2; 4] && part.len() < hit.text().trim_end().len() {
        return false;
    }
    let nothing_beside = hit.before().trim().is_empty() && hit.after().trim().is_empty();
    let digits = digits(part);
    if nothing_beside && is_shape_alone(&digits, lengths) {
        return true;
    }
    let alone = groups.len() == 1 && nothing_beside;
    if groups.len() == 1 && !alone && !(digits.starts_with('0') && (10..=11).contains(&digits.len())) {
        return false;
    }
    if groups.len() > 1 && !is_phone_grouping(lengths, part, bracketed) {
        return false;
    }
    candidates(&digits, lengths, bracketed).iter().any(|region| is_national(region, &digits))
}

/// The code of a country in brackets and a whole number behind it: (351) 967 805 504.
fn is_country_in_brackets(part: &str, digits: &str) -> bool {
    let code = part.find(')').and_then(|at| part.get(..at));
    code.is_some_and(|code| (2..=3).contains(&code.len()) && !code.starts_with('0'))
        && (11..=13).contains(&digits.len())
        && is_international(digits)
}

/// Groups of three after a digit and a space: the rest of 1 073 741 824.
fn goes_on_thousands(hit: &Hit<'_>) -> bool {
    let before = hit.before().strip_suffix([' ', '\u{a0}', '\u{202f}']);
    let after_digit = before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    after_digit && hit.text().split(|c: char| !c.is_ascii_digit()).all(|group| group.len() == 3)
}

/// Two groups that are years: 1500-1928 and 900-1200.
fn is_years(groups: &[&str]) -> bool {
    let year =
        |g: &&str| (3..=4).contains(&g.len()) && g.parse().is_ok_and(|n: u32| (100..2100).contains(&n));
    groups.len() == 2 && groups.iter().all(year) && groups.iter().is_sorted_by_key(|g| g.parse::<u32>().ok())
}

/// Groups as people write them: two and more digits, one separator of a kind; or an area code in brackets.
fn is_phone_grouping(lengths: &[usize], part: &str, bracketed: bool) -> bool {
    let small = lengths.iter().skip(1).any(|length| *length < 2) || lengths.len() > 6;
    let dots = part.contains('.') && part.contains('-');
    let first = lengths.first().copied().unwrap_or(0);
    let starts_zero = part.starts_with('0');
    !small && !dots && (starts_zero || bracketed || (2..=5).contains(&first))
}

/// Shapes that only telephone numbers have, whether a plan gives the number or not: 152-250-6383, (21) 9596-0149, 044 123 4567.
fn is_telephone_shape(lengths: &[usize], part: &str, bracketed: bool) -> bool {
    let one_mark = || ['-', '.'].iter().any(|mark| part.matches(*mark).count() == 2);
    match lengths {
        [3, 3, 4] => bracketed || one_mark(),
        [1, 3, 3, 4] => {
            part.starts_with('1') && ['-', '.'].iter().any(|mark| part.matches(*mark).count() == 3)
        }
        [2, 4 | 5, 4] => bracketed,
        [area, rest @ ..] => {
            let trunk = part.starts_with('0') && !part.starts_with("00") && (2..=5).contains(area);
            let length = lengths.iter().sum::<usize>();
            let long = rest.iter().any(|group| *group >= 3) && rest.len() <= 3;
            let spread = bracketed || rest.len() >= 2 || part.contains(['-', '/']);
            // Austria's numbers have up to thirteen digits, the area among them four or five.
            let most = if *area >= 4 && rest.len() <= 2 { 13 } else { 11 };
            trunk && long && spread && !part.contains('.') && (9..=most).contains(&length)
        }
        [] => false,
    }
}

/// Ten digits, or three times three, that have a line for themselves. Seconds since 1970 begin with a one.
fn is_shape_alone(digits: &str, lengths: &[usize]) -> bool {
    let opens = |least: char| digits.starts_with(|c: char| (least..='9').contains(&c));
    lengths == [10] && opens('2') || lengths == [3, 3, 3] && opens('6')
}

/// Three, three and four digits, the first and the fourth from 2 to 9 (North American numbering plan).
fn is_american_shape(groups: &[&str]) -> bool {
    let groups = groups.strip_prefix(&["1"]).unwrap_or(groups);
    let [area, exchange, line] = groups else { return false };
    let opens = |g: &str| g.len() == 3 && g.starts_with(|c: char| ('2'..='9').contains(&c));
    opens(area) && opens(exchange) && line.len() == 4
}

/// Regions in which people write a number like this.
fn candidates(digits: &str, lengths: &[usize], bracketed: bool) -> &'static [&'static str] {
    let first = digits.chars().next().unwrap_or('0');
    match (first, digits.len(), lengths) {
        ('0', 9..=12, _) => {
            &["FR", "GB", "NL", "DE", "IT", "BE", "AT", "CH", "AU", "IE", "SE", "FI", "ZA", "NZ"]
        }
        ('6' | '7' | '8' | '9', 9, [9] | [3, 3, 3] | [3, 2, 2, 2] | [2, 3, 2, 2]) => &["ES", "PT"],
        ('2', 9, [9] | [3, 3, 3] | [2, 3, 4] | [2, 3, 2, 2]) => &["PT"],
        ('3', 9..=10, [9 | 10] | [3, _] | [3, 3, 3 | 4] | [3, 2, 2, 2 | 3]) => &["IT"],
        ('6'..='9', 10, [5, 5]) => &["IN"],
        ('0', 8, [2, 3, 3]) => &["BG", "SE"],
        ('0', 8, [2, 2, 2, 2]) => &["SE"],
        ('1', 11, [3, 4, 4]) => &["CN"],
        ('2'..='9', 10, [3, 3, 4]) => &["MX", "CO"],
        ('1'..='9', 9, [2, 3, 2, 2]) => &["PL"],
        ('2'..='9', 8, [2, 2, 2, 2]) => &["DK", "NO", "LU"],
        ('1'..='9', 9..=10, [1, 4, 4] | [3, 7]) if bracketed => &["CL", "CO"],
        ('1'..='9', 10..=11, [2, 4 | 5, 4]) if bracketed || lengths.len() == 3 => &["BR", "MX"],
        ('2'..='9', 10, [10]) => &["US"],
        _ => &[],
    }
}

/// Dates are the rows of digits that look most like telephone numbers.
pub(super) fn is_date(text: &str) -> bool {
    let mut groups = groups(text);
    let (Some(first), Some(second)) = (groups.next(), groups.next()) else { return false };
    let third = groups.next();
    let of_century = |g: &str| g.starts_with("19") || g.starts_with("20");
    let is_year = |g: &str| g.len() == 4 && of_century(g);
    let small = |g: &str| g.len() <= 2;
    let only_two = third.is_none();
    let day_first = third.is_some_and(is_year) && small(first) && small(second);
    let year_first = is_year(first) && small(second) && third.is_none_or(small);
    let stamp = only_two && first.len() == 8 && of_century(first);
    day_first || year_first || stamp || only_two && is_year(first) && is_year(second)
}

pub(super) fn is_decimal(text: &str) -> bool {
    let groups = text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).count();
    groups == 2 && text.contains('.') && !text.contains([' ', '(', '/'])
}

/// Numbers with strokes between them, and the row of all digits.
fn text_is_list(text: &str) -> bool {
    text.matches('/').count() > 1 || text.starts_with("0123456789") || text.starts_with("123456789")
}

/// A unit, a currency or a count after a number.
pub(super) fn unit_follows(after: &str) -> bool {
    const UNITS: &[&str] = &[
        "b",
        "kb",
        "mb",
        "gb",
        "kib",
        "mib",
        "bytes",
        "byte",
        "octets",
        "eur",
        "euro",
        "euros",
        "usd",
        "gbp",
        "chf",
        "ms",
        "ns",
        "us",
        "s",
        "sec",
        "seconds",
        "rows",
        "items",
        "records",
        "lines",
        "times",
        "%",
        "€",
        "$",
        "£",
        "kg",
        "km",
        "m",
        "points",
        "files",
        "people",
        "users",
        "zeilen",
        "dateien",
        "stück",
        "dollars",
        "pounds",
        "blocks",
        "packets",
        "requests",
        "tokens",
        "hits",
        "views",
        "inhabitants",
        "einwohner",
        "habitants",
    ];
    let decimals =
        after.strip_prefix([',', '.']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let word = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let glued = word.len() == after.len();
    let word = word.split(|c: char| !c.is_alphabetic() && !"%€$£".contains(c)).next().unwrap_or_default();
    decimals
        || !word.is_empty()
            && (!glued || "%€$£".contains(word))
            && UNITS.contains(&word.to_lowercase().as_str())
}

fn digits(text: &str) -> String {
    let kept =
        |text: &str, out: &mut String| out.extend(text.bytes().filter(u8::is_ascii_digit).map(char::from));
    let mut out = String::with_capacity(text.len());
    // A search for three characters costs more than the rest, and most numbers have no bracket.
    let trunk = text.contains('(').then(|| text.split_once("(0)")).flatten();
    let (before, after) = trunk.unwrap_or((text, ""));
    kept(before, &mut out);
    kept(after, &mut out);
    out
}
