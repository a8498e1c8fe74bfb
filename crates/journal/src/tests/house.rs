//! A journal in a folder of its own, steps to put in it, and words for what it holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use candor_bundle::{Contents, Damaged, Unpacker};
use candor_model::{
    Action, BlobRef, Button, ConsentId, Digest, Entropy, Finding, FindingKind, FrameView, Media, Moment,
    Place, Platform, Point, Rect, RedactedStep, RedactionReport, RedactorInfo, Screen, SessionId, SigningKey,
    Step, Timestamp, Window, canonical_bytes,
};

use crate::record::{Mark, Record};
use crate::{Gap, Hook, Journal, SessionError, SessionStart, SessionWriter};

pub(super) const KEY: [u8; 32] = [7; 32];
/// Stands in every step's title.
pub(super) const CANARY: &str = "canary-4711-heron";

pub(super) fn contributor() -> SigningKey {
    SigningKey::from_seed(&[9; 32])
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
}

/// Never the same bytes twice in one test program.
pub(super) fn entropy() -> impl Entropy {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    |bytes: &mut [u8]| {
        let drawn = DRAWN.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.fill(0);
        for (to, from) in bytes.iter_mut().zip(drawn) {
            *to = from;
        }
    }
}

pub(super) fn no_hook() -> Hook {
    Arc::new(|_| {})
}

pub(super) fn open(folder: &Path) -> Journal {
    Journal::open(folder, &KEY, &mut entropy(), no_hook()).unwrap()
}

pub(super) fn session(n: u8) -> SessionId {
    SessionId::from_bytes([n; 16])
}

pub(super) fn start(n: u8) -> SessionStart {
    SessionStart {
        session: session(n),
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([3; 16]),
        contributor: contributor().public(),
        started: at(0),
        recorded: None,
        platform: Platform::Linux,
        redactor: RedactorInfo {
            profile: "standard".into(),
            version: "0".into(),
            rules: Digest::of(b"rules"),
        },
        hold_days: 7,
    }
}

/// A frame of one colour.
pub(super) fn frame(colour: u8) -> Vec<u8> {
    FrameView::new(8, 8, &[colour; 8 * 8 * 3]).unwrap().to_pixmap()
}

/// A step that can be told from others by its second, with a frame of one colour and one finding.
pub(super) fn step(second: u32, colour: u8) -> RedactedStep {
    let bounds = Rect { x: 0, y: 0, width: 8, height: 8 };
    let frame = frame(colour);
    let reference = BlobRef::of(&frame, Media::Pixmap).unwrap();
    let step = Step {
        ordinal: 0,
        at: Moment { wall: at(i64::from(second)), monotonic_us: u64::from(second) * 1_000_000 },
        screen: Screen { name: ":0".into(), width: 8, height: 8 },
        window: Window { app: "editor".parse().unwrap(), site: None, title: Some(CANARY.into()), bounds },
        action: Action::Click { at: Point { x: 1, y: 1 }, button: Button::Left, count: 1 },
        target: None,
        frame: Some(reference),
        tree: None,
        late_ms: None,
    };
    let finding = Finding { kind: FindingKind::Email, rule: "email.addr".into(), place: Place::Title };
    RedactedStep {
        step,
        frame: Some(frame.into()),
        tree: None,
        report: RedactionReport { findings: vec![finding] },
    }
}

pub(super) fn append(writer: &mut SessionWriter, second: u32) -> Result<(), SessionError> {
    writer.append_content(step(second, u8::try_from(second % 3).unwrap()), u64::MAX).map(drop)
}

pub(super) fn gap(code: &str, from: i64, to: i64) -> Gap {
    Gap { codes: vec![code.into()], from: at(from), to: at(to) }
}

pub(super) fn set_task(journal: &Journal, n: u8, text: &str) -> Result<(), SessionError> {
    let finding = Finding { kind: FindingKind::Person, rule: "name.list".into(), place: Place::Task };
    let mark = Mark::Task { text: text.into(), findings: vec![finding] };
    journal.commit(session(n), vec![Record::Mark(mark)])
}

/// A session of `steps` steps, finished and reviewed.
pub(super) fn reviewed(journal: &Journal, n: u8, steps: u32) {
    let mut writer = journal.begin(start(n)).unwrap();
    for second in 0..steps {
        append(&mut writer, second).unwrap();
    }
    writer.finish(at(i64::from(steps)), None).unwrap();
    journal.mark_reviewed(session(n), at(1000)).unwrap();
}

pub(super) fn bundle_bytes(journal: &Journal, n: u8) -> Vec<u8> {
    let bundle = journal.release(session(n), &contributor(), at(2000), &mut entropy()).unwrap();
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).unwrap();
    bytes
}

/// The pixmaps of a bundle.
pub(super) fn frames_of(contents: &Contents) -> BTreeMap<Digest, Vec<u8>> {
    let (mut first, mut starts) = (0, Vec::new());
    for frame in &contents.frames {
        starts.push(first);
        first += frame.packed.fresh();
    }
    let mut unpacker = Unpacker::default();
    let mut bringing = |tile: u32| {
        let at = starts.partition_point(|first| *first <= tile) - 1;
        // Frames that bring nothing have the number of the next one that does.
        Ok::<_, Damaged>((starts[at], contents.frames[at].packed.clone()))
    };
    let numbered = starts.iter().zip(&contents.frames);
    let opened = numbered.map(|(first, frame)| {
        let pixels = unpacker.frame(&frame.packed, *first, &mut bringing).unwrap();
        (frame.digest, pixels.view().to_pixmap())
    });
    opened.collect()
}

/// Everything that is in a bundle, as it was before it was made small.
pub(super) fn opened(bundle: &[u8]) -> Vec<u8> {
    let contents = candor_bundle::read(bundle).unwrap();
    let frames = frames_of(&contents).into_values();
    let steps = contents.steps.iter().map(|step| canonical_bytes(step).unwrap());
    let said = [contents.release.to_bytes(), contents.manifest_bytes.clone()].into_iter().chain(steps);
    said.chain(contents.blobs.values().cloned()).chain(frames).collect::<Vec<_>>().concat()
}

/// All that a person can see of the journal, in words; the same words, the same state.
pub(super) fn words(journal: &Journal) -> String {
    let mut text = String::new();
    for summary in journal.sessions().unwrap() {
        let session = summary.session;
        let steps: Vec<_> = journal.view(session).unwrap().map(|step| seen(&step.unwrap())).collect();
        let gaps = journal.gaps(session).unwrap();
        // Its size on disk is not the person's work: it differs by the headers of segments.
        let summary = crate::SessionSummary { bytes: 0, ..summary };
        writeln!(text, "{summary:?}\n{gaps:?}\n{steps:?}").unwrap();
    }
    text + &format!("{:?}", journal.damaged().unwrap())
}

fn seen(step: &crate::ReviewStep) -> String {
    let content = &step.content;
    format!("{} {} {:?} {:?}", step.number, content.step.ordinal, content.step.at, content.step.frame)
}

pub(super) fn segment(folder: &Path, n: u8, segment: u32) -> PathBuf {
    crate::segment::path(&folder.join(session(n).to_string()), segment)
}

pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "a test damages files on purpose; durability is no matter")]
pub(super) fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
