use super::*;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::key::SignerKey;
use crate::tree::empty_root;

#[test]
fn one_folder_has_one_sequencer() {
    let mut home = Home::new();
    let log = home.open().unwrap();
    assert!(matches!(home.open(), Err(OpenError::Folder(FolderError::InUse))));
    drop(log);
    assert!(home.open().is_ok());
}

#[test]
fn a_lock_that_somebody_else_moved_is_a_conflict() {
    let mut home = Home::with_leaves(3);
    let mut log = home.open().unwrap();
    home.push([3]);
    home.connection.execute("UPDATE log_lock SET size = 4, note = 'x'", []).unwrap();
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::Conflict)));
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::Stopped)));
    assert_eq!(home.waiting(), 1);
}

#[test]
fn the_database_itself_refuses_to_move_the_lock_back() {
    let home = Home::with_leaves(3);
    let changes = [
        "UPDATE log_lock SET size = 2",
        "UPDATE log_lock SET note = 'another root'",
        "UPDATE log_lock SET size = 4, time_ms = 1",
        "DELETE FROM log_lock",
    ];
    for change in changes {
        assert!(home.connection.execute(change, []).is_err(), "{change}");
    }
}

#[test]
fn a_database_that_may_lose_commits_is_refused() {
    let mut home = Home::with_leaves(1);
    let mut log = home.open().unwrap();
    home.push([1]);
    home.connection.pragma_update(None, "synchronous", "NORMAL").unwrap();
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::NotDurable)));
    drop(log);
    assert!(matches!(home.open(), Err(OpenError::NotDurable)));
}

#[test]
fn another_key_or_name_cannot_continue_the_log() {
    let mut home = Home::with_leaves(1);
    let foreign = |result| matches!(result, Err(OpenError::ForeignLock(_)));
    assert!(foreign(home.open_as(ORIGIN, &[8; 32])));
    assert!(foreign(home.open_as("log.example.org/other", &SEED)));
    assert!(matches!(home.open_as("a name", &SEED), Err(OpenError::Origin(_))));
    assert!(home.open().is_ok());
}

#[test]
fn a_foreign_checkpoint_is_refused() {
    let mut home = Home::with_leaves(1);
    let published = home.folder().join("checkpoint");
    for (name, seed) in [(ORIGIN, [8; 32]), ("log.example.org/other", SEED)] {
        let other = SignerKey::from_seed(name, &seed).unwrap();
        let note = Checkpoint::new(name, 0, empty_root()).unwrap().sign(&other).unwrap();
        overwrite(&published, note.as_bytes());
        assert!(matches!(home.open(), Err(OpenError::ForeignCheckpoint(_))), "{name}");
    }
    overwrite(&published, b"garbage");
    assert!(matches!(home.open(), Err(OpenError::ForeignCheckpoint(CheckpointError::Note(_)))));
    overwrite(&published, &vec![b'x'; 100_000]);
    assert!(matches!(home.open(), Err(OpenError::Folder(FolderError::Long { .. }))));
}

#[test]
fn a_folder_that_was_put_back_is_refused() {
    let mut home = Home::with_leaves(3);
    let backup = home.root.path().join("backup");
    copy(&home.folder(), &backup);
    let mut log = home.open().unwrap();
    home.add(&mut log, 3..6);
    drop(log);
    fs::remove_dir_all(home.folder()).unwrap();
    copy(&backup, &home.folder());
    assert!(matches!(home.open(), Err(OpenError::RolledBack { published: 3, locked: 6 })));
    fs::remove_dir_all(home.folder()).unwrap();
    assert!(matches!(home.open(), Err(OpenError::CheckpointMissing { locked: 6 })));
}

