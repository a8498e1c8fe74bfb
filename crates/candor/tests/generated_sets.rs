//! The labelled texts in the repository are what their generator makes: nobody mended a figure by hand.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the generator writes with the pinned packages that `cargo xtask test` installs.
fn generated(arguments: &[&str]) -> Vec<u8> {
    let python = root().join("target/python/bin/python");
    assert!(
        python.exists(),
        "run `cargo xtask test --prepare-only` first: it installs what the generator needs"
    );
    let output = Command::new(python)
        .arg(root().join("xtask/deid/generate.py"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The line in which two texts part, counted from 1.
fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let lines = |text: &[u8]| text.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (a, b) = (lines(a), lines(b));
    (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at)).map(|at| at + 1)
}

#[test]
fn the_test_set_is_what_the_generator_makes() {
    let committed = std::fs::read(root().join("fixtures/deid/test.jsonl")).unwrap();
    let made = generated(&["--split", "test", "--count", "2000", "--seed", "1"]);
    assert_eq!(first_difference(&made, &committed), None, "fixtures/deid/test.jsonl differs in this line");
}

#[test]
fn another_seed_makes_another_set() {
    let few = |seed| generated(&["--split", "test", "--count", "20", "--seed", seed]);
    let difference = first_difference(&few("1"), &few("2"));
    assert!(difference.is_some(), "a comparison that cannot tell two sets apart proves nothing");
    assert_eq!(first_difference(&few("1"), &few("1")), None);
}
