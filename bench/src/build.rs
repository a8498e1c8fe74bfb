//! What building costs: from an empty target folder, with the crates already fetched.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::Measured;
use crate::demo::candor;
use crate::timing::seconds_once;

const AGENT_ALONE: [&str; 5] = ["--package", "candor", "--no-default-features", "--features", "agent"];

/// The whole of `cargo build --release`.
pub(crate) fn all_cold() -> Result<Measured> {
    Ok(Measured { value: minutes(&[])?, baseline: minutes(&["--package", "candor-model"])? })
}

/// The agent role alone.
pub(crate) fn agent_cold() -> Result<Measured> {
    Ok(Measured { value: minutes(&AGENT_ALONE)?, baseline: minutes(&["--package", "candor-model"])? })
}

/// Size of the agent's binary, stripped as it is shipped.
pub(crate) fn agent_binary() -> Result<Measured> {
    let target = tempfile::tempdir()?;
    build(target.path(), &AGENT_ALONE)?;
    let value = megabytes(&target.path().join("release/candor"))?;
    let every_role = candor();
    Ok(Measured { value, baseline: megabytes(Path::new(every_role.get_program()))? })
}

fn minutes(arguments: &[&str]) -> Result<f64> {
    let target = tempfile::tempdir()?;
    let (seconds, built) = seconds_once(|| build(target.path(), arguments));
    built.map(|()| seconds / 60.0)
}

fn build(target: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["build", "--release", "--quiet"]).args(arguments).env("CARGO_TARGET_DIR", target);
    if !command.status()?.success() {
        bail!("the build failed");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
fn megabytes(path: &Path) -> Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64 / 1e6)
}
