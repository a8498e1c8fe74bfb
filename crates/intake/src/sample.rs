//! A recording that tests write into a temporary folder and then spoil.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::wanted::Wanted;
use crate::{IntakeError, Recording};

pub(crate) const ALL: Wanted =
    Wanted { pointer: true, typed_text: true, hotkeys: true, title: true, frame: true, tree: true };
pub(crate) const NONE: Wanted =
    Wanted { pointer: false, typed_text: false, hotkeys: false, title: false, frame: false, tree: false };
/// Text that stands in every content file of the sample. No error may show it.
pub(crate) const CANARY: &str = "Zebra-Canary-9137";

/// The committed recordings.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A folder with a recording of two steps.
pub(crate) struct Sample(TempDir);

impl Sample {
    pub(crate) fn new() -> Self {
        let sample = Self(tempfile::tempdir().unwrap());
        sample.write("recording.json", ABOUT.as_bytes());
        sample.write("contexts.jsonl", format!("{}\n{}\n", context(0, 5), context(1, 9)).as_bytes());
        for n in 0..2 {
            sample.write(&format!("steps/{n:04}.json"), step().as_bytes());
            sample.write(&format!("trees/{n:04}.json"), tree().as_bytes());
            sample.write(&format!("frames/{n:04}.png"), &png(3, 2, png::ColorType::Rgb));
        }
        sample
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(bytes).unwrap();
    }

    pub(crate) fn remove(&self, file: &str) {
        let path = self.0.path().join(file);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }

    /// Replaces a part of a file.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.0.path().join(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.write(file, text.replacen(from, to, 1).as_bytes());
    }

    pub(crate) fn open(&self) -> Result<Recording, IntakeError> {
        Recording::open(self.path())
    }

    /// Reads every step with everything that is wanted.
    pub(crate) fn read(&self, wanted: Wanted) -> Result<(), IntakeError> {
        self.open()?.steps().try_for_each(|step| step.content(wanted).map(|_| ()))
    }
}

/// An error and its sources, as a person would see them.
pub(crate) fn chain(error: &IntakeError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

pub(crate) const ABOUT: &str = r#"{"version":1,"platform":"linux","screen":{"name":":0.0","width":3,"height":2},
"started":"2026-03-02T09:00:00Z","ended":"2026-03-02T09:01:00Z","task":"Zebra-Canary-9137","outcome":"success"}
"#;

pub(crate) fn context(n: usize, second: u32) -> String {
    let window = r#"{"class":"Zebra-Canary-9137","site":null,"private":false,"bounds":{"x":0,"y":0,"width":3,"height":2}}"#;
    format!(
        r#"{{"n":{n},"at":{{"wall":"2026-03-02T09:00:{second:02}Z","monotonic_us":{second}000000}},"front":{window},"windows":[{window}]}}"#
    )
}

pub(crate) fn step() -> String {
    format!(r#"{{"title":"{CANARY}","action":{{"kind":"type","text":"{CANARY}"}},"target":1}}"#)
}

pub(crate) fn tree() -> String {
    let bounds = r#""bounds":{"x":0,"y":0,"width":3,"height":2}"#;
    format!(
        r#"{{"state":"complete","nodes":[{{"role":"frame",{bounds}}},{{"parent":0,"role":"entry","name":"{CANARY}",{bounds}}}]}}"#
    )
}

/// A PNG of one colour.
pub(crate) fn png(width: u32, height: u32, color: png::ColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let pixels = vec![7; width as usize * height as usize * color.samples()];
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}
