use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::Hash;
use crate::leaf::{LeafKind, PendingLeaf};

mod edges;
mod refusals;
mod sequencing;

const ORIGIN: &str = "log.example.org/candor";
const SEED: [u8; 32] = [7; 32];
/// A Monday morning, in milliseconds since 1970.
const MONDAY_MS: u64 = 1_795_426_200_000;

/// A database file and a folder of tiles, side by side.
struct Home {
    root: TempDir,
    connection: Connection,
}

impl Home {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let connection = Connection::open(root.path().join("meta.db")).unwrap();
        migrate(&connection).unwrap();
        Self { root, connection }
    }

    /// A home whose log has this many leaves, one batch.
    fn with_leaves(count: u32) -> Self {
        let mut home = Self::new();
        let mut log = home.open().unwrap();
        home.add(&mut log, 0..count);
        home
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("log")
    }

    fn open(&mut self) -> Result<Sequencer, OpenError> {
        self.open_as(ORIGIN, &SEED)
    }

    fn open_as(&mut self, origin: &str, seed: &[u8; 32]) -> Result<Sequencer, OpenError> {
        let folder = self.folder();
        Sequencer::open(&folder, origin, seed, Arc::new(|_| ()), &mut self.connection)
    }

    fn push(&mut self, leaves: impl IntoIterator<Item = u32>) -> Vec<OutboxId> {
        let transaction = self.connection.transaction().unwrap();
        let ids = leaves.into_iter().map(|n| push(&transaction, &leaf(n)).unwrap()).collect();
        transaction.commit().unwrap();
        ids
    }

    fn sequence(&mut self, log: &mut Sequencer, now_ms: u64) -> Result<Vec<(OutboxId, u64)>, SequenceError> {
        log.sequence(&mut self.connection, now_ms)
    }

    fn add(&mut self, log: &mut Sequencer, leaves: impl IntoIterator<Item = u32>) {
        self.push(leaves);
        while !self.sequence(log, MONDAY_MS).unwrap().is_empty() {}
    }

    fn waiting(&self) -> usize {
        tables::waiting(&self.connection).unwrap().len()
    }

    /// Changes one byte near the middle of a file in the folder: in a full bundle, one of leaf 128's commitment.
    fn tamper(&self, path: &str) {
        let path = self.folder().join(path);
        let mut bytes = fs::read(&path).unwrap();
        let at = bytes.len() / 2 + 60 % bytes.len().div_ceil(2);
        bytes[at] ^= 1;
        overwrite(&path, &bytes);
    }
}

/// A leaf that no other number has.
fn leaf(n: u32) -> PendingLeaf {
    let mut body = [1; 32];
    body[..4].copy_from_slice(&n.to_be_bytes());
    PendingLeaf::new(LeafKind::Admission, Hash::from_bytes([2; 32]), body)
}

fn overwrite(path: &Path, bytes: &[u8]) {
    File::create(path).unwrap().write_all(bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
