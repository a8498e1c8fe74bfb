//! Signed notes (C2SP signed-note), read strictly: a note that we accept has exactly one spelling.

use data_encoding::BASE64;

use crate::key::{SignerKey, VerifierKey, check_name};

/// Longest note in bytes, signatures included: the seal of an evidence bundle lists a line for each file.
pub const NOTE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Most signature lines of a note.
pub const NOTE_SIGNATURES_MAX: usize = 16;
/// What a signature line begins with: an em dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a note says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than a note may be.
    #[error("a note of {0} bytes is longer than {NOTE_BYTES_MAX}")]
    Long(usize),
    /// Not UTF-8, or with a control character other than the newline.
    #[error("the note is not plain text")]
    Text,
    /// Not a text, an empty line and signature lines.
    #[error("the note has no signature lines after an empty line")]
    Form,
    /// More lines than a note may have.
    #[error("the note has more than {NOTE_SIGNATURES_MAX} signature lines")]
    Signatures,
    /// A line that is not an em dash, a name and canonical base64.
    #[error("signature line {0} is malformed")]
    Line(usize),
    /// A second line by the same key.
    #[error("signature line {0} repeats a key")]
    Repeated(usize),
    /// A line by a key that is not known.
    #[error("signature line {0} is by an unknown key")]
    Unknown(usize),
    /// A line by a known key that does not verify.
    #[error("signature line {0} does not verify")]
    Signature(usize),
    /// No line by a known key.
    #[error("no known key signed the note")]
    Unsigned,
}

/// What a reader does with lines by keys that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownLines {
    /// Refuses the note: nothing in evidence may be without a meaning.
    Refuse,
    /// Skips them, as signed-note asks of readers: for checkpoints that witnesses cosigned.
    Allow,
}

/// A note whose form is right and whose signatures nobody has verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    id: u32,
    signature: Vec<u8>,
}

impl Note {
    /// Signs `text`, which ends in a newline, and returns the note.
    ///
    /// # Errors
    /// When the text cannot be a note's.
    pub fn sign(text: &str, signer: &SignerKey) -> Result<String, NoteError> {
        let (name, id) = (signer.verifier().name(), signer.verifier().id());
        let signature = [id.to_be_bytes().as_slice(), &signer.sign(text.as_bytes())].concat();
        let note = format!("{text}\n{SIGNATURE_PREFIX}{name} {}\n", BASE64.encode(&signature));
        Self::parse(note.as_bytes()).map(|_| note)
    }

    /// Reads the form of a note.
    ///
    /// # Errors
    /// When it has not the one form that a note has.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Long(bytes.len()));
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(NoteError::Text);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        Ok(Self { text: format!("{text}\n"), lines: lines(signatures)? })
    }

    /// The text, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Verifies the note against keys that the reader knows: each of their lines must verify, and one must be there.
    /// Returns the keys that signed.
    ///
    /// # Errors
    /// Names the first line that is wrong.
    pub fn verify<'k>(
        &self,
        known: &'k [VerifierKey],
        unknown: UnknownLines,
    ) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signed = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            match known.iter().find(|key| key.name() == line.name && key.id() == line.id) {
                Some(key) if key.verifies(self.text.as_bytes(), &line.signature) => signed.push(key),
                Some(_) => return Err(NoteError::Signature(at)),
                None if unknown == UnknownLines::Refuse => return Err(NoteError::Unknown(at)),
                None => {}
            }
        }
        if signed.is_empty() { Err(NoteError::Unsigned) } else { Ok(signed) }
    }
}

fn lines(signatures: &str) -> Result<Vec<Line>, NoteError> {
    let mut lines: Vec<Line> = Vec::new();
    for (at, text) in signatures.split('\n').enumerate() {
        if at == NOTE_SIGNATURES_MAX {
            return Err(NoteError::Signatures);
        }
        let line = line(text).ok_or(NoteError::Line(at))?;
        if lines.iter().any(|other| other.name == line.name && other.id == line.id) {
            return Err(NoteError::Repeated(at));
        }
        lines.push(line);
    }
    Ok(lines)
}

fn line(text: &str) -> Option<Line> {
    let (name, signature) = text.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = BASE64.decode(signature.as_bytes()).ok()?;
    let (id, signature) = bytes.split_first_chunk()?;
    Some(Line { name: name.to_owned(), id: u32::from_be_bytes(*id), signature: signature.to_vec() })
}

#[cfg(test)]
mod tests;
