//! The windows on an X screen, as far as the gate may know them; and, under a permit, a title.

mod known;
mod search;
mod title;

use std::cell::RefCell;

use candor_model::Rect;
use x11rb::connection::Connection as _;
use x11rb::cookie::Cookie;
use x11rb::protocol::screensaver::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, GetPropertyReply, Window,
};
use x11rb::rust_connection::RustConnection;

pub(crate) use known::{Known, outer};
use title::AskedTitle;

use crate::linux::desktop;
use crate::linux::tree::Client;
use crate::{SeenWindow, SensorError};

/// Most windows of a screen; more are refused.
pub const WINDOWS_MAX: usize = 256;
/// Longest title in bytes; the rest is not read, nor a letter that is cut there.
pub const TITLE_BYTES_MAX: u32 = 1024;
/// Longest class in bytes.
const CLASS_BYTES_MAX: u32 = 256;
/// Most parents that are followed from a focused window up to the top.
const FOCUS_DEPTH_MAX: usize = 32;
/// How often windows that change while they are asked about are asked about again.
const ROUNDS_MAX: u32 = 8;

x11rb::atom_manager! {
    /// The properties that are read.
    pub(crate) Atoms: AtomsCookie {
        WM_STATE,
        UTF8_STRING,
        COMPOUND_TEXT,
        _NET_WM_NAME,
        _NET_WM_PID,
    }
}

/// A look at the windows of one screen.
pub(crate) struct Windows<'a> {
    pub(crate) connection: &'a RustConnection,
    pub(crate) atoms: &'a Atoms,
    pub(crate) root: Window,
    /// Width and height of the screen in pixels.
    pub(crate) size: (u32, u32),
    /// What is known of them by now: only the rest is asked.
    pub(crate) known: &'a RefCell<Known>,
}

/// A property that was asked for.
type Asked<'c> = Cookie<'c, RustConnection, GetPropertyReply>;

/// Whether a property that was asked for is there. A window that went away has none.
fn has_value(asked: Asked<'_>) -> bool {
    asked.reply().is_ok_and(|reply| !reply.value.is_empty())
}

/// The second of the two names of `WM_CLASS` (ICCCM 4.1.2.5); empty where there is none.
fn class_of(asked: Asked<'_>) -> String {
    let value = asked.reply().map(|reply| reply.value).unwrap_or_default();
    let class = value.split(|byte| *byte == 0).nth(1).unwrap_or_default();
    String::from_utf8(class.to_vec()).unwrap_or_default()
}

impl<'a> Windows<'a> {
    /// Every visible window, the lowest first, and whether the screen is locked.
    ///
    /// The server tells of each change on this connection before it answers what is asked later: whatever it told nothing of is as it was, and
    /// is not asked about again.
    pub(crate) fn seen(&self) -> Result<(Vec<SeenWindow>, bool), SensorError> {
        let saver_runs = self.screen_saver_runs()?;
        self.hear()?;
        for _ in 0..ROUNDS_MAX {
            if self.known.borrow().is_whole(self.size) {
                let (windows, covered) = self.known.borrow().seen(self.size);
                let locked = saver_runs || covered;
                let seen =
                    windows.into_iter().map(|window| SeenWindow { locked, ..window }).collect::<Vec<_>>();
                return if seen.len() > WINDOWS_MAX { Err(SensorError::Changed) } else { Ok((seen, locked)) };
            }
            self.complete()?;
            self.hear()?;
        }
        Err(SensorError::Changed)
    }

    /// Where lights are, which are on the screen and in no frame.
    pub(crate) fn lights(&self) -> Vec<Rect> {
        self.known.borrow().lights()
    }

    /// Takes what the server told by now.
    pub(crate) fn hear(&self) -> Result<(), SensorError> {
        let mut known = self.known.borrow_mut();
        while let Some(event) = self.connection.poll_for_event().map_err(desktop)? {
            known.follow(&event, self.root, self.atoms);
        }
        Ok(())
    }

    /// Asks what is not known. Everything is asked before the first answer is waited for: a server that is asked window by window costs a wait
    /// for each.
    fn complete(&self) -> Result<(), SensorError> {
        let mut known = self.known.borrow_mut();
        if !known.is_watched() {
            self.watch(self.root)?;
        }
        if known.order().is_none() {
            let tree = self.connection.query_tree(self.root).map_err(desktop)?.reply().map_err(desktop)?;
            known.ordered(tree.children);
        }
        self.ask_places(&mut known)?;
        self.ask_clients(&mut known)
    }

    fn ask_places(&self, known: &mut Known) -> Result<(), SensorError> {
        let ask = |window: Window| {
            let attributes = self.connection.get_window_attributes(window).map_err(desktop)?;
            Ok((window, attributes, self.connection.get_geometry(window).map_err(desktop)?))
        };
        let asked = known.unplaced().into_iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        for (window, attributes, geometry) in asked {
            // A window that went away between the two questions is not on the screen, which is told.
            let (Ok(attributes), Ok(geometry)) = (attributes.reply(), geometry.reply()) else { continue };
            known.placed(window, &attributes, &geometry);
        }
        Ok(())
    }

