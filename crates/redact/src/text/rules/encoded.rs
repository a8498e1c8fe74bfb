//! E-mail addresses in base64 (RFC 4648): a long run that decodes to readable text with an address in it.

use candor_model::FindingKind;

use crate::text::find::Find;

/// Name in reports.
pub(crate) const RULE: &str = "email.base64";

/// Shortest run that is decoded, in characters: 15 bytes.
const RUN_MIN: usize = 20;
/// Most of a run that is decoded at once, in characters, and how far such parts overlap: multiples of four. The whole run
/// counts as found.
const PART_MAX: usize = 8 * 1024;
const OVERLAP: usize = 1024;

/// Finds runs of base64 with an e-mail address in them and adds them to `finds`.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    let is_run = |at: usize| {
        let part = bytes.get(at..at + RUN_MIN / 2);
        part.is_some_and(|part| part.iter().all(|b| value(*b).is_some()))
    };
    let mut at = RUN_MIN / 2;
    let mut from = 0;
    while at < bytes.len() {
        // A run of at least RUN_MIN covers one of the parts that are half as long, all of it.
        if !is_run(at) {
            at += RUN_MIN / 2;
            continue;
        }
        let before = bytes.get(from..at).unwrap_or_default();
        let start = at - before.iter().rev().take_while(|b| value(**b).is_some()).count();
        let run = bytes.get(start..).unwrap_or_default();
        let length = run.iter().take_while(|b| value(**b).is_some()).count();
        let end = start + length;
        if length >= RUN_MIN && run.get(..length).is_some_and(holds_address) {
            let padding =
                bytes.get(end..).unwrap_or_default().iter().take(2).take_while(|b| **b == b'=').count();
            finds.push(Find { range: start..end + padding, kind: FindingKind::Email, rule: RULE });
        }
        from = end;
        at = end.max(at) + RUN_MIN / 2;
    }
}

/// Whether a run says an address.
fn holds_address(run: &[u8]) -> bool {
    let starts = (0..run.len()).step_by(PART_MAX - OVERLAP);
    let starts = starts.take_while(|start| *start == 0 || start + OVERLAP < run.len());
    starts.filter_map(|start| run.get(start..run.len().min(start + PART_MAX))).any(says_address)
}

fn says_address(part: &[u8]) -> bool {
    decoded(part).is_some_and(|text| {
        text.match_indices('@').any(|(at, _)| {
            let before = text.get(..at).is_some_and(|t| t.ends_with(is_address));
            let host =
                text.get(at + 1..).and_then(|t| t.split(|c: char| !is_address(c)).next()).unwrap_or_default();
            before && host.trim_end_matches('.').contains('.')
        })
    })
}

fn is_address(c: char) -> bool {
    c.is_alphanumeric() || "._+-".contains(c)
}

/// What a run says, if it is readable text.
pub(crate) fn decoded(run: &[u8]) -> Option<String> {
    let mut text = Vec::with_capacity(run.len());
    for four in run.chunks(4) {
        let bits = four.iter().try_fold(0_u32, |bits, b| Some(bits << 6 | u32::from(value(*b)?)))?;
        let bits = bits << (6 * (4 - four.len()));
        let [_, one, two, three] = bits.to_be_bytes();
        text.extend([one, two, three].iter().take(four.len().saturating_sub(1)));
        if text.last_chunk::<3>().is_some_and(|last| last.iter().any(|b| *b < b'\t')) {
            return None;
        }
    }
    String::from_utf8(text).ok().filter(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()))
}

/// The six bits of a character of base64, in the alphabet of RFC 4648 for text or for addresses of the web.
pub(crate) const fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        find(text, &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap()).collect()
    }

    #[test]
    fn an_address_in_base64_is_found_whole() {
        // "dana.lund@mail.example.test" and "id=7;mail=a.b@c.example".
        assert_eq!(
            found("X-User: ZGFuYS5sdW5kQG1haWwuZXhhbXBsZS50ZXN0 ok"),
            ["ZGFuYS5sdW5kQG1haWwuZXhhbXBsZS50ZXN0"]
        );
        assert_eq!(found("aWQ9NzttYWlsPWEuYkBjLmV4YW1wbGU="), ["aWQ9NzttYWlsPWEuYkBjLmV4YW1wbGU="]);
    }

    #[test]
    fn a_run_is_found_wherever_it_begins() {
        // "ann.b@c.example", as short as a run may be.
        let run = "YW5uLmJAYy5leGFtcGxl";
        for length in 0..40 {
            let before = "abcdefg;ab;0123456789abcdefg;".repeat(2);
            let text = format!("{};{run};ab", before.get(..length).unwrap());
            assert_eq!(found(&text), [run], "{text}");
        }
    }

    #[test]
    fn other_long_runs_are_passed_by() {
        for text in [
            "0123456789abcdef0123456789abcdef01234567",
            "internationalisation-of-applications",
            "usr/share/doc/packages/examples/readme",
            "dGhpcyBpcyBvbmx5IGEgc2VudGVuY2Ugb2YgdGV4dA==",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
