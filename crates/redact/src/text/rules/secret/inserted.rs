//! Passwords in SQL: the values of the columns that hold them, in every row of an `INSERT`, over lines too.

use std::ops::Range;

use candor_model::FindingKind;

use super::look::{is_drawn, is_very_odd};
use super::named::Named;
use crate::text::find::Find;

/// Name in reports.
pub(crate) const RULE: &str = "secret.inserted";

/// Longest list of columns in bytes.
const COLUMNS_BYTES_MAX: usize = 4096;
/// Longest text in bytes between the columns and their values, such as `OVERRIDING SYSTEM VALUE`.
const BETWEEN_BYTES_MAX: usize = 64;
/// Longest row in bytes. What no bracket closes in it is an open row.
const ROW_BYTES_MAX: usize = 16 * 1024;
/// Each row without an end halves how far the next one is read, down to this: a hostile text costs no more than others.
const OPEN_ROW_BYTES_MAX: usize = 512;
/// Shortest value in bytes that is masked.
const VALUE_BYTES_MIN: usize = 3;

/// What rows of values stand behind, in any case.
pub(crate) const WORD: &str = "values";

/// Finds passwords in the rows behind each [`WORD`], told by where they begin in order, and adds them to `finds`.
pub(crate) fn find(text: &str, words: &[usize], finds: &mut Vec<Find>) {
    let mut done = 0;
    let mut row_bytes_max = ROW_BYTES_MAX;
    for at in words {
        if *at >= done {
            done = rows(text, *at, &mut row_bytes_max, finds).unwrap_or(*at);
        }
    }
}

fn begins_with(text: &str, at: usize, word: &str) -> bool {
    text.as_bytes().get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
}

/// Reads the rows behind the `VALUES` at `at`, if a column before it holds secrets. Answers where they end.
fn rows(text: &str, at: usize, row_bytes_max: &mut usize, finds: &mut Vec<Find>) -> Option<usize> {
    let before = text.get(..at)?;
    if let Some(table) = Table::before(before) {
        return Some(unnamed_rows(text, at, &table, row_bytes_max, finds));
    }
    let columns = columns(before)?;
    if columns.iter().all(|column| *column == Named::Other) {
        return None;
    }
    let mut at = at + WORD.len();
    while let Some(open) = next_row(text, at) {
        let row = Row::read(text, open, columns.len(), *row_bytes_max);
        if row.is_open {
            *row_bytes_max = (*row_bytes_max / 2).max(OPEN_ROW_BYTES_MAX);
        }
        let ranges = row.secrets(text, &columns);
        finds.extend(ranges.into_iter().map(|range| Find { range, kind: FindingKind::Secret, rule: RULE }));
        at = row.end;
    }
    Some(at)
}

/// A table that is filled without saying into which columns.
struct Table {
    /// Whether its name says that people log in by it.
    opens: bool,
}

impl Table {
    /// Parts of names of tables that hold passwords.
    const OPENING: [&str; 12] = [
        "user",
        "account",
        "login",
        "credential",
        "auth",
        "admin",
        "secret",
        "token",
        "password",
        "benutzer",
        "konto",
        "usuario",
    ];

    /// The table whose name ends `before`, behind `INTO`.
    fn before(before: &str) -> Option<Self> {
        const NAME_BYTES_MAX: usize = 128;
        let end = last_bytes(before, NAME_BYTES_MAX).trim_end();
        let is_name = |c: char| c.is_alphanumeric() || "_.`\"[]$#".contains(c);
        let verb = end.trim_end_matches(is_name);
        let name = end.get(verb.len()..)?;
        let into = verb.trim_end();
        let is_filled = !name.is_empty()
            && into.len() < verb.len()
            && into.len().checked_sub(4).and_then(|at| into.get(at..))?.eq_ignore_ascii_case("into");
        let name = name.to_lowercase();
        is_filled.then(|| Self { opens: Self::OPENING.iter().any(|part| name.contains(part)) })
    }

    /// Whether a value looks like a password of this table.
    fn allows(&self, value: &str) -> bool {
        is_drawn(value) || self.opens && is_very_odd(value) && !value.contains(' ')
    }
}

