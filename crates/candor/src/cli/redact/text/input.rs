//! Input in pieces of bounded size that end where a line ends.

use std::io::{BufRead, BufReader, Read};

use candor_redact::TextSearcher;

use crate::exit::{Because, Failure, Kind, Outcome};

/// Bytes asked of the system at once.
pub(super) const READ_BYTES: usize = 256 * 1024;
/// Least bytes of a piece where a thread does megabytes a second.
pub(super) const PIECE_BYTES_FAST: usize = 256 * 1024;
/// Least bytes of a piece where the transformer reads: some seconds of work.
pub(super) const PIECE_BYTES_MODEL: usize = 8 * 1024;
/// Longest line of JSON in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A line of plain text that is longer is cut, at a space if there is one near.
const CUT_BYTES: u64 = 1024 * 1024;
/// How far back from a cut a space is looked for, in bytes.
const SPACE_BYTES: usize = 4096;
/// A key or certificate that runs over lines is not cut, up to so many bytes of a piece.
const BLOCK_BYTES_MAX: usize = 1024 * 1024;

/// Lines of JSON, some at a time.
pub(super) struct Lines<R: Read> {
    input: BufReader<R>,
    piece_bytes: usize,
    number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: BufReader<R>, piece_bytes: usize) -> Self {
        Self { input, piece_bytes, number: 1 }
    }

    /// The next lines, and the number of the first.
    pub(super) fn next(&mut self) -> Outcome<Option<(u64, Vec<u8>)>> {
        let first = self.number;
        let mut piece = Vec::new();
        while piece.len() < self.piece_bytes {
            let read = line(&mut self.input, LINE_BYTES_MAX, &mut piece)?;
            if read == 0 {
                break;
            }
            if read as u64 == LINE_BYTES_MAX && piece.last() != Some(&b'\n') {
                let message = format!("line {} is longer than {LINE_BYTES_MAX} bytes", self.number);
                return Err(Failure::new(Kind::BadInput, message));
            }
            self.number += 1;
        }
        Ok((!piece.is_empty()).then_some((first, piece)))
    }
}

/// Plain text, some lines at a time: as many as are looked at together, so that where a piece ends changes nothing.
pub(super) struct Texts<R: Read> {
    input: BufReader<R>,
    piece_bytes: usize,
    rest: Vec<u8>,
    replaced: usize,
}

impl<R: Read> Texts<R> {
    pub(super) fn new(input: BufReader<R>, piece_bytes: usize) -> Self {
        Self { input, piece_bytes, rest: Vec::new(), replaced: 0 }
    }

    /// How many places were no UTF-8.
    pub(super) fn replaced(&self) -> usize {
        self.replaced
    }

    /// The next lines.
    pub(super) fn next(&mut self) -> Outcome<Option<String>> {
        let mut piece = std::mem::take(&mut self.rest);
        let mut lines = 0;
        loop {
            let read = line(&mut self.input, CUT_BYTES, &mut piece)?;
            if read == 0 {
                break;
            }
            lines += 1;
            if read as u64 == CUT_BYTES && piece.last() != Some(&b'\n') {
                self.rest = piece.split_off(cut(&piece));
                break;
            }
            let is_full = piece.len() >= self.piece_bytes && lines % TextSearcher::LINES_TOGETHER == 0;
            if is_full && (piece.len() >= BLOCK_BYTES_MAX || !ends_within_block(&piece)) {
                break;
            }
        }
        let text = String::from_utf8(piece).unwrap_or_else(|error| {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            self.replaced += text.matches('\u{fffd}').count();
            text
        });
        Ok((!text.is_empty()).then_some(text))
    }
}

/// Adds the rest of the line to `piece`, up to `bytes_max`, and says how many bytes that were.
fn line(input: &mut impl BufRead, bytes_max: u64, piece: &mut Vec<u8>) -> Outcome<usize> {
    input.take(bytes_max).read_until(b'\n', piece).because(Kind::BadInput, "read the input")
}

/// Where a line without end is cut: after its last space, or else between two characters.
fn cut(piece: &[u8]) -> usize {
    let near = piece.len().saturating_sub(SPACE_BYTES);
    let tail = piece.get(near..).unwrap_or_default();
    if let Some(space) = tail.iter().rposition(|byte| *byte == b' ') {
        return near + space + 1;
    }
    let continues = |at: usize| piece.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    // The last character may not be whole: it goes to the next piece.
    let last = (piece.len().saturating_sub(4)..piece.len()).rev().find(|at| !continues(*at));
    last.filter(|at| *at > 0).unwrap_or(piece.len())
}

/// Whether a key or certificate began that has not ended.
fn ends_within_block(piece: &[u8]) -> bool {
    let last = |mark: &[u8]| piece.windows(mark.len()).rposition(|window| window == mark);
    last(b"-----BEGIN ") > last(b"-----END ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<String> {
        let mut texts = Texts::new(BufReader::new(bytes), 100);
        std::iter::from_fn(|| texts.next().unwrap()).collect()
    }

    #[test]
    fn pieces_hold_whole_units_and_lose_nothing() {
        let text = "a line of text\n".repeat(100);
        let pieces = texts(text.as_bytes());
        assert_eq!(pieces.concat(), text);
        let whole = pieces.iter().rev().skip(1);
        assert!(whole.map(|p| p.lines().count()).all(|lines| lines % TextSearcher::LINES_TOGETHER == 0));
    }

    #[test]
    fn a_key_is_not_cut() {
        let key =
            format!("{}-----BEGIN KEY-----\n{}-----END KEY-----\n", "x\n".repeat(90), "abcd\n".repeat(200));
        assert!(
            texts(format!("{key}{}", "x\n".repeat(300)).as_bytes())
                .iter()
                .any(|p| p.contains("-----BEGIN") && p.contains("-----END"))
        );
    }

    #[test]
    fn a_line_without_end_is_cut_between_words_or_characters() {
        for text in ["é".repeat(1_500_000), "word ".repeat(500_000)] {
            let pieces = texts(text.as_bytes());
            assert!(pieces.len() > 1 && pieces.concat() == text);
        }
    }

    #[test]
    fn a_line_of_json_has_its_number() {
        let mut lines = Lines::new(BufReader::new(&b"{}\n{}\n{}\n"[..]), 4);
        assert_eq!(lines.next().unwrap(), Some((1, b"{}\n{}\n".to_vec())));
        assert_eq!(lines.next().unwrap(), Some((3, b"{}\n".to_vec())));
        assert!(lines.next().unwrap().is_none());
    }
}
