//! Keys of notes (C2SP signed-note): Ed25519 under a name, with their text forms.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Longest name of a key in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 256;
/// The signature type of signed-note for Ed25519.
const TYPE_ED25519: u8 = 1;
/// What the text of a signer key begins with.
const SIGNER_PREFIX: &str = "PRIVATE+KEY+";

/// Why a text or a name is not a key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// An empty name, a name with a space, a plus or a control character, or a longer one than we take.
    #[error("a key name has 1 to {KEY_NAME_BYTES_MAX} bytes and no space, plus or control character")]
    Name,
    /// Not the text form of such a key.
    #[error("not the text form of a note key")]
    Form,
    /// A key of another type than Ed25519.
    #[error("note keys of type {0:#04x} are not supported")]
    Type(u8),
    /// The id in the text does not follow from name and key.
    #[error("the key id does not belong to this name and key")]
    Id,
    /// Not a point of the curve, or one of small order.
    #[error("the public key is not a safe point of the curve")]
    Point,
}

/// A public key under a name. Text form (vkey): `<name>+<id>+<base64 of type and key>`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Puts a public key under a name.
    ///
    /// # Errors
    /// When the name is not one, or the key is not a point or one of small order.
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, public), key })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id: four bytes of SHA-256 over name, newline, type and key.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether `signature` over `message` is this key's, strictly: neither key nor signature can be bent into another.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|s| self.key.verify_strict(message, &s).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[TYPE_ED25519], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64.encode(&typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, public) = fields(text)?;
        let key = Self::new(name, &public)?;
        if key.id == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

/// A private key under a name. It is wiped when dropped, and shows nothing of itself unless asked for its text.
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// Puts the key with this seed (RFC 8032 section 5.1.5) under a name.
    ///
    /// # Errors
    /// When the name is not one.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name, key.verifying_key().as_bytes())?, key })
    }

    /// Reads the text form (skey): `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`.
    ///
    /// # Errors
    /// When it is not one, or the id is another key's.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let (name, id, seed) = fields(text.strip_prefix(SIGNER_PREFIX).ok_or(KeyError::Form)?)?;
        let signer = Self::from_seed(name, &Zeroizing::new(seed))?;
        if signer.verifier.id == id { Ok(signer) } else { Err(KeyError::Id) }
    }

    /// The text form (skey). Whoever has it signs as the log.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let typed = Zeroizing::new([&[TYPE_ED25519], self.key.as_bytes().as_slice()].concat());
        let (name, id) = (&self.verifier.name, self.verifier.id);
        Zeroizing::new(format!("{SIGNER_PREFIX}{name}+{id:08x}+{}", *Zeroizing::new(BASE64.encode(&typed))))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}+{:08x}, ..)", self.verifier.name, self.verifier.id)
    }
}

/// Name, id and key bytes of a text form. The base64 may itself hold a plus.
fn fields(text: &str) -> Result<(&str, u32, [u8; 32]), KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
    let (id, typed) = rest.split_once('+').ok_or(KeyError::Form)?;
    let id = HEXLOWER.decode(id.as_bytes()).map_err(|_| KeyError::Form)?;
    let id = u32::from_be_bytes(id.try_into().map_err(|_| KeyError::Form)?);
    let typed = Zeroizing::new(BASE64.decode(typed.as_bytes()).map_err(|_| KeyError::Form)?);
    let (kind, key) = typed.split_first().ok_or(KeyError::Form)?;
    if *kind != TYPE_ED25519 {
        return Err(KeyError::Type(*kind));
    }
    Ok((name, id, key.try_into().map_err(|_| KeyError::Form)?))
}

/// Refuses what signed-note does not allow as a name, and control characters, which would break the line.
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let plain = |c: char| c != '+' && !c.is_whitespace() && !c.is_control();
    let fits = (1..=KEY_NAME_BYTES_MAX).contains(&name.len());
    if fits && name.chars().all(plain) { Ok(()) } else { Err(KeyError::Name) }
}

fn key_id(name: &str, public: &[u8; 32]) -> u32 {
    let digest: [u8; 32] = Sha256::new_with_prefix(name)
        .chain_update([b'\n', TYPE_ED25519])
        .chain_update(public)
        .finalize()
        .into();
    let [a, b, c, d, ..] = digest;
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the Go package golang.org/x/mod/sumdb/note.
    const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_match_the_go_packages_example() {
        let signer = SignerKey::from_text(SKEY).unwrap();
        assert_eq!(signer.to_text().as_str(), SKEY);
        assert_eq!(signer.verifier().to_string(), VKEY);
        assert_eq!(VKEY.parse::<VerifierKey>().unwrap(), *signer.verifier());
    }

    #[test]
    fn a_key_whose_text_was_changed_is_refused() {
        let cases = [
            (VKEY.replace("Peter", "Petra"), KeyError::Id),
            (VKEY.replace("c74f", "c74e"), KeyError::Id),
            (VKEY.replace("c74f20a3", "C74F20A3"), KeyError::Form),
            (VKEY.replace("+ARpc", "+BBpc"), KeyError::Type(4)),
            (VKEY.replace("10TW", "10T="), KeyError::Form),
            (VKEY.replace("PeterNeumann", ""), KeyError::Name),
            (VKEY.replace("PeterNeumann", "Peter Neumann"), KeyError::Name),
            (VKEY.replace("PeterNeumann", &"n".repeat(257)), KeyError::Name),
            ("x".into(), KeyError::Form),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<VerifierKey>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(VerifierKey::new("log", &neutral), Err(KeyError::Point));
    }

    #[test]
    fn a_signer_key_is_mute() {
        let shown = format!("{:?}", SignerKey::from_text(SKEY).unwrap());
        assert_eq!(shown, "SignerKey(PeterNeumann+c74f20a3, ..)");
    }
}
