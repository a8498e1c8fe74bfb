//! The sensor of an X display.

use std::cell::RefCell;
use std::time::Duration;

use candor_consent::Permit;
use candor_model::{Action, Observation, Platform, Screen};
use candor_redact::Raw;
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::xproto::Window;

use crate::linux::canvas::Canvas;
use crate::linux::changed::Changes;
use crate::linux::display::{is_possible, redirect, screen};
use crate::linux::input::{Input, InputThread, Timed};
use crate::linux::kept::{Kept, Rest};
use crate::linux::run::begun;
use crate::linux::shared::Shared;
use crate::linux::tree::{Client, Key, Trees, Walked};
use crate::linux::windows::{Atoms, Known, Windows};
use crate::linux::wire::{XConnection, connect};
use crate::linux::xwayland::is_xwayland;
use crate::{
    Desktop, Hearing, Monitor, Now, OpenError, Pending, SeenWindow, Sensor, SensorError, Tally, Waker,
    keep_memory_private,
};

/// Oldest judgement in milliseconds that is still of what is on the screen.
pub const PERMIT_AGE_MS_MAX: i64 = 2_000;
/// How long a look for the rest after the last action waits, and how often it looks.
const LAST_REST: Duration = Duration::from_millis(10);
const LAST_LOOKS_MAX: u32 = 60;

pub(crate) struct X11Sensor {
    pub(crate) connection: XConnection,
    pub(super) root: Window,
    pub(super) atoms: Atoms,
    /// What the server told of the windows by now.
    known: RefCell<Known>,
    pub(crate) screen: Screen,
    pub(super) input: InputThread,
    pub(crate) trees: Trees,
    /// Whether applications were heard at the last look for rest.
    hearing: Hearing,
    /// What changed between trees: only that is asked again.
    pub(crate) changed: Changes,
    pub(crate) shared: Option<Shared>,
    /// The last frame, which the next one is painted over; none where that must not be, or was not looked at.
    pub(crate) canvas: RefCell<Option<Canvas>>,
    /// What ended the action before it.
    pub(super) waiting: Option<Timed>,
    /// How long the screen has been at rest.
    pub(crate) rest: Rest,
    /// The last frame and tree at rest, of permitted windows only.
    pub(crate) kept: Option<Kept>,
    /// The window of the action that was not captured yet, and of how many events it is.
    pub(super) asked: Option<(u64, u64)>,
    /// When the last action was captured.
    pub(super) acted_us: Option<u64>,
    pub(super) tally: Tally,
    pub(super) now: Now,
}

/// Opens the sensor of a desktop.
///
/// # Errors
/// When there is no such display, it does not let this program in, it is Xwayland's, or it lacks an extension; and when this process's memory
/// cannot be kept from others.
pub fn open(desktop: impl Into<Desktop>, now: Now) -> Result<Box<dyn Sensor>, OpenError> {
    let display = match desktop.into() {
        Desktop::X11 { display } => display,
        desktop @ Desktop::OfThisSession => return Err(OpenError::NotHere { desktop }),
    };
    keep_memory_private().map_err(|_| OpenError::Lacks { what: "memory that no other program reads" })?;
    Ok(Box::new(X11Sensor::open(&display, now)?))
}

impl Sensor for X11Sensor {
    fn platform(&self) -> Platform {
        Platform::Linux
    }

    fn screens(&self) -> Vec<Screen> {
        vec![self.screen.clone()]
    }

    fn monitors(&mut self) -> Result<Vec<Monitor>, SensorError> {
        self.shown_monitors()
    }

    fn locked(&mut self) -> Result<bool, SensorError> {
        Ok(self.windows().seen()?.1)
    }

    fn next(&mut self, wait: Duration) -> Result<Option<Pending>, SensorError> {
        loop {
            let waiting = self.waiting.take();
            let next = waiting.map_or_else(|| self.heard(wait), |input| Ok(Some(input)))?;
            let Some((at, input)) = next else {
                // What is told while nobody does anything must not pile up.
                self.windows().hear()?;
                return Ok(None);
            };
            self.refuse_what_was_asked();
            let Some(action) = begun(&input) else {
                self.tally.tail += 1;
                continue;
            };
            self.asked = Some((0, 1));
            let key = if let Input::Key { key, .. } = input { key } else { Key::Writes };
            let pending = self.pending(at, action, window_of(&input).into())?;
            self.asked = Some((pending.front.id, 1));
            return Ok(Some(Pending { ms: input.ms(), key, ..pending }));
        }
    }

    fn waker(&self) -> Waker {
        self.input.waker()
    }

    fn again(&mut self, pending: Pending) -> Result<Pending, SensorError> {
        let (ms, key) = (pending.ms, pending.key);
        let again = self.pending(pending.at, pending.action, pending.front.id)?;
        Ok(Pending { ms, key, ..again })
    }

    fn is_at_rest(&self) -> bool {
        self.waiting.is_none() && self.rest.is_over(self.input.changes())
    }

    fn rest(&mut self) -> Result<Option<Pending>, SensorError> {
        self.look_anew_where_heard_again();
        let (now, changes) = ((self.now)(), self.input.changes());
        if self.waiting.is_some() || !self.rest.is_due(now.monotonic_us, changes) {
            return Ok(None);
        }
        self.kept = None;
        let front = self.windows().focused()?;
        self.pending(now, Action::Wait { ms: 0 }, front.into()).map(Some)
    }

