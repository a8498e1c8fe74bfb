//! Which parts of the screen changed between two frames and between two trees: by the X server's own account, and for trees, of what it says,
//! only where the frames differ. An office suite draws its whole window anew for one cell.

use std::cell::RefCell;

use candor_model::Rect;
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::damage::{ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::xfixes::{ConnectionExt as _, Region};
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, Window};

use crate::SeenWindow;
use crate::linux::wire::XConnection;

/// Most parts that are told one by one; of more it is told what is around all of them.
const PARTS_MAX: usize = 64;

/// Parts of the screen that changed; none if it is not known which.
pub(crate) type Parts = Option<Vec<Rect>>;

/// What changed since the last tree.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Parts that differ, or were drawn where no two frames tell whether they do.
    pub(crate) differ: Vec<Rect>,
    /// Parts that were drawn after the frame of the last tree was read and before that tree was there: what was asked for it may be of a moment that
    /// no frame shows.
    pub(crate) late: Vec<Rect>,
}

/// What changed since the last tree, and since the last frame.
///
/// In the order of a look: `before_frame`, the frame, `after_frame`, then `take` just before the tree is asked and `after_tree` when it is there.
/// What is drawn between the frame and the tree is late: the tree may have been asked in between, of a moment that no frame shows.
#[derive(Default)]
pub(crate) struct Changes {
    /// Where the server cannot tell it, nothing is known.
    account: Option<Account>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// Since the last tree, as far as frames tell.
    since: Parts,
    /// What was drawn after the frame of the last tree, until that tree was there.
    late: Parts,
    /// Whether each frame since the last tree was compared with the one before it; none if there was no frame.
    compared: Option<bool>,
    /// What was drawn since a frame was painted last.
    unpainted: Parts,
    /// Whether a frame was painted last, and no tree asked without one since: what did not change on it did not change for the tree.
    compares: bool,
    /// The windows of the last tree, and where they were.
    windows: Vec<(u64, Rect)>,
}

/// How a frame was painted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Painted {
    /// There is none.
    Not,
    /// On an empty canvas.
    Anew,
    /// Over the last one, which it differs from in these tiles.
    Over(Vec<Rect>),
}

/// What was drawn before a frame is read.
pub(crate) struct Drawn {
    /// Since the server was asked last.
    since: Parts,
    /// Since a frame was painted last.
    pub(crate) unpainted: Parts,
}

impl Changes {
    pub(crate) fn open(connection: &XConnection, root: Window, screen: usize) -> Self {
        Self { account: Account::open(connection, root, screen).ok(), state: RefCell::default() }
    }

    /// What was drawn before a frame is read. Who asks paints it.
    pub(crate) fn before_frame(&self, connection: &XConnection) -> Drawn {
        let since = self.told(connection);
        let unpainted = self.state.borrow_mut().unpainted.replace(Vec::new());
        Drawn { since, unpainted }
    }

    /// Of what changed before a frame was read only what differs on it counts.
    pub(crate) fn after_frame(&self, drawn: Drawn, painted: Painted) {
        let mut state = self.state.borrow_mut();
        let compares = painted != Painted::Not;
        let (both, since) = match painted {
            Painted::Over(differs) if state.compares => (true, drawn.since.map(|_| differs)),
            Painted::Over(_) | Painted::Anew | Painted::Not => (false, drawn.since),
        };
        state.compares = compares;
        state.compared = Some(both && state.compared != Some(false));
        state.add(since);
    }

    /// What changed since the last tree, for one that is asked now; none if it is not known. Without a frame of this moment the next one is not
    /// compared with the last. Where a window came, went or moved nothing is known: a menu that opens is a window, and what it lies in need not
    /// change.
    pub(crate) fn take(
        &self,
        connection: &XConnection,
        windows: &[SeenWindow],
        with_frame: bool,
    ) -> Option<Changed> {
        let parts = self.told(connection);
        let mut windows: Vec<_> = windows.iter().map(|window| (window.id, window.bounds)).collect();
        windows.sort_unstable_by_key(|(id, _)| *id);
        let mut state = self.state.borrow_mut();
        let same = state.windows == windows;
        state.windows = windows;
        state.compares &= with_frame;
        state.compared = state.compared.filter(|_| with_frame);
        state.given(parts).filter(|_| same)
    }

