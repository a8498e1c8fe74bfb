//! Where the models of redaction are. Any place will do: each file's digest is pinned in the program.

use std::path::{Path, PathBuf};

use candor_redact::Models;

use crate::exit::{Because, Failure, Kind, Outcome};

/// Opens the folder that was named, or the first of the usual places that is there.
pub(crate) fn open(named: Option<&Path>) -> Outcome<Models> {
    Models::open(&folder(named)?).because(Kind::BadInput, "open the folder of models")
}

/// The folder itself.
pub(crate) fn folder(named: Option<&Path>) -> Outcome<PathBuf> {
    let usual = usual_places();
    let found = named.map(Path::to_path_buf).or_else(|| usual.iter().find(|path| path.is_dir()).cloned());
    found.ok_or_else(|| {
        Failure::new(Kind::BadInput, "the folder of models is not here, and without it nothing is redacted")
            .hint("put the folder `models` beside the program, or name it with CANDOR_MODELS")
    })
}

/// Beside the program, where packages put it, and in the sources that the program was built from.
fn usual_places() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new("."));
    vec![
        folder.join("models"),
        folder.join("../share/candor/models"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"),
    ]
}
