//! Folders that appear whole or not at all, and know the digest of every file in them.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use candor_model::{Digest, evidence::DatasetFile};
use sha2::{Digest as _, Sha256};

/// Bytes of a file that are gathered before the system is asked to write them.
const BUFFER_BYTES: usize = 256 * 1024;

/// A place in the making, under a hidden name beside the one it will get. Dropped unpublished, it is removed.
#[derive(Debug)]
pub(crate) struct Staging {
    target: PathBuf,
    temporary: PathBuf,
    published: bool,
}

impl Staging {
    /// Begins what [`Staging::publish`] will put at `target`. What an interrupted attempt left there is removed.
    pub(crate) fn begin(target: &Path) -> io::Result<Self> {
        let temporary = beside(target, "partial")?;
        remove(&temporary)?;
        fs::create_dir_all(&temporary)?;
        Ok(Self { target: target.to_owned(), temporary, published: false })
    }

    /// Where to write.
    pub(crate) fn path(&self) -> &Path {
        &self.temporary
    }

    /// Makes everything in it durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        sync_tree(&self.temporary)
    }

    /// Makes everything in it durable, and puts it in its place.
    ///
    /// P16, the commit point is the last rename. Before it a crash leaves a `.partial` folder that the next attempt removes;
    /// after it, the whole. What stands in the place already is moved aside first: a crash between the two renames leaves
    /// it, whole, as `.replaced`, and the next attempt takes its place.
    pub(crate) fn publish(mut self) -> io::Result<()> {
        self.sync()?;
        let replaced = beside(&self.target, "replaced")?;
        if self.target.exists() {
            remove(&replaced)?;
            fs::rename(&self.target, &replaced)?;
        }
        fs::rename(&self.temporary, &self.target)?;
        self.published = true;
        sync_parent(&self.target)?;
        remove(&replaced)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.published {
            // Nobody can be told from here; the next attempt removes what is left.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

/// A folder whose files are noted as they are written.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    files: Vec<DatasetFile>,
}

impl Folder {
    /// Begins an empty folder.
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self { root, files: Vec::new() }
    }

    /// Begins a file.
    pub(crate) fn open(&self, path: &str) -> io::Result<Sink> {
        let file = BufWriter::with_capacity(BUFFER_BYTES, self.create(path)?);
        Ok(Sink { path: path.to_owned(), file, hash: Sha256::new(), bytes: 0 })
    }

    fn create(&self, path: &str) -> io::Result<File> {
        let whole = self.root.join(path);
        if let Some(parent) = whole.parent() {
            fs::create_dir_all(parent)?;
        }
        File::create_new(whole)
    }

    /// Ends a file and notes its digest.
    pub(crate) fn close(&mut self, mut sink: Sink) -> io::Result<()> {
        sink.file.flush()?;
        let sha256 = Digest::from_bytes(sink.hash.finalize().into());
        self.files.push(DatasetFile { path: sink.path, sha256, bytes: sink.bytes });
        Ok(())
    }

    /// Writes a whole file.
    pub(crate) fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.put_hashed(path, bytes, Digest::of(bytes))
    }

    /// Writes a whole file whose digest was just computed: frames are most of a dataset, and hashing most of a compile.
    pub(crate) fn put_hashed(&mut self, path: &str, bytes: &[u8], sha256: Digest) -> io::Result<()> {
        self.create(path)?.write_all(bytes)?;
        self.files.push(DatasetFile { path: path.to_owned(), sha256, bytes: bytes.len() as u64 });
        Ok(())
    }

    /// The files written, sorted by path.
    pub(crate) fn files(&mut self) -> &[DatasetFile] {
        self.files.sort();
        &self.files
    }
}

/// A file in the making: every byte is hashed and counted on its way.
#[derive(Debug)]
pub(crate) struct Sink {
    path: String,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn beside(target: &Path, ending: &str) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{ending}"));
    Ok(target.with_file_name(hidden))
}

fn remove(folder: &Path) -> io::Result<()> {
    if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) }
}

/// One call for the whole file system: a call for each of ten thousand images takes a journal commit each.
#[cfg(target_os = "linux")]
fn sync_tree(root: &Path) -> io::Result<()> {
    rustix::fs::syncfs(File::open(root)?)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn sync_tree(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(&path)?.sync_all()? }
    }
    sync_folder(root)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        Some(_) | None => sync_folder(Path::new(".")),
    }
}

/// Windows cannot open a folder to sync it, and needs no such call after a rename.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn begun(target: &Path, file: &str) -> Staging {
        let staging = Staging::begin(target).unwrap();
        Folder::new(staging.path().to_owned()).put(file, b"1").unwrap();
        staging
    }

    #[test]
    fn what_is_abandoned_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        drop(begun(&dir.path().join("a"), "x/y.txt"));
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn what_a_crash_left_is_replaced_by_the_next_attempt() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a");
        // A crash runs no destructor: the temporary folder stays, with half of the files in it.
        std::mem::forget(begun(&target, "half"));
        assert_eq!(names(dir.path()), [".a.partial"]);
        begun(&target, "whole").publish().unwrap();
        assert_eq!((names(dir.path()), names(&target)), (vec!["a".into()], vec!["whole".into()]));
    }

    #[test]
    fn publishing_again_replaces_the_whole() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("a");
        begun(&target, "one").publish().unwrap();
        // A crash between the two renames of an earlier attempt.
        fs::rename(&target, dir.path().join(".a.replaced")).unwrap();
        begun(&target, "two").publish().unwrap();
        assert_eq!((names(dir.path()), names(&target)), (vec!["a".into()], vec!["two".into()]));
        begun(&target, "three").publish().unwrap();
        assert_eq!((names(dir.path()), names(&target)), (vec!["a".into()], vec!["three".into()]));
    }

    #[test]
    fn the_list_has_the_digest_and_length_of_each_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::new(dir.path().to_owned());
        folder.put("b", b"two").unwrap();
        let mut sink = folder.open("a").unwrap();
        sink.write_all(b"o").unwrap();
        sink.write_all(b"ne").unwrap();
        folder.close(sink).unwrap();
        let file = |path: &str, bytes: &[u8]| DatasetFile {
            path: path.to_owned(),
            sha256: Digest::of(bytes),
            bytes: bytes.len() as u64,
        };
        assert_eq!(folder.files(), [file("a", b"one"), file("b", b"two")]);
    }
}
