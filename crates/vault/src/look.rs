//! Looks at what is public or gone: a charter, a program's signed history, and whether a session can still be opened.

use std::path::PathBuf;

use candor_consent::Charter;
use candor_log::LeafKind;
use candor_model::{Digest, Envelope, SessionId};

use crate::error::UseError;
use crate::fault::Fault;
use crate::store;
use crate::vault::Vault;

impl Vault {
    /// The charter of a program.
    #[must_use]
    pub fn charter(&self, digest: &Digest) -> Option<&Charter> {
        self.program(digest).map(|program| &program.charter)
    }

    /// Every sign-off and act of a program as signed, in the order of the log: whoever holds them can work out its state.
    ///
    /// # Errors
    /// When the database or a statement cannot be read.
    pub fn history(&self, charter: &Digest) -> Result<Vec<Envelope>, Fault> {
        let acts = store::program_acts(&self.connection, charter, 0)?;
        let said = acts.iter().filter(|act| act.kind != LeafKind::Program);
        said.map(|act| self.statements.get(&act.statement)).collect()
    }

    /// Where a dataset lies while it is sent. An erasure deletes what is there; so does the next start after a crash.
    #[must_use]
    pub fn exports_folder(&self) -> PathBuf {
        self.path("exports")
    }

    /// Whether a session can be opened by somebody who holds the whole server: its folder and its root key.
    ///
    /// # Errors
    /// When it cannot: its key is gone, or it is not there.
    pub fn try_to_unseal(&self, session: SessionId) -> Result<(), UseError> {
        let row = store::session(&self.connection, session)?.ok_or(UseError::UnknownSession(session))?;
        self.open_sealed(&row)?;
        Ok(())
    }
}
