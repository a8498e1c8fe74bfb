//! A desktop of its own: an X server on a display that it chooses, a window manager, an editor, and plain windows.

mod accessibility;
mod clipboard;
mod composes;
mod held;
mod programs;
mod titles;
mod windows;

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use candor_model::Rect;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeGCAux, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, EventMask, ImageFormat, InputFocus, MapState, PropMode, Rectangle,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, StackMode, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

use crate::linux::windows::{Atoms, Known, Windows};
use crate::linux::wire::{XConnection, connect};
use composes::asks_ibus;

/// The colour of the plain windows: magenta.
pub(super) const WINDOW_COLOUR: [u8; 3] = [0xff, 0x00, 0xff];
/// The colour of plain windows that may be recorded.
pub(super) const GREEN: [u8; 3] = [0x00, 0xff, 0x00];
const SIZE: (u32, u32) = (1280, 800);
/// How long a poll rests.
const REST: Duration = Duration::from_millis(5);
/// When a test gives up: after a minute, which an office suite takes to start on a loaded machine.
const WAIT: Duration = Duration::from_mins(1);

/// One desktop at a time: hands and applications are of real time. Across processes the test runner sees to it
/// (`.config/nextest.toml`).
static ALONE: Mutex<()> = Mutex::new(());

pub(super) struct Desktop {
    _alone: MutexGuard<'static, ()>,
    pub(super) display: String,
    folder: tempfile::TempDir,
    connection: XConnection,
    atoms: Atoms,
    root: Window,
    size: (u32, u32),
    /// Whether applications talk to the accessibility bus.
    told: bool,
    /// Whether applications draw twice as large.
    larger: bool,
    /// Whether they ask an input method what keys write.
    composes: bool,
    children: RefCell<Vec<Child>>,
}

/// Waits on a state.
pub(super) fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(WAIT, look).unwrap_or_else(|| panic!("waited in vain until {what}"))
}

/// Waits on a state for so long, however long one look takes.
#[expect(clippy::disallowed_methods, reason = "a real desktop answers in real time")]
pub(super) fn within<T>(wait: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < wait {
        if let Some(found) = look() {
            return Some(found);
        }
        std::thread::sleep(REST);
    }
    None
}

fn spawn(command: &mut Command) -> Child {
    let name = command.get_program().to_string_lossy().into_owned();
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().unwrap_or_else(|error| missing(&name, &error))
}

pub(super) fn missing(name: &str, error: &std::io::Error) -> ! {
    panic!(
        "{name} does not start ({error}): run the tests with `cargo xtask test`, which installs what they need"
    )
}

impl Desktop {
    pub(super) fn start() -> Self {
        let desktop = Self::without_manager();
        desktop.manage();
        desktop
    }

    /// A desktop on which nobody moves windows and gives the focus.
    pub(super) fn without_manager() -> Self {
        Self::of_size(SIZE)
    }

    /// A desktop whose server lacks an extension.
    pub(super) fn lacking(extension: &str) -> Self {
        let desktop = Self::of_server(SIZE, &["-extension", extension]);
        desktop.manage();
        desktop
    }

    fn of_size(size: (u32, u32)) -> Self {
        Self::of_server(size, &[])
    }

