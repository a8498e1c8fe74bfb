//! Authenticated encryption with a key that can be destroyed. Every ciphertext is bound to its place.
//!
//! Two shapes: [`Key::seal`] for small things (a wrapped key, a salt, a statement) and [`Key::seal_chunk`] for blobs.
//! What binding to a place does not protect: that the newest of two ciphertexts of one place is the one that is read.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use candor_model::Entropy;
use zeroize::Zeroizing;

/// Algorithm byte of the one construction that this program writes and reads.
const ALGORITHM: u8 = 1;
const NONCE_BYTES: usize = 12;
const SALT_BYTES: usize = 24;
const COMMITMENT_BYTES: usize = 32;
const CHUNK_HEADER_BYTES: usize = 1 + SALT_BYTES + COMMITMENT_BYTES;
/// Bytes that the tag of AES-GCM adds.
const TAG_BYTES: usize = 16;
/// Bytes that a sealed chunk is longer than what it holds.
pub(crate) const CHUNK_OVERHEAD_BYTES: usize = CHUNK_HEADER_BYTES + TAG_BYTES;

/// A ciphertext does not open: another key, another place, or changed bytes. Which one cannot be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the ciphertext does not open under this key in this place")]
pub struct SealError;

/// Where a ciphertext belongs: its associated data.
///
/// Each part is written with its length before it, so that no two lists of parts are the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(Vec<u8>);

impl Place {
    /// A place of a kind, for example `candor/wrap/v1`.
    pub(crate) fn new(kind: &str) -> Self {
        Self(Vec::new()).at(kind.as_bytes())
    }

    /// A place inside this one.
    pub(crate) fn at(mut self, part: &[u8]) -> Self {
        self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.0.extend_from_slice(part);
        self
    }
}

/// A 256-bit key. It is wiped when dropped, and has no text form.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

struct OutputBytes(usize);

