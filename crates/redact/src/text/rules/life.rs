//! Dates of a person's life, and ages. Stamps of logs and files are passed by.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule};
use crate::text::rules::gate::Gate;

const BIRTH_WORDS: &[&str] = &[
    "|dob|",
    "|d.o.b",
    "date of birth",
    "birth date",
    "birthdate",
    "birthday",
    "|born",
    "|geboren",
    "|geb.",
    "geburtsdatum",
    "geburtstag",
    "|né le",
    "|née le",
    "|né(e)",
    "date de naissance",
    "naissance",
    "anniversaire",
    "fecha de nacimiento",
    "|nacid",
    "|nació",
    "|nato il",
    "|nata il",
    "|nato",
    "data di nascita",
    "geboortedatum",
    "data de nascimento",
    "|nascid",
    "|nasceu",
    "|f. nac",
    "cumpleaños",
    "compleanno",
    "verjaardag",
    "aniversário",
    "|died",
    "|gestorben",
    "|verstorben",
    "|décédé",
    "|falleci",
    "|overleden",
    "|faleceu",
    "|deceased",
];

const LIFE_WORDS: &[&str] = &[
    "appointment",
    "|hired",
    "|joined",
    "|admitted",
    "admission",
    "discharg",
    "|married",
    "wedding",
    "surgery",
    "hire date",
    "start date",
    "employed since",
    "termin am",
    "termin:",
    "eingestellt am",
    "aufgenommen am",
    "entlassen am",
    "verheiratet seit",
    "eintritt",
    "eintrittsdatum",
    "op am",
    "rendez-vous",
    "embauché",
    "admis le",
    "admise le",
    "marié",
    "hospitalisé",
    "consultation du",
    "cita el",
    "cita:",
    "contratad",
    "ingres",
    "casad",
    "appuntamento",
    "assunto il",
    "assunta il",
    "ricoverat",
    "afspraak",
    "in dienst",
    "opgenomen",
    "getrouwd",
    "consulta em",
    "consulta:",
    "admitid",
    "contratado",
    "casou",
    "expires on",
    "expiry date",
    "valid until",
    "gültig bis",
    "date of hire",
    "visit on",
    "seen on",
    "treated on",
    "diagnosed",
    "diagnose vom",
    "ausgestellt am",
    "issued on",
    "délivré le",
    "expedid",
    "rilasciat",
    "emitido em",
    "vacation from",
    "on leave from",
    "urlaub vom",
    "urlaub ab",
    "krank seit",
    "sick since",
    "interview on",
    "meeting on",
    "flight on",
    "check-in",
    "anreise",
    "leaves on",
    "last day",
];

const MONTHS: &[&str] = &[
    "|january ",
    "|february ",
    "|march ",
    "|april ",
    "|may ",
    "|june ",
    "|july ",
    "|august ",
    "|september ",
    "|october ",
    "|november ",
    "|december ",
    "|jan ",
    "|feb ",
    "|mar ",
    "|apr ",
    "|jun ",
    "|jul ",
    "|aug ",
    "|sep ",
    "|sept ",
    "|oct ",
    "|nov ",
    "|dec ",
];

