//! A person's own folder: their keys, what they agreed to, their journal.
//!
//! ```text
//! HOME/keys/<name>.key                  signing keys of stewards and researchers
//! HOME/programs/<charter>/              one folder per program that the person takes part in
//!   contributor.key  journal.key        made on this device, for this program only
//!   charter.toml  notice.txt  receipt.json  organisation.txt
//!   latest-known                        latest time that was seen: the clock may not go behind it
//!   journal/                            encrypted recordings
//! ```

use std::path::{Path, PathBuf};

use candor_model::{Digest, SigningKey};

use crate::ambient::SystemEntropy;
use crate::exit::{Failure, Kind, Outcome};
use crate::secret;

/// A person's folder.
#[derive(Debug, Clone)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// Names the folder; it is made when something is first written.
    pub(crate) const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn key_path(&self, name: &str) -> PathBuf {
        self.0.join("keys").join(format!("{name}.key"))
    }

    /// Makes a signing key with a name; an existing one is never overwritten.
    pub(crate) fn make_key(&self, name: &str) -> Outcome<SigningKey> {
        let path = self.key_path(name);
        if path.exists() {
            let message = format!("there already is a key named {name} in {}", self.0.display());
            return Err(Failure::new(Kind::Usage, message).hint("give the new key another name with --name"));
        }
        make_key_file(&path)
    }

    /// Reads a signing key by its name.
    pub(crate) fn key(&self, name: &str) -> Outcome<SigningKey> {
        let path = self.key_path(name);
        if !path.exists() {
            let message = format!("there is no key named {name} in {}", self.0.display());
            return Err(
                Failure::new(Kind::Usage, message).hint(format!("make one: candor key new --name {name}"))
            );
        }
        read_key_file(&path)
    }

    /// The names of the signing keys, sorted.
    pub(crate) fn key_names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join("keys")).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".key").map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    /// The folder of one program.
    pub(crate) fn program(&self, charter: &Digest) -> PathBuf {
        self.0.join("programs").join(charter.to_string())
    }

    /// The programs that the person has a folder for, sorted.
    pub(crate) fn programs(&self) -> Vec<Digest> {
        let entries = std::fs::read_dir(self.0.join("programs")).into_iter().flatten().flatten();
        let mut programs: Vec<Digest> =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        programs.sort();
        programs
    }
}

/// Makes a signing key in a file of its own.
pub(crate) fn make_key_file(path: &Path) -> Outcome<SigningKey> {
    let key = SigningKey::generate(&mut SystemEntropy);
    secret::write(path, &key.seed())?;
    Ok(key)
}

/// Reads a signing key.
pub(crate) fn read_key_file(path: &Path) -> Outcome<SigningKey> {
    let seed = secret::read(path)?;
    Ok(SigningKey::from_seed(&seed))
}
