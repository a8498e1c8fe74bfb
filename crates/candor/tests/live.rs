//! `candor demo --live` on a real desktop: an X server, a window manager, Mousepad, and a person's hands played by xdotool.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use desktop::{CANARY_COLOUR, Desktop, SIZE, shows_canary, until};
use serde_json::Value;
use support::words::Words;
use support::{CANDOR, isolated};

/// How long a recording may take, in seconds: each ends by Ctrl-C when what it needs is seen, so none takes so long.
const SECONDS: &str = "300";
/// What stands in the windows that nobody may record, and what is typed.
const CANARIES: [&str; 4] = ["canary-beside", "canary-over", "canary-secret", "canary-typed"];

/// A demo that runs, in a process group of its own, as a shell starts it.
struct Demo {
    child: Child,
    words: Words,
}

impl Demo {
    fn start(dir: &Path, display: &str, more: &[&str]) -> Self {
        let mut command = Command::new(CANDOR);
        command.args(["demo", "--dir"]).arg(dir.join("demo")).args(more).env("DISPLAY", display);
        isolated(&mut command, dir).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).spawn().unwrap();
        let words = Words::of(&mut child);
        Self { child, words }
    }

    /// Waits for a line on standard error.
    fn hears(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        self.words.hears(what, fits);
    }

    fn hears_recording(&mut self) {
        self.hears("that it records", |line| line.starts_with("RECORDING this desktop"));
    }

    /// Waits until so many steps are kept and so many are not. More of either is a failure at once.
    fn hears_count(&mut self, kept: u32, not_kept: u32) {
        self.hears(&format!("{kept} and {not_kept}"), |line| {
            let told = count(line);
            assert!(
                told.is_none_or(|told| told.0 <= kept && told.1 <= not_kept),
                "not {kept}, {not_kept}: {line}"
            );
            told == Some((kept, not_kept))
        });
    }

    /// Ctrl-C at the terminal: each process of the group in front gets the signal.
    fn ctrl_c(&self) {
        assert!(self.signal("INT"), "Ctrl-C did not reach the demo");
    }

    /// Whether a signal reached the processes of the group: the server has a group of its own.
    fn signal(&self, name: &str) -> bool {
        let script = format!("kill -s {name} -- -{}", self.child.id());
        Command::new("sh").args(["-c", &script]).status().is_ok_and(|status| status.success())
    }

    /// What it prints, and how it ends.
    fn ends(mut self) -> (String, Option<i32>, Vec<String>) {
        let mut told = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        let code = self.child.wait().unwrap().code();
        (told, code, self.words.all())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Only after a test that failed. The demo ends its server.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if !self.signal("TERM") {
                let _ = self.child.kill();
            }
            let _ = self.child.wait();
        }
    }
}

/// A line that tells how many steps are kept, and how many are not.
fn count(line: &str) -> Option<(u32, u32)> {
    let (kept, not_kept) =
        line.trim().strip_prefix("steps: ")?.strip_suffix(" not kept")?.split_once(" kept, ")?;
    Some((kept.parse().ok()?, not_kept.parse().ok()?))
}

