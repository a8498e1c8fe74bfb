//! The files of one source: listed once, read within limits.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::ops::Bound;

use candor_model::Digest;
use sha2::{Digest as _, Sha256};

use crate::lines::Lines;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::source::{ItemKind, Source};

/// How many bytes are hashed at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// It is not there.
    Missing,
    /// It is larger than this limit in bytes.
    TooLarge(u64),
    /// It cannot be read.
    Unreadable,
}

impl ReadError {
    /// The finding that says so.
    pub(crate) fn finding(self, check: CheckId, shown: &str) -> Finding {
        match self {
            Self::Missing => Finding::new(check, Code::MissingFile, shown, "the file is missing"),
            Self::TooLarge(limit) => {
                let detail = format!("the file is larger than the {limit} bytes that the verifier reads");
                Finding::new(check, Code::TooLarge, shown, detail)
            }
            Self::Unreadable => Finding::new(check, Code::Unreadable, shown, "the file cannot be read"),
        }
    }
}

/// The listed files of a source.
pub(crate) struct Files<'a> {
    source: &'a dyn Source,
    /// What a report writes before a path of this source.
    prefix: &'static str,
    lengths: BTreeMap<String, u64>,
}

impl<'a> Files<'a> {
    /// Lists a source; entries that are no files are findings of `check`.
    pub(crate) fn list(
        source: &'a dyn Source,
        prefix: &'static str,
        check: CheckId,
        ledger: &mut Ledger,
    ) -> Self {
        let mut files = Self { source, prefix, lengths: BTreeMap::new() };
        match source.items() {
            Ok(items) => items.into_iter().for_each(|item| match item.kind {
                ItemKind::File { bytes } => drop(files.lengths.insert(item.path, bytes)),
                ItemKind::Foreign => ledger.find(foreign(check, &files.shown(&item.path))),
            }),
            Err(error) => {
                let shown = if prefix.is_empty() { "the evidence" } else { "the dataset" };
                ledger.find(Finding::new(check, Code::Unreadable, shown, error.to_string()));
            }
        }
        files
    }

    /// The path as a report shows it.
    pub(crate) fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The paths, sorted.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.lengths.keys().map(String::as_str)
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.lengths.contains_key(path)
    }

    /// The paths in a folder, sorted; `folder` ends with `/`.
    pub(crate) fn within<'b>(&'b self, folder: &'b str) -> impl Iterator<Item = &'b str> {
        let from = self.lengths.range::<str, _>((Bound::Included(folder), Bound::Unbounded));
        from.map(|(path, _)| path.as_str()).take_while(move |path| path.starts_with(folder))
    }

    /// The bytes of a file of at most `bytes_max`.
    pub(crate) fn read(&self, path: &str, bytes_max: u64) -> Result<Vec<u8>, ReadError> {
        if *self.lengths.get(path).ok_or(ReadError::Missing)? > bytes_max {
            return Err(ReadError::TooLarge(bytes_max));
        }
        let file = self.source.open(path).map_err(|_| ReadError::Unreadable)?;
        let mut bytes = Vec::new();
        // The file may have grown since it was listed.
        file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|_| ReadError::Unreadable)?;
        if bytes.len() as u64 > bytes_max { Err(ReadError::TooLarge(bytes_max)) } else { Ok(bytes) }
    }

    /// The digest and length of a file of any size, read in pieces.
    pub(crate) fn digest(&self, path: &str) -> Result<(Digest, u64), ReadError> {
        if !self.has(path) {
            return Err(ReadError::Missing);
        }
        let mut file = self.source.open(path).map_err(|_| ReadError::Unreadable)?;
        let (mut hash, mut length, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK_BYTES]);
        loop {
            let read = match file.read(&mut chunk) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(|_| ReadError::Unreadable)?,
            };
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok((Digest::from_bytes(hash.finalize().into()), length));
            };
            hash.update(bytes);
            length += read as u64;
        }
    }

    /// The lines of a file, each of at most `bytes_max`.
    pub(crate) fn lines(&self, path: &str, bytes_max: u64) -> Result<Lines<'_>, ReadError> {
        if !self.has(path) {
            return Err(ReadError::Missing);
        }
        let file = self.source.open(path).map_err(|_| ReadError::Unreadable)?;
        Ok(Lines::new(file, bytes_max))
    }
}

fn foreign(check: CheckId, shown: &str) -> Finding {
    let detail =
        "only regular files with plain names may be here: no link, device, empty folder or other name";
    Finding::new(check, Code::NotAFile, shown, detail)
}
