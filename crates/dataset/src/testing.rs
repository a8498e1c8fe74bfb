//! What the tests of this room start from: sessions as the vault would open them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt32Array};
use candor_model::bundle::{Manifest, VERSION_MIN};
use candor_model::{
    Action, BlobRef, Button, ConsentId, Digest, FindingKind, FrameView, Media, Moment, Outcome, Platform,
    Point, Rect, RedactorInfo, Screen, SessionHeader, SessionId, SigningKey, Step, Target, Timestamp, Window,
    canonical_bytes,
};

use crate::card::Terms;
use crate::recipe::Recipe;
use crate::selection::{FrameError, SessionInput};

pub(crate) const SCREEN: (u32, u32) = (1366, 768);

pub(crate) fn step(ordinal: u32, action: Action, frame: Option<&[u8]>) -> Step {
    Step {
        ordinal,
        at: Moment { wall: Timestamp::from_millis(1_000 * i64::from(ordinal)), monotonic_us: ordinal.into() },
        screen: Screen { name: ":0.0".into(), width: SCREEN.0, height: SCREEN.1 },
        window: Window {
            app: if ordinal.is_multiple_of(2) { "calc" } else { "mail" }.parse().unwrap(),
            site: None,
            title: Some(format!("Title {ordinal}")),
            bounds: Rect { x: 0, y: 0, width: 100, height: 100 },
        },
        action,
        target: Some(Target {
            role: "push button".into(),
            name: Some("Send".into()),
            bounds: Rect { x: 5, y: 6, width: 70, height: 20 },
        }),
        frame: frame.and_then(|f| BlobRef::of(f, Media::Pixmap)),
        tree: None,
        late_ms: None,
    }
}

/// A pixmap of its own colour, of the size of the test screen.
pub(crate) fn frame(session: u8, ordinal: u32) -> Vec<u8> {
    let colour = [session, u8::try_from(ordinal % 256).unwrap(), 90];
    let pixels = colour.repeat((SCREEN.0 * SCREEN.1) as usize);
    FrameView::new(SCREEN.0, SCREEN.1, &pixels).unwrap().to_pixmap()
}

fn action(n: u32) -> Action {
    let at = Point { x: i32::try_from(n).unwrap() * 10, y: 20 };
    match n % 5 {
        0 => Action::Click { at, button: Button::Left, count: 1 },
        1 => Action::Type { text: format!("it's line {n}\n") },
        2 => Action::Keys { count: n },
        3 => Action::Hotkey { keys: vec!["ctrl".into(), "s".into()] },
        _ => Action::Scroll { at, dx: 0, dy: 240, unit: candor_model::ScrollUnit::Notch120th },
    }
}

/// Session number `n` of `steps` steps by the contributor `contributor`; every third step has no frame.
pub(crate) fn session(n: u8, contributor: u8, steps: u32) -> SessionInput {
    let with_frame = |o: u32| (o % 3 != 2).then(|| frame(n, o));
    let steps: Vec<Step> = (0..steps).map(|o| step(o, action(o), with_frame(o).as_deref())).collect();
    let header = header(n, contributor);
    let manifest = Manifest {
        version: VERSION_MIN,
        header: header.clone(),
        steps: steps.iter().map(|s| Digest::of(&canonical_bytes(s).unwrap())).collect(),
        blobs: Vec::new(),
        packed_bytes: None,
        findings: BTreeMap::from([(FindingKind::Email, 2)]),
    };
    let rows = rows(&header, &steps);
    SessionInput { header, manifest, steps, rows }
}

fn header(n: u8, contributor: u8) -> SessionHeader {
    SessionHeader {
        session: SessionId::from_bytes([n; 16]),
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([contributor; 16]),
        contributor: SigningKey::from_seed(&[contributor; 32]).public(),
        started: Timestamp::from_millis(0),
        ended: Timestamp::from_millis(1),
        recorded: None,
        platform: Platform::Linux,
        redactor: RedactorInfo {
            profile: "standard".into(),
            version: "1".into(),
            rules: Digest::of(b"rules"),
        },
        task: Some("Send the form".into()),
        outcome: Some(Outcome::Success),
    }
}

/// Rows of the kind that the vault opens, with the columns that the tests filter by.
pub(crate) fn rows(header: &SessionHeader, steps: &[Step]) -> RecordBatch {
    let text = |value: fn(&Step) -> Option<String>| -> ArrayRef {
        Arc::new(steps.iter().map(value).collect::<StringArray>())
    };
    let typed = |s: &Step| if let Action::Type { text } = &s.action { Some(text.clone()) } else { None };
    let columns: [(&str, ArrayRef); 6] = [
        ("session", Arc::new(StringArray::from(vec![header.session.to_string(); steps.len()]))),
        ("ordinal", Arc::new(steps.iter().map(|s| Some(s.ordinal)).collect::<UInt32Array>())),
        ("wall_ms", Arc::new(steps.iter().map(|s| Some(s.at.wall.as_millis())).collect::<Int64Array>())),
        ("app", text(|s| Some(s.window.app.to_string()))),
        ("action_kind", text(|s| Some(s.action.kind().to_owned()))),
        ("text", text(typed)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

/// The frames of sessions made by [`session`].
pub(crate) fn frames(session: SessionId, blob: &BlobRef) -> Result<Vec<u8>, FrameError> {
    let n = session.as_bytes()[0];
    let found = (0..8_u8).map(|o| frame(n, o.into())).find(|f| BlobRef::of(f, blob.media) == Some(*blob));
    found.ok_or_else(|| "no such frame".into())
}

pub(crate) fn terms() -> Terms {
    Terms {
        charter: Digest::of(b"charter"),
        title: "Forms".into(),
        controller: "Example GmbH".into(),
        purpose: "form-filling".parse().unwrap(),
        statement: "A model that fills in forms for its user.".into(),
        prohibited: vec!["dpv:EmployeeMonitoring".into()],
    }
}

pub(crate) fn recipe(extra: &str) -> Recipe {
    let text = format!(
        "version = 1\nname = \"forms\"\npurpose = \"form-filling\"\nformats = [\"parquet\", \"agentnet\"]\n{extra}"
    );
    Recipe::parse(text.as_bytes()).unwrap()
}