/// The steps of a dataset, without the step's own noise.
fn steps(dataset: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(dataset.join("steps.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kinds(steps: &[Value]) -> Vec<&str> {
    steps.iter().map(|step| step["action"]["kind"].as_str().unwrap()).collect()
}

/// Every file below a folder that holds a text that nobody may record, or shows the colour of such a window.
fn leaks(folder: &Path) -> Vec<String> {
    let finder = aho_corasick::AhoCorasick::new(CANARIES).unwrap();
    let leaks = |file: &std::path::PathBuf| {
        let picture = file.extension().is_some_and(|extension| extension == "png");
        finder.is_match(&std::fs::read(file).unwrap()) || (picture && shows_canary(file))
    };
    support::files(folder).iter().filter(|file| leaks(file)).map(|file| file.display().to_string()).collect()
}

#[test]
fn the_demo_records_what_is_permitted_on_this_desktop_and_nothing_of_another_window() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    let editor = desktop.mousepad();
    let canary = desktop.canary("canary-beside", (900, 100), true);
    desktop.canary("canary-over", (300, 350), false);
    assert!(desktop.colours(0, 0, SIZE.0, SIZE.1).contains(&CANARY_COLOUR));
    let mut demo = Demo::start(dir.path(), &desktop.display, &["--json", "--live", SECONDS]);

    demo.hears_recording();
    assert!(
        demo.words.heard.iter().any(|line| line.contains("Open a text editor")),
        "{:#?}",
        demo.words.heard
    );
    desktop.click(100, 200);
    demo.hears_count(1, 0);
    desktop.focus(editor);
    desktop.types("canary-typed");
    demo.hears_count(2, 0);
    desktop.click(1000, 200);
    demo.hears_count(2, 1);
    desktop.focus(canary);
    desktop.types("canary-secret");
    demo.hears_count(2, 14);
    desktop.click(400, 400);
    demo.hears_count(2, 15);
    desktop.click(110, 210);
    demo.hears_count(3, 15);
    desktop.xdotool(&["click", "--repeat", "3", "--delay", "20", "5"]);
    demo.hears_count(4, 15);
    demo.ctrl_c();
    demo.hears_recording();
    desktop.click(100, 200);
    demo.hears_count(1, 0);
    demo.ctrl_c();
    demo.hears_recording();
    desktop.click(120, 220);
    demo.hears_count(1, 0);
    desktop.focus(editor);
    desktop.types("hello");
    demo.hears_count(2, 0);
    demo.ctrl_c();

    let (told, code, heard) = demo.ends();
    assert_eq!(code, Some(0), "{told} {heard:#?}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["ok"], &told["verify"]), (&Value::Bool(true), &Value::from("ok")));
    // Seven actions, and after the last one of each recording its frame.
    assert_eq!(told["figures"]["steps in the journals"], "10");
    let steps = steps(Path::new(told["dataset_before_withdrawal"].as_str().unwrap()));
    // The demo's recipe leaves those frames out.
    assert_eq!(kinds(&steps).len(), 4, "{steps:#?}");
    for step in &steps {
        assert_eq!(step["window"]["app"], "text-editor");
        assert_eq!(step["screen"]["name"], desktop.display.as_str());
        assert_eq!((&step["screen"]["width"], &step["screen"]["height"]), (&SIZE.0.into(), &SIZE.1.into()));
    }
    let clicks: Vec<(i64, i64)> =
        steps.iter().filter(|step| step["action"]["kind"] == "click").map(place).collect();
    assert_eq!(
        clicks.iter().copied().collect::<std::collections::BTreeSet<_>>(),
        [(100, 200), (120, 220)].into()
    );
    assert!(steps.iter().any(|step| step["action"]["dy"] == 360), "{steps:#?}");
    assert!(steps.iter().any(|step| step["action"]["count"] == 5), "{steps:#?}");
    assert_eq!(leaks(dir.path()), Vec::<String>::new());
    assert!(!heard.join("\n").contains("canary"));
}

fn place(step: &Value) -> (i64, i64) {
    let at = &step["action"]["at"];
    (at["x"].as_i64().unwrap(), at["y"].as_i64().unwrap())
}

#[test]
fn recordings_of_one_step_walk_the_whole_road_and_the_demo_says_what_they_are_too_short_for() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    desktop.mousepad();
    let elsewhere = desktop.canary("canary-beside", (900, 100), true);
    let mut demo = Demo::start(dir.path(), &desktop.display, &["--live", SECONDS]);
    demo.hears_recording();
    // Nothing at all: the second try is the one that counts.
    demo.ctrl_c();
    for _ in ["Anna", "Ben"] {
        demo.hears_recording();
        desktop.click(100, 200);
        demo.hears_count(1, 0);
        // Another window has the keyboard at the end, as a terminal has: there is no frame after the last action.
        desktop.focus(elsewhere);
        demo.ctrl_c();
    }
    let (told, code, heard) = demo.ends();
    assert_eq!(code, Some(0), "{told} {heard:#?}");
    for words in [
        "nothing was kept: nothing happened that could be kept",
        "drops no step, since the recording has only one: click and type more",
        "has no other recording to discard",
        "verify: ok",
    ] {
        assert!(told.contains(words), "{words:?} is not told: {told}");
    }
}

#[test]
fn a_desktop_on_which_nothing_permitted_happens_ends_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    desktop.canary("canary-beside", (900, 100), true);
    let mut demo = Demo::start(dir.path(), &desktop.display, &["--json", "--live", SECONDS]);
    for _ in 0..2 {
        demo.hears_recording();
        desktop.click(1000, 200);
        demo.hears_count(0, 1);
        demo.ctrl_c();
    }
    let (told, code, heard) = demo.ends();
    assert_eq!(code, Some(3), "{told} {heard:#?}");
    let told: Value = serde_json::from_str(&told).unwrap();
    let failure = told["failure"].as_str().unwrap();
    for words in
        ["nothing that may be kept was recorded as Anna", "what to do", "click into a permitted window"]
    {
        assert!(failure.contains(words), "{words:?} is not told: {failure}");
    }
    assert_eq!(told["steps"].as_array().unwrap().last().unwrap()["name"], "3 agent: gate, redact, journal");
}

#[test]
fn a_recording_ends_by_itself_when_its_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let desktop = Desktop::start();
    let demo = Demo::start(dir.path(), &desktop.display, &["--json", "--live", "1"]);
    let (told, code, heard) = demo.ends();
    assert_eq!(code, Some(3), "{told} {heard:#?}");
    assert!(told.contains("nothing happened that could be kept"), "{told}");
}

#[test]
fn without_a_display_nothing_begins_and_the_demo_says_so() {
    for (display, words) in
        [("", "there is no display to record"), (":59000", "could not connect to the display")]
    {
        let dir = tempfile::tempdir().unwrap();
        let (told, code, _) = Demo::start(dir.path(), display, &["--json", "--live"]).ends();
        assert_eq!(code, Some(2), "{told}");
        let told: Value = serde_json::from_str(&told).unwrap();
        assert!(told["message"].as_str().unwrap().contains(words), "{told}");
        assert!(told["hint"].as_str().unwrap().contains("X11"), "{told}");
        assert!(!dir.path().join("demo").exists());
    }
}

#[test]
fn ctrl_c_outside_a_recording_ends_the_demo_and_its_server() {
    let dir = tempfile::tempdir().unwrap();
    let demo = Demo::start(dir.path(), "", &["--json"]);
    let file = dir.path().join("demo/server.address");
    let address =
        until("the server answers", || std::fs::read_to_string(&file).ok().filter(|text| !text.is_empty()));
    let address = address.trim().trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    demo.ctrl_c();
    let (told, code, heard) = demo.ends();
    assert_eq!(code, Some(130), "{told} {heard:#?}");
    assert!(told.contains("interrupted"), "{told}");
    assert!(std::net::TcpStream::connect(&address).is_err(), "the server is still there");
}
