//! The sensor of an X display.

use std::time::Duration;

use candor_consent::{Field, Permit};
use candor_model::{Action, Moment, Observation, Pixels, Platform, Screen, VisibleWindow};
use candor_redact::Raw;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageOrder, Window};
use x11rb::rust_connection::RustConnection;

use crate::linux::canvas::Canvas;
use crate::linux::desktop;
use crate::linux::input::{Input, InputThread};
use crate::linux::run::{begun, continued, pause};
use crate::linux::windows::{Atoms, Windows};
use crate::{Now, OpenError, Pending, SeenWindow, Sensor, SensorError};

/// Oldest judgement in milliseconds that is still of what is on the screen.
pub const PERMIT_AGE_MS_MAX: i64 = 2_000;
/// Highest number of a display: its port, 6000 higher, is the last one.
const DISPLAY_NUMBER_MAX: u16 = u16::MAX - 6000;
/// Longest side of a screen in pixels.
pub const FRAME_SIDE_PX_MAX: u32 = Pixels::SIDE_PX_MAX;

pub(crate) struct X11Sensor {
    connection: RustConnection,
    root: Window,
    atoms: Atoms,
    screen: Screen,
    input: InputThread,
    /// What ended the action before it.
    waiting: Option<Input>,
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
        let waiting = self.waiting.take();
        let Some(input) = waiting.map_or_else(|| self.input.next(wait), |input| Ok(Some(input)))? else {
            return Ok(None);
        };
        let at = (self.now)();
        self.pending(at, begun(&input), window_of(&input).into()).map(Some)
    }

    fn again(&mut self, pending: Pending) -> Result<Pending, SensorError> {
        self.pending(pending.at, pending.action, pending.front.id)
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

/// What was read under the permits.
struct Seen {
    title: Option<String>,
    frame: Option<Pixels>,
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
        let input = InputThread::start(display).map_err(failed)?;
        Ok(Self { connection, root, atoms, screen, input, waiting: None, now })
    }

    /// An action with the windows as they are at this moment.
    fn pending(&self, at: Moment, action: Action, front: u64) -> Result<Pending, SensorError> {
        let (windows, locked) = self.windows().seen()?;
        let found = windows.iter().find(|window| window.id == front && front != 0).cloned();
        let front = found.unwrap_or(SeenWindow::unknown(locked));
        Ok(Pending { at, action, front, windows })
    }

    /// What [`Sensor::capture`] seals.
    pub(crate) fn observe(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Observation, SensorError> {
        self.fits(pending, permit, windows)?;
        let seen = self.look(pending, permit, windows)?;
        let action = allowed(self.follow(pending.action.clone(), pending.front.id)?, permit);
        let visible = |(window, permit): (&SeenWindow, &Option<Permit>)| VisibleWindow {
            bounds: window.bounds,
            permitted: permit.is_some(),
        };
        Ok(Observation {
            at: Moment { wall: permit.at(), monotonic_us: pending.at.monotonic_us },
            screen: self.screen.clone(),
            app: permit.app().clone(),
            site: permit.site().cloned(),
            title: seen.title,
            bounds: pending.front.bounds,
            action,
            target: None,
            frame: seen.frame,
            windows: pending.windows.iter().zip(windows).map(visible).collect(),
            tree: None,
        })
    }

    fn windows(&self) -> Windows<'_> {
        let size = (self.screen.width, self.screen.height);
        Windows { connection: &self.connection, atoms: &self.atoms, root: self.root, size }
    }

    /// One answer for each window, given just now, and a yes for the one in front.
    fn fits(
        &mut self,
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
        let now = (self.now)().wall.as_millis();
        let fresh = |permit: &Permit| (0..=PERMIT_AGE_MS_MAX).contains(&(now - permit.at().as_millis()));
        let all = windows.iter().flatten().chain([permit]).all(fresh);
        if all { Ok(()) } else { Err(SensorError::Stale) }
    }

    /// Reads under a grab of the server, so that nothing can change between the comparison and the look.
    fn look(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Seen, SensorError> {
        self.connection.grab_server().map_err(desktop)?.ignore_error();
        let seen = self.look_grabbed(pending, permit, windows);
        self.connection.ungrab_server().map_err(desktop)?.ignore_error();
        self.connection.flush().map_err(desktop)?;
        seen
    }

    fn look_grabbed(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Seen, SensorError> {
        let (now, locked) = self.windows().seen()?;
        if locked {
            return Err(SensorError::Locked);
        }
        if now != pending.windows {
            return Err(SensorError::Changed);
        }
        let frame = permit.allows(Field::Frame).then(|| self.frame(&now, windows)).transpose()?;
        let front = u32::try_from(pending.front.id).unwrap_or(0);
        let title = permit.allows(Field::WindowTitle).then(|| self.windows().title(front)).transpose()?;
        Ok(Seen { title: title.flatten(), frame: frame.flatten() })
    }

    fn frame(
        &self,
        windows: &[SeenWindow],
        permits: &[Option<Permit>],
    ) -> Result<Option<Pixels>, SensorError> {
        let mut canvas = Canvas::new(self.screen.width, self.screen.height);
        for (window, permit) in windows.iter().zip(permits) {
            let shown = permit.as_ref().is_some_and(|permit| permit.allows(Field::Frame));
            match u32::try_from(window.id) {
                Ok(id) if shown => canvas.paint(&self.connection, id, window.bounds)?,
                Ok(_) | Err(_) => canvas.block(window.bounds),
            }
        }
        Ok(canvas.finish())
    }

    /// Takes what belongs to the action; what does not begins the next one.
    fn follow(&mut self, mut action: Action, window: u64) -> Result<Action, SensorError> {
        let window = u32::try_from(window).unwrap_or(0);
        while let Some(wait) = pause(&action) {
            let Some(input) = self.input.next(wait)? else { break };
            let Some(longer) = continued(&action, window, &input) else {
                self.waiting = Some(input);
                break;
            };
            action = longer;
        }
        Ok(action)
    }
}

impl Drop for X11Sensor {
    fn drop(&mut self) {
        self.input.stop(&self.connection);
    }
}

const fn window_of(input: &Input) -> Window {
    match *input {
        Input::Button { window, .. } | Input::Wheel { window, .. } | Input::Key { window } => window,
    }
}

/// The action as far as the permit allows it: without the pointer, what is left is that time passed.
fn allowed(action: Action, permit: &Permit) -> Action {
    let pointer = matches!(action, Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. });
    if pointer && !permit.allows(Field::Pointer) { Action::Wait { ms: 0 } } else { action }
}
