//! A signer's decision about one charter.

use candor_model::{CanonicalError, Envelope, SigningKey, Statement, StatementKind, Subject, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{require_duration, require_reason};
use crate::{Charter, Role, StatementError, Verified};

/// What a signer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// A signer's decision. The subject is the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOff {
    /// In which role.
    pub role: Role,
    /// What was decided.
    pub decision: Decision,
    /// Why, for those who read it later.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Until when it holds, at most [`SignOff::HOURS_MAX`] later.
    pub expires_at: Timestamp,
}

impl StatementKind for SignOff {
    const PREDICATE_TYPE: &'static str = "urn:candor:sign-off:v1";
}

impl SignOff {
    /// Longest time that an approval holds, in hours: twelve months.
    pub const HOURS_MAX: u32 = 366 * 24;

    /// Signs the decision over the exact bytes of `charter`.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(&self, charter: &Charter, key: &SigningKey) -> Result<Envelope, CanonicalError> {
        Statement::new(Subject::new("charter", charter.digest()), self.clone()).sign(key)
    }

    /// Reads a decision over `charter`, signed by the key that the charter names for the role.
    ///
    /// # Errors
    /// When the signature, subject, reason or duration is wrong.
    pub fn verify(envelope: &Envelope, charter: &Charter) -> Result<Verified<Self>, StatementError> {
        let keys: Vec<_> = charter.signers().iter().map(|signer| signer.key).collect();
        let sign_off = Verified::<Self>::read(envelope, charter.digest(), &keys)?;
        if charter.signer(sign_off.role).map(|signer| signer.key) != Some(sign_off.signer()) {
            return Err(StatementError::OtherRole);
        }
        require_reason(&sign_off.reason)?;
        require_duration(sign_off.at, sign_off.expires_at, Self::HOURS_MAX)?;
        Ok(sign_off)
    }
}
