//! Files of one canonical JSON document per line, read a line at a time.

use std::io::{BufRead, BufReader, Read};

use candor_model::canonical_bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One line, or why it is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The bytes of a line, without its end.
    Text(Vec<u8>),
    /// The line is longer than the limit; nothing after it is read.
    TooLong,
    /// The last line has no end.
    Unfinished(Vec<u8>),
    /// The file could not be read on.
    Unreadable,
}

/// Reads the lines of a file; each at most `bytes_max` long.
pub(crate) struct Lines<'a> {
    reader: BufReader<Box<dyn Read + 'a>>,
    bytes_max: u64,
    ended: bool,
}

impl<'a> Lines<'a> {
    /// Takes an open file.
    pub(crate) fn new(file: Box<dyn Read + 'a>, bytes_max: u64) -> Self {
        Self { reader: BufReader::new(file), bytes_max, ended: false }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.ended {
            return None;
        }
        let mut bytes = Vec::new();
        // One byte more than the limit, for the end of the line.
        let read = (&mut self.reader).take(self.bytes_max + 1).read_until(b'\n', &mut bytes);
        let line = match read {
            Err(_) => Line::Unreadable,
            Ok(0) => {
                self.ended = true;
                return None;
            }
            Ok(_) if bytes.last() == Some(&b'\n') => {
                bytes.pop();
                return Some(Line::Text(bytes));
            }
            Ok(_) if bytes.len() as u64 > self.bytes_max => Line::TooLong,
            Ok(_) => Line::Unfinished(bytes),
        };
        self.ended = true;
        Some(line)
    }
}

/// Reads one document, in its canonical form only: a second key, a space or another order of keys is refused.
pub(crate) fn canonical<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(bytes).ok()?;
    let canonical = canonical_bytes(&value).ok()?;
    (canonical == bytes).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &'static [u8]) -> Vec<Line> {
        Lines::new(Box::new(bytes), 4).collect()
    }

    #[test]
    fn a_file_is_read_line_by_line() {
        assert_eq!(lines(b"a\nbcde\n"), [Line::Text(b"a".into()), Line::Text(b"bcde".into())]);
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn a_line_that_is_too_long_or_unfinished_ends_the_reading() {
        assert_eq!(lines(b"abcde\nf\n"), [Line::TooLong]);
        assert_eq!(lines(b"a\nb"), [Line::Text(b"a".into()), Line::Unfinished(b"b".into())]);
    }
}
