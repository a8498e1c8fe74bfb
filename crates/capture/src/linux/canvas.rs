//! The frame: put together from permitted windows on an empty canvas, the lowest first.
//!
//! What is not permitted is a flat block where it lies, so that it covers what is below it, as on the screen. Its pixels
//! are never asked for.

use candor_model::{Pixels, Rect};
use x11rb::connection::Connection;
use x11rb::protocol::composite::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Pixmap, Window};
use x11rb::rust_connection::RustConnection;
use zeroize::Zeroizing;

use crate::SensorError;
use crate::linux::desktop;
use crate::linux::shared::Shared;

/// The grey of what is not shown.
const BLOCK: u8 = 0x40;
/// Bytes of a pixel as the X server sends it: blue, green, red, unused.
const SENT_BYTES: usize = 4;

/// A frame in the making.
pub(crate) struct Canvas {
    width: u32,
    height: u32,
    rgb: Zeroizing<Vec<u8>>,
}

impl Canvas {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let bytes = usize::try_from(u64::from(width) * u64::from(height) * 3).unwrap_or(0);
        Self { width, height, rgb: Zeroizing::new(vec![BLOCK; bytes]) }
    }

    /// Puts a block where a window lies that is not permitted.
    pub(crate) fn block(&mut self, bounds: Rect) {
        let Some((left, top, right, bottom)) = bounds.clipped(self.width, self.height) else { return };
        for row in top..bottom {
            self.row(left, row, right - left).fill(BLOCK);
        }
    }

    /// Paints the pixels of a permitted window, as far as they are on the screen.
    pub(crate) fn paint(
        &mut self,
        source: &Source<'_>,
        named: &Named,
        bounds: Rect,
    ) -> Result<(), SensorError> {
        let Some((left, top, right, bottom)) = bounds.clipped(self.width, self.height) else { return Ok(()) };
        let within = |edge: u32, start: i32| i16::try_from(i64::from(edge) - i64::from(start)).unwrap_or(0);
        let part = Part {
            x: within(left, bounds.x),
            y: within(top, bounds.y),
            width: u16::try_from(right - left).unwrap_or(0),
            height: u16::try_from(bottom - top).unwrap_or(0),
        };
        let sent = source.pixels(named, &part)?;
        let row_bytes = usize::from(part.width) * SENT_BYTES;
        for (row, pixels) in (top..bottom).zip(sent.chunks_exact(row_bytes)) {
            copy_row(self.row(left, row, right - left), pixels);
        }
        Ok(())
    }

    fn row(&mut self, left: u32, row: u32, width: u32) -> &mut [u8] {
        let start = (u64::from(row) * u64::from(self.width) + u64::from(left)) * 3;
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(width).unwrap_or(0) * 3);
        self.rgb.get_mut(start..end).unwrap_or_default()
    }

    pub(crate) fn finish(mut self) -> Option<Pixels> {
        Pixels::new(self.width, self.height, std::mem::take(&mut *self.rgb))
    }
}

fn copy_row(canvas: &mut [u8], sent: &[u8]) {
    let (to, _) = canvas.as_chunks_mut::<3>();
    let (from, _) = sent.as_chunks::<SENT_BYTES>();
    for (to, [blue, green, red, _]) in to.iter_mut().zip(from) {
        *to = [*red, *green, *blue];
    }
}

/// A part of a window, in its own coordinates.
pub(crate) struct Part {
    pub(crate) x: i16,
    pub(crate) y: i16,
    pub(crate) width: u16,
    pub(crate) height: u16,
}

impl Part {
    /// How many bytes the X server sends for it.
    pub(crate) fn bytes(&self) -> usize {
        usize::from(self.width) * usize::from(self.height) * SENT_BYTES
    }
}

/// Where pixels come from.
pub(crate) struct Source<'a> {
    pub(crate) connection: &'a RustConnection,
    /// None: they come over the socket.
    pub(crate) shared: Option<&'a Shared>,
}

/// A window's own pixels by a name that stays theirs, also where other windows lie over it, and when it is hidden, moved or
/// sized anew (Composite 0.4, `NameWindowPixmap`).
pub(crate) struct Named(Pixmap);

impl Named {
    pub(crate) fn of(connection: &RustConnection, window: Window) -> Result<Self, SensorError> {
        let pixmap: Pixmap = connection.generate_id().map_err(desktop)?;
        let named = connection.composite_name_window_pixmap(window, pixmap).map_err(desktop)?;
        named.check().map_err(desktop)?;
        Ok(Self(pixmap))
    }

    /// Lets the server forget it. Where the server is gone, so is the name.
    pub(crate) fn free(&self, connection: &RustConnection) {
        if let Ok(freed) = connection.free_pixmap(self.0) {
            freed.ignore_error();
        }
    }
}

impl Source<'_> {
    fn pixels(&self, Named(pixmap): &Named, part: &Part) -> Result<Zeroizing<Vec<u8>>, SensorError> {
        let shared = self.shared.and_then(|shared| shared.pixels(self.connection, *pixmap, part));
        shared.map_or_else(|| self.sent(*pixmap, part), Ok)
    }

    fn sent(&self, pixmap: Pixmap, part: &Part) -> Result<Zeroizing<Vec<u8>>, SensorError> {
        let (x, y, width, height) = (part.x, part.y, part.width, part.height);
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, pixmap, x, y, width, height, u32::MAX);
        let image = image.map_err(desktop)?.reply().map_err(desktop)?;
        let readable = matches!(image.depth, 24 | 32) && image.data.len() == part.bytes();
        if readable { Ok(Zeroizing::new(image.data)) } else { Err(SensorError::Changed) }
    }
}
