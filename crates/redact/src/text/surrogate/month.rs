//! Names of months in the seven languages, long and short.

/// How the months are called in one language and form, January first.
type Names = [&'static str; 12];

/// English and German write them with a capital letter.
const CAPITAL: [Names; 4] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    GERMAN,
    ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
];

const GERMAN: Names = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The others with a small one.
const SMALL: [Names; 5] = [
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
];

/// A month as it is written, and where to look for the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Month {
    /// From 1.
    pub(super) number: i8,
    names: &'static Names,
    is_upper: bool,
}

/// The month that `word` names. `is_german` where the day before it has a dot.
pub(super) fn read(word: &str, is_german: bool) -> Option<Month> {
    let lower = word.to_lowercase();
    let named = |names: &'static Names| {
        let at = names.iter().position(|name| name.to_lowercase() == lower)?;
        Some((i8::try_from(at).ok()? + 1, names))
    };
    let german = || is_german.then(|| named(&GERMAN)).flatten();
    let is_small = word.starts_with(char::is_lowercase);
    let (first, second): (&'static [Names], &'static [Names]) =
        if is_small { (&SMALL, &CAPITAL) } else { (&CAPITAL, &SMALL) };
    let (number, spelt) = german().or_else(|| first.iter().chain(second).find_map(named))?;
    let is_upper = word.chars().count() > 1 && !word.contains(char::is_lowercase);
    Some(Month { number, names: spelt, is_upper })
}

impl Month {
    /// Another month in the same language and form, as capital or small as this one.
    pub(super) fn other(&self, number: i8, like: &str) -> Option<String> {
        let name = *self.names.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        let mut letters = name.chars();
        let first = letters.next()?;
        Some(if self.is_upper {
            name.to_uppercase()
        } else if like.starts_with(char::is_uppercase) {
            first.to_uppercase().chain(letters).collect()
        } else {
            name.to_lowercase()
        })
    }
}
