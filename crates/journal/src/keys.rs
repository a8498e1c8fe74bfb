//! The keys of a journal: everything comes from the device key by HKDF (RFC 5869) and is bound to its place.
//!
//! A segment has a key of its own, made from a random salt in its header. One process writes a segment, and the next
//! process begins another, so that no key ever sees a nonce twice: not after a crash, not after a failed write.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::header::Header;

/// Length of a salt in bytes.
pub(crate) const SALT_LEN: usize = 32;
/// Length of the authentication tag of AES-256-GCM in bytes (NIST SP 800-38D).
pub(crate) const TAG_LEN: usize = 16;
/// Length of the check of a record's length in bytes.
pub(crate) const LENGTH_CHECK_LEN: usize = 4;

const SEAL: &[u8] = b"candor journal v1: seal of a segment";
const LENGTHS: &[u8] = b"candor journal v1: lengths of a segment";
const KEY_CHECK: &[u8] = b"candor journal v1: check of the device key";
const SALTS: &[u8] = b"candor journal v1: salts of a process";

/// The device key. It is wiped when dropped and has no text form.
pub(crate) struct DeviceKey(Zeroizing<[u8; 32]>);

/// What one process makes its salts from.
pub(crate) struct SaltSource {
    seed: Zeroizing<[u8; 32]>,
    made: u64,
}

/// The keys of one segment, bound to its header.
pub(crate) struct SegmentKeys {
    seal: LessSafeKey,
    lengths: hmac::Key,
    header: [u8; Header::LEN],
}

impl DeviceKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*key))
    }

    /// A value that tells whether a key is the one the journal was made with, and nothing else of it.
    pub(crate) fn check(&self, salt: &[u8; SALT_LEN]) -> Result<[u8; 32], Unspecified> {
        Ok(*derive(&*self.0, salt, KEY_CHECK, &[])?)
    }

    /// The keys of the segment with this header.
    pub(crate) fn segment(&self, header: &Header) -> Result<SegmentKeys, Unspecified> {
        let bytes = header.to_bytes();
        let seal = derive(&*self.0, &header.salt, SEAL, &bytes)?;
        let lengths = derive(&*self.0, &header.salt, LENGTHS, &bytes)?;
        Ok(SegmentKeys {
            seal: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*seal)?),
            lengths: hmac::Key::new(hmac::HMAC_SHA256, &*lengths),
            header: bytes,
        })
    }
}

impl SaltSource {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed: Zeroizing::new(seed), made: 0 }
    }

    /// A salt that this process has not made before.
    pub(crate) fn next(&mut self) -> Result<[u8; SALT_LEN], Unspecified> {
        self.made = self.made.checked_add(1).ok_or(Unspecified)?;
        Ok(*derive(&*self.seed, &[0; SALT_LEN], SALTS, &self.made.to_be_bytes())?)
    }
}

fn derive(
    secret: &[u8],
    salt: &[u8; SALT_LEN],
    label: &[u8],
    place: &[u8],
) -> Result<Zeroizing<[u8; 32]>, Unspecified> {
    let mut key = Zeroizing::new([0; 32]);
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    prk.expand(&[label, place], hkdf::HKDF_SHA256)?.fill(&mut *key)?;
    Ok(key)
}

impl SegmentKeys {
    /// Seals the content of record `index`; the tag is at the end.
    pub(crate) fn seal(&self, index: u64, mut content: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
        let (nonce, aad) = self.place(index);
        self.seal.seal_in_place_append_tag(nonce, Aad::from(aad), &mut content)?;
        Ok(content)
    }

    /// Opens record `index`. It opens in its own place only: this header, this index.
    pub(crate) fn open(&self, index: u64, mut sealed: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
        let (nonce, aad) = self.place(index);
        let len = self.seal.open_in_place(nonce, Aad::from(aad), &mut sealed)?.len();
        sealed.truncate(len);
        Ok(sealed)
    }

    fn place(&self, index: u64) -> (Nonce, Vec<u8>) {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().skip(4).zip(index.to_be_bytes()) {
            *to = from;
        }
        let mut aad = self.header.to_vec();
        aad.extend_from_slice(&index.to_be_bytes());
        (Nonce::assume_unique_for_key(nonce), aad)
    }

    /// The check that stands beside the length of record `index`: a changed length is told from a torn record.
    pub(crate) fn length_check(&self, index: u64, len: u32) -> Vec<u8> {
        let mut message = index.to_be_bytes().to_vec();
        message.extend_from_slice(&len.to_be_bytes());
        hmac::sign(&self.lengths, &message).as_ref().iter().copied().take(LENGTH_CHECK_LEN).collect()
    }

    pub(crate) fn length_holds(&self, index: u64, len: u32, check: &[u8]) -> bool {
        verify_slices_are_equal(&self.length_check(index, len), check).is_ok()
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(..)")
    }
}

impl fmt::Debug for SaltSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltSource(..)")
    }
}

impl fmt::Debug for SegmentKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentKeys(..)")
    }
}