/// Reads rows of which nobody says what stands where: what looks drawn goes. Answers where they end.
fn unnamed_rows(
    text: &str,
    at: usize,
    table: &Table,
    row_bytes_max: &mut usize,
    finds: &mut Vec<Find>,
) -> usize {
    let mut at = at + WORD.len();
    while let Some(open) = next_row(text, at) {
        let read = [true, false].iter().find_map(|escapes| values(text, open, *row_bytes_max, *escapes));
        let Some(values) = read else {
            *row_bytes_max = (*row_bytes_max / 2).max(OPEN_ROW_BYTES_MAX);
            at = open_end(text, open);
            continue;
        };
        at = values.last().map_or(open, |last| last.end + 1);
        let quoted = values.iter().filter_map(|value| between_quotes(text, value));
        let drawn = quoted.filter(|range| text.get(range.clone()).is_some_and(|value| table.allows(value)));
        finds.extend(drawn.map(|range| Find { range, kind: FindingKind::Secret, rule: RULE }));
    }
    at
}

/// What each column says that its values are.
fn columns(before: &str) -> Option<Vec<Named>> {
    let before = last_bytes(before, COLUMNS_BYTES_MAX + BETWEEN_BYTES_MAX);
    let close = before.rfind(')')?;
    let open = before.get(..close)?.rfind('(')?;
    let between = before.get(close + 1..)?;
    let apart = between.len() > BETWEEN_BYTES_MAX || between.contains([';', '\'', '"']);
    let named = before.get(open + 1..close)?;
    (!apart).then(|| named.split(',').map(Named::by).collect())
}

fn last_bytes(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

/// Behind the bracket that opens the next row: commas, white space and the word `ROW` may stand before it.
fn next_row(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let bare = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let bare = if begins_with(bare, 0, "row(") { bare.get(3..)? } else { bare };
    bare.starts_with('(').then(|| text.len() - bare.len() + 1)
}

/// A row: its values, if as many as its columns were read, and where it ends.
#[derive(Debug)]
struct Row {
    values: Option<Vec<Range<usize>>>,
    whole: Range<usize>,
    /// Whether no bracket closes it.
    is_open: bool,
    end: usize,
}

impl Row {
    /// Reads a row. Databases differ in whether a backslash hides a quote: what fits the columns is right.
    fn read(text: &str, open: usize, columns: usize, bytes_max: usize) -> Self {
        let readings = [true, false].map(|escapes| values(text, open, bytes_max, escapes));
        let fits = readings.iter().flatten().find(|values| values.len() == columns);
        let read = fits.or_else(|| readings.iter().flatten().next());
        let end = read.and_then(|values| values.last()).map_or_else(|| open_end(text, open), |last| last.end);
        let close = usize::from(text.as_bytes().get(end) == Some(&b')'));
        Self { values: fits.cloned(), whole: open..end, is_open: read.is_none(), end: end + close }
    }

    /// Where the secrets are. If the values do not fit the columns, everything from the first quote to the last is one.
    fn secrets(&self, text: &str, columns: &[Named]) -> Vec<Range<usize>> {
        let Some(values) = &self.values else {
            if columns.iter().all(|named| *named < Named::Drawn) {
                return Vec::new();
            }
            let masked = if self.is_open {
                behind_quote(text, &self.whole)
            } else {
                between_quotes(text, &self.whole)
            };
            return masked.into_iter().collect();
        };
        let of_secrets = values.iter().zip(columns).filter(|(_, named)| **named != Named::Other);
        of_secrets.flat_map(|(value, named)| secrets_of(text, value, *named)).collect()
    }
}

/// Where a row ends that no bracket closes: before a line that is empty or begins a row, or behind one with a semicolon.
fn open_end(text: &str, from: usize) -> usize {
    let mut end = from;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim();
        if end > from && (bare.is_empty() || bare.starts_with(['(', ','])) {
            break;
        }
        end += line.len();
        if bare.ends_with(';') {
            break;
        }
    }
    end
}

/// From the first quote to the end.
fn behind_quote(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let first = part.find(['\'', '"'])? + 1;
    let end = part.trim_end().trim_end_matches(['\'', '"']).len();
    (first < end).then_some(range.start + first..range.start + end)
}

