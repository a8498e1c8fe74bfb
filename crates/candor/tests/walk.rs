//! The whole walk of a person on a real desktop: install, agree, record work over three applications, look, mask, drop, release, and see
//! it in a dataset.
//!
//! `CANDOR_WALK_SECONDS=300` works for so long; `CANDOR_WALK_PICTURES=DIR` writes pictures of the desktop for the guide.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use desktop::Desktop;
use desktop::apps::served;
use serde_json::Value;
use support::browser::Browser;
use support::recorder::Recorder;
use support::served::Served;
use support::{Road, files};

const ANNA: &str = "anna";
const FORM: &str = "<!doctype html><title>Expense form</title><style>body{font:20px sans-serif}input{font:20px sans-serif;width:300px}</style>\
    <h1>Expenses</h1><p><label>Paid for <input autofocus></label></p><p><label>Amount <input></label></p><p><button>Send</button></p>";
/// What is typed into each application, as it is in the recording.
const TYPED: [(&str, &str); 3] =
    [("text-editor", "write to [EMAIL_1] "), ("browser", "train ticket 42"), ("libreoffice-calc", "1250")];
/// What is typed into the editor, and must not be in what is released.
const SECRET: &str = "erika.lindqvist@example.com";

#[expect(clippy::disallowed_methods, reason = "a test is told how long it works by who starts it")]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn picture(desktop: &Desktop, name: &str) {
    if let Some(folder) = asked("CANDOR_WALK_PICTURES") {
        desktop.picture(&Path::new(&folder).join(name));
    }
}

/// Installs, and gives the installed program.
fn install(road: &Road) -> PathBuf {
    let prefix = road.path("usr");
    road.types(ANNA, &["install", "--prefix", &prefix]);
    for place in ["share/bash-completion/completions/candor", "share/candor/models/tagger.bin"] {
        assert!(Path::new(&prefix).join(place).is_file(), "{place}");
    }
    let program = Path::new(&prefix).join("bin/candor");
    assert!(Command::new(&program).arg("--version").output().unwrap().status.success());
    program
}

/// One round of work: a note, a form, a sheet.
fn works(desktop: &Desktop, round: u32) {
    // What is typed before an application answers for the first time is only counted: a person looks first.
    let looks = || std::thread::sleep(Duration::from_millis(if round == 0 { 1_500 } else { 0 }));
    desktop.brings("--class", "mousepad");
    desktop.click(120, 150 + round % 5 * 20);
    looks();
    desktop.xdotool(&["key", "ctrl+End"]);
    desktop.types(&format!("write to {SECRET} "));
    desktop.brings("--name", "Expense form");
    desktop.click(900, 133);
    looks();
    desktop.types("train ticket 42");
    desktop.xdotool(&["key", "Tab"]);
    desktop.brings("--class", "libreoffice-calc");
    desktop.click(640, 640);
    looks();
    desktop.types("1250");
    // The editor of a cell is there a moment after its first key, and gone with this one.
    std::thread::sleep(Duration::from_millis(500));
    desktop.xdotool(&["key", "Return"]);
}

