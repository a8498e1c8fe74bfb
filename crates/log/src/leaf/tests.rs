use proptest::prelude::*;

use super::*;

/// A grant of 2026-11-23T09:30:00Z, field by field.
fn golden() -> Vec<u8> {
    let fields: [&[u8]; 8] = [
        b"CDL1",                                           // magic
        &[0x00, 0x0b],                                     // kind 11: grant
        &[0x00, 0x02],                                     // flags: has a tag
        &[0x00, 0x00, 0x01, 0xa2, 0x07, 0xbd, 0xa9, 0xc0], // batch time: 1,795,426,200,000 ms
        &[0x22; 32],                                       // program: hash of its leaf
        &[0x33; 32],                                       // body: the commitment
        &[0x44; 32],                                       // tag
        &[0x00; 32],                                       // prev: none
    ];
    fields.concat()
}

fn golden_leaf() -> Leaf {
    PendingLeaf::new(LeafKind::Grant, Hash::from_bytes([0x22; 32]), [0x33; 32])
        .with_tag([0x44; 32])
        .at(1_795_426_200_000)
        .unwrap()
}

#[test]
fn a_leaf_is_laid_out_as_specified() {
    assert_eq!(golden().len(), LEAF_BYTES);
    assert_eq!(golden_leaf().to_bytes().as_slice(), golden());
    assert_eq!(Leaf::parse(&golden()).unwrap(), golden_leaf());
    // SHA-256 of a zero byte and the leaf, by coreutils.
    assert_eq!(golden_leaf().hash().to_string(), "aFpG5OkJAi8HCrVPX/N2rBFjeLqClenAl/MHsMdIFVU=");
}

#[test]
fn kinds_have_the_specified_numbers() {
    let numbers: Vec<u16> = LeafKind::ALL.into_iter().map(LeafKind::number).collect();
    assert_eq!(numbers, [1, 2, 3, 11, 12, 20, 31, 40, 41]);
    let known = (0..=u16::MAX).filter_map(LeafKind::from_number);
    assert_eq!(known.collect::<Vec<_>>(), LeafKind::ALL);
}

#[test]
fn other_bytes_than_a_leafs_are_refused() {
    let changed = |at: usize, byte: u8| {
        let mut bytes = golden();
        bytes[at] = byte;
        Leaf::parse(&bytes).unwrap_err()
    };
    assert_eq!(Leaf::parse(&[]), Err(LeafError::Length(0)));
    assert_eq!(Leaf::parse(&golden()[1..]), Err(LeafError::Length(143)));
    assert_eq!(Leaf::parse(&[golden(), vec![0]].concat()), Err(LeafError::Length(145)));
    assert_eq!(changed(3, b'2'), LeafError::Magic, "a newer version");
    assert_eq!(changed(5, 10), LeafError::Kind(10), "an unknown kind");
    assert_eq!(changed(6, 1), LeafError::Flags(0x0102), "an unknown flag");
    assert_eq!(changed(7, 3), LeafError::Flags(3), "a public body");
    assert_eq!(changed(7, 0), LeafError::Tag(LeafKind::Grant), "a tag without its flag");
    assert_eq!(changed(143, 1), LeafError::Prev(LeafKind::Grant), "a link between a person's leaves");
    assert_eq!(changed(5, 20), LeafError::Tag(LeafKind::Admission), "a tag in a kind without one");
    assert_eq!(changed(5, 1), LeafError::Program(LeafKind::Program), "a program within a program");
}

#[test]
fn a_leaf_without_what_its_kind_needs_cannot_be_made() {
    let program = Hash::from_bytes([2; 32]);
    let leaf = |kind| PendingLeaf::new(kind, program, [3; 32]);
    assert_eq!(leaf(LeafKind::Grant).at(0), Err(LeafError::Tag(LeafKind::Grant)));
    assert_eq!(leaf(LeafKind::Withdrawal).at(0), Err(LeafError::Tag(LeafKind::Withdrawal)));
    assert_eq!(leaf(LeafKind::Erased).with_tag([0; 32]).at(0), Err(LeafError::Tag(LeafKind::Erased)));
    let nowhere = PendingLeaf::new(LeafKind::SignOff, Hash::ZERO, [3; 32]);
    assert_eq!(nowhere.at(0), Err(LeafError::Program(LeafKind::SignOff)));
    let empty = PendingLeaf::new(LeafKind::SignOff, program, [0; 32]);
    assert_eq!(empty.at(0), Err(LeafError::Body(LeafKind::SignOff)));
    assert!(leaf(LeafKind::Export).with_prev(program).at(0).is_ok());
}

proptest! {
    #[test]
    fn a_leaf_has_one_spelling(at in 0..LEAF_BYTES, byte: u8) {
        let mut bytes = golden();
        bytes[at] = byte;
        if let Ok(leaf) = Leaf::parse(&bytes) {
            prop_assert_eq!(leaf.to_bytes().to_vec(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_a_leaf_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Leaf::parse(&bytes).is_err());
    }
}
