//! Five hundred actions over three applications: each comes out as the right action on the right element, none is lost, doubled or
//! out of order, and no window that nobody may record is in any frame.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use candor_model::{Action, Observation, Rect};

use super::desktop::{Desktop, WINDOW_COLOUR};
use super::hands::{Hands, Reach, Truth};
use super::law::Law;
use super::told::{kept, sensor, served};
use super::{judged, observe, rect};
use crate::linux::x11::X11Sensor;
use crate::{Pending, Sensor as _, SensorError};

/// Actions of a run, where nothing else is asked for by `CANDOR_SCENARIO_ACTIONS`.
const ACTIONS: usize = 500;
/// The same beside busy cores, where each takes three times as long.
const ACTIONS_BESIDE: usize = 150;
/// What else each core has to do there.
const BUSY_PER_CORE: usize = 3;
const SEED: u64 = 0x2026_0310;
/// Most looks for one action, as in the program.
const LOOKS_MAX: u32 = 5;
/// How long the hands rest between two actions.
const PACE: Duration = Duration::from_millis(40);
/// Looks without an event before the end is believed.
const SILENT_MAX: u32 = 40;

/// Says that the hands are done, also where they failed.
pub(super) struct Done<'a>(pub(super) &'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

const PAGE: &str = "<!doctype html><title>Grid</title><body style='margin:0'><div style='display:grid;\
    grid-template-columns:repeat(3,120px);grid-auto-rows:60px;gap:10px'><button>One</button><button>Two</button>\
    <button>Three</button><button>Four</button><button>Five</button><button>Six</button></div>";

#[expect(clippy::disallowed_methods, reason = "a test is told how long to be")]
fn actions(otherwise: usize) -> usize {
    std::env::var("CANDOR_SCENARIO_ACTIONS").ok().map_or(otherwise, |text| text.parse().unwrap())
}

