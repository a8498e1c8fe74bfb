//! What percent encoding says, also where it was encoded twice or its bytes are Latin-1.

use std::ops::Range;

use super::{PERCENT, find_base64, windows};
use crate::text::find::Find;

/// How often a run may be encoded: a link that is passed on in links.
const TIMES_MAX: usize = 3;

/// What a run says, and for each byte of that where it was written in the run.
struct Said {
    text: String,
    origins: Vec<Range<usize>>,
}

/// Looks at what a run says, and at what that says. `is_query` tells that a plus is a space.
pub(super) fn find(
    run: &str,
    base: usize,
    is_query: bool,
    look: &impl Fn(&str, &mut Vec<Find>),
    finds: &mut Vec<Find>,
) {
    for window in windows(run.len()) {
        let written = run.get(window.clone()).unwrap_or_default();
        let mut said = Said::of(written, is_query);
        for _ in 0..TIMES_MAX {
            let Some(now) = said else { break };
            now.look(base + window.start, look, finds);
            said = now.said_again();
        }
    }
}

impl Said {
    /// What `written` says; none if nothing is encoded.
    fn of(written: &str, is_query: bool) -> Option<Self> {
        let bytes = written.as_bytes();
        let (mut said, mut origins, mut at) = (Vec::with_capacity(bytes.len()), Vec::new(), 0);
        let mut any = false;
        while let Some(byte) = bytes.get(at) {
            let coded = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
            let value = coded.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
            let length = if value.is_some() { 3 } else { 1 };
            any |= value.is_some() || is_query && *byte == b'+';
            said.push(value.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
            origins.push(at..at + length);
            at += length;
        }
        any.then(|| Self::read(&said, &origins))
    }

    /// Bytes as UTF-8, and those that are none as Latin-1.
    fn read(bytes: &[u8], origins: &[Range<usize>]) -> Self {
        let mut said = Self { text: String::with_capacity(bytes.len()), origins: Vec::new() };
        let mut written = origins.iter();
        for chunk in bytes.utf8_chunks() {
            said.text.push_str(chunk.valid());
            said.origins.extend(written.by_ref().take(chunk.valid().len()).cloned());
            for (byte, origin) in chunk.invalid().iter().zip(written.by_ref()) {
                let letter = if *byte < 0xa0 { ' ' } else { char::from(*byte) };
                said.text.push(letter);
                said.origins.extend(std::iter::repeat_n(origin.clone(), letter.len_utf8()));
            }
        }
        said
    }

    /// What that says in turn, if it is encoded.
    fn said_again(&self) -> Option<Self> {
        let again = self.text.contains('%').then(|| Self::of(&self.text, false)).flatten()?;
        let origin = |at: &Range<usize>| {
            Some(self.origins.get(at.start)?.start..self.origins.get(at.end.checked_sub(1)?)?.end)
        };
        let origins = again.origins.iter().map(origin).collect::<Option<_>>()?;
        Some(Self { text: again.text, origins })
    }

    fn look(&self, base: usize, look: &impl Fn(&str, &mut Vec<Find>), finds: &mut Vec<Find>) {
        let mut found = Vec::new();
        look(&self.text, &mut found);
        // Base64 has signs that are encoded in queries: what is left of it was read as it is written.
        find_base64(&self.text, &|at| at, look, &mut found);
        finds.extend(found.into_iter().filter_map(|find| {
            let start = self.origins.get(find.range.start)?.start + base;
            let end = self.origins.get(find.range.end.checked_sub(1)?)?.end + base;
            Some(Find { range: start..end, kind: find.kind, rule: PERCENT })
        }));
    }
}
