//! The windows and the keyboard as they were at the event that is being read.

use std::collections::VecDeque;

use x11rb::connection::{Connection as _, SequenceNumber};
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus, MapState, Window,
};

use candor_model::Point;

use crate::linux::focus::{Focus, Holder};
use crate::linux::stack::{Change, Stack, Top};
use crate::linux::wire::XConnection;

/// Most parents that are followed from a window up to the top.
const DEPTH_MAX: usize = 32;

/// Follows windows and keyboard, event by event.
pub(crate) struct Scene {
    root: Window,
    windows: Stack,
    focus: Focus,
    /// What the server answered about the keyboard, and from which event on that counts.
    answers: VecDeque<(SequenceNumber, Holder)>,
}

impl Scene {
    /// Begins to follow. Nothing changes while it looks around.
    pub(crate) fn open(connection: &XConnection, root: Window) -> Result<Self, ReplyError> {
        connection.grab_server()?.ignore_error();
        let scene = Self::look_around(connection, root);
        connection.ungrab_server()?.ignore_error();
        connection.flush()?;
        scene
    }

    fn look_around(connection: &XConnection, root: Window) -> Result<Self, ReplyError> {
        watch(connection, root, EventMask::SUBSTRUCTURE_NOTIFY | EventMask::FOCUS_CHANGE)?;
        let children = connection.query_tree(root)?.reply()?.children;
        let mut tops = Vec::new();
        for window in children {
            tops.extend(top(connection, window)?);
            watch(connection, window, EventMask::FOCUS_CHANGE)?;
        }
        let windows = Stack::new(root, tops);
        let (_, holder) = ask(connection, root, &windows)?;
        Ok(Self { root, windows, focus: Focus::new(root, holder), answers: VecDeque::new() })
    }

    /// Follows an event; `sequence` is the one that the server gave it.
    ///
    /// A new window may have got the keyboard before it was watched: the server is asked. Until the answer counts, keys are of
    /// nobody, because the window that had the keyboard told that it lost it.
    pub(crate) fn follow(
        &mut self,
        connection: &XConnection,
        event: &Event,
        sequence: SequenceNumber,
    ) -> Result<(), ReplyError> {
        while let Some((_, holder)) = self.answers.pop_front_if(|(from, _)| *from <= sequence) {
            self.focus.answered(holder);
        }
        let change = self.windows.follow(event);
        self.focus.follow(event, &self.windows, change);
        if let Change::Came(window) = change {
            watch(connection, window, EventMask::FOCUS_CHANGE)?;
            self.answers.push_back(ask(connection, self.root, &self.windows)?);
        }
        Ok(())
    }

    /// Who has the keyboard at this event.
    pub(crate) const fn keyboard(&self) -> Holder {
        self.focus.holder()
    }

    /// The uppermost window at a place at this event, or 0.
    pub(crate) fn at(&self, at: Point) -> Window {
        self.windows.at(at)
    }
}

/// Whether an event changes which windows lie where.
pub(crate) const fn is_of_windows(event: &Event) -> bool {
    matches!(
        event,
        Event::CreateNotify(_)
            | Event::DestroyNotify(_)
            | Event::MapNotify(_)
            | Event::UnmapNotify(_)
            | Event::ConfigureNotify(_)
            | Event::ReparentNotify(_)
            | Event::CirculateNotify(_)
    )
}

/// A window that went meanwhile has nothing to tell.
fn watch(connection: &XConnection, window: Window, mask: EventMask) -> Result<(), ConnectionError> {
    let aux = ChangeWindowAttributesAux::new().event_mask(mask);
    connection.change_window_attributes(window, &aux)?.ignore_error();
    Ok(())
}

fn top(connection: &XConnection, window: Window) -> Result<Option<Top>, ConnectionError> {
    let attributes = connection.get_window_attributes(window)?;
    let geometry = connection.get_geometry(window)?;
    let (Ok(attributes), Ok(geometry)) = (attributes.reply(), geometry.reply()) else { return Ok(None) };
    let border = i32::from(geometry.border_width) * 2;
    Ok(Some(Top {
        window,
        x: geometry.x.into(),
        y: geometry.y.into(),
        width: i32::from(geometry.width) + border,
        height: i32::from(geometry.height) + border,
        mapped: attributes.map_state == MapState::VIEWABLE,
    }))
}

/// Who has the keyboard, and from which event on that counts.
fn ask(
    connection: &XConnection,
    root: Window,
    windows: &Stack,
) -> Result<(SequenceNumber, Holder), ReplyError> {
    let asked = connection.get_input_focus()?;
    let from = asked.sequence_number();
    let focus = asked.reply()?.focus;
    let holder = match focus {
        _ if focus == Window::from(u8::from(InputFocus::POINTER_ROOT)) => Holder::Pointer,
        _ if windows.has(focus) => Holder::Window(focus),
        _ => top_of(connection, root, focus)?,
    };
    Ok((from, holder))
}

/// The top-level window that a window lies in. 0 is no window; neither it nor the root is an application.
fn top_of(connection: &XConnection, root: Window, window: Window) -> Result<Holder, ConnectionError> {
    let mut window = window;
    for _ in 0..DEPTH_MAX {
        if window == 0 || window == root {
            return Ok(Holder::Nobody);
        }
        let Ok(tree) = connection.query_tree(window)?.reply() else { return Ok(Holder::Nobody) };
        if tree.parent == root {
            return Ok(Holder::Window(window));
        }
        window = tree.parent;
    }
    Ok(Holder::Nobody)
}
