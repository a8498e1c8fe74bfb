//! What the gate judges: the windows as they are, what their applications tell of them, and whether its answers still fit.

use candor_consent::Permit;
use candor_model::{Action, Moment};

use crate::linux::tree::{Key, page_is_asked};
use crate::linux::x11::{PERMIT_AGE_MS_MAX, X11Sensor};
use crate::{Pending, SeenWindow, SensorError, sensitive};

impl X11Sensor {
    /// An action with the windows as they are at this moment.
    pub(super) fn pending(&mut self, at: Moment, action: Action, front: u64) -> Result<Pending, SensorError> {
        let (mut windows, locked) = self.windows().seen()?;
        self.ask_pages(&mut windows)?;
        let found = windows.iter().find(|window| window.id == front && front != 0).cloned();
        let front = found.unwrap_or(SeenWindow::unknown(locked));
        Ok(Pending { at, ms: 0, key: Key::Writes, action, front, windows })
    }

    /// Which site each browser shows, and whether the window is private.
    pub(super) fn ask_pages(&self, windows: &mut [SeenWindow]) -> Result<(), SensorError> {
        for window in windows.iter_mut().filter(|window| page_is_asked(&window.class)) {
            let Some(client) = self.client(window)? else { continue };
            let page = self.trees.page(&client);
            window.private = page.private;
            window.sensitive = window.sensitive.or_else(|| sensitive::of_site(page.site.as_deref()?));
            window.site = page.site;
        }
        Ok(())
    }

    /// What was asked for before and not captured was refused: what its window wrote is forgotten, and not heard any more.
    pub(super) fn refuse_what_was_asked(&mut self) {
        let Some((window, events)) = self.asked.take() else { return };
        self.tally.not_taken += events;
        self.trees.ignore(window);
        self.forget_frame();
    }

    /// One answer for each window, given just now, and a yes for the one in front, which is about nothing sensitive.
    pub(super) fn fits(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<(), SensorError> {
        let front = pending.windows.iter().position(|window| window.id == pending.front.id);
        let answer = front.and_then(|front| windows.get(front)?.as_ref());
        let same_app = answer.is_some_and(|answer| answer.app() == permit.app());
        if windows.len() != pending.windows.len() || !same_app {
            return Err(SensorError::Answers);
        }
        if let Some(never) = pending.never_captured() {
            return Err(never);
        }
        let now = (self.now)().wall.as_millis();
        let fresh = |permit: &Permit| (0..=PERMIT_AGE_MS_MAX).contains(&(now - permit.at().as_millis()));
        let all = windows.iter().flatten().chain([permit]).all(fresh);
        if all { Ok(()) } else { Err(SensorError::Stale) }
    }

    /// A browser may have gone to another page while it was looked at: then nothing was looked at.
    pub(super) fn is_still_so(&self, pending: &Pending) -> Result<(), SensorError> {
        let mut windows = pending.windows.clone();
        self.ask_pages(&mut windows)?;
        if windows == pending.windows { Ok(()) } else { Err(SensorError::Changed) }
    }

    /// Whether the window in front is the one that was judged: it may have moved, and nothing else. Nor is the screen shared by now.
    pub(super) fn is_as_judged(&self, pending: &Pending) -> Result<bool, SensorError> {
        let (mut windows, locked) = self.windows().seen()?;
        self.ask_pages(&mut windows)?;
        let same = |front: &SeenWindow| {
            SeenWindow { bounds: pending.front.bounds, ..front.clone() } == pending.front
        };
        let front = windows.iter().find(|window| window.id == pending.front.id);
        let is_shared = windows.iter().any(SeenWindow::says_shared);
        Ok(!locked && !is_shared && front.is_some_and(same))
    }
}