    /// The tree is there, or it is not waited for any longer: then it may be asked whenever, and the next one is asked whole.
    pub(crate) fn after_tree(&self, connection: &XConnection, is_there: bool) {
        let parts = self.told(connection).filter(|_| is_there);
        let mut state = self.state.borrow_mut();
        state.late = together(state.late.take(), parts);
    }

    /// The last frame goes.
    pub(crate) fn forget(&self) {
        let mut state = self.state.borrow_mut();
        (state.unpainted, state.compares, state.compared) = (None, false, Some(false));
    }

    fn told(&self, connection: &XConnection) -> Parts {
        let parts = self.account.as_ref().and_then(|account| account.take(connection));
        let mut state = self.state.borrow_mut();
        state.unpainted = together(state.unpainted.take(), parts.clone());
        parts
    }
}

impl State {
    fn add(&mut self, parts: Parts) {
        self.since = together(self.since.take(), parts);
    }

    /// What counts for a tree that is asked now; `parts` were drawn since the last frame, or since the last tree where there was no frame.
    fn given(&mut self, parts: Parts) -> Option<Changed> {
        let mut late = self.late.replace(Vec::new());
        if self.compared.take() == Some(true) {
            // The next frame tells which of these differ.
            self.late = parts;
        } else {
            self.add(late.replace(Vec::new()));
            self.add(parts);
        }
        let (differ, late) = self.since.replace(Vec::new()).zip(late)?;
        Some(Changed { differ, late })
    }
}

/// Both; of many, what is around all of them.
fn together(some: Parts, more: Parts) -> Parts {
    let (some, more) = some.zip(more)?;
    let all = [some, more].concat();
    if all.len() <= PARTS_MAX { Some(all) } else { Some(vec![around(&all)]) }
}

