//! Where files come from: a folder on the auditor's machine, or a map in memory.
//!
//! A source lists what it holds and opens what it listed. It follows no link, and nothing that an evidence bundle says
//! becomes a path that is opened: only listed paths are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Most files and other entries of a folder.
pub const ITEMS_MAX: usize = 4_000_000;
/// Most folders between a source's root and a file.
pub const DEPTH_MAX: usize = 16;
/// Longest path in bytes.
pub const PATH_BYTES_MAX: usize = 512;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A regular file.
    File {
        /// Its length in bytes.
        bytes: u64,
    },
    /// A link, a device, an empty folder, or a name that is not text: nothing that evidence may hold.
    Foreign,
}

/// One entry of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Path from the root, with `/`.
    pub path: String,
    /// What stands there.
    pub kind: ItemKind,
}

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The folder or a file in it cannot be read.
    #[error("{path} cannot be read")]
    Io {
        /// What was asked for.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The folder holds more than the limit, or lies deeper.
    #[error("the folder holds more than {ITEMS_MAX} entries, or lies deeper than {DEPTH_MAX} folders")]
    TooLarge,
    /// No such file was listed.
    #[error("{path} is not in the folder")]
    Absent {
        /// What was asked for.
        path: String,
    },
}

/// A set of files, by path.
pub trait Source {
    /// Everything it holds, sorted by path, folders that hold something left out.
    ///
    /// # Errors
    /// When it cannot be listed whole.
    fn items(&self) -> Result<Vec<Item>, SourceError>;

    /// Opens a file that [`Source::items`] listed.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be opened.
    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError>;
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Takes the folder at `root`; nothing is read yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn walk(
        &self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        items: &mut Vec<Item>,
    ) -> Result<(), SourceError> {
        if depth > DEPTH_MAX {
            return Err(SourceError::TooLarge);
        }
        let failed = |source| SourceError::Io { path: printable(prefix), source };
        let mut entries = 0_usize;
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            entries += 1;
            self.visit(&entry, prefix, depth, items)?;
        }
        if entries == 0 && depth > 0 {
            push(items, prefix.to_owned(), ItemKind::Foreign)?;
        }
        Ok(())
    }

    fn visit(
        &self,
        entry: &fs::DirEntry,
        prefix: &str,
        depth: usize,
        items: &mut Vec<Item>,
    ) -> Result<(), SourceError> {
        let name = entry.file_name();
        let Some(text) = name.to_str() else {
            return push(items, join(prefix, &name.to_string_lossy()), ItemKind::Foreign);
        };
        let path = join(prefix, text);
        // The metadata of the entry itself: a link is not followed.
        let metadata =
            entry.metadata().map_err(|source| SourceError::Io { path: printable(&path), source })?;
        if metadata.is_dir() {
            return self.walk(&entry.path(), &path, depth + 1, items);
        }
        let kind = if metadata.is_file() && is_plain(&path) {
            ItemKind::File { bytes: metadata.len() }
        } else {
            ItemKind::Foreign
        };
        push(items, path, kind)
    }
}

fn push(items: &mut Vec<Item>, path: String, kind: ItemKind) -> Result<(), SourceError> {
    if items.len() >= ITEMS_MAX {
        return Err(SourceError::TooLarge);
    }
    items.push(Item { path, kind });
    Ok(())
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

fn printable(path: &str) -> String {
    if path.is_empty() { "the folder".to_owned() } else { path.escape_debug().collect() }
}

impl Source for Folder {
    fn items(&self) -> Result<Vec<Item>, SourceError> {
        let mut items = Vec::new();
        self.walk(&self.root, "", 0, &mut items)?;
        items.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(items)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        if !is_plain(path) {
            return Err(SourceError::Absent { path: printable(path) });
        }
        let failed = |source| SourceError::Io { path: printable(path), source };
        let full = self.root.join(path);
        if !fs::symlink_metadata(&full).map_err(failed)?.is_file() {
            return Err(SourceError::Absent { path: printable(path) });
        }
        Ok(Box::new(fs::File::open(full).map_err(failed)?))
    }
}

/// Files in memory, for tests and for programs that unpacked an archive themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Source for Memory {
    fn items(&self) -> Result<Vec<Item>, SourceError> {
        let kind = |path: &str, bytes: u64| {
            if is_plain(path) { ItemKind::File { bytes } } else { ItemKind::Foreign }
        };
        let item = |(path, bytes): (&String, &Vec<u8>)| Item {
            path: path.clone(),
            kind: kind(path, bytes.len() as u64),
        };
        Ok(self.files.iter().map(item).collect())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        match self.files.get(path) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => Err(SourceError::Absent { path: printable(path) }),
        }
    }
}

/// Whether `path` is written the one way that these formats write paths: relative, with `/`, of names made of ASCII
/// letters, digits, `.`, `_` and `-`, none of which is `.` or `..`.
#[must_use]
pub(crate) fn is_plain(path: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let plain = |name: &str| !name.is_empty() && name != "." && name != ".." && name.chars().all(allowed);
    path.len() <= PATH_BYTES_MAX && path.split('/').count() <= DEPTH_MAX + 1 && path.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_folder_is_not_plain() {
        for path in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/./b", "a\\b", "a\nb", "c:x", "a/"] {
            assert!(!is_plain(path), "{path:?}");
        }
        assert!(is_plain("log/tile/entries/000.p/7"));
    }

    #[test]
    fn a_folder_lists_files_sorted_and_names_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("b/empty")).unwrap();
        fs::File::create(folder.path().join("b/x")).unwrap();
        fs::File::create(folder.path().join("a")).unwrap();
        fs::File::create(folder.path().join("has space")).unwrap();
        let items = Folder::new(folder.path()).items().unwrap();
        let shown: Vec<_> = items.iter().map(|i| (i.path.as_str(), i.kind)).collect();
        let file = ItemKind::File { bytes: 0 };
        let foreign = ItemKind::Foreign;
        assert_eq!(shown, [("a", file), ("b/empty", foreign), ("b/x", file), ("has space", foreign)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_listed_and_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc", folder.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("file")).unwrap();
        let source = Folder::new(folder.path());
        let items = source.items().unwrap();
        assert_eq!(items.len(), 2);
        assert!(items.iter().all(|i| i.kind == ItemKind::Foreign));
        assert!(source.open("file").is_err());
        assert!(source.open("../x").is_err());
    }

    #[test]
    fn a_folder_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("d/".repeat(DEPTH_MAX + 2))).unwrap();
        assert!(matches!(Folder::new(folder.path()).items(), Err(SourceError::TooLarge)));
    }
}
