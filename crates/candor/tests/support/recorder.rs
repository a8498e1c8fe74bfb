//! A recorder that runs on a desktop, as a person starts it, and what the other commands say of it.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::words::Words;
use super::{CANDOR, Road, isolated};

/// Longest wait for the recorder's next state.
const WAIT: Duration = Duration::from_mins(1);

/// `candor record`, running.
pub(crate) struct Recorder {
    pub(crate) child: Child,
    words: Words,
}

impl Recorder {
    /// Starts it, and waits until it says that it records.
    pub(crate) fn start(road: &Road, person: &str, display: &str, more: &[&str]) -> Self {
        let mut recorder = Self::begin(road, person, display, more);
        recorder.hears_recording();
        recorder
    }

    /// Starts it.
    pub(crate) fn begin(road: &Road, person: &str, display: &str, more: &[&str]) -> Self {
        Self::begin_with(Path::new(CANDOR), road, person, display, more)
    }

    /// Starts the program that is installed there.
    pub(crate) fn begin_with(
        program: &Path,
        road: &Road,
        person: &str,
        display: &str,
        more: &[&str],
    ) -> Self {
        Self::of(&mut command(&[program.as_os_str()], road, person, display, more))
    }

    /// Starts a command that records.
    pub(crate) fn of(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let words = Words::of(&mut child);
        Self { child, words }
    }

    /// Waits for a line on standard error.
    pub(crate) fn hears(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        self.words.hears(what, fits);
    }

    /// Waits until it says that it records.
    pub(crate) fn hears_recording(&mut self) {
        self.hears("that it records", |line| line.starts_with("RECORDING this desktop"));
    }

    /// Waits for a count of steps.
    pub(crate) fn hears_count(&mut self, words: &str) {
        self.hears(words, |line| line.trim() == words);
    }

    /// Ends it without a word, as the kernel would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as the end of a desktop's session does.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// What it prints, and how it ends.
    pub(crate) fn ends(mut self) -> (Value, Option<i32>) {
        let mut told = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        let code = self.child.wait().unwrap().code();
        (serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told:?} {:#?}", self.words.heard)), code)
    }
}

/// `candor record` for a person; the first words start it.
pub(crate) fn command(words: &[&OsStr], road: &Road, person: &str, display: &str, more: &[&str]) -> Command {
    let (program, before) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(before).args(["record", "--json", "--server", &road.address, "--home"]);
    command.arg(road.dir.join("people").join(person)).args(more).env("DISPLAY", display);
    isolated(&mut command, &road.dir);
    command
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Only after a test that failed.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Road {
    /// What is on for a person.
    pub(crate) fn status(&self, person: &str) -> Value {
        self.types(person, &["agent", "status"])
    }

    /// Waits until something holds of what is on; how long that took, and what was on.
    pub(crate) fn waits_for(
        &self,
        person: &str,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> (Duration, Value) {
        #[expect(clippy::disallowed_methods, reason = "a test measures")]
        let (begun, now) = (Instant::now(), Instant::now);
        loop {
            let status = self.status(person);
            if fits(&status) {
                return (now() - begun, status);
            }
            assert!(now() - begun < WAIT, "waited in vain until {what}: {status:#}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until a word says what is on.
    pub(crate) fn waits_for_on(&self, person: &str, on: &str) -> (Duration, Value) {
        self.waits_for(person, on, |status| status["on"] == on)
    }

    /// The codes of each gap of a recording, in order.
    pub(crate) fn gaps(&self, person: &str, session: &str) -> Vec<Vec<String>> {
        let shown = self.types(person, &["review", "show", session]);
        let codes = |gap: &Value| serde_json::from_value(gap["codes"].clone()).unwrap();
        shown["gaps"].as_array().unwrap().iter().map(codes).collect()
    }
}
