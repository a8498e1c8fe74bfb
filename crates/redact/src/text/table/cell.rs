//! Rows cut into cells, and what a cell can be.

use std::ops::Range;

use candor_model::FindingKind;

/// What stands between the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// One character.
    Char(u8),
    /// Two spaces and more.
    Spaces,
}

/// Characters that cut a line into cells, the surest first.
const CELL_MARKS: [u8; 4] = [b'\t', b';', b'|', b','];

impl Mark {
    /// What a line is likely cut by.
    pub(super) fn of(line: &str) -> Option<Self> {
        let mut held = [false; CELL_MARKS.len()];
        // All at once, and without leaving the line early: a line is short, and bytes are compared many at a time.
        for byte in line.bytes() {
            for (held, mark) in held.iter_mut().zip(CELL_MARKS) {
                *held |= byte == mark;
            }
        }
        let mark = held.into_iter().zip(CELL_MARKS).find_map(|(held, mark)| held.then_some(mark));
        let spaces = || {
            let two = line.trim().as_bytes().windows(2).any(|two| two == b"  ");
            two.then_some(Self::Spaces)
        };
        mark.map(Self::Char).or_else(spaces)
    }

    /// Whether sentences do not hold it.
    pub(super) fn is_strong(self) -> bool {
        self != Self::Char(b',')
    }
}

/// Where the cells of a row are, without the spaces and the quotes around them.
pub(super) fn cells(row: &str, mark: Mark) -> Vec<Range<usize>> {
    let mut cells = match mark {
        Mark::Char(byte) => by_char(row, byte),
        Mark::Spaces => by_spaces(row),
    };
    if mark == Mark::Char(b'|') && row.trim_start().starts_with('|') && cells.len() > 2 {
        cells.pop();
        cells.remove(0);
    }
    cells.into_iter().map(|cell| bare(row, cell)).collect()
}

fn by_char(row: &str, mark: u8) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in row.bytes().enumerate() {
        if byte == b'"' {
            quoted = !quoted;
        } else if byte == mark && !quoted {
            cells.push(start..at);
            start = at + 1;
        }
    }
    cells.push(start..row.len());
    cells
}

fn by_spaces(row: &str) -> Vec<Range<usize>> {
    let (mut cells, mut start) = (Vec::new(), 0);
    while let Some(cell) = row.get(start..).and_then(|rest| rest.find("  ")) {
        if cell > 0 {
            cells.push(start..start + cell);
        }
        let rest = row.get(start + cell..).unwrap_or_default();
        start += cell + (rest.len() - rest.trim_start_matches(' ').len());
    }
    if start < row.len() {
        cells.push(start..row.len());
    }
    cells
}

/// What may stand around the text of a cell.
pub(super) const CELL_ENDS: [char; 8] = [' ', '\t', '"', '\'', '\u{a0}', '\u{202f}', '\n', '\r'];

/// A cell without what is around its text.
fn bare(row: &str, cell: Range<usize>) -> Range<usize> {
    let text = row.get(cell.clone()).unwrap_or_default();
    let start = cell.start + (text.len() - text.trim_start_matches(CELL_ENDS).len());
    start..start + text.trim_matches(CELL_ENDS).len()
}

/// What of a cell of a row can be what its head says: all of it, or of a cell that runs over lines some of these.
pub(super) fn parts(row: &str, cell: Range<usize>, kind: FindingKind) -> Vec<Range<usize>> {
    let text = row.get(cell.clone()).unwrap_or_default();
    if can_be(text, kind) {
        return vec![cell];
    }
    let mut end = cell.start;
    let lines = text.split_inclusive('\n').map(|line| {
        end += line.len();
        end - line.len()..end
    });
    let lines: Vec<Range<usize>> = lines.map(|line| bare(row, line)).collect();
    lines.into_iter().filter(|line| can_be(row.get(line.clone()).unwrap_or_default(), kind)).collect()
}

/// Whether a cell can hold what its head says.
fn can_be(cell: &str, kind: FindingKind) -> bool {
    use FindingKind::{Address, Age, Card, Date, Email, Iban, Id, Phone, Secret};
    const ID_DIGITS_MIN: usize = 3;
    const PHONE_DIGITS_MIN: usize = 5;
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().any(char::is_alphabetic);
    let stands_for = matches!(
        cell.to_lowercase().as_str(),
        "n/a" | "na" | "null" | "none" | "nil" | "true" | "false" | "yes" | "no"
    );
    let fits = match kind {
        Id | Iban | Card => digits >= ID_DIGITS_MIN,
        Phone => digits >= PHONE_DIGITS_MIN,
        Secret => cell.len() >= 3 && !cell.starts_with(['*', '•', '<', '$', '{']),
        Date => digits >= 2,
        Age => (1..=3).contains(&digits) && cell.len() <= 12,
        Address => letters || digits >= ID_DIGITS_MIN,
        // Addresses and names of users have rules of their own; the head only says that the table is of people.
        Email => false,
        FindingKind::Person
        | FindingKind::Url
        | FindingKind::Ip
        | FindingKind::Location
        | FindingKind::Organisation
        | FindingKind::Nationality
        | FindingKind::JobTitle
        | FindingKind::Password
        | FindingKind::NotPermitted
        | FindingKind::Unknown
        | FindingKind::Masked => letters && digits == 0,
    };
    fits && !stands_for
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &str, mark: Mark) -> Vec<&str> {
        cells(row, mark).into_iter().map(|cell| row.get(cell).unwrap()).collect()
    }

    #[test]
    fn rows_are_cut_as_they_are_written() {
        assert_eq!(texts("a, \"b, c\" ,d", Mark::Char(b',')), ["a", "b, c", "d"]);
        assert_eq!(texts("| a | b |", Mark::Char(b'|')), ["a", "b"]);
        assert_eq!(texts("a b   c  d", Mark::Spaces), ["a b", "c", "d"]);
        assert_eq!(texts("a;;b", Mark::Char(b';')), ["a", "", "b"]);
    }

    #[test]
    fn a_cell_that_cannot_be_it_is_left() {
        assert!(can_be("555 0100", FindingKind::Phone) && !can_be("none", FindingKind::Phone));
        assert!(can_be("Dana Lund", FindingKind::Person) && !can_be("row 12", FindingKind::Person));
        assert!(!can_be("N/A", FindingKind::Address));
    }
}
