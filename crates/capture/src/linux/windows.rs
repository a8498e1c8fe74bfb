//! The windows on an X screen, as far as the gate may know them; and, under a permit, a title.

use candor_model::Rect;
use x11rb::cookie::Cookie;
use x11rb::protocol::screensaver::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, GetGeometryReply, GetPropertyReply, GetWindowAttributesReply,
    MapState, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::linux::tree::Client;
use crate::linux::{desktop, light};
use crate::{SeenWindow, SensorError, sensitive};

/// Most windows of a screen; more are refused.
pub const WINDOWS_MAX: usize = 256;
/// Longest title in bytes; the rest is not read.
pub const TITLE_BYTES_MAX: u32 = 1024;
/// Longest class in bytes.
const CLASS_BYTES_MAX: u32 = 256;
/// How deep a window manager may put a client into its frame.
const DEPTH_MAX: usize = 3;
/// Most parents that are followed from a focused window up to the top.
const FOCUS_DEPTH_MAX: usize = 32;

x11rb::atom_manager! {
    /// The properties that are read.
    pub(crate) Atoms: AtomsCookie {
        WM_STATE,
        UTF8_STRING,
        _NET_WM_NAME,
        _NET_WM_PID,
        AT_SPI_BUS,
    }
}

/// A look at the windows of one screen.
pub(crate) struct Windows<'a> {
    pub(crate) connection: &'a RustConnection,
    pub(crate) atoms: &'a Atoms,
    pub(crate) root: Window,
    /// Width and height of the screen in pixels.
    pub(crate) size: (u32, u32),
}

/// A visible top-level window.
struct TopLevel {
    window: Window,
    bounds: Rect,
    unmanaged: bool,
}

/// A property that was asked for.
type Asked<'c> = Cookie<'c, RustConnection, GetPropertyReply>;

/// Whether a property that was asked for is there. A window that went away has none.
fn has_value(asked: Asked<'_>) -> bool {
    asked.reply().is_ok_and(|reply| !reply.value.is_empty())
}

