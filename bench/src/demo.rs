//! The demo and the verification of its evidence, as whole processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use candor_model::Digest;

use crate::Measured;
use crate::timing::{median_seconds, seconds_once};

const VERIFY_RUNS: usize = 5;

/// Plays the demo once.
pub(crate) fn play() -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let (value, played) = seconds_once(|| demo(&folder.path().join("demo")));
    played?;
    let baseline = median_seconds(3, || {
        hash_below(folder.path());
    });
    Ok(Measured { value, baseline })
}

/// Verifies the evidence of a demo, dataset files included, several times.
pub(crate) fn verify() -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let told = demo(&folder.path().join("demo"))?;
    let path = |name: &str| {
        told.get(name).and_then(|p| p.as_str()).map(PathBuf::from).context("the demo names no path")
    };
    let (evidence, dataset, policy) = (path("evidence")?, path("dataset")?, path("policy")?);
    let mut verified = true;
    let value = median_seconds(VERIFY_RUNS, || {
        let mut command = candor();
        command.arg("verify").arg(&evidence).arg("--policy").arg(&policy).arg("--dataset").arg(&dataset);
        let status = command.stdout(Stdio::null()).status();
        verified &= status.is_ok_and(|status| status.success());
    });
    if !verified {
        bail!("the evidence of the demo does not verify");
    }
    let baseline = median_seconds(VERIFY_RUNS, || {
        hash_below(&evidence);
        hash_below(&dataset);
    });
    Ok(Measured { value, baseline })
}

fn demo(folder: &Path) -> Result<serde_json::Value> {
    let output = candor().args(["demo", "--json", "--dir"]).arg(folder).stderr(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("the demo failed: {}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The program that was built beside this one.
pub(crate) fn candor() -> Command {
    let here = std::env::current_exe().unwrap_or_default();
    Command::new(here.with_file_name("candor"))
}

fn hash_below(folder: &Path) -> Vec<Digest> {
    let mut digests = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            digests.extend(hash_below(&entry.path()));
        } else if let Ok(bytes) = std::fs::read(entry.path()) {
            digests.push(Digest::of(&bytes));
        }
    }
    digests
}
