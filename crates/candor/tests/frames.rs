//! P1 for pixels: recordings of real applications are imported, and an independent reader looks at every frame that a person
//! would be shown at review. It must find nothing that was planted.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

#[expect(dead_code, reason = "the test of `candor-redact` cuts one picture into many")]
#[path = "../../redact/tests/reader/picture.rs"]
mod picture;
mod support;
#[path = "../../redact/tests/reader/witness.rs"]
mod witness;

use std::collections::BTreeSet;
use std::path::Path;

use candor_model::Digest;
use picture::Picture;
use serde::Deserialize;
use support::Road;
use witness::{is_readable, to_real};

/// Most frames of a recording that are read: they differ by a few letters from one to the next.
const FRAMES_MAX: usize = 10;
/// Share of planted texts that the reader finds in the raw frames: one that finds less is no witness.
const RAW_MIN: f64 = 0.75;

#[derive(Deserialize)]
struct Canary {
    kind: String,
    text: String,
    #[serde(rename = "where")]
    places: Vec<String>,
}

/// What stands in the pixels of a recording.
fn planted(recording: &str) -> Vec<Canary> {
    let text = std::fs::read_to_string(support::fixture("../canaries.json")).unwrap();
    let canaries: Vec<Canary> = serde_json::from_str(&text).unwrap();
    let place = format!("{recording}/frame");
    canaries.into_iter().filter(|canary| canary.places.contains(&place)).collect()
}

/// Letters and digits of all that the reader sees in a picture.
fn seen(folder: &Path, picture: &Path) -> String {
    witness::seen(folder, &Picture::of(&std::fs::read(picture).unwrap()))
}

/// Pictures of a folder that differ, evenly chosen.
fn chosen(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut known = BTreeSet::new();
    let mut files = support::files(folder);
    files.sort();
    files.retain(|file| file.extension().is_some_and(|end| end == "png"));
    files.retain(|file| known.insert(Digest::of(&std::fs::read(file).unwrap()).to_string()));
    let every = files.len().div_ceil(FRAMES_MAX).max(1);
    files.into_iter().step_by(every).collect()
}

#[test]
fn an_independent_reader_finds_nothing_planted_in_the_frames_of_real_applications() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    let mut leaks = Vec::new();
    for (person, recording) in [("anna", "mail-and-form"), ("ben", "chat-and-notes"), ("cem", "spreadsheet")]
    {
        road.agree(person, &["browser", "text-editor", "libreoffice-calc"]);
        let session = road.import(person, recording);
        let look = road.path(&format!("look/{person}"));
        road.types(person, &["review", "show", &session, "--frames", &look]);
        let planted = planted(recording);
        let stored = chosen(Path::new(&look));
        assert!(stored.len() > 3, "{recording}: {} frames", stored.len());
        for file in &stored {
            let text = seen(dir.path(), file);
            let found = planted.iter().filter(|canary| is_readable(&canary.text, &text));
            leaks.extend(found.map(|c| format!("{} {:?} in {recording}/{}", c.kind, c.text, file.display())));
        }
        let raw = chosen(&support::fixture(&format!("{recording}/frames")));
        let text: String = raw.iter().map(|file| seen(dir.path(), file)).collect();
        let readable = planted.iter().filter(|canary| is_readable(&canary.text, &text)).count();
        assert!(
            to_real(readable) >= RAW_MIN * to_real(planted.len()),
            "{recording}: {readable} of {} in the raw frames",
            planted.len()
        );
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}
