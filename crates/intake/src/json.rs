//! JSON whose errors say where, never what: the messages of the parser quote what they found.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{Fault, IntakeError};

/// Parses a document.
pub(crate) fn document<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, IntakeError> {
    serde_json::from_slice(bytes)
        .map_err(|e| IntakeError::line(file, u64::try_from(e.line()).unwrap_or(u64::MAX).max(1), fault(&e)))
}

/// Parses one line of a file; `line` counts from 1.
pub(crate) fn line<T: DeserializeOwned>(file: &str, line: u64, bytes: &[u8]) -> Result<T, IntakeError> {
    serde_json::from_slice(bytes).map_err(|e| IntakeError::line(file, line, fault(&e)))
}

/// The lines of a file with their numbers. The last line must end too: else it may be half of one.
pub(crate) fn lines<'a>(
    file: &'a str,
    bytes: &'a [u8],
) -> impl Iterator<Item = Result<(u64, &'a [u8]), IntakeError>> + 'a {
    let mut rest = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut number = 0;
    std::iter::from_fn(move || {
        let line = rest.next()?;
        number += 1;
        let ended = line.strip_suffix(b"\n").ok_or_else(|| IntakeError::line(file, number, Fault::CutOff));
        Some(ended.map(|line| (number, line)))
    })
}

fn fault(error: &serde_json::Error) -> Fault {
    match error.classify() {
        Category::Eof | Category::Io => Fault::CutOff,
        Category::Syntax => Fault::NotJson,
        Category::Data => Fault::Shape,
    }
}
