//! The folder of tiles and the published checkpoint. All durable writing of the log outside its database is here.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::tables::TileFile;
use super::{CHECKPOINT, Hook, PARTIALS, PUBLISHED, TILE, TILES};
use crate::checkpoint::CHECKPOINT_BYTES_MAX;
use crate::tile::TilePath;

/// Name of the published checkpoint.
const CHECKPOINT_NAME: &str = "checkpoint";
/// Name of the file whose lock says that a sequencer works here. The operating system frees it when the process ends.
const LOCK_NAME: &str = ".lock";

/// Why the folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The disk or its rights.
    #[error("{path} in the log's folder cannot be used")]
    Io {
        /// The file, relative to the folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another sequencer works in this folder.
    #[error("another process uses the log's folder")]
    InUse,
    /// A tile that the log has and the folder has not.
    #[error("{path} is missing from the log's folder")]
    Missing {
        /// The file, relative to the folder.
        path: String,
    },
    /// A file that is longer than such a file can be.
    #[error("{path} in the log's folder is longer than {max} bytes")]
    Long {
        /// The file, relative to the folder.
        path: String,
        /// Most bytes that it may have.
        max: usize,
    },
    /// A tile that was there with other bytes. Tiles never change.
    #[error("{path} in the log's folder differs from what the log wrote")]
    Differs {
        /// The file, relative to the folder.
        path: String,
    },
}

/// The folder, held by one process.
pub(super) struct Folder {
    dir: PathBuf,
    hook: Hook,
    /// Keeps the lock for as long as the folder is held.
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and holds it.
    pub(super) fn open(dir: &Path, hook: Hook) -> Result<Self, FolderError> {
        let fail = |source| FolderError::Io { path: LOCK_NAME.to_owned(), source };
        fs::create_dir_all(dir).map_err(fail)?;
        let lock = File::options().create(true).append(true).open(dir.join(LOCK_NAME)).map_err(fail)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse),
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        let folder = Self { dir: dir.to_owned(), hook, _lock: lock };
        // The folder's own name must survive too: before this a loss of power may leave none, and an empty log begins again.
        folder.sync(Path::new(".."))?;
        Ok(folder)
    }

    /// Tells the hook that a commit point is passed.
    pub(super) fn passed(&self, point: &'static str) {
        (self.hook)(point);
    }

    /// Whether no log was ever written here.
    pub(super) fn is_new(&self) -> bool {
        !self.dir.join(CHECKPOINT_NAME).exists() && !self.dir.join("tile").exists()
    }

    /// The published checkpoint.
    pub(super) fn checkpoint(&self) -> Result<Option<Vec<u8>>, FolderError> {
        self.read(CHECKPOINT_NAME, CHECKPOINT_BYTES_MAX)
    }

    /// A tile that the log has.
    pub(super) fn tile(&self, path: &TilePath) -> Result<Vec<u8>, FolderError> {
        let path_text = path.to_string();
        let bytes = self.read(&path_text, path.bytes())?;
        bytes.ok_or(FolderError::Missing { path: path_text })
    }

    fn read(&self, path: &str, max: usize) -> Result<Option<Vec<u8>>, FolderError> {
        let fail = |source| FolderError::Io { path: path.to_owned(), source };
        let file = match File::open(self.dir.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(error)),
        };
        let mut bytes = Vec::new();
        file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
        if bytes.len() > max {
            return Err(FolderError::Long { path: path.to_owned(), max });
        }
        Ok(Some(bytes))
    }

    /// Writes tiles. A crash in between leaves some of them, all whole, and the next call writes the rest: what is there
    /// with the same bytes stays, what is there with other bytes is an error. After it all of them survive a loss of
    /// power. Nobody reads them before the checkpoint says so.
    pub(super) fn write_tiles(&self, files: &[TileFile]) -> Result<(), FolderError> {
        let mut folders = BTreeSet::new();
        for file in files {
            let path = file.path.to_string();
            match self.read(&path, file.path.bytes())? {
                Some(bytes) if bytes == file.bytes => {}
                Some(_) => return Err(FolderError::Differs { path }),
                None => self
                    .put(&path, &file.bytes)
                    .map_err(|source| FolderError::Io { path: path.clone(), source })?,
            }
            folders.extend(Path::new(&path).ancestors().skip(1).map(Path::to_owned));
            self.passed(TILE);
        }
        // The files are synced; their names are not before the folders are.
        for folder in folders {
            self.sync(&folder)?;
        }
        self.passed(TILES);
        Ok(())
    }

    /// Puts a file under its name, whole or not at all: temporary name, sync, rename.
    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let (temporary, target) = self.temporary(path, bytes)?;
        fs::rename(temporary, target)
    }

    fn temporary(&self, path: &str, bytes: &[u8]) -> io::Result<(PathBuf, PathBuf)> {
        let target = self.dir.join(path);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.tmp"));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok((temporary, target))
    }

    /// Replaces the published checkpoint. Before the rename a crash leaves the old one, after it the new one; after the
    /// sync of the folder a loss of power does too.
    pub(super) fn publish(&self, note: &str) -> Result<(), FolderError> {
        let fail = |source| FolderError::Io { path: CHECKPOINT_NAME.to_owned(), source };
        let (temporary, target) = self.temporary(CHECKPOINT_NAME, note.as_bytes()).map_err(fail)?;
        self.passed(CHECKPOINT);
        fs::rename(temporary, target).map_err(fail)?;
        self.sync(Path::new(""))?;
        self.passed(PUBLISHED);
        Ok(())
    }

    /// Removes the partial tiles that full ones among `files` have superseded. They only take room: a crash in between,
    /// or a loss of power after it, leaves some of them, and nothing reads them.
    pub(super) fn remove_partials(&self, files: &[TileFile]) -> Result<(), FolderError> {
        for file in files.iter().filter(|file| !file.path.is_partial()) {
            let path = file.path.partials();
            match fs::remove_dir_all(self.dir.join(&path)) {
                Err(source) if source.kind() != ErrorKind::NotFound => {
                    return Err(FolderError::Io { path, source });
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.passed(PARTIALS);
        Ok(())
    }

    fn sync(&self, folder: &Path) -> Result<(), FolderError> {
        let fail = |source| FolderError::Io { path: folder.display().to_string(), source };
        File::open(self.dir.join(folder)).and_then(|folder| folder.sync_all()).map_err(fail)
    }
}
