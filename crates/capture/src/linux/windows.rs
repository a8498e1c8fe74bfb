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

/// A text that was asked for.
fn text_of(asked: Asked<'_>) -> Option<String> {
    asked.reply().ok().and_then(|reply| String::from_utf8(reply.value).ok())
}

/// The second of the two names of `WM_CLASS` (ICCCM 4.1.2.5); empty where there is none.
fn class_of(asked: Asked<'_>) -> String {
    let value = asked.reply().map(|reply| reply.value).unwrap_or_default();
    let class = value.split(|byte| *byte == 0).nth(1).unwrap_or_default();
    String::from_utf8(class.to_vec()).unwrap_or_default()
}

fn judged(top: &TopLevel, class: String, title: Option<String>, locked: bool) -> SeenWindow {
    let sensitive = sensitive::of_window(&class, &title.unwrap_or_default());
    let (id, bounds) = (u64::from(top.window), top.bounds);
    // Sites and private windows need the accessibility tree: where they are not known, a browser is refused.
    SeenWindow { id, class, site: None, private: false, locked, sensitive, bounds }
}

/// A search for the application's own window inside a top-level one.
struct Search {
    found: Option<Window>,
    /// Where to look next; empty when the search is over.
    level: Vec<Window>,
}

impl Windows<'_> {
    /// Every visible window, the lowest first, and whether the screen is locked.
    pub(crate) fn seen(&self) -> Result<(Vec<SeenWindow>, bool), SensorError> {
        let visible = self.visible()?;
        let locked = self.screen_saver_runs()? || visible.last().is_some_and(|top| self.covers_all(top));
        let clients = self.clients(&visible)?;
        let ask = |client: Option<Window>| {
            client.map(|client| Ok((self.class_asked(client)?, self.name_asked(client)?))).transpose()
        };
        let asked = clients.into_iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let judged = visible.iter().zip(asked).map(|(top, asked)| {
            let (class, title) = asked.unzip();
            judged(top, class.map(class_of).unwrap_or_default(), title.and_then(text_of), locked)
        });
        Ok((judged.collect(), locked))
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
            visible.extend(self.top_level(window, &attributes, &geometry));
        }
        let visible = self.without_lights(visible)?;
        if visible.len() > WINDOWS_MAX { Err(SensorError::Changed) } else { Ok(visible) }
    }

    /// The light is the recorder's own: it is in no frame, and a screen is locked although it lies above.
    fn without_lights(&self, tops: Vec<TopLevel>) -> Result<Vec<TopLevel>, SensorError> {
        let ask = |top: TopLevel| {
            let class = top.unmanaged.then(|| self.class_asked(top.window)).transpose()?;
            Ok((top, class))
        };
        let asked = tops.into_iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let is_no_light = |(top, class): (TopLevel, Option<Asked<'_>>)| match class.map(class_of) {
            Some(class) if class == light::CLASS => None,
            Some(_) | None => Some(top),
        };
        Ok(asked.into_iter().filter_map(is_no_light).collect())
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
        Ok(self.clients(std::slice::from_ref(top))?.pop().flatten())
    }

    /// The same of each. All are asked at once: every wait for the server is a switch to another program and back.
    fn clients(&self, tops: &[TopLevel]) -> Result<Vec<Option<Window>>, SensorError> {
        let mut searches = self.begun(tops)?;
        for _ in 0..=DEPTH_MAX {
            self.first_with_state(&mut searches)?;
            if searches.iter().all(|search| search.level.is_empty()) {
                break;
            }
            self.below(&mut searches)?;
        }
        Ok(searches.into_iter().map(|search| search.found).collect())
    }

    /// A window that no manager has is its own, if it is of a class.
    fn begun(&self, tops: &[TopLevel]) -> Result<Vec<Search>, SensorError> {
        let ask = |top: &TopLevel| {
            let asked = || Ok((self.state(top.window)?, self.class_asked(top.window)?));
            Ok((top.window, top.unmanaged.then(asked).transpose()?))
        };
        let asked = tops.iter().map(ask).collect::<Result<Vec<_>, SensorError>>()?;
        let search = |(window, asked): (Window, Option<(Asked<'_>, Asked<'_>)>)| {
            // Both answers are read: none is left on the connection.
            let own = asked.is_some_and(|(state, class)| {
                let (has_state, class) = (has_value(state), class_of(class));
                !has_state && !class.is_empty()
            });
            let level = if own { Vec::new() } else { vec![window] };
            Search { found: own.then_some(window), level }
        };
        Ok(asked.into_iter().map(search).collect())
    }

    fn first_with_state(&self, searches: &mut [Search]) -> Result<(), SensorError> {
        let ask = |window: &Window| Ok((*window, self.state(*window)?));
        let ask_all = |search: &Search| search.level.iter().map(ask).collect::<Result<Vec<_>, SensorError>>();
        let asked = searches.iter().map(ask_all).collect::<Result<Vec<_>, _>>()?;
        for (search, asked) in searches.iter_mut().zip(asked) {
            // Every answer is read: none is left on the connection.
            let with_state = asked.into_iter().filter_map(|(id, state)| has_value(state).then_some(id));
            if let Some(first) = with_state.collect::<Vec<_>>().first() {
                *search = Search { found: Some(*first), level: Vec::new() };
            }
        }
        Ok(())
    }

    fn below(&self, searches: &mut [Search]) -> Result<(), SensorError> {
        let ask = |window: &Window| self.connection.query_tree(*window).map_err(desktop);
        let ask_all = |search: &Search| search.level.iter().map(ask).collect::<Result<Vec<_>, SensorError>>();
        let asked = searches.iter().map(ask_all).collect::<Result<Vec<_>, _>>()?;
        for (search, asked) in searches.iter_mut().zip(asked) {
            let trees = asked.into_iter().filter_map(|tree| tree.reply().ok());
            search.level = trees.flat_map(|tree| tree.children).collect();
        }
        Ok(())
    }

    /// Window managers set `WM_STATE` on each client (ICCCM 4.1.3.1).
    fn state(&self, window: Window) -> Result<Asked<'_>, SensorError> {
        self.ask(window, self.atoms.WM_STATE, AtomEnum::ANY.into(), 4)
    }

    fn class_asked(&self, window: Window) -> Result<Asked<'_>, SensorError> {
        self.ask(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), CLASS_BYTES_MAX)
    }

    /// The title of the application's own window. Only for a permitted window.
    pub(crate) fn title(&self, window: Window) -> Result<Option<String>, SensorError> {
        let top = TopLevel { window, bounds: Rect { x: 0, y: 0, width: 0, height: 0 }, unmanaged: true };
        let Some(client) = self.client(&top)? else { return Ok(None) };
        Ok(text_of(self.name_asked(client)?))
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
        let pid = self.ask(client, self.atoms._NET_WM_PID, AtomEnum::CARDINAL.into(), 4)?;
        let name = self.name_asked(client)?;
        let place = self.connection.translate_coordinates(client, self.root, 0, 0).map_err(desktop)?;
        let size = self.connection.get_geometry(client).map_err(desktop)?;
        let (pid, title, place, size) =
            (pid.reply(), text_of(name).unwrap_or_default(), place.reply(), size.reply());
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

    fn name_asked(&self, client: Window) -> Result<Asked<'_>, SensorError> {
        self.ask(client, self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING, TITLE_BYTES_MAX)
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
