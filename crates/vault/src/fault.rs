//! What the world, or our own mistake, does to the vault; what a person did wrong is in the error of each act.

use std::io;

use candor_log::store::{PushError, ReadError, SequenceError};
use candor_model::{CanonicalError, EnvelopeError, Timestamp};

use crate::keys::KeyError;
use crate::ledger::LedgerError;
use crate::seal::SealError;
use crate::sealed::SessionError;

/// The vault cannot do what it was asked, and nobody who asked is to blame.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file could not be read or written.
    #[error("a file of the vault could not be read or written")]
    Io(#[from] io::Error),
    /// The database refused.
    #[error("the database cannot be used")]
    Database(#[from] rusqlite::Error),
    /// A key cannot be had.
    #[error("a key cannot be had")]
    Key(#[from] KeyError),
    /// Something sealed does not open.
    #[error("something sealed does not open")]
    Seal(#[from] SealError),
    /// A sealed session cannot be written or read.
    #[error("a sealed session cannot be written or read")]
    Session(#[from] SessionError),
    /// The log did not take an entry.
    #[error("the log cannot be used")]
    Log(#[from] LedgerError),
    /// A stored statement is not what its digest names.
    #[error("{what} in the vault is missing or damaged")]
    Damaged {
        /// What kind of thing.
        what: &'static str,
    },
    /// The clock is behind a time that an act already had.
    #[error("the server's clock says {now}, and an act was done at {latest}")]
    ClockWentBack {
        /// The time given.
        now: Timestamp,
        /// The latest time known.
        latest: Timestamp,
    },
    /// A statement of our own has no canonical bytes.
    #[error("a statement has no canonical bytes")]
    Canonical(#[from] CanonicalError),
    /// A stored envelope does not hold what it must.
    #[error("a stored envelope does not verify")]
    Envelope(#[from] EnvelopeError),
}

impl Fault {
    /// The code: stable, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Io(_) | Self::Database(_) => "storage",
            Self::Key(_) => "key_unavailable",
            Self::Seal(_) | Self::Session(_) | Self::Damaged { .. } | Self::Envelope(_) => "vault_damaged",
            Self::Log(_) => "log_unavailable",
            Self::ClockWentBack { .. } => "clock_went_back",
            Self::Canonical(_) => "unexpected",
        }
    }
}

impl From<PushError> for Fault {
    fn from(error: PushError) -> Self {
        Self::Log(LedgerError::Push(error))
    }
}

impl From<SequenceError> for Fault {
    fn from(error: SequenceError) -> Self {
        Self::Log(LedgerError::Sequence(error))
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Log(LedgerError::Read(error))
    }
}
