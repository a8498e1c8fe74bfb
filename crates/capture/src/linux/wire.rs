//! Connections to the X server that keep nothing of what they read.
//!
//! The library reads into a buffer that it never frees, and what it read last stays there until something as long is read: a title of a
//! window that was judged and refused, say. Here the buffer is wiped as soon as there is nothing more to read.

use std::io::{ErrorKind, IoSlice, Result};

use x11rb::errors::{ConnectError, DisplayParsingError};
use x11rb::reexports::x11rb_protocol::parse_display::parse_display;
use x11rb::reexports::x11rb_protocol::xauth::get_auth;
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

/// The library's buffer, in bytes. What is longer is read to where it is used, which is wiped when it is freed.
const BUFFER_BYTES: usize = 4_096;

/// A connection to an X server.
pub(crate) type XConnection = RustConnection<Wire>;

/// Connects to a display; the connection, and the number of its screen.
///
/// # Errors
/// When there is no such display, or it does not let this program in.
pub(crate) fn connect(display: &str) -> std::result::Result<(XConnection, usize), ConnectError> {
    let parsed = parse_display(Some(display))?;
    let mut failed = ConnectError::from(DisplayParsingError::Unknown);
    for address in parsed.connect_instruction() {
        let (stream, (family, at)) = match DefaultStream::connect(&address) {
            Ok(connected) => connected,
            Err(error) => {
                failed = error.into();
                continue;
            }
        };
        // As the library does: where no key can be read, the server says whether it needs one.
        let (name, key) = get_auth(family, &at, parsed.display).ok().flatten().unwrap_or_default();
        let screen = parsed.screen.into();
        let connection = RustConnection::connect_to_stream_with_auth_info(Wire(stream), screen, name, key)?;
        return Ok((connection, screen));
    }
    Err(failed)
}

/// The bytes between the server and the library.
#[derive(Debug)]
pub(crate) struct Wire(DefaultStream);

impl Stream for Wire {
    fn poll(&self, mode: PollMode) -> Result<()> {
        self.0.poll(mode)
    }

    fn read(&self, buffer: &mut [u8], descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        let read = self.0.read(buffer, descriptors);
        let is_over = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        if is_over && buffer.len() == BUFFER_BYTES {
            buffer.fill(0);
        }
        read
    }

    fn write(&self, buffer: &[u8], descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        self.0.write(buffer, descriptors)
    }

    fn write_vectored(
        &self,
        buffers: &[IoSlice<'_>],
        descriptors: &mut Vec<RawFdContainer>,
    ) -> Result<usize> {
        self.0.write_vectored(buffers, descriptors)
    }
}
