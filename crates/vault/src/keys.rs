//! The key store: one file per key, sealed under the root key, apart from the database and from its backups.
//!
//! Destroying a contributor's file is what erasure is. Keys below it are random and wrapped, never derived from the root
//! key, so that nothing can make them again.

use std::io;
use std::path::PathBuf;

use candor_model::{ConsentId, Entropy, SigningKey};
use zeroize::Zeroizing;

use crate::disk;
use crate::seal::{Key, Place, SealError};

const MAGIC: &[u8; 4] = b"CVK1";
const SUFFIX: &str = ".key";
const CONTRIBUTOR: &str = "contributor-";
/// Largest key file in bytes.
const KEY_FILE_BYTES_MAX: u64 = 256;

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read or written.
    #[error("the key file {name} could not be read or written")]
    Io {
        /// Name of the key.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The key is not there: it was destroyed, or the key store is not the one of this database.
    #[error("the key {name} is gone")]
    Gone {
        /// Name of the key.
        name: String,
    },
    /// The file does not open under this root key.
    #[error("the key file {name} does not open under this root key")]
    Sealed {
        /// Name of the key.
        name: String,
        /// Why.
        #[source]
        source: SealError,
    },
}

/// The folder of key files.
#[derive(Debug)]
pub(crate) struct KeyStore {
    folder: PathBuf,
    wrapping: Key,
}

impl KeyStore {
    pub(crate) fn open(folder: PathBuf, root: &Key) -> Result<Self, KeyError> {
        let wrapping = root.derive(&Place::new("candor/key-files/v1")).map_err(sealed("root"))?;
        disk::create_folder(&folder).map_err(io_error("root"))?;
        disk::remove_unfinished(&folder).map_err(io_error("root"))?;
        Ok(Self { folder, wrapping })
    }

    /// Stores a key. A crash before the rename leaves no key; after it, the key.
    pub(crate) fn put(&self, name: &str, key: &[u8; 32], entropy: &mut dyn Entropy) -> Result<(), KeyError> {
        let mut bytes = MAGIC.to_vec();
        let body = self.wrapping.seal(&place(name), key, entropy).map_err(sealed(name))?;
        bytes.extend_from_slice(&body);
        disk::write(&self.path(name), &bytes).map_err(io_error(name))
    }

    /// Reads a key; none if its file is not there.
    pub(crate) fn find(&self, name: &str) -> Result<Option<Key>, KeyError> {
        let Some(bytes) = disk::read(&self.path(name), KEY_FILE_BYTES_MAX).map_err(io_error(name))? else {
            return Ok(None);
        };
        let body = bytes.strip_prefix(MAGIC).ok_or(SealError).map_err(sealed(name))?;
        let plain = self.wrapping.open(&place(name), body).map_err(sealed(name))?;
        Key::from_slice(&plain).map(Some).map_err(sealed(name))
    }

    /// The signing key of this name, made on first use.
    pub(crate) fn signing(&self, name: &str, entropy: &mut dyn Entropy) -> Result<SigningKey, KeyError> {
        if let Some(key) = self.find(name)? {
            return Ok(SigningKey::from_seed(key.as_bytes()));
        }
        let seed = Zeroizing::new(entropy.bytes_32());
        self.put(name, &seed, entropy)?;
        Ok(SigningKey::from_seed(&seed))
    }

    /// The key of a contributor under one consent.
    pub(crate) fn contributor(&self, consent: ConsentId) -> Result<Key, KeyError> {
        let name = contributor_name(consent);
        self.find(&name)?.ok_or(KeyError::Gone { name })
    }

    /// Makes the key of a contributor, or finds the one that a crash left.
    pub(crate) fn make_contributor(
        &self,
        consent: ConsentId,
        entropy: &mut dyn Entropy,
    ) -> Result<Key, KeyError> {
        let name = contributor_name(consent);
        if let Some(key) = self.find(&name)? {
            return Ok(key);
        }
        let key = Key::generate(entropy);
        self.put(&name, key.as_bytes(), entropy)?;
        Ok(key)
    }

    /// Whether the key of a contributor is there.
    pub(crate) fn holds_contributor(&self, consent: ConsentId) -> bool {
        self.path(&contributor_name(consent)).exists()
    }

    /// Destroys the key of a contributor: overwritten, synced, unlinked, folder synced. Again is no error.
    pub(crate) fn destroy_contributor(&self, consent: ConsentId) -> Result<(), KeyError> {
        let name = contributor_name(consent);
        disk::destroy(&self.path(&name)).map_err(io_error(&name))
    }

    /// Every consent that has a key file.
    pub(crate) fn contributors(&self) -> Result<Vec<ConsentId>, KeyError> {
        let names = disk::names(&self.folder).map_err(io_error("folder"))?;
        let id =
            |name: &String| name.strip_prefix(CONTRIBUTOR)?.strip_suffix(SUFFIX)?.parse::<ConsentId>().ok();
        Ok(names.iter().filter_map(id).collect())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{SUFFIX}"))
    }
}

fn contributor_name(consent: ConsentId) -> String {
    format!("{CONTRIBUTOR}{consent}")
}

fn place(name: &str) -> Place {
    Place::new("candor/key-file/v1").at(name.as_bytes())
}

fn io_error(name: &str) -> impl FnOnce(io::Error) -> KeyError {
    let name = name.to_owned();
    move |source| KeyError::Io { name, source }
}

fn sealed(name: &str) -> impl FnOnce(SealError) -> KeyError {
    let name = name.to_owned();
    move |source| KeyError::Sealed { name, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::counter;

    fn store(folder: &tempfile::TempDir, root: u8) -> KeyStore {
        KeyStore::open(folder.path().join("keys"), &Key::from_bytes(&[root; 32])).unwrap()
    }

    #[test]
    fn another_root_key_opens_no_key_file() {
        let folder = tempfile::tempdir().unwrap();
        store(&folder, 1).signing("organisation", &mut counter()).unwrap();
        assert!(matches!(store(&folder, 2).find("organisation"), Err(KeyError::Sealed { .. })));
    }

    #[test]
    fn a_key_file_under_another_name_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let keys = store(&folder, 1);
        keys.signing("organisation", &mut counter()).unwrap();
        std::fs::copy(keys.path("organisation"), keys.path("log")).unwrap();
        assert!(matches!(keys.find("log"), Err(KeyError::Sealed { .. })));
    }

    #[test]
    fn a_destroyed_key_is_gone_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, mut entropy) = (store(&folder, 1), counter());
        let (a, b) = (ConsentId::random(&mut entropy), ConsentId::random(&mut entropy));
        keys.make_contributor(a, &mut entropy).unwrap();
        keys.make_contributor(b, &mut entropy).unwrap();
        keys.destroy_contributor(a).unwrap();
        keys.destroy_contributor(a).unwrap();
        assert!(matches!(keys.contributor(a), Err(KeyError::Gone { .. })));
        assert!(keys.contributor(b).is_ok());
        assert_eq!(keys.contributors().unwrap(), [b]);
    }

    #[test]
    fn no_key_stands_in_clear_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let keys = store(&folder, 1);
        let seed = *keys.signing("organisation", &mut counter()).unwrap().seed();
        let file = std::fs::read(keys.path("organisation")).unwrap();
        assert!(!file.windows(32).any(|window| window == seed));
    }
}
