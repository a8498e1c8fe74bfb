//! Bad input on every command: a clear message, a documented exit code, and nothing lost or half-written.
//!
//! Each case is a data file in `cases/`. A case starts from a copy of one road: a running pilot, Anna enrolled with a reviewed
//! session in her journal, Ben's session released, a dataset compiled.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use candor_model::Digest;
use serde::Deserialize;
use support::{CANDOR, Road, isolated};

/// Longest time that a command may take, in seconds.
const COMMAND_SECONDS_MAX: u32 = 30;

/// A case. Every text may hold `{dir}`, `{server}`, `{fixture}`, `{session}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is promised.
    promise: String,
    /// Shell commands that damage something first.
    #[serde(default)]
    prepare: String,
    /// Whether a server runs.
    #[serde(default = "yes")]
    server: bool,
    /// Who types.
    #[serde(default = "anna")]
    person: String,
    /// What is put before the command: another clock, a smaller disk.
    #[serde(default)]
    with: Vec<String>,
    /// The command.
    command: Vec<String>,
    /// The exit code.
    code: i32,
    /// What the message says.
    says: Vec<String>,
    /// Files and folders that are the same after it, byte for byte.
    #[serde(default)]
    unchanged: Vec<String>,
    /// Files and folders that are not there after it.
    #[serde(default)]
    absent: Vec<String>,
    /// A command that still works after it.
    #[serde(default)]
    then: Vec<String>,
}

fn yes() -> bool {
    true
}

fn anna() -> String {
    "anna".to_owned()
}

struct Base {
    dir: tempfile::TempDir,
    session: String,
}

fn base() -> Base {
    let dir = tempfile::tempdir().unwrap();
    let mut road = Road::open(&dir.path().join("base").tap_create());
    road.start_program();
    road.agree("anna", &["browser", "text-editor"]);
    road.agree("ben", &["browser", "text-editor", "libreoffice-calc"]);
    let session = road.import("anna", "mail-and-form");
    road.types("anna", &["review", "done", &session]);
    let released = road.import("ben", "spreadsheet");
    road.release("ben", &released);
    road.compile("first");
    road.types("audrey", &["program", "policy", "--out", &road.path("policy.toml")]);
    road.stop_server();
    drop(road);
    Base { dir, session }
}

trait Create {
    fn tap_create(self) -> Self;
}

impl Create for std::path::PathBuf {
    fn tap_create(self) -> Self {
        std::fs::create_dir_all(&self).unwrap();
        self
    }
}

#[test]
fn each_case_of_bad_input_is_told_clearly_and_leaves_nothing_half_done() {
    let base = base();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = support::files(&folder);
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for file in &cases {
        let case: Case = toml::from_str(&std::fs::read_to_string(file).unwrap())
            .unwrap_or_else(|e| panic!("{file:?}: {e}"));
        if let Err(what) = run(&base, &case) {
            wrong.push(format!("{}: {}\n  {what}", file.file_name().unwrap().display(), case.promise));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn run(base: &Base, case: &Case) -> Result<(), String> {
    let copy = tempfile::tempdir().unwrap();
    support::copy(&base.dir.path().join("base/."), copy.path());
    let filled = |text: &str, server: &str| {
        let text = text.replace("{dir}", &copy.path().display().to_string()).replace("{server}", server);
        let fixtures = support::fixture("").display().to_string();
        text.replace("{fixture}", fixtures.trim_end_matches('/')).replace("{session}", &base.session)
    };
    let prepared = Command::new("bash").args(["-ec", &filled(&case.prepare, "")]).output().unwrap();
    if !prepared.status.success() {
        return Err(format!("prepare failed: {}", String::from_utf8_lossy(&prepared.stderr)));
    }
    let road = case.server.then(|| Road::open(copy.path()));
    let server = road.as_ref().map_or("http://127.0.0.1:9".to_owned(), |road| road.address.clone());
    let before: Vec<Digest> = case.unchanged.iter().map(|name| digest(&copy.path().join(name))).collect();
    let output = start(case, copy.path(), &server, &case.command, &case.with, &filled);
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(case.code) {
        return Err(format!("ended with {} instead of {}: {told}", output.status, case.code));
    }
    if let Some(missing) = case.says.iter().find(|words| !told.contains(&filled(words, &server))) {
        return Err(format!("does not say {missing:?}: {told}"));
    }
    if told.contains("panicked") {
        return Err(format!("panicked: {told}"));
    }
    for (name, before) in case.unchanged.iter().zip(before) {
        if digest(&copy.path().join(name)) != before {
            return Err(format!("{name} changed"));
        }
    }
    if let Some(there) = case.absent.iter().find(|name| copy.path().join(name).exists()) {
        return Err(format!("{there} is there"));
    }
    if !case.then.is_empty() {
        let output = start(case, copy.path(), &server, &case.then, &[], &filled);
        if !output.status.success() {
            return Err(format!("afterwards: {}", String::from_utf8_lossy(&output.stdout)));
        }
    }
    Ok(())
}

fn start(
    case: &Case,
    dir: &Path,
    server: &str,
    words: &[String],
    with: &[String],
    filled: &dyn Fn(&str, &str) -> String,
) -> std::process::Output {
    // A command that should have been refused, and serves instead, must not hold up the tests.
    let mut all: Vec<String> = vec!["timeout".to_owned(), COMMAND_SECONDS_MAX.to_string()];
    all.extend_from_slice(with);
    all.push(CANDOR.to_owned());
    all.extend(words.iter().cloned());
    let mut all = all.iter().map(|word| filled(word, server));
    let mut command = Command::new(all.next().unwrap());
    command.args(all).arg("--json").arg("--server").arg(server);
    command.arg("--home").arg(dir.join("people").join(&case.person)).stdin(Stdio::null());
    isolated(&mut command, dir).current_dir(dir).output().unwrap()
}

/// One digest of everything below a path: names and bytes.
fn digest(path: &Path) -> Digest {
    let mut all = Vec::new();
    let files = if path.is_dir() { support::files(path) } else { vec![path.to_path_buf()] };
    for file in files {
        all.extend_from_slice(file.as_os_str().as_encoded_bytes());
        all.extend_from_slice(Digest::of(&std::fs::read(&file).unwrap_or_default()).as_bytes());
    }
    Digest::of(&all)
}
