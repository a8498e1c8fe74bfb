//! Dates moved by whole weeks, the same for all dates of a session: their order, their distance and their weekdays stay.
//!
//! The way is 400 years, after which the calendar repeats itself to the weekday, and up to 20 years more, drawn for the
//! session: no date of a living person is there, so that a moved date is known again. (MIMIC, the hospital records that
//! researchers share, moves its dates to 2100 and later for the same reason.) A date without a year of four digits, or one
//! that could be read with the month first or second, has no surrogate.

use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Draw;
use super::month::{self, Month};

/// Years whose dates are moved.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2099;
/// Years that they come to: moved once, and to spare.
const YEARS_MOVED: std::ops::RangeInclusive<i16> = 2300..=2599;
/// Days of 400 years.
const CYCLE_DAYS: i64 = 146_097;
/// Weeks of 20 years.
const WEEKS: u64 = 1040;
/// How far before its year a date begins at most, in bytes.
const BEFORE_YEAR_BYTES_MAX: usize = 40;
/// Words beside day, month and year.
const SMALL_WORDS: [&str; 8] = ["of", "de", "del", "d", "st", "nd", "rd", "th"];
/// Signs beside them.
const SIGNS: &str = " ,.'’ºª°\u{a0}\u{202f}";

/// `text` with its date moved.
pub(super) fn of(text: &str, draw: &Draw) -> Option<String> {
    let written = Written::of(text)?;
    let date = written.date().filter(|date| YEARS.contains(&date.year()))?;
    let Draw([_, _, drawn]) = draw;
    let weeks = i64::try_from(drawn % WEEKS).ok()?;
    let moved = date.checked_add((CYCLE_DAYS + 7 * weeks).days()).ok()?;
    written.with(moved)
}

/// The moved date whose year begins at `at`, and which begins at `from` or after it.
pub(super) fn read(text: &str, from: usize, at: usize) -> Option<Range<usize>> {
    let year: i16 = text.get(at..at + 4)?.parse().ok().filter(|year| YEARS_MOVED.contains(year))?;
    let is_moved = |date: &str| {
        Written::of(date).is_some_and(|written| written.is_a_date() && written.year() == Some(year))
    };
    let rest = text.get(at..)?;
    let length = rest.bytes().take(10).take_while(|b| b.is_ascii_digit() || b"-/.".contains(b)).count();
    let ahead = rest.get(..length)?.trim_end_matches(['-', '/', '.']);
    if is_moved(ahead) {
        return Some(at..at + ahead.len());
    }
    let range = start_before(text, from, at)?..at + 4;
    text.get(range.clone()).is_some_and(is_moved).then_some(range)
}

/// Where a date begins whose year begins at `at`: at the second of what stands before it, day and month in either order.
fn start_before(text: &str, from: usize, at: usize) -> Option<usize> {
    let mut floor = at.saturating_sub(BEFORE_YEAR_BYTES_MAX).max(from);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    let mut start = at;
    let mut met = 0;
    for run in runs(text.get(floor..at)?).into_iter().rev() {
        start -= run.len();
        let is_number = run.starts_with(|c: char| c.is_ascii_digit());
        let is_word = run.starts_with(char::is_alphabetic) && !is_small(run);
        met += usize::from(is_number || is_word);
        if met == 2 {
            return Some(start);
        }
    }
    None
}

/// A date as it is written, in runs of digits, letters and signs.
struct Written<'a> {
    runs: Vec<&'a str>,
    year: usize,
    month: usize,
    day: usize,
    /// The month, where it is a word.
    word: Option<Month>,
    /// Whether day and month can be told apart.
    is_clear: bool,
}

