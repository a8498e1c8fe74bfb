//! A consent: a contributor's grant, checked against the charter and the notice that it answers.

#[cfg(test)]
mod tests;

use candor_model::{
    AppId, CanonicalError, ConsentId, Digest, Entropy, Envelope, EnvelopeError, PAYLOAD_TYPE, PublicKey,
    PurposeId, SigningKey, Statement, StatementKind, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::verified::{is_hex_32, read_canonical};
use crate::{Charter, Choice, Field, Notice, StatementError, record};

/// Why a grant is not a consent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// The statement itself.
    #[error("the grant is not a statement of that kind")]
    Statement(#[source] StatementError),
    /// The contributor's signature does not verify.
    #[error("the contributor did not sign the grant")]
    NotSigned(#[source] EnvelopeError),
    /// The organisation's signature is asked for, and does not verify.
    #[error("the organisation did not countersign the grant")]
    NotCountersigned(#[source] EnvelopeError),
    /// The key that signs as the contributor has another part in the program.
    #[error("the contributor's key is also the key of a signer, a recipient or the organisation")]
    NotAContributor,
    /// It answers another charter: a wider one needs a consent of its own.
    #[error("the grant is for charter {found}, not {expected}")]
    OtherCharter {
        /// The charter that the grant names.
        found: Digest,
        /// The charter that it was checked against.
        expected: Digest,
    },
    /// It is bound to another text than the notice of the charter.
    #[error("the grant is bound to another notice")]
    OtherNotice,
    /// No purpose was chosen.
    #[error("no purpose is chosen")]
    NoPurpose,
    /// Something was chosen that the charter does not offer.
    #[error("a {0} is chosen that the charter does not offer")]
    BeyondCharter(&'static str),
    /// It counts before the time for second thoughts is over.
    #[error("the consent counts before {hours} hours for second thoughts are over")]
    NoCoolingOff {
        /// Hours that the charter gives.
        hours: u32,
    },
    /// It ends before it counts, never, or later than the charter allows.
    #[error("the consent must end after it counts, and within {days} days")]
    Duration {
        /// Days that the charter allows.
        days: u32,
    },
    /// The secret that links it to its log entries is malformed.
    #[error("rho is not 32 bytes in lower-case hexadecimal")]
    NotRho,
    /// The record is not the one that follows from the charter and the choice.
    #[error("the consent record differs from what the charter and the choice say")]
    OtherRecord,
}

/// What a contributor signs. The subject is the notice that they read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The consent.
    pub consent: ConsentId,
    /// The contributor's key for this program, which is all the name they have here.
    pub contributor: PublicKey,
    /// The charter.
    pub charter: Digest,
    /// What they agreed to.
    pub choice: Choice,
    /// When they said yes.
    pub given_at: Timestamp,
    /// When it begins to count: after the time for second thoughts.
    pub effective_from: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Hexadecimal of 32 random bytes: only who holds them finds this consent's entries in the log.
    pub rho: String,
    /// The consent record (ISO/IEC TS 27560 by DPV 2.3): [`crate::record()`] of the charter and the rest.
    pub record: serde_json::Value,
}

impl StatementKind for Grant {
    const PREDICATE_TYPE: &'static str = "urn:candor:grant:v1";
}

impl Grant {
    /// Writes down a yes to `charter`, for the longest time that it allows.
    ///
    /// # Errors
    /// When the choice is not within the charter.
    pub fn new(
        charter: &Charter,
        contributor: PublicKey,
        choice: Choice,
        given_at: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, ConsentError> {
        let mut grant = Self {
            consent: ConsentId::random(entropy),
            contributor,
            charter: charter.digest(),
            choice,
            given_at,
            effective_from: earliest_effect(charter, given_at),
            expires_at: given_at.plus_days(charter.consent_days_max()),
            rho: Digest::from_bytes(entropy.bytes_32()).to_string(),
            record: serde_json::Value::Null,
        };
        grant.record = record(charter, &grant);
        grant.check(charter)?;
        Ok(grant)
    }

    /// Signs the grant over the notice of `charter`.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(&self, charter: &Charter, contributor: &SigningKey) -> Result<Envelope, CanonicalError> {
        let subject = Subject::new(self.subject_name(), Notice::of(charter).digest);
        Statement::new(subject, self.clone()).sign(contributor)
    }

    fn subject_name(&self) -> String {
        format!("urn:uuid:{}", self.consent)
    }

    /// Every rule but the signatures.
    fn check(&self, charter: &Charter) -> Result<(), ConsentError> {
        if self.charter != charter.digest() {
            return Err(ConsentError::OtherCharter { found: self.charter, expected: charter.digest() });
        }
        self.check_choice(charter)?;
        self.check_times(charter)?;
        if !is_hex_32(&self.rho) {
            return Err(ConsentError::NotRho);
        }
        if self.record != record(charter, self) {
            return Err(ConsentError::OtherRecord);
        }
        Ok(())
    }

    fn check_choice(&self, charter: &Charter) -> Result<(), ConsentError> {
        if self.choice.purposes.is_empty() {
            return Err(ConsentError::NoPurpose);
        }
        self.choice.beyond(charter).map_or(Ok(()), |what| Err(ConsentError::BeyondCharter(what)))
    }

    fn check_times(&self, charter: &Charter) -> Result<(), ConsentError> {
        if self.effective_from < earliest_effect(charter, self.given_at) {
            return Err(ConsentError::NoCoolingOff { hours: charter.cooling_off_hours() });
        }
        let days = charter.consent_days_max();
        let ends = self.effective_from < self.expires_at && self.expires_at <= self.given_at.plus_days(days);
        if ends { Ok(()) } else { Err(ConsentError::Duration { days }) }
    }
}

fn earliest_effect(charter: &Charter, given_at: Timestamp) -> Timestamp {
    given_at.plus_millis(i64::from(charter.cooling_off_hours()) * 3_600_000)
}

/// A grant that verified: signed by the contributor, bound to the notice of its charter, and within it.
///
/// It is not read from a file and not made by hand:
///
/// ```compile_fail
/// let consent: candor_consent::Consent = serde_json::from_str("{}").unwrap();
/// ```
/// ```compile_fail
/// let grant: candor_consent::Grant = todo!();
/// let forged = candor_consent::Consent { grant, digest: todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    grant: Grant,
    digest: Digest,
}

impl Consent {
    /// Checks a grant. `organisation` asks for its countersignature too; a device checks its own grant before that.
    ///
    /// Whether it is in force at some moment, or withdrawn, is another question.
    ///
    /// # Errors
    /// When a signature, the notice, the choice, a time or the record is wrong.
    pub fn verify(
        envelope: &Envelope,
        charter: &Charter,
        organisation: Option<&PublicKey>,
    ) -> Result<Self, ConsentError> {
        let statement = read_canonical::<Grant>(envelope).map_err(ConsentError::Statement)?;
        let grant = &statement.predicate;
        let payload = envelope.verify(PAYLOAD_TYPE, &grant.contributor).map_err(ConsentError::NotSigned)?;
        if let Some(key) = organisation {
            envelope.verify(PAYLOAD_TYPE, key).map_err(ConsentError::NotCountersigned)?;
        }
        check_part(charter, &grant.contributor, organisation)?;
        grant.check(charter)?;
        let notice = Subject::new(grant.subject_name(), Notice::of(charter).digest);
        if statement.subject != [notice] {
            return Err(ConsentError::OtherNotice);
        }
        Ok(Self { digest: Digest::of(&payload), grant: statement.predicate })
    }

    /// Whether it counts at `at`: the time for second thoughts is over, and it has not ended by itself.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.grant.effective_from <= at && at < self.grant.expires_at
    }

    /// What the contributor signed.
    #[must_use]
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The consent.
    #[must_use]
    pub const fn id(&self) -> ConsentId {
        self.grant.consent
    }

    /// The contributor's key.
    #[must_use]
    pub const fn contributor(&self) -> PublicKey {
        self.grant.contributor
    }

    /// The charter.
    #[must_use]
    pub const fn charter(&self) -> Digest {
        self.grant.charter
    }

    /// Digest of the signed payload: the same with one signature or two.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether the contributor chose this application.
    #[must_use]
    pub fn covers_app(&self, app: &AppId) -> bool {
        self.grant.choice.apps.contains(app)
    }

    /// Whether the contributor chose this field.
    #[must_use]
    pub fn covers_field(&self, field: Field) -> bool {
        self.grant.choice.fields.contains(&field)
    }

    /// Whether the contributor chose this purpose.
    #[must_use]
    pub fn covers_purpose(&self, purpose: &PurposeId) -> bool {
        self.grant.choice.purposes.contains(purpose)
    }
}

/// A contributor is nobody who has power over the program: else one key could play two parts.
fn check_part(
    charter: &Charter,
    key: &PublicKey,
    organisation: Option<&PublicKey>,
) -> Result<(), ConsentError> {
    let has_part = organisation == Some(key)
        || charter.recipient(key).is_some()
        || charter.signers().iter().any(|signer| signer.key == *key);
    if has_part { Err(ConsentError::NotAContributor) } else { Ok(()) }
}
