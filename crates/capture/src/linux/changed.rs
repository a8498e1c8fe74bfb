//! Which parts of the screen changed between two moments, by the X server's own account: where, not what.

use candor_model::Rect;
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::damage::{ConnectionExt as _, Damage, ReportLevel};
use x11rb::protocol::xfixes::{ConnectionExt as _, Region};
use x11rb::protocol::xproto::{Atom, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

/// Most parts that are told one by one; of more it is told what is around all of them.
const PARTS_MAX: usize = 64;

/// The account.
pub(crate) struct Changed {
    damage: Damage,
    region: Region,
    /// Whoever owns this draws the screen, from what windows draw elsewhere.
    manager: Atom,
}

impl Changed {
    /// Begins to count. `screen` is the number of the screen on its display.
    pub(crate) fn open(
        connection: &RustConnection,
        root: Window,
        screen: usize,
    ) -> Result<Self, ReplyOrIdError> {
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
    pub(crate) fn take(&self, connection: &RustConnection) -> Option<Vec<Rect>> {
        self.taken(connection).ok().flatten()
    }

    fn taken(&self, connection: &RustConnection) -> Result<Option<Vec<Rect>>, ReplyError> {
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