    /// Lets the server tell what happens in a window and to its properties.
    fn watch(&self, window: Window) -> Result<(), SensorError> {
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
        let aux = ChangeWindowAttributesAux::new().event_mask(mask);
        // A window that went away has nothing to tell.
        self.connection.change_window_attributes(window, &aux).map_err(desktop)?.ignore_error();
        Ok(())
    }

    /// The application's own window inside a top-level one, or itself.
    pub(crate) fn client(&self, top: Window) -> Result<Option<Window>, SensorError> {
        self.hear()?;
        if let Some(own) = self.known.borrow().own(top) {
            return Ok(own.client);
        }
        let found = self.search(&[(top, true)])?.pop();
        Ok(found.and_then(|found| found.client))
    }

    /// The title of the application's own window. Only for a permitted window.
    pub(crate) fn title(&self, window: Window) -> Result<Option<String>, SensorError> {
        let Some(client) = self.client(window)? else { return Ok(None) };
        Ok(self.title_asked(client)?.told(self.atoms).text())
    }

    /// The application's own window inside one.
    #[cfg(test)]
    pub(crate) fn inside(&self, window: Window) -> Option<Window> {
        self.client(window).ok().flatten()
    }

    /// How the accessibility bus may know a window; none where the window does not tell its process.
    pub(crate) fn of_bus(&self, window: Window, outer: Rect) -> Result<Option<Client>, SensorError> {
        let Some(client) = self.client(window)? else { return Ok(None) };
        let pid = self.ask(client, self.atoms._NET_WM_PID, AtomEnum::CARDINAL.into(), 4)?;
        let title = self.title_asked(client)?;
        let place = self.connection.translate_coordinates(client, self.root, 0, 0).map_err(desktop)?;
        let size = self.connection.get_geometry(client).map_err(desktop)?;
        let title = title.told(self.atoms).text().unwrap_or_default();
        let (pid, place, size) = (pid.reply(), place.reply(), size.reply());
        let pid = pid.ok().and_then(|pid| pid.value.try_into().ok()).map(u32::from_le_bytes);
        let (Some(pid), Ok(place), Ok(size)) = (pid, place, size) else { return Ok(None) };
        let bounds = Rect {
            x: place.dst_x.into(),
            y: place.dst_y.into(),
            width: size.width.into(),
            height: size.height.into(),
        };
        Ok(Some(Client { window: window.into(), pid, bounds, outer, title }))
    }

    /// The top-level window that has the keyboard, or 0.
    pub(crate) fn focused(&self) -> Result<Window, SensorError> {
        let mut window = self.connection.get_input_focus().map_err(desktop)?.reply().map_err(desktop)?.focus;
        self.hear()?;
        for _ in 0..FOCUS_DEPTH_MAX {
            if window <= 1 || window == self.root {
                return Ok(0);
            }
            if let Some(top) = self.known.borrow().top_of(window) {
                return Ok(top);
            }
            let Ok(tree) = self.connection.query_tree(window).map_err(desktop)?.reply() else { return Ok(0) };
            if tree.parent == self.root {
                return Ok(window);
            }
            window = tree.parent;
        }
        Ok(0)
    }

    fn title_asked(&self, client: Window) -> Result<AskedTitle<'a>, SensorError> {
        // Of any type: one of another type than it should be is not taken for none.
        let ask = |name: Atom| self.ask(client, name, AtomEnum::ANY.into(), TITLE_BYTES_MAX);
        Ok(AskedTitle { shown: ask(self.atoms._NET_WM_NAME)?, older: ask(AtomEnum::WM_NAME.into())? })
    }

    /// Window managers set `WM_STATE` on each client (ICCCM 4.1.3.1).
    fn state(&self, window: Window) -> Result<Asked<'a>, SensorError> {
        self.ask(window, self.atoms.WM_STATE, AtomEnum::ANY.into(), 4)
    }

    fn class_asked(&self, window: Window) -> Result<Asked<'a>, SensorError> {
        self.ask(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), CLASS_BYTES_MAX)
    }

    fn ask(&self, window: Window, name: Atom, kind: Atom, bytes_max: u32) -> Result<Asked<'a>, SensorError> {
        self.connection.get_property(false, window, name, kind, 0, bytes_max / 4).map_err(desktop)
    }

    fn screen_saver_runs(&self) -> Result<bool, SensorError> {
        let reply =
            self.connection.screensaver_query_info(self.root).map_err(desktop)?.reply().map_err(desktop)?;
        Ok(reply.state == u8::from(screensaver::State::ON))
    }
}
