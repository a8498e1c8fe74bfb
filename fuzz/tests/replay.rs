//! Replays every corpus.

use std::path::Path;

use candor_fuzz::TARGETS;

/// Most places of one seed at which it is cut and flipped.
const PLACES_MAX: usize = 512;

#[test]
fn every_target_comes_back_from_every_seed_cut_and_flipped() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let folder = std::fs::read_dir(corpus.join(name)).unwrap_or_else(|_| panic!("{name} has no corpus"));
        let mut seeds = 0;
        for seed in folder {
            seeds += 1;
            replay(target, &std::fs::read(seed.unwrap().path()).unwrap());
        }
        assert!(seeds > 0, "{name} has no seed");
    }
}

fn replay(target: fn(&[u8]), seed: &[u8]) {
    target(seed);
    let every = (seed.len() / PLACES_MAX).max(1);
    for place in (0..seed.len()).step_by(every) {
        let (before, rest) = seed.split_at(place);
        target(before);
        let Some((byte, after)) = rest.split_first() else { return };
        target(&[before, &[byte ^ (1 << (place % 8))], after].concat());
        target(&[before, b"\"", after].concat());
    }
}

#[test]
fn every_corpus_has_a_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for folder in std::fs::read_dir(corpus).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(TARGETS.iter().any(|(target, _)| *target == name), "{name} is replayed by no target");
    }
}