/// From the first quote to the last.
fn between_quotes(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let part = text.get(range.clone())?;
    let first = part.find(['\'', '"'])? + 1;
    let last = part.rfind(['\'', '"'])?;
    (first < last).then_some(range.start + first..range.start + last)
}

/// The values of a row up to the bracket that closes it: commas, brackets and doubled quotes inside quotes are text.
fn values(text: &str, open: usize, bytes_max: usize, escapes: bool) -> Option<Vec<Range<usize>>> {
    let row = text.as_bytes().get(open..)?;
    let (mut values, mut start, mut depth, mut quote, mut hidden) = (Vec::new(), open, 0_usize, None, false);
    for (at, byte) in row.iter().enumerate().take(bytes_max).map(|(at, byte)| (open + at, *byte)) {
        match (byte, quote) {
            _ if hidden => hidden = false,
            (b'\\', Some(_)) if escapes => hidden = true,
            (_, Some(open)) if byte == open => quote = None,
            (b'\'' | b'"', None) => quote = Some(byte),
            (b'(', None) => depth += 1,
            (b')', None) if depth > 0 => depth -= 1,
            (b')', None) => {
                values.push(start..at);
                return Some(values);
            }
            (b',', None) if depth == 0 => {
                values.push(start..at);
                start = at + 1;
            }
            // Text inside quotes, and what parts nothing.
            _ => {}
        }
    }
    None
}

/// What is quoted in a value, alone or in a call such as `crypt('...', ...)`, and could be a secret.
fn secrets_of(text: &str, value: &Range<usize>, named: Named) -> Vec<Range<usize>> {
    let Some(part) = text.get(value.clone()) else { return Vec::new() };
    let is_call = part.contains('(') && !part.trim_start().starts_with(['\'', '"']);
    let ranges =
        if is_call { quoted(part, value.start) } else { Vec::from_iter(between_quotes(text, value)) };
    let is_secret = |range: &Range<usize>| {
        text.get(range.clone()).is_some_and(|secret| secret.len() >= VALUE_BYTES_MIN && named.allows(secret))
    };
    ranges.into_iter().filter(is_secret).collect()
}

