//! The thread that reads input: what was done, and to which window.
//!
//! Raw events have neither place nor window. The place of a button is recorded; the window is the one that lay there, or had the keyboard,
//! at that moment, and not when the event was read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};

use candor_model::{Button, Moment, Point};
use x11rb::connection::{Connection as _, SequenceNumber};
use x11rb::errors::{ConnectionError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, Damage, NotifyEvent};
use x11rb::protocol::xinput::{KeyEventFlags, RawKeyPressEvent};
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use crate::Now;
use crate::linux::clocks::Clocks;
use crate::linux::focus::Holder;
use crate::linux::input::{Input, Sent, select_raw};
use crate::linux::keyboard::{Keyboard, Meaning};
use crate::linux::places::{self, Places};
use crate::linux::scene::{Scene, is_of_windows};
use crate::linux::tree::Key;
use crate::linux::wire::XConnection;

/// Least time between two points of a drag, in milliseconds.
const PATH_STEP_MS: u32 = 20;
/// A change of the screen that is not wider than this is a blinking cursor, in pixels.
const CURSOR_PX: u16 = 3;

pub(super) struct Reader {
    pub(super) connection: XConnection,
    pub(super) root: Window,
    /// The listener hears that this ended when it goes: whoever wakes the listener holds it weakly.
    pub(super) sender: Arc<SyncSender<Sent>>,
    pub(super) seen: Arc<AtomicU64>,
    pub(super) dropped: Arc<AtomicU64>,
    pub(super) lost: Arc<AtomicBool>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) changes: Arc<AtomicU64>,
    pub(super) changed_us: Arc<AtomicU64>,
    pub(super) wakes: Arc<AtomicBool>,
    pub(super) damage: Damage,
    pub(super) keyboard: Keyboard,
    /// How many buttons are down.
    pub(super) held: u32,
    /// When the last point of a path was taken.
    pub(super) path_ms: u32,
    pub(super) clocks: Option<Clocks>,
    pub(super) places: Option<Places>,
    pub(super) scene: Scene,
    /// Events that came while the server was asked, in their order.
    pub(super) backlog: VecDeque<(Event, SequenceNumber)>,
    pub(super) now: Now,
}