/// Names of months, longest first within a language.
const DATE_OF_MONTH: &str = r"\d{1,2}(?:\.|st|nd|rd|th|er|º|°)?,?<sp>(?:(?:of|de|d['’])<sp>?)?(?:<month>)\.?,?(?:<sp>(?:de<sp>|del<sp>)?(?:\d{4}|'\d\d))\b";

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "date.birth",
        FindingKind::Date,
        Gate::At(BIRTH_WORDS),
        r"(?i)<letter>[<letter>().]{1,14}(?:<sp>[<letter>()]{1,11}){0,5}[^\d\n<>{}]{0,24}?(?:(?:<month>)\.?<sp>\d{1,2}(?:st|nd|rd|th)?(?:,?<sp>\d{4})?|\d{1,2}(?:\.|st|nd|rd|th|er|º|°)?<sp>(?:(?:of|de|d['’])<sp>?)?(?:<month>)\.?,?(?:<sp>(?:de<sp>|del<sp>)?\d{4})?|\d{1,4}<sp>?[./\-]<sp>?\d{1,2}<sp>?[./\-]<sp>?\d{1,4}|\d{1,2}<sp>\d{1,2}<sp>\d{4}|(?:19|20)\d{2})\b",
        &[
            "Date of birth: {12/03/1981}",
            "geboren am {3.7.1990}",
            "born {4 March 1979}",
            "DOB {March 4, 1979}",
            "né le {3 juillet 1990}",
            "Geburtsdatum: {1979-03-04}",
            "nacida el {12 de marzo de 1985}",
            "nato il {5 maggio 1970}",
            "geboortedatum {01-02-1980}",
            "data de nascimento: {01/02/1980}",
            "was born in {1979}",
            "My birthday is {4 May}",
        ],
        &["born in a small town", "date of birth:", "dob", "Born to run 3 miles"],
    )
    .checked(date_at_end),
    Rule::new(
        "date.life",
        FindingKind::Date,
        Gate::At(LIFE_WORDS),
        r"(?i)<letter>[^\d\n<>{}=]{1,44}?(?:(?:<month>)\.?<sp>\d{1,2}(?:st|nd|rd|th)?(?:,?<sp>\d{4})?|\d{1,2}(?:\.|st|nd|rd|th|er|º|°)?<sp>(?:(?:of|de|d['’])<sp>?)?(?:<month>)\.?,?(?:<sp>(?:de<sp>|del<sp>)?\d{4})?|\d{4}-\d{2}-\d{2}|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4})\b",
        &["appointment on {12 May 2026}", "Termin am {03.04.2026}", "admitted {2026-01-12}", "rendez-vous le {3 mai 2026}", "hire date: {03/01/2015}"],
        &["appointment at 12:30", "joined 3 channels", "admitted 12 patients"],
    )
    .checked(date_at_end),
    Rule::new(
        "date.day_month_year",
        FindingKind::Date,
        Gate::Number,
        DATE_OF_MONTH,
        &["We met on {4 March 1979} in Lyon", "am {3. Juli 1990} war", "le {1er mai 2003}", "el {12 de marzo de 1985}", "seit {3. Juli 2024} krank"],
        &["Copyright 4 March 2019", "12 May", "Last modified: 4 March 2024", "14 March 2024 10:22:01 INFO", "Released 3 May 2024", "version of 3 May 2024"],
    )
    .checked(in_prose),
    Rule::new(
        "date.month_day_year",
        FindingKind::Date,
        Gate::At(MONTHS),
        r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?<sp>\d{1,2}(?:st|nd|rd|th)?,?<sp>\d{4}\b",
        &["She left on {March 4, 1979}.", "since {Oct 3, 2024} he"],
        &["March 4", "Updated March 4, 2024", "Dec 11 2023 10:00:00", "Copyright Dec 11, 2023"],
    )
    .checked(in_prose),
    Rule::new(
        "date.past",
        FindingKind::Date,
        Gate::Number,
        r"\b(?:\d{1,2}[./\-]\d{1,2}[./\-](?:19[2-9]\d|200\d)|(?:19[2-9]\d|200\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b",
        &["Lund, Dana\t{12/03/1981}\tF", "{1985-04-12}", "am {3.7.1990}"],
        &["1985-04-12T10:00:00", "1999-12-31 23:59:59", "v1.2.1990", "file-1985-04-12.txt", "/2001-02-03/", "12/2001", "1.2.3.2001", "RFC 2001-02-03x", "ISO 8601:1988-06-15"],
    )
    .checked(past),
    Rule::new(
        "age.number",
        FindingKind::Age,
        Gate::Number,
        r"\b\d{1,3}(?:<sp>|-)?(?:(?i:years?[ \-]old|year-olds?|yrs?[ \-]old|y/o|yo|y\.o\.|years of age|Jahre alt|jährige?[rsn]?|Jahre jung|jaar oud|jarige|ans|años|anni|anos|mois|months old|weeks old|Monate alt|jaar))\b",
        &["a {43-year-old} man", "is {43 years old}", "{43 Jahre alt}", "der {43-jährige} Mann", "âgée de {43 ans}", "tiene {43 años}", "ha {43 anni}", "{43 jaar oud}", "tem {43 anos} e", "Marie, {43 ans}, infirmière"],
        &["43 years of history", "depuis 20 ans", "hace 5 años", "da 10 anni", "2 year plan", "há 3 anos", "300 years old", "43 years"],
    )
    .checked(age),
    Rule::new(
        "age.word",
        FindingKind::Age,
        Gate::At(&["|aged ", "|age:", "|age :", "|age is", "|age of ", "|alter:", "|alter von ", "|âge :", "|âge:", "|âgé", "|edad:", "|edad de ", "|età:", "|età di ", "|leeftijd", "|idade:", "|idade de ", "|age\t", "|turned ", "|turns "]),
        r"(?i)(?:aged|age|alter|âgée?|âge|edad|età|leeftijd|idade|turned|turns)(?:<sp>(?:is|of|von|de|di|van))?<sp>?:?<sp>{0,4}\d{1,3}\b",
        &["a man aged {43} from", "Age: {43}", "Alter: {43}", "edad de {43}", "leeftijd: {43}", "she turned {40} today", "im Alter von {71}"],
        &["max age: 3600", "age: 300", "aged well", "age of 2000 years", "turns 90 degrees", "cache age: 12 s", "turned 3 times"],
    )
    .checked(age_word),
    Rule::new(
        "age.when",
        FindingKind::Age,
        Gate::At(&["|when ", "|als ", "|toen ", "|wie "]),
        r"(?i)(?:when|als|toen|wie)<sp>(?:s?he|i|we|they|er|sie|ich|ze|zij|hij|ik)<sp>(?:(?:was|were|turned)<sp>)?\d{1,3}\b",
        &["when she was {45}.", "toen ze {73} was", "als er {17} war"],
        &["when it was 45", "when they were 3 times", "als er 20 Zeilen las", "when i was 12.5"],
    )
    .checked(age_when),
];