#[test]
fn a_person_installs_agrees_records_three_applications_reviews_releases_and_sees_it_in_a_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    let program = install(&road);
    road.start_program();
    road.agree(ANNA, &["text-editor", "browser", "libreoffice-calc"]);
    let desktop = Desktop::start_told();
    let port = served(FORM);
    desktop.mousepad();
    desktop.chromium(&format!("http://forms.example.test:{port}/"), "Expense form");
    desktop.calc();

    let mut recorder = Recorder::begin_with(&program, &road, ANNA, &desktop.display, &[]);
    recorder.hears_recording();
    desktop.waits_for_light("recording");
    let seconds = asked("CANDOR_WALK_SECONDS").map_or(0, |seconds| seconds.parse().unwrap());
    #[expect(clippy::disallowed_methods, reason = "a person works for a while")]
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds == 0 || begun.elapsed() < Duration::from_secs(seconds) {
        works(&desktop, rounds);
        rounds += 1;
    }
    picture(&desktop, "recording.png");
    let wanted = u64::from(rounds) * 7;
    road.waits_for(ANNA, "the work is taken", |status| {
        let recorder = &status["recorder"];
        recorder["steps_kept"].as_u64().unwrap() + recorder["steps_not_kept"].as_u64().unwrap() >= wanted
    });
    let status = road.status(ANNA);
    page_says_what_is_on(&road);
    road.types(ANNA, &["agent", "pause"]);
    desktop.waits_for_light("paused");
    picture(&desktop, "paused.png");
    road.types(ANNA, &["agent", "resume"]);
    desktop.waits_for_light("recording");
    road.types(ANNA, &["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told:#} {status:#}");
    if seconds > 0 {
        eprintln!("{rounds} rounds in {seconds} s: {told:#}\n{:#}", status["recorder"]["budgets"]);
    }

    let session = told["session"].as_str().unwrap().to_owned();
    let shown = road.types(ANNA, &["review", "show", &session]);
    let steps = shown["steps"].as_array().unwrap();
    let apps: BTreeSet<&str> = steps.iter().map(|step| step["app"].as_str().unwrap()).collect();
    assert_eq!(apps, ["browser", "libreoffice-calc", "text-editor"].into(), "{shown:#}");
    if seconds > 0 {
        eprintln!("{:#?}", kinds(steps));
    }
    let sites: BTreeSet<&str> = steps.iter().filter_map(|step| step["site"].as_str()).collect();
    assert_eq!(sites, ["forms.example.test"].into());
    assert!(shown["findings"]["e-mail addresses"].as_u64().is_some_and(|n| n > 0), "{}", shown["findings"]);
    for (app, text) in TYPED {
        assert!(typed(steps, app).contains(&text), "{app}: {:?} {told:#}", typed(steps, app));
    }
    road.types(ANNA, &["review", "mask", &session, "--region", "0,0,200,40"]);
    road.types(ANNA, &["review", "drop", &session, "--step", "0"]);
    let released = road.release(ANNA, &session);
    assert_eq!(released["steps"].as_u64(), Some(steps.len() as u64 - 1), "{released}");

    is_in_a_dataset(&road, &apps, steps.len() - 1);
    assert_eq!(holding_the_secret(&dir.path().join("people")), Vec::<PathBuf>::new());
}

/// The person's page, in a browser of its own beside the desktop, says that it records while it does.
fn page_says_what_is_on(road: &Road) {
    let mut page = Served::open(road, ANNA);
    let mut browser = Browser::start(&road.dir.join("browser"));
    browser.look_like(1280, 900, false);
    browser.go(&page.link);
    page.root = browser.path();
    browser.go(&page.url("/live"));
    let says = browser.text();
    for said in ["It records what you do in the windows that you agreed to.", "it says \"recording\""] {
        assert!(says.contains(said), "{says}");
    }
    if let Some(folder) = asked("CANDOR_WALK_PICTURES") {
        support::put(&Path::new(&folder).join("now.png"), &browser.picture());
    }
}

/// What was typed in an application, as it stands in the recording.
fn typed<'a>(steps: &'a [Value], app: &str) -> BTreeSet<&'a str> {
    let of_app = steps.iter().filter(|step| step["app"] == app);
    of_app.filter_map(|step| step["action"]["text"].as_str()).collect()
}

/// How many steps of each kind there are in each application.
fn kinds(steps: &[Value]) -> BTreeMap<String, u32> {
    let mut kinds = BTreeMap::new();
    for step in steps {
        *kinds.entry(format!("{} {}", step["app"], step["action"]["kind"])).or_default() += 1;
    }
    kinds
}

/// Compiles what was released, and looks whether each application and each step is there.
fn is_in_a_dataset(road: &Road, apps: &BTreeSet<&str>, steps: usize) {
    let compiled = road.compile("data");
    let data = Path::new(compiled["dataset"].as_str().unwrap());
    let text = std::fs::read_to_string(data.join("steps.jsonl")).unwrap();
    assert_eq!(text.lines().count(), steps);
    for app in apps {
        assert!(text.contains(&format!("\"app\":\"{app}\"")), "{app}");
    }
}

/// Files in which what was typed stands as it was typed.
fn holding_the_secret(folder: &Path) -> Vec<PathBuf> {
    let leaks = |file: &PathBuf| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes())
    };
    files(folder).into_iter().filter(leaks).collect()
}
