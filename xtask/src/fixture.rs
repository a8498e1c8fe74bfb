//! Recording the demo's sessions again: a real X server, real applications, synthetic data.

use std::path::Path;

use anyhow::Result;

use crate::{packages, run::run};

/// Records the three sessions into `out`.
pub(crate) fn record(out: &Path) -> Result<()> {
    packages::install_for_recording()?;
    run("bash", &["xtask/fixture/record.sh", &out.to_string_lossy()])
}
