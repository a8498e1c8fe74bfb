//! Input in pieces of bounded size that end where a line ends; of a line that is longer, pieces that share their ends.

use std::io::{BufRead, BufReader, Read};

use candor_redact::{Seams, TextSearcher};

use crate::exit::{Because, Failure, Kind, Outcome};

/// Bytes asked of the system at once.
pub(super) const READ_BYTES: usize = 256 * 1024;
/// Least bytes of a piece where a thread does megabytes a second.
pub(super) const PIECE_BYTES_FAST: usize = 256 * 1024;
/// Least bytes of a piece where the transformer reads: some seconds of work.
pub(super) const PIECE_BYTES_MODEL: usize = 8 * 1024;
/// Longest line of JSON in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A line of plain text that is longer is cut, into pieces that have [`Seams::SHARED_BYTES`] in common.
const CUT_BYTES: u64 = 1024 * 1024;
/// How far back from where a piece could begin a space is looked for, in bytes.
const SPACE_BYTES: usize = 4096;
/// A key, certificate or row of a table that runs over lines is not cut, up to so many bytes of a piece.
const BLOCK_BYTES_MAX: usize = 1024 * 1024;
/// How far back from its end a cell in quotes may have begun that a piece ends within, in bytes: rows are no longer.
const CELL_BYTES_MAX: usize = 16 * 1024;

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
    cut_bytes: u64,
    /// What the next piece begins with, which may end within a character, and how much of it the last piece had.
    rest: Vec<u8>,
    again: usize,
    replaced: usize,
}

/// A piece of plain text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// How many of its first bytes the piece before it ended with.
    pub(super) again: usize,
    /// How many of its last bytes the next piece begins with.
    pub(super) shared: usize,
}

impl<R: Read> Texts<R> {
    pub(super) fn new(input: BufReader<R>, piece_bytes: usize) -> Self {
        Self { input, piece_bytes, cut_bytes: CUT_BYTES, rest: Vec::new(), again: 0, replaced: 0 }
    }

    /// How many places were no UTF-8.
    pub(super) fn replaced(&self) -> usize {
        self.replaced
    }

    /// The next lines, or the next piece of a line without end.
    pub(super) fn next(&mut self) -> Outcome<Option<Piece>> {
        let mut piece = std::mem::take(&mut self.rest);
        let again = std::mem::take(&mut self.again);
        if self.read(&mut piece)? {
            piece.truncate(self.cut(&piece));
        }
        let text = String::from_utf8(piece).unwrap_or_else(|error| {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            // What two pieces have in common is counted once.
            self.replaced += text.get(again..).unwrap_or_default().matches('\u{fffd}').count();
            text
        });
        Ok((!text.is_empty()).then_some(Piece { text, again, shared: self.again }))
    }

    /// Adds the next lines to `piece`, and says whether the last of them goes on.
    fn read(&mut self, piece: &mut Vec<u8>) -> Outcome<bool> {
        let (mut quotes, mut waits) = (Quotes::default(), false);
        for lines in 1.. {
            let before = piece.len();
            let read = line(&mut self.input, self.cut_bytes, piece)?;
            if read == 0 {
                break;
            }
            if read as u64 == self.cut_bytes && piece.last() != Some(&b'\n') {
                return Ok(true);
            }
            quotes.read(piece, before);
            // In a table whose rows all have as many lines, each place to cut may be in a row: then the end of the row is one.
            let is_full =
                piece.len() >= self.piece_bytes && (waits || lines % TextSearcher::LINES_TOGETHER == 0);
            waits |= is_full && quotes.are_open(piece.len());
            let is_within = || quotes.are_open(piece.len()) || ends_within_block(piece);
            if is_full && (piece.len() >= BLOCK_BYTES_MAX || !is_within()) {
                break;
            }
        }
        Ok(false)
    }

    /// Where a piece ends that was cut within a line; what the next one begins with is kept.
    fn cut(&mut self, piece: &[u8]) -> usize {
        let end = between_characters(piece);
        let shared = Seams::SHARED_BYTES.min(end / 2);
        let start = begin(piece.get(..end - shared).unwrap_or_default());
        self.rest = piece.get(start..).unwrap_or_default().to_vec();
        // As many bytes as they are in the text, where what is no UTF-8 is replaced.
        self.again = String::from_utf8_lossy(piece.get(start..end).unwrap_or_default()).len();
        end
    }
}

/// Adds the rest of the line to `piece`, up to `bytes_max`, and says how many bytes that were.
fn line(input: &mut impl BufRead, bytes_max: u64, piece: &mut Vec<u8>) -> Outcome<usize> {
    input.take(bytes_max).read_until(b'\n', piece).because(Kind::BadInput, "read the input")
}

/// Where the next piece of a line begins that may begin at the end of `piece`: after its last space, or else between two
/// characters.
fn begin(piece: &[u8]) -> usize {
    let near = piece.len().saturating_sub(SPACE_BYTES);
    let tail = piece.get(near..).unwrap_or_default();
    tail.iter().rposition(|byte| *byte == b' ').map_or_else(|| between_characters(piece), |at| near + at + 1)
}

