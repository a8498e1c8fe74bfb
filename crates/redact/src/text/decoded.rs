//! What encodings hide without anybody meaning to: percent encoding (RFC 3986) in addresses and queries, base64 (RFC 4648) in
//! headers and cookies. A run is decoded, what it says is looked at, and finds point at what was written.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::find::Find;
use crate::text::rules::encoded::decoded;

/// Name in reports of a find in percent encoding.
pub(crate) const PERCENT: &str = "decoded.percent";
/// Name in reports of a find in base64.
pub(crate) const BASE64: &str = "decoded.base64";

/// Longest run that is decoded in bytes.
const RUN_BYTES_MAX: usize = 8 * 1024;
/// Shortest run of base64 that is decoded, in characters: 12 bytes.
const BASE64_MIN: usize = 16;
/// Shortest text in base64 that is looked at, in bytes.
const BASE64_SAID_MIN: usize = 8;

/// Looks with `look` at what runs of encoded text say, and adds what it finds to `finds`.
pub(crate) fn find(text: &str, look: impl Fn(&str, &mut Vec<Find>), finds: &mut Vec<Find>) {
    for run in runs(text) {
        let written = text.get(run.clone()).unwrap_or_default();
        if written.len() > RUN_BYTES_MAX {
            continue;
        }
        // In queries a plus is a space between words.
        if written.contains('%') || written.contains('?') && written.contains('+') && written.contains('=') {
            in_percent(written, run.start, &look, finds);
        }
        for piece in base64_pieces(written) {
            if let Some(kind) = in_base64(written.get(piece.clone()).unwrap_or_default(), &look) {
                let range = run.start + piece.start..run.start + piece.end;
                finds.push(Find { range, kind, rule: BASE64 });
            }
        }
    }
}

/// Runs of printable ASCII that may be encoded: with a percent sign and two digits, or as long as base64 must be.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = bytes.get(from..).filter(|rest| !rest.is_empty())?;
            let length = rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
            let run = from..from + length;
            from += length + 1;
            let coded = || rest.get(..length).is_some_and(|run| run.contains(&b'%'));
            if length > 3 && (length >= BASE64_MIN || coded()) {
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

/// Looks at what percent encoding says, with a map back.
fn in_percent(run: &str, base: usize, look: &impl Fn(&str, &mut Vec<Find>), finds: &mut Vec<Find>) {
    let Some((said, origins)) = unpercent(run) else { return };
    let mut found = Vec::new();
    look(&said, &mut found);
    finds.extend(found.into_iter().filter_map(|find| {
        let start = origins.get(find.range.start)?.start + base;
        let end = origins.get(find.range.end.checked_sub(1)?)?.end + base;
        Some(Find { range: start..end, kind: find.kind, rule: PERCENT })
    }));
}

/// What a run says, and for each byte of that where it was written; none if nothing is encoded or it is no text.
fn unpercent(run: &str) -> Option<(String, Vec<Range<usize>>)> {
    let bytes = run.as_bytes();
    let (mut said, mut origins, mut at) = (Vec::with_capacity(bytes.len()), Vec::new(), 0);
    let mut any = false;
    while let Some(byte) = bytes.get(at) {
        let coded = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = coded.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        let length = if value.is_some() { 3 } else { 1 };
        any |= value.is_some() || *byte == b'+' && said.contains(&b'?');
        // In queries a plus is a space.
        said.push(value.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        origins.push(at..at + length);
        at += length;
    }
    let said = String::from_utf8(said).ok()?;
    any.then_some((said, origins))
}

/// Parts of a run that are long enough and of the alphabet of base64.
fn base64_pieces(run: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    run.split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_".contains(c))).filter_map(move |piece| {
        let start = from;
        from += piece.len() + 1;
        (piece.len() >= BASE64_MIN).then(|| start..start + piece.len())
    })
}

/// What is found first in what base64 says.
fn in_base64(piece: &str, look: &impl Fn(&str, &mut Vec<Find>)) -> Option<FindingKind> {
    let said = decoded(piece.as_bytes()).filter(|said| said.len() >= BASE64_SAID_MIN)?;
    let mut found = Vec::new();
    look(&said, &mut found);
    found.first().map(|find| find.kind)
}

#[cfg(test)]
mod tests {
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
        find(text, look, &mut finds);
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
