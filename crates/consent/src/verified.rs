//! A statement whose signature was checked against the key that must have made it.

use std::ops::Deref;

use candor_model::{
    Digest, Envelope, EnvelopeError, PAYLOAD_TYPE, PublicKey, Statement, StatementKind, canonical_bytes,
};

use crate::StatementError;

/// A statement that verified. Made only by the `verify` function of its kind, never read from a file.
///
/// ```compile_fail
/// // Nobody outside this room can claim that a statement was verified.
/// let halt: candor_consent::ProgramAct = todo!();
/// let forged = candor_consent::Verified { predicate: halt, signer: todo!(), envelope: todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<P> {
    predicate: P,
    signer: PublicKey,
    envelope: Digest,
}

impl<P> Verified<P> {
    /// Who signed.
    #[must_use]
    pub const fn signer(&self) -> PublicKey {
        self.signer
    }

    /// Digest of the envelope that it came in.
    #[must_use]
    pub const fn envelope(&self) -> Digest {
        self.envelope
    }

    /// Tests of the law need many statements and few signatures.
    #[cfg(test)]
    pub(crate) fn for_test(predicate: P, signer: PublicKey) -> Self {
        Self { predicate, signer, envelope: Digest::of(b"test") }
    }
}

impl<P: StatementKind> Verified<P> {
    /// Reads a statement about `subject` that one of `keys` signed.
    pub(crate) fn read(
        envelope: &Envelope,
        subject: Digest,
        keys: &[PublicKey],
    ) -> Result<Self, StatementError> {
        let statement = read_canonical::<P>(envelope)?;
        if statement.subject.len() != 1 || statement.subject_digest() != Some(subject) {
            return Err(StatementError::OtherSubject);
        }
        // The key id is a hint: it says which key to try first, and nothing else.
        let hinted = |key: &&PublicKey| envelope.signatures().iter().any(|s| s.keyid == key.id().to_string());
        let by_hint = keys.iter().filter(hinted).chain(keys.iter().filter(|key| !hinted(key)));
        let signed_by = |key: &&PublicKey| envelope.verify(PAYLOAD_TYPE, key).is_ok();
        let signer = *by_hint.into_iter().find(signed_by).ok_or(StatementError::NotSigned)?;
        Ok(Self { predicate: statement.predicate, signer, envelope: envelope.digest() })
    }
}

impl<P> Deref for Verified<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.predicate
    }
}

/// Reads a statement, in its one canonical form only: no repeated key, no other order, no white space.
///
/// It looks at no signature.
pub(crate) fn read_canonical<P: StatementKind>(envelope: &Envelope) -> Result<Statement<P>, StatementError> {
    let statement = Statement::<P>::peek(envelope).map_err(StatementError::Envelope)?;
    let payload = envelope.payload().map_err(StatementError::Envelope)?;
    let canonical = canonical_bytes(&statement).map_err(|_| StatementError::NotCanonical)?;
    if envelope.payload_type() != PAYLOAD_TYPE {
        return Err(StatementError::Envelope(EnvelopeError::WrongType { expected: PAYLOAD_TYPE.to_owned() }));
    }
    if canonical == payload { Ok(statement) } else { Err(StatementError::NotCanonical) }
}

/// Whether `text` is 32 bytes in lower-case hexadecimal, as secrets and nonces are written.
pub(crate) fn is_hex_32(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
