//! Whether an X server is Xwayland: a part of a Wayland session, whose other windows it does not know.
//!
//! Since 23.1 it says so by an extension that is there for nothing else (`XWAYLAND`, xorgproto 2022.2: "where that extension is present we
//! have an Xwayland server"). Older ones are told as the X.Org tools `xisxwayland` and `xinput` tell them, by the names of their outputs
//! and of their input devices, of which a compositor may have changed the first, and a session without a seat lacks the second.

use x11rb::errors::ReplyError;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xinput::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, Window};

use crate::linux::wire::XConnection;

const EXTENSION: &[u8] = b"XWAYLAND";
/// How its outputs are named, with a number.
const OUTPUT: &[u8] = b"XWAYLAND";
/// How its devices are named, `xwayland-pointer:12` for example.
const DEVICE: &[u8] = b"xwayland-";

/// Whether it is.
///
/// # Errors
/// When the server cannot be asked: then nobody knows that it is not, and it is not recorded.
pub(crate) fn is_xwayland(connection: &XConnection, root: Window) -> Result<bool, ReplyError> {
    Ok(connection.query_extension(EXTENSION)?.reply()?.present
        || has_output(connection, root)?
        || has_device(connection)?)
}

fn has_output(connection: &XConnection, root: Window) -> Result<bool, ReplyError> {
    let told = connection.randr_get_screen_resources_current(root)?.reply()?;
    for output in told.outputs {
        let output = connection.randr_get_output_info(output, told.config_timestamp)?.reply()?;
        if output.name.starts_with(OUTPUT) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_device(connection: &XConnection) -> Result<bool, ReplyError> {
    let devices = connection.xinput_list_input_devices()?.reply()?;
    Ok(devices.names.iter().any(|device| device.name.starts_with(DEVICE)))
}
