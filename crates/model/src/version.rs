//! Format versions: a reader names the one it reads, and refuses the others by name.

use serde::{Deserialize, Serialize};

/// The version of a format, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormatVersion(pub u16);

/// A document of a version that this program does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{format} has version {found}, and this program reads version {read}: {hint}")]
pub struct VersionError {
    /// Which format.
    pub format: &'static str,
    /// The version found.
    pub found: u16,
    /// The version read.
    pub read: u16,
    /// What to do.
    pub hint: &'static str,
}

impl FormatVersion {
    /// Refuses every version but `read`.
    ///
    /// # Errors
    /// When the versions differ; the hint tells whether the program or the document is old.
    pub fn require(self, read: Self, format: &'static str) -> Result<(), VersionError> {
        if self == read {
            return Ok(());
        }
        let hint = if self > read { "update this program" } else { "it was written by an older program" };
        Err(VersionError { format, found: self.0, read: read.0, hint })
    }

    /// Refuses every version below `oldest` and above `newest`.
    ///
    /// # Errors
    /// The same, with `newest` as what is read.
    pub fn require_between(
        self,
        oldest: Self,
        newest: Self,
        format: &'static str,
    ) -> Result<(), VersionError> {
        if (oldest..=newest).contains(&self) { Ok(()) } else { self.require(newest, format) }
    }
}
