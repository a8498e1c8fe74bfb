//! The contributor's page of a recording of 2,000 steps, in a real browser: how long until something is painted, and how even it scrolls.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use candor_journal::{Journal, SessionStart};
use candor_model::{
    Action, AppId, Button, ConsentId, Digest, Moment, Node, Observation, Pixels, Platform, Point, Rect,
    Screen, SessionId, SigningKey, Timestamp, Tree, TreeState, VisibleWindow,
};
use candor_redact::{Lists, Models, Profile, Raw, Redactor};
use serde_json::Value;

use crate::Measured;
use crate::browser::Browser;
use crate::demo::candor;

const STEPS: u32 = 2_000;
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
/// Steps with the same picture.
const ALIKE: u32 = 50;
const VISITS: usize = 5;
/// The page lets go of the recordings after a second: then a visit opens them anew, as the first one does.
const IDLE_MS: u64 = 1_600;
/// Milliseconds from the navigation to the first paint (W3C Paint Timing).
const FIRST_PAINT: &str = "new Promise((done) => { const look = () => { const p = performance.getEntriesByName('first-contentful-paint')[0]; \
                           p ? done(p.startTime) : setTimeout(look, 10); }; look(); })";
/// The 95th of 100 times between two frames, in milliseconds, while everything is scrolled through.
const SCROLL: &str = "new Promise((done) => { const times = []; let last = performance.now(); const step = (now) => { times.push(now - last); \
                      last = now; scrollBy(0, 400); const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2; \
                      if (end || times.length > 600) { times.sort((a, b) => a - b); done(times[Math.floor(times.length * 0.95)]); } \
                      else requestAnimationFrame(step); }; requestAnimationFrame(step); })";

/// Milliseconds to the first paint, beside those of a page that says one sentence.
pub(crate) fn first_paint() -> Result<Measured> {
    let mut desk = Desk::open()?;
    let recording = desk.recording.clone();
    let value = desk.median(&recording, FIRST_PAINT);
    let baseline = desk.median("/withdraw", FIRST_PAINT);
    Ok(Measured { value, baseline })
}

/// The 95th percentile of frame times while the recording is scrolled through, beside that of a page that stands still.
pub(crate) fn scroll() -> Result<Measured> {
    let mut desk = Desk::open()?;
    let recording = desk.recording.clone();
    let value = desk.median(&recording, SCROLL);
    let still =
        SCROLL.replace("scrollBy(0, 400)", "0").replace("const end = ", "const end = times.length > 120 && ");
    let baseline = desk.median("/withdraw", &still);
    Ok(Measured { value, baseline })
}

/// A page of a long recording, and a browser that has come by its link.
struct Desk {
    page: Child,
    browser: Browser,
    origin: String,
    recording: String,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut demo = candor();
        demo.args(["demo", "--json", "--dir"]).arg(folder.path().join("demo"));
        if !demo.stdout(Stdio::null()).stderr(Stdio::null()).status()?.success() {
            bail!("the demo failed");
        }
        let home = enrolled(&folder.path().join("demo")).context("the demo leaves nobody who takes part")?;
        let session = record(&home)?;
        let person = home.ancestors().nth(2).context("a program's folder is in a person's")?;
        let mut command = candor();
        command.args(["page", "--json", "--server", "http://127.0.0.1:1", "--home"]).arg(person);
        let mut page = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let lines = BufReader::new(page.stdout.take().context("the page says nothing")?).lines();
        let told: String = lines.map_while(Result::ok).take(3).collect();
        let told: Value = serde_json::from_str(&told)?;
        let link = told.get("url").and_then(Value::as_str).context("the page has no link")?;
        let mut browser = Browser::start(&folder.path().join("browser"));
        browser.look_like(WIDTH, HEIGHT, false);
        browser.go(link);
        let address = link.split("/enter/").next().unwrap_or_default();
        let origin = format!("{address}{}", browser.path());
        Ok(Self { page, browser, origin, recording: format!("/recording/{session}"), _folder: folder })
    }

    /// What an expression is worth on a page: the median of several visits, each of which opens the recordings.
    fn median(&mut self, path: &str, expression: &str) -> f64 {
        let url = format!("{}{path}", self.origin);
        let mut values: Vec<f64> = (0..VISITS)
            .filter_map(|_| {
                std::thread::sleep(Duration::from_millis(IDLE_MS));
                self.browser.go(&url);
                self.browser.eval(expression).as_f64()
            })
            .collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.page.kill();
        let _ = self.page.wait();
    }
}

