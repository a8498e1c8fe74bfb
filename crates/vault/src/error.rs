//! Why an act is refused: one enum for each act, each variant with a stable code and a plain sentence.
//!
//! Sentences hold ids, times and sizes, never content, and never how many people take part.

use candor_bundle::WireError;
use candor_consent::{CharterError, ConsentError, ProgramError, Refusal, StatementError};
use candor_model::{ConsentId, Digest, EnvelopeError, PurposeId, SessionId, Timestamp};

use crate::fault::Fault;

/// Errors whose source is a fault carry the fault's code.
macro_rules! codes {
    ($error:ty { $($pattern:pat => $code:literal,)* }) => {
        impl $error {
            /// The code: stable, for machines.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    Self::Fault(fault) => fault.code(),
                    $($pattern => $code,)*
                }
            }
        }

        impl From<rusqlite::Error> for $error {
            fn from(error: rusqlite::Error) -> Self {
                Self::Fault(Fault::Database(error))
            }
        }
    };
}

/// Why a charter, a sign-off or an act over a program is refused.
#[derive(Debug, thiserror::Error)]
pub enum ProgramActError {
    /// The bytes are not a valid charter.
    #[error("the charter is not valid")]
    Charter(#[source] Box<CharterError>),
    /// A document that the charter names is not there.
    #[error("the charter names a document of kind {kind} that is not attached")]
    DocumentMissing {
        /// Its kind.
        kind: &'static str,
    },
    /// A document that the charter does not name.
    #[error("a document of kind {kind} is attached that the charter does not name")]
    DocumentUnknown {
        /// Its kind, as given.
        kind: String,
    },
    /// A document is too large.
    #[error("a document has {bytes} bytes, and may have {}", crate::program::DOCUMENT_BYTES_MAX)]
    DocumentTooLarge {
        /// Its length.
        bytes: usize,
    },
    /// There is no room for another program or another statement about this one.
    #[error("there are {most} already, and there may be no more")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// No program has this charter.
    #[error("no program has this charter")]
    UnknownProgram,
    /// The statement does not hold.
    #[error("the statement does not hold")]
    Statement(#[source] StatementError),
    /// The envelope has more signatures than one, or names another key.
    #[error("the statement carries another signature than the one that it must")]
    Signatures,
    /// The statement is dated after the present.
    #[error("the statement is dated {at}, and it is {now}")]
    Future {
        /// Its date.
        at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The act is dated long before it arrived.
    #[error("the act is dated {at}, and it is {now}: acts count from when they are logged")]
    Late {
        /// Its date.
        at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The law does not allow it.
    #[error("the program cannot do that")]
    Refused(#[source] ProgramError),
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
}

codes!(ProgramActError {
    Self::Charter(_) => "charter_invalid",
    Self::DocumentMissing { .. } => "document_missing",
    Self::DocumentUnknown { .. } => "document_unknown",
    Self::DocumentTooLarge { .. } => "document_too_large",
    Self::TooMany { .. } => "too_many",
    Self::UnknownProgram => "unknown_program",
    Self::Statement(_) => "statement_refused",
    Self::Signatures => "signature_surplus",
    Self::Future { .. } => "dated_in_future",
    Self::Late { .. } => "dated_in_past",
    Self::Refused(_) => "act_refused",
});

/// Why a grant is refused.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The envelope holds no grant.
    #[error("the envelope holds no grant")]
    NotAGrant(#[source] EnvelopeError),
    /// No program has this charter.
    #[error("no program has this charter")]
    UnknownProgram,
    /// The grant is not a consent to the charter.
    #[error("the grant is not a consent to this charter")]
    Consent(#[source] ConsentError),
    /// The envelope has another signature than the contributor's alone.
    #[error("the grant carries another signature than the contributor's")]
    Signatures,
    /// The grant is dated after the present, or has run out.
    #[error("the grant was given at {given} and ends at {expires}, and it is {now}")]
    Time {
        /// When it was given.
        given: Timestamp,
        /// When it ends.
        expires: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// Nothing may be collected.
    #[error("the program takes no consent")]
    NotRunning(#[source] Refusal),
    /// Another grant has this id, or the consent was withdrawn.
    #[error("consent {0} cannot be given again")]
    Taken(ConsentId),
    /// The charter's caps leave no room.
    #[error("the program has no room for another consent")]
    Full,
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
}

codes!(GrantError {
    Self::NotAGrant(_) => "not_a_grant",
    Self::UnknownProgram => "unknown_program",
    Self::Consent(_) => "consent_refused",
    Self::Signatures => "signature_surplus",
    Self::Time { .. } => "consent_time",
    Self::NotRunning(_) => "program_not_running",
    Self::Taken(_) => "consent_taken",
    Self::Full => "program_full",
});

/// Why a bundle is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The bytes are not a bundle.
    #[error("the bytes are not a bundle")]
    Wire(#[source] WireError),
    /// There is nothing in it.
    #[error("the bundle holds no step")]
    Empty,
    /// No program has this charter.
    #[error("no program has this charter")]
    UnknownProgram,
    /// The consent is not known here.
    #[error("consent {0} is not known here")]
    UnknownConsent(ConsentId),
    /// The consent was withdrawn.
    #[error("consent {0} was withdrawn")]
    Withdrawn(ConsentId),
    /// The release is not signed by the contributor, or says something else than the bundle.
    #[error("the release does not hold: {0}")]
    Release(&'static str),
    /// The bundle names another contributor, consent or charter than its consent.
    #[error("the bundle's {0} is not the one of its consent")]
    Disagrees(&'static str),
    /// It was redacted under another profile than the charter's.
    #[error("the charter asks for another redaction profile")]
    Profile,
    /// The consent was not in force.
    #[error("the consent was not in force at {0}")]
    NotInForce(Timestamp),
    /// The program did not run.
    #[error("the program did not run at {at}")]
    NotRunning {
        /// The moment.
        at: Timestamp,
        /// Why.
        #[source]
        refusal: Refusal,
    },
    /// A time is outside of the session, goes back, or lies in the future.
    #[error("{0}")]
    Time(&'static str),
    /// The charter does not allow recording at this hour.
    #[error("step {ordinal} was recorded outside of the charter's hours")]
    OutsideHours {
        /// The step.
        ordinal: u32,
    },
    /// A step is outside of the scope or of what the contributor chose.
    #[error("step {ordinal} holds {what} that the charter and the consent do not cover")]
    NotAgreed {
        /// The step.
        ordinal: u32,
        /// What kind of thing.
        what: &'static str,
    },
    /// Released after the recording should have deleted itself.
    #[error("the session ended at {ended} and was released at {released}, after its hold of {days} days")]
    HoldEnded {
        /// When it ended.
        ended: Timestamp,
        /// When it was released.
        released: Timestamp,
        /// Days of the hold.
        days: u32,
    },
    /// The day's bytes are used up.
    #[error("{bytes} bytes are more than the charter's {bytes_per_day_max} bytes per day leave")]
    OverCap {
        /// Bytes of this bundle.
        bytes: u64,
        /// Bytes that the charter allows per day.
        bytes_per_day_max: u64,
    },
    /// There are too many sessions under one consent.
    #[error("there are {most} sessions under this consent already")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// Another bundle of the same session is in the vault.
    #[error("session {0} was admitted from another bundle")]
    OtherBundle(SessionId),
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
}

codes!(AdmitError {
    Self::Wire(_) => "bundle_damaged",
    Self::Empty => "bundle_empty",
    Self::UnknownProgram => "unknown_program",
    Self::UnknownConsent(_) => "unknown_consent",
    Self::Withdrawn(_) => "withdrawn",
    Self::Release(_) => "release_refused",
    Self::Disagrees(_) => "bundle_disagrees",
    Self::Profile => "other_profile",
    Self::NotInForce(_) => "consent_not_in_force",
    Self::NotRunning { .. } => "program_not_running",
    Self::Time(_) => "bundle_time",
    Self::OutsideHours { .. } => "outside_hours",
    Self::NotAgreed { .. } => "not_agreed",
    Self::HoldEnded { .. } => "hold_ended",
    Self::OverCap { .. } => "over_cap",
    Self::TooMany { .. } => "too_many",
    Self::OtherBundle(_) => "other_bundle",
});

/// Why a withdrawal is refused. None of it is a judgement about the person's wish.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// The envelope holds no withdrawal.
    #[error("the envelope holds no withdrawal")]
    NotAWithdrawal(#[source] EnvelopeError),
    /// The consent is not known here.
    #[error("consent {0} is not known here")]
    UnknownConsent(ConsentId),
    /// It is not signed by the contributor, or is about another consent.
    #[error("the withdrawal does not hold")]
    Statement(#[source] StatementError),
    /// The vault cannot finish it yet. It is a state: nothing is used meanwhile, and it is tried again.
    #[error("the vault cannot finish it yet")]
    Fault(#[from] Fault),
}

codes!(WithdrawError {
    Self::NotAWithdrawal(_) => "not_a_withdrawal",
    Self::UnknownConsent(_) => "unknown_consent",
    Self::Statement(_) => "withdrawal_refused",
});

/// Why a contributor's question is not answered.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// The envelope holds no question.
    #[error("the envelope holds no question")]
    NotAQuestion(#[source] EnvelopeError),
    /// The session is not known under this consent.
    #[error("session {0} is not known here")]
    UnknownSession(SessionId),
    /// It is not signed by the contributor, or is about another consent.
    #[error("the question does not hold")]
    Statement(#[source] StatementError),
    /// The envelope has another signature than the contributor's alone.
    #[error("the question carries another signature than the contributor's")]
    Signatures,
    /// It is dated long before or after the present.
    #[error("the question is dated {asked}, and it is {now}")]
    Time {
        /// Its date.
        asked: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// The vault failed.
    #[error("the vault cannot answer")]
    Fault(#[from] Fault),
}

codes!(QuestionError {
    Self::NotAQuestion(_) => "not_a_question",
    Self::UnknownSession(_) => "unknown_session",
    Self::Statement(_) => "question_refused",
    Self::Signatures => "question_refused",
    Self::Time { .. } => "question_time",
});

/// Why recordings may not be used.
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// The envelope holds no request.
    #[error("the envelope holds no dataset request")]
    NotARequest(#[source] EnvelopeError),
    /// No program has this charter.
    #[error("no program has this charter")]
    UnknownProgram,
    /// The request is not signed by a recipient, or about something else.
    #[error("the request does not hold")]
    Request(#[source] StatementError),
    /// The envelope has another signature than the recipient's alone.
    #[error("the request carries another signature than the recipient's")]
    Signatures,
    /// The request is dated after the present, or long before it.
    #[error("the request is dated {at}, and it is {now}")]
    RequestTime {
        /// Its date.
        at: Timestamp,
        /// The server's time.
        now: Timestamp,
    },
    /// No consent covers the purpose, with the reasons.
    #[error("nothing may be used for {purpose}: {refusal}")]
    Refused {
        /// The purpose.
        purpose: PurposeId,
        /// Every reason that was found.
        refusal: Refusal,
    },
    /// The session is not known here, or was withdrawn.
    #[error("session {0} is not there")]
    UnknownSession(SessionId),
    /// The permit is for another consent.
    #[error("the permit does not cover session {0}")]
    OtherConsent(SessionId),
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
}

codes!(UseError {
    Self::NotARequest(_) => "not_a_request",
    Self::UnknownProgram => "unknown_program",
    Self::Request(_) => "request_refused",
    Self::Signatures => "signature_surplus",
    Self::RequestTime { .. } => "request_time",
    Self::Refused { .. } => "use_refused",
    Self::UnknownSession(_) => "unknown_session",
    Self::OtherConsent(_) => "other_consent",
});

/// Why an export is not recorded, and so must not be handed out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The use is refused.
    #[error("the use is refused")]
    Use(#[source] Box<UseError>),
    /// There is nothing in it.
    #[error("the dataset holds no session")]
    Empty,
    /// More steps are claimed of a session than it has.
    #[error("session {0} has fewer steps than are claimed of it")]
    TooManySteps(SessionId),
    /// The request was answered with another dataset.
    #[error("the request was answered with dataset {0}")]
    Answered(Digest),
    /// The version that it replaces is not one of this program and purpose.
    #[error("dataset {0} is not a version of this program and purpose")]
    Supersedes(Digest),
    /// A dataset of this name was recorded with other contents.
    #[error("dataset {0} was recorded with other sessions")]
    OtherLineage(Digest),
    /// The charter's cap of dataset versions is reached.
    #[error("the charter allows {datasets_max} dataset versions")]
    Full {
        /// How many there may be.
        datasets_max: u32,
    },
    /// There is no such dataset.
    #[error("there is no dataset {0}")]
    Unknown(Digest),
    /// A consent in it was withdrawn, and its proof went with its key.
    #[error("dataset {0} holds something withdrawn, and its evidence cannot be gathered again")]
    Flagged(Digest),
    /// The vault cannot do it.
    #[error("the vault cannot do it")]
    Fault(#[from] Fault),
}

codes!(ExportError {
    Self::Use(_) => "use_refused",
    Self::Empty => "dataset_empty",
    Self::TooManySteps(_) => "too_many_steps",
    Self::Answered(_) => "request_answered",
    Self::Supersedes(_) => "supersedes_other",
    Self::OtherLineage(_) => "other_lineage",
    Self::Full { .. } => "program_full",
    Self::Unknown(_) => "unknown_dataset",
    Self::Flagged(_) => "dataset_flagged",
});
