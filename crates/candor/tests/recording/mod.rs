//! A recording that is killed, and what it leaves on the disk.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

use std::ffi::OsStr;
use std::path::Path;

use crate::desktop::CANARY_COLOUR;
use crate::support::recorder::{self, Recorder};
use crate::support::{CANDOR, Road, files};

/// So many pixels of one colour in a row are a picture, and no chance.
const RUN: usize = 32;

/// Starts `candor record` for a person, with a folder of its own for what a crash leaves, and waits until it records. `before` comes before the
/// command, as `sh -c` for example.
pub(crate) fn start(road: &Road, person: &str, display: &str, before: &[&str]) -> Recorder {
    let temporary = road.dir.join("temporary");
    std::fs::create_dir_all(&temporary).unwrap();
    let words: Vec<&OsStr> = before.iter().chain(&[CANDOR]).map(OsStr::new).collect();
    let mut command = recorder::command(&words, road, person, display, &[]);
    let mut recorder = Recorder::of(command.env("TMPDIR", &temporary).current_dir(&temporary));
    recorder.hears_recording();
    recorder
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
