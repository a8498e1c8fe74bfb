//! P1, P3, P4 for live recordings: what stands in windows that nobody permitted, in password fields, notifications, titles and the clipboard, and
//! what is done during a pause, is in nothing that comes out: not in the decrypted journal, the page, the pictures, the dataset, what is
//! printed, or the memory of the recorder while it goes on.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
#[expect(dead_code, reason = "the test of `candor-redact` cuts one picture into many")]
#[path = "../../redact/tests/reader/picture.rs"]
mod picture;
mod support;
#[expect(dead_code, reason = "one word is looked for, not how much of a text can be read")]
#[path = "../../redact/tests/reader/witness.rs"]
mod witness;

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use candor_model::canonical_bytes;
use desktop::apps::served;
use desktop::{Desktop, shows_canary};
use picture::Picture;
use serde_json::Value;
use support::recorder::Recorder;
use support::served::Served;
use support::{Road, files};

const ANNA: &str = "anna";
/// What every planted text begins with, in no other word of any program here.
const PLANTED: &str = "kanarie";
const FORM: &str = "<!doctype html><title>Sign in</title><style>input{font:20px sans-serif;width:300px}</style>\
    <p><label>Department <input autofocus></label></p><p><label>Password <input type=password></label></p>";
const ELSEWHERE: &str =
    "<!doctype html><title>kanarie-title</title><h1>kanarie-page</h1><textarea autofocus></textarea>";

/// Work in two permitted windows, and everything else that happens around them.
fn works(desktop: &Desktop, road: &Road) {
    desktop.brings("--class", "mousepad");
    desktop.click(120, 150);
    desktop.types("an ordinary note ");
    desktop.brings("--name", "Sign in");
    desktop.xdotool(&["key", "Tab"]);
    desktop.types("kanarie-password");
    desktop.brings("--name", "kanarie-title");
    desktop.types("kanarie-elsewhere");
    let over = desktop.canary("kanarie-over", (200, 300), false);
    let beside = desktop.canary("kanarie-beside", (900, 500), true);
    desktop.focus(beside);
    desktop.types("kanarie-typed");
    desktop.notifies("kanarie-notified");
    desktop.copies("kanarie-copied");
    desktop.brings("--class", "mousepad");
    desktop.click(120, 170);
    desktop.types("and more ");
    is_paused_and_written_in(desktop, road);
    desktop.focus(over);
    desktop.types("kanarie-again");
    desktop.brings("--class", "mousepad");
    desktop.click(140, 190);
    desktop.types("at last ");
}

/// What is written and taken away again in a pause.
fn is_paused_and_written_in(desktop: &Desktop, road: &Road) {
    road.types(ANNA, &["agent", "pause"]);
    desktop.waits_for_light("paused");
    desktop.types("kanarie-paused");
    for _ in "kanarie-paused".chars() {
        desktop.xdotool(&["key", "BackSpace"]);
    }
    road.types(ANNA, &["agent", "resume"]);
    desktop.waits_for_light("recording");
}

#[test]
fn nothing_that_was_planted_around_a_live_recording_is_in_anything_that_comes_out_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree(ANNA, &["text-editor", "browser"]);
    let desktop = Desktop::start_told();
    desktop.mousepad();
    desktop.chromium(&format!("http://forms.example.test:{}/", served(FORM)), "Sign in");
    desktop.chromium(&format!("http://elsewhere.example.test:{}/", served(ELSEWHERE)), "kanarie-title");
    let mut recorder = Recorder::begin(&road, ANNA, &desktop.display, &[]);
    recorder.hears_recording();
    desktop.waits_for_light("recording");
    works(&desktop, &road);
    road.waits_for(ANNA, "the work is taken", |status| {
        status["recorder"]["steps_kept"].as_u64().is_some_and(|kept| kept >= 6)
    });

    let mut leaks = Vec::from_iter(holds("the memory of the recorder", &memory(recorder.child.id())));
    leaks.extend(holds("the status", road.status(ANNA).to_string().as_bytes()));
    road.types(ANNA, &["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told:#}");
    leaks.extend(holds("what the recorder prints", told.to_string().as_bytes()));
    let session = told["session"].as_str().unwrap().to_owned();
    leaks.extend(reviewed(&road, &session));
    leaks.extend(paged(&road, &session));
    leaks.extend(journalled(&road));
    // Also after a pause.
    road.release(ANNA, &session);
    road.compile("data");
    for file in files(dir.path()) {
        leaks.extend(holds(&file.display().to_string(), &std::fs::read(&file).unwrap()));
    }
    assert_eq!(leaks, Vec::<String>::new());
}

