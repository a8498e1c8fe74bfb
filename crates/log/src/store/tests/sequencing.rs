use super::*;
use crate::note::UnknownLines;
use crate::tile::bundles;
use crate::tree::verify_consistency;
use crate::{TlogProof, replay};

#[test]
fn no_leaf_without_its_change_and_no_change_without_its_leaf() {
    let mut home = Home::new();
    let mut log = home.open().unwrap();
    let transaction = home.connection.transaction().unwrap();
    push(&transaction, &leaf(1)).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(home.sequence(&mut log, MONDAY_MS).unwrap(), []);
    assert_eq!(log.size(), 0);

    let id = home.push([1])[0];
    assert_eq!(log.index_of(&home.connection, id).unwrap(), None, "it waits");
    assert_eq!(home.sequence(&mut log, MONDAY_MS).unwrap(), [(id, 0)]);
    assert_eq!(log.index_of(&home.connection, id).unwrap(), Some(0));
    assert_eq!(home.waiting(), 0);
}

#[test]
fn leaves_keep_their_order_and_prove_their_places() {
    let mut home = Home::with_leaves(300);
    let mut log = home.open().unwrap();
    let ids = home.push(300..305);
    let placed = home.sequence(&mut log, MONDAY_MS + 1).unwrap();
    assert_eq!(placed, ids.into_iter().zip(300..).collect::<Vec<_>>());
    for index in [0, 255, 256, 299, 300, 304] {
        let expected = leaf(u32::try_from(index).unwrap()).at(MONDAY_MS + u64::from(index >= 300)).unwrap();
        assert_eq!(log.leaf(index).unwrap(), expected);
        let proof = TlogProof::parse(log.proof(index).unwrap().to_string().as_bytes()).unwrap();
        let head = proof.verify(&expected.hash(), log.verifier(), UnknownLines::Refuse).unwrap();
        assert_eq!((head.size(), proof.index()), (305, index));
    }
    assert!(matches!(log.proof(305), Err(ReadError::OutOfRange { asked: 305, size: 305 })));
}

#[test]
fn every_head_continues_every_earlier_one() {
    let mut home = Home::new();
    let mut log = home.open().unwrap();
    let mut heads = vec![(log.size(), *log.root())];
    for batch in [1, 1, 3, 250, 1, 1, 255, 2] {
        let size = u32::try_from(log.size()).unwrap();
        home.add(&mut log, size..size + batch);
        for (old, old_root) in &heads {
            let proof = log.consistency_proof(*old).unwrap();
            verify_consistency((*old, old_root), (log.size(), log.root()), &proof).unwrap();
        }
        heads.push((log.size(), *log.root()));
    }
    assert!(matches!(log.consistency_proof(515), Err(ReadError::OutOfRange { .. })));
}

#[test]
fn a_batch_is_bounded_and_the_rest_waits() {
    let mut home = Home::new();
    let mut log = home.open().unwrap();
    home.push(0..=u32::from(BATCH_LEAVES_MAX));
    assert_eq!(home.sequence(&mut log, MONDAY_MS).unwrap().len(), usize::from(BATCH_LEAVES_MAX));
    assert_eq!((log.size(), home.waiting()), (2000, 1));
    assert_eq!(home.sequence(&mut log, MONDAY_MS).unwrap().len(), 1);
    log.check().unwrap();
}

#[test]
fn an_outbox_without_room_refuses_the_change() {
    let mut home = Home::new();
    home.push([1]);
    let far = "UPDATE sqlite_sequence SET seq = 99998 WHERE name = 'log_outbox'";
    home.connection.execute(far, []).unwrap();
    home.push([2, 3]);
    let transaction = home.connection.transaction().unwrap();
    assert!(matches!(push(&transaction, &leaf(4)), Err(PushError::Full)));
}