fn age_when(hit: &Hit<'_>) -> Option<Range<usize>> {
    const AFTER: [&str; 6] = ["was", "war", "wurde", "werd", "years", "jaar"];
    let digit = hit.text().find(|c: char| c.is_ascii_digit())?;
    let years: u16 = hit.text().get(digit..)?.parse().ok()?;
    let after = hit.after().trim_start();
    let decimal = hit.after().starts_with(['.', ','])
        && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let ends = after.is_empty()
        || after.starts_with(['.', ',', ';', '!', '?', ')'])
        || AFTER.iter().any(|word| after.starts_with(word));
    (ends && !decimal && (1..=110).contains(&years)).then(|| hit.without_front(digit)).flatten()
}

fn date_at_end(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let lower = text.to_lowercase();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let month = MONTH_NAMES
        .iter()
        .filter_map(|name| lower.get(..digit)?.rfind(name))
        .filter(|at| digit - at <= 12)
        .max();
    let word = month.map(|at| {
        lower
            .get(..at)
            .and_then(|head| head.rfind(|c: char| !c.is_alphabetic()))
            .map_or(0, |space| space + head_char(&lower, space))
    });
    let start = word.filter(|start| digit - start <= 12 && text.is_char_boundary(*start)).unwrap_or(digit);
    let time = hit.after().starts_with(':') || hit.after().starts_with(|c: char| c.is_ascii_digit());
    let year_only = text.get(digit..)?.len() == 4 && text.get(digit..)?.chars().all(|c| c.is_ascii_digit());
    let said = lower.get(..digit)?;
    let born = !year_only
        || ["born", "gebor", "né", "nac", "nat", "nasc", "birth", "died", "geb"]
            .iter()
            .any(|w| said.contains(w));
    (!time && born).then(|| hit.without_front(start)).flatten()
}

fn head_char(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

const MONTH_NAMES: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai", "okt",
    "dez", "fév", "avr", "juin", "juil", "aoû", "déc", "ene", "abr", "ago", "dic", "gen", "mag", "giu",
    "lug", "set", "ott", "maart", "mei", "fev", "out", "dez",
];

/// A line of a log or of an interface says when something was done by a machine.
fn is_stamped(hit: &Hit<'_>) -> bool {
    const WORDS: &[&str] = &[
        "copyright",
        "©",
        "(c)",
        "modified",
        "updated",
        "released",
        "release",
        "version",
        "published",
        "build",
        "built",
        "created",
        "generated",
        "changed",
        "revision",
        "last login",
        "accessed",
        "backup",
        "saved",
        "uploaded",
        "downloaded",
        "posted",
        "commit",
        "log",
        "since version",
        "available",
        "stand:",
        "page",
        "printed",
        "effective",
        "geändert",
        "aktualisiert",
        "veröffentlicht",
        "erstellt",
        "mis à jour",
        "publié",
        "actualizado",
        "publicado",
        "aggiornato",
        "pubblicato",
        "bijgewerkt",
        "atualizado",
        "date:",
        "datum:",
    ];
    let before = hit.before().to_lowercase();
    let near = before.char_indices().rev().nth(40).and_then(|(at, _)| before.get(at..)).unwrap_or(&before);
    let time = hit.after().trim_start_matches([' ', ',']).starts_with(|c: char| c.is_ascii_digit())
        || hit.after().starts_with([':', 'T', '_']);
    time || WORDS.iter().any(|word| near.contains(word))
}

