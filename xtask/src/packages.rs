//! The distribution's packages that tests need: installed when they are missing.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::run::{run_with, succeeds};

const LISTS: [&str; 2] = ["xtask/packages.txt", "xtask/fixture/packages.txt"];

/// Installs what is missing of the first list: what the tests need.
pub(crate) fn install_for_tests() -> Result<()> {
    install(LISTS[0])
}

/// Installs what is missing of both lists: recording needs applications that tests do not.
pub(crate) fn install_for_recording() -> Result<()> {
    LISTS.into_iter().try_for_each(install)
}

/// Installs a package that the lists do not name, because most machines have its program from elsewhere.
pub(crate) fn install_one(name: &str) -> Result<()> {
    as_root(&["update", "-qq"])?;
    as_root(&["install", "-y", "-qq", "--no-install-recommends", name])
}

fn install(list: &str) -> Result<()> {
    let text = fs::read_to_string(list).with_context(|| format!("failed to read {list}"))?;
    let missing: Vec<&str> = names(&text).filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing packages of {list}: {}", missing.join(" "));
    if !succeeds("apt-get", &["--version"]) {
        bail!("this machine has no apt-get: install the packages above, or what carries them elsewhere");
    }
    as_root(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(missing);
    as_root(&arguments)
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn is_installed(name: &str) -> bool {
    succeeds("dpkg-query", &["--show", "--showformat=${Status}", name]) && succeeds("dpkg", &["-s", name])
}

fn as_root(arguments: &[&str]) -> Result<()> {
    let environment = [("DEBIAN_FRONTEND", "noninteractive")];
    if succeeds("sh", &["-c", "[ \"$(id -u)\" = 0 ]"]) {
        return run_with("apt-get", arguments, &environment);
    }
    let mut with_sudo = vec!["--non-interactive", "apt-get"];
    with_sudo.extend(arguments);
    run_with("sudo", &with_sudo, &environment)
}