#[test]
fn a_malformed_leaf_never_waits() {
    let mut home = Home::new();
    let transaction = home.connection.transaction().unwrap();
    let tagless = PendingLeaf { kind: LeafKind::Grant, ..leaf(1) };
    assert!(matches!(push(&transaction, &tagless), Err(PushError::Leaf(_))));
}

#[test]
fn a_clock_that_went_back_stops_the_signing() {
    let mut home = Home::with_leaves(1);
    let mut log = home.open().unwrap();
    let before = log.checkpoint().to_owned();
    home.push([1]);
    let refused = home.sequence(&mut log, MONDAY_MS - 1);
    assert!(matches!(
        refused,
        Err(SequenceError::ClockWentBack { last_ms: MONDAY_MS, now_ms }) if now_ms == MONDAY_MS - 1
    ));
    assert_eq!((log.checkpoint(), home.waiting()), (before.as_str(), 1));
    assert_eq!(home.sequence(&mut log, MONDAY_MS).unwrap().len(), 1, "it goes on once the clock does");
}

#[test]
fn a_clock_that_went_back_is_noticed_after_a_restart() {
    let mut home = Home::with_leaves(256);
    let mut log = home.open().unwrap();
    home.push([256]);
    let refused = home.sequence(&mut log, MONDAY_MS - 1);
    assert!(matches!(refused, Err(SequenceError::ClockWentBack { .. })));
}

#[test]
fn the_folder_is_what_a_reader_needs() {
    let mut home = Home::with_leaves(600);
    let log = home.open().unwrap();
    assert_eq!(fs::read_to_string(home.folder().join("checkpoint")).unwrap(), log.checkpoint());
    let read = bundles(600).map(|path| log.file(&path).unwrap());
    assert_eq!(replay(read).unwrap().root, *log.root());
}

#[test]
fn partial_tiles_go_once_the_full_one_is_published() {
    let mut home = Home::with_leaves(255);
    let mut log = home.open().unwrap();
    let has = |path: &str| home.folder().join(path).exists();
    assert!(has("tile/entries/000.p/255") && has("tile/0/000.p/255"));
    home.add(&mut log, 255..257);
    let has = |path: &str| home.folder().join(path).exists();
    assert!(has("tile/entries/000") && has("tile/entries/001.p/1") && has("tile/1/000.p/1"));
    assert!(!has("tile/entries/000.p") && !has("tile/0/000.p"));
}

#[test]
fn after_an_error_past_the_commit_only_a_restart_goes_on() {
    let mut home = Home::with_leaves(1);
    let mut log = home.open().unwrap();
    // What cannot be written: a folder stands where the temporary file belongs.
    let obstacle = home.folder().join("tile/entries/000.p/.2.tmp");
    fs::create_dir_all(&obstacle).unwrap();
    let id = home.push([1])[0];
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::Finish(_))));
    assert!(matches!(home.sequence(&mut log, MONDAY_MS), Err(SequenceError::Stopped)));
    assert_eq!(log.index_of(&home.connection, id).unwrap(), None, "nobody is told before it is published");
    drop(log);
    assert!(home.open().is_err(), "the disk is still broken");
    fs::remove_dir(obstacle).unwrap();
    let log = home.open().unwrap();
    assert_eq!((log.size(), log.index_of(&home.connection, id).unwrap()), (2, Some(1)));
    log.check().unwrap();
}

#[test]
fn tables_are_made_once_and_with_the_callers_transaction() {
    let mut connection = Connection::open_in_memory().unwrap();
    let transaction = connection.transaction().unwrap();
    migrate(&transaction).unwrap();
    transaction.rollback().unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'log_%'";
    assert_eq!(connection.query_row(tables, [], |row| row.get(0)), Ok(0));
    migrate(&connection).unwrap();
    migrate(&connection).unwrap();
    connection.execute("UPDATE log_schema SET version = 2", []).unwrap();
    assert!(matches!(migrate(&connection), Err(MigrateError::Newer(2))));
}