/// The place, if what was planted is there in UTF-8 or UTF-16, in letters of either case.
fn holds(place: &str, bytes: &[u8]) -> Option<String> {
    let wide: Vec<u8> = PLANTED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut finder = aho_corasick::AhoCorasick::builder();
    let finder = finder.ascii_case_insensitive(true).build([PLANTED.as_bytes(), &wide]).unwrap();
    let found = finder.find(bytes)?;
    let around = &bytes[found.start()..bytes.len().min(found.start() + 24)];
    Some(format!("{} in {place}", String::from_utf8_lossy(around)))
}

/// What the command line shows of a recording, and each of its pictures: by its colours, and as another reader sees it.
fn reviewed(road: &Road, session: &str) -> Vec<String> {
    let look = road.path("look");
    let shown = road.types(ANNA, &["review", "show", session, "--frames", &look]);
    let mut leaks = Vec::from_iter(holds("the review", shown.to_string().as_bytes()));
    let pictures: Vec<PathBuf> = files(Path::new(&look));
    assert!(pictures.len() >= 6, "{} pictures of {shown:#}", pictures.len());
    for file in pictures {
        if shows_canary(&file) {
            leaks.push(format!("a window of {PLANTED} in {}", file.display()));
        }
        let picture = Picture::of(&std::fs::read(&file).unwrap());
        leaks.extend(holds(&file.display().to_string(), witness::seen(&road.dir, &picture).as_bytes()));
    }
    leaks
}

/// Every page and every picture that the contributor's page has of it.
fn paged(road: &Road, session: &str) -> Vec<String> {
    let mut page = Served::open(road, ANNA);
    page.enter();
    let path = format!("/recording/{session}");
    let steps = page.text(&path).matches("/small.png").count();
    let each =
        (0..steps).flat_map(|n| ["", "/frame.png", "/small.png"].map(|part| format!("{path}/{n}{part}")));
    let pages = ["", "/live"].map(str::to_owned).into_iter().chain([path.clone(), format!("{path}/release")]);
    let mut leaks = Vec::new();
    for path in pages.chain(each) {
        let mut answer = page.get(&path);
        assert_eq!(answer.status(), 200, "{path}");
        leaks.extend(holds(&path, &answer.body_mut().read_to_vec().unwrap()));
    }
    leaks
}

/// Every step, tree, report and gap of the journal, decrypted.
fn journalled(road: &Road) -> Vec<String> {
    let (journal, mut leaks) = (road.journal(ANNA), Vec::new());
    for summary in journal.sessions().unwrap() {
        leaks.extend(holds("a summary", format!("{summary:?}").as_bytes()));
        leaks.extend(holds("the gaps", format!("{:?}", journal.gaps(summary.session).unwrap()).as_bytes()));
        for step in journal.view(summary.session).unwrap() {
            let step = step.unwrap();
            let place = format!("step {} of the journal", step.number);
            leaks.extend(holds(&place, &canonical_bytes(&step.content.step).unwrap()));
            leaks.extend(holds(&place, &canonical_bytes(&step.content.report).unwrap()));
            leaks.extend(holds(&place, &step.content.tree.unwrap_or_default()));
        }
    }
    leaks
}

/// What a process holds at this moment. Nobody but the administrator reads it: who is not finds nothing either.
fn memory(process: u32) -> Vec<u8> {
    let folder = PathBuf::from(format!("/proc/{process}"));
    let mut maps = String::new();
    let opened = File::open(folder.join("maps")).and_then(|mut file| file.read_to_string(&mut maps));
    let memory = match opened.and_then(|_| File::open(folder.join("mem"))) {
        Ok(memory) => memory,
        Err(error) => {
            let is_other = std::fs::metadata("/proc/self").unwrap().uid() != 0;
            assert!(is_other && error.kind() == ErrorKind::PermissionDenied, "{error}");
            return Vec::new();
        }
    };
    let mut held = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|place| u64::from_str_radix(place, 16).unwrap());
        let mut part = vec![0; usize::try_from(to - from).unwrap()];
        // What went meanwhile holds nothing.
        if memory.read_exact_at(&mut part, from).is_ok() {
            held.append(&mut part);
        }
    }
    assert!(held.len() > 1 << 20, "{} bytes", held.len());
    held
}
