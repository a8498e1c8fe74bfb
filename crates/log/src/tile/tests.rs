use proptest::prelude::*;

use super::*;

#[test]
fn paths_match_the_specifications_examples() {
    // tlog-tiles: index 1234067 is x001/x234/067; a tree of size 70,000 has these right-edge tiles.
    let entries = |index, size| TilePath::of(Level::Entries, index, size).map(|path| path.to_string());
    let tile = |level, index, size| TilePath::of(Level::Hashes(level), index, size).map(|p| p.to_string());
    assert_eq!(entries(1_234_067, 1 << 30).unwrap(), "tile/entries/x001/x234/067");
    assert_eq!(entries(0, 1).unwrap(), "tile/entries/000.p/1");
    assert_eq!(tile(0, 272, 70_000).unwrap(), "tile/0/272");
    assert_eq!(tile(0, 273, 70_000).unwrap(), "tile/0/273.p/112");
    assert_eq!(tile(1, 0, 70_000).unwrap(), "tile/1/000");
    assert_eq!(tile(1, 1, 70_000).unwrap(), "tile/1/001.p/17");
    assert_eq!(tile(2, 0, 70_000).unwrap(), "tile/2/000.p/1");
    assert_eq!(tile(3, 0, 70_000), None);
    assert_eq!(tile(0, 0, 256).unwrap(), "tile/0/000");
    assert_eq!(tile(0, 1, 256), None, "empty tiles do not exist");
    assert_eq!(tile(1, 0, 256).unwrap(), "tile/1/000.p/1");
    assert_eq!(TilePath::of(Level::Entries, 999_999, 1 << 30).unwrap().partials(), "tile/entries/x999/999.p");
}

#[test]
fn a_path_has_one_spelling() {
    for good in ["tile/entries/000", "tile/0/x001/000", "tile/5/999.p/255", "tile/1/x001/x234/067.p/1"] {
        assert_eq!(TilePath::parse(good).unwrap().to_string(), good);
    }
    let bad = [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/00/000",
        "tile/+1/000",
        "tile/6/000",
        "tile/data/000",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/../000",
        "tile/0/-01",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ];
    for text in bad {
        assert_eq!(TilePath::parse(text), Err(TileError::Path), "{text}");
    }
}

#[test]
fn a_log_has_all_its_bundles_and_no_more() {
    let paths = |size| bundles(size).map(|path| path.to_string()).collect::<Vec<_>>();
    assert!(paths(0).is_empty());
    assert_eq!(paths(256), ["tile/entries/000"]);
    assert_eq!(paths(513), ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/1"]);
}

#[test]
fn a_bundle_with_anything_but_leaves_is_refused() {
    let mut bundle = Vec::new();
    push_entry(&mut bundle, &[1; LEAF_BYTES]);
    push_entry(&mut bundle, &[2; LEAF_BYTES]);
    assert_eq!(entries(&bundle).unwrap(), [&[1; LEAF_BYTES], &[2; LEAF_BYTES]]);
    assert_eq!(entries(&bundle[..bundle.len() - 1]), Err(TileError::Entry(1)));
    assert_eq!(entries(&bundle[..1]), Err(TileError::Entry(0)));
    let full = bundle.repeat(128);
    assert_eq!((full.len(), entries(&full).unwrap().len()), (BUNDLE_BYTES_MAX, 256));
    assert_eq!(entries(&[full.as_slice(), &bundle].concat()), Err(TileError::Entry(256)));
    bundle[LEAF_BYTES + 3] = 143;
    assert_eq!(entries(&bundle), Err(TileError::Entry(1)));
}

#[test]
fn a_tile_of_another_width_is_refused() {
    let path = TilePath::of(Level::Hashes(0), 0, 2).unwrap();
    assert_eq!(hashes(&path, &[7; 64]).unwrap(), [Hash::from_bytes([7; 32]); 2]);
    for bytes in [0, 63, 65, 96] {
        assert_eq!(hashes(&path, &vec![7; bytes]), Err(TileError::Length { path, bytes }));
    }
}

proptest! {
    #[test]
    fn every_tile_of_a_log_has_a_path_that_reads_back(level in 0..TILE_LEVELS_MAX, size in 1..=LOG_LEAVES_MAX, at: u64) {
        let count = (size >> (8 * u32::from(level))).div_ceil(256);
        if let Some(path) = TilePath::of(Level::Hashes(level), at % count.max(1), size) {
            prop_assert_eq!(TilePath::parse(&path.to_string()).unwrap(), path);
        } else {
            prop_assert_eq!(count, 0);
        }
    }

    #[test]
    fn any_text_is_a_path_or_an_error(text in "tile/[0-9x/.pe]{0,20}") {
        if let Ok(path) = TilePath::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}
