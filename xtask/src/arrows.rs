//! The arrows between rooms: who may depend on whom, and what no role may link.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, output};

/// The only arrows. `docs/architecture.md` draws them.
const ARROWS: [(&str, &[&str]); 11] = [
    ("candor-model", &[]),
    ("candor-log", &[]),
    ("candor-consent", &["candor-model"]),
    ("candor-redact", &["candor-model"]),
    ("candor-bundle", &["candor-model"]),
    ("candor-capture", &["candor-consent", "candor-model", "candor-redact"]),
    ("candor-intake", &["candor-consent", "candor-model", "candor-redact"]),
    ("candor-journal", &["candor-bundle", "candor-consent", "candor-model", "candor-redact"]),
    ("candor-vault", &["candor-bundle", "candor-consent", "candor-log", "candor-model"]),
    ("candor-verify", &["candor-consent", "candor-log", "candor-model"]),
    ("candor-dataset", &["candor-consent", "candor-log", "candor-model", "candor-vault"]),
];

/// What the auditor's build must not link: sockets, runtimes, HTTP, stores.
const NOT_IN_AUDIT: [&str; 10] =
    ["tokio", "mio", "hyper", "axum", "ureq", "rustls", "rusqlite", "socket2", "aws-lc-rs", "datafusion"];

/// What the agent's build must not link: the query engine and what the server keeps. It serves a page of its own, on loopback
/// only, so the library that answers HTTP is in both.
const NOT_IN_AGENT: [&str; 5] = ["datafusion", "parquet", "candor-dataset", "rusqlite", "candor-vault"];

/// Checks every arrow, and what each role links.
pub(crate) fn check() -> Result<()> {
    let rooms = dependencies_of_rooms()?;
    for (room, allowed) in ARROWS {
        let Some(found) = rooms.get(room) else { bail!("{room} is not in the workspace") };
        if let Some(extra) = found.iter().find(|name| !allowed.contains(&name.as_str())) {
            bail!("{room} depends on {extra}, and no arrow goes there (docs/architecture.md)");
        }
    }
    role_links_none_of("audit", &NOT_IN_AUDIT)?;
    role_links_none_of("agent", &NOT_IN_AGENT)?;
    println!("arrows: {} rooms, 2 roles, as drawn", ARROWS.len());
    Ok(())
}

fn dependencies_of_rooms() -> Result<BTreeMap<String, Vec<String>>> {
    let text = output(&cargo(), &["metadata", "--format-version", "1", "--no-deps", "--locked"])?;
    let metadata: serde_json::Value = serde_json::from_str(&text)?;
    let packages = metadata
        .get("packages")
        .and_then(|packages| packages.as_array())
        .context("cargo metadata names no packages")?;
    let rooms = packages.iter().filter_map(|package| {
        let name = package.get("name")?.as_str().filter(|name| name.starts_with("candor-"))?;
        Some((name.to_owned(), rooms_that(package)))
    });
    Ok(rooms.collect())
}

fn rooms_that(package: &serde_json::Value) -> Vec<String> {
    let dependencies = package.get("dependencies").and_then(|found| found.as_array()).into_iter().flatten();
    // Development dependencies are part of the workshop, not of the house.
    let linked = dependencies.filter(|dependency| dependency.get("kind").is_none_or(|kind| kind != "dev"));
    let names = linked.filter_map(|dependency| dependency.get("name").and_then(|name| name.as_str()));
    names.filter(|name| name.starts_with("candor")).map(str::to_owned).collect()
}

fn role_links_none_of(role: &str, forbidden: &[&str]) -> Result<()> {
    let arguments = ["tree", "--package", "candor", "--no-default-features", "--features", role];
    let formatting = ["--edges", "normal", "--prefix", "none", "--format", "{p}", "--locked"];
    let tree = output(&cargo(), &[arguments.as_slice(), formatting.as_slice()].concat())?;
    let linked = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    match forbidden.iter().find(|name| linked(name)) {
        Some(name) => bail!("the {role} role links {name}"),
        None => Ok(()),
    }
}
