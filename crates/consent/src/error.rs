//! Why a person's statement is refused.

use candor_model::EnvelopeError;

/// Why a statement of a person is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The envelope or its shape.
    #[error("the envelope does not hold such a statement")]
    Envelope(#[source] EnvelopeError),
    /// The payload is not written in its one canonical form.
    #[error("the statement is not written in its canonical form")]
    NotCanonical,
    /// It is about something else.
    #[error("the statement is about something else")]
    OtherSubject,
    /// Nobody signed it who may.
    #[error("nobody signed the statement who may")]
    NotSigned,
    /// The signature is by another role than the statement says.
    #[error("the statement is not signed by the key of its role")]
    OtherRole,
    /// A reason is asked for, and none is given, or it is too long.
    #[error("the reason is missing or longer than {max} characters")]
    NoReason {
        /// Longest reason in characters.
        max: usize,
    },
    /// It ends before it begins, or lasts longer than it may.
    #[error("the time between begin and end is not allowed: at most {hours_max} hours")]
    Duration {
        /// Longest duration in hours.
        hours_max: u32,
    },
    /// It names something that the charter does not have.
    #[error("the statement names a {0} that the charter does not have")]
    NotInCharter(&'static str),
    /// A nonce is not 32 bytes in lower-case hexadecimal.
    #[error("the nonce is not 32 bytes in lower-case hexadecimal")]
    NotNonce,
}

/// Longest reason in characters.
pub(crate) const REASON_CHARS_MAX: usize = 2_000;

/// Refuses an empty or overlong reason.
pub(crate) fn require_reason(reason: &str) -> Result<(), StatementError> {
    let given = !reason.trim().is_empty() && reason.chars().count() <= REASON_CHARS_MAX;
    if given { Ok(()) } else { Err(StatementError::NoReason { max: REASON_CHARS_MAX }) }
}

/// Refuses a duration that is not positive or longer than `hours_max`.
pub(crate) fn require_duration(
    from: candor_model::Timestamp,
    to: candor_model::Timestamp,
    hours_max: u32,
) -> Result<(), StatementError> {
    let latest = from.plus_millis(i64::from(hours_max) * 3_600_000);
    if from < to && to <= latest { Ok(()) } else { Err(StatementError::Duration { hours_max }) }
}