    fn last(&mut self) -> Result<Option<Pending>, SensorError> {
        let Some(acted_us) = self.acted_us.take() else { return Ok(None) };
        for _ in 0..LAST_LOOKS_MAX {
            if self.rest.is_due((self.now)().monotonic_us, self.input.changes()) {
                break;
            }
            std::thread::sleep(LAST_REST);
        }
        self.kept = None;
        let now = (self.now)();
        let ms = now.monotonic_us.saturating_sub(acted_us) / 1_000;
        let front = self.windows().focused()?;
        self.pending(now, Action::Wait { ms: u32::try_from(ms).unwrap_or(u32::MAX) }, front.into()).map(Some)
    }

    fn tally(&self) -> Tally {
        let (seen, lost) = self.input.counts();
        let in_hand = self.asked.map_or(0, |(_, events)| events) + u64::from(self.waiting.is_some());
        let not_taken = self.tally.not_taken + in_hand;
        Tally { seen, not_taken, lost, ..self.tally.clone() }
    }

    fn hearing(&self) -> Hearing {
        self.trees.hearing()
    }

    fn keep(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<(), SensorError> {
        self.fits(pending, permit, windows).inspect_err(|_| self.forget_frame())?;
        self.kept = Some(self.taken(pending, permit, windows)?);
        Ok(())
    }

    fn capture(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Raw<Observation>, SensorError> {
        self.observe(pending, permit, windows).map(Raw::seal)
    }
}

impl X11Sensor {
    pub(crate) fn open(display: &str, now: Now) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Connect { display: display.to_owned(), source };
        if !is_possible(display) {
            return Err(failed("it is not the name of a display".into()));
        }
        let (connection, number) = connect(display).map_err(|e| failed(e.into()))?;
        let (root, screen) = screen(&connection, number, display)?;
        let told = is_xwayland(&connection, root);
        if told.map_err(|_| OpenError::Lacks { what: "the RandR and XInput extensions" })? {
            return Err(OpenError::Xwayland { display: display.to_owned() });
        }
        redirect(&connection, root).map_err(|_| OpenError::Lacks { what: "the Composite extension" })?;
        let screen_saver = x11rb::protocol::screensaver::X11_EXTENSION_NAME;
        let found = connection.extension_information(screen_saver).map_err(|e| failed(e.into()))?;
        found.ok_or(OpenError::Lacks { what: "the MIT-SCREEN-SAVER extension" })?;
        let atoms = Atoms::new(&connection).map_err(|e| failed(e.into()))?;
        let atoms = atoms.reply().map_err(|e| failed(e.into()))?;
        let input = InputThread::start(display, Now::clone(&now)).map_err(failed)?;
        let trees = Trees::start(display, Now::clone(&now));
        let changed = Changes::open(&connection, root, number);
        let shared = Shared::open(&connection, screen.width * screen.height * 4);
        let (waiting, rest, kept, asked) = (None, Rest::default(), None, None);
        let (acted_us, tally) = (None, Tally::default());
        Ok(Self {
            connection,
            root,
            atoms,
            known: RefCell::default(),
            screen,
            input,
            trees,
            hearing: Hearing::Asking,
            changed,
            shared,
            canvas: RefCell::default(),
            waiting,
            rest,
            kept,
            asked,
            acted_us,
            tally,
            now,
        })
    }

    /// What was looked at while nobody was heard has no tree, and its window is not listened to.
    fn look_anew_where_heard_again(&mut self) {
        let before = std::mem::replace(&mut self.hearing, self.trees.hearing());
        if (before, self.hearing) == (Hearing::Unheard, Hearing::Heard) {
            self.rest.after_action();
        }
    }

    fn heard(&self, wait: Duration) -> Result<Option<Timed>, SensorError> {
        let changes = self.input.changes();
        if self.rest.is_over(changes) {
            self.input.next_unless_changed(wait, changes)
        } else {
            self.input.next(wait)
        }
    }

    /// The tree of a window, as it is now, among these windows; `with_frame` says that a frame was read just before.
    pub(crate) fn tree(&self, client: &Client, windows: &[SeenWindow], with_frame: bool) -> Option<Walked> {
        let walked = self.trees.tree(client, self.changed.take(&self.connection, windows, with_frame));
        self.changed.after_tree(&self.connection, walked.is_ok());
        walked.ok().flatten()
    }

    pub(crate) fn client(&self, window: &SeenWindow) -> Result<Option<Client>, SensorError> {
        self.windows().of_bus(u32::try_from(window.id).unwrap_or(0), window.bounds)
    }

    pub(crate) fn windows(&self) -> Windows<'_> {
        let size = (self.screen.width, self.screen.height);
        Windows {
            connection: &self.connection,
            atoms: &self.atoms,
            root: self.root,
            size,
            known: &self.known,
        }
    }
}

impl Drop for X11Sensor {
    fn drop(&mut self) {
        self.input.stop(&self.connection);
    }
}

const fn window_of(input: &Input) -> Window {
    match input {
        Input::Button { window, .. }
        | Input::Wheel { window, .. }
        | Input::Key { window, .. }
        | Input::Command { window, .. } => *window,
        Input::Released { .. } | Input::Moved { .. } => 0,
    }
}
