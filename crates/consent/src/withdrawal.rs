//! A withdrawal: one step, no reason, no approver.

use candor_model::{
    CanonicalError, ConsentId, Envelope, SigningKey, Statement, StatementKind, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{Consent, StatementError, Verified};

/// The end of a consent, said by the contributor. The subject is what they had signed: the payload of the grant.
///
/// There is no field for a reason, and none for an approver. There is no way to take it back: who changes their mind
/// gives a new consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The consent that ends.
    pub consent: ConsentId,
    /// When, by the contributor's device.
    pub withdrawn_at: Timestamp,
}

impl StatementKind for Withdrawal {
    const PREDICATE_TYPE: &'static str = "urn:candor:withdrawal:v1";
}

impl Withdrawal {
    /// Ends `consent`, signed by the contributor's key.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(
        consent: &Consent,
        withdrawn_at: Timestamp,
        contributor: &SigningKey,
    ) -> Result<Envelope, CanonicalError> {
        let subject = Subject::new(format!("urn:uuid:{}", consent.id()), consent.digest());
        Statement::new(subject, Self { consent: consent.id(), withdrawn_at }).sign(contributor)
    }

    /// Reads the end of `consent`. The time is not judged: whoever says stop is believed, whatever their clock says.
    ///
    /// # Errors
    /// When the signature is not the contributor's, or it is about another consent.
    pub fn verify(envelope: &Envelope, consent: &Consent) -> Result<Verified<Self>, StatementError> {
        let keys = [consent.contributor()];
        let withdrawal = Verified::<Self>::read(envelope, consent.digest(), &keys)?;
        if withdrawal.consent == consent.id() { Ok(withdrawal) } else { Err(StatementError::OtherSubject) }
    }
}
