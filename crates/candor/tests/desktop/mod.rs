//! A desktop of its own for one test: an X server on a display that it chooses, a window manager, an editor, and windows
//! of one colour that no charter names.
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of it")]

pub(crate) mod apps;
pub(crate) mod light;
pub(crate) mod tray;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, ImageFormat, InputFocus, MapState, PropMode, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The colour of the windows that nobody may record: magenta.
pub(crate) const CANARY_COLOUR: [u8; 3] = [0xff, 0x00, 0xff];
/// Width and height of the screen.
pub(crate) const SIZE: (u16, u16) = (1280, 800);
/// How long a poll rests.
const REST: Duration = Duration::from_millis(10);
/// When a test gives up.
const WAIT: Duration = Duration::from_mins(1);

/// A desktop. What it started ends with it.
pub(crate) struct Desktop {
    pub(crate) display: String,
    folder: tempfile::TempDir,
    connection: RustConnection,
    root: Window,
    /// Whether applications talk to an accessibility bus.
    told: Cell<bool>,
    children: RefCell<Vec<Child>>,
}

/// Waits on a state, however long one look takes.
#[expect(clippy::disallowed_methods, reason = "a real desktop answers in real time")]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    while begun.elapsed() < WAIT {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(REST);
    }
    panic!("waited in vain until {what}");
}

fn spawn(command: &mut Command) -> Child {
    let name = command.get_program().to_string_lossy().into_owned();
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().unwrap_or_else(|error| {
        panic!("{name} does not start ({error}): `cargo xtask test` installs what the tests need")
    })
}

