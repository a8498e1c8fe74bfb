//! Ordinary office work, as hands do it: typing, clicks, cells, a form, pages that scroll, windows that change.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::desktop::Desktop;

/// What is done one after the other, again and again: words for `xdotool`. Each is one action, apart from clicks that only bring
/// another window to the front.
const WORK: [&str; 24] = [
    "mousemove 300 400 click 1",
    "type --delay 60 The supplier answered on Monday.",
    "key Return",
    "type --delay 60 We will order again in spring.",
    "mousemove 320 500 click --repeat 4 --delay 30 5",
    "key ctrl+Home",
    "mousemove 900 820 click 1",
    "type --delay 70 4217",
    "key Return",
    "type --delay 70 880",
    "key Return",
    "key Up",
    "mousemove 1100 600 click 1",
    "mousemove 1250 330 click 1",
    "type --delay 60 Example Works",
    "key Tab",
    "type --delay 60 24",
    "mousemove 1300 700 click --repeat 6 --delay 40 5",
    "mousemove 1300 700 click --repeat 6 --delay 40 4",
    "mousemove 300 300 click 1",
    "key ctrl+End",
    "type --delay 60 Call them tomorrow.",
    "key Return",
    "key ctrl+s",
];

/// Does one thing after the other, one each `pace`, for so long; how many.
#[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
pub(crate) fn work(desktop: &Desktop, pace: Duration, for_so_long: Duration) -> Result<u32> {
    let start = Instant::now();
    let mut done = 0;
    for words in WORK.iter().cycle() {
        if start.elapsed() >= for_so_long {
            break;
        }
        // The text of `type` is one word for xdotool, whatever it holds.
        let words: Vec<&str> = match words.split_once("type --delay ") {
            Some((_, rest)) => {
                let (delay, text) = rest.split_once(' ').unwrap_or((rest, ""));
                vec!["type", "--delay", delay, "--", text]
            }
            None => words.split(' ').collect(),
        };
        let told = desktop.command("xdotool").args(&words).status()?;
        ensure!(told.success(), "xdotool {words:?}");
        done += 1;
        std::thread::sleep((pace * done).saturating_sub(start.elapsed()));
    }
    Ok(done)
}
