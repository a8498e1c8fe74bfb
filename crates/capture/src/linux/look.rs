//! The look at what the gate permitted: under a grab of the server, so that nothing can change between the comparison and it.

use candor_consent::{Field, Permit};
use candor_model::Pixels;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::linux::canvas::{Canvas, Source};
use crate::linux::desktop;
use crate::linux::x11::X11Sensor;
use crate::{Pending, SeenWindow, SensorError};

/// What was read under the permits.
pub(crate) struct Seen {
    pub(crate) title: Option<String>,
    pub(crate) frame: Option<Pixels>,
}

impl X11Sensor {
    /// Compares the windows with those that were judged, and reads the title; with `paint` the frame too.
    pub(crate) fn look(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
        paint: bool,
    ) -> Result<Seen, SensorError> {
        self.connection.grab_server().map_err(desktop)?.ignore_error();
        let seen = self.look_grabbed(pending, permit, windows, paint);
        self.connection.ungrab_server().map_err(desktop)?.ignore_error();
        self.connection.flush().map_err(desktop)?;
        seen
    }

    fn look_grabbed(
        &self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
        paint: bool,
    ) -> Result<Seen, SensorError> {
        let (now, locked) = self.windows().seen()?;
        if locked {
            return Err(SensorError::Locked);
        }
        if !are_same(&now, &pending.windows) {
            return Err(SensorError::Changed);
        }
        let wanted = paint && permit.allows(Field::Frame);
        let frame = wanted.then(|| self.frame(&pending.windows, windows)).transpose()?;
        let front = u32::try_from(pending.front.id).unwrap_or(0);
        let title = permit.allows(Field::WindowTitle).then(|| self.windows().title(front)).transpose()?;
        Ok(Seen { title: title.flatten(), frame: frame.flatten() })
    }

    fn frame(
        &self,
        windows: &[SeenWindow],
        permits: &[Option<Permit>],
    ) -> Result<Option<Pixels>, SensorError> {
        let source = Source { connection: &self.connection, shared: self.shared.as_ref() };
        let mut canvas = Canvas::new(self.screen.width, self.screen.height);
        for (window, permit) in windows.iter().zip(permits) {
            let shown = permit.as_ref().is_some_and(|permit| permit.allows(Field::Frame));
            match u32::try_from(window.id) {
                Ok(id) if shown && window.sensitive.is_none() => canvas.paint(&source, id, window.bounds)?,
                Ok(_) | Err(_) => canvas.block(window.bounds),
            }
        }
        Ok(canvas.finish())
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
