//! The three recordings that the demo ships, inside the program, in the import layout of `docs/formats/recording.md`.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::exit::{Because, Kind, Outcome};

static RECORDINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/desktop");

/// Writes the recordings into `folder`: the raw input of the demo, as another tool would have left it.
pub(crate) fn unpack(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)
        .and_then(|()| RECORDINGS.extract(folder))
        .because(Kind::Storage, "unpack the demo's recordings")
}