/// What stands in the quotes of a call.
fn quoted(call: &str, from: usize) -> Vec<Range<usize>> {
    let quotes: Vec<usize> = call.match_indices(['\'', '"']).map(|(at, _)| from + at).collect();
    quotes.chunks_exact(2).filter_map(|two| Some(two.first()? + 1..*two.last()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        let small = text.to_ascii_lowercase();
        let words: Vec<usize> = small.match_indices(WORD).map(|(at, _)| at).collect();
        find(text, &words, &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap()).collect()
    }

    #[test]
    fn every_row_is_read() {
        for (text, secrets) in [
            ("INSERT INTO users(name,password) VALUES ('bob','hunter2')", vec!["hunter2"]),
            (
                "insert into t (name, pwd) values ('a','p1x'),('b','p2x') , ('c', 'p3x');",
                vec!["p1x", "p2x", "p3x"],
            ),
            (
                "INSERT INTO `u` (`id`, `passwd`)\nVALUES\n  (1, 'hunter2'),\n  (2, 'letmein');\n",
                vec!["hunter2", "letmein"],
            ),
            ("INSERT INTO t (a, db_password) Values ROW('x','one1'), ROW('y','two2')", vec!["one1", "two2"]),
            ("INSERT INTO t (id, password) OVERRIDING SYSTEM VALUE VALUES (1, 'hunter2')", vec!["hunter2"]),
            ("INSERT INTO t (a, password) VALUES (\"Bob\", \"hunter2\")", vec!["hunter2"]),
        ] {
            assert_eq!(found(text), secrets, "{text}");
        }
    }

    #[test]
    fn rows_without_columns_are_read_by_how_values_look() {
        for (text, secrets) in [
            ("INSERT INTO users VALUES (1, 'bob', 'hunter2', 'Bonn')", vec!["hunter2"]),
            (
                "insert into `app`.`Account`\nvalues ('eve', 'S3cret!pw'), ('joe', 'qwertz99');",
                vec!["S3cret!pw", "qwertz99"],
            ),
            ("INSERT INTO settings VALUES ('smtp', 'xK9#mQ2$vL7p')", vec!["xK9#mQ2$vL7p"]),
            ("INSERT INTO users VALUES (1, 'bob', 'hunt", vec![]),
            ("INSERT INTO rooms VALUES ('B12', 'hunter2', '2026-01-02')", vec![]),
            ("INSERT INTO users VALUES (7, 'bob', NULL, '2026-01-02', 'plain words')", vec![]),
        ] {
            assert_eq!(found(text), secrets, "{text}");
        }
        found(&format!("insert into users values {}", "('\n".repeat(100_000)));
    }

    #[test]
    fn quotes_hold_commas_brackets_and_quotes() {
        for (text, secret) in [
            ("INSERT INTO t (name, password) VALUES ('Smith, Bob', 'hunter2')", "hunter2"),
            ("INSERT INTO t (name, password) VALUES ('Bob (IT)', 'hunter2')", "hunter2"),
            ("INSERT INTO t (name, password) VALUES ('O''Brien, A', 'hun''ter2')", "hun''ter2"),
            ("INSERT INTO t (name, password) VALUES ('O\\'Brien, A', 'hunter2')", "hunter2"),
            ("INSERT INTO t (home, password) VALUES ('C:\\', 'hunter2')", "hunter2"),
            ("INSERT INTO t (at, password) VALUES (now(), 'hunter2')", "hunter2"),
            ("INSERT INTO t (at, password) VALUES (to_date('1, 2', 'D, M'), N'hunter2')", "hunter2"),
            ("INSERT INTO t (a, password) VALUES ('b', crypt('hunter2', gen_salt('bf')))", "hunter2"),
            ("INSERT INTO t (a, password) VALUES ('b', 'hun(ter2')", "hun(ter2"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
    }

    #[test]
    fn a_row_that_does_not_fit_its_columns_is_masked_from_quote_to_quote() {
        for (text, secrets) in [
            (
                "INSERT INTO t (name, password) VALUES ('Bob', 'Bonn', 'hunter2')",
                vec!["Bob', 'Bonn', 'hunter2"],
            ),
            ("INSERT INTO t (name, password) VALUES ('Bob', 'hunt", vec!["Bob', 'hunt"]),
            (
                "INSERT INTO t (name, password) VALUES ('Bob', 'hunt\n('Eve', 'letmein')",
                vec!["Bob', 'hunt", "letmein"],
            ),
            ("INSERT INTO t (name, password) VALUES (\n  'Bob',\n  'hunter2'\n", vec!["Bob',\n  'hunter2"]),
            (
                "INSERT INTO t (name, password) VALUES (\n  'Bob',\n  'hunt;\nSELECT 'x';",
                vec!["Bob',\n  'hunt;"],
            ),
        ] {
            assert_eq!(found(text), secrets, "{text}");
        }
    }

    #[test]
    fn rows_without_a_secret_are_left_alone() {
        for text in [
            "INSERT INTO users(name,city) VALUES ('bob','Bonn'), ('eve','Ulm')",
            "INSERT INTO t(password) VALUES (NULL)",
            "INSERT INTO t(name, password) VALUES (?, ?), (:name, :password), ('x', '')",
            "INSERT INTO t(name, password_hint) VALUES ('bob', 'first pet')",
            "INSERT INTO menu(sort_key, label) VALUES ('created_by', 'Author'), ('size', 'Size')",
            "INSERT INTO lexer(token, kind) VALUES ('while', 'keyword')",
            "values (1, 2)",
            "The values (see above) of the token (as written) have two values ('a' and 'b').",
            "const values = (password) => [password, 'x'];",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn many_rows_cost_no_more_than_their_length() {
        let text = format!("INSERT INTO t (password) VALUES {}", "('hunter2'),".repeat(30_000));
        assert_eq!(found(&text).len(), 30_000);
        found(&"(password) values (".repeat(20_000));
        found(&"(password) values ('".repeat(20_000));
        found(&format!("(password) values {}", "('".repeat(200_000)));
        found(&format!("(password) values {}", "('\n".repeat(100_000)));
    }
}