    fn of_server(size: (u32, u32), more: &[&str]) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let number = folder.path().join("display");
        let mut children = Vec::new();
        // The server chooses a free display and writes its number, once it takes connections.
        let server = r#"exec Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset "${@:2}" 3>"$0""#;
        let size_words = format!("{}x{}x24", size.0, size.1);
        assert!(std::env::split_paths(&path()).any(|p| p.join("Xvfb").exists()), "{MISSING}");
        children
            .push(spawn(Command::new("bash").arg("-c").arg(server).arg(&number).arg(size_words).args(more)));
        let read = || std::fs::read_to_string(&number).ok().filter(|text| text.ends_with('\n'));
        let display = format!(":{}", until("the X server is up", read).trim());
        let (connection, screen) = connect(&display).unwrap();
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        let children = RefCell::new(children);
        Self {
            _alone: alone,
            display,
            folder,
            connection,
            atoms,
            root,
            size,
            told: false,
            larger: false,
            composes: false,
            children,
        }
    }

    /// A desktop of two monitors side by side.
    pub(super) fn of_two_monitors() -> Self {
        let desktop = Self::of_size((SIZE.0 * 2, SIZE.1));
        for (name, x) in [(&b"left"[..], 0), (b"right", 1280)] {
            let name = desktop.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
            let monitor = MonitorInfo {
                name,
                x,
                width: 1280,
                height: 800,
                width_in_millimeters: 300,
                height_in_millimeters: 200,
                ..MonitorInfo::default()
            };
            desktop.connection.randr_set_monitor(desktop.root, monitor).unwrap().check().unwrap();
        }
        desktop.manage();
        desktop
    }

    /// A desktop with an accessibility bus.
    pub(super) fn told() -> Self {
        Self::told_of_size(SIZE)
    }

    /// The same on a screen of 1920 by 1080.
    pub(super) fn told_full_hd() -> Self {
        Self::told_of_size((1920, 1080))
    }

    /// The same on a screen of this size.
    pub(super) fn told_of_size(size: (u32, u32)) -> Self {
        let desktop = Self::untold_of_size(size);
        desktop.launch_accessibility();
        desktop
    }

    fn manage(&self) {
        self.run(&mut Command::new("openbox"));
        let check =
            self.connection.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").unwrap().reply().unwrap().atom;
        until("the window manager is up", || {
            let cookie = self.connection.get_property(false, self.root, check, AtomEnum::WINDOW, 0, 1);
            (cookie.unwrap().reply().unwrap().length > 0).then_some(())
        });
    }

    /// Lets applications that start from now on draw everything twice as large.
    pub(super) fn twice_as_large(mut self) -> Self {
        self.larger = true;
        self
    }

    /// Writes the resources of the X server, as a desktop's settings do.
    pub(super) fn resources(&self, text: &str) {
        let (name, string) = (AtomEnum::RESOURCE_MANAGER, AtomEnum::STRING);
        let written =
            self.connection.change_property8(PropMode::REPLACE, self.root, name, string, text.as_bytes());
        written.unwrap().check().unwrap();
    }

    /// Goes to a workspace, and waits until the window manager says that it is there.
    pub(super) fn workspace(&self, number: u32) {
        let status =
            Command::new("wmctrl").args(["-s", &number.to_string()]).env("DISPLAY", &self.display).status();
        assert!(status.unwrap_or_else(|error| missing("wmctrl", &error)).success());
        let name = self.connection.intern_atom(false, b"_NET_CURRENT_DESKTOP").unwrap().reply().unwrap().atom;
        until("the workspace is there", || {
            self.wake_manager();
            let told =
                self.connection.get_property(false, self.root, name, AtomEnum::CARDINAL, 0, 1).unwrap();
            let told = told.reply().unwrap();
            (told.value32()?.next() == Some(number)).then_some(())
        });
    }

    /// A look at the windows from nothing.
    fn windows<'a>(&'a self, known: &'a RefCell<Known>) -> Windows<'a> {
        Windows { connection: &self.connection, atoms: &self.atoms, root: self.root, size: self.size, known }
    }

    /// Starts a program on this desktop; it ends with it.
    fn run(&self, command: &mut Command) {
        self.children.borrow_mut().push(spawn(self.at_home(command)));
    }

    /// A command as a person of this desktop would give it.
    fn at_home<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let home = self.folder.path();
        let command = command
            .env("DISPLAY", &self.display)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("GSETTINGS_BACKEND", "memory")
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus_address())
            .env_remove("WAYLAND_DISPLAY");
        let command = if self.larger { command.env("GDK_SCALE", "2") } else { command };
        let command = if self.composes { asks_ibus(command) } else { command };
        if self.told {
            command
                .env("GTK_MODULES", "gail:atk-bridge")
                .env("GNOME_ACCESSIBILITY", "1")
                .env("QT_ACCESSIBILITY", "1")
                .env("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "1")
                .env("SAL_USE_VCLPLUGIN", "gtk3")
        } else {
            command.env("NO_AT_BRIDGE", "1")
        }
    }

    fn bus_address(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    /// Starts a message bus of its own, which the editor asks for; what it starts ends with it.
    fn bus(&self) {
        let socket = self.folder.path().join("bus");
        let address = self.bus_address();
        self.run(Command::new("dbus-daemon").args(["--session", "--nofork", "--address", &address]));
        until("the message bus is up", || socket.exists().then_some(()));
    }

    /// A window manager that starts may hold an event that it has read, until the next one comes (openbox 3.6): a changed
    /// property of the root window is one.
    fn wake_manager(&self) {
        let (root, name) = (self.root, AtomEnum::CUT_BUFFER7);
        self.connection.change_property8(PropMode::REPLACE, root, name, AtomEnum::STRING, b"wake").unwrap();
        self.connection.flush().unwrap();
    }

    pub(super) fn xdotool(&self, words: &[&str]) {
        let status = Command::new("xdotool").args(words).env("DISPLAY", &self.display).status();
        let status = status.unwrap_or_else(|error| missing("xdotool", &error));
        assert!(status.success(), "xdotool {words:?}");
    }

    /// Whether the screen itself, not a frame, shows a colour.
    pub(super) fn screenshot_has(&self, colour: [u8; 3]) -> bool {
        self.screenshot(Rect { x: 0, y: 0, width: self.size.0, height: self.size.1 }).contains(&colour)
    }

    fn screenshot(&self, part: Rect) -> std::collections::BTreeSet<[u8; 3]> {
        let (x, y) = (i16::try_from(part.x).unwrap(), i16::try_from(part.y).unwrap());
        let (width, height) = (u16::try_from(part.width).unwrap(), u16::try_from(part.height).unwrap());
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX);
        image.unwrap().reply().unwrap().data.chunks_exact(4).map(|p| [p[2], p[1], p[0]]).collect()
    }
}

const MISSING: &str = "Xvfb is missing: run the tests with `cargo xtask test`, which installs what they need";

#[expect(clippy::disallowed_methods, reason = "a test looks for the programs that it starts")]
fn path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.children.borrow_mut().iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
