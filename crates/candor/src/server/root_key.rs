//! The root key's file: made once, whoever else starts at the same moment.

use std::io::ErrorKind;
use std::path::Path;

use candor_model::{Entropy, SessionId};
use zeroize::Zeroizing;

use crate::ambient::SystemEntropy;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::secret;

/// Reads the root key; makes it on first use, and never for a folder that has a database.
pub(super) fn make_or_read(root_key: &Path, database: &Path) -> Outcome<Zeroizing<[u8; 32]>> {
    // Asked first: a key is always made before its database, so a server that starts beside this one is no loss of a key.
    let used = database.exists();
    if !root_key.exists() {
        if used {
            let message = format!("the root key {} is missing", root_key.display());
            return Err(Failure::new(Kind::BadInput, message).hint("name it with --root-key, or restore it"));
        }
        make(root_key)?;
    }
    secret::read(root_key)
}

/// Makes the key under a name of its own and links it to its place, which fails where another key already is: then that
/// one holds.
///
/// Before the link a crash leaves a file that no key was ever sealed under; after it, the key.
fn make(root_key: &Path) -> Outcome {
    let mut unique = [0; SessionId::LEN];
    SystemEntropy.fill(&mut unique);
    let mut name = root_key.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", SessionId::from_bytes(unique)));
    let beside = root_key.with_file_name(name);
    secret::write(&beside, &Zeroizing::new(SystemEntropy.bytes_32()))?;
    let linked = std::fs::hard_link(&beside, root_key);
    std::fs::remove_file(&beside).because(Kind::Storage, "remove an unused root key")?;
    let what = format!("make the root key {}", root_key.display());
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error).because(Kind::Storage, &what),
        _ => sync_folder_of(root_key).because(Kind::Storage, &what),
    }
}

/// The name is durable before anything is sealed under the key.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::make_or_read;

    #[test]
    fn servers_that_start_at_once_all_read_the_one_key_that_stays() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let (path, database) = (folder.path().join("root.key"), folder.path().join("meta.sqlite"));
            let together = Barrier::new(8);
            let start = || {
                together.wait();
                *make_or_read(&path, &database).unwrap()
            };
            let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
                let started: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
                started.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let stays = *make_or_read(&path, &database).unwrap();
            assert!(keys.iter().all(|key| *key == stays));
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "an unused key stays");
        }
    }

    #[test]
    fn a_folder_with_a_database_gets_no_new_root_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, database) = (folder.path().join("root.key"), folder.path().join("meta.sqlite"));
        std::fs::File::create(&database).unwrap();
        assert!(make_or_read(&path, &database).is_err());
        assert!(!path.exists());
    }
}
