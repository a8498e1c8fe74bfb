//! `cargo xtask bench`: runs `bench/` in release and passes its words on.

use std::fs;

use anyhow::{Result, bail};

use crate::run::{cargo, output, run as start};

const FIGURES: &str = "docs/benchmarks.md";

/// Runs the named benchmarks, or all.
pub(crate) fn run(names: &[String], json: bool) -> Result<()> {
    let cargo = cargo();
    start_quietly(
        &cargo,
        &["build", "--release", "--quiet", "--package", "candor", "--package", "candor-bench"],
    )?;
    let mut arguments = vec!["run", "--release", "--quiet", "--package", "candor-bench", "--"];
    if json {
        arguments.push("--json");
    }
    arguments.extend(names.iter().map(String::as_str));
    print!("{}", output(&cargo, &arguments)?);
    Ok(())
}

// With --json, standard output carries the figures and nothing else.
fn start_quietly(program: &str, arguments: &[&str]) -> Result<()> {
    output(program, arguments).map(|_| ())
}

/// Every benchmark's name stands in the page of figures.
pub(crate) fn every_benchmark_has_its_figure() -> Result<()> {
    let page = fs::read_to_string(FIGURES)?;
    let names =
        output(&cargo(), &["run", "--release", "--quiet", "--package", "candor-bench", "--", "--list"])?;
    for name in names.lines() {
        if !page.contains(&format!("`{name}`")) {
            bail!("{FIGURES} has no figure for the benchmark `{name}`");
        }
    }
    start("git", &["diff", "--check", "HEAD", "--"])
}