impl Windows<'_> {
    /// Every visible window, the lowest first, and whether the screen is locked.
    pub(crate) fn seen(&self) -> Result<(Vec<SeenWindow>, bool), SensorError> {
        let visible = self.visible()?;
        let locked = self.screen_saver_runs()? || visible.last().is_some_and(|top| self.covers_all(top));
        let seen = visible.into_iter().map(|top| self.judged(&top, locked)).collect::<Result<_, _>>()?;
        Ok((seen, locked))
    }

    fn judged(&self, top: &TopLevel, locked: bool) -> Result<SeenWindow, SensorError> {
        let (class, title) = match self.client(top)? {
            Some(client) => (self.class(client)?, self.name(client)?.unwrap_or_default()),
            None => (String::new(), String::new()),
        };
        let sensitive = sensitive::of_window(&class, &title);
        let (id, bounds) = (u64::from(top.window), top.bounds);
        // Sites and private windows need the accessibility tree: where they are not known, a browser is refused.
        Ok(SeenWindow { id, class, site: None, private: false, locked, sensitive, bounds })
    }

    fn visible(&self) -> Result<Vec<TopLevel>, SensorError> {
        let children =
            self.connection.query_tree(self.root).map_err(desktop)?.reply().map_err(desktop)?.children;
        // Everything is asked before the first answer is waited for: a server that is asked window by window costs a wait for each.
        let ask = |window: &Window| {
            let attributes = self.connection.get_window_attributes(*window).map_err(desktop)?;
            Ok((*window, attributes, self.connection.get_geometry(*window).map_err(desktop)?))
        };
        let asked = children.iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let mut visible = Vec::new();
        for (window, attributes, geometry) in asked {
            // A window that went away between the two questions is not on the screen.
            let (Ok(attributes), Ok(geometry)) = (attributes.reply(), geometry.reply()) else { continue };
            let Some(top) = self.top_level(window, &attributes, &geometry) else { continue };
            // The light is the recorder's own: it is in no frame, and a screen is locked although it lies above.
            if !(top.unmanaged && self.class(window)? == light::CLASS) {
                visible.push(top);
            }
        }
        if visible.len() > WINDOWS_MAX {
            return Err(SensorError::Changed);
        }
        Ok(visible)
    }

    fn top_level(
        &self,
        window: Window,
        attributes: &GetWindowAttributesReply,
        geometry: &GetGeometryReply,
    ) -> Option<TopLevel> {
        let border = u32::from(geometry.border_width) * 2;
        let bounds = Rect {
            x: geometry.x.into(),
            y: geometry.y.into(),
            width: u32::from(geometry.width) + border,
            height: u32::from(geometry.height) + border,
        };
        let drawn =
            attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT;
        let on_screen = bounds.clipped(self.size.0, self.size.1).is_some();
        let unmanaged = attributes.override_redirect;
        (drawn && on_screen).then_some(TopLevel { window, bounds, unmanaged })
    }

    /// The application's own window: itself, or the one inside the window manager's frame.
    fn client(&self, top: &TopLevel) -> Result<Option<Window>, SensorError> {
        if top.unmanaged && !has_value(self.state(top.window)?) && !self.class(top.window)?.is_empty() {
            return Ok(Some(top.window));
        }
        let mut level = vec![top.window];
        for _ in 0..=DEPTH_MAX {
            if let Some(client) = self.first_with_state(&level)? {
                return Ok(Some(client));
            }
            level = self.below(&level)?;
        }
        Ok(None)
    }

    fn first_with_state(&self, windows: &[Window]) -> Result<Option<Window>, SensorError> {
        let ask = |window: &Window| Ok((*window, self.state(*window)?));
        let asked = windows.iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        // Every answer is read: none is left on the connection.
        let with_state = asked.into_iter().filter_map(|(window, state)| has_value(state).then_some(window));
        Ok(with_state.collect::<Vec<_>>().first().copied())
    }

    fn below(&self, windows: &[Window]) -> Result<Vec<Window>, SensorError> {
        let ask = |window: &Window| self.connection.query_tree(*window).map_err(desktop);
        let asked = windows.iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        Ok(asked.into_iter().filter_map(|tree| tree.reply().ok()).flat_map(|tree| tree.children).collect())
    }

    /// Window managers set `WM_STATE` on each client (ICCCM 4.1.3.1).
    fn state(&self, window: Window) -> Result<Asked<'_>, SensorError> {
        self.ask(window, self.atoms.WM_STATE, AtomEnum::ANY.into(), 4)
    }

    /// The second of the two names of `WM_CLASS` (ICCCM 4.1.2.5); empty where there is none.
    fn class(&self, window: Window) -> Result<String, SensorError> {
        let value =
            self.property(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), CLASS_BYTES_MAX)?;
        let value = value.unwrap_or_default();
        let class = value.split(|byte| *byte == 0).nth(1).unwrap_or_default();
        Ok(String::from_utf8(class.to_vec()).unwrap_or_default())
    }

    /// The title of the application's own window. Only for a permitted window.
    pub(crate) fn title(&self, window: Window) -> Result<Option<String>, SensorError> {
        let top = TopLevel { window, bounds: Rect { x: 0, y: 0, width: 0, height: 0 }, unmanaged: true };
        let Some(client) = self.client(&top)? else { return Ok(None) };
        self.name(client)
    }

    /// The application's own window inside one.
    #[cfg(test)]
    pub(crate) fn inside(&self, window: Window) -> Option<Window> {
        let bounds = Rect { x: 0, y: 0, width: 0, height: 0 };
        self.client(&TopLevel { window, bounds, unmanaged: true }).ok().flatten()
    }

    /// How the accessibility bus may know a window; none where the window does not tell its process.
    pub(crate) fn of_bus(&self, window: Window, outer: Rect) -> Result<Option<Client>, SensorError> {
        let top = TopLevel { window, bounds: outer, unmanaged: true };
        let Some(client) = self.client(&top)? else { return Ok(None) };
        let pid = self.property(client, self.atoms._NET_WM_PID, AtomEnum::CARDINAL.into(), 4)?;
        let Some(pid) = pid.and_then(|value| value.try_into().ok()).map(u32::from_le_bytes) else {
            return Ok(None);
        };
        let place = self.connection.translate_coordinates(client, self.root, 0, 0).map_err(desktop)?;
        let size = self.connection.get_geometry(client).map_err(desktop)?;
        let (Ok(place), Ok(size)) = (place.reply(), size.reply()) else { return Ok(None) };
        let bounds = Rect {
            x: place.dst_x.into(),
            y: place.dst_y.into(),
            width: size.width.into(),
            height: size.height.into(),
        };
        let window = u64::from(window);
        Ok(Some(Client { window, pid, bounds, outer, title: self.name(client)?.unwrap_or_default() }))
    }

    /// The address of the accessibility bus of this display, which its launcher writes on the root window.
    pub(crate) fn bus(&self) -> Option<String> {
        let value = self.property(self.root, self.atoms.AT_SPI_BUS, AtomEnum::STRING.into(), TITLE_BYTES_MAX);
        let value = value.ok().flatten().filter(|value| !value.is_empty())?;
        String::from_utf8(value).ok()
    }

    /// The top-level window that has the keyboard, or 0.
    pub(crate) fn focused(&self) -> Result<Window, SensorError> {
        let mut window = self.connection.get_input_focus().map_err(desktop)?.reply().map_err(desktop)?.focus;
        for _ in 0..FOCUS_DEPTH_MAX {
            if window <= 1 || window == self.root {
                return Ok(0);
            }
            let Ok(tree) = self.connection.query_tree(window).map_err(desktop)?.reply() else { return Ok(0) };
            if tree.parent == self.root {
                return Ok(window);
            }
            window = tree.parent;
        }
        Ok(0)
    }

    fn name(&self, client: Window) -> Result<Option<String>, SensorError> {
        let (name, utf8) = (self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING);
        let value = self.property(client, name, utf8, TITLE_BYTES_MAX)?;
        Ok(value.and_then(|value| String::from_utf8(value).ok()))
    }

    fn property(
        &self,
        window: Window,
        name: Atom,
        kind: Atom,
        bytes_max: u32,
    ) -> Result<Option<Vec<u8>>, SensorError> {
        // A window that went away has no properties.
        Ok(self.ask(window, name, kind, bytes_max)?.reply().ok().map(|reply| reply.value))
    }

    fn ask(&self, window: Window, name: Atom, kind: Atom, bytes_max: u32) -> Result<Asked<'_>, SensorError> {
        self.connection.get_property(false, window, name, kind, 0, bytes_max / 4).map_err(desktop)
    }

    fn screen_saver_runs(&self) -> Result<bool, SensorError> {
        let reply =
            self.connection.screensaver_query_info(self.root).map_err(desktop)?.reply().map_err(desktop)?;
        Ok(reply.state == u8::from(screensaver::State::ON))
    }

    /// Screen lockers are unmanaged windows over everything.
    fn covers_all(&self, top: &TopLevel) -> bool {
        let (width, height) = self.size;
        top.unmanaged && top.bounds.clipped(width, height) == Some((0, 0, width, height))
    }
}
