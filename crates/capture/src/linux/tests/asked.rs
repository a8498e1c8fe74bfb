//! What applications are asked for their trees while somebody works, in questions and in rounds and not in time.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use candor_model::TreeState;

use super::desktop::Desktop;
use super::law::Law;
use super::scenario::{Done, at_rest, taken};
use super::told::sensor;
use crate::Sensor as _;
use crate::linux::x11::X11Sensor;

/// How often the hands do something.
const PACE: Duration = Duration::from_secs(1);
/// Fewest answers that are read at once, on average. It was 12 at a load of ten on two cores, 21 and 30 at one of seven.
const ANSWERS_MIN: u64 = 5;
const CALC: &str = "libreoffice-calc";
/// Words for `xdotool`: a text, and cells of a sheet.
const WORK: [&str; 20] = [
    "mousemove 300 400 click 1",
    "type --delay 60 Monday@morning.",
    "key Return",
    "type --delay 60 The@order.",
    "mousemove 320 500 click --repeat 4 --delay 30 5",
    "key ctrl+Home",
    "mousemove 900 820 click 1",
    "type --delay 70 4217",
    "key Return",
    "type --delay 70 90210",
    "key Return",
    "key Up",
    "mousemove 1100 600 click 1",
    "type --delay 70 331",
    "key Return",
    "mousemove 300 300 click 1",
    "key ctrl+End",
    "type --delay 60 Again@and@again.",
    "key Return",
    "key ctrl+s",
];

#[test]
fn somebody_who_works_is_asked_much_at_a_time() {
    let (desktop, law) = (Desktop::told_full_hd(), Law::with_calc());
    desktop.mousepad(&"The minutes of the meeting.\n".repeat(60));
    desktop.calc();
    for (class, place) in [("mousepad", "0 0 windowsize 1000 900"), (CALC, "500 60 windowsize 1200 900")] {
        let words = format!("search --onlyvisible --class {class} windowmove {place}");
        desktop.xdotool(&words.split(' ').collect::<Vec<_>>());
    }
    let mut sensor = sensor(&desktop);
    sensor.rest.after_action();
    turn(&mut sensor, &law);
    let mut states: BTreeMap<String, u32> = BTreeMap::new();
    let (before, cost) = (sensor.trees.tally(), Cost::of_trees());
    let done = AtomicBool::new(false);
    let display = desktop.display.as_str();
    std::thread::scope(|scope| {
        let works = scope.spawn(|| {
            let _done = Done(&done);
            work(display);
        });
        while !done.load(Ordering::SeqCst) {
            if let Some(state) = turn(&mut sensor, &law) {
                *states.entry(format!("{state:?}")).or_default() += 1;
            }
        }
        works.join().unwrap();
    });
    let (after, cost) = (sensor.trees.tally(), Cost::of_trees().since(&cost));
    let walks = after.walks - before.walks;
    assert!(walks > 0, "nothing was asked");
    let of_each = |count: u64| count / walks;
    let [sends, reads, bytes] = [
        after.traffic.sends - before.traffic.sends,
        after.traffic.reads - before.traffic.reads,
        after.traffic.sent_bytes - before.traffic.sent_bytes,
    ];
    let questions = after.questions() - before.questions();
    println!(
        "{walks} walks, of each: {} questions, {} sends, {} reads, {} bytes sent",
        of_each(questions),
        of_each(sends),
        of_each(reads),
        of_each(bytes)
    );
    println!("{:?}", after.since(&before));
    println!("{:.1} ms, {} waits, {states:?}", cost.ms, cost.waits);
    assert!(reads * ANSWERS_MIN <= questions, "{reads} reads of {questions} answers");
}

/// One turn of the program; of the tree of an action, how whole it is.
fn turn(sensor: &mut X11Sensor, law: &Law) -> Option<TreeState> {
    let Some(pending) = sensor.next(Duration::from_millis(50)).unwrap() else {
        at_rest(sensor, law);
        return None;
    };
    let seen = taken(sensor, law, pending)?.ok()?;
    seen.tree.as_ref().map(|tree| tree.state)
}

#[expect(clippy::disallowed_methods, reason = "hands are of real time")]
fn work(display: &str) {
    let start = Instant::now();
    for (done, words) in (1..).zip(WORK) {
        let words = words.split(' ').map(|word| word.replace('@', " "));
        let status = Command::new("xdotool").args(words).env("DISPLAY", display).status();
        assert!(status.unwrap().success());
        std::thread::sleep((PACE * done).saturating_sub(start.elapsed()));
    }
}

/// What the thread that asks has cost, by the kernel's own account.
struct Cost {
    ms: f64,
    waits: u64,
}

impl Cost {
    fn of_trees() -> Self {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
        let read = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        let task = tasks.into_iter().find(|task| read(task.join("comm")) == "candor-tree\n").unwrap();
        let ns: f64 = read(task.join("schedstat")).split(' ').next().unwrap().parse().unwrap();
        let status = read(task.join("status"));
        let line = status.lines().find(|line| line.starts_with("voluntary")).unwrap();
        Self { ms: ns / 1e6, waits: line.split_whitespace().nth(1).unwrap().parse().unwrap() }
    }

    fn since(self, before: &Self) -> Self {
        Self { ms: self.ms - before.ms, waits: self.waits - before.waits }
    }
}
