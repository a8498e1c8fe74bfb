//! Opening the vault: one process at a time, and whatever a crash left is finished by the code that would have done it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use candor_model::{ConsentId, Entropy, SessionId, Timestamp};

use crate::disk;
use crate::fault::Fault;
use crate::keys::{KeyError, KeyStore};
use crate::ledger::{Ledger, LedgerError};
use crate::seal::{Key, Place, SealError};
use crate::statements::Statements;
use crate::store::{self, StoreError};
use crate::vault::{Hook, Vault};

const FOLDERS: [&str; 6] = ["sessions", "statements", "documents", "datasets", "evidence", "log"];
const DATABASE: &str = "meta.sqlite";
const ORGANISATION: &str = "organisation";
const LOG: &str = "log";

/// Why a vault cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder.
    #[error("another server uses this folder")]
    InUse,
    /// The folder cannot be used.
    #[error("the folder cannot be used")]
    Io(#[from] io::Error),
    /// The key files are sealed under another root key.
    #[error("this is not the root key that the key files are sealed under")]
    WrongRootKey(#[source] KeyError),
    /// There is a database, and not the keys that belong to it.
    #[error("the folder holds a database and not its keys: restore them, or use another folder")]
    KeysMissing,
    /// A key file cannot be used.
    #[error("a key file cannot be used")]
    Key(#[source] KeyError),
    /// The key of the salts cannot be derived.
    #[error("a key cannot be derived")]
    Seal(#[from] SealError),
    /// The database cannot be used.
    #[error("the database cannot be opened")]
    Store(#[from] StoreError),
    /// The log refuses to go on.
    #[error("the log cannot be opened")]
    Log(#[from] LedgerError),
    /// What a crash left cannot be finished.
    #[error("what was begun before cannot be finished")]
    Recovery(#[source] Fault),
}

impl OpenError {
    /// The code: stable, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InUse => "folder_in_use",
            Self::Io(_) => "storage",
            Self::WrongRootKey(_) => "wrong_root_key",
            Self::KeysMissing => "keys_missing",
            Self::Key(_) | Self::Seal(_) => "key_unavailable",
            Self::Store(_) => "database_unavailable",
            Self::Log(_) => "log_unavailable",
            Self::Recovery(fault) => fault.code(),
        }
    }
}

impl Vault {
    /// Opens the vault in `dir`, or makes a new one on first use. `origin` names the log and its key, such as
    /// `example.org/candor`. `hook` is told each commit point that is passed.
    ///
    /// # Errors
    /// When another process has the folder, the root key is another, or what is there cannot be gone on from.
    pub fn open(
        dir: &Path,
        root_key: &[u8; 32],
        origin: &str,
        hook: Hook,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, OpenError> {
        disk::create_folder(dir)?;
        let lock = lock(&dir.join("lock"))?;
        let root = Key::from_bytes(root_key);
        let (keys, organisation, seed) = open_keys(dir, &root, entropy)?;
        for folder in FOLDERS {
            disk::create_folder(&dir.join(folder))?;
        }
        let mut connection = store::open(&dir.join(DATABASE), origin)?;
        let ledger = Ledger::open(dir.join("log"), origin, seed, Hook::clone(&hook), &mut connection)?;
        let mut vault = Self {
            dir: dir.to_owned(),
            _lock: lock,
            hook,
            keys,
            organisation,
            openings: root.derive(&Place::new("candor/openings/v1"))?,
            statements: Statements::new(dir.join("statements")),
            connection,
            ledger,
            programs: BTreeMap::new(),
            lease: 0,
        };
        vault.recover(now, entropy).map_err(OpenError::Recovery)?;
        Ok(vault)
    }

    /// Ends what was begun: staged acts come into the log, orphans go, erasures finish.
    ///
    /// The clock is not asked here: an erasure must not wait for it.
    fn recover(&mut self, now: Timestamp, entropy: &mut dyn Entropy) -> Result<(), Fault> {
        let now = self.clock_whatever(now)?;
        for charter in store::programs(&self.connection)? {
            self.follow_program(&charter)?;
        }
        self.remove_orphans()?;
        // It takes what was staged into the log first.
        self.finish_erasures(now, entropy)
    }

    /// What was written before the transaction that would have named it.
    fn remove_orphans(&self) -> Result<(), Fault> {
        for folder in FOLDERS.iter().filter(|folder| **folder != "log") {
            disk::remove_unfinished(&self.path(folder))?;
        }
        self.destroy_stray_keys()?;
        self.remove_stray_sessions()
    }

    /// Keys without a consent, and keys that came back with a restored backup after they were destroyed.
    fn destroy_stray_keys(&self) -> Result<(), Fault> {
        let rows = store::consent_ids(&self.connection)?;
        let live: BTreeSet<ConsentId> =
            rows.into_iter().filter(|(_, erased)| !erased).map(|(id, _)| id).collect();
        for consent in self.keys.contributors()?.into_iter().filter(|consent| !live.contains(consent)) {
            self.keys.destroy_contributor(consent)?;
        }
        Ok(())
    }

    fn remove_stray_sessions(&self) -> Result<(), Fault> {
        let folder = self.path("sessions");
        for name in disk::names(&folder)? {
            let known = match name.parse::<SessionId>() {
                Ok(id) => store::session(&self.connection, id)?.is_some(),
                // Not ours to judge; nothing reads it.
                Err(_) => true,
            };
            if !known {
                disk::remove(&folder.join(name))?;
            }
        }
        Ok(())
    }
}

/// Takes the folder for this process, until the file is closed.
fn lock(path: &Path) -> Result<File, OpenError> {
    let file = File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

type Keys = (KeyStore, candor_model::SigningKey, zeroize::Zeroizing<[u8; 32]>);

/// Keys come before the database: a crash on first use leaves keys that the next start finds.
fn open_keys(dir: &Path, root: &Key, entropy: &mut dyn Entropy) -> Result<Keys, OpenError> {
    let folder: PathBuf = dir.join("keys");
    let keys = KeyStore::open(folder, root).map_err(OpenError::Key)?;
    for name in [ORGANISATION, LOG] {
        let found = keys.find(name).map_err(|error| match error {
            KeyError::Sealed { .. } => OpenError::WrongRootKey(error),
            KeyError::Io { .. } | KeyError::Gone { .. } => OpenError::Key(error),
        })?;
        if found.is_none() && dir.join(DATABASE).exists() {
            return Err(OpenError::KeysMissing);
        }
    }
    let organisation = keys.signing(ORGANISATION, entropy).map_err(OpenError::Key)?;
    let log = keys.signing(LOG, entropy).map_err(OpenError::Key)?;
    Ok((keys, organisation, log.seed()))
}
