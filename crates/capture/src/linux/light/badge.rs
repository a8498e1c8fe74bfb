//! The window of the light: made, moved by the person, put right when something was done to it, and looked at.

use x11rb::connection::Connection as _;
use x11rb::cookie::Cookie;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{ConnectionExt as _, GetMonitorsReply, MonitorInfo};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask,
    GetGeometryReply, GetWindowAttributesReply, MapState, PropMode, Screen, StackMode, Window, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use candor_model::Rect;

use super::picture;
use crate::linux::desktop;
use crate::linux::windows::outer;
use crate::linux::wire::XConnection;
use crate::{SensorError, Shown};

/// The class of the window. The sensor leaves windows of this class out of every list: the light is in no frame, and no gate is asked about
/// it. Whoever takes the name for a window of their own wins nothing: what is in it is not recorded.
pub(crate) const CLASS: &str = "Candor-light";
/// `WM_CLASS` is two names (ICCCM 4.1.2.5).
const CLASS_NAMES: &[u8] = b"candor-light\0Candor-light\0";
/// Distance from the corner, in pixels.
const MARGIN_PX: i32 = 12;
/// A press that moves further than this, in pixels, moves the light and is no click.
const SLOP_PX: i32 = 4;

/// The light's window.
pub(super) struct Badge {
    screen: Screen,
    window: Window,
    place: Rect,
    shown: Shown,
    /// Where the pointer went down, and where the light was then.
    held: Option<Held>,
}

#[derive(Clone, Copy)]
struct Held {
    pointer: (i32, i32),
    place: (i32, i32),
    moved: bool,
}

impl Badge {
    pub(super) fn make(connection: &XConnection, screen: &Screen, shown: Shown) -> Result<Self, SensorError> {
        let (width, height) = picture::size(screen);
        let corner = corner(connection, screen)?;
        let place = Rect {
            x: corner.0 - MARGIN_PX - as_i32(width),
            y: corner.1 - MARGIN_PX - as_i32(height),
            width,
            height,
        };
        let mut badge = Self { screen: screen.clone(), window: 0, place, shown, held: None };
        badge.create(connection)?;
        Ok(badge)
    }

    fn create(&mut self, connection: &XConnection) -> Result<(), SensorError> {
        let window: Window = connection.generate_id().map_err(desktop)?;
        let events = EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::BUTTON1_MOTION;
        let aux = CreateWindowAux::new().override_redirect(1).event_mask(events);
        let Rect { x, y, width, height } = self.place;
        let made = connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            self.screen.root,
            as_i16(x),
            as_i16(y),
            as_u16(width),
            as_u16(height),
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &aux,
        );
        made.map_err(desktop)?.check().map_err(desktop)?;
        let (name, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        connection.change_property8(PropMode::REPLACE, window, name, kind, CLASS_NAMES).map_err(desktop)?;
        self.window = window;
        self.draw(connection)?;
        connection.map_window(window).map_err(desktop)?.check().map_err(desktop)
    }

    pub(super) fn show(&mut self, connection: &XConnection, shown: Shown) -> Result<(), SensorError> {
        if self.shown == shown {
            return Ok(());
        }
        self.shown = shown;
        self.draw(connection)
    }

    /// The server itself draws the picture whenever it is uncovered: it is the window's background.
    fn draw(&self, connection: &XConnection) -> Result<(), SensorError> {
        let pixmap = picture::of(connection, &self.screen, self.window, self.shown)?;
        let name = self.shown.words().as_bytes();
        let title = AtomEnum::WM_NAME;
        let titled =
            connection.change_property8(PropMode::REPLACE, self.window, title, AtomEnum::STRING, name);
        titled.map_err(desktop)?.ignore_error();
        let aux = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        connection.change_window_attributes(self.window, &aux).map_err(desktop)?.ignore_error();
        connection.clear_area(false, self.window, 0, 0, 0, 0).map_err(desktop)?.ignore_error();
        connection.free_pixmap(pixmap).map_err(desktop)?.ignore_error();
        connection.flush().map_err(desktop)
    }

    /// Everything is asked before the first answer is waited for.
    pub(super) fn is_seen(&self, connection: &XConnection) -> Result<bool, SensorError> {
        let place = place_asked(connection, self.window)?;
        let monitors = connection.randr_get_monitors(self.screen.root, true).map_err(desktop)?;
        let tree = connection.query_tree(self.screen.root).map_err(desktop)?;
        let (place, monitors) = (place_of(place), told(monitors.reply().ok(), &self.screen));
        let children = tree.reply().map_err(desktop)?.children;
        let Some(own) = children.iter().position(|window| *window == self.window) else { return Ok(false) };
        if place != Some(self.place) || !monitors.iter().any(|monitor| contains(*monitor, self.place)) {
            return Ok(false);
        }
        let above = children.iter().skip(own + 1).map(|above| place_asked(connection, *above));
        let above = above.collect::<Result<Vec<_>, _>>()?.into_iter().map(place_of).collect::<Vec<_>>();
        Ok(!above.into_iter().flatten().any(|other| overlap(self.place, other)))
    }

    fn is_on_a_screen(&self, connection: &XConnection) -> Result<bool, SensorError> {
        Ok(screens(connection, &self.screen)?.iter().any(|screen| contains(*screen, self.place)))
    }

