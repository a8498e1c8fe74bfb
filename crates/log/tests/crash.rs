//! A log that is killed at each commit point goes on as if nothing had happened (P16).
//!
//! The parent starts this test binary again as a child that opens the log and sequences what waits. At one commit point
//! the child says so and stops, and the parent kills it with SIGKILL. The parent then holds what is on the disk against the
//! invariants of `candor_log::store`, opens the log, and compares it with one that was never killed.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this file is a test")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use candor_log::store::{self, Hook, OutboxId};
use candor_log::tile::bundles;
use candor_log::{Checkpoint, Hash, Replay, SignerKey, TilePath, UnknownLines};
use fixture::{MONDAY_MS, database, open, push};
use rusqlite::Connection;
use tempfile::TempDir;

mod fixture;

/// Leaves of the log before the batch that is killed, in the batch, and after it. The batch fills the first tile.
const BEFORE: u32 = 250;
const BATCH: u32 = 10;
const AFTER: u32 = 3;

/// What the parent tells the child: folder, commit point, and how many times to let it pass.
const HOME: &str = "CANDOR_LOG_CRASH_HOME";
const POINT: &str = "CANDOR_LOG_CRASH_POINT";
const PASSES: &str = "CANDOR_LOG_CRASH_PASSES";
const REACHED: &str = "commit point reached";

#[test]
fn the_child_that_is_killed() {
    let (Some(home), Some(point)) = (std::env::var_os(HOME), std::env::var_os(POINT)) else { return };
    let passes: u32 = std::env::var_os(PASSES).unwrap().to_str().unwrap().parse().unwrap();
    let (home, left) = (Path::new(&home), AtomicU32::new(passes));
    let hook: Hook = Arc::new(move |passed| {
        if *passed == *point && left.fetch_sub(1, Ordering::SeqCst) == 0 {
            println!("\n{REACHED}");
            loop {
                std::thread::park();
            }
        }
    });
    let mut connection = database(home);
    let mut log = open(home, hook, &mut connection);
    log.sequence(&mut connection, MONDAY_MS + 1).unwrap();
}

/// Runs the child until it reaches the commit point, and kills it there.
fn kill_at(home: &Path, point: &str, passes: u32) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_that_is_killed", "--nocapture"])
        .envs([(HOME, home.as_os_str()), (POINT, point.as_ref()), (PASSES, passes.to_string().as_ref())])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reached = output.lines().any(|line| line.unwrap() == REACHED);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "the child never reached {point}");
}

/// A log with some leaves and a batch that waits.
fn prepared() -> (TempDir, Vec<OutboxId>) {
    let home = tempfile::tempdir().unwrap();
    let mut connection = database(home.path());
    let mut log = open(home.path(), Arc::new(|_| ()), &mut connection);
    let mut ids = push(&mut connection, 0..BEFORE);
    log.sequence(&mut connection, MONDAY_MS).unwrap();
    ids.extend(push(&mut connection, BEFORE..BEFORE + BATCH));
    (home, ids)
}

/// The root that a log of these leaves has when nobody kills it.
fn undisturbed_root() -> Hash {
    let (home, _) = prepared();
    let mut connection = database(home.path());
    let mut log = open(home.path(), Arc::new(|_| ()), &mut connection);
    log.sequence(&mut connection, MONDAY_MS + 1).unwrap();
    *log.root()
}

/// The published checkpoint, its signature verified.
fn published(home: &Path) -> Option<Checkpoint> {
    let note = std::fs::read(home.join("log/checkpoint")).ok()?;
    let signer = SignerKey::from_seed("log.example.org/candor", &[7; 32]).unwrap();
    Some(Checkpoint::open(&note, signer.verifier(), UnknownLines::Refuse).unwrap())
}

fn locked_size(connection: &Connection) -> u64 {
    let size: i64 = connection.query_row("SELECT size FROM log_lock", [], |row| row.get(0)).unwrap();
    size.try_into().unwrap()
}

