//! A lease: the organisation's word that the program runs, which a recorder must renew to go on.

use candor_model::{
    CanonicalError, Digest, Envelope, PublicKey, SigningKey, Statement, StatementKind, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::error::require_duration;
use crate::{Charter, StatementError, Verified};

/// A lease. The subject is the charter. A recorder whose lease ran out stops by itself: silence halts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// The program: the digest of its charter.
    pub program: Digest,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends, at most [`Lease::HOURS_MAX`] later.
    pub expires_at: Timestamp,
    /// Counts up; a recorder keeps the highest that it saw, and takes no lower one.
    pub sequence: u64,
    /// Whether recording may go on. A lease that says no is how a halt travels.
    pub state_ok: bool,
}

impl StatementKind for Lease {
    const PREDICATE_TYPE: &'static str = "urn:candor:lease:v1";
}

impl Lease {
    /// Longest lease in hours: the longest time that a recorder without a network can miss a halt.
    pub const HOURS_MAX: u32 = 1;

    /// Signs the lease with the organisation's key.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(&self, organisation: &SigningKey) -> Result<Envelope, CanonicalError> {
        Statement::new(Subject::new("charter", self.program), self.clone()).sign(organisation)
    }

    /// Reads a lease for the program of `charter`, signed by the organisation.
    ///
    /// # Errors
    /// When the signature, the program or the duration is wrong.
    pub fn verify(
        envelope: &Envelope,
        charter: &Charter,
        organisation: &PublicKey,
    ) -> Result<Verified<Self>, StatementError> {
        let lease = Verified::<Self>::read(envelope, charter.digest(), &[*organisation])?;
        if lease.program != charter.digest() {
            return Err(StatementError::OtherSubject);
        }
        require_duration(lease.issued_at, lease.expires_at, Self::HOURS_MAX)?;
        Ok(lease)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::testing::{CHARTER, GIVEN, ORGANISATION, charter_with, signer_key, time};

    fn lease(minutes: i64) -> Lease {
        let issued_at = time(GIVEN);
        let expires_at = issued_at.plus_millis(minutes * 60_000);
        Lease { program: CHARTER.digest(), issued_at, expires_at, sequence: 7, state_ok: true }
    }

    fn verify(lease: &Lease, key: &SigningKey) -> Result<Lease, StatementError> {
        let envelope = lease.sign(key).unwrap();
        Lease::verify(&envelope, &CHARTER, &ORGANISATION.public()).map(|verified| (*verified).clone())
    }

    #[test]
    fn only_the_organisation_gives_a_lease() {
        assert_eq!(verify(&lease(1), &signer_key(Role::Privacy)), Err(StatementError::NotSigned));
        assert_eq!(verify(&lease(1), &ORGANISATION), Ok(lease(1)));
    }

    #[test]
    fn a_lease_ends_within_the_hour_so_that_silence_halts() {
        assert_eq!(verify(&lease(61), &ORGANISATION), Err(StatementError::Duration { hours_max: 1 }));
        assert_eq!(verify(&lease(0), &ORGANISATION), Err(StatementError::Duration { hours_max: 1 }));
        assert_eq!(verify(&lease(60), &ORGANISATION), Ok(lease(60)));
    }

    #[test]
    fn a_lease_of_another_program_is_refused() {
        let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
        let envelope = lease(1).sign(&ORGANISATION).unwrap();
        assert_eq!(
            Lease::verify(&envelope, &other, &ORGANISATION.public()),
            Err(StatementError::OtherSubject)
        );
        let mut two_minds = lease(1);
        two_minds.program = other.digest();
        let subject = Subject::new("charter", CHARTER.digest());
        let envelope = Statement::new(subject, two_minds).sign(&ORGANISATION).unwrap();
        assert_eq!(
            Lease::verify(&envelope, &CHARTER, &ORGANISATION.public()),
            Err(StatementError::OtherSubject)
        );
    }
}
