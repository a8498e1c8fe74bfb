//! Sessions, and the dataset that is made of them.

use std::collections::BTreeMap;

use candor_model::bundle::Manifest;
use candor_model::evidence::{DatasetFile, Record};
use candor_model::{
    Action, BlobRef, Button, Digest, FrameView, Media, Moment, Point, Rect, Screen, Step, Timestamp, Window,
    canonical_bytes,
};
use candor_verify::Memory;

use super::lines;

/// A session as its contributor released it.
pub(crate) struct Session {
    pub(crate) manifest: Manifest,
    pub(crate) steps: Vec<Step>,
    pub(crate) frames: BTreeMap<Digest, Vec<u8>>,
}

impl Session {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        canonical_bytes(&self.manifest).unwrap()
    }
}

pub(crate) fn sigma(session: &Session) -> [u8; 32] {
    *Digest::of(format!("sigma {}", session.manifest.header.session).as_bytes()).as_bytes()
}

/// A frame of its own pixels, and the image that shows it.
pub(crate) fn frame(ordinal: u32, seed: u8) -> (BlobRef, Vec<u8>) {
    let own = u8::try_from(ordinal).unwrap();
    let rgb = [[seed, own, 0], [0, seed, own]].concat();
    let pixmap = FrameView::new(2, 1, &rgb).unwrap().to_pixmap();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 2, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
    (BlobRef::of(&pixmap, Media::Pixmap).unwrap(), png)
}

pub(crate) fn step(ordinal: u32, app: &str, frame: Option<BlobRef>, started: Timestamp) -> Step {
    let monotonic_us = u64::from(ordinal) * 1_000_000;
    let wall = started.plus_millis(i64::from(ordinal) * 1_000);
    Step {
        ordinal,
        at: Moment { wall, monotonic_us },
        screen: Screen { name: ":0.0".into(), width: 800, height: 600 },
        window: Window {
            app: app.parse().unwrap(),
            site: (app == "browser").then(|| "forms.example.test".parse().unwrap()),
            title: None,
            bounds: Rect { x: 0, y: 0, width: 800, height: 600 },
        },
        action: if ordinal == 0 {
            Action::Click { at: Point { x: 5, y: 6 }, button: Button::Left, count: 1 }
        } else {
            Action::Type { text: format!("[PERSON_{ordinal}]") }
        },
        target: None,
        frame,
        tree: None,
        late_ms: None,
    }
}

pub(crate) fn dataset(records: &[Record], sessions: &[Session]) -> Memory {
    let mut dataset = Memory::default();
    let mut steps = Vec::new();
    for record in records {
        let session = sessions.iter().find(|s| s.manifest.header.session == record.session).unwrap();
        let step = session.steps.iter().find(|step| step.ordinal == record.ordinal).unwrap();
        steps.push(step.clone());
        if let Some(frame) = record.frame {
            let path = format!("images/{:06}.png", record.record);
            dataset.files.insert(path, session.frames[&frame].clone());
        }
    }
    dataset.files.insert("steps.jsonl".into(), lines(&steps));
    dataset.files.insert("README.md".into(), b"# A dataset\n".to_vec());
    dataset
}

pub(crate) fn file(path: &str, bytes: &[u8]) -> DatasetFile {
    DatasetFile { path: path.to_owned(), sha256: Digest::of(bytes), bytes: bytes.len() as u64 }
}
