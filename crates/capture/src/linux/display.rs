//! An X display: its name, its screen, and what the sensor needs of its server.

use candor_model::{Pixels, Screen};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{ImageOrder, Window};

use crate::OpenError;
use crate::linux::wire::XConnection;

/// Highest number of a display: its port, 6000 higher, is the last one.
const DISPLAY_NUMBER_MAX: u16 = u16::MAX - 6000;
/// Longest side of a screen in pixels.
pub const FRAME_SIDE_PX_MAX: u32 = Pixels::SIDE_PX_MAX;

/// The library adds the number to a port number, and that must not overflow.
pub(crate) fn is_possible(display: &str) -> bool {
    let number = display.rsplit_once(':').map(|(_, rest)| rest.split('.').next().unwrap_or(rest));
    number.and_then(|number| number.parse::<u16>().ok()).is_some_and(|number| number <= DISPLAY_NUMBER_MAX)
}

/// The screen, if its pixels come as blue, green, red and one byte more.
pub(crate) fn screen(
    connection: &XConnection,
    number: usize,
    display: &str,
) -> Result<(Window, Screen), OpenError> {
    let setup = connection.setup();
    let found = setup.roots.get(number).ok_or(OpenError::Lacks { what: "a screen" })?;
    let four_bytes =
        setup.pixmap_formats.iter().any(|f| f.depth == found.root_depth && f.bits_per_pixel == 32);
    if !four_bytes || setup.image_byte_order != ImageOrder::LSB_FIRST {
        return Err(OpenError::Lacks { what: "pixels of 32 bits, lowest byte first" });
    }
    let (width, height) = (u32::from(found.width_in_pixels), u32::from(found.height_in_pixels));
    if width.max(height) > FRAME_SIDE_PX_MAX {
        return Err(OpenError::Lacks { what: "a screen of a size that can be kept" });
    }
    Ok((found.root, Screen { name: display.to_owned(), width, height }))
}

/// Lets each top-level window keep its own pixels, whatever lies over it.
pub(crate) fn redirect(
    connection: &XConnection,
    root: Window,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    connection.composite_query_version(0, 4)?.reply()?;
    connection.composite_redirect_subwindows(root, Redirect::AUTOMATIC)?.check()?;
    Ok(())
}
