//! P1 for pixels: recordings of real applications are imported, and an independent reader looks at every frame that a person
//! would be shown at review. It must find nothing that was planted.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use candor_model::Digest;
use serde::Deserialize;
use support::Road;

/// Most frames of a recording that are read: they differ by a few letters from one to the next.
const FRAMES_MAX: usize = 10;
/// A planted text with fewer letters and digits could be read by chance.
const LETTERS_MIN: usize = 6;

#[derive(Deserialize)]
struct Canary {
    kind: String,
    text: String,
    #[serde(rename = "where")]
    places: Vec<String>,
}

fn flat(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What stands in the pixels of a recording, as letters and digits, with what it is.
fn planted(recording: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(support::fixture("../canaries.json")).unwrap();
    let canaries: Vec<Canary> = serde_json::from_str(&text).unwrap();
    let place = format!("{recording}/frame");
    let here = canaries.into_iter().filter(|canary| canary.places.contains(&place));
    here.map(|canary| (flat(&canary.text), format!("{} {:?}", canary.kind, canary.text)))
        .filter(|(letters, _)| letters.len() >= LETTERS_MIN)
        .collect()
}

/// Letters and digits of all that Tesseract reads in a picture.
fn seen(picture: &Path) -> String {
    let run = Command::new("tesseract")
        .arg(picture)
        .args(["-", "--psm", "11"])
        .env("OMP_THREAD_LIMIT", "1")
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "Tesseract: `cargo xtask test` installs it");
    flat(&String::from_utf8_lossy(&run.stdout))
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
            let text = seen(file);
            let found = planted.iter().filter(|(letters, _)| text.contains(letters.as_str()));
            leaks.extend(found.map(|(_, what)| format!("{what} in {recording}/{}", file.display())));
        }
        let raw = chosen(&support::fixture(&format!("{recording}/frames")));
        let text: String = raw.iter().map(|file| seen(file)).collect();
        let readable = planted.keys().filter(|letters| text.contains(letters.as_str())).count();
        assert!(
            readable * 2 > planted.len(),
            "{recording}: {readable} of {} in the raw frames",
            planted.len()
        );
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}
