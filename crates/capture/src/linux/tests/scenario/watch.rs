//! The recorder beside the hands: what came out of each action.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use candor_model::{Observation, Rect, Tree, TreeState};

use super::super::colours;
use super::super::desktop::WINDOW_COLOUR;
use super::super::law::Law;
use super::stage::clicks_of;
use super::truth::Out;
use super::{at_rest, taken};
use crate::Sensor as _;
use crate::linux::x11::X11Sensor;

/// Looks without an event before the end is believed.
const SILENT_MAX: u32 = 40;
/// No number of actions: the hands wait for the next rest.
pub(super) const UNRESTED: usize = usize::MAX;

/// What the hands and the recorder know of each other.
pub(super) struct Between {
    pub(super) done: AtomicBool,
    rested: AtomicUsize,
    looks: AtomicUsize,
    /// Whether the hands rest until a tree is whole: what has the keyboard in a sheet is only then told for sure.
    whole_tree: bool,
}

impl Between {
    pub(super) const fn new(whole_tree: bool) -> Self {
        Self {
            done: AtomicBool::new(false),
            rested: AtomicUsize::new(0),
            looks: AtomicUsize::new(0),
            whole_tree,
        }
    }

    /// After how many actions the recorder has looked at the screen at rest.
    pub(super) fn rested(&self, actions: usize) {
        self.rested.store(actions, Ordering::SeqCst);
    }

    /// How often the recorder has looked at the screen at rest.
    pub(super) fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }

    pub(super) fn last_rest(&self) -> usize {
        self.rested.load(Ordering::SeqCst)
    }
}

/// What comes out until the hands are done.
pub(super) fn watched(sensor: &mut X11Sensor, law: &Law, between: &Between, page: Option<Rect>) -> Vec<Out> {
    let (mut seen, mut silent, mut allowed) = (Vec::new(), 0, true);
    while silent < SILENT_MAX {
        let Some(pending) = sensor.next(Duration::from_millis(50)).unwrap() else {
            if let Some(looked) = at_rest(sensor, law) {
                allowed = looked;
                between.looks.fetch_add(1, Ordering::SeqCst);
            }
            if sensor.is_at_rest() && (!allowed || holds_frame(sensor, between.whole_tree)) {
                between.rested(seen.len());
            } else if sensor.is_at_rest() && between.last_rest() == UNRESTED {
                // The hands wait for it.
                sensor.rest.after_action();
            }
            silent += u32::from(between.done.load(Ordering::SeqCst));
            continue;
        };
        seen.push(match taken(sensor, law, pending) {
            None => Out::Refused,
            Some(Ok(observation)) => out(&observation, page),
            Some(Err(error)) => Out::NotCaptured(error.to_string()),
        });
    }
    seen
}

/// Whether the recorder holds a frame of the screen at rest, and a whole tree where the hands ask for it.
fn holds_frame(sensor: &X11Sensor, whole_tree: bool) -> bool {
    let tree = |tree: &Tree| tree.state == TreeState::Complete;
    sensor.kept.as_ref().is_some_and(|kept| !whole_tree || kept.tree.as_ref().is_some_and(tree))
}

fn out(seen: &Observation, page: Option<Rect>) -> Out {
    let canary = seen.frame.as_ref().unwrap().rgb().chunks_exact(3).any(|pixel| pixel == WINDOW_COLOUR);
    assert!(!canary, "a canary is in the frame of {:?}", seen.action);
    let nodes = seen.tree.as_ref().map(|tree| tree.nodes.as_slice()).unwrap_or_default();
    let target = seen.target.map(|target| &nodes[usize::try_from(target).unwrap()]);
    Out::Seen {
        action: seen.action.clone(),
        role: target.map_or("none", |node| &node.role).to_owned(),
        name: target.and_then(|node| node.name.clone()),
        page: page.and_then(|page| clicks_shown(&colours(seen, page))),
        late_ms: seen.late_ms,
    }
}

fn clicks_shown(colours: &BTreeSet<[u8; 3]>) -> Option<u16> {
    colours.first().filter(|_| colours.len() == 1).and_then(|colour| clicks_of(*colour))
}