impl<'a> Written<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let runs = runs(text);
        let numbers: Vec<usize> = runs
            .iter()
            .enumerate()
            .filter(|(_, run)| run.starts_with(|c: char| c.is_ascii_digit()))
            .map(|(at, _)| at)
            .collect();
        match numbers[..] {
            [first, second, third] => Self::in_numbers(runs, [first, second, third]),
            [day, year] => Self::in_words(runs, day, year),
            _ => None,
        }
    }

    /// Three numbers with the same sign between them: year first or last.
    fn in_numbers(runs: Vec<&'a str>, [first, second, third]: [usize; 3]) -> Option<Self> {
        let [a, sign, b, same, c] = runs[..] else { return None };
        let is_short = |run: &str| run.len() <= 2;
        if sign != same || !["-", "/", "."].contains(&sign) || !is_short(b) {
            return None;
        }
        let (year, month, day, is_clear) = if a.len() == 4 && is_short(c) {
            (first, second, third, true)
        } else if c.len() == 4 && is_short(a) {
            let (one, two): (u8, u8) = (a.parse().ok()?, b.parse().ok()?);
            let month_first = two > 12;
            let is_clear = sign == "." || one > 12 || two > 12 || one == two;
            if month_first { (third, first, second, is_clear) } else { (third, second, first, is_clear) }
        } else {
            return None;
        };
        Some(Self { runs, year, month, day, word: None, is_clear })
    }

    /// A day, the name of a month, and a year of four digits at the end.
    fn in_words(runs: Vec<&'a str>, day: usize, year: usize) -> Option<Self> {
        let at = |place: usize| runs.get(place).copied().unwrap_or_default();
        if year + 1 != runs.len() || at(year).len() != 4 || at(day).len() > 2 {
            return None;
        }
        let is_german = at(day + 1).starts_with('.');
        let mut months =
            (0..runs.len()).filter_map(|place| Some((place, month::read(at(place), is_german)?)));
        let (month, word) = months.next().filter(|_| months.next().is_none())?;
        let is_rest = |place: usize| is_small(at(place)) || at(place).chars().all(|c| SIGNS.contains(c));
        let rest = (0..runs.len()).filter(|place| ![day, month, year].contains(place)).all(is_rest);
        let begins = day.min(month) == 0;
        (rest && begins).then_some(Self { runs, year, month, day, word: Some(word), is_clear: true })
    }

    fn number<N: std::str::FromStr>(&self, place: usize) -> Option<N> {
        self.runs.get(place)?.parse().ok()
    }

    fn year(&self) -> Option<i16> {
        self.number(self.year)
    }

    /// The date, if it can be read in one way only.
    fn date(&self) -> Option<Date> {
        let month = self.word.map_or_else(|| self.number(self.month), |word| Some(word.number))?;
        let date = Date::new(self.year()?, month, self.number(self.day)?).ok()?;
        self.is_clear.then_some(date)
    }

    /// Whether it is a date in one way or another.
    fn is_a_date(&self) -> bool {
        let either = |month: Option<i8>, day: Option<i8>| {
            self.year()
                .zip(month)
                .zip(day)
                .is_some_and(|((year, month), day)| Date::new(year, month, day).is_ok())
        };
        if let Some(word) = self.word {
            return either(Some(word.number), self.number(self.day));
        }
        let (one, two) = (self.number(self.month), self.number(self.day));
        either(one, two) || !self.is_clear && either(two, one)
    }

    /// The same way of writing for another date.
    fn with(&self, date: Date) -> Option<String> {
        let mut out = String::new();
        for (place, run) in self.runs.iter().enumerate() {
            let two = |number: i8| {
                if run.starts_with('0') || run.len() == 2 && self.is_padded() {
                    format!("{number:02}")
                } else {
                    number.to_string()
                }
            };
            if place == self.year {
                out.push_str(&date.year().to_string());
            } else if place == self.day {
                out.push_str(&two(date.day()));
            } else if place == self.month {
                out.push_str(&self.word.map_or(Some(two(date.month())), |m| m.other(date.month(), run))?);
            } else if place == self.day + 1 && ["st", "nd", "rd", "th"].contains(run) {
                out.push_str(ordinal(date.day()));
            } else {
                out.push_str(run);
            }
        }
        Some(out)
    }

    /// Whether days and months are written with two digits as far as one can tell.
    fn is_padded(&self) -> bool {
        let length = |place: usize| self.runs.get(place).map_or(0, |run| run.len());
        self.word.is_none() && length(self.day) == 2 && length(self.month) == 2
    }
}

/// What English puts behind the number of a day.
fn ordinal(day: i8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

fn is_small(run: &str) -> bool {
    SMALL_WORDS.contains(&run)
}

/// Digits, letters and signs by turns.
fn runs(text: &str) -> Vec<&str> {
    let kind = |c: char| {
        if c.is_ascii_digit() {
            0
        } else if c.is_alphabetic() {
            1
        } else {
            2
        }
    };
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        runs.push(run);
        rest = after;
    }
    runs
}
