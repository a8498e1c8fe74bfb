//! A recording that runs, and what it leaves on the disk.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail like tests"
)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::desktop::CANARY_COLOUR;
use crate::support::{CANDOR, Road, files, isolated};

/// Longest wait for the next words.
const WORDS: Duration = Duration::from_mins(1);
/// How long a recording may take, in seconds: each ends sooner, by what the test does.
const SECONDS: &str = "300";
/// So many pixels of one colour in a row are a picture, and no chance.
const RUN: usize = 32;

/// `candor record`, running.
pub(crate) struct Recording {
    pub(crate) child: Child,
    words: Receiver<String>,
    pub(crate) heard: Vec<String>,
}

impl Recording {
    /// Starts it for a person; `words` come before the command, as `sh -c` for example.
    pub(crate) fn start(road: &Road, person: &str, display: &str, before: &[&str]) -> Self {
        let mut words: Vec<&str> = before.to_vec();
        words.extend([CANDOR, "record", "--seconds", SECONDS]);
        let temporary = road.dir.join("temporary");
        std::fs::create_dir_all(&temporary).unwrap();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("--home").arg(road.dir.join("people").join(person));
        command.arg("--server").arg(&road.address).env("DISPLAY", display);
        command.env("TMPDIR", &temporary).current_dir(&temporary);
        isolated(&mut command, &road.dir);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, words) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, words, heard: Vec::new() }
    }

    /// Waits for a line on standard error.
    pub(crate) fn hears(&mut self, what: &str, fits: impl Fn(&str) -> bool) {
        loop {
            let line = self.words.recv_timeout(WORDS);
            let line = line.unwrap_or_else(|_| panic!("not heard: {what}, but {:#?}", self.heard));
            self.heard.push(line);
            if self.heard.last().is_some_and(|line| fits(line)) {
                return;
            }
        }
    }

    /// Kills it, so that it can do nothing about it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Numbers from a seed (xorshift64), which a failed test prints.
#[derive(Debug)]
pub(crate) struct Numbers {
    #[expect(dead_code, reason = "it is printed")]
    seed: u64,
    state: u64,
}

impl Numbers {
    /// The seed is another one at each run, or the one in `CANDOR_SEED`.
    #[expect(clippy::disallowed_methods, reason = "a test chooses a seed, and is told one")]
    pub(crate) fn of_test() -> Self {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
        let told = std::env::var("CANDOR_SEED").ok().map(|text| text.parse().unwrap());
        let seed = told.unwrap_or(u64::try_from(now % u128::from(u64::MAX)).unwrap() | 1);
        Self { seed, state: seed }
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        u32::try_from(self.state >> 33).unwrap() % limit
    }
}

/// Every file below a folder that holds one of the words, or pixels of the windows that nobody may record, in any order of their colours.
pub(crate) fn leaks(folder: &Path, words: &[&str]) -> Vec<String> {
    let [red, green, blue] = CANARY_COLOUR;
    let pixels = [
        [red, green, blue].repeat(RUN),
        [blue, green, red, 0].repeat(RUN),
        [blue, green, red, 0xff].repeat(RUN),
    ];
    let needles = words.iter().map(|word| word.as_bytes().to_vec()).chain(pixels);
    let finder = aho_corasick::AhoCorasick::new(needles).unwrap();
    let leaks = |file: &std::path::PathBuf| finder.is_match(&std::fs::read(file).unwrap());
    files(folder).iter().filter(|file| leaks(file)).map(|file| file.display().to_string()).collect()
}
