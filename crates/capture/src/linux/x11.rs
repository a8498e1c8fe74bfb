//! The sensor of an X display.

use std::time::Duration;

use candor_consent::{Field, Permit};
use candor_model::{Action, Moment, Observation, Pixels, Platform, Screen, TreeState, VisibleWindow};
use candor_redact::Raw;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ImageOrder, Window};
use x11rb::rust_connection::RustConnection;

use crate::linux::input::{Input, InputThread, Timed};
use crate::linux::kept::{Kept, Rest};
use crate::linux::run::{Belongs, Course, begun, is_aftermath};
use crate::linux::shared::Shared;
use crate::linux::tree::{Client, Element, Key, Run, Text, Trees, page_is_asked};
use crate::linux::windows::{Atoms, Windows};
use crate::{Counted, Now, OpenError, Pending, SeenWindow, Sensor, SensorError, Tally, sensitive};

/// Oldest judgement in milliseconds that is still of what is on the screen.
pub const PERMIT_AGE_MS_MAX: i64 = 2_000;
/// How long a look for the rest after the last action waits, and how often it looks.
const LAST_REST: Duration = Duration::from_millis(10);
const LAST_LOOKS_MAX: u32 = 60;
/// Highest number of a display: its port, 6000 higher, is the last one.
const DISPLAY_NUMBER_MAX: u16 = u16::MAX - 6000;
/// Longest side of a screen in pixels.
pub const FRAME_SIDE_PX_MAX: u32 = Pixels::SIDE_PX_MAX;

pub(crate) struct X11Sensor {
    pub(crate) connection: RustConnection,
    root: Window,
    atoms: Atoms,
    pub(crate) screen: Screen,
    input: InputThread,
    pub(crate) trees: Trees,
    pub(crate) shared: Option<Shared>,
    /// What ended the action before it.
    waiting: Option<Timed>,
    /// How long the screen has been at rest.
    pub(crate) rest: Rest,
    /// The last frame and tree at rest, of permitted windows only.
    pub(crate) kept: Option<Kept>,
    /// The window of the action that was not captured yet, and of how many events it is.
    asked: Option<(u64, u64)>,
    /// When the last action was captured.
    acted_us: Option<u64>,
    tally: Tally,
    now: Now,
}

/// Opens the sensor of the X display with this name, `:0` for example.
///
/// # Errors
/// When there is no such display, it does not let this program in, or it lacks an extension.
pub fn open(display: &str, now: Now) -> Result<Box<dyn Sensor>, OpenError> {
    Ok(Box::new(X11Sensor::open(display, now)?))
}

/// The library adds the number to a port number, and that must not overflow.
fn is_possible(display: &str) -> bool {
    let number = display.rsplit_once(':').map(|(_, rest)| rest.split('.').next().unwrap_or(rest));
    number.and_then(|number| number.parse::<u16>().ok()).is_some_and(|number| number <= DISPLAY_NUMBER_MAX)
}

/// The screen, if its pixels come as blue, green, red and one byte more.
fn screen(connection: &RustConnection, number: usize, display: &str) -> Result<(Window, Screen), OpenError> {
    let setup = connection.setup();
    let found = setup.roots.get(number).ok_or(OpenError::Lacks { what: "a screen" })?;
    let four_bytes =
        setup.pixmap_formats.iter().any(|f| f.depth == found.root_depth && f.bits_per_pixel == 32);
    if !four_bytes || setup.image_byte_order != ImageOrder::LSB_FIRST {
        return Err(OpenError::Lacks { what: "pixels of 32 bits, lowest byte first" });
    }
    let (width, height) = (u32::from(found.width_in_pixels), u32::from(found.height_in_pixels));
    if width.max(height) > FRAME_SIDE_PX_MAX {
        return Err(OpenError::Lacks { what: "a screen of a size that can be kept" });
    }
    Ok((found.root, Screen { name: display.to_owned(), width, height }))
}

/// Lets each top-level window keep its own pixels, whatever lies over it.
fn redirect(
    connection: &RustConnection,
    root: Window,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    connection.composite_query_version(0, 4)?.reply()?;
    connection.composite_redirect_subwindows(root, Redirect::AUTOMATIC)?.check()?;
    Ok(())
}

impl Sensor for X11Sensor {
    fn platform(&self) -> Platform {
        Platform::Linux
    }

    fn screen(&self) -> &Screen {
        &self.screen
    }

