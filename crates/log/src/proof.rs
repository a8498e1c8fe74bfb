//! The proof of one entry (C2SP tlog-proof, version 1): a text file that verifies offline, for people to keep.

use std::fmt;

use crate::Hash;
use crate::checkpoint::{CHECKPOINT_BYTES_MAX, Checkpoint, CheckpointError, decimal};
use crate::key::VerifierKey;
use crate::note::{Note, NoteError, UnknownLines};
use crate::tree::{PROOF_HASHES_MAX, ProofError, verify_inclusion};

/// The first line of every proof.
pub const PROOF_HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Longest proof in bytes: header, index and hashes, and the checkpoint.
pub const PROOF_BYTES_MAX: usize = CHECKPOINT_BYTES_MAX + 4096;

/// Why a text proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Longer than a proof may be.
    #[error("a proof of {0} bytes is longer than {PROOF_BYTES_MAX}")]
    Long(usize),
    /// Not a proof of this version in its one spelling, or one with extra data, which nothing would authenticate.
    #[error("not a tlog-proof of version 1")]
    Form,
    /// The checkpoint in it is not a note.
    #[error("the proof holds no checkpoint")]
    Note(#[source] NoteError),
    /// The checkpoint in it is not the log's.
    #[error("the checkpoint of the proof is not the log's")]
    Checkpoint(#[source] CheckpointError),
    /// The hashes do not lead from the leaf to the checkpoint.
    #[error("the proof does not lead to its checkpoint")]
    Proof(#[source] ProofError),
}

/// That a leaf stands at an index of a log: the way from the leaf to a signed root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: String,
}

impl TlogProof {
    /// Puts a proof together. It says nothing until somebody verifies it.
    ///
    /// # Errors
    /// When there are too many hashes or the checkpoint is not a note.
    pub fn new(index: u64, hashes: Vec<Hash>, checkpoint: &str) -> Result<Self, TlogProofError> {
        if hashes.len() > PROOF_HASHES_MAX {
            return Err(TlogProofError::Form);
        }
        Note::parse(checkpoint.as_bytes()).map_err(TlogProofError::Note)?;
        Ok(Self { index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Reads a proof. There is one spelling of each: what parses, is written the same.
    ///
    /// # Errors
    /// When it is not written as the specification says, or has extra data.
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(TlogProofError::Long(bytes.len()));
        }
        let text = str::from_utf8(bytes).map_err(|_| TlogProofError::Form)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(TlogProofError::Form)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(PROOF_HEADER) {
            return Err(TlogProofError::Form);
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let hashes: Result<Vec<Hash>, _> = lines.take(PROOF_HASHES_MAX + 1).map(str::parse).collect();
        let hashes = hashes.map_err(|_| TlogProofError::Form)?;
        Self::new(index.ok_or(TlogProofError::Form)?, hashes, checkpoint)
    }

    /// Verifies that the leaf with this hash is in the log with this key. Returns the checkpoint that says so.
    ///
    /// # Errors
    /// When the checkpoint is not the log's, or the proof does not lead to it.
    pub fn verify(
        &self,
        leaf: &Hash,
        log: &VerifierKey,
        unknown: UnknownLines,
    ) -> Result<Checkpoint, TlogProofError> {
        let head =
            Checkpoint::open(self.checkpoint.as_bytes(), log, unknown).map_err(TlogProofError::Checkpoint)?;
        verify_inclusion(leaf, self.index, head.size(), &self.hashes, head.root())
            .map_err(TlogProofError::Proof)?;
        Ok(head)
    }

    /// The place of the leaf in the log.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The hashes from the leaf's sibling up to the root's child.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The signed checkpoint, as it was published.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{PROOF_HEADER}\nindex {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