fn around(parts: &[Rect]) -> Rect {
    let edge = |start: i32, length: u32| start.saturating_add_unsigned(length);
    let left = parts.iter().map(|part| part.x).min().unwrap_or(0);
    let top = parts.iter().map(|part| part.y).min().unwrap_or(0);
    let right = parts.iter().map(|part| edge(part.x, part.width)).max().unwrap_or(0);
    let bottom = parts.iter().map(|part| edge(part.y, part.height)).max().unwrap_or(0);
    Rect { x: left, y: top, width: right.abs_diff(left), height: bottom.abs_diff(top) }
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
    fn open(connection: &XConnection, root: Window, screen: usize) -> Result<Self, ReplyOrIdError> {
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
    fn take(&self, connection: &XConnection) -> Parts {
        self.taken(connection).ok().flatten()
    }

    fn taken(&self, connection: &XConnection) -> Result<Parts, ReplyError> {
        connection.damage_subtract(self.damage, x11rb::NONE, self.region)?.ignore_error();
        let manager = connection.get_selection_owner(self.manager)?;
        let parts = connection.xfixes_fetch_region(self.region)?.reply()?;
        let composed = manager.reply()?.owner != x11rb::NONE;
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

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    fn drawn(parts: &[Rect]) -> Drawn {
        Drawn { since: Some(parts.to_vec()), unpainted: None }
    }

    /// What the next tree is asked for, of what was drawn before the last frame.
    fn since(changes: &Changes) -> Parts {
        changes.state.borrow_mut().given(Some(Vec::new())).map(|changed| changed.differ)
    }

    /// What counts for a tree: with this frame before it, if there is one, and parts that were drawn after that.
    fn looked(state: &mut State, frame: Option<Painted>, after_frame: &[Rect]) -> Option<Changed> {
        let changes = Changes { account: None, state: std::mem::take(state).into() };
        if let Some(painted) = frame {
            changes.after_frame(drawn(&[]), painted);
        }
        *state = changes.state.into_inner();
        state.given(Some(after_frame.to_vec()))
    }

    #[test]
    fn what_is_drawn_between_a_frame_and_its_tree_is_late_for_the_next_one() {
        let [tree, after, cell] = [rect(0, 0, 9, 9), rect(20, 0, 9, 9), rect(0, 0, 2, 2)];
        let over = |differs: &[Rect]| Some(Painted::Over(differs.to_vec()));
        let expected =
            |differ: &[Rect], late: &[Rect]| Some(Changed { differ: differ.to_vec(), late: late.to_vec() });
        let known =
            || State { since: Some(Vec::new()), late: Some(vec![tree]), compares: true, ..State::default() };
        let mut state = known();
        assert_eq!(looked(&mut state, over(&[cell]), &[after]), expected(&[cell], &[tree]));
        assert_eq!(looked(&mut state, over(&[]), &[]), expected(&[], &[after]));
        assert_eq!(looked(&mut state, over(&[]), &[]), expected(&[], &[]));
        // Without two frames to compare all of it counts as what differs.
        for frame in [Some(Painted::Anew), None] {
            let mut state = known();
            assert_eq!(looked(&mut state, over(&[]), &[after]), expected(&[], &[tree]));
            assert_eq!(looked(&mut state, frame, &[cell]), expected(&[after, cell], &[]));
        }
        // Of two frames before a tree both must be compared.
        let changes = Changes { account: None, state: known().into() };
        changes.after_frame(drawn(&[]), Painted::Anew);
        let mut state = changes.state.into_inner();
        assert_eq!(looked(&mut state, over(&[cell]), &[]), expected(&[cell, tree], &[]));
        // Nor is it compared where the frame was given up after it was painted.
        let changes = Changes { account: None, state: known().into() };
        changes.after_frame(drawn(&[]), Painted::Over(Vec::new()));
        changes.forget();
        assert_eq!(changes.state.into_inner().given(Some(vec![cell])), expected(&[tree, cell], &[]));
        // What is not known stays so for one tree.
        let mut state = State { late: None, ..known() };
        assert_eq!(looked(&mut state, over(&[]), &[]), None);
        assert_eq!(looked(&mut state, over(&[]), &[]), expected(&[], &[]));
    }

    #[test]
    fn what_is_not_known_stays_so_until_a_tree_was_asked() {
        let mut state = State { since: Some(Vec::new()), ..State::default() };
        state.add(Some(vec![rect(0, 0, 1, 1)]));
        state.add(None);
        state.add(Some(vec![rect(1, 1, 1, 1)]));
        assert_eq!(state.since, None);
    }

    #[test]
    fn of_what_was_drawn_only_what_differs_counts_if_a_frame_of_the_last_tree_is_there() {
        let (changes, all, tile) = (Changes::default(), rect(0, 0, 100, 100), rect(32, 0, 32, 32));
        *changes.state.borrow_mut() =
            State { since: Some(Vec::new()), late: Some(Vec::new()), ..State::default() };
        changes.after_frame(drawn(&[all]), Painted::Over(vec![tile]));
        assert_eq!(since(&changes), Some(vec![all]), "the first frame has none before it");
        changes.after_frame(drawn(&[all]), Painted::Over(vec![tile]));
        assert_eq!(since(&changes), Some(vec![tile]));
        changes.after_frame(drawn(&[all]), Painted::Anew);
        assert_eq!(since(&changes), Some(vec![all]));
        changes.after_frame(drawn(&[all]), Painted::Not);
        changes.after_frame(drawn(&[all]), Painted::Over(Vec::new()));
        assert_eq!(since(&changes), Some(vec![all, all]), "a look without a frame lies between");
        changes.forget();
        changes.after_frame(drawn(&[all]), Painted::Over(Vec::new()));
        assert_eq!(since(&changes), Some(vec![all]));
        changes.state.borrow_mut().compares = false;
        changes.after_frame(drawn(&[all]), Painted::Over(Vec::new()));
        assert_eq!(since(&changes), Some(vec![all]), "a tree was asked without a frame");
        changes.after_frame(Drawn { since: None, unpainted: None }, Painted::Over(Vec::new()));
        assert_eq!(since(&changes), None);
    }

    #[test]
    fn of_many_parts_it_is_told_what_is_around_them() {
        let part = |n: i32| rect(10 * n, 5, 4, 6);
        let few: Vec<_> = (0..40).map(part).collect();
        assert_eq!(together(Some(few.clone()), Some(Vec::new())), Some(few.clone()));
        assert_eq!(together(Some(few.clone()), Some(few)), Some(vec![rect(0, 5, 394, 6)]));
        assert_eq!(together(None, Some(Vec::new())), None);
        assert_eq!(together(Some(Vec::new()), None), None);
    }
}
