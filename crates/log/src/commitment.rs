//! Salted commitments and tags: how a leaf is bound to a statement without saying anything about it.
//!
//! The commitment is hiding, because HMAC-SHA-256 under a secret random key of 32 bytes is a pseudo-random function, and
//! binding, because two openings would be a collision of SHA-256. Once the salt is destroyed nothing can confirm a guess:
//! that is what makes the entry of an erased person 144 random-looking bytes. Tags of one secret differ by their domain,
//! so that only whoever knows the secret can tell that a grant and its withdrawal belong together.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::LeafKind;

const DOMAIN_COMMIT: &[u8] = b"candor/commit/v1\0";
const DOMAIN_GRANT: &[u8] = b"candor/grant/v1\0";
const DOMAIN_REVOKE: &[u8] = b"candor/revoke/v1\0";
const DOMAIN_ERASE: &[u8] = b"candor/erase/v1\0";

/// The commitment to `body`: HMAC-SHA-256 under `salt` (32 random bytes, used for one leaf only) of the domain, the kind,
/// the program's leaf hash (zeros for the program's own leaf), the length of the body and the body.
#[must_use]
pub fn commit(salt: &[u8; 32], kind: LeafKind, program: &[u8; 32], body: &[u8]) -> [u8; 32] {
    let mut mac = keyed(salt);
    mac.update(DOMAIN_COMMIT);
    mac.update(&kind.number().to_be_bytes());
    mac.update(program);
    mac.update(&(body.len() as u64).to_be_bytes());
    mac.update(body);
    mac.finalize().into_bytes().into()
}

/// HMAC pads a key of 32 bytes with zeros to the block of 64 (RFC 2104 section 2); a key of a whole block cannot fail.
fn keyed(salt: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(salt) {
        *to = *from;
    }
    Hmac::new(&block.into())
}

/// The tag of a grant; `rho` is the secret of 32 random bytes inside the receipt.
#[must_use]
pub fn grant_tag(rho: &[u8; 32]) -> [u8; 32] {
    tag(DOMAIN_GRANT, rho)
}

/// The tag of the withdrawal of the grant with this `rho`.
#[must_use]
pub fn revoke_tag(rho: &[u8; 32]) -> [u8; 32] {
    tag(DOMAIN_REVOKE, rho)
}

/// The tag of the erasure of the admission with this `sigma` (32 random bytes inside the admission's statement).
#[must_use]
pub fn erase_tag(sigma: &[u8; 32]) -> [u8; 32] {
    tag(DOMAIN_ERASE, sigma)
}

fn tag(domain: &[u8], secret: &[u8; 32]) -> [u8; 32] {
    Sha256::new_with_prefix(domain).chain_update(secret).finalize().into()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    // Computed by Python's hmac and hashlib from the formulas in docs/formats/log.md.
    #[test]
    fn a_commitment_matches_the_specification() {
        let body = b"{\"a\":1}";
        let found = commit(&[0x11; 32], LeafKind::Grant, &[0x22; 32], body);
        assert_eq!(
            HEXLOWER.encode(&found),
            "052a2ac07ebb8f808ccc340521647e491ef3fd446fe4a8d4fa8dd54467d0cc56"
        );
    }

    #[test]
    fn tags_match_the_specification() {
        let found = [grant_tag(&[0x33; 32]), revoke_tag(&[0x33; 32]), erase_tag(&[0x33; 32])];
        let expected = [
            "e5be696e9dd0e29b3b656864ceb798122df9f895a537f68d586277310788f503",
            "5cec9705a9be6160276816493a2117c84723c59248ddc320ab4353d4d1b6464c",
            "ccd4d9984ba9e27c6cb12d6e88d5ac8b6b4df62b20ef7b550475f0a02eaab6da",
        ];
        assert_eq!(found.map(|tag| HEXLOWER.encode(&tag)), expected);
    }

    #[test]
    fn a_commitment_opens_to_nothing_else() {
        let base = commit(&[1; 32], LeafKind::Grant, &[2; 32], b"body");
        let others = [
            commit(&[3; 32], LeafKind::Grant, &[2; 32], b"body"),
            commit(&[1; 32], LeafKind::Withdrawal, &[2; 32], b"body"),
            commit(&[1; 32], LeafKind::Grant, &[3; 32], b"body"),
            commit(&[1; 32], LeafKind::Grant, &[2; 32], b"bodY"),
            commit(&[1; 32], LeafKind::Grant, &[2; 32], b"body\0"),
        ];
        assert!(others.iter().all(|other| *other != base));
    }
}
