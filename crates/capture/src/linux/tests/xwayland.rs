//! A Wayland session shows X programs by Xwayland, which knows no window of the others: it is not recorded.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use candor_model::Moment;
use x11rb::protocol::xinput::{
    ConnectionExt as _, HierarchyChange, HierarchyChangeData, HierarchyChangeDataAddMaster,
};
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, parse_display};
use x11rb::rust_connection::RustConnection;

use super::desktop::{Desktop, missing, until};
use super::law::now;
use crate::linux::x11::X11Sensor;
use crate::{OpenError, Sensor as _};

/// The first port of X servers: that of display 0.
const FIRST_PORT: u16 = 6_000;

/// A Wayland session without a monitor, whose compositor starts Xwayland as soon as somebody asks for it.
struct Session {
    folder: tempfile::TempDir,
    compositor: Child,
}

impl Session {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let log = format!("--log={}", folder.path().join("log").display());
        let words = ["--backend=headless-backend.so", "--xwayland", "--socket=candor", "--idle-time=0", &log];
        let mut weston = Command::new("weston");
        let quiet = weston.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let here = quiet.env("XDG_RUNTIME_DIR", folder.path()).env("HOME", folder.path());
        let compositor = here.spawn().unwrap_or_else(|error| missing("weston", &error));
        Self { folder, compositor }
    }

    /// The display of its X programs, which the compositor tells in its log.
    fn display(&self) -> String {
        until("the compositor is up", || {
            let log = std::fs::read_to_string(self.folder.path().join("log")).ok()?;
            let (_, rest) = log.split_once("xserver listening on display ")?;
            Some(rest.split_once('\n')?.0.to_owned())
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Asked to end, it takes the display's socket and lock away.
        let _ = Command::new("kill").arg(self.compositor.id().to_string()).status();
        let _ = self.compositor.wait();
    }
}

fn opened(display: &str) -> Result<X11Sensor, OpenError> {
    X11Sensor::open(display, Arc::new(|| Moment { wall: now(), monotonic_us: 0 }))
}

/// That it is refused as Xwayland's, in words that say what to do.
fn is_refused(display: &str) {
    let refused = opened(display).map(|sensor| sensor.platform());
    let Err(error @ OpenError::Xwayland { .. }) = refused else { panic!("{display}: {refused:?}") };
    let words = error.to_string();
    assert!(words.contains(display) && words.contains("log in to an X11 session"), "{words}");
}

#[test]
fn the_x_programs_of_a_wayland_session_are_not_recorded() {
    let session = Session::start();
    is_refused(&session.display());
}

#[test]
fn a_server_that_names_the_extension_of_xwayland_is_refused() {
    let desktop = Desktop::without_manager();
    assert!(opened(&desktop.display).is_ok());
    is_refused(&saying_that_it_is_xwayland(&desktop.display));
}

#[test]
fn a_server_with_the_input_devices_of_xwayland_is_refused() {
    let desktop = Desktop::without_manager();
    let (connection, _) = RustConnection::connect(Some(&desktop.display)).unwrap();
    connection.xinput_xi_query_version(2, 0).unwrap().reply().unwrap();
    let name = b"xwayland-pointer".to_vec();
    let device = HierarchyChangeDataAddMaster { send_core: true, enable: true, name };
    // In units of four bytes.
    let added = HierarchyChange { len: 6, data: HierarchyChangeData::AddMaster(device) };
    connection.xinput_xi_change_hierarchy(&[added]).unwrap().check().unwrap();
    is_refused(&desktop.display);
}

/// A display of the same server that has an extension of the name that is asked for, as Xwayland has since 23.1: what is asked about it is
/// asked about another one whose name is as long.
fn saying_that_it_is_xwayland(display: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let socket = socket_of(display);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(&socket).unwrap();
            let (answers, asker) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || passed(client, server, b"XWAYLAND", b"XINERAMA"));
            std::thread::spawn(move || passed(answers, asker, b"", b""));
        }
    });
    format!("127.0.0.1:{}", port - FIRST_PORT)
}

/// Where a server of this machine listens, as the library that connects to it knows.
fn socket_of(display: &str) -> String {
    let display = parse_display(Some(display)).unwrap();
    let socket = display
        .connect_instruction()
        .find_map(|address| if let ConnectAddress::Socket(socket) = address { Some(socket) } else { None });
    socket.unwrap()
}

/// Passes on what comes, with one name for another.
fn passed(mut from: impl Read, mut to: impl Write, name: &[u8], other: &[u8]) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..count];
        let named = bytes.windows(name.len().max(1)).position(|part| part == name);
        if let Some(at) = named {
            bytes[at..at + other.len()].copy_from_slice(other);
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
}
