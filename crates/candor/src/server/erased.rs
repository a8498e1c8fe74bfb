//! Trying to read a session whose keys are gone: what the demo shows, on the real folder.

use std::path::Path;

use candor_model::SessionId;

use super::open_vault;
use crate::exit::{Because, Kind, Outcome};

/// What came of it.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) opened: bool,
    pub(crate) why: String,
    pub(crate) ciphertext_bytes: u64,
}

/// Opens the vault in `dir` with its own root key and tries to read a session, as somebody would who has the whole server.
pub(crate) fn try_to_open_session(dir: &Path, session: &str) -> Outcome<Tried> {
    let root_key =
        dir.with_file_name(format!("{}.root.key", dir.file_name().unwrap_or_default().to_string_lossy()));
    let vault = open_vault(dir, &root_key)?;
    let session: SessionId = session.parse().because(Kind::Usage, "read the session's id")?;
    let tried = vault.try_to_unseal(session);
    Ok(Tried {
        opened: tried.is_ok(),
        why: tried.err().map(|error| crate::exit::chain(&error)).unwrap_or_default(),
        ciphertext_bytes: bytes_below(&dir.join("sessions").join(session.to_string())),
    })
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                bytes_below(&entry.path())
            } else {
                entry.metadata().map_or(0, |m| m.len())
            }
        })
        .sum()
}