/// The folder of a program of somebody who has not withdrawn.
pub(crate) fn enrolled(folder: &Path) -> Option<PathBuf> {
    if folder.join("journal.key").exists() && !folder.join("withdrawal.dsse.json").exists() {
        return Some(folder.to_owned());
    }
    let folders = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    folders.filter(|path| path.is_dir()).find_map(|path| enrolled(&path))
}

/// The journal in the folder of a program.
pub(crate) fn open_journal(home: &Path) -> Result<Journal> {
    let text = std::fs::read_to_string(home.join("journal.key"))?;
    let hex = text.lines().nth(1).context("the journal's key is not one")?;
    let key: [u8; 32] = *hex.parse::<Digest>().context("the journal's key is not one")?.as_bytes();
    let mut drawn = 0_u8;
    let mut entropy = move |bytes: &mut [u8]| {
        for byte in bytes {
            drawn = drawn.wrapping_mul(31).wrapping_add(7);
            *byte = drawn;
        }
    };
    Ok(Journal::open(&home.join("journal"), &key, &mut entropy, Arc::new(|_| {}))?)
}

/// Puts a recording of 2,000 steps into a journal, through redaction like any other. Its picture changes every 50 steps: reading
/// each of 2,000 different ones would take a quarter of an hour.
fn record(home: &Path) -> Result<SessionId> {
    let journal = open_journal(home)?;
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models"))?;
    let mut redactor = Redactor::new(Profile::Fast, [3; 32], Lists::default(), &models)?;
    let session = SessionId::from_bytes([0x42; 16]);
    let mut writer = journal.begin(SessionStart {
        session,
        charter: Digest::of(b"charter"),
        consent: ConsentId::from_bytes([2; 16]),
        contributor: SigningKey::from_seed(&[9; 32]).public(),
        started: now(0),
        recorded: None,
        platform: Platform::Linux,
        redactor: redactor.info(),
        hold_days: 3_650,
    })?;
    for number in 0..STEPS {
        writer.append(redactor.redact(Raw::seal(seen(number)))?)?;
    }
    writer.finish(now(STEPS), None)?;
    Ok(session)
}

/// A step every two seconds of a day in 2026.
fn now(number: u32) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + i64::from(number) * 2_000)
}

#[expect(clippy::expect_used, reason = "a name of this file")]
fn app() -> AppId {
    "libreoffice-calc".parse().expect("it is a name")
}

const NAMES: [&str; 8] = ["Save", "Open", "Cancel", "Print", "Search", "Settings", "Help", "Close"];

/// A window full of buttons; their pixels differ from step to step.
fn seen(number: u32) -> Observation {
    let bounds = Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    let node = |parent, role: &str, name: &str, bounds| Node {
        parent,
        role: role.to_owned(),
        name: Some(name.to_owned()),
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    };
    let button = |(n, name): (i32, &&str)| {
        node(
            Some(0),
            "push button",
            name,
            Rect { x: 20 + n % 8 * 155, y: 20 + n / 8 * 70, width: 140, height: 55 },
        )
    };
    let names = std::iter::repeat_n(NAMES, 10).flatten().collect::<Vec<_>>();
    let nodes = std::iter::once(node(None, "frame", "Window", bounds)).chain((0..).zip(&names).map(button));
    let pixel = |i: u32| {
        let (x, y) = (i % WIDTH, i / WIDTH);
        let value = (x / 7 + y / 5 + number / ALIKE * 13).wrapping_mul(2_654_435_761) >> 25;
        [u8::try_from(value).unwrap_or(0); 3]
    };
    Observation {
        at: Moment { wall: now(number), monotonic_us: u64::from(number) * 2_000_000 },
        screen: Screen { name: ":0".into(), width: WIDTH, height: HEIGHT },
        app: app(),
        site: None,
        communication: false,
        title: None,
        bounds,
        action: Action::Click { at: Point { x: 40, y: 40 }, button: Button::Left, count: 1 },
        target: Some(1),
        frame: Pixels::new(WIDTH, HEIGHT, (0..WIDTH * HEIGHT).flat_map(pixel).collect()),
        windows: vec![VisibleWindow { bounds, permitted: true }],
        tree: Some(Tree { state: TreeState::Complete, nodes: nodes.collect() }),
        late_ms: None,
    }
}
