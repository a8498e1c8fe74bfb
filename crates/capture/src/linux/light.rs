//! The light on X11: an unmanaged window above all others.
//!
//! No window manager places, hides or covers it by its own rules; what other programs do to it is seen at the next look, since the
//! look asks the server for the stacking order and not for promises.

mod badge;
mod key;
mod picture;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask};

use badge::Badge;
pub(crate) use badge::CLASS;
use key::Grab;

use crate::linux::desktop;
use crate::linux::wire::{XConnection, connect};
use crate::{Light, OpenError, PauseKey, SensorError, Shown};

/// The light of an X display.
struct X11Light {
    connection: XConnection,
    badge: Badge,
    key: Option<Grab>,
    presses: u32,
    disturbed: bool,
}

/// Shows the light on the X display with this name. `key` pauses; none where the person wants no key.
///
/// # Errors
/// When there is no such display, or the light cannot be drawn on it.
pub fn open_light(display: &str, key: Option<PauseKey>, shown: Shown) -> Result<Box<dyn Light>, OpenError> {
    let failed = |source| OpenError::Connect { display: display.to_owned(), source };
    if !crate::linux::display::is_possible(display) {
        return Err(failed("it is not the name of a display".into()));
    }
    let (connection, number) = connect(display).map_err(|e| failed(e.into()))?;
    let root = connection.setup().roots.get(number).ok_or(OpenError::Lacks { what: "a screen" })?.clone();
    // Whatever happens among the windows of the screen is told: what covers the light, takes it away or moves it.
    let told = ChangeWindowAttributesAux::new()
        .event_mask(EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY);
    let told = connection.change_window_attributes(root.root, &told).map_err(|e| failed(e.into()))?;
    told.check().map_err(|e| failed(e.into()))?;
    let badge = Badge::make(&connection, &root, shown).map_err(|e| failed(Box::new(e)))?;
    // A key that another program has is no reason not to record: the light itself can be clicked.
    let key = key.and_then(|key| Grab::take(&connection, root.root, key));
    Ok(Box::new(X11Light { connection, badge, key, presses: 0, disturbed: true }))
}

impl Light for X11Light {
    fn show(&mut self, shown: Shown) -> Result<(), SensorError> {
        self.badge.show(&self.connection, shown)
    }

    fn is_seen(&mut self) -> Result<bool, SensorError> {
        self.hear()?;
        // What happens from here on is told after this, and is asked about again.
        self.disturbed = false;
        let seen = self.badge.is_seen(&self.connection)?;
        // What happened before the server answered was told before the answer.
        self.hear()?;
        Ok(seen)
    }

    fn is_disturbed(&mut self) -> Result<bool, SensorError> {
        self.hear()?;
        Ok(self.disturbed)
    }

    fn restore(&mut self) -> Result<(), SensorError> {
        self.badge.restore(&self.connection)
    }

    fn presses(&mut self) -> Result<u32, SensorError> {
        self.hear()?;
        Ok(std::mem::take(&mut self.presses))
    }

    fn is_held(&self) -> bool {
        self.badge.is_held()
    }

    fn has_key(&self) -> bool {
        self.key.is_some()
    }
}

impl X11Light {
    fn hear(&mut self) -> Result<(), SensorError> {
        while let Some(event) = self.connection.poll_for_event().map_err(desktop)? {
            self.presses += u32::from(self.is_press(&event)?);
            self.disturbed |= is_of_windows(&event);
        }
        Ok(())
    }

    fn is_press(&mut self, event: &Event) -> Result<bool, SensorError> {
        if let Event::MappingNotify(_) = event {
            // The layout changed: the key may lie elsewhere.
            self.key = self.key.take().and_then(|grab| grab.again(&self.connection));
            return Ok(false);
        }
        let key = self.key.as_mut().is_some_and(|key| key.is_pressed(event));
        Ok(key || self.badge.is_clicked(&self.connection, event)?)
    }
}

/// Whether an event tells that windows came, went, moved or changed their order.
const fn is_of_windows(event: &Event) -> bool {
    matches!(
        event,
        Event::MapNotify(_)
            | Event::UnmapNotify(_)
            | Event::ConfigureNotify(_)
            | Event::ReparentNotify(_)
            | Event::DestroyNotify(_)
            | Event::CirculateNotify(_)
            | Event::GravityNotify(_)
    )
}