/// The last place between two characters: the last of them may not be whole.
fn between_characters(piece: &[u8]) -> usize {
    let continues = |at: usize| piece.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let last = (piece.len().saturating_sub(4)..piece.len()).rev().find(|at| !continues(*at));
    last.filter(|at| *at > 0).unwrap_or(piece.len())
}

/// Whether a key or certificate began that has not ended.
fn ends_within_block(piece: &[u8]) -> bool {
    let last = |mark: &[u8]| piece.windows(mark.len()).rposition(|window| window == mark);
    last(b"-----BEGIN ") > last(b"-----END ")
}

/// The quotes of a piece.
#[derive(Debug, Default)]
struct Quotes {
    are_odd: bool,
    /// Where the last one stands.
    last: usize,
}

impl Quotes {
    /// Goes on with what `piece` has from `start` on.
    fn read(&mut self, piece: &[u8], start: usize) {
        let more = piece.get(start..).unwrap_or_default();
        self.are_odd = more.iter().fold(self.are_odd, |are_odd, byte| are_odd ^ (*byte == b'"'));
        if let Some(last) = more.iter().rposition(|byte| *byte == b'"') {
            self.last = start + last;
        }
    }

    /// Whether a cell in quotes began near `end` that has not ended.
    fn are_open(&self, end: usize) -> bool {
        self.are_odd && end - self.last <= CELL_BYTES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(bytes: &[u8], cut_bytes: u64) -> Vec<Piece> {
        let mut texts = Texts { cut_bytes, ..Texts::new(BufReader::new(bytes), 100) };
        std::iter::from_fn(|| texts.next().unwrap()).collect()
    }

    /// Pieces that have nothing in common.
    fn texts(bytes: &[u8]) -> Vec<String> {
        let pieces = pieces(bytes, CUT_BYTES);
        assert!(pieces.iter().all(|piece| (piece.again, piece.shared) == (0, 0)));
        pieces.into_iter().map(|piece| piece.text).collect()
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
    fn a_row_that_runs_over_lines_is_not_cut() {
        let row = format!("7,\"{}\",x\n", "a line\n".repeat(100));
        let pieces = texts(format!("{}{row}{}", "x\n".repeat(90), "y\n".repeat(300)).as_bytes());
        assert!(pieces.iter().any(|piece| piece.contains(&row)), "{pieces:?}");
        // Wherever 24 lines end here, a row has not.
        let pieces = texts(format!("head\n{}", "7,\"a\nb\"\n".repeat(3000)).as_bytes());
        assert!(pieces.len() > 100 && pieces.iter().all(|piece| piece.ends_with("b\"\n")));
        // A quote that never ends holds nothing up for long.
        let pieces = texts(format!("5\" pipe\n{}", "y\n".repeat(30_000)).as_bytes());
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.len() < CELL_BYTES_MAX + 200));
    }

    /// The text that pieces are of; what two have in common is the same in both.
    fn joined(pieces: &[Piece]) -> String {
        let mut text = String::new();
        let mut shared = 0;
        for piece in pieces {
            assert_eq!(piece.again, shared);
            let (again, more) = piece.text.split_at(shared);
            assert!(text.ends_with(again));
            text.push_str(more);
            shared = piece.shared;
        }
        assert_eq!(shared, 0);
        text
    }

    #[test]
    fn pieces_of_a_line_without_end_have_their_ends_in_common() {
        let broken = [b"ab \xff\x80 c\xe9\x80".repeat(900), vec![0x80; 9000]].concat();
        let texts = ["é".repeat(5000).into_bytes(), b"word ".repeat(2000), b"a line\n".repeat(900), broken];
        for text in texts {
            for cut_bytes in [1000, 1001, 1003, 4096] {
                let pieces = pieces(&text, cut_bytes);
                assert_eq!(joined(&pieces), String::from_utf8_lossy(&text));
                // Half of a piece is the end of the one before, and three bytes stand for one that is no UTF-8.
                let longest = 3 * (2 * usize::try_from(cut_bytes).unwrap() + SPACE_BYTES + 4);
                assert!(pieces.iter().all(|piece| piece.text.len() <= longest));
            }
        }
        let long = pieces(&b"word ".repeat(500_000), CUT_BYTES);
        assert!(long.len() > 2 && long.iter().rev().skip(1).all(|p| p.shared >= Seams::SHARED_BYTES));
        assert!(long.iter().all(|piece| piece.text.starts_with("word ")));
    }

    #[test]
    fn a_line_of_json_has_its_number() {
        let mut lines = Lines::new(BufReader::new(&b"{}\n{}\n{}\n"[..]), 4);
        assert_eq!(lines.next().unwrap(), Some((1, b"{}\n{}\n".to_vec())));
        assert_eq!(lines.next().unwrap(), Some((3, b"{}\n".to_vec())));
        assert!(lines.next().unwrap().is_none());
    }
}
