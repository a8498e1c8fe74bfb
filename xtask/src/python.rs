//! The Python environment of the independent readers: pinned, in the target folder.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::run::run;

const REQUIREMENTS: &str = "xtask/python/requirements.txt";
const FOLDER: &str = "target/python";

/// Makes the environment, or leaves it when it was made from the same requirements.
pub(crate) fn prepare() -> Result<()> {
    let wanted =
        fs::read_to_string(REQUIREMENTS).with_context(|| format!("failed to read {REQUIREMENTS}"))?;
    let stamp = Path::new(FOLDER).join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made_from| made_from == wanted) {
        return Ok(());
    }
    run("python3", &["-m", "venv", "--clear", FOLDER])?;
    let pip = format!("{FOLDER}/bin/pip");
    run(&pip, &["install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS])?;
    fs::copy(REQUIREMENTS, stamp)?;
    Ok(())
}
