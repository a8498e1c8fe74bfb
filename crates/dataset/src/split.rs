//! Which contributor falls into which part: by the contributor's key, so that nobody stands in two parts.

use candor_model::{Digest, PublicKey};

use crate::recipe::{Shares, Split};

const DOMAIN: &[u8] = b"candor/split/v1\0";

/// The split of everything that one contributor gave.
///
/// It depends on the key and the recipe's seed alone: who else is in the dataset, and in which order, changes nothing.
/// A withdrawal therefore moves nobody else.
pub(crate) fn split_of(contributor: &PublicKey, shares: Shares) -> Split {
    let place = percent(contributor, shares.seed);
    if place < u64::from(shares.train) {
        Split::Train
    } else if place < u64::from(shares.train) + u64::from(shares.validation) {
        Split::Validation
    } else {
        Split::Test
    }
}

/// A place from 0 to 99. The first 8 bytes of SHA-256, modulo 100, favour no place by more than 2^-57.
fn percent(contributor: &PublicKey, seed: u64) -> u64 {
    let message = [DOMAIN, &seed.to_be_bytes(), contributor.as_bytes()].concat();
    let first_bytes =
        Digest::of(&message).as_bytes().iter().take(8).fold(0, |n: u64, b| n << 8 | u64::from(*b));
    first_bytes % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(seed: u64, train: u8, validation: u8, test: u8) -> Shares {
        Shares { seed, train, validation, test }
    }

    #[test]
    fn shares_come_out_as_asked() {
        let mut counts = std::collections::BTreeMap::new();
        for n in 0..4_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            *counts.entry(split_of(&PublicKey::from_bytes(key), shares(1, 80, 10, 10))).or_insert(0) += 1;
        }
        // Four standard deviations of a binomial distribution are 101 and 76.
        assert!((3_099..=3_301).contains(&counts[&Split::Train]), "{counts:?}");
        assert!((324..=476).contains(&counts[&Split::Validation]), "{counts:?}");
    }

    #[test]
    fn a_share_of_nothing_gets_nobody() {
        for n in 0..=255 {
            let key = PublicKey::from_bytes([n; 32]);
            assert_eq!(split_of(&key, shares(3, 0, 100, 0)), Split::Validation);
            assert_eq!(split_of(&key, shares(3, 0, 0, 100)), Split::Test);
        }
    }

    #[test]
    fn the_place_of_a_key_never_changes() {
        // Golden: a change here would move contributors between the parts of a recompiled dataset.
        let places: Vec<u64> = (0..6).map(|n| percent(&PublicKey::from_bytes([n; 32]), 7)).collect();
        assert_eq!(places, GOLDEN);
    }

    const GOLDEN: [u64; 6] = [18, 70, 96, 74, 31, 2];
}
