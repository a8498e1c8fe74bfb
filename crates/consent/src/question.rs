//! A contributor asks what became of a session that they released.

use candor_model::{
    CanonicalError, ConsentId, Envelope, SessionId, SigningKey, Statement, StatementKind, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::{Consent, StatementError, Verified};

/// Which datasets hold one session, and who got them. The subject is the payload of the grant, as for a withdrawal: nobody can
/// ask who does not hold the contributor's key, and nobody can ask about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The consent that the session was released under.
    pub consent: ConsentId,
    /// The session.
    pub session: SessionId,
    /// When, by the contributor's device.
    pub asked_at: Timestamp,
}

impl StatementKind for Question {
    const PREDICATE_TYPE: &'static str = "urn:candor:question:v1";
}

impl Question {
    /// Asks about a session under `consent`, signed by the contributor's key.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(
        consent: &Consent,
        session: SessionId,
        asked_at: Timestamp,
        contributor: &SigningKey,
    ) -> Result<Envelope, CanonicalError> {
        let subject = Subject::new(format!("urn:uuid:{}", consent.id()), consent.digest());
        Statement::new(subject, Self { consent: consent.id(), session, asked_at }).sign(contributor)
    }

    /// Reads a question under `consent`. Its time is for the caller to judge.
    ///
    /// # Errors
    /// When the signature is not the contributor's, or it is about another consent.
    pub fn verify(envelope: &Envelope, consent: &Consent) -> Result<Verified<Self>, StatementError> {
        let keys = [consent.contributor()];
        let question = Verified::<Self>::read(envelope, consent.digest(), &keys)?;
        if question.consent == consent.id() { Ok(question) } else { Err(StatementError::OtherSubject) }
    }
}
