use std::convert::Infallible;

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

/// The eight leaves and nine roots of the Certificate Transparency reference tests (google/certificate-transparency,
/// `merkletree/merkle_tree_test.cc`), which follow RFC 6962.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn roots_match_the_reference_tests() {
    let mut tree = Frontier::default();
    assert_eq!(HEXLOWER.encode(tree.root().as_bytes()), ROOTS[0]);
    for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
        tree.push(leaf_hash(&HEXLOWER.decode(leaf.as_bytes()).unwrap()));
        assert_eq!(HEXLOWER.encode(tree.root().as_bytes()), *root, "{} leaves", tree.size());
    }
}

#[test]
fn a_hash_has_one_text_form() {
    let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    assert_eq!(text.parse::<Hash>().unwrap().to_string(), text);
    // The last digit before the padding has two bits that belong to no byte.
    for other in [&text.replace("8=", "9="), text.trim_end_matches('='), &format!("{text}\n"), "", "AAEC"] {
        assert_eq!(other.parse::<Hash>(), Err(HashError), "{other:?}");
    }
}

#[test]
fn nothing_is_proven_outside_the_tree() {
    let hash = leaf_hash(b"x");
    assert_eq!(verify_inclusion(&hash, 1, 1, &[], &hash), Err(ProofError::OutOfRange));
    assert_eq!(verify_inclusion(&hash, 0, 0, &[], &empty_root()), Err(ProofError::OutOfRange));
    assert_eq!(verify_inclusion(&hash, 0, u64::MAX, &[], &hash), Err(ProofError::OutOfRange));
    assert_eq!(verify_consistency((2, &hash), (1, &hash), &[]), Err(ProofError::OutOfRange));
    assert_eq!(verify_consistency((0, &hash), (1, &hash), &[]), Err(ProofError::Root));
    assert_eq!(verify_consistency((1, &hash), (1, &hash), &[hash]), Err(ProofError::Length));
    assert_eq!(verify_consistency((3, &hash), (5, &hash), &[]), Err(ProofError::Length));
    assert_eq!(inclusion_path(1, 1), None);
    assert_eq!(consistency_path(2, 1), None);
}

/// The tree of the definition in RFC 6962 section 2.1, without any shortcut.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn prove(leaves: &[Hash], path: Vec<Range<u64>>) -> Vec<Hash> {
    let node = |level: u32, index: u64| {
        let first = usize::try_from(index << level).unwrap();
        Ok::<_, Infallible>(full_root(&leaves[first..first + (1 << level)]).unwrap())
    };
    path.into_iter().map(|span| range_root(span, node).unwrap()).collect()
}

fn size_and_index() -> impl Strategy<Value = (u64, u64)> {
    (1_u64..700).prop_flat_map(|size| (Just(size), 0..size))
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_streamed_root_is_the_defined_one(size in 0_u64..700) {
        let leaves = leaves(size);
        let mut tree = Frontier::default();
        for leaf in &leaves {
            tree.push(*leaf);
        }
        prop_assert_eq!(tree.root(), root_by_definition(&leaves));
    }

    #[test]
    fn inclusion_proofs_verify_and_their_mutations_do_not((size, index) in size_and_index(), bit in 0_usize..256) {
        let leaves = leaves(size);
        let (root, leaf) = (root_by_definition(&leaves), leaves[usize::try_from(index).unwrap()]);
        let proof = prove(&leaves, inclusion_path(index, size).unwrap());
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));

        let fails = |leaf, index, size, proof: &[Hash], root| {
            verify_inclusion(&leaf, index, size, proof, &root).is_err()
        };
        prop_assert!(fails(flipped(leaf, bit), index, size, &proof, root));
        prop_assert!(fails(leaf, index, size, &proof, flipped(root, bit)));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(changed[at], bit);
            prop_assert!(fails(leaf, index, size, &changed, root));
        }
        for other in 0..size.min(40) {
            prop_assert_eq!(fails(leaf, other, size, &proof, root), other != index);
        }
        prop_assert!(fails(leaf, index, size, &[proof.as_slice(), &[leaf]].concat(), root));
        if let Some((_, short)) = proof.split_last() {
            prop_assert!(fails(leaf, index, size, short, root));
        }
    }

    #[test]
    fn consistency_proofs_verify_and_their_mutations_do_not((new, old) in size_and_index(), bit in 0_usize..256) {
        let leaves = leaves(new);
        let old_root = root_by_definition(&leaves[..usize::try_from(old).unwrap()]);
        let new_root = root_by_definition(&leaves);
        let proof = prove(&leaves, consistency_path(old, new).unwrap());
        prop_assert_eq!(verify_consistency((old, &old_root), (new, &new_root), &proof), Ok(()));

        let fails = |old_root, new_root, proof: &[Hash]| {
            verify_consistency((old, &old_root), (new, &new_root), proof).is_err()
        };
        prop_assert!(fails(flipped(old_root, bit), new_root, &proof));
        prop_assert!(old == 0 || fails(old_root, flipped(new_root, bit), &proof));
        for at in 0..proof.len() {
            let mut changed = proof.clone();
            changed[at] = flipped(changed[at], bit);
            prop_assert!(fails(old_root, new_root, &changed));
        }
        prop_assert!(fails(old_root, new_root, &[proof.as_slice(), &[new_root]].concat()));
        if let Some((_, short)) = proof.split_last() {
            prop_assert!(fails(old_root, new_root, short));
        }
    }
}
