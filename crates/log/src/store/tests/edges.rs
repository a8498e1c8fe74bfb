use std::collections::BTreeMap;

use super::super::edge::Edge;
use super::super::nodes::Nodes;
use super::*;
use crate::tile::{TileError, TilePath, hashes};
use crate::tree::{Frontier, inclusion_path, leaf_hash, range_root, verify_inclusion};

/// Large enough for a full tile of level 1 and a partial one of level 2.
const LEAVES: u32 = 66_000;

#[test]
fn tiles_that_grow_leaf_by_leaf_hold_the_tree_of_the_definition() {
    let (mut edge, mut tree, mut files) = (Edge::default(), Frontier::default(), Vec::new());
    for n in 0..LEAVES {
        let leaf = leaf(n).at(MONDAY_MS).unwrap().to_bytes();
        edge.push(&leaf, &mut files);
        tree.push(leaf_hash(&leaf));
        if n % 4_999 == 0 || n.is_power_of_two() || n % 65_536 == 65_535 {
            assert_eq!(edge.root(), tree.root(), "{n}");
        }
    }
    files.extend(edge.partials());
    let files: BTreeMap<TilePath, Vec<u8>> = files.into_iter().map(|file| (file.path, file.bytes)).collect();
    assert!(files.contains_key(&TilePath::parse("tile/2/000.p/1").unwrap()));

    let size = u64::from(LEAVES);
    let read = |path: &TilePath| hashes(path, files.get(path).map_or(&[], Vec::as_slice));
    let mut nodes = Nodes::new(size, read);
    for index in [0, 255, 256, 65_535, 65_536, 65_999] {
        let path = inclusion_path(index, size).unwrap();
        let spans = path.into_iter().map(|span| range_root(span, |level, index| nodes.node(level, index)));
        let proof: Result<Vec<Hash>, TileError> = spans.collect();
        let leaf = leaf(u32::try_from(index).unwrap()).at(MONDAY_MS).unwrap();
        verify_inclusion(&leaf.hash(), index, size, &proof.unwrap(), &tree.root()).unwrap();
    }
}