    fn locked(&mut self) -> Result<bool, SensorError> {
        Ok(self.windows().seen()?.1)
    }

    fn next(&mut self, wait: Duration) -> Result<Option<Pending>, SensorError> {
        loop {
            let waiting = self.waiting.take();
            let next = waiting.map_or_else(|| self.input.next(wait), |input| Ok(Some(input)))?;
            let Some((at, input)) = next else { return Ok(None) };
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

    fn again(&mut self, pending: Pending) -> Result<Pending, SensorError> {
        let (ms, key) = (pending.ms, pending.key);
        let again = self.pending(pending.at, pending.action, pending.front.id)?;
        Ok(Pending { ms, key, ..again })
    }

    fn rest(&mut self) -> Result<Option<Pending>, SensorError> {
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

    fn keep(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<(), SensorError> {
        self.fits(pending, permit, windows)?;
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
        let (connection, number) = RustConnection::connect(Some(display)).map_err(|e| failed(e.into()))?;
        let (root, screen) = screen(&connection, number, display)?;
        redirect(&connection, root).map_err(|_| OpenError::Lacks { what: "the Composite extension" })?;
        let screen_saver = x11rb::protocol::screensaver::X11_EXTENSION_NAME;
        let found = connection.extension_information(screen_saver).map_err(|e| failed(e.into()))?;
        found.ok_or(OpenError::Lacks { what: "the MIT-SCREEN-SAVER extension" })?;
        let atoms = Atoms::new(&connection).map_err(|e| failed(e.into()))?;
        let atoms = atoms.reply().map_err(|e| failed(e.into()))?;
        let input = InputThread::start(display, Now::clone(&now)).map_err(failed)?;
        let size = (screen.width, screen.height);
        let bus = Windows { connection: &connection, atoms: &atoms, root, size }.bus();
        let trees = Trees::start(bus, Now::clone(&now));
        let shared = Shared::open(&connection, screen.width * screen.height * 4);
        let (waiting, rest, kept, asked) = (None, Rest::default(), None, None);
        let (acted_us, tally) = (None, Tally::default());
        Ok(Self {
            connection,
            root,
            atoms,
            screen,
            input,
            trees,
            shared,
            waiting,
            rest,
            kept,
            asked,
            acted_us,
            tally,
            now,
        })
    }

    /// An action with the windows as they are at this moment.
    fn pending(&mut self, at: Moment, action: Action, front: u64) -> Result<Pending, SensorError> {
        let (mut windows, locked) = self.windows().seen()?;
        self.ask_pages(&mut windows)?;
        let found = windows.iter().find(|window| window.id == front && front != 0).cloned();
        let front = found.unwrap_or(SeenWindow::unknown(locked));
        Ok(Pending { at, ms: 0, key: Key::Writes, action, front, windows })
    }

    /// Which site each browser shows, and whether the window is private.
    fn ask_pages(&self, windows: &mut [SeenWindow]) -> Result<(), SensorError> {
        for window in windows.iter_mut().filter(|window| page_is_asked(&window.class)) {
            let Some(client) = self.client(window)? else { continue };
            let page = self.trees.page(&client);
            window.private = page.private;
            window.sensitive = window.sensitive.or_else(|| sensitive::of_site(page.site.as_deref()?));
            window.site = page.site;
        }
        Ok(())
    }

    pub(crate) fn client(&self, window: &SeenWindow) -> Result<Option<Client>, SensorError> {
        self.windows().of_bus(u32::try_from(window.id).unwrap_or(0), window.bounds)
    }

    /// What was asked for before and not captured was refused: what its window wrote is forgotten, and not heard any more.
    fn refuse_what_was_asked(&mut self) {
        let Some((window, events)) = self.asked.take() else { return };
        self.tally.not_taken += events;
        self.trees.ignore(window);
    }

    /// What [`Sensor::capture`] seals.
    pub(crate) fn observe(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Observation, SensorError> {
        self.fits(pending, permit, windows)?;
        let (now_us, changes) = ((self.now)().monotonic_us, self.input.changes());
        let kept = self.kept.take().filter(|kept| kept.is_before(pending, windows, now_us, changes));
        let title = self.look(pending, permit, windows, false)?.title;
        let mut kept = match kept {
            Some(kept) => kept,
            None => self.taken(pending, permit, windows)?,
        };
        let (action, keys) = self.follow(pending)?;
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
            title,
            bounds: pending.front.bounds,
            action: allowed(action, permit),
            target,
            windows: pending.windows.iter().zip(&kept.shown).map(visible).collect(),
            frame: kept.frame.take(),
            tree: kept.tree.take(),
        })
    }

    fn captured(&mut self, pending: &Pending, named: bool) {
        self.rest.after_action();
        let Some((_, events)) = self.asked.take() else { return };
        self.tally.taken += events;
        self.tally.actions += 1;
        self.tally.unnamed += u64::from(!named);
        self.acted_us = Some(pending.at.monotonic_us);
    }

    pub(crate) fn windows(&self) -> Windows<'_> {
        let size = (self.screen.width, self.screen.height);
        Windows { connection: &self.connection, atoms: &self.atoms, root: self.root, size }
    }

    /// One answer for each window, given just now, and a yes for the one in front, which is about nothing sensitive.
    fn fits(
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
        if let Some(kind) = pending.front.sensitive {
            return Err(SensorError::Sensitive { kind });
        }
        let now = (self.now)().wall.as_millis();
        let fresh = |permit: &Permit| (0..=PERMIT_AGE_MS_MAX).contains(&(now - permit.at().as_millis()));
        let all = windows.iter().flatten().chain([permit]).all(fresh);
        if all { Ok(()) } else { Err(SensorError::Stale) }
    }

    /// One frame and one tree of the permitted windows, of one moment.
    pub(crate) fn taken(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Kept, SensorError> {
        let (taken_us, changes) = ((self.now)().monotonic_us, self.input.changes());
        let seen = self.look(pending, permit, windows, true)?;
        let client = self.client(&pending.front)?;
        if let Some(client) = client.as_ref().filter(|_| permit.allows(Field::TypedText)) {
            self.trees.listen(client);
        }
        let asked = client.as_ref().filter(|_| permit.allows(Field::Tree));
        let (mut tree, elements) = asked.and_then(|client| self.trees.tree(client)).unzip();
        if let Some(tree) = tree.as_mut().filter(|_| self.input.changes() != changes) {
            // The screen changed since the frame was read: the tree may be of another moment.
            tree.state = TreeState::Untrusted;
        }
        self.is_still_so(pending)?;
        Ok(Kept {
            front: pending.front.id,
            windows: pending.windows.clone(),
            shown: shown(pending, windows),
            frame: seen.frame,
            tree,
            elements: elements.unwrap_or_default(),
            taken_us,
            changes,
        })
    }

    /// A browser may have gone to another page while it was looked at: then nothing was looked at.
    fn is_still_so(&self, pending: &Pending) -> Result<(), SensorError> {
        let mut windows = pending.windows.clone();
        self.ask_pages(&mut windows)?;
        if windows == pending.windows { Ok(()) } else { Err(SensorError::Changed) }
    }

    /// Takes what belongs to the action; what does not begins the next one.
    fn follow(&mut self, pending: &Pending) -> Result<(Action, Vec<Key>), SensorError> {
        let window = u32::try_from(pending.front.id).unwrap_or(0);
        let mut course = Course::new(pending.action.clone(), window, pending.ms, pending.key);
        while let Some(wait) = course.pause() {
            let Some((at, input)) = self.input.next(wait)? else { break };
            let belongs = course.take(&input);
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
        let ended_us = self.waiting.as_ref().map(|(at, _)| at.monotonic_us);
        let (window, from_us) = (pending.front.id, pending.at.monotonic_us);
        self.trees.typed(Run { window, from_us, ended_us, keys })
    }

    /// Whether the window in front is the one that was judged: it may have moved, and nothing else.
    fn is_as_judged(&self, pending: &Pending) -> Result<bool, SensorError> {
        let (mut windows, locked) = self.windows().seen()?;
        self.ask_pages(&mut windows)?;
        let same = |front: &SeenWindow| {
            SeenWindow { bounds: pending.front.bounds, ..front.clone() } == pending.front
        };
        let front = windows.iter().find(|window| window.id == pending.front.id);
        Ok(!locked && front.is_some_and(same))
    }
}

impl Drop for X11Sensor {
    fn drop(&mut self) {
        self.input.stop(&self.connection);
    }
}

/// Which windows are shown: the permitted ones that are about nothing sensitive.
fn shown(pending: &Pending, windows: &[Option<Permit>]) -> Vec<bool> {
    let shown =
        |(window, permit): (&SeenWindow, &Option<Permit>)| permit.is_some() && window.sensitive.is_none();
    pending.windows.iter().zip(windows).map(shown).collect()
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