/// A date in a sentence: after a preposition, or years ago.
fn in_prose(hit: &Hit<'_>) -> Option<Range<usize>> {
    const BEFORE: &[&str] = &[
        "on", "since", "until", "from", "by", "before", "after", "am", "vom", "seit", "bis", "ab", "zum",
        "le", "du", "depuis", "au", "el", "del", "desde", "hasta", "il", "dal", "al", "op", "sinds", "vanaf",
        "tot", "em", "no", "dia", "dated", "on:", "den", "between", "and",
    ];
    let text = hit.text();
    let year: u32 = text.get(text.len().checked_sub(4)?..)?.parse().unwrap_or(0);
    let last = hit.before().trim_end().rsplit([' ', '(']).next().unwrap_or_default().to_lowercase();
    let sentence = BEFORE.contains(&last.as_str());
    let past = (1920..=2009).contains(&year);
    let glued = hit.before().ends_with(|c: char| c.is_alphanumeric() || "-_/.".contains(c));
    (!glued && (sentence || past) && !is_stamped(hit)).then(|| hit.span())
}

fn past(hit: &Hit<'_>) -> Option<Range<usize>> {
    let glued = hit.before().ends_with(|c: char| c.is_alphanumeric() || "-_/.:=\\".contains(c))
        || hit.after().starts_with(|c: char| c.is_alphanumeric() || "-_/:\\".contains(c));
    let dotted =
        hit.after().strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    let groups: Vec<u32> = hit.text().split(['.', '/', '-']).filter_map(|g| g.parse().ok()).collect();
    let real = match groups.as_slice() {
        [year, month, day] if *year > 31 => *month <= 12 && *day <= 31,
        [one, two, _] => (1..=31).contains(one) && (1..=31).contains(two) && (*one <= 12 || *two <= 12),
        _ => false,
    };
    (!glued && !dotted && real && !is_stamped(hit)).then(|| hit.span())
}

fn years(text: &str) -> u32 {
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(u32::MAX)
}

/// What only counts years where nobody is described is no age.
fn age(hit: &Hit<'_>) -> Option<Range<usize>> {
    let lower = hit.text().to_lowercase();
    let said = hit.before().to_lowercase();
    let last = said.trim_end().rsplit([' ', '\'', '’']).next().unwrap_or_default();
    let bare = ["ans", "años", "anni", "anos", "jaar", "mois"].iter().any(|unit| lower.ends_with(unit))
        && !lower.contains("oud");
    let described = matches!(
        last,
        "tiene"
            | "ha"
            | "tem"
            | "a"
            | "is"
            | "avait"
            | "ai"
            | "tengo"
            | "ho"
            | "tenho"
            | "tenía"
            | "aveva"
            | "tinha"
            | "was"
    ) || said.trim_end().ends_with("âgé de")
        || said.trim_end().ends_with("âgée de")
        || said.trim_end().ends_with(" de edad de")
        || said.trim_end().ends_with("con");
    let follows = hit.after().starts_with(" de edad")
        || hit.after().starts_with(" di età")
        || hit.after().starts_with(" de idade");
    let between = said.ends_with(", ") && hit.after().starts_with([',', '.', ')'])
        || said.ends_with('(') && hit.after().starts_with([')', ',']);
    let glued = said.ends_with(|c: char| c.is_alphanumeric() || "-_.".contains(c));
    let plausible = years(hit.text()) <= 120 && !glued;
    (plausible
        && (!bare
            || described && last != "a"
            || follows
            || between
            || last == "a" && lower.ends_with("ans") && !said.trim_end().ends_with("y a")))
    .then(|| hit.span())
}

fn age_word(hit: &Hit<'_>) -> Option<Range<usize>> {
    let start = hit.text().find(|c: char| c.is_ascii_digit())?;
    let age = years(hit.text());
    let said = hit.before().to_lowercase();
    let machine = ["max", "cache", "min", "average", "mean", "page", "median", "key", "session", "file"]
        .iter()
        .any(|word| said.trim_end().ends_with(word))
        || said.ends_with(['-', '_']);
    let after = hit.after().trim_start();
    let counted =
        ["degree", "times", "s ", "sec", "ms", "%", "days", "min", "hour", "%", "°", "pages", "into"]
            .iter()
            .any(|unit| after.starts_with(unit))
            || hit.after().starts_with(['%', '°', '.', ':'])
                && hit.after().get(1..).is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
            || after == "s";
    let turned = hit.text().to_lowercase().starts_with("turn") && !(16..=110).contains(&age);
    ((1..=115).contains(&age) && !machine && !counted && !turned).then(|| hit.without_front(start)).flatten()
}
