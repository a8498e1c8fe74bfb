//! Ordinary office work, as hands do it: typing, clicks, cells, a form, pages that scroll, windows that change.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::desktop::Desktop;

/// What is done one after the other, again and again: words for `xdotool`. Each is one action, apart from clicks that only bring
/// another window to the front. What is typed is other words each time: a screen that comes back as it was costs a recorder next to nothing.
const WORK: [&str; 24] = [
    "mousemove 300 400 click 1",
    "type --delay 60 SENTENCE",
    "key Return",
    "type --delay 60 SENTENCE",
    "mousemove 320 500 click --repeat 4 --delay 30 5",
    "key ctrl+Home",
    "mousemove 900 820 click 1",
    "type --delay 70 NUMBER",
    "key Return",
    "type --delay 70 NUMBER",
    "key Return",
    "key Up",
    "mousemove 1100 600 click 1",
    "mousemove 1250 330 click 1",
    "type --delay 60 SENTENCE",
    "key Tab",
    "type --delay 60 NUMBER",
    "mousemove 1300 700 click --repeat 6 --delay 40 5",
    "mousemove 1300 700 click --repeat 6 --delay 40 4",
    "mousemove 300 300 click 1",
    "key ctrl+End",
    "type --delay 60 SENTENCE",
    "key Return",
    "key ctrl+s",
];

/// What sentences are made of.
const WORDS: [&str; 32] = [
    "answer", "order", "spring", "Monday", "supplier", "invoice", "again", "before", "delivery", "garden",
    "window", "report", "number", "quarter", "meeting", "colour", "weather", "bridge", "paper", "signal",
    "morning", "travel", "budget", "water", "letter", "harbour", "machine", "season", "market", "village",
    "record", "story",
];

/// Where the drawing stands: the same run draws the same words, and none of its parts those of another.
static DRAWN: AtomicU32 = AtomicU32::new(7);

/// Never the same text twice in a run.
fn filled(words: &str, drawn: &mut u32) -> String {
    let mut draw = |below: u32| {
        *drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*drawn >> 8) % below
    };
    let number = draw(90_000) + 100;
    let sentence: Vec<&str> =
        (0..6).filter_map(|_| WORDS.get(usize::try_from(draw(32)).ok()?).copied()).collect();
    words.replace("NUMBER", &number.to_string()).replace("SENTENCE", &format!("{}.", sentence.join(" ")))
}

/// Does one thing after the other, one each `pace`, for so long; how many.
#[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
pub(crate) fn work(desktop: &Desktop, pace: Duration, for_so_long: Duration) -> Result<u32> {
    let start = Instant::now();
    let mut done = 0;
    let mut drawn = DRAWN.load(Ordering::Relaxed);
    for words in WORK.iter().cycle() {
        if start.elapsed() >= for_so_long {
            break;
        }
        let words = filled(words, &mut drawn);
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
    DRAWN.store(drawn, Ordering::Relaxed);
    Ok(done)
}
