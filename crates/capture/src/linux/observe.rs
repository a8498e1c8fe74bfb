//! What is captured under the permits: the frame and tree of before the action, the action itself, and what it wrote.

use candor_consent::{Field, Permit};
use candor_model::{Action, Moment, Observation, TreeState, VisibleWindow};

use crate::linux::input::Timed;
use crate::linux::kept::{Drawn, Kept, framed, shown};
use crate::linux::run::{Belongs, Course, ended_by, is_aftermath};
use crate::linux::tree::{Element, Ended, Key, Run, Text};
use crate::linux::x11::X11Sensor;
use crate::{Counted, Pending, SeenWindow, SensorError};

impl X11Sensor {
    /// What [`Sensor::capture`](crate::Sensor::capture) seals.
    pub(crate) fn observe(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Observation, SensorError> {
        self.fits(pending, permit, windows)?;
        let drawn = Drawn { changes: self.input.changes(), first_us: self.input.changed_us() };
        let kept = self.kept.take().filter(|kept| kept.is_before(pending, permit, windows, drawn));
        let title = self.look(pending, permit, windows, false)?.title;
        let mut kept = match kept {
            Some(kept) => kept,
            None => self.taken(pending, permit, windows)?,
        };
        let (action, keys) = self.follow(pending, permit, windows)?;
        let (action, wrote) = self.told(action, keys, pending, permit)?;
        let target = self.target(&mut kept, &action, wrote, pending, permit);
        let waited = matches!(pending.action, Action::Wait { .. });
        self.captured(pending, target.is_some() || waited);
        let visible = |(window, shown): (&SeenWindow, &bool)| VisibleWindow {
            bounds: window.bounds,
            permitted: *shown,
        };
        Ok(Observation {
            at: Moment { wall: permit.at(), monotonic_us: pending.at.monotonic_us },
            screen: self.screen.clone(),
            app: permit.app().clone(),
            site: permit.site().cloned(),
            communication: permit.communication(),
            title,
            bounds: pending.front.bounds,
            action: allowed(action, permit),
            target,
            windows: pending.windows.iter().zip(&kept.shown).map(visible).collect(),
            late_ms: kept.late_ms(pending),
            frame: kept.frame.take(),
            tree: kept.tree.take(),
        })
    }

    /// One frame and one tree of the permitted windows, of one moment. A look that failed may have seen what nobody permitted: nothing of it
    /// is painted over.
    pub(crate) fn taken(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Kept, SensorError> {
        let taken = self.of_one_moment(pending, permit, windows);
        if taken.is_err() {
            self.forget_frame();
        }
        taken
    }

    fn of_one_moment(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Kept, SensorError> {
        let changes = self.input.changes_from_here();
        let seen = self.look(pending, permit, windows, true)?;
        // Of an action while pixels are read some may be of after it: a frame is of the moment when the last one was.
        let taken_us = (self.now)().monotonic_us;
        if seen.frame.is_none() {
            self.forget_frame();
        }
        let client = self.client(&pending.front)?;
        if let Some(client) = client.as_ref().filter(|_| permit.allows(Field::TypedText)) {
            self.trees.listen(client);
        }
        let asked = client.as_ref().filter(|_| permit.allows(Field::Tree));
        let (mut tree, elements) = asked.and_then(|client| self.tree(client, &pending.windows, true)).unzip();
        if let Some(tree) = tree.as_mut().filter(|_| self.input.changes() != changes) {
            // The screen changed since the frame was read: the tree may be of another moment.
            tree.state = TreeState::Untrusted;
        }
        self.is_still_so(pending)?;
        Ok(Kept {
            front: pending.front.id,
            windows: pending.windows.clone(),
            shown: shown(pending, windows),
            framed: framed(pending, permit, windows),
            frame: seen.frame,
            tree,
            elements: elements.unwrap_or_default(),
            taken_us,
            changes,
        })
    }

    /// Takes what belongs to the action; what does not begins the next one.
    fn follow(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<(Action, Vec<Key>), SensorError> {
        let window = u32::try_from(pending.front.id).unwrap_or(0);
        let mut course = Course::new(pending.action.clone(), window, pending.ms, pending.key);
        while let Some(wait) = course.pause() {
            let next = match self.input.next(wait)? {
                None => self.composed(&mut course, pending, permit, windows)?,
                next => next,
            };
            let Some((at, input)) = next else { break };
            let belongs = course.take(&input);
            if belongs == Belongs::More {
                // What was kept while keys rested is of before it.
                self.kept = None;
            }
            // A button of a combination that came up, or moved on, tells nothing more, and is taken with the action.
            if belongs == Belongs::No && !is_aftermath(&input) {
                self.waiting = Some((at, input));
                break;
            }
            if let Some((_, events)) = self.asked.as_mut() {
                *events += 1;
            }
            if belongs == Belongs::Last {
                break;
            }
        }
        Ok(course.finish())
    }

    /// What is done next, where keys rest and an input method may still compose what they began: nobody knows yet what they wrote. None where it
    /// does not, nothing is done for long, or somebody wakes who waits. Meanwhile the screen is at rest, and is kept for the action that comes.
    fn composed(
        &mut self,
        course: &mut Course,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Option<Timed>, SensorError> {
        let Some(keys) = course.paused().filter(|_| permit.allows(Field::TypedText)) else { return Ok(None) };
        if !self.trees.composing(self.run(keys.to_vec(), pending)) {
            return Ok(None);
        }
        course.compose();
        // Not by a judgement that is old by now: then the next action has a frame of after it.
        self.kept =
            self.fits(pending, permit, windows).and_then(|()| self.taken(pending, permit, windows)).ok();
        if self.kept.is_none() {
            self.forget_frame();
        }
        let Some(wait) = course.pause() else { return Ok(None) };
        self.input.next_or_woken(wait)
    }

    /// What keys wrote, as the application tells it of the window that was permitted, if it is still as it was judged; and the
    /// element that told. Where the text is not known, the keys are counted, and the reason is.
    fn told(
        &mut self,
        action: Action,
        keys: Vec<Key>,
        pending: &Pending,
        permit: &Permit,
    ) -> Result<(Action, Option<Element>), SensorError> {
        if keys.is_empty() {
            return Ok((action, None));
        }
        let told = match self.typed(keys, pending, permit) {
            Ok(told) if self.is_as_judged(pending)? => Ok(told),
            Ok(_) => Err(Counted::Changed),
            Err(why) => Err(why),
        };
        match told {
            Ok((mut text, element)) if !text.is_empty() => {
                Ok((Action::Type { text: std::mem::take(&mut *text) }, Some(element)))
            }
            Ok((_, element)) => Ok((action, Some(element))),
            Err(why) => {
                *self.tally.counted.entry(why).or_default() += 1;
                Ok((action, None))
            }
        }
    }

    fn typed(&self, keys: Vec<Key>, pending: &Pending, permit: &Permit) -> Result<Text, Counted> {
        if !permit.allows(Field::TypedText) {
            return Err(Counted::NotGiven);
        }
        self.trees.typed(self.run(keys, pending))
    }

    /// The keys of a run, and what ended it.
    fn run(&self, keys: Vec<Key>, pending: &Pending) -> Run {
        let window = pending.front.id;
        let ended = self.waiting.as_ref().map(|(at, input)| {
            let by = ended_by(input, window);
            Ended { at_us: at.monotonic_us, by }
        });
        Run { window, from_us: pending.at.monotonic_us, ended, keys }
    }

    fn captured(&mut self, pending: &Pending, named: bool) {
        self.rest.after_action();
        let Some((_, events)) = self.asked.take() else { return };
        self.tally.taken += events;
        self.tally.actions += 1;
        self.tally.unnamed += u64::from(!named);
        self.acted_us = Some(pending.at.monotonic_us);
    }
}

/// The action as far as the permit allows it: without the pointer, what is left is that time passed; without the names of
/// commands, that a key was pressed.
fn allowed(action: Action, permit: &Permit) -> Action {
    let pointer = matches!(action, Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. });
    let command = matches!(action, Action::Hotkey { .. });
    if pointer && !permit.allows(Field::Pointer) {
        Action::Wait { ms: 0 }
    } else if command && !permit.allows(Field::Hotkeys) {
        Action::Keys { count: 1 }
    } else {
        action
    }
}
