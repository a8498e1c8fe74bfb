//! Memory shared with the X server (MIT-SHM 1.2): it writes pixels into a file without a name, and they are read from there. That
//! is one copy more than a mapping, and needs no `unsafe`; over the socket the same pixels take thirty times as long.

use std::cell::RefCell;
use std::fs::File;
use std::os::unix::fs::FileExt as _;

use x11rb::connection::Connection as _;
use x11rb::cookie::Cookie;
use x11rb::errors::ConnectionError;
use x11rb::protocol::shm::{ConnectionExt as _, GetImageReply, Seg};
use x11rb::protocol::xproto::{Drawable, ImageFormat};
use zeroize::{Zeroize as _, Zeroizing};

use super::source::{BAND_ROWS, Part};
use crate::linux::wire::XConnection;

/// The first version that passes memory as a file descriptor.
const VERSION: (u16, u16) = (1, 2);

/// Room for one screen.
#[derive(Debug)]
pub(crate) struct Shared {
    segment: Seg,
    file: File,
    bytes: usize,
    /// What is read of it at once.
    band: RefCell<Zeroizing<Vec<u8>>>,
}

/// Pixels that were asked for.
pub(crate) type Asked<'c> = Cookie<'c, XConnection, GetImageReply>;

impl Shared {
    /// Room for so many bytes; none where the server shares no memory, over a network for example.
    pub(crate) fn open(connection: &XConnection, bytes: u32) -> Option<Self> {
        let version = connection.shm_query_version().ok()?.reply().ok()?;
        if (version.major_version, version.minor_version) < VERSION {
            return None;
        }
        let segment = connection.generate_id().ok()?;
        let reply = connection.shm_create_segment(segment, bytes, false).ok()?.reply().ok()?;
        let (file, bytes) = (File::from(reply.shm_fd), usize::try_from(bytes).ok()?);
        Some(Self { segment, file, bytes, band: RefCell::default() })
    }

    /// How many of these parts, from the first on, have room beside each other.
    pub(crate) fn fit(&self, parts: impl Iterator<Item = Part>) -> usize {
        let ends = parts.scan(0_usize, |end, part| {
            *end = end.saturating_add(part.bytes());
            Some(*end)
        });
        ends.take_while(|end| *end <= self.bytes).count()
    }

    /// Asks for the pixels of a part of a drawable, to be written from a place in the memory on.
    pub(crate) fn ask<'c>(
        &self,
        connection: &'c XConnection,
        of: Drawable,
        part: Part,
        place: usize,
    ) -> Result<Asked<'c>, ConnectionError> {
        let (x, y, width, height) = (part.x, part.y, part.width, part.height);
        let (format, place) = (ImageFormat::Z_PIXMAP.into(), u32::try_from(place).unwrap_or(u32::MAX));
        connection.shm_get_image(of, x, y, width, height, u32::MAX, format, self.segment, place)
    }

    /// Whether what was asked for came as expected.
    pub(crate) fn came(asked: Asked<'_>, part: Part) -> bool {
        let reply = asked.reply();
        reply.is_ok_and(|reply| {
            matches!(reply.depth, 24 | 32) && usize::try_from(reply.size) == Ok(part.bytes())
        })
    }

    /// Whether nothing is left of what was read.
    #[cfg(test)]
    pub(crate) fn is_clean(&self) -> bool {
        let band = self.band.borrow();
        !band.is_empty() && band.iter().all(|byte| *byte == 0)
    }

    /// Gives on what lies there, in bands of rows: the first row of each, and its pixels. None where it cannot be read.
    pub(crate) fn bands(&self, place: usize, part: Part, mut take: impl FnMut(usize, &[u8])) -> Option<()> {
        let mut band = self.band.borrow_mut();
        let (end, step) = (part.bytes(), part.band_bytes());
        for (from, row) in (0..end).step_by(step).zip((0..).step_by(BAND_ROWS)) {
            let length = step.min(end - from);
            if band.len() < length {
                band.resize(length, 0);
            }
            let rows = band.get_mut(..length)?;
            self.file.read_exact_at(rows, u64::try_from(place + from).ok()?).ok()?;
            take(row, rows);
        }
        // Its room stays; what was in it does not.
        band.as_mut_slice().zeroize();
        Some(())
    }
}
