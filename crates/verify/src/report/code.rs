//! The names of checks and findings. They are stable: a name is never given a second meaning.

use serde::{Deserialize, Serialize};

/// The checks, in the order in which they run and are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    /// The trust policy itself.
    Policy,
    /// The exact set of files, the seal over it, and the digest of each.
    Seal,
    /// The log's signed checkpoint.
    Checkpoint,
    /// Every leaf of the log, and the root that they make.
    Log,
    /// The statements, and the leaves that commit to them.
    Openings,
    /// The charter, its four signatures, and the program's state over time.
    Program,
    /// The consents.
    Consents,
    /// The sessions: recorded, released, admitted, not erased.
    Sessions,
    /// The records.
    Records,
    /// The request, the export, and the caps.
    Export,
    /// The files of the dataset.
    Dataset,
}

impl CheckId {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::Policy,
        Self::Seal,
        Self::Checkpoint,
        Self::Log,
        Self::Openings,
        Self::Program,
        Self::Consents,
        Self::Sessions,
        Self::Records,
        Self::Export,
        Self::Dataset,
    ];

    /// What it holds, in a sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "the trust policy names a log, an organisation and four signers",
            Self::Seal => "the evidence is exactly the files that the organisation sealed, byte for byte",
            Self::Checkpoint => "the log signed its size and root",
            Self::Log => "all entries of the log are here and make that root",
            Self::Openings => "every statement is in the log, and every act of power in the log is here",
            Self::Program => {
                "the charter was approved by the four signers, and the program ran when data was taken and exported"
            }
            Self::Consents => "each consent covers the use, was in force, and was not withdrawn",
            Self::Sessions => "each session was released by its contributor, admitted, and not erased",
            Self::Records => "each record is a step of a released session, once",
            Self::Export => {
                "the export was asked for by a recipient of the charter, for one purpose, within the caps"
            }
            Self::Dataset => "each file of the dataset is the one that was exported",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)*) => {
        /// The stable name of a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it means, in a sentence: the text that the guide gives.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)* }
            }
        }
    };
}

codes! {
    /// The trust policy cannot be used.
    BadPolicy = "bad_policy",
    /// A check had nothing to look at, or could not run because of an earlier finding.
    NotRun = "not_run",
    /// The folder or a file cannot be read.
    Unreadable = "unreadable",
    /// A file is larger, or there are more things, than the verifier's limit.
    TooLarge = "too_large",
    /// A file that must be there is not.
    MissingFile = "missing_file",
    /// A file that is not part of the evidence or of the dataset.
    SurplusFile = "surplus_file",
    /// A link, a device, an empty folder, or a name that evidence may not hold.
    NotAFile = "not_a_file",
    /// A file differs from the digest that was signed for it.
    ChangedFile = "changed_file",
    /// A document is not in its format.
    Malformed = "malformed",
    /// A document is of a version that this program does not read.
    OtherVersion = "other_version",
    /// The seal is not in its format.
    BadSeal = "bad_seal",
    /// The seal is not signed by the organisation of the trust policy.
    ForeignSeal = "foreign_seal",
    /// The checkpoint is not in its format or not signed by the log of the trust policy.
    BadCheckpoint = "bad_checkpoint",
    /// A leaf of the log is not in its format.
    BadLeaf = "bad_leaf",
    /// The entries of the log are fewer or more than the checkpoint says.
    LogIncomplete = "log_incomplete",
    /// The entries of the log do not make the root of the checkpoint.
    LogDiffers = "log_differs",
    /// The time of an entry of the log lies before that of the entry before it.
    LogTime = "log_time",
    /// The salt and the statement do not open the leaf.
    OpeningDiffers = "opening_differs",
    /// An opening names a statement that is not here.
    MissingStatement = "missing_statement",
    /// A statement that no leaf of the log commits to, and that no other statement names.
    UnopenedStatement = "unopened_statement",
    /// A statement of a kind that evidence does not hold, or one that nothing in this evidence needs.
    SurplusStatement = "surplus_statement",
    /// The log holds an act of power of this program that the evidence does not show.
    HiddenAct = "hidden_act",
    /// A statement is not signed by the party that must sign it, or carries another signature besides.
    BadSignature = "bad_signature",
    /// The charter cannot be read, or is not the one that the log and the export name.
    CharterDiffers = "charter_differs",
    /// The charter names other signers than the trust policy.
    ForeignSigner = "foreign_signer",
    /// One of the four signers has not approved.
    MissingSignOff = "missing_sign_off",
    /// A sign-off was logged after the act that needed it, or an act in an order that the law does not allow.
    ActRefused = "act_refused",
    /// The program was not running, or the charter had ended, at that time.
    NotRunning = "not_running",
    /// A consent is not a valid consent to this charter.
    BadConsent = "bad_consent",
    /// The notice differs from the one that the charter gives.
    NoticeDiffers = "notice_differs",
    /// A consent was not in force at that time.
    NotInForce = "not_in_force",
    /// A consent does not cover the purpose.
    PurposeNotCovered = "purpose_not_covered",
    /// The purpose is not one of the charter's, or is forbidden by it.
    PurposeRefused = "purpose_refused",
    /// The consent was withdrawn: its tag is in the log.
    Withdrawn = "withdrawn",
    /// A session was recorded, released or admitted under another consent, charter or key.
    SessionDiffers = "session_differs",
    /// A session without a release by its contributor.
    NotReleased = "not_released",
    /// A session without an admission by the organisation.
    NotAdmitted = "not_admitted",
    /// The session was erased: its tag is in the log.
    Erased = "erased",
    /// Consent, admission, request and export were not logged in this order.
    OutOfOrder = "out_of_order",
    /// A record is not the step that the contributor released.
    RecordDiffers = "record_differs",
    /// A record of a session that is not in the evidence.
    UnknownSession = "unknown_session",
    /// Records are not in order, or one stands twice.
    RecordOrder = "record_order",
    /// A number that was stated differs from what is there.
    CountDiffers = "count_differs",
    /// There is not exactly one export, or it is about something else.
    ExportDiffers = "export_differs",
    /// The request for the dataset is missing or is about something else.
    RequestDiffers = "request_differs",
    /// The recipient is not one that the charter names.
    ForeignRecipient = "foreign_recipient",
    /// A cap of the charter is exceeded.
    CapExceeded = "cap_exceeded",
    /// A file of the dataset differs from its digest in the manifest.
    DatasetFileDiffers = "dataset_file_differs",
    /// A step of the dataset was taken in an application, or with a field, that the contributor did not agree to.
    NotAgreed = "not_agreed",
}
