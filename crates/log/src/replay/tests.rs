use super::*;
use crate::leaf::{LEAF_BYTES, LeafKind, PendingLeaf};
use crate::tile::push_entry;

fn leaf(n: u64, time_ms: u64) -> [u8; LEAF_BYTES] {
    let mut body = [1; 32];
    body[..8].copy_from_slice(&n.to_be_bytes());
    let pending = PendingLeaf::new(LeafKind::Admission, Hash::from_bytes([2; 32]), body);
    pending.at(time_ms).unwrap().to_bytes()
}

/// The bundles of a log of `size` leaves, whose time moves on every ten.
fn log(size: u64) -> Vec<Vec<u8>> {
    let mut bundles = vec![Vec::new(); usize::try_from(size.div_ceil(256)).unwrap()];
    for n in 0..size {
        push_entry(&mut bundles[usize::try_from(n / 256).unwrap()], &leaf(n, n / 10));
    }
    bundles
}

fn root(size: u64) -> Hash {
    let mut tree = Frontier::default();
    (0..size).for_each(|n| tree.push(leaf_hash(&leaf(n, n / 10))));
    tree.root()
}

fn head(size: u64, root: Hash) -> Checkpoint {
    Checkpoint::new("log.example.org/candor", size, root).unwrap()
}

#[test]
fn a_log_replays_to_its_root_and_leaves() {
    let replayed = replay(log(600)).unwrap();
    assert_eq!(replayed.root, root(600));
    assert_eq!(replayed.leaves.len(), 600);
    assert!(replayed.leaves.iter().enumerate().all(|(n, entry)| entry.index == n as u64));
    assert!(replayed.leaves.iter().all(|entry| entry.hash == entry.leaf.hash()));
    assert_eq!(replay(log(0)).unwrap().root, root(0));
}

#[test]
fn every_changed_byte_of_a_log_is_found() {
    let bundles = log(20);
    let head = head(20, root(20));
    for at in 0..bundles[0].len() {
        let mut changed = bundles[0].clone();
        changed[at] ^= 0x10;
        let mut replay = Replay::default();
        let found = replay.bundle(&changed, |_| ()).and_then(|()| replay.ends_at(&head));
        assert!(found.is_err(), "byte {at}");
    }
}

#[test]
fn a_log_cut_short_or_grown_is_found() {
    let mut replay = Replay::default();
    replay.bundle(&log(20)[0], |_| ()).unwrap();
    let size = |expected| Err(ReplayError::Size { found: 20, expected });
    assert_eq!(replay.ends_at(&head(19, root(19))), size(19));
    assert_eq!(replay.ends_at(&head(21, root(21))), size(21));
    assert_eq!(replay.ends_at(&head(20, root(19))), Err(ReplayError::Root { size: 20 }));
}

#[test]
fn bundles_out_of_place_are_found() {
    let bundles = log(600);
    let order = |order: &[usize]| replay(order.iter().map(|n| &bundles[*n])).map(|replayed| replayed.root);
    assert_eq!(order(&[0, 2, 1]), Err(ReplayError::Gap { bundle: 2 }));
    assert_eq!(order(&[1, 0]), Err(ReplayError::Time { index: 256 }));
    assert_ne!(order(&[0, 2]).unwrap(), root(344));
    assert_eq!(replay([&[]; 1]).unwrap_err(), ReplayError::Gap { bundle: 0 });
}

#[test]
fn malformed_entries_are_named() {
    let mut bundles = log(300);
    bundles[1][2] = b'X';
    assert_eq!(replay(&bundles).unwrap_err(), ReplayError::Leaf { index: 256, source: LeafError::Magic });
    bundles[1].pop();
    let cut = ReplayError::Bundle { bundle: 1, source: TileError::Entry(43) };
    assert_eq!(replay(&bundles).unwrap_err(), cut);
}

#[test]
fn a_log_that_is_older_than_itself_is_found() {
    let mut bundle = Vec::new();
    push_entry(&mut bundle, &leaf(0, 5));
    push_entry(&mut bundle, &leaf(1, 4));
    assert_eq!(replay([bundle]).unwrap_err(), ReplayError::Time { index: 1 });
}

#[test]
fn an_earlier_checkpoint_holds_or_is_named() {
    let mut replay = Replay::watching([0, 100, 256, 900]);
    for bundle in log(600) {
        replay.bundle(&bundle, |_| ()).unwrap();
    }
    assert_eq!(replay.passed(&head(0, root(0))), Ok(()));
    assert_eq!(replay.passed(&head(100, root(100))), Ok(()));
    assert_eq!(replay.passed(&head(256, root(256))), Ok(()));
    assert_eq!(replay.passed(&head(256, root(255))), Err(ReplayError::Root { size: 256 }));
    let larger = replay.passed(&head(900, root(900)));
    assert_eq!(larger, Err(ReplayError::Size { found: 600, expected: 900 }));
    assert_eq!(replay.passed(&head(7, root(7))), Err(ReplayError::Unwatched { size: 7 }));
}
