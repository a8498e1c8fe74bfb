//! Which parts of the screen changed between two trees: by the X server's own account, and of what it says only where the frames differ. An
//! office suite draws its whole window anew for one cell.

use std::cell::RefCell;

use candor_model::{Pixels, Rect};
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::damage::{ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::xfixes::{ConnectionExt as _, Region};
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;
use zeroize::Zeroizing;

use crate::SeenWindow;

/// Most parts that are told one by one; of more it is told what is around all of them.
const PARTS_MAX: usize = 64;
/// Sides of the parts in which frames are compared, in pixels.
const TILE_PX: u32 = 32;

/// Parts of the screen that changed; none if it is not known which.
pub(crate) type Parts = Option<Vec<Rect>>;

/// What changed since the last tree.
///
/// In the order of a look: `before_frame`, the frame, `after_frame`, then `take` just before the tree is asked and `after_tree` when it is there.
/// What changes while a tree is asked counts for the next one, whatever the next frame looks like: it may have been asked in between.
#[derive(Default)]
pub(crate) struct Changes {
    /// Where the server cannot tell it, nothing is known.
    account: Option<Account>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    since: Option<Vec<Rect>>,
    /// The last frame, as long as no tree was asked without one.
    frame: Option<Frame>,
    /// The windows of the last tree, and where they were.
    windows: Vec<(u64, Rect)>,
}

impl Changes {
    pub(crate) fn open(connection: &RustConnection, root: Window, screen: usize) -> Self {
        Self { account: Account::open(connection, root, screen).ok(), state: RefCell::default() }
    }

    /// What changed before a frame is read.
    pub(crate) fn before_frame(&self, connection: &RustConnection) -> Parts {
        self.account.as_ref()?.take(connection)
    }

    /// Of what changed before a frame was read only what differs on it counts. None if there is no frame.
    pub(crate) fn after_frame(&self, parts: Parts, frame: Option<&Pixels>) {
        let mut state = self.state.borrow_mut();
        let known = state.frame.take();
        let (parts, frame) = match (parts, frame, known) {
            (Some(parts), Some(frame), Some(mut known)) if known.is_like(frame) => {
                (Some(known.differs(frame, &parts)), Some(known))
            }
            (Some(parts), Some(frame), _) => (Some(parts), Some(Frame::of(frame))),
            (parts, _, _) => (parts, None),
        };
        state.frame = frame;
        state.add(parts);
    }

    /// What changed since the last tree, for one that is asked now. Without a frame of this moment the next one is not compared with the last.
    /// Where a window came, went or moved nothing is known: a menu that opens is a window, and what it lies in need not change.
    pub(crate) fn take(
        &self,
        connection: &RustConnection,
        windows: &[SeenWindow],
        with_frame: bool,
    ) -> Parts {
        let parts = self.before_frame(connection);
        let mut windows: Vec<_> = windows.iter().map(|window| (window.id, window.bounds)).collect();
        windows.sort_unstable_by_key(|(id, _)| *id);
        let mut state = self.state.borrow_mut();
        let same = state.windows == windows;
        state.windows = windows;
        if !with_frame {
            state.frame = None;
        }
        state.add(parts.filter(|_| same));
        state.since.replace(Vec::new())
    }

    /// What changed while the tree was asked.
    pub(crate) fn after_tree(&self, connection: &RustConnection) {
        let parts = self.before_frame(connection);
        self.state.borrow_mut().add(parts);
    }

    /// The last frame goes.
    pub(crate) fn forget(&self) {
        self.state.borrow_mut().frame = None;
    }
}

impl State {
    fn add(&mut self, parts: Parts) {
        self.since = self.since.take().zip(parts).map(|(since, parts)| [since, parts].concat());
    }
}

/// A frame that later ones are compared with, in memory only; it is wiped when it goes.
struct Frame {
    width: u32,
    height: u32,
    rgb: Zeroizing<Vec<u8>>,
}

impl Frame {
    fn of(frame: &Pixels) -> Self {
        Self { width: frame.width(), height: frame.height(), rgb: Zeroizing::new(frame.rgb().to_vec()) }
    }

    fn is_like(&self, frame: &Pixels) -> bool {
        (self.width, self.height) == (frame.width(), frame.height())
    }

    /// Where a frame differs, within these parts; what differs is taken over.
    fn differs(&mut self, frame: &Pixels, parts: &[Rect]) -> Vec<Rect> {
        let mut differs: Vec<Rect> = Vec::new();
        let (width, height) = (self.width, self.height);
        for (left, top, right, bottom) in parts.iter().filter_map(|part| part.clipped(width, height)) {
            for y in steps(top, bottom) {
                for x in steps(left, right) {
                    let tile = (x, y, right.min(x + TILE_PX), bottom.min(y + TILE_PX));
                    if self.takes_over(frame, tile) {
                        add(&mut differs, tile);
                    }
                }
            }
        }
        differs
    }

    /// Whether a tile differs: left, top, right, bottom.
    fn takes_over(&mut self, frame: &Pixels, (left, top, right, bottom): (u32, u32, u32, u32)) -> bool {
        let mut differs = false;
        for row in top..bottom {
            let at = |x: u32| usize::try_from((u64::from(row) * u64::from(self.width) + u64::from(x)) * 3);
            let (Ok(from), Ok(to)) = (at(left), at(right)) else { continue };
            let (Some(own), Some(new)) = (self.rgb.get_mut(from..to), frame.rgb().get(from..to)) else {
                continue;
            };
            if own != new {
                own.copy_from_slice(new);
                differs = true;
            }
        }
        differs
    }
}

fn steps(from: u32, to: u32) -> impl Iterator<Item = u32> {
    (from..to).step_by(usize::try_from(TILE_PX).unwrap_or(1))
}

/// Adds a tile, to the one on its left where that is there.
fn add(parts: &mut Vec<Rect>, (left, top, right, bottom): (u32, u32, u32, u32)) {
    let at = |edge: u32| i32::try_from(edge).unwrap_or(i32::MAX);
    if let Some(last) = parts.last_mut()
        && last.y == at(top)
        && last.height == bottom - top
        && i64::from(last.x) + i64::from(last.width) == i64::from(left)
    {
        last.width += right - left;
        return;
    }
    parts.push(Rect { x: at(left), y: at(top), width: right - left, height: bottom - top });
}

/// The server's account.
struct Account {
    damage: Damage,
    region: Region,
    /// Whoever owns this draws the screen, from what windows draw elsewhere.
    manager: Atom,
}

impl Account {
    /// Begins to count. `screen` is the number of the screen on its display.
    fn open(connection: &RustConnection, root: Window, screen: usize) -> Result<Self, ReplyOrIdError> {
        connection.damage_query_version(1, 1)?.reply()?;
        connection.xfixes_query_version(5, 0)?.reply()?;
        let (damage, region) = (connection.generate_id()?, connection.generate_id()?);
        connection.damage_create(damage, root, ReportLevel::NON_EMPTY)?.check()?;
        connection.xfixes_create_region(region, &[])?.check()?;
        let name = format!("_NET_WM_CM_S{screen}");
        let manager = connection.intern_atom(false, name.as_bytes())?.reply()?.atom;
        Ok(Self { damage, region, manager })
    }

    /// What changed since it was asked last, in absolute pixels. None where the server cannot know: a program that composes the screen itself
    /// draws when it likes, and what windows draw is told of it and not of the screen.
    fn take(&self, connection: &RustConnection) -> Parts {
        self.taken(connection).ok().flatten()
    }

    fn taken(&self, connection: &RustConnection) -> Result<Parts, ReplyError> {
        connection.damage_subtract(self.damage, x11rb::NONE, self.region)?.ignore_error();
        let manager = connection.get_selection_owner(self.manager)?;
        let parts = connection.xfixes_fetch_region(self.region)?.reply()?;
        let composed = manager.reply()?.owner != x11rb::NONE;
        // One event each time says that something changed; nobody waits for it here.
        while connection.poll_for_event()?.is_some() {}
        let parts = if parts.rectangles.len() > PARTS_MAX { vec![parts.extents] } else { parts.rectangles };
        let rect = |part: &x11rb::protocol::xproto::Rectangle| Rect {
            x: part.x.into(),
            y: part.y.into(),
            width: part.width.into(),
            height: part.height.into(),
        };
        Ok((!composed).then(|| parts.iter().map(rect).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: u32 = 100;

    fn frame(dots: &[(u32, u32)]) -> Pixels {
        let mut rgb = vec![7; 3 * 100 * 100];
        for (x, y) in dots {
            rgb[usize::try_from((y * SIDE + x) * 3).unwrap()] = 8;
        }
        Pixels::new(SIDE, SIDE, rgb).unwrap()
    }

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn of_what_was_drawn_only_what_differs_counts_and_from_then_on_the_new_one() {
        let mut known = Frame::of(&frame(&[]));
        let new = frame(&[(40, 10), (70, 10), (5, 99)]);
        let whole = [rect(-5, -5, 200, 200)];
        assert_eq!(known.differs(&new, &whole), [rect(32, 0, 64, 32), rect(0, 96, 32, 4)]);
        assert_eq!(known.differs(&new, &whole), []);
        assert_eq!(known.differs(&frame(&[]), &[rect(0, 90, 9, 9)]), []);
        assert_eq!(
            known.differs(&frame(&[]), &[rect(41, 0, 9, 9), rect(40, 0, 1, 20)]),
            [rect(40, 0, 1, 20)]
        );
    }

    #[test]
    fn what_is_not_known_stays_so_until_a_tree_was_asked_and_a_tree_without_a_frame_ends_comparing() {
        let mut state = State { since: Some(Vec::new()), ..State::default() };
        state.add(Some(vec![rect(0, 0, 1, 1)]));
        state.add(None);
        state.add(Some(vec![rect(1, 1, 1, 1)]));
        assert_eq!(state.since, None);

        let changes = Changes::default();
        let all = rect(0, 0, SIDE, SIDE);
        let since = |changes: &Changes| changes.state.borrow_mut().since.replace(Vec::new());
        changes.state.borrow_mut().since = Some(Vec::new());
        changes.after_frame(Some(vec![all]), Some(&frame(&[])));
        assert_eq!(since(&changes), Some(vec![all]), "the first frame has none before it");
        changes.after_frame(Some(vec![all]), Some(&frame(&[])));
        assert_eq!(since(&changes), Some(vec![]));
        changes.after_frame(Some(vec![all]), None);
        changes.after_frame(Some(vec![all]), Some(&frame(&[])));
        assert_eq!(since(&changes), Some(vec![all, all]), "a look without a frame lies between");
        changes.forget();
        changes.after_frame(Some(vec![all]), Some(&frame(&[])));
        assert_eq!(since(&changes), Some(vec![all]));
    }
}
