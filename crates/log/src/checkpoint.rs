//! Checkpoints (C2SP tlog-checkpoint): the signed head of a log, and nothing else in it.

use crate::Hash;
use crate::key::{KeyError, SignerKey, VerifierKey, check_name};
use crate::note::{Note, NoteError, UnknownLines};
use crate::tree::LOG_LEAVES_MAX;

/// Longest checkpoint in bytes, as a signed note with every signature that a note may have.
pub const CHECKPOINT_BYTES_MAX: usize = 64 * 1024;

/// The head of a log: its name, size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

/// Why bytes are not a checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is malformed or not signed by the log.
    #[error("the checkpoint is not a note signed by the log")]
    Note(#[source] NoteError),
    /// The origin cannot be a log's.
    #[error("the origin is not a key name")]
    Origin(#[source] KeyError),
    /// Not the three lines of a checkpoint in their one spelling. Extension lines are refused: no monitor could audit
    /// them.
    #[error("the checkpoint is not an origin, a size and a root hash on three lines")]
    Form,
    /// The size is larger than a log can be.
    #[error("the size {0} is larger than {LOG_LEAVES_MAX}")]
    Size(u64),
    /// The checkpoint is another log's.
    #[error("the checkpoint belongs to another log")]
    Foreign,
}

impl Checkpoint {
    /// The head of the log `origin`.
    ///
    /// # Errors
    /// When the origin cannot be a name, or the size is too large.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        check_name(origin).map_err(CheckpointError::Origin)?;
        if size > LOG_LEAVES_MAX {
            return Err(CheckpointError::Size(size));
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Reads the text of a checkpoint, without its signatures.
    ///
    /// # Errors
    /// When it has not exactly three lines in their one spelling.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let lines: Vec<&str> = lines.split('\n').collect();
        let [origin, size, root] = lines.as_slice() else { return Err(CheckpointError::Form) };
        let size = decimal(size).ok_or(CheckpointError::Form)?;
        Self::new(origin, size, root.parse().map_err(|_| CheckpointError::Form)?)
    }

    /// Reads a signed checkpoint of the log with this key, whose name is the log's origin.
    ///
    /// # Errors
    /// When the note does not verify or belongs to another log.
    pub fn open(note: &[u8], log: &VerifierKey, unknown: UnknownLines) -> Result<Self, CheckpointError> {
        let note = Note::parse(note).map_err(CheckpointError::Note)?;
        let checkpoint = Self::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Foreign);
        }
        note.verify(std::slice::from_ref(log), unknown).map_err(CheckpointError::Note)?;
        Ok(checkpoint)
    }

    /// Signs the checkpoint. The signer's name must be the origin.
    ///
    /// # Errors
    /// When it is not.
    pub fn sign(&self, signer: &SignerKey) -> Result<String, CheckpointError> {
        if signer.verifier().name() != self.origin {
            return Err(CheckpointError::Foreign);
        }
        Note::sign(&self.to_text(), signer).map_err(CheckpointError::Note)
    }

    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The name of the log, which is also its key's.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree over them.
    #[must_use]
    pub const fn root(&self) -> &Hash {
        &self.root
    }
}

/// Reads a decimal number without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests;