/// Holds the disk as the crash left it against the invariants.
fn check_disk(home: &Path) -> u64 {
    let connection = database(home);
    let Some(head) = published(home) else { return 0 };
    assert!(head.size() <= locked_size(&connection), "a signature left before its commit (I1)");
    let mut replay = Replay::default();
    for path in bundles(head.size()) {
        let read = |path: TilePath| std::fs::read(home.join("log").join(path.to_string()));
        let mut bundle = read(path).or_else(|_| read(path.full())).unwrap();
        bundle.truncate(path.bytes());
        replay.bundle(&bundle, |_| ()).unwrap();
    }
    replay.ends_at(&head).expect("every byte under a published root is there (I3)");
    head.size()
}

/// Opens the log again, and compares it with one that was never killed.
fn check_recovery(home: &Path, ids: &[OutboxId]) {
    let published = check_disk(home);
    let mut connection = database(home);
    let locked = locked_size(&connection);
    let mut log = open(home, Arc::new(|_| ()), &mut connection);
    assert_eq!(log.size(), locked, "the head never goes back (I2)");
    assert!(published <= log.size());
    // What was not committed still waits, and is taken.
    log.sequence(&mut connection, MONDAY_MS + 1).unwrap();
    assert_eq!(*log.root(), undisturbed_root(), "one root for one size (I2, I4)");
    for (index, id) in (0..).zip(ids) {
        assert_eq!(log.index_of(&connection, *id).unwrap(), Some(index), "each leaf once");
    }
    push(&mut connection, BEFORE + BATCH..BEFORE + BATCH + AFTER);
    assert_eq!(log.sequence(&mut connection, MONDAY_MS + 2).unwrap().len(), 3, "and it goes on");
    log.check().unwrap();
    drop(log);
    assert_eq!(check_disk(home), u64::from(BEFORE + BATCH + AFTER));
}

fn survives(point: &str, passes: u32) {
    let (home, ids) = prepared();
    kill_at(home.path(), point, passes);
    check_recovery(home.path(), &ids);
}

#[test]
fn killed_before_the_commit_nothing_happened() {
    let (home, ids) = prepared();
    let before = std::fs::read(home.path().join("log/checkpoint")).unwrap();
    kill_at(home.path(), store::BUILT, 0);
    assert_eq!(std::fs::read(home.path().join("log/checkpoint")).unwrap(), before);
    let connection = database(home.path());
    assert_eq!(locked_size(&connection), u64::from(BEFORE));
    let waiting = connection.query_row("SELECT count(*) FROM log_outbox", [], |row| row.get(0));
    assert_eq!(waiting, Ok(BATCH));
    drop(connection);
    check_recovery(home.path(), &ids);
}

#[test]
fn killed_after_the_commit_the_batch_is_published() {
    survives(store::STAGED, 0);
}

#[test]
fn killed_among_the_tiles_the_rest_is_written() {
    // Two filled tiles, then three partial ones.
    survives(store::TILE, 0);
    survives(store::TILE, 2);
    survives(store::TILES, 0);
}

#[test]
fn killed_around_the_checkpoint_there_is_always_one() {
    survives(store::CHECKPOINT, 0);
    survives(store::PUBLISHED, 0);
}

#[test]
fn killed_while_tidying_up_nothing_is_lost() {
    survives(store::PARTIALS, 0);
    survives(store::CLEARED, 0);
}

#[test]
fn killed_while_recovering_it_recovers_again() {
    let (home, ids) = prepared();
    kill_at(home.path(), store::STAGED, 0);
    for point in [store::TILE, store::TILES, store::CHECKPOINT, store::PUBLISHED, store::PARTIALS] {
        check_disk(home.path());
        kill_at(home.path(), point, 0);
    }
    check_recovery(home.path(), &ids);
}

#[test]
fn killed_while_it_begins_a_log_begins() {
    for point in [store::CREATED, store::CHECKPOINT, store::PUBLISHED, store::CLEARED] {
        let home = tempfile::tempdir().unwrap();
        kill_at(home.path(), point, 0);
        assert_eq!(check_disk(home.path()), 0);
        let mut connection = database(home.path());
        push(&mut connection, 0..2);
        let mut log = open(home.path(), Arc::new(|_| ()), &mut connection);
        assert_eq!(log.sequence(&mut connection, MONDAY_MS).unwrap().len(), 2, "{point}");
    }
}
