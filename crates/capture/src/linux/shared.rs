//! Memory shared with the X server (MIT-SHM 1.2): it writes pixels into a file without a name, and they are read from there. That
//! is one copy more than a mapping, and needs no `unsafe`; over the socket the same pixels take thirty times as long.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use x11rb::connection::Connection as _;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::protocol::xproto::{Drawable, ImageFormat};
use x11rb::rust_connection::RustConnection;
use zeroize::Zeroizing;

use super::canvas::Part;

/// The first version that passes memory as a file descriptor.
const VERSION: (u16, u16) = (1, 2);

/// Room for one screen.
#[derive(Debug)]
pub(crate) struct Shared {
    segment: Seg,
    file: File,
    bytes: usize,
}

impl Shared {
    /// Room for so many bytes; none where the server shares no memory, over a network for example.
    pub(crate) fn open(connection: &RustConnection, bytes: u32) -> Option<Self> {
        let version = connection.shm_query_version().ok()?.reply().ok()?;
        if (version.major_version, version.minor_version) < VERSION {
            return None;
        }
        let segment = connection.generate_id().ok()?;
        let reply = connection.shm_create_segment(segment, bytes, false).ok()?.reply().ok()?;
        Some(Self { segment, file: File::from(reply.shm_fd), bytes: usize::try_from(bytes).ok()? })
    }

    /// The pixels of a part of a drawable; none if they do not come as expected.
    pub(crate) fn pixels(
        &self,
        connection: &RustConnection,
        of: Drawable,
        part: &Part,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let expected = part.bytes();
        if expected > self.bytes {
            return None;
        }
        let (x, y, width, height) = (part.x, part.y, part.width, part.height);
        let format = ImageFormat::Z_PIXMAP.into();
        let asked =
            connection.shm_get_image(of, x, y, width, height, u32::MAX, format, self.segment, 0).ok()?;
        let reply = asked.reply().ok()?;
        let readable = matches!(reply.depth, 24 | 32) && usize::try_from(reply.size) == Ok(expected);
        let mut pixels = Zeroizing::new(vec![0; if readable { expected } else { 0 }]);
        self.file.read_exact_at(&mut pixels, 0).ok()?;
        readable.then_some(pixels)
    }
}
