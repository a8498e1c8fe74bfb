//! What encodings hide without anybody meaning to: percent encoding (RFC 3986) in addresses and queries, base64 (RFC 4648) in
//! headers and cookies. A run is decoded, what it says is looked at, and finds point at what was written. Long runs are
//! read in windows that overlap, so that the time grows with the length and nothing is passed by.

mod base64;
mod percent;

use std::ops::Range;

use crate::text::find::Find;

/// Name in reports of a find in percent encoding.
pub(crate) const PERCENT: &str = "decoded.percent";
/// Name in reports of a find in base64.
pub(crate) const BASE64: &str = "decoded.base64";

/// Most of a run that is decoded at once, in bytes: a multiple of eight, the least common of what base64 and UTF-16 count in.
const WINDOW_BYTES: usize = 8 * 1024;
/// How far windows overlap in bytes, such a multiple too. What is longer and lies on an edge may be found in part.
const OVERLAP_BYTES: usize = 1024;
/// Shortest run that is looked at, in bytes: names in addresses of the web have as many.
const RUN_BYTES_MIN: usize = 10;

/// Looks with `look` at what a run of `text` says when it is decoded, and adds what it finds to `finds`.
pub(crate) fn find(
    text: &str,
    run: &Range<usize>,
    look: &impl Fn(&str, &mut Vec<Find>),
    finds: &mut Vec<Find>,
) {
    let written = text.get(run.clone()).unwrap_or_default();
    // In queries a plus is a space between words.
    let is_query = written.contains('?') && written.contains('+') && written.contains('=');
    if is_query || written.contains('%') {
        percent::find(written, run.start, is_query, look, finds);
    }
    find_base64(written, &|at| run.start + at, look, finds);
}

/// Adds the runs of base64 in `written` that hold something; `place` says where a place in it is in the text.
fn find_base64(
    written: &str,
    place: &impl Fn(usize) -> usize,
    look: &impl Fn(&str, &mut Vec<Find>),
    finds: &mut Vec<Find>,
) {
    for piece in base64::pieces(written) {
        let run = written.get(piece.clone()).unwrap_or_default();
        if let Some((start, kind)) = base64::found_in(run, look) {
            let range = place(piece.start + start)..place(piece.end);
            finds.push(Find { range, kind, rule: BASE64 });
        }
    }
}

/// Parts of a run of `length` bytes that are decoded one by one.
fn windows(length: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..length).step_by(WINDOW_BYTES - OVERLAP_BYTES);
    // The last window is not only what its neighbour holds already.
    let starts = starts.take_while(move |start| *start == 0 || start + OVERLAP_BYTES < length);
    starts.map(move |start| start..length.min(start + WINDOW_BYTES))
}

/// Runs of printable ASCII that may be encoded or hold a name: with a percent sign, or of some length.
pub(crate) fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(from..).filter(|rest| !rest.is_empty())?;
            let length = rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
            let run = from..from + length;
            from += length + 1;
            let coded = || rest.get(..length).is_some_and(|run| run.contains(&b'%'));
            if length > 3 && (length >= RUN_BYTES_MIN || coded()) {
                return Some(run);
            }
        }
    })
}

/// Bytes that end a run.
#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const ENDS: [bool; 256] = {
    let mut ends = [true; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        ends[byte as usize] = is_edge(byte);
        byte += 1;
    }
    ends
};

fn is_end(byte: u8) -> bool {
    ENDS.get(usize::from(byte)).copied().unwrap_or(true)
}

const fn is_edge(byte: u8) -> bool {
    matches!(
        byte,
        b'"' | b'\''
            | b'`'
            | b'<'
            | b'>'
            | b','
            | b';'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'|'
            | b'\\'
    )
}

#[cfg(test)]
mod tests {
    use candor_model::FindingKind;

    use super::*;

    /// Finds every "Dana Lund" and "Jürgen".
    fn look(text: &str, finds: &mut Vec<Find>) {
        for name in ["Dana Lund", "Jürgen"] {
            finds.extend(text.match_indices(name).map(|(at, _)| Find {
                range: at..at + name.len(),
                kind: FindingKind::Person,
                rule: "test",
            }));
        }
    }

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        for run in runs(text) {
            find(text, &run, &look, &mut finds);
        }
        finds.into_iter().map(|f| text.get(f.range).unwrap()).collect()
    }

    #[test]
    fn names_in_percent_encoding_are_found_where_they_are_written() {
        assert_eq!(found("GET /search?q=Dana%20Lund&x=1"), ["Dana%20Lund"]);
        assert_eq!(found("é to=Dana+Lund%2C"), ["Dana+Lund"]);
        assert_eq!(found("/J%C3%BCrgen.pdf"), ["J%C3%BCrgen"]);
        assert_eq!(found("https://h.example/search?q=Dana+Lund&x=1"), ["Dana+Lund"]);
        assert_eq!(found("100% Dana+Lund %zz 5%"), [""; 0]);
    }

    #[test]
    fn names_in_base64_are_found_as_a_whole_run() {
        // "user=Dana Lund;x" and the same behind a name.
        assert_eq!(found("c: dXNlcj1EYW5hIEx1bmQ7eA== ."), ["dXNlcj1EYW5hIEx1bmQ7eA"]);
        assert_eq!(found("sid=dXNlcj1EYW5hIEx1bmQ7eA"), ["dXNlcj1EYW5hIEx1bmQ7eA"]);
        for text in [
            "internationalisation",
            "0123456789abcdef0123456789abcdef",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
            "dGhpcyBpcyBvbmx5IHRleHQ=",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
