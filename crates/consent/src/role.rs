//! The four people whose signatures a program needs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A signer's role. One person holds one role, and all four must agree over the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Privacy officer (GDPR, Art. 35(2) and 39).
    Privacy,
    /// Legal counsel.
    Legal,
    /// Works council, elected delegate or external advocate of the people who are asked.
    WorkerRepresentative,
    /// Information security.
    Security,
}

impl Role {
    /// All four, in the order in which they are written down.
    pub const ALL: [Self; 4] = [Self::Privacy, Self::Legal, Self::WorkerRepresentative, Self::Security];

    /// The role as a charter and a trust policy write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privacy => "privacy",
            Self::Legal => "legal",
            Self::WorkerRepresentative => "worker_representative",
            Self::Security => "security",
        }
    }

    /// The role in words, for a notice.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Privacy => "privacy officer",
            Self::Legal => "legal counsel",
            Self::WorkerRepresentative => "worker representative",
            Self::Security => "security officer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
