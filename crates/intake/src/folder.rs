//! Reading inside one folder: plain files only, no links, never more than a limit.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::IntakeError;

/// A folder that a recording lies in. The folder itself may be reached by a link; nothing in it may be one.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Whether the folder has something of that name. Says nothing about whether it can be read.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.0.join(file).symlink_metadata().is_ok()
    }

    /// The bytes of a file, wiped when dropped.
    pub(crate) fn read(&self, file: &str, bytes_max: u64) -> Result<Zeroizing<Vec<u8>>, IntakeError> {
        let (opened, length) = self.open_plain(file, bytes_max)?;
        // One byte more shows that the file grew; the room is taken at once, so that no copy is left behind.
        let room = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        opened.take(length + 1).read_to_end(&mut bytes).map_err(|e| unreadable(file, e))?;
        if u64::try_from(bytes.len()) != Ok(length) {
            return Err(IntakeError::file(file, crate::Fault::Changed));
        }
        Ok(bytes)
    }

    /// A file to read in parts.
    pub(crate) fn open(&self, file: &str, bytes_max: u64) -> Result<BufReader<File>, IntakeError> {
        self.open_plain(file, bytes_max).map(|(opened, _)| BufReader::new(opened))
    }

    /// The names in a folder below, sorted.
    pub(crate) fn names(&self, folder: &str, names_max: usize) -> Result<Vec<String>, IntakeError> {
        self.check_components(folder)?;
        let listed = self.0.join(folder).read_dir().map_err(|e| unreadable(folder, e))?;
        let mut names = Vec::new();
        for entry in listed {
            let name = entry.map_err(|e| unreadable(folder, e))?.file_name();
            names.extend(name.into_string());
            if names.len() > names_max {
                return Err(IntakeError::file(folder, crate::Fault::TooMany { max: names_max }));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open_plain(&self, file: &str, bytes_max: u64) -> Result<(File, u64), IntakeError> {
        self.check_components(file)?;
        let path = self.0.join(file);
        let before = path.symlink_metadata().map_err(|e| unreadable(file, e))?;
        if !before.is_file() {
            return Err(IntakeError::NotPlain { file: file.to_owned() });
        }
        if before.len() > bytes_max {
            return Err(IntakeError::TooLarge { file: file.to_owned(), max: bytes_max });
        }
        let opened = File::open(&path).map_err(|e| unreadable(file, e))?;
        let after = opened.metadata().map_err(|e| unreadable(file, e))?;
        if !is_same(&before, &after) {
            return Err(IntakeError::NotPlain { file: file.to_owned() });
        }
        Ok((opened, before.len()))
    }

    /// Refuses a name that could leave the folder, and a folder on the way that is a link.
    fn check_components(&self, name: &str) -> Result<(), IntakeError> {
        let not_plain = || IntakeError::NotPlain { file: name.to_owned() };
        let mut path = self.0.clone();
        let mut parts = name.split('/').peekable();
        while let Some(part) = parts.next() {
            if part.is_empty() || part == "." || part == ".." || part.contains(['\\', '\0']) {
                return Err(not_plain());
            }
            path.push(part);
            let is_way = parts.peek().is_some();
            if is_way && !path.symlink_metadata().map_err(|e| unreadable(name, e))?.is_dir() {
                return Err(not_plain());
            }
        }
        Ok(())
    }
}

/// Whether what was opened is what was looked at.
#[cfg(unix)]
fn is_same(before: &std::fs::Metadata, after: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (before.dev(), before.ino()) == (after.dev(), after.ino())
}

#[cfg(not(unix))]
fn is_same(before: &std::fs::Metadata, after: &std::fs::Metadata) -> bool {
    after.is_file() && before.len() == after.len()
}

fn unreadable(file: &str, source: std::io::Error) -> IntakeError {
    let file = file.to_owned();
    if source.kind() == ErrorKind::NotFound {
        IntakeError::Missing { file }
    } else {
        IntakeError::Unreadable { file, source }
    }
}
