//! DSSE envelopes (secure-systems-lab/dsse, protocol.md v1.0.2): signatures over exact bytes.
//!
//! The payload is stored as it was signed and is never serialised again.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use crate::{Digest, PublicKey, SigningKey};

/// Why an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The JSON is not an envelope.
    #[error("the bytes are not a DSSE envelope")]
    NotAnEnvelope,
    /// The envelope is not written in its one canonical form.
    #[error("the envelope is not written in its canonical form")]
    NotCanonical,
    /// The base64 text is not canonical (RFC 4648, section 3.5).
    #[error("the payload or a signature is not canonical base64")]
    NotBase64,
    /// The payload is of another type.
    #[error("the payload type is not {expected}")]
    WrongType {
        /// The type that was asked for.
        expected: String,
    },
    /// No signature by that key verifies.
    #[error("no valid signature by {key}")]
    NotSignedBy {
        /// The key that should have signed.
        key: PublicKey,
    },
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Digest of the public key, lower-case hexadecimal: a hint, never trusted.
    pub keyid: String,
    /// Base64 of the signature.
    pub sig: String,
}

/// A DSSE envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Base64 of the payload.
    payload: String,
    /// Type of the payload.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// Signatures over the pre-authentication encoding, in the order made.
    signatures: Vec<Signature>,
}

/// The bytes that a signature covers: PAE(type, payload) of DSSE v1.
#[must_use]
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// Largest envelope in bytes.
    pub const BYTES_MAX: usize = 16 * 1024 * 1024;

    /// Wraps and signs `payload`.
    #[must_use]
    pub fn sign(payload_type: &str, payload: &[u8], key: &SigningKey) -> Self {
        let unsigned = Self {
            payload: BASE64.encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: Vec::new(),
        };
        unsigned.signed_also(payload, key)
    }

    /// Adds the signature of a second party.
    ///
    /// # Errors
    /// When the payload is not canonical base64.
    pub fn countersign(self, key: &SigningKey) -> Result<Self, EnvelopeError> {
        let payload = self.payload()?;
        Ok(self.signed_also(&payload, key))
    }

    fn signed_also(mut self, payload: &[u8], key: &SigningKey) -> Self {
        let message = pre_authentication_encoding(&self.payload_type, payload);
        let sig = BASE64.encode(&key.sign(&message));
        self.signatures.push(Signature { keyid: key.public().id().to_string(), sig });
        self
    }

    /// Reads an envelope, in its one canonical form only.
    ///
    /// # Errors
    /// When the bytes are too many, are not an envelope, or differ from the canonical form in any byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(EnvelopeError::NotAnEnvelope);
        }
        let envelope: Self = serde_json::from_slice(bytes).map_err(|_| EnvelopeError::NotAnEnvelope)?;
        if envelope.to_bytes() != bytes {
            return Err(EnvelopeError::NotCanonical);
        }
        Ok(envelope)
    }

    /// The canonical bytes: what is stored, sent and digested.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // An envelope is made of text only, so it always has canonical bytes.
        crate::canonical_bytes(self).unwrap_or_default()
    }

    /// The digest of the canonical bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// The payload, without a look at any signature.
    ///
    /// # Errors
    /// When it is not canonical base64.
    pub fn payload(&self) -> Result<Vec<u8>, EnvelopeError> {
        BASE64.decode(self.payload.as_bytes()).map_err(|_| EnvelopeError::NotBase64)
    }

    /// Type of the payload.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The signatures.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The payload, once a signature by `key` over it verifies.
    ///
    /// # Errors
    /// When the type differs, the base64 is not canonical, or no signature by `key` verifies.
    pub fn verify(&self, payload_type: &str, key: &PublicKey) -> Result<Vec<u8>, EnvelopeError> {
        if self.payload_type != payload_type {
            return Err(EnvelopeError::WrongType { expected: payload_type.to_owned() });
        }
        let payload = self.payload()?;
        let message = pre_authentication_encoding(payload_type, &payload);
        let valid = |s: &Signature| {
            let signature = BASE64.decode(s.sig.as_bytes());
            signature.is_ok_and(|signature| key.verify(&message, &signature).is_ok())
        };
        if self.signatures.iter().any(valid) {
            Ok(payload)
        } else {
            Err(EnvelopeError::NotSignedBy { key: *key })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    #[test]
    fn pae_matches_the_dsse_example() {
        // protocol.md of DSSE: PAE("http://example.com/HelloWorld", "hello world").
        let bytes = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(bytes, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn both_parties_signatures_verify() {
        let envelope = Envelope::sign("t", b"text", &key(1)).countersign(&key(2)).unwrap();
        let read = Envelope::parse(&envelope.to_bytes()).unwrap();
        assert_eq!(read.verify("t", &key(1).public()).unwrap(), b"text");
        assert_eq!(read.verify("t", &key(2).public()).unwrap(), b"text");
        assert!(read.verify("t", &key(3).public()).is_err());
        assert!(read.verify("u", &key(1).public()).is_err());
    }

    #[test]
    fn any_flipped_byte_is_refused() {
        let bytes = Envelope::sign("t", b"text", &key(1)).to_bytes();
        for i in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[i] ^= 1 << bit;
                let kept = Envelope::parse(&changed).and_then(|e| e.verify("t", &key(1).public()));
                // The key id is a hint: a change there changes the digest of the envelope, not the verdict.
                let in_hint = Envelope::parse(&changed)
                    .is_ok_and(|e| e.signatures[0].sig == Envelope::parse(&bytes).unwrap().signatures[0].sig);
                assert!(kept.is_err() || in_hint, "byte {i} bit {bit}");
            }
        }
    }
}