impl KeyType for OutputBytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Key {
    pub(crate) fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Zeroizing::new(entropy.bytes_32()))
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| SealError)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Derives a key for one use (HKDF-SHA-256, RFC 5869).
    pub(crate) fn derive(&self, place: &Place) -> Result<Self, SealError> {
        Ok(Self(self.expand(&[], &place.0)?))
    }

    fn expand(&self, salt: &[u8], info: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let mut output = Zeroizing::new([0; 32]);
        let extracted = Salt::new(HKDF_SHA256, salt).extract(self.0.as_slice());
        let info = [info];
        let expanded = extracted.expand(&info, OutputBytes(32)).map_err(|_| SealError)?;
        expanded.fill(output.as_mut_slice()).map_err(|_| SealError)?;
        Ok(output)
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice()).map(LessSafeKey::new).map_err(|_| SealError)
    }

    /// Seals a small thing: algorithm byte, random nonce, ciphertext and tag.
    pub(crate) fn seal(
        &self,
        place: &Place,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let mut sealed = vec![ALGORITHM];
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&self.encrypt(nonce, &place.0, plain)?);
        Ok(sealed)
    }

    /// Opens what [`Key::seal`] made for the same place.
    pub(crate) fn open(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (algorithm, rest) = sealed.split_first().ok_or(SealError)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError)?;
        if *algorithm != ALGORITHM {
            return Err(SealError);
        }
        self.decrypt(*nonce, &place.0, ciphertext)
    }

    /// Seals a chunk under a key of its own, with a commitment to that key before it.
    ///
    /// The nonce is zero: the key is used for this one chunk, since the salt is random.
    pub(crate) fn seal_chunk(
        &self,
        place: &Place,
        plain: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        let (key, commitment) = self.chunk_key(&salt, place)?;
        let mut sealed = vec![ALGORITHM];
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(commitment.as_slice());
        let body = key.encrypt([0; NONCE_BYTES], &sealed, plain)?;
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what [`Key::seal_chunk`] made for the same place. The commitment is compared first: AES-GCM alone does not
    /// commit to its key, and a cheat could make one ciphertext that opens to two plaintexts.
    pub(crate) fn open_chunk(&self, place: &Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (header, body) = sealed.split_first_chunk::<CHUNK_HEADER_BYTES>().ok_or(SealError)?;
        let (algorithm, rest) = header.split_first().ok_or(SealError)?;
        let (salt, claimed) = rest.split_first_chunk::<SALT_BYTES>().ok_or(SealError)?;
        if *algorithm != ALGORITHM {
            return Err(SealError);
        }
        let (key, commitment) = self.chunk_key(salt, place)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(commitment.as_slice(), claimed)
            .map_err(|_| SealError)?;
        key.decrypt([0; NONCE_BYTES], header, body)
    }

    fn chunk_key(
        &self,
        salt: &[u8; SALT_BYTES],
        place: &Place,
    ) -> Result<(Self, Zeroizing<[u8; 32]>), SealError> {
        let info = |kind: &str| Place::new(kind).at(&place.0).0;
        let key = self.expand(salt, &info("candor/chunk-key/v1"))?;
        let commitment = self.expand(salt, &info("candor/chunk-commitment/v1"))?;
        Ok((Self(key), commitment))
    }

    fn encrypt(&self, nonce: [u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut bytes = Vec::with_capacity(plain.len().saturating_add(TAG_BYTES));
        bytes.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.cipher()?.seal_in_place_append_tag(nonce, Aad::from(aad), &mut bytes).map_err(|_| SealError)?;
        Ok(bytes)
    }

    fn decrypt(
        &self,
        nonce: [u8; NONCE_BYTES],
        aad: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut bytes = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = self.cipher()?.open_in_place(nonce, Aad::from(aad), &mut bytes).map_err(|_| SealError)?;
        let length = plain.len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::counter;

    fn place() -> Place {
        Place::new("test/v1").at(b"here")
    }

    /// Made by Python's `hmac` and `cryptography` from docs/formats/vault.md: key 0x11, nonce and salt 0x22, this place.
    const SMALL: &[&str] = &["012222222222222222222222227498693da5a1eb4f001643dfa2a04a8b397801569539d9"];
    const CHUNK: &[&str] = &[
        "0122222222222222222222222222222222222222222222222270942114af047ca9e659f7fc5936b867bfbabc0c",
        "4e77e990afc17b41a911c637180c95c115b02e4e2db6cafc92270947026220b73fb606",
    ];
    const DERIVED: &str = "cd9398c9e63e1d40c18361b9e7371f98dd4bd66a2070eca3e1213b2665fc4888";

    fn twos(bytes: &mut [u8]) {
        bytes.fill(0x22);
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn ciphertexts_match_the_specification() {
        let key = Key::from_bytes(&[0x11; 32]);
        assert_eq!(hex(&key.seal(&place(), b"content", &mut twos).unwrap()), SMALL.concat());
        assert_eq!(hex(&key.seal_chunk(&place(), b"content", &mut twos).unwrap()), CHUNK.concat());
        assert_eq!(hex(key.derive(&place()).unwrap().as_bytes()), DERIVED);
    }

    #[test]
    fn nothing_opens_under_another_key() {
        let mut entropy = counter();
        let (key, other) = (Key::generate(&mut entropy), Key::generate(&mut entropy));
        let small = key.seal(&place(), b"content", &mut entropy).unwrap();
        let chunk = key.seal_chunk(&place(), b"content", &mut entropy).unwrap();
        assert_eq!(other.open(&place(), &small).unwrap_err(), SealError);
        assert_eq!(other.open_chunk(&place(), &chunk).unwrap_err(), SealError);
        assert_eq!(key.open(&place(), &small).unwrap().as_slice(), b"content");
        assert_eq!(key.open_chunk(&place(), &chunk).unwrap().as_slice(), b"content");
    }

    #[test]
    fn nothing_opens_in_another_place() {
        let mut entropy = counter();
        let key = Key::generate(&mut entropy);
        let there = Place::new("test/v1").at(b"there");
        let small = key.seal(&place(), b"content", &mut entropy).unwrap();
        let chunk = key.seal_chunk(&place(), b"content", &mut entropy).unwrap();
        assert!(key.open(&there, &small).is_err() && key.open_chunk(&there, &chunk).is_err());
    }

    #[test]
    fn a_changed_byte_anywhere_is_found() {
        let mut entropy = counter();
        let key = Key::generate(&mut entropy);
        let small = key.seal(&place(), b"content", &mut entropy).unwrap();
        let chunk = key.seal_chunk(&place(), b"content", &mut entropy).unwrap();
        let flipped = |bytes: &[u8], n: usize| {
            let mut bytes = bytes.to_vec();
            bytes[n] ^= 1;
            bytes
        };
        assert!((0..small.len()).all(|n| key.open(&place(), &flipped(&small, n)).is_err()));
        assert!((0..chunk.len()).all(|n| key.open_chunk(&place(), &flipped(&chunk, n)).is_err()));
        assert!((0..small.len()).all(|n| key.open(&place(), &small[..n]).is_err()));
        assert!((0..chunk.len()).all(|n| key.open_chunk(&place(), &chunk[..n]).is_err()));
    }

    #[test]
    fn places_with_shifted_parts_are_not_the_same() {
        assert_ne!(Place::new("a").at(b"bc"), Place::new("ab").at(b"c"));
        assert_ne!(Place::new("a").at(b"").at(b"b"), Place::new("a").at(b"b").at(b""));
    }

    #[test]
    fn a_chunk_is_as_much_longer_as_the_format_says() {
        let mut entropy = counter();
        let key = Key::generate(&mut entropy);
        let chunk = key.seal_chunk(&place(), b"12345", &mut entropy).unwrap();
        assert_eq!(chunk.len(), 5 + CHUNK_OVERHEAD_BYTES);
    }
}