    pub(super) fn restore(&mut self, connection: &XConnection) -> Result<(), SensorError> {
        let attributes = connection.get_window_attributes(self.window).map_err(desktop)?.reply();
        if attributes.is_err() {
            return self.create(connection);
        }
        if !self.is_on_a_screen(connection)? {
            let corner = corner(connection, &self.screen)?;
            self.place.x = corner.0 - MARGIN_PX - as_i32(self.place.width);
            self.place.y = corner.1 - MARGIN_PX - as_i32(self.place.height);
        }
        let Rect { x, y, width, height } = self.place;
        let parent = connection.query_tree(self.window).map_err(desktop)?.reply().map(|tree| tree.parent);
        if parent.ok() != Some(self.screen.root) {
            let taken = connection.reparent_window(self.window, self.screen.root, as_i16(x), as_i16(y));
            taken.map_err(desktop)?.ignore_error();
        }
        let aux =
            ConfigureWindowAux::new().x(x).y(y).width(width).height(height).stack_mode(StackMode::ABOVE);
        connection.configure_window(self.window, &aux).map_err(desktop)?.ignore_error();
        connection.map_window(self.window).map_err(desktop)?.ignore_error();
        self.draw(connection)
    }

    /// Whether an event is the end of a click on the light. A press that goes on moving moves it.
    pub(super) fn is_clicked(
        &mut self,
        connection: &XConnection,
        event: &Event,
    ) -> Result<bool, SensorError> {
        if let Event::ButtonPress(press) = event
            && press.event == self.window
            && press.detail == 1
        {
            let pointer = (press.root_x.into(), press.root_y.into());
            self.held = Some(Held { pointer, place: (self.place.x, self.place.y), moved: false });
        }
        if let Event::MotionNotify(motion) = event {
            self.moved(connection, (motion.root_x.into(), motion.root_y.into()))?;
        }
        let Event::ButtonRelease(release) = event else { return Ok(false) };
        Ok(release.detail == 1 && self.held.take().is_some_and(|held| !held.moved))
    }

    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    fn moved(&mut self, connection: &XConnection, (x, y): (i32, i32)) -> Result<(), SensorError> {
        let Some(held) = self.held.as_mut() else { return Ok(()) };
        let by = (x - held.pointer.0, y - held.pointer.1);
        held.moved |= by.0.abs().max(by.1.abs()) > SLOP_PX;
        if !held.moved {
            return Ok(());
        }
        let to = Rect { x: held.place.0 + by.0, y: held.place.1 + by.1, ..self.place };
        if !screens(connection, &self.screen)?.iter().any(|screen| contains(*screen, to)) {
            return Ok(());
        }
        self.place = to;
        let aux = ConfigureWindowAux::new().x(to.x).y(to.y).stack_mode(StackMode::ABOVE);
        connection.configure_window(self.window, &aux).map_err(desktop)?.ignore_error();
        connection.flush().map_err(desktop)
    }
}

/// A question for a window's place.
type PlaceAsked<'c> =
    (Cookie<'c, XConnection, GetWindowAttributesReply>, Cookie<'c, XConnection, GetGeometryReply>);

fn place_asked(connection: &XConnection, window: Window) -> Result<PlaceAsked<'_>, SensorError> {
    let attributes = connection.get_window_attributes(window).map_err(desktop)?;
    Ok((attributes, connection.get_geometry(window).map_err(desktop)?))
}

/// Where a window is that can be seen; none for one that is hidden, gone, or only takes input.
fn place_of((attributes, geometry): PlaceAsked<'_>) -> Option<Rect> {
    let (attributes, geometry) = (attributes.reply(), geometry.reply());
    let (attributes, geometry) = (attributes.ok()?, geometry.ok()?);
    let drawn = attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT;
    let GetGeometryReply { x, y, width, height, border_width, .. } = geometry;
    drawn.then(|| outer(x, y, width, height, border_width))
}

/// The monitors, the first one first; the whole screen where the server names none.
fn screens(connection: &XConnection, screen: &Screen) -> Result<Vec<Rect>, SensorError> {
    let reply = connection.randr_get_monitors(screen.root, true).map_err(desktop)?.reply();
    Ok(told(reply.ok(), screen))
}

fn told(reply: Option<GetMonitorsReply>, screen: &Screen) -> Vec<Rect> {
    let mut monitors = reply.map(|reply| reply.monitors).unwrap_or_default();
    monitors.sort_by_key(|monitor| !monitor.primary);
    let rect = |monitor: &MonitorInfo| Rect {
        x: monitor.x.into(),
        y: monitor.y.into(),
        width: monitor.width.into(),
        height: monitor.height.into(),
    };
    let whole =
        Rect { x: 0, y: 0, width: screen.width_in_pixels.into(), height: screen.height_in_pixels.into() };
    if monitors.is_empty() { vec![whole] } else { monitors.iter().map(rect).collect() }
}

/// The lower right corner of the first monitor.
fn corner(connection: &XConnection, screen: &Screen) -> Result<(i32, i32), SensorError> {
    let screens = screens(connection, screen)?;
    let first = screens.first().copied().unwrap_or(Rect { x: 0, y: 0, width: 0, height: 0 });
    Ok((first.x + as_i32(first.width), first.y + as_i32(first.height)))
}

fn edges(of: Rect) -> (i64, i64, i64, i64) {
    let (x, y) = (i64::from(of.x), i64::from(of.y));
    (x, y, x + i64::from(of.width), y + i64::from(of.height))
}

fn overlap(one: Rect, other: Rect) -> bool {
    let ((l, t, r, b), (left, top, right, bottom)) = (edges(one), edges(other));
    l < right && left < r && t < bottom && top < b
}

fn contains(outer: Rect, inner: Rect) -> bool {
    let ((l, t, r, b), (left, top, right, bottom)) = (edges(outer), edges(inner));
    l <= left && t <= top && right <= r && bottom <= b
}

fn as_i32(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn as_i16(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(0)
}

fn as_u16(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(1)
}
