//! Why a dataset was not compiled.

use std::io;

use candor_consent::StatementError;
use candor_model::{CanonicalError, EnvelopeError, PurposeId, SessionId};
use candor_vault::{ExportError, Fault, UseError};
use parquet::errors::ParquetError;

use crate::filter::FilterError;
use crate::plan::RECORDS_MAX;
use crate::recipe::RecipeError;
use crate::selection::FrameError;

/// Why a dataset was not compiled. Whatever the variant, nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Something is in the place.
    #[error("the output folder is there already: a dataset version is never changed in place")]
    Exists,
    /// The recipe is wrong.
    #[error("the recipe cannot be used")]
    Recipe(#[from] RecipeError),
    /// The filter is wrong.
    #[error("the filter cannot be used")]
    Filter(#[from] FilterError),
    /// The envelope holds no request.
    #[error("the envelope holds no dataset request")]
    NotARequest(#[source] EnvelopeError),
    /// No program has the charter that the request names.
    #[error("no program has the charter that the request names")]
    UnknownProgram,
    /// The request does not name this recipe.
    #[error("the request was signed for another recipe")]
    OtherRecipe(#[source] StatementError),
    /// The vault refuses the use, with every reason.
    #[error("the use is refused")]
    Use(#[from] UseError),
    /// The vault does not record the export, so nothing may be handed out.
    #[error("the export is not recorded")]
    Export(#[from] ExportError),
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
    /// The recipe is for another purpose than the signed request.
    #[error("the recipe is for the purpose {recipe}, and the request is for {request}")]
    OtherPurpose {
        /// What the recipe says.
        recipe: PurposeId,
        /// What the request says.
        request: PurposeId,
    },
    /// No session may be used.
    #[error("nothing to compile: no admitted session may be used for this purpose")]
    NoSession,
    /// No step matches.
    #[error(
        "nothing to compile: none of the {steps} steps of {sessions} sessions that may be used matches the filter"
    )]
    NothingMatches {
        /// Sessions that may be used.
        sessions: u64,
        /// Steps in them.
        steps: u64,
    },
    /// The dataset would be too large.
    #[error(
        "the dataset would have {records} records, and at most {RECORDS_MAX} are written: narrow the filter or set max_steps"
    )]
    TooManyRecords {
        /// How many it would have.
        records: u64,
    },
    /// A session was given twice.
    #[error("session {session} was given twice")]
    TwiceTheSession {
        /// The session.
        session: SessionId,
    },
    /// A step is not the one that the contributor released.
    #[error("step {ordinal} of session {session} is not the one that was released")]
    Step {
        /// The session.
        session: SessionId,
        /// The step.
        ordinal: u32,
    },
    /// A frame could not be opened.
    #[error("the frame of step {ordinal} of session {session} could not be opened")]
    Frame {
        /// The session.
        session: SessionId,
        /// The step.
        ordinal: u32,
        /// What the store says.
        #[source]
        source: FrameError,
    },
    /// A frame is not the one that the contributor released.
    #[error("the frame of step {ordinal} of session {session} is not the one that was released")]
    OtherFrame {
        /// The session.
        session: SessionId,
        /// The step.
        ordinal: u32,
    },
    /// A document has no canonical bytes.
    #[error("a document of the dataset has no canonical form")]
    Canonical(#[from] CanonicalError),
    /// The folder holds no evidence of an export by this vault.
    #[error("the folder holds no evidence of an export that this organisation signed")]
    NotEvidence,
    /// The evidence cannot be sealed.
    #[error(
        "the evidence of {files} files cannot be sealed: does the dataset hold too many sessions for one evidence folder?"
    )]
    Seal {
        /// How many files it has.
        files: usize,
        /// What the vault says.
        #[source]
        source: Fault,
    },
    /// A file could not be written.
    #[error("the dataset folder could not be written")]
    Write(#[from] io::Error),
    /// A Parquet file could not be written.
    #[error("a Parquet file could not be written")]
    Parquet(#[from] ParquetError),
}

impl CompileError {
    /// The code: stable, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Use(error) => error.code(),
            Self::Export(error) => error.code(),
            Self::Fault(fault) => fault.code(),
            Self::Recipe(_) => "recipe_invalid",
            Self::Filter(_) => "filter_invalid",
            Self::Exists => "output_exists",
            Self::NotARequest(_) => "not_a_request",
            Self::UnknownProgram => "unknown_program",
            Self::OtherRecipe(_) => "other_recipe",
            Self::OtherPurpose { .. } => "other_purpose",
            Self::NoSession | Self::NothingMatches { .. } => "nothing_to_compile",
            Self::TooManyRecords { .. } | Self::Seal { .. } => "dataset_too_large",
            Self::TwiceTheSession { .. }
            | Self::Step { .. }
            | Self::Frame { .. }
            | Self::OtherFrame { .. }
            | Self::Canonical(_) => "session_damaged",
            Self::NotEvidence => "not_evidence",
            Self::Write(_) | Self::Parquet(_) => "storage",
        }
    }
}
