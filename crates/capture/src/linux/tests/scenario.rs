//! Actions over real applications, as files of the folder `scenarios` tell them: each comes out as the right action on the right element
//! with the right frame, none is lost, doubled or out of order, and no window that nobody may record is in any frame.

mod checks;
mod language;
mod play;
mod stage;
mod step;
mod truth;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use candor_model::{Action, Observation};

use self::language::Scenario;
use self::play::Player;
use self::step::App;
use self::truth::{Expected, Line, Out, TruthFile, differences, go_on};
use self::watch::{Between, watched};
use super::desktop::Desktop;
use super::hands::Hands;
use super::law::Law;
use super::{judged, observe};
use crate::linux::x11::X11Sensor;
use crate::{Pending, Sensor as _, SensorError, Tally};

/// Three applications.
const OFFICE: &str = include_str!("scenarios/office.scenario");
/// Five applications.
const DESK: &str = include_str!("scenarios/desk.scenario");
/// Actions beside busy cores, where each takes three times as long.
const ACTIONS_BESIDE: usize = 150;
/// What else each core has to do there.
const BUSY_PER_CORE: usize = 3;
/// Most looks for one action, as in the program.
const LOOKS_MAX: u32 = 5;

/// Says that the hands are done, also where they failed.
pub(super) struct Done<'a>(pub(super) &'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What the program does with an action.
pub(super) fn taken(
    sensor: &mut X11Sensor,
    law: &Law,
    mut pending: Pending,
) -> Option<Result<Observation, SensorError>> {
    for _ in 0..LOOKS_MAX {
        if law.decide(&pending.front().context()).is_err() {
            return None;
        }
        match observe(sensor, law, &pending) {
            Err(SensorError::Changed) => pending = sensor.again(pending).unwrap(),
            other => return Some(other),
        }
    }
    Some(Err(SensorError::Changed))
}

/// Lets the sensor keep the screen at rest; whether the law allows it, where it was time to look.
pub(super) fn at_rest(sensor: &mut X11Sensor, law: &Law) -> Option<bool> {
    let pending = sensor.rest().unwrap()?;
    let allowed = law.decide(&pending.front().context()).is_ok();
    if allowed {
        let (permit, windows) = judged(law, &pending);
        let _ = sensor.keep(&pending, &permit, &windows);
    }
    Some(allowed)
}

#[test]
fn every_action_comes_out_once_in_order_on_its_element_and_no_canary_is_seen() {
    played(OFFICE, None);
}

#[test]
fn every_action_comes_out_once_also_while_every_core_has_three_other_things_to_do() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let _busy = Busy::with(BUSY_PER_CORE * cores);
    played(OFFICE, Some(ACTIONS_BESIDE));
}

#[test]
fn every_action_comes_out_once_on_its_element_in_five_applications_of_five_toolkits() {
    played(DESK, None);
}

#[expect(clippy::disallowed_methods, reason = "a test is told how long to be, and where its truth is kept")]
fn told_by(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Lets the hands play a scenario, and compares what came out with the truth that they wrote. `CANDOR_SCENARIO_ACTIONS` says how many actions
/// instead; `CANDOR_SCENARIO_TRUTH` names a file that keeps the truth.
fn played(scenario: &str, actions: Option<usize>) {
    let scenario = Scenario::read(scenario).unwrap();
    let asked = told_by("CANDOR_SCENARIO_ACTIONS").map(|text| text.parse().unwrap());
    let actions = asked.or(actions).unwrap_or(scenario.actions);
    let (desktop, law) = (Desktop::told_of_size(scenario.screen), stage::law(&scenario));
    let (mut sensor, reach) = stage::set(&scenario, &desktop, &law);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truth.jsonl");
    let between = Between::new(scenario.opened(App::Calc).is_ok());
    let hands = Hands::new(&desktop.display, scenario.seed);
    let player = Player::new(hands, &scenario, &reach, TruthFile::create(&file), &between);
    let (ended, seen) = std::thread::scope(|scope| {
        let hands = scope.spawn(|| {
            let _done = Done(&between.done);
            player.play(actions)
        });
        let seen = watched(&mut sensor, &law, &between, reach.page);
        (hands.join().unwrap(), seen)
    });
    if let Some(kept) = told_by("CANDOR_SCENARIO_TRUTH") {
        std::fs::copy(&file, Path::new(&kept)).unwrap();
    }
    let truth = truth::read(&file);
    compared(&truth, &seen, &sensor.tally());
    ended.unwrap();
    assert!(truth.len() >= actions, "{} actions", truth.len());
    looked_at_last(&mut sensor, &law);
}

/// What came out is what was done, and the tally says so.
fn compared(truth: &[Line], seen: &[Out], tally: &Tally) {
    let differ = differences(truth, seen);
    println!("{} actions, {} not as they were done; {tally:?}", truth.len(), differ.len());
    assert!(differ.is_empty(), "{tally:#?}\n{}", differ.join("\n"));
    assert!(go_on(seen), "a frame is older than the one before it: {seen:#?}");
    let unnamed = seen.iter().filter(|out| matches!(out, Out::Seen { role, .. } if role == "none")).count();
    assert_eq!(tally.unnamed, u64::try_from(unnamed).unwrap(), "{tally:#?}");
    accounted(tally, truth);
}

/// The tally says what the truth says.
fn accounted(tally: &Tally, truth: &[Line]) {
    let seen = |line: &Line| match &line.expected {
        Expected::Seen { action, .. } => Some(action.clone()),
        Expected::Refused => None,
    };
    let captured: Vec<Action> = truth.iter().filter_map(seen).collect();
    assert_eq!((tally.counted.len(), tally.lost), (0, 0), "{tally:#?}");
    assert_eq!(tally.seen, tally.taken + tally.not_taken + tally.tail, "{tally:#?}");
    assert_eq!(tally.actions, u64::try_from(captured.len()).unwrap(), "{tally:#?}");
}

/// The frame after the last action, once the screen is at rest.
fn looked_at_last(sensor: &mut X11Sensor, law: &Law) {
    let last = sensor.last().unwrap().expect("actions were captured");
    let permitted = law.decide(&last.front().context()).is_ok();
    assert!(!permitted || matches!(observe(sensor, law, &last).unwrap().action, Action::Wait { .. }));
}

/// Threads that do nothing of use, until it is dropped.
struct Busy {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Busy {
    fn with(threads: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let work = |stop: Arc<AtomicBool>| {
            move || {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            }
        };
        let threads = (0..threads).map(|_| std::thread::spawn(work(Arc::clone(&stop)))).collect();
        Self { stop, threads }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
