//! `cargo xtask check`: what can be said of the code without running it.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::run::{cargo, run as start, run_with, succeeds};
use crate::{arrows, bench};

/// Runs every check.
pub(crate) fn run() -> Result<()> {
    let cargo = cargo();
    start(&cargo, &["fmt", "--all", "--check"])?;
    arrows::check()?;
    every_module_says_what_it_is_for(Path::new("crates"))?;
    every_room_has_its_papers()?;
    bench::every_benchmark_has_its_figure()?;
    let deny = ["--workspace", "--all-targets", "--release", "--", "--deny", "warnings"];
    start(&cargo, &[&["clippy"], deny.as_slice()].concat())?;
    for role in ["agent", "server", "audit"] {
        let alone = ["--package", "candor", "--no-default-features", "--features", role, "--release"];
        start(&cargo, &[&["clippy"], alone.as_slice(), &["--", "--deny", "warnings"]].concat())?;
    }
    let documentation = ["doc", "--workspace", "--no-deps", "--document-private-items", "--release"];
    run_with(&cargo, &documentation, &[("RUSTDOCFLAGS", "-D warnings")])?;
    licences(&cargo)
}

fn licences(cargo: &str) -> Result<()> {
    if !succeeds(cargo, &["deny", "--version"]) {
        start(cargo, &["install", "cargo-deny", "--locked", "--quiet"])?;
    }
    // A build fetches what it needs; the licences are of every platform's crates.
    start(cargo, &["fetch", "--locked"])?;
    // Advisories need a database from the network; the rest is decided by deny.toml alone.
    start(cargo, &["deny", "--offline", "check", "bans", "licenses", "sources"])
}

fn every_module_says_what_it_is_for(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("ui") && !path.ends_with("target") {
            every_module_says_what_it_is_for(&path)?;
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path)?;
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            if !is_test && !text.starts_with("//!") {
                bail!("{} does not begin by saying what it is for (//!)", path.display());
            }
        }
    }
    Ok(())
}

fn every_room_has_its_papers() -> Result<()> {
    const PAPERS: [&str; 8] = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "docs/architecture.md",
        "docs/trust.md",
        "docs/benchmarks.md",
        "deny.toml",
    ];
    match PAPERS.iter().find(|paper| !Path::new(paper).exists()) {
        Some(paper) => bail!("{paper} is missing"),
        None => Ok(()),
    }
}
