//! What everybody may see. No value here names or counts a contributor (P7).

use std::fmt;

use candor_consent::{Charter, Decision, Notice, ProgramState, Role};
use candor_model::{Digest, PurposeId, SessionId, Timestamp};

use crate::fault::Fault;
use crate::store::{self, DatasetRow};
use crate::vault::Vault;

/// Counts below this are not told.
const BAND_MIN: u64 = 10;

/// A count that does not tell whether one person's sessions are in it: not told below ten, rounded down to tens above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Zero to nine.
    FewerThanTen,
    /// At least this many, a multiple of ten.
    AtLeast(u64),
}

impl Band {
    /// The band of a count.
    #[must_use]
    pub const fn of(count: u64) -> Self {
        if count < BAND_MIN { Self::FewerThanTen } else { Self::AtLeast(count - count % BAND_MIN) }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewerThanTen => f.write_str("fewer than 10"),
            Self::AtLeast(count) => write!(f, "at least {count}"),
        }
    }
}

/// One of the four, and what they said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBy {
    /// The role.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// What they decided, and when; none if they have not.
    pub last: Option<(Decision, Timestamp)>,
}

/// A program, as the front page shows it.
#[derive(Debug, Clone)]
pub struct ProgramView {
    /// The charter; its digest names the program.
    pub charter: Charter,
    /// The notice that contributors read.
    pub notice: Notice,
    /// Its state.
    pub state: ProgramState,
    /// Index of its leaf.
    pub leaf: u64,
    /// The four signers.
    pub signed: Vec<SignedBy>,
    /// Sessions that may be used.
    pub sessions: Band,
    /// Steps in them.
    pub steps: Band,
    /// Dataset versions: acts of the organisation, counted exactly.
    pub datasets: u64,
    /// Dataset versions that hold something withdrawn.
    pub datasets_flagged: u64,
}

/// A dataset version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetView {
    /// Digest of its manifest: its name.
    pub dataset: Digest,
    /// The program.
    pub charter: Digest,
    /// The one purpose.
    pub purpose: PurposeId,
    /// Sessions in it.
    pub sessions: u64,
    /// Steps in it.
    pub steps: u64,
    /// When it was first handed out.
    pub created: Timestamp,
    /// Since when it holds something withdrawn.
    pub flagged_at: Option<Timestamp>,
    /// The version that replaces it.
    pub superseded_by: Option<Digest>,
}

impl Vault {
    /// The programs, in the order proposed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn programs(&self, now: Timestamp) -> Result<Vec<ProgramView>, Fault> {
        let programs = store::programs(&self.connection)?;
        programs.iter().map(|charter| self.program_view(charter, now)).collect()
    }

    pub(crate) fn program_view(&self, digest: &Digest, now: Timestamp) -> Result<ProgramView, Fault> {
        let damaged = || Fault::Damaged { what: "a program" };
        let program = self.program(digest).ok_or_else(damaged)?;
        let act = store::act_of(&self.connection, candor_log::LeafKind::Program, digest)?;
        let totals = store::totals(&self.connection, digest)?;
        let signed = program.charter.signers().iter().map(|signer| SignedBy {
            role: signer.role,
            name: signer.name.clone(),
            last: program
                .sign_offs
                .iter()
                .filter(|said| said.role == signer.role)
                .max_by_key(|said| said.at)
                .map(|said| (said.decision, said.at)),
        });
        Ok(ProgramView {
            signed: signed.collect(),
            notice: Notice::of(&program.charter),
            state: program.state(now),
            leaf: act.ok_or_else(damaged)?.leaf,
            sessions: Band::of(totals.sessions),
            steps: Band::of(totals.steps),
            datasets: totals.datasets,
            datasets_flagged: totals.datasets_flagged,
            charter: program.charter.clone(),
        })
    }

    /// The dataset versions of a program, in the order made.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets(&self, charter: &Digest) -> Result<Vec<DatasetView>, Fault> {
        store::datasets_of(&self.connection, charter)?.iter().map(dataset_view).collect()
    }

    /// One dataset version.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn dataset(&self, dataset: &Digest) -> Result<Option<DatasetView>, Fault> {
        store::dataset(&self.connection, dataset)?.as_ref().map(dataset_view).transpose()
    }

    /// The dataset versions that hold something of a session.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn datasets_holding(&self, session: SessionId) -> Result<Vec<Digest>, Fault> {
        Ok(store::holding(&self.connection, session)?)
    }
}

fn dataset_view(row: &DatasetRow) -> Result<DatasetView, Fault> {
    let purpose = row.purpose.parse().map_err(|_| Fault::Damaged { what: "a purpose" })?;
    Ok(DatasetView {
        dataset: row.digest,
        charter: row.charter,
        purpose,
        sessions: row.sessions,
        steps: row.steps,
        created: row.created,
        flagged_at: row.flagged,
        superseded_by: row.superseded_by,
    })
}
