//! The charter's bytes of a day are never exceeded, also by what was still being read when the day was nearly used up.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps a test fails as a test does"
)]

mod desktop;
mod support;

use desktop::Desktop;
use serde_json::Value;
use support::Road;
use support::recorder::Recorder;

const ANNA: &str = "anna";
/// Of an import, a few steps: its frames have little in common.
const DAY_BYTES_OF_IMPORTS: u64 = 150_000;
/// Of a click with its frame and tree on this desktop, some thirty: a frame takes what is new in it.
const DAY_BYTES: u64 = 60_000;

fn road(dir: &std::path::Path, bytes_per_day: u64) -> Road {
    let road = Road::open(dir);
    road.start_program_with(Some(&format!("bytes_per_day = {bytes_per_day}, memory_mib_max = 1000")));
    road.agree(ANNA, &["browser", "text-editor"]);
    road
}

/// Bytes of all recordings on disk.
fn stored(road: &Road) -> u64 {
    let list = road.types(ANNA, &["review", "list"]);
    list.as_array().unwrap().iter().map(|session| session["bytes"].as_u64().unwrap()).sum()
}

#[test]
fn an_import_ends_where_the_day_does() {
    let dir = tempfile::tempdir().unwrap();
    let road = road(dir.path(), DAY_BYTES_OF_IMPORTS);
    let recording = support::fixture("mail-and-form").display().to_string();
    let told = road.types(ANNA, &["import", &recording]);
    assert!(told["refused"].to_string().contains("What may be kept in one day is used up"), "{told}");
    assert!(told["steps"].as_u64().unwrap() > 0, "{told}");
    assert!(stored(&road) <= DAY_BYTES_OF_IMPORTS, "{}", stored(&road));
}

#[test]
fn actions_that_come_faster_than_they_are_read_do_not_lead_over_the_day() {
    let dir = tempfile::tempdir().unwrap();
    let road = road(dir.path(), DAY_BYTES);
    let desktop = Desktop::start();
    desktop.mousepad();
    let recorder = Recorder::start(&road, ANNA, &desktop.display, &[]);
    for n in 0..50 {
        desktop.click(60 + n * 12, 150 + n % 2 * 200);
    }
    road.waits_for(ANNA, "all of them are done", |status| {
        let steps = |name: &str| status["recorder"][name].as_u64().unwrap_or(0);
        steps("steps_kept") + steps("steps_not_kept") >= 50
    });
    // What it says it stored is read at least every five seconds, as it says a word: the second word after this one is of a later reading.
    let words = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let (_, status) = road.waits_for(ANNA, "it was read again", |status| {
        words.borrow_mut().insert(status["recorder"]["at"].to_string());
        words.borrow().len() > 3
    });
    let used = status["recorder"]["budgets"]["stored_today_bytes"].as_u64().unwrap();
    // Of the charter's memory and the device's, which is more, the lesser holds.
    assert_eq!(status["recorder"]["budgets"]["limits"]["memory_mib_max"], 1000);
    assert!((DAY_BYTES * 7 / 10..=DAY_BYTES).contains(&used), "{used}: {status:#}");
    road.types(ANNA, &["agent", "stop"]);
    let (told, code) = recorder.ends();
    assert_eq!((code, &told["adds_up"]), (Some(0), &Value::Bool(true)), "{told}");
    assert!(stored(&road) <= DAY_BYTES, "{}: {told}", stored(&road));
    let gaps = road.gaps(ANNA, told["session"].as_str().unwrap());
    assert!(gaps.iter().any(|codes| codes == &["over_budget"]), "{gaps:?}");
}
