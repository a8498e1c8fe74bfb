//! An act that changes what a program may do: start, halt, resume, close.

use candor_model::{
    CanonicalError, Envelope, PublicKey, SigningKey, Statement, StatementKind, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::error::{REASON_CHARS_MAX, require_reason};
use crate::{Charter, StatementError, Verified};

/// What is done to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Begin the pilot, or go from the reviewed pilot to production. Needs all four sign-offs.
    Start,
    /// Stop everything. One signer is enough, or the organisation's machine when a check fails.
    Halt,
    /// Go on after a halt. Needs all four sign-offs made after it.
    Resume,
    /// End the program.
    Close,
}

/// An act of power over a program. The subject is the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramAct {
    /// What is done.
    pub act: Act,
    /// Why. Only a halt may leave it empty: stopping is cheap.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

impl StatementKind for ProgramAct {
    const PREDICATE_TYPE: &'static str = "urn:candor:program-act:v1";
}

impl ProgramAct {
    /// Signs the act over the exact bytes of `charter`.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(&self, charter: &Charter, key: &SigningKey) -> Result<Envelope, CanonicalError> {
        Statement::new(Subject::new("charter", charter.digest()), self.clone()).sign(key)
    }

    /// Reads an act over `charter`, signed by any one signer; a halt may also be signed by the organisation.
    ///
    /// # Errors
    /// When the signature, subject or reason is wrong.
    pub fn verify(
        envelope: &Envelope,
        charter: &Charter,
        organisation: &PublicKey,
    ) -> Result<Verified<Self>, StatementError> {
        let mut keys: Vec<_> = charter.signers().iter().map(|signer| signer.key).collect();
        let signers = keys.len();
        keys.push(*organisation);
        let act = Verified::<Self>::read(envelope, charter.digest(), &keys)?;
        if act.act == Act::Halt {
            let short = act.reason.chars().count() <= REASON_CHARS_MAX;
            return if short { Ok(act) } else { Err(StatementError::NoReason { max: REASON_CHARS_MAX }) };
        }
        if !keys.iter().take(signers).any(|key| *key == act.signer()) {
            return Err(StatementError::NotSigned);
        }
        require_reason(&act.reason)?;
        Ok(act)
    }
}
