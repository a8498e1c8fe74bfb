//! The server's durable room: keys, sealed sessions, blobs, metadata, and the log's one writer.
//!
//! Its only entry is [`Vault::admit`]: a bundle is held against everything again (signatures, consent at capture time,
//! charter, program, scope, caps, digests) and sealed under a session key that is wrapped under the contributor's key.
//! Its only way out is [`Vault::open_session`] with a use permit. [`Vault::withdraw`] destroys the contributor's key, and
//! with it everything that was sealed below: sessions, statements, and the salts that open the log's commitments.
//!
//! The path of an act: checked -> staged with its leaf in one transaction -> sequenced into the log -> in effect. Nothing
//! that an act allows happens before its leaf has a place (P13), because whoever asks joins with the place. A crash at any
//! point is finished by [`Vault::open`] with the code that would have finished it (P16).
//!
//! What is absent on purpose: a clock, a source of randomness and an environment (arguments bring them); a name of a
//! contributor, and any value outside that counts or lists them (P7); a key in the database or its backups; a second copy
//! of a key; a plaintext digest of content outside sealed objects; a function that deletes a row of the log.
//!
//! INVARIANT: a contributor's key is in exactly one file. What must be erased with it is sealed under it.

mod admit;
mod disk;
mod erase;
mod error;
mod evidence;
mod export;
mod fault;
mod grant;
mod keys;
mod ledger;
mod look;
mod program;
mod question;
mod rows;
mod seal;
mod sealed;
mod startup;
mod statements;
mod store;
mod usage;
mod vault;
mod view;

pub use admit::{Admitted, Received, SESSIONS_PER_CONSENT_MAX};

pub use erase::{Erased, PendingErasure};
pub use error::{
    AdmitError, ExportError, GrantError, ProgramActError, QuestionError, UseError, WithdrawError,
};
pub use evidence::EvidenceParts;
pub use export::{ExportRecord, Exported};
pub use fault::Fault;
pub use grant::{CONSENTS_PER_CONTRIBUTOR_MAX, Granted};
pub use keys::KeyError;
pub use ledger::LedgerError;
pub use program::{ActDone, DOCUMENT_BYTES_MAX, LEASE_MINUTES, PROGRAMS_MAX};
pub use rows::{RowError, steps_schema};
pub use seal::SealError;
pub use sealed::{CHUNK_BYTES_MAX, ColumnError, SessionError};
pub use startup::OpenError;
pub use store::StoreError;
pub use usage::{OpenedSession, UsableSession};
pub use vault::{CLOCK_SKEW_MS_MAX, COMMIT_POINTS, Hook, KEY_DESTROYED, Vault};
pub use view::{Band, DatasetView, ProgramView, SignedBy};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
