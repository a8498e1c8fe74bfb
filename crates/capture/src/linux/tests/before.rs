//! Which frame is of before an action: the law and the time decide, whatever the desktop shows.

use candor_consent::{Field, Permit};
use candor_model::{Action, Moment, Pixels, Tree, TreeState};

use super::law::{Law, now};
use super::{EDITOR, rect};
use crate::linux::kept::{Drawn, Kept};
use crate::linux::tree::Key;
use crate::{Pending, SeenWindow, Sensitive};

/// When the frame was read, and when the person acted, ten seconds later.
const TAKEN_US: u64 = 1_000_000;
const ACTED_US: u64 = 11_000_000;

const QUIET: Drawn = Drawn { changes: 7, first_us: None };

/// Something drawn since, this long before the action.
fn drawn(before_us: u64) -> Drawn {
    Drawn { changes: 8, first_us: Some(ACTED_US - before_us) }
}

fn editor() -> SeenWindow {
    let (class, bounds) = (EDITOR.to_owned(), rect(0, 0, 10, 10));
    SeenWindow { id: 3, class, bounds, ..SeenWindow::unknown(false) }
}

fn pending(change: impl FnOnce(&mut SeenWindow)) -> Pending {
    let mut front = editor();
    change(&mut front);
    let at = Moment { wall: now(), monotonic_us: ACTED_US };
    let windows = vec![front.clone()];
    Pending { at, ms: 0, key: Key::Writes, action: Action::Keys { count: 1 }, front, windows }
}

fn kept(taken_us: u64) -> Kept {
    Kept {
        front: 3,
        windows: vec![editor()],
        shown: vec![true],
        framed: vec![true],
        frame: Pixels::new(1, 1, vec![0; 3]),
        tree: Some(Tree { state: TreeState::Complete, nodes: Vec::new() }),
        elements: Vec::new(),
        taken_us,
        changes: QUIET.changes,
    }
}

fn permit() -> Permit {
    Law::new().decide(&editor().context()).unwrap()
}

fn is_before(
    taken_us: u64,
    pending: &Pending,
    permit: &Permit,
    window: Option<Permit>,
    drawn: Drawn,
) -> bool {
    kept(taken_us).is_before(pending, permit, &[window], drawn)
}

#[test]
fn a_frame_of_long_ago_is_of_before_as_long_as_nothing_was_drawn_or_only_just() {
    let (pending, permit) = (pending(|_| ()), permit());
    let with = |taken_us, drawn| is_before(taken_us, &pending, &permit, Some(self::permit()), drawn);
    assert!(with(TAKEN_US, QUIET));
    assert!(with(TAKEN_US, drawn(0)) && with(TAKEN_US, drawn(2_000_000)));
    assert!(!with(TAKEN_US, drawn(2_000_001)));
    // A change that nobody told the time of may have come at once.
    assert!(!with(TAKEN_US, Drawn { first_us: None, ..drawn(0) }));
    assert!(with(ACTED_US - 1_000_000, Drawn { first_us: None, ..drawn(0) }));
    // What is drawn after the action is of the action.
    assert!(with(TAKEN_US, Drawn { changes: 8, first_us: Some(ACTED_US + 5_000) }));
    assert!(!with(ACTED_US + 1, QUIET));
}

#[test]
fn a_frame_that_was_read_after_the_action_began_says_how_long_after() {
    let pending = pending(|_| ());
    assert_eq!(kept(TAKEN_US).late_ms(&pending), None);
    assert_eq!(kept(ACTED_US).late_ms(&pending), None);
    assert_eq!(kept(ACTED_US + 1).late_ms(&pending), Some(1));
    assert_eq!(kept(ACTED_US + 12_000).late_ms(&pending), Some(12));
    // Who waited did nothing that a frame could show.
    let waited = Pending { action: Action::Wait { ms: 3 }, ..pending };
    assert_eq!(kept(ACTED_US + 12_000).late_ms(&waited), None);
}

#[test]
fn a_frame_of_other_windows_is_not_of_before() {
    let permit = permit();
    let with = |pending: &Pending| is_before(TAKEN_US, pending, &permit, Some(self::permit()), QUIET);
    assert!(with(&pending(|_| ())));
    assert!(!with(&pending(|window| window.id = 4)));
    assert!(!with(&pending(|window| window.bounds.x = 1)));
    assert!(!with(&pending(|window| window.sensitive = Some(Sensitive::Unknown))));
}

#[test]
fn what_may_not_be_given_any_more_is_not_given_from_memory() {
    let pending = pending(|_| ());
    let without = |fields: &[Field]| permit().without(fields);
    let with = |front: Permit, window| is_before(TAKEN_US, &pending, &front, window, QUIET);
    assert!(with(without(&[]), Some(without(&[]))));
    assert!(!with(without(&[Field::Frame]), Some(without(&[]))));
    assert!(!with(without(&[]), Some(without(&[Field::Frame]))));
    assert!(!with(without(&[]), None));
    assert!(!with(without(&[Field::Tree]), Some(without(&[]))));
}
