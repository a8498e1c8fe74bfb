//! The look at what the gate permitted: compared and named under a grab of the server, so that nothing changes in between.

use candor_consent::{Field, Permit};
use candor_model::{Pixels, Rect};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::linux::canvas::{Canvas, Layer};
use crate::linux::changed::Painted;
use crate::linux::desktop;
use crate::linux::source::{Named, Source};
use crate::linux::x11::X11Sensor;
use crate::{Pending, SeenWindow, SensorError};

/// What was read under the permits.
pub(crate) struct Seen {
    pub(crate) title: Option<String>,
    pub(crate) frame: Option<Pixels>,
}

/// What stands still from the comparison on: the title, and of each window its own pixels, or none where it is not shown.
struct Held {
    title: Option<String>,
    layers: Vec<Layer>,
}

impl X11Sensor {
    /// Compares the windows with those that were judged, and reads the title; with `paint` the frame too.
    ///
    /// The server is grabbed only while it compares and names the pixels: nobody's input waits while they are read. Named pixels are
    /// those of one window, whatever pops up, moves or goes meanwhile.
    pub(crate) fn look(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
        paint: bool,
    ) -> Result<Seen, SensorError> {
        self.look_and_then(pending, permit, windows, paint, || {})
    }

    /// The same; `meanwhile` is what happens while the pixels are read.
    pub(crate) fn look_and_then(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
        paint: bool,
        meanwhile: impl FnOnce(),
    ) -> Result<Seen, SensorError> {
        self.connection.grab_server().map_err(desktop)?.ignore_error();
        let held = self.compared(pending, permit, windows, paint && permit.allows(Field::Frame));
        self.connection.ungrab_server().map_err(desktop)?.ignore_error();
        self.connection.flush().map_err(desktop)?;
        let Held { title, layers } = held?;
        let frame = if layers.is_empty() { None } else { self.frame(&layers)? };
        meanwhile();
        if frame.is_some() {
            self.shows_what_was_judged(pending)?;
        }
        Ok(Seen { title, frame })
    }

    fn compared(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
        paint: bool,
    ) -> Result<Held, SensorError> {
        let (now, locked) = self.windows().seen()?;
        if locked {
            return Err(SensorError::Locked);
        }
        if !are_same(&now, &pending.windows) {
            return Err(SensorError::Changed);
        }
        let shown = |(window, permit): (&SeenWindow, &Option<Permit>)| {
            let allowed = permit.as_ref().is_some_and(|permit| permit.allows(Field::Frame));
            u32::try_from(window.id).ok().filter(|_| allowed && window.sensitive.is_none())
        };
        let pairs = || pending.windows.iter().zip(windows).filter(|_| paint);
        let named = Named::of(&self.connection, pairs().map(shown))?;
        let layer = |((window, _), named): ((&SeenWindow, &Option<Permit>), Option<Named>)| Layer {
            window: window.id,
            bounds: window.bounds,
            named,
        };
        let layers = pairs().zip(named).map(layer).collect();
        let front = u32::try_from(pending.front.id).unwrap_or(0);
        let title = permit.allows(Field::WindowTitle).then(|| self.windows().title(front)).transpose()?;
        Ok(Held { title: title.flatten(), layers })
    }

    /// The frame of these windows. What was drawn since the last one is painted over it, where they lie as they lay.
    fn frame(&self, layers: &[Layer]) -> Result<Option<Pixels>, SensorError> {
        let drawn = self.changed.before_frame(&self.connection);
        // The server does not tell what was drawn below a light, which no frame shows.
        let parts = drawn.unpainted.as_ref().map(|parts| [parts.clone(), self.windows().lights()].concat());
        let painted = self.painted(layers, parts.as_deref());
        for named in layers.iter().filter_map(|layer| layer.named.as_ref()) {
            named.free(&self.connection);
        }
        let (how, frame) = match painted {
            Ok((how, canvas)) => {
                let frame = canvas.pixels();
                self.canvas.replace(Some(canvas));
                (how, Ok(frame))
            }
            Err(error) => (Painted::Not, Err(error)),
        };
        self.changed.after_frame(drawn, how);
        frame
    }

    fn painted(
        &self,
        layers: &[Layer],
        unpainted: Option<&[Rect]>,
    ) -> Result<(Painted, Canvas), SensorError> {
        let source = Source { connection: &self.connection, shared: self.shared.as_ref() };
        let last = self.canvas.take().filter(|canvas| canvas.is_of(layers));
        if let (Some(mut canvas), Some(parts)) = (last, unpainted) {
            let differs = canvas.paint(&source, layers, parts)?;
            return Ok((Painted::Over(differs), canvas));
        }
        let mut canvas = Canvas::new((self.screen.width, self.screen.height), layers);
        let whole = canvas.bounds();
        canvas.paint(&source, layers, &[whole])?;
        Ok((Painted::Anew, canvas))
    }

    /// The last frame goes: what is on the screen is not what was permitted, or is not looked at.
    pub(crate) fn forget_frame(&self) {
        self.canvas.take();
        self.changed.forget();
    }

    /// A window manager may have put another application into a window whose pixels were being read, and an application may have
    /// gone on to something sensitive. What went or came apart from that is in no pixel.
    pub(crate) fn shows_what_was_judged(&self, pending: &Pending) -> Result<(), SensorError> {
        let (now, locked) = self.windows().seen()?;
        let other = |judged: &SeenWindow| {
            let now = now.iter().find(|window| window.id == judged.id);
            now.is_some_and(|now| {
                now.class != judged.class || (now.sensitive.is_some() && judged.sensitive.is_none())
            })
        };
        if locked || pending.windows.iter().any(other) { Err(SensorError::Changed) } else { Ok(()) }
    }
}

/// Whether the windows are those that were judged. What only the accessibility bus tells is compared after the look: an
/// application cannot answer while the server is grabbed.
fn are_same(now: &[SeenWindow], judged: &[SeenWindow]) -> bool {
    let same = |(now, judged): (&SeenWindow, &SeenWindow)| {
        let by_site = now.sensitive.is_none() && judged.site.is_some();
        (now.id, &now.class, now.locked, now.bounds)
            == (judged.id, &judged.class, judged.locked, judged.bounds)
            && (now.sensitive == judged.sensitive || by_site)
    };
    now.len() == judged.len() && now.iter().zip(judged).all(same)
}
