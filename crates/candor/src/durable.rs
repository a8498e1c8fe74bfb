//! Writing a small file so that a crash leaves the old one or the new one, never half of either.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes `bytes` to `path`, readable by its owner only.
///
/// Before the rename a crash leaves the old file and a temporary one beside it; after it, the new file.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = folder.join(name);
    let written = open_private(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&part, path)) {
        let _already_gone = fs::remove_file(&part);
        return Err(error);
    }
    File::open(folder)?.sync_all()
}

/// Writes `bytes` to `path` for whoever reads it next, readable by its owner only: the old file or the new one, as long as the machine runs.
/// Nothing is made durable.
#[cfg(feature = "agent")]
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = folder_of(path).join(name);
    open_private(&part).and_then(|mut file| file.write_all(bytes))?;
    fs::rename(&part, path)
}

/// A large file on its way: it has its name when it is whole, and is gone if it never is.
///
/// Before the rename of `finish` a crash leaves the old file and a temporary one beside it; after it, the new file.
#[cfg(feature = "agent")]
#[derive(Debug)]
pub(crate) struct Growing {
    file: File,
    part: std::path::PathBuf,
    path: std::path::PathBuf,
}

#[cfg(feature = "agent")]
impl Growing {
    /// Begins a file, readable by its owner only.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let part = folder_of(path).join(name);
        Ok(Self { file: open_private(&part)?, part, path: path.to_owned() })
    }

    /// Gives it its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        File::open(folder_of(&self.path))?.sync_all()
    }
}

#[cfg(feature = "agent")]
impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(feature = "agent")]
impl Drop for Growing {
    fn drop(&mut self) {
        // After `finish` there is none.
        let _already_gone = fs::remove_file(&self.part);
    }
}

/// Makes a file that was not there before, readable by its owner only.
#[cfg(feature = "agent")]
pub(crate) fn new_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The folder that a file is in; of a bare name, the one that the program was started in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a folder that only its owner can enter. One that is there already is somebody's, and keeps its mode.
#[cfg(any(feature = "agent", feature = "server"))]
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_bare_name_is_written_where_the_program_was_started() {
        assert_eq!(folder_of(Path::new("policy.toml")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/policy.toml")), Path::new("a"));
        assert_eq!(folder_of(Path::new("/policy.toml")), Path::new("/"));
    }

    #[cfg(feature = "agent")]
    #[test]
    fn a_large_file_has_its_name_when_it_is_whole_and_is_gone_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        write_private(&path, b"old").unwrap();
        let mut given_up = Growing::begin(&path).unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut whole = Growing::begin(&path).unwrap();
        whole.write_all(b"whole").unwrap();
        whole.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(any(feature = "agent", feature = "server"))]
    #[test]
    fn a_new_folder_is_private_and_one_that_was_there_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let theirs = folder.path().join("theirs");
        fs::create_dir(&theirs).unwrap();
        fs::set_permissions(&theirs, fs::Permissions::from_mode(0o755)).unwrap();
        make_private_folder(&theirs).unwrap();
        make_private_folder(&theirs.join("ours/inner")).unwrap();
        assert_eq!(mode(&theirs), 0o755);
        assert_eq!((mode(&theirs.join("ours")), mode(&theirs.join("ours/inner"))), (0o700, 0o700));
    }
}