#[test]
fn tiles_that_were_put_back_are_refused() {
    let mut home = Home::with_leaves(3);
    let backup = home.root.path().join("backup");
    copy(&home.folder().join("tile"), &backup);
    let mut log = home.open().unwrap();
    home.add(&mut log, 3..6);
    drop(log);
    fs::remove_dir_all(home.folder().join("tile")).unwrap();
    copy(&backup, &home.folder().join("tile"));
    let refused = home.open();
    assert!(
        matches!(refused, Err(OpenError::Folder(FolderError::Missing { ref path })) if path == "tile/0/000.p/6")
    );
}

#[test]
fn a_database_that_was_put_back_is_refused() {
    let mut home = Home::with_leaves(3);
    let backup = home.root.path().join("backup.db");
    home.connection.execute("VACUUM INTO ?1", [backup.to_str().unwrap()]).unwrap();
    let mut log = home.open().unwrap();
    home.add(&mut log, 3..6);
    drop(log);
    home.connection = Connection::open(&backup).unwrap();
    assert!(matches!(home.open(), Err(OpenError::PublishedAhead { published: 6, locked: 3 })));
}

#[test]
fn a_second_history_of_the_same_size_is_refused() {
    let mut home = Home::with_leaves(3);
    let mut other = Home::new();
    let mut log = other.open().unwrap();
    other.add(&mut log, 100..103);
    fs::remove_dir_all(home.folder()).unwrap();
    copy(&other.folder(), &home.folder());
    assert!(matches!(home.open(), Err(OpenError::Fork { size: 3 })));
}

#[test]
fn a_folder_without_its_database_is_refused() {
    let mut home = Home::with_leaves(3);
    home.connection = Connection::open_in_memory().unwrap();
    migrate(&home.connection).unwrap();
    assert!(matches!(home.open(), Err(OpenError::LockMissing)));
}

#[test]
fn a_changed_byte_at_the_right_edge_is_found_at_start_up() {
    for path in ["tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"] {
        let mut home = Home::with_leaves(300);
        home.tamper(path);
        assert!(matches!(home.open(), Err(OpenError::Edge { size: 300 })), "{path}");
        fs::remove_file(home.folder().join(path)).unwrap();
        assert!(matches!(home.open(), Err(OpenError::Folder(FolderError::Missing { .. }))), "{path}");
    }
}

#[test]
fn a_changed_byte_elsewhere_never_reaches_a_reader() {
    let mut home = Home::with_leaves(300);
    let log = home.open().unwrap();
    home.tamper("tile/0/000");
    assert!(matches!(log.proof(3), Err(ReadError::Tampered { asked: 3 })));
    assert!(matches!(log.consistency_proof(3), Err(ReadError::Tampered { asked: 3 })));
    home.tamper("tile/0/000");
    assert!(log.proof(3).is_ok());
    assert!(log.check().is_ok());
    home.tamper("tile/entries/000");
    assert!(matches!(log.leaf(128), Err(ReadError::Tampered { asked: 128 })));
    assert!(log.proof(128).is_err());
    assert!(matches!(log.check(), Err(ReadError::Replay(_))));
}

#[test]
fn a_tile_that_is_there_with_other_bytes_stops_the_log() {
    let mut home = Home::with_leaves(1);
    let mut log = home.open().unwrap();
    overwrite(&home.folder().join("tile/0/000.p/2"), &[9; 64]);
    home.push([1]);
    let Err(SequenceError::Finish(FinishError::Folder(FolderError::Differs { path }))) =
        home.sequence(&mut log, MONDAY_MS)
    else {
        panic!("a tile was overwritten");
    };
    assert_eq!(path, "tile/0/000.p/2");
    drop(log);
    assert!(matches!(home.open(), Err(OpenError::Folder(FolderError::Differs { .. }))));
}

#[test]
fn a_leaf_that_somebody_else_put_into_the_outbox_is_refused() {
    let mut home = Home::with_leaves(1);
    let mut log = home.open().unwrap();
    home.connection.execute("INSERT INTO log_outbox (leaf) VALUES (zeroblob(144))", []).unwrap();
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::Outbox(_))));
    assert_eq!(log.size(), 1);
}
