//! Any sequence of acts and restarts gives what a plain model gives.

use std::collections::BTreeSet;

use candor_model::Rect;
use proptest::prelude::*;

use super::house::{append, at, contributor, entropy, gap, open, session, start};
use crate::{Gap, Journal, SessionWriter, State};

#[derive(Debug, Clone)]
enum Act {
    Append,
    Gap(u8),
    Finish,
    FinishInterrupted,
    Drop(u32),
    Restore(u32),
    Mask(Option<u32>),
    Review,
    Release,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Append),
        4 => (0..3u8).prop_map(Act::Gap),
        1 => Just(Act::Finish),
        1 => Just(Act::FinishInterrupted),
        3 => (0..6u32).prop_map(Act::Drop),
        1 => (0..6u32).prop_map(Act::Restore),
        2 => proptest::option::of(0..6u32).prop_map(Act::Mask),
        2 => Just(Act::Review),
        1 => Just(Act::Release),
        2 => Just(Act::Restart),
    ]
}

/// A session in the plainest form.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the plainest form is what a model is for")]
struct Plain {
    steps: u32,
    gaps: Vec<Gap>,
    open_gap: Option<Gap>,
    dropped: BTreeSet<u32>,
    masks: usize,
    writing: bool,
    finished: bool,
    reviewed: bool,
    released: bool,
}

impl Plain {
    fn flush(&mut self) {
        self.gaps.extend(self.open_gap.take());
    }

    /// Does an act; tells whether it is allowed.
    fn act(&mut self, act: &Act, now: i64) -> bool {
        let there = |step: u32, plain: &Self| step < plain.steps && !plain.released;
        match *act {
            Act::Append if self.writing => {
                self.flush();
                self.steps += 1;
            }
            Act::Gap(code) if self.writing => {
                let next = gap(&format!("code{code}"), now, now);
                match &mut self.open_gap {
                    Some(open) if open.codes == next.codes => open.to = next.to,
                    _ => {
                        self.flush();
                        self.open_gap = Some(next);
                    }
                }
            }
            Act::Finish if self.writing => {
                self.flush();
                (self.writing, self.finished) = (false, true);
            }
            Act::FinishInterrupted if !self.writing && !self.finished => self.finished = true,
            Act::Drop(step) if there(step, self) => {
                self.dropped.insert(step);
            }
            Act::Restore(step) if there(step, self) => {
                self.dropped.remove(&step);
                self.reviewed = false;
            }
            Act::Mask(step) if step.map_or(!self.released, |step| there(step, self)) => self.masks += 1,
            Act::Review if self.finished && !self.released => self.reviewed = true,
            Act::Release if self.reviewed && self.kept().count() > 0 => self.released = true,
            Act::Restart => {
                self.open_gap = None;
                self.writing = false;
            }
            Act::Append
            | Act::Gap(_)
            | Act::Finish
            | Act::FinishInterrupted
            | Act::Drop(_)
            | Act::Restore(_)
            | Act::Mask(_)
            | Act::Review
            | Act::Release => return false,
        }
        true
    }

    fn kept(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.steps).filter(|step| !self.dropped.contains(step))
    }

    fn state(&self) -> State {
        match (self.released, self.reviewed, self.finished, self.writing) {
            (true, ..) => State::Releasing,
            (_, true, ..) => State::Reviewed,
            (_, _, true, _) => State::InReview,
            (_, _, _, true) => State::Recording,
            (_, _, _, false) => State::Interrupted,
        }
    }
}

/// Does an act on the journal; tells whether it was allowed.
fn act_on(
    folder: &std::path::Path,
    journal: &mut Option<Journal>,
    writer: &mut Option<SessionWriter>,
    act: &Act,
    now: i64,
) -> bool {
    let open_journal = journal.as_ref().unwrap();
    let region = Rect { x: 1, y: 1, width: 2, height: 2 };
    match *act {
        Act::Append => writer.as_mut().is_some_and(|w| append(w, u32::try_from(now).unwrap()).is_ok()),
        Act::Gap(code) => {
            writer.as_mut().is_some_and(|w| w.gap(gap(&format!("code{code}"), now, now)).is_ok())
        }
        Act::Finish => writer.take().is_some_and(|w| w.finish(at(now), None).is_ok()),
        Act::FinishInterrupted => open_journal.finish(session(1), at(now), None).is_ok(),
        Act::Drop(step) => open_journal.drop_step(session(1), step).is_ok(),
        Act::Restore(step) => open_journal.restore_step(session(1), step).is_ok(),
        Act::Mask(step) => open_journal.mask(session(1), step, region).is_ok(),
        Act::Review => open_journal.mark_reviewed(session(1), at(now)).is_ok(),
        Act::Release => open_journal.release(session(1), &contributor(), at(now), &mut entropy()).is_ok(),
        Act::Restart => {
            *writer = None;
            *journal = None;
            *journal = Some(open(folder));
            true
        }
    }
}

fn agrees(journal: &Journal, plain: &Plain) {
    let summary = journal.session(session(1)).unwrap();
    assert_eq!(summary.state, plain.state());
    assert_eq!(journal.gaps(session(1)).unwrap(), plain.gaps);
    assert_eq!((summary.dropped, summary.masks), (plain.dropped.len(), plain.masks));
    let seen: Vec<_> = journal.view(session(1)).unwrap().map(|step| step.unwrap().number).collect();
    assert_eq!(seen, plain.kept().collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_acts_and_restarts_equals_the_plain_model(acts in proptest::collection::vec(act(), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Some(open(folder.path()));
        let mut writer = Some(journal.as_ref().unwrap().begin(start(1)).unwrap());
        let mut plain = Plain { writing: true, ..Plain::default() };
        for (now, act) in (1..).zip(&acts) {
            let released = plain.released;
            let allowed = plain.act(act, now);
            let done = act_on(folder.path(), &mut journal, &mut writer, act, now);
            // A second release gives the stored one again.
            let again = released && matches!(act, Act::Release);
            assert_eq!(done, allowed || again, "{act:?}");
            agrees(journal.as_ref().unwrap(), &plain);
        }
        drop((writer, journal));
        plain.act(&Act::Restart, 0);
        agrees(&open(folder.path()), &plain);
    }
}
