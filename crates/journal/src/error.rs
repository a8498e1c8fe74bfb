//! What can go wrong, with ids, places and sizes, never content.

use std::io;

use candor_model::{SessionId, VersionError};

/// Why a journal does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or folder could not be read or written.
    #[error("could not {doing}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Another program holds the journal.
    #[error("another program has the journal open: end it first")]
    InUse,
    /// The key is not the one that the journal was made with.
    #[error("the journal was made with another device key")]
    OtherKey,
    /// The folder's own file is not of a journal.
    #[error("the file that names the journal is damaged or is not of a journal")]
    NotAJournal,
    /// The journal is of another version.
    #[error("the journal is of another version")]
    Version(#[from] VersionError),
    /// The cryptographic library refused to work.
    #[error("a key could not be derived")]
    Key,
}

/// What is wrong with a segment of a session.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The file could not be read or mended.
    #[error("segment {segment} could not be read")]
    Io {
        /// The segment.
        segment: u32,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The file does not begin like a segment.
    #[error("segment {segment} does not begin like a segment")]
    NotASegment {
        /// The segment.
        segment: u32,
    },
    /// The segment is of another version.
    #[error("segment {segment} is of another version")]
    Version {
        /// The segment.
        segment: u32,
        /// Which.
        #[source]
        source: VersionError,
    },
    /// The segment is of another session, or stands in another's place, or one before it lacks records.
    #[error("segment {segment} does not belong in its place")]
    WrongPlace {
        /// The segment.
        segment: u32,
    },
    /// A segment is missing.
    #[error("segment {segment} is missing")]
    Missing {
        /// The segment.
        segment: u32,
    },
    /// A record was changed, moved or cut: it does not authenticate where it stands.
    #[error("record {record} in segment {segment} was changed, moved or cut")]
    Changed {
        /// The segment.
        segment: u32,
        /// Index of the record in the session.
        record: u64,
    },
    /// A record is authentic, and yet cannot be at this place.
    #[error("record {record} in segment {segment} cannot stand there")]
    OutOfOrder {
        /// The segment.
        segment: u32,
        /// Index of the record in the session.
        record: u64,
    },
}

/// What the state of a session does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The recording has ended.
    #[error("the recording has ended")]
    Finished,
    /// The recording has not ended.
    #[error("the recording has not ended")]
    NotFinished,
    /// The person has not looked at it, or not since something came back.
    #[error("it has not been reviewed")]
    NotReviewed,
    /// The person released it: what left cannot be changed any more.
    #[error("it is released: what left cannot be changed, but the consent can be withdrawn")]
    Released,
    /// The person has not released it.
    #[error("it has not been released")]
    NotReleased,
    /// The person decided about its steps already, and that would be lost with them.
    #[error("it has been looked at: drop its steps, or delete it")]
    Marked,
    /// There is no such step.
    #[error("there is no step {step}")]
    NoSuchStep {
        /// The number that was asked for.
        step: u32,
    },
    /// There is no such mask, or it was taken back.
    #[error("there is no mask {mask} that is in force")]
    NoSuchMask {
        /// The number that was asked for.
        mask: u32,
    },
    /// What was to be masked everywhere is too short or too long.
    #[error("a word to mask has 2 letters or digits at least, and 200 bytes at most")]
    NotAWord,
    /// What was to be masked is nowhere in the recording. It was not written down.
    #[error("it is nowhere in this recording")]
    NotThere,
    /// A limit is reached.
    #[error("the session is full: {what}, limit {limit}")]
    Full {
        /// What there is too much of, with its unit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A gap's code is not a code.
    #[error(
        "a code of a gap is not 1 to 64 characters of a-z, 0-9, '.', '_' and '-', or there are none or too many"
    )]
    NotACode,
    /// A step and the bytes beside it differ.
    #[error("the step does not agree with its frame, its tree or its place")]
    NotAStep,
}

/// Why something could not be done with a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The journal has no such session; it may have been deleted.
    #[error("there is no session {session}")]
    NotFound {
        /// The session.
        session: SessionId,
    },
    /// The journal has the session already.
    #[error("there is a session {session} already")]
    Exists {
        /// The session.
        session: SessionId,
    },
    /// The session's files are damaged. It can be discarded.
    #[error("session {session} is damaged")]
    Damaged {
        /// The session.
        session: SessionId,
        /// How.
        #[source]
        source: std::sync::Arc<SegmentError>,
    },
    /// The state of the session does not allow it.
    #[error("session {session} does not allow it")]
    State {
        /// The session.
        session: SessionId,
        /// Why.
        #[source]
        source: StateError,
    },
    /// Nothing was written: the file is as it was before.
    #[error("could not write to session {session}; nothing was lost of what it had")]
    Write {
        /// The session.
        session: SessionId,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A write failed and could not be undone: the session takes nothing until the journal is opened again.
    #[error("session {session} takes nothing more until the journal is opened again")]
    Refusing {
        /// The session.
        session: SessionId,
    },
    /// Files could not be deleted. What is left is deleted when the journal is opened.
    #[error("could not delete all files of session {session}; the rest goes when the journal is opened")]
    Delete {
        /// The session.
        session: SessionId,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A region of a step could not be masked.
    #[error("step {step} of session {session} could not be masked")]
    Mask {
        /// The session.
        session: SessionId,
        /// The step.
        step: u32,
        /// Why.
        #[source]
        source: candor_redact::MaskError,
    },
    /// Another thread failed while it used the journal: open it again.
    #[error("the journal must be opened again")]
    Poisoned,
}

/// Why a session could not be released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The session could not be read or written, or its state does not allow it.
    #[error("could not release")]
    Session(#[from] SessionError),
    /// Every step was dropped.
    #[error("nothing is left to release")]
    NothingLeft,
    /// The key is not the one of the contributor whose consent the session has.
    #[error("the session was recorded under the consent of another key")]
    OtherContributor,
    /// The bundle would be too large; steps can be dropped.
    #[error("the release would have {bytes} bytes, and {limit_bytes} is the limit: drop steps")]
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// What would leave is not what the person was shown.
    #[error("the recording has changed since it was shown: look at it again")]
    NotAsShown,
    /// What is stored does not give again what was signed.
    #[error("the stored session does not agree with its signed release")]
    Disagrees,
}