impl Reader {
    /// Ends when it is told to, when nobody listens, or when the server is gone; the listener then hears of it.
    pub(super) fn run(mut self) {
        while let Ok((event, sequence)) = self.event() {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            if self.scene.follow(&self.connection, &event, sequence).is_err() {
                return;
            }
            let at = self.moment(&event);
            let Ok(input) = self.input(&event, at) else { return };
            let Some(input) = input else { continue };
            match self.sender.try_send(Some((at, input))) {
                Ok(()) => drop(self.seen.fetch_add(1, Ordering::SeqCst)),
                Err(TrySendError::Full(_)) => {
                    self.dropped.fetch_add(1, Ordering::SeqCst);
                    self.lost.store(true, Ordering::SeqCst);
                }
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }

    fn event(&mut self) -> Result<(Event, SequenceNumber), ConnectionError> {
        self.backlog.pop_front().map_or_else(|| self.connection.wait_for_event_with_sequence(), Ok)
    }

    /// When an event happened: it may have been read while the server was busy, long after the application was told.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library knows hundreds of events; these have a time"
    )]
    fn moment(&mut self, event: &Event) -> Moment {
        let now = (self.now)();
        let ms = match event {
            Event::XinputRawKeyPress(key) => key.time,
            Event::XinputRawButtonPress(button) | Event::XinputRawButtonRelease(button) => button.time,
            Event::XinputRawMotion(motion) => motion.time,
            _ => return now,
        };
        let clocks = self.clocks.get_or_insert(Clocks { ms, us: now.monotonic_us });
        Moment { monotonic_us: clocks.moment(ms, now.monotonic_us), ..now }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library knows hundreds of events; these were asked for"
    )]
    fn input(&mut self, event: &Event, at: Moment) -> Result<Option<Input>, ReplyOrIdError> {
        match event {
            Event::XinputRawKeyPress(key) => self.key(key),
            Event::XinputRawKeyRelease(key) => {
                self.keyboard.released(key.detail);
                Ok(None)
            }
            Event::XinputRawButtonPress(button) => self.pressed(button.detail, button.time),
            Event::XinputRawButtonRelease(button) => self.released(button.detail, button.time),
            Event::XinputRawMotion(motion) => self.moved(motion.time),
            Event::DamageNotify(change) => self.changed(change, at),
            Event::MappingNotify(_) => Ok(self.keyboard.reread(&self.connection).map(|()| None)?),
            _ => Ok(None),
        }
    }

    fn key(&mut self, key: &RawKeyPressEvent) -> Result<Option<Input>, ReplyOrIdError> {
        let meaning = self.keyboard.pressed(key.detail);
        // A key that is held writes and erases again and again; a command is given once.
        let again = key.flags.contains(KeyEventFlags::KEY_REPEAT);
        if meaning == Meaning::Modifier || (again && matches!(meaning, Meaning::Command(_))) {
            return Ok(None);
        }
        let (window, ms) = (self.keyboard_window()?, key.time);
        Ok(match meaning {
            Meaning::Command(keys) => Some(Input::Command { keys, window, ms }),
            Meaning::Writes => Some(Input::Key { key: Key::Writes, window, ms }),
            Meaning::MayWrite => Some(Input::Key { key: Key::MayWrite, window, ms }),
            Meaning::Erases => Some(Input::Key { key: Key::Erases, window, ms }),
            Meaning::Modifier => None,
        })
    }

    fn pressed(&mut self, detail: u32, ms: u32) -> Result<Option<Input>, ReplyOrIdError> {
        let (at, window) = self.place(places::Event { ms, button: detail, down: true })?;
        if button_of(detail).is_some() {
            self.held += 1;
            self.path_ms = ms;
            select_raw(&self.connection, self.root, true)?.ignore_error();
            self.connection.flush()?;
        }
        Ok(of_button(detail, at, window, ms))
    }

    fn released(&mut self, detail: u32, ms: u32) -> Result<Option<Input>, ReplyOrIdError> {
        let Some(button) = button_of(detail) else { return Ok(None) };
        let (at, _) = self.place(places::Event { ms, button: detail, down: false })?;
        self.held = self.held.saturating_sub(1);
        if self.held == 0 {
            select_raw(&self.connection, self.root, false)?.ignore_error();
            self.connection.flush()?;
        }
        Ok(Some(Input::Released { button, at, ms }))
    }

    fn moved(&mut self, ms: u32) -> Result<Option<Input>, ReplyOrIdError> {
        if self.held == 0 || ms.wrapping_sub(self.path_ms) < PATH_STEP_MS {
            return Ok(None);
        }
        self.path_ms = ms;
        Ok(Some(Input::Moved { at: self.pointer()?.0, ms }))
    }

    fn changed(&self, change: &NotifyEvent, at: Moment) -> Result<Option<Input>, ReplyOrIdError> {
        self.connection.damage_subtract(self.damage, x11rb::NONE, x11rb::NONE)?.ignore_error();
        self.connection.flush()?;
        if change.area.width > CURSOR_PX {
            self.changed_us.fetch_min(at.monotonic_us, Ordering::SeqCst);
            self.changes.fetch_add(1, Ordering::SeqCst);
            if self.wakes.swap(false, Ordering::SeqCst) {
                // Where the queue is full, whoever waits is woken by what is in it.
                let _ = self.sender.try_send(None);
            }
        }
        Ok(None)
    }

    /// Where a button went down or up, and which top-level window was there.
    ///
    /// The server knows best, also of windows that let clicks through; but if windows came, moved or went before it answered, what it
    /// says is of later, and the window is the one that lay there at the event.
    fn place(&mut self, event: places::Event) -> Result<(Point, Window), ReplyOrIdError> {
        let Some(at) = self.places.as_ref().and_then(|places| places.of(event)) else {
            return self.pointer();
        };
        let within = |side: i32| i16::try_from(side).unwrap_or(i16::MAX);
        let there = self
            .connection
            .translate_coordinates(self.root, self.root, within(at.x), within(at.y))?
            .reply()?;
        Ok((at, if self.windows_changed()? { self.scene.at(at) } else { there.child }))
    }

    /// Whether windows came, moved or went since the event that is being read, as far as the server has told by now.
    fn windows_changed(&mut self) -> Result<bool, ReplyOrIdError> {
        while let Some(event) = self.connection.poll_for_event_with_sequence()? {
            self.backlog.push_back(event);
        }
        Ok(self.backlog.iter().any(|(event, _)| is_of_windows(event)))
    }

    /// Where the pointer is, and on which top-level window.
    fn pointer(&self) -> Result<(Point, Window), ReplyOrIdError> {
        let pointer = self.connection.query_pointer(self.root)?.reply()?;
        Ok((Point { x: pointer.root_x.into(), y: pointer.root_y.into() }, pointer.child))
    }

    /// The top-level window that has the keyboard at the event that is being read, or 0. The X server tells, not the window
    /// manager: its `_NET_ACTIVE_WINDOW` comes up to 8 ms late (measured).
    fn keyboard_window(&self) -> Result<Window, ReplyOrIdError> {
        match self.scene.keyboard() {
            Holder::Window(window) => Ok(window),
            Holder::Pointer => Ok(self.pointer()?.1),
            Holder::Nobody => Ok(0),
        }
    }
}

/// Buttons 4 to 7 are the wheel (X11 convention), 8 and 9 the side buttons.
fn of_button(detail: u32, at: Point, window: Window, ms: u32) -> Option<Input> {
    let wheel = |dx, dy| Some(Input::Wheel { dx, dy, at, window, ms });
    match detail {
        4 => wheel(0, -1),
        5 => wheel(0, 1),
        6 => wheel(-1, 0),
        7 => wheel(1, 0),
        other => button_of(other).map(|button| Input::Button { button, at, window, ms }),
    }
}

const fn button_of(detail: u32) -> Option<Button> {
    match detail {
        1 => Some(Button::Left),
        2 => Some(Button::Middle),
        3 => Some(Button::Right),
        8 => Some(Button::Back),
        9 => Some(Button::Forward),
        _ => None,
    }
}