/// The buttons of the page, as the browser tells them.
fn buttons(sensor: &mut X11Sensor) -> Vec<(String, Rect)> {
    for _ in 0..1_000 {
        let (windows, _) = sensor.windows().seen().unwrap();
        let browser = windows.iter().find(|window| window.class == "Chromium");
        let client = browser.and_then(|window| sensor.client(window).unwrap());
        let tree = client.and_then(|client| sensor.tree(&client, &windows, false));
        let nodes = tree.map(|(tree, _)| tree.nodes).unwrap_or_default();
        let named = |name: &str| ["One", "Two", "Three", "Four", "Five", "Six"].contains(&name);
        let found: Vec<(String, Rect)> = nodes
            .iter()
            .filter(|node| node.role == "push button" && node.name.as_deref().is_some_and(named))
            .map(|node| (node.name.clone().unwrap(), node.bounds))
            .collect();
        if found.len() == 6 && found.iter().all(|(_, place)| place.width == 120) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the browser does not tell its buttons")
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

pub(super) fn at_rest(sensor: &mut X11Sensor, law: &Law) {
    let Some(pending) = sensor.rest().unwrap() else { return };
    if law.decide(&pending.front().context()).is_ok() {
        let (permit, windows) = judged(law, &pending);
        let _ = sensor.keep(&pending, &permit, &windows);
    }
}

/// The truth as the sensor saw it.
fn told(seen: &Observation) -> Truth {
    let nodes = seen.tree.as_ref().map(|tree| tree.nodes.as_slice()).unwrap_or_default();
    let target = seen.target.map(|target| &nodes[usize::try_from(target).unwrap()]);
    let role = target.map_or("none", |node| &node.role).to_owned();
    let name = target.filter(|_| role == "push button").and_then(|node| node.name.clone());
    Truth::Seen(seen.action.clone(), role, name)
}

#[test]
fn every_action_comes_out_once_in_order_on_its_element_and_no_canary_is_seen() {
    played(actions(ACTIONS));
}

#[test]
fn every_action_comes_out_once_also_while_every_core_has_three_other_things_to_do() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let _busy = Busy::with(BUSY_PER_CORE * cores);
    played(actions(ACTIONS_BESIDE));
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

/// Lets the hands do so many things, and compares each with what came out.
fn played(wanted: usize) {
    let (desktop, law) = (Desktop::told(), Law::with_browser());
    let port = served(PAGE);
    let url = format!("--app=http://forms.example.test:{port}/");
    desktop.chromium("", "Grid", &[&url, "--window-position=760,0", "--window-size=480,400"]);
    let terminal = desktop.terminal();
    let editor = desktop.mousepad(&"line of text\n".repeat(30));
    let mut sensor = sensor(&desktop);
    let buttons = buttons(&mut sensor);
    let inside = rect(editor.x + 60, editor.y + 100, editor.width - 120, editor.height - 160);
    let terminal = rect(terminal.x + 10, terminal.y + 25, terminal.width - 40, terminal.height - 30);
    let reach = Reach { editor: inside, terminal, buttons, popup: rect(250, 200, 200, 120) };
    while sensor.next(Duration::from_millis(100)).unwrap().is_some() {}
    // What is typed before the editor is heard for the first time is only counted (docs/platforms.md).
    kept(&mut sensor, &law, super::EDITOR);

    let done = AtomicBool::new(false);
    let (truth, seen) = std::thread::scope(|scope| {
        let hands = scope.spawn(|| {
            let _done = Done(&done);
            let mut hands = Hands::new(&desktop.display, SEED);
            let mut truth = Vec::new();
            while truth.len() < wanted {
                truth.extend(hands.act(&reach));
                std::thread::sleep(PACE);
            }
            truth
        });
        let (mut seen, mut silent) = (Vec::new(), 0);
        while silent < SILENT_MAX {
            let Some(pending) = sensor.next(Duration::from_millis(50)).unwrap() else {
                at_rest(&mut sensor, &law);
                silent += u32::from(done.load(Ordering::SeqCst));
                continue;
            };
            seen.push(match taken(&mut sensor, &law, pending) {
                None => Truth::Refused,
                Some(Ok(observation)) => {
                    let frame = observation.frame.as_ref().unwrap();
                    let canary = frame.rgb().chunks_exact(3).any(|pixel| pixel == WINDOW_COLOUR);
                    assert!(!canary, "a canary is in the frame of {:?}", observation.action);
                    told(&observation)
                }
                Some(Err(error)) => Truth::NotCaptured(error.to_string()),
            });
        }
        (hands.join().unwrap(), seen)
    });
    let tally = sensor.tally();
    let differ = differences(&truth, &seen);
    // The frame after the last action, once the screen is at rest.
    let last = sensor.last().unwrap().expect("actions were captured");
    let permitted = law.decide(&last.front().context()).is_ok();
    assert!(!permitted || matches!(observe(&mut sensor, &law, &last).unwrap().action, Action::Wait { .. }));
    println!("{} actions, {} not as they were done; {tally:?}", truth.len(), differ.len());
    assert!(differ.is_empty(), "{tally:#?}\n{}", differ.join("\n"));
    assert_eq!((tally.counted.len(), tally.unnamed, tally.lost), (0, 0, 0), "{tally:#?}");
    assert_eq!(tally.seen, tally.taken + tally.not_taken + tally.tail, "{tally:#?}");
    let captured = truth.iter().filter(|truth| matches!(truth, Truth::Seen(..))).count();
    assert_eq!(tally.actions, u64::try_from(captured).unwrap(), "{tally:#?}");
}

/// What did not come out, and what came out that was not done: after each, the two are read on from where they agree again.
fn differences(truth: &[Truth], seen: &[Truth]) -> Vec<String> {
    let (mut differ, mut done, mut out) = (Vec::new(), 0, 0);
    while done < truth.len() || out < seen.len() {
        if truth.get(done) == seen.get(out) {
            (done, out) = (done + 1, out + 1);
            continue;
        }
        let (lost, more) = agree_again(&truth[done..], &seen[out..]);
        let (was, came) = (&truth[done..done + lost], &seen[out..out + more]);
        differ.push(format!("action {done}: {was:?} came out as {came:?}"));
        (done, out) = (done + lost, out + more);
    }
    differ
}

/// After how many of each the two agree in two actions one after the other; all of both where they never do.
fn agree_again(truth: &[Truth], seen: &[Truth]) -> (usize, usize) {
    let agree = |lost: usize, more: usize| {
        let (was, came) = (truth.get(lost..lost + 2), seen.get(more..more + 2));
        was.is_some() && was == came
    };
    let longest = truth.len().max(seen.len());
    let ways = (1..=2 * longest).flat_map(|both| (0..=both).map(move |lost| (lost, both - lost)));
    ways.into_iter().find(|(lost, more)| agree(*lost, *more)).unwrap_or((truth.len(), seen.len()))
}
