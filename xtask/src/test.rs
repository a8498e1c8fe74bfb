//! `cargo xtask test`: everything that must hold, on a machine that has nothing but Rust and C.

use anyhow::Result;

use crate::run::{cargo, run as start, run_with, succeeds};
use crate::{arrows, packages, python, web};

/// Installs what the tests need, then runs all of them. Nothing is skipped.
pub(crate) fn run_all() -> Result<()> {
    arrows::check()?;
    let cargo = cargo();
    if succeeds(&cargo, &["nextest", "--version"]) {
        start(&cargo, &["nextest", "run", "--release", "--workspace", "--no-fail-fast"])?;
    } else {
        println!("cargo-nextest is not installed: cargo test runs the same tests, more slowly");
        let all = ["test", "--release", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
        // One after the other: here they share a process, and a lock on a file is for a moment also its children's.
        start(&cargo, &[all.as_slice(), &["--", "--test-threads=1"]].concat())?;
    }
    // Compile-fail examples live in the documentation of the types that they guard.
    run_with(&cargo, &["test", "--release", "--workspace", "--doc"], &[("RUSTDOCFLAGS", "-D warnings")])
}

/// Prepares the machine and, unless asked to stop there, runs all tests.
pub(crate) fn run(prepare_only: bool) -> Result<()> {
    packages::install_for_tests()?;
    python::prepare()?;
    web::prepare()?;
    if prepare_only {
        return Ok(());
    }
    run_all()?;
    println!("\nskipped: nothing");
    Ok(())
}
