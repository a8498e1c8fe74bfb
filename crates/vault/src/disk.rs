//! Durable files: the one home of everything that this room writes outside its database.
//!
//! A file is written beside its place, synced, renamed and the folder synced, so that a reader sees the old bytes or the
//! new ones, never a part. Files are for their owner only (0600), folders too (0700).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// What the name of a file that is being written begins with; start-up removes what is left of them.
pub(crate) const UNFINISHED: &str = ".unfinished-";

/// Writes `bytes` to `path`, whole or not at all.
///
/// A crash before the rename leaves a file named [`UNFINISHED`], which nothing reads; after it, the whole file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let beside = path.with_file_name(format!("{UNFINISHED}{name}"));
    write_in_place(&beside, bytes)?;
    fs::rename(&beside, path)?;
    sync_parent(path)
}

/// Writes a file that is not read before a folder above it is renamed; its bytes are synced, its name is not.
pub(crate) fn write_in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder for its owner only; that it exists already is no error.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    sync_parent(path)
}

/// Renames a folder into its place: the commit point of everything in it.
pub(crate) fn publish_folder(from: &Path, to: &Path) -> io::Result<()> {
    sync_folder(from)?;
    fs::rename(from, to)?;
    sync_parent(to)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// Overwrites a file, removes it, and makes both durable. That it is gone already is no error.
///
/// A crash anywhere leaves either the whole file, zeros, or nothing: running it again ends the same way.
pub(crate) fn destroy(path: &Path) -> io::Result<()> {
    let length = match fs::metadata(path) {
        Ok(data) => data.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut file = OpenOptions::new().write(true).open(path)?;
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()?;
    fs::remove_file(path)?;
    sync_parent(path)
}

/// Reads a file of at most `limit_bytes`; none if it is not there.
pub(crate) fn read(path: &Path, limit_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit_bytes {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(bytes))
}

/// The names of what is in a folder, sorted.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// Removes what a crash left of files and folders that were being written.
pub(crate) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for name in names(folder)?.iter().filter(|name| name.starts_with(UNFINISHED)) {
        remove(&folder.join(name))?;
    }
    Ok(())
}

/// Removes a file or a folder with all that is in it, durably.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    } else {
        fs::remove_file(path)?;
    }
    sync_parent(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destroyed_file_is_gone_and_destroying_it_again_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write(&path, b"secret").unwrap();
        destroy(&path).unwrap();
        assert_eq!(read(&path, 10).unwrap(), None);
        destroy(&path).unwrap();
    }

    #[test]
    fn the_bytes_of_a_destroyed_file_are_overwritten_before_it_is_unlinked() {
        let folder = tempfile::tempdir().unwrap();
        let (path, still) = (folder.path().join("key"), folder.path().join("still"));
        write(&path, b"secret").unwrap();
        fs::hard_link(&path, &still).unwrap();
        destroy(&path).unwrap();
        assert_eq!(fs::read(&still).unwrap(), [0; 6]);
    }

    #[test]
    fn a_file_above_its_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        write(&path, &[7; 11]).unwrap();
        assert_eq!(read(&path, 10).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        create_folder(&inner).unwrap();
        write(&inner.join("file"), b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&inner.join("file"))), (0o700, 0o600));
    }

    #[test]
    fn what_a_crash_left_unfinished_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        write_in_place(&folder.path().join(format!("{UNFINISHED}a")), b"half").unwrap();
        create_folder(&folder.path().join(format!("{UNFINISHED}b"))).unwrap();
        write(&folder.path().join("whole"), b"whole").unwrap();
        remove_unfinished(folder.path()).unwrap();
        assert_eq!(names(folder.path()).unwrap(), ["whole"]);
    }
}
