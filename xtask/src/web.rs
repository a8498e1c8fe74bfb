//! axe-core (MPL-2.0), which holds the pages against the rules of accessible pages. It is fetched for the tests from the npm registry,
//! into the target folder; it is neither committed nor shipped.

use std::path::Path;

use anyhow::{Result, bail};

use crate::packages;
use crate::run::{run, succeeds};

const PACKAGE: &str = "axe-core@4.14.1";
const ARCHIVE: &str = "target/web/axe-core-4.14.1.tgz";
const FOLDER: &str = "target/web";
const SCRIPT: &str = "target/web/package/axe.min.js";
/// SHA-256 of the script: what passed yesterday means the same today, whatever the registry sends.
const SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// Fetches it, or leaves it when it is there.
pub(crate) fn prepare() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    if !succeeds("npm", &["--version"]) {
        packages::install_one("npm")?;
    }
    std::fs::create_dir_all(FOLDER)?;
    run("npm", &["pack", "--silent", "--pack-destination", FOLDER, PACKAGE])?;
    run("tar", &["-xzf", ARCHIVE, "-C", FOLDER, "package/axe.min.js", "package/LICENSE"])?;
    if is_there() { Ok(()) } else { bail!("{SCRIPT} of {PACKAGE} has another digest than {SHA256}") }
}

fn is_there() -> bool {
    let sum = format!("echo '{SHA256}  {SCRIPT}' | sha256sum --check --status");
    Path::new(SCRIPT).exists() && succeeds("sh", &["-c", &sum])
}