impl Desktop {
    /// Starts the server and the window manager.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let number = folder.path().join("display");
        // The server chooses a free display and writes its number, once it takes connections.
        let server = r#"exec Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset 3>"$0""#;
        let size = format!("{}x{}x24", SIZE.0, SIZE.1);
        let mut child = spawn(Command::new("sh").arg("-c").arg(server).arg(&number).arg(size));
        let read = || {
            assert!(child.try_wait().unwrap().is_none(), "Xvfb ended: `cargo xtask test` installs it");
            std::fs::read_to_string(&number).ok().filter(|text| text.ends_with('\n'))
        };
        let display = format!(":{}", until("the X server is up", read).trim());
        let (connection, screen) = RustConnection::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let (told, children) = (Cell::new(false), RefCell::new(vec![child]));
        let desktop = Self { display, folder, connection, root, told, children };
        desktop.run(&mut Command::new("openbox"));
        until("the window manager is up", || {
            let windows = desktop.property(desktop.root, "_NET_SUPPORTING_WM_CHECK");
            (!windows.is_empty()).then_some(())
        });
        desktop
    }

    /// Starts a program on this desktop.
    fn run(&self, command: &mut Command) {
        let home = self.folder.path();
        let command = command.env("DISPLAY", &self.display).env("HOME", home).env("XDG_RUNTIME_DIR", home);
        let command = command.env("GSETTINGS_BACKEND", "memory");
        let command = if self.told.get() { self.telling(command) } else { command.env("NO_AT_BRIDGE", "1") };
        let child = spawn(command.env_remove("WAYLAND_DISPLAY"));
        self.children.borrow_mut().push(child);
    }

    /// Starts Mousepad at the left of the screen, and waits until it is drawn and has the keyboard.
    pub(crate) fn mousepad(&self) -> Window {
        if !self.told.get() {
            self.bus();
        }
        self.run(Command::new("mousepad").env("DBUS_SESSION_BUS_ADDRESS", self.bus_address()));
        let editor = until("the editor is managed", || self.managed("Mousepad"));
        let (id, place) = (editor.to_string(), ["0", "0"]);
        let size = ["windowsize", id.as_str(), "700", "600"];
        self.xdotool(&[["windowmove", id.as_str()].as_slice(), &place, &size].concat());
        until("the editor is drawn at its place", || {
            self.wake_manager();
            let place = self.connection.translate_coordinates(editor, self.root, 0, 0).ok()?.reply().ok()?;
            let size = self.connection.get_geometry(editor).ok()?.reply().ok()?;
            let placed = (0..40).contains(&place.dst_x) && (0..60).contains(&place.dst_y);
            let drawn = self.colours(40, 20, 300, 100).len() > 5;
            (placed && (size.width, size.height) == (700, 600) && drawn).then_some(())
        });
        self.focus(editor);
        editor
    }

    /// The window of this class that the window manager manages, once it is on the screen.
    fn managed(&self, class: &str) -> Option<Window> {
        self.wake_manager();
        let windows = self.property(self.root, "_NET_CLIENT_LIST");
        windows.into_iter().find(|window| {
            let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            let value = self.connection.get_property(false, *window, name, string, 0, 64).unwrap().reply();
            let value = value.map(|reply| reply.value).unwrap_or_default();
            value.split(|byte| *byte == 0).nth(1) == Some(class.as_bytes()) && self.viewable(*window)
        })
    }

    fn viewable(&self, window: Window) -> bool {
        let reply = self.connection.get_window_attributes(window).unwrap().reply();
        reply.is_ok_and(|reply| reply.map_state == MapState::VIEWABLE)
    }

    /// Makes a window of one colour with a title and a class that no charter names, and waits until it is seen.
    pub(crate) fn canary(&self, title: &str, (x, y): (i16, i16), managed: bool) -> Window {
        let window = self.connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().background_pixel(0x00ff_00ff).override_redirect(u32::from(!managed));
        let kind = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(24, window, self.root, x, y, 300, 200, 0, kind, 0, &aux).unwrap();
        self.text(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), "canary\0Canary\0");
        self.text(window, self.atom("_NET_WM_NAME"), self.atom("UTF8_STRING"), title);
        // A position that the person chose (ICCCM 4.1.2.3): USPosition | USSize.
        let mut hints = [0; 18];
        hints[0] = 3;
        let (name, kind) = (AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS);
        self.connection.change_property32(PropMode::REPLACE, window, name, kind, &hints).unwrap();
        self.connection.map_window(window).unwrap();
        until("the canary is seen", || {
            self.wake_manager();
            let place = self.connection.translate_coordinates(window, self.root, 2, 2).ok()?.reply().ok()?;
            let framed = !managed || !self.property(window, "WM_STATE").is_empty();
            let seen =
                framed && self.colours(place.dst_x, place.dst_y, 8, 8) == BTreeSet::from([CANARY_COLOUR]);
            seen.then_some(())
        });
        window
    }

    fn text(&self, window: Window, name: u32, kind: u32, text: &str) {
        self.connection.change_property8(PropMode::REPLACE, window, name, kind, text.as_bytes()).unwrap();
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// A property of 32-bit values; empty where there is none.
    fn property(&self, window: Window, name: &str) -> Vec<u32> {
        let cookie = self.connection.get_property(false, window, self.atom(name), AtomEnum::ANY, 0, 256);
        let reply = cookie.unwrap().reply();
        reply.ok().and_then(|reply| Some(reply.value32()?.collect())).unwrap_or_default()
    }

    /// openbox 3.6 may hold an event that it has read until the next one comes: a changed property of the root is one.
    fn wake_manager(&self) {
        let (root, name) = (self.root, AtomEnum::CUT_BUFFER7);
        self.connection.change_property8(PropMode::REPLACE, root, name, AtomEnum::STRING, b"wake").unwrap();
        self.connection.flush().unwrap();
    }

    /// Gives a window the keyboard, and waits until it has it.
    pub(crate) fn focus(&self, window: Window) {
        until("the window has the keyboard", || {
            self.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME).unwrap();
            self.wake_manager();
            let focus = self.connection.get_input_focus().unwrap().reply().unwrap().focus;
            (focus == window || self.parent(focus) == Some(window)).then_some(())
        });
    }

    fn parent(&self, window: Window) -> Option<Window> {
        Some(self.connection.query_tree(window).ok()?.reply().ok()?.parent)
    }

    /// Does what a person's hands do.
    pub(crate) fn xdotool(&self, words: &[&str]) {
        let status = Command::new("xdotool").args(words).env("DISPLAY", &self.display).status();
        let status = status.unwrap_or_else(|error| panic!("xdotool: {error}: run `cargo xtask test`"));
        assert!(status.success(), "xdotool {words:?}");
    }

    /// Clicks.
    pub(crate) fn click(&self, x: u32, y: u32) {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
    }

    /// Types into the window that has the keyboard.
    pub(crate) fn types(&self, text: &str) {
        self.xdotool(&["type", "--delay", "5", "--", text]);
    }

    /// The colours of a part of the screen itself, each once.
    pub(crate) fn colours(&self, x: i16, y: i16, width: u16, height: u16) -> BTreeSet<[u8; 3]> {
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX);
        let data = image.unwrap().reply().map(|image| image.data).unwrap_or_default();
        data.chunks_exact(4).map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect()
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in self.children.borrow_mut().iter_mut().rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether any pixel of a picture has the colour of the windows that nobody may record.
pub(crate) fn shows_canary(picture: &Path) -> bool {
    let file = std::io::BufReader::new(std::fs::File::open(picture).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    pixels.chunks_exact(3).any(|pixel| pixel == CANARY_COLOUR)
}
