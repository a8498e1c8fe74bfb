//! A recipient's request for a dataset.

use candor_model::{
    CanonicalError, Digest, Entropy, Envelope, PurposeId, SigningKey, Statement, StatementKind, Subject,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::verified::is_hex_32;
use crate::{Charter, StatementError, Verified};

/// A request for a dataset, for one purpose. The subject is the recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetRequest {
    /// The program: the digest of its charter.
    pub charter: Digest,
    /// The one purpose. Whether consents cover it is decided at the use, consent by consent.
    pub purpose: PurposeId,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Hexadecimal of 32 random bytes, so that each request is one request.
    pub nonce: String,
}

impl StatementKind for DatasetRequest {
    const PREDICATE_TYPE: &'static str = "urn:candor:dataset-request:v1";
}

impl DatasetRequest {
    /// Makes a request with a fresh nonce.
    pub fn new(
        charter: &Charter,
        purpose: PurposeId,
        requested_at: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Self {
        let nonce = Digest::from_bytes(entropy.bytes_32()).to_string();
        Self { charter: charter.digest(), purpose, requested_at, nonce }
    }

    /// Signs the request for the recipe with this digest.
    ///
    /// # Errors
    /// When the statement has no canonical bytes.
    pub fn sign(&self, recipe: Digest, recipient: &SigningKey) -> Result<Envelope, CanonicalError> {
        Statement::new(Subject::new("recipe", recipe), self.clone()).sign(recipient)
    }

    /// Reads a request for the recipe with this digest, signed by a recipient that `charter` names.
    ///
    /// A purpose that the charter does not have is not refused here: [`crate::decide_use`] names it.
    ///
    /// # Errors
    /// When the signature, the recipe, the charter or the nonce is wrong.
    pub fn verify(
        envelope: &Envelope,
        recipe: Digest,
        charter: &Charter,
    ) -> Result<Verified<Self>, StatementError> {
        let keys: Vec<_> = charter.recipients().iter().map(|recipient| recipient.key).collect();
        let request = Verified::<Self>::read(envelope, recipe, &keys)?;
        if request.charter != charter.digest() {
            return Err(StatementError::OtherSubject);
        }
        if is_hex_32(&request.nonce) { Ok(request) } else { Err(StatementError::NotNonce) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::testing::{CHARTER, GIVEN, ORGANISATION, RECIPIENT, charter_with, entropy, signer_key, time};
    use candor_model::PublicKey;

    fn request() -> DatasetRequest {
        DatasetRequest::new(&CHARTER, "form-filling".parse().unwrap(), time(GIVEN), &mut entropy())
    }

    fn verify(
        request: &DatasetRequest,
        recipe: &[u8],
        key: &SigningKey,
    ) -> Result<PublicKey, StatementError> {
        let envelope = request.sign(Digest::of(recipe), key).unwrap();
        DatasetRequest::verify(&envelope, Digest::of(b"recipe"), &CHARTER).map(|verified| verified.signer())
    }

    #[test]
    fn only_a_recipient_that_the_charter_names_asks_for_data() {
        for key in [&*ORGANISATION, &signer_key(Role::Legal)] {
            assert_eq!(verify(&request(), b"recipe", key), Err(StatementError::NotSigned));
        }
        assert_eq!(verify(&request(), b"recipe", &RECIPIENT), Ok(RECIPIENT.public()));
    }

    #[test]
    fn a_request_is_for_one_recipe_one_charter_and_once() {
        assert_eq!(verify(&request(), b"other", &RECIPIENT), Err(StatementError::OtherSubject));
        let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
        let mut elsewhere = request();
        elsewhere.charter = other.digest();
        assert_eq!(verify(&elsewhere, b"recipe", &RECIPIENT), Err(StatementError::OtherSubject));
        let mut without = request();
        without.nonce.clear();
        assert_eq!(verify(&without, b"recipe", &RECIPIENT), Err(StatementError::NotNonce));
    }
}
