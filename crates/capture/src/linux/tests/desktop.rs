//! A desktop of its own: an X server on a display that it chooses, a window manager, an editor, and plain windows.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use candor_model::Rect;
use x11rb::connection::Connection;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, ImageFormat, InputFocus, MapState,
    PropMode, StackMode, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::linux::windows::{Atoms, Windows};

/// The colour of the plain windows: magenta.
pub(super) const WINDOW_COLOUR: [u8; 3] = [0xff, 0x00, 0xff];
/// The colour of plain windows that may be recorded.
pub(super) const GREEN: [u8; 3] = [0x00, 0xff, 0x00];
const SIZE: (u32, u32) = (1280, 800);
/// How long a poll rests.
const REST: Duration = Duration::from_millis(5);
/// Polls before a test gives up: a minute, which an office suite takes to start on a loaded machine.
const POLLS_MAX: u32 = 12_000;

/// One desktop at a time: hands and applications are of real time. Across processes the test runner sees to it
/// (`.config/nextest.toml`).
static ALONE: Mutex<()> = Mutex::new(());

pub(super) struct Desktop {
    _alone: MutexGuard<'static, ()>,
    pub(super) display: String,
    folder: tempfile::TempDir,
    connection: RustConnection,
    atoms: Atoms,
    root: Window,
    size: (u32, u32),
    /// Whether applications talk to the accessibility bus.
    told: bool,
    children: RefCell<Vec<Child>>,
}

/// Waits on a state.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..POLLS_MAX {
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
    quiet.spawn().unwrap_or_else(|error| missing(&name, &error))
}

fn missing(name: &str, error: &std::io::Error) -> ! {
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

    fn of_size(size: (u32, u32)) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let number = folder.path().join("display");
        let mut children = Vec::new();
        // The server chooses a free display and writes its number, once it takes connections.
        let server = r#"exec Xvfb -displayfd 3 -screen 0 "$1" -nolisten tcp -noreset 3>"$0""#;
        let size_words = format!("{}x{}x24", size.0, size.1);
        assert!(std::env::split_paths(&path()).any(|p| p.join("Xvfb").exists()), "{MISSING}");
        children.push(spawn(Command::new("sh").arg("-c").arg(server).arg(&number).arg(size_words)));
        let read = || std::fs::read_to_string(&number).ok().filter(|text| text.ends_with('\n'));
        let display = format!(":{}", until("the X server is up", read).trim());
        let (connection, screen) = RustConnection::connect(Some(&display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        let children = RefCell::new(children);
        Self { _alone: alone, display, folder, connection, atoms, root, size, told: false, children }
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

    fn told_of_size(size: (u32, u32)) -> Self {
        let mut desktop = Self::of_size(size);
        desktop.told = true;
        desktop.bus();
        desktop.run(Command::new("/usr/libexec/at-spi-bus-launcher").arg("--launch-immediately"));
        desktop.manage();
        until("the accessibility bus is up", || {
            let (connection, atoms, root) = (&desktop.connection, &desktop.atoms, desktop.root);
            Windows { connection, atoms, root, size: desktop.size }.bus()
        });
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

    /// Starts a program on this desktop; it ends with it.
    fn run(&self, command: &mut Command) {
        let home = self.folder.path();
        let command = command
            .env("DISPLAY", &self.display)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("GSETTINGS_BACKEND", "memory")
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus_address())
            .env_remove("WAYLAND_DISPLAY");
        let command = if self.told {
            command
                .env("GTK_MODULES", "gail:atk-bridge")
                .env("GNOME_ACCESSIBILITY", "1")
                .env("QT_ACCESSIBILITY", "1")
                .env("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "1")
                .env("SAL_USE_VCLPLUGIN", "gtk3")
        } else {
            command.env("NO_AT_BRIDGE", "1")
        };
        self.children.borrow_mut().push(spawn(command));
    }

    /// Starts the editor on a text and puts it at the left; returns where it is, frame and all.
    pub(super) fn mousepad(&self, text: &str) -> Rect {
        let file: PathBuf = self.folder.path().join("note.txt");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), text.as_bytes()).unwrap();
        if !self.told {
            self.bus();
        }
        self.run(Command::new("mousepad").arg(&file));
        self.bounds_of("Mousepad");
        let find = ["search", "--sync", "--onlyvisible", "--class", "mousepad"];
        let geometry = ["windowmove", "0", "0", "windowsize", "700", "600", "windowactivate", "--sync"];
        self.xdotool(&[find.as_slice(), &geometry].concat());
        // The window manager answers in its own time: two equal looks, with its frame around the 700 pixels, are a window at rest.
        let mut before = None;
        until("the editor is at rest", || {
            let now =
                Some(self.bounds_of("Mousepad")).filter(|bounds| bounds.width > 700 && bounds.width < 760);
            let at_rest = now.filter(|_| now == before && self.painted(now));
            before = now;
            at_rest
        })
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

    /// Starts a terminal at the lower left: a window that no charter names.
    pub(super) fn terminal(&self) -> Rect {
        self.run(Command::new("xterm").args(["-geometry", "60x6+20+660"]));
        self.bounds_of("XTerm")
    }

    /// Starts an editor made with Qt; returns where it is.
    pub(super) fn featherpad(&self) -> Rect {
        let file = self.folder.path().join("qt.txt");
        std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), b"plain text\n").unwrap();
        self.run(Command::new("featherpad").args(["--standalone"]).arg(&file));
        self.at_rest("FeatherPad")
    }

    /// Starts LibreOffice Calc on an empty sheet; returns where it is.
    pub(super) fn calc(&self) -> Rect {
        let home = format!("-env:UserInstallation=file://{}", self.folder.path().join("office").display());
        self.run(Command::new("soffice").args(["--calc", "--norestore", "--nologo"]).arg(home));
        self.at_rest("libreoffice-calc")
    }

    /// Where the window of this class is, once it stays there for half a second.
    fn at_rest(&self, class: &str) -> Rect {
        let mut before = None;
        until(class, || {
            self.wake_manager();
            std::thread::sleep(Duration::from_millis(500));
            let now = Some(self.bounds_of(class));
            let at_rest = now.filter(|_| now == before && self.painted(now));
            before = now;
            at_rest
        })
    }

    /// Starts a browser on a page and puts it at the left; returns once it shows the title.
    pub(super) fn chromium(&self, url: &str, title: &str, more: &[&str]) {
        let profile = format!(
            "--user-data-dir={}",
            self.folder.path().join(format!("chromium{}", more.len())).display()
        );
        let words = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-renderer-accessibility",
            "--password-store=basic",
            "--test-type",
            "--host-resolver-rules=MAP *.example.test 127.0.0.1",
            "--window-position=0,0",
            "--window-size=900,700",
            &profile,
        ];
        // Of two words for one thing the browser takes the last.
        let pages = Some(url).filter(|url| !url.is_empty());
        self.run(Command::new("chromium").args(words).args(more).args(pages));
        let words = ["search", "--onlyvisible", "--name", title, "windowactivate", "--sync"];
        until("the browser shows its page", || {
            self.wake_manager();
            // It fails where a window goes while it searches: the browser makes some and takes them away again.
            let mut search = Command::new("xdotool");
            let quiet =
                search.args(words).env("DISPLAY", &self.display).stdout(Stdio::null()).stderr(Stdio::null());
            quiet.status().is_ok_and(|status| status.success()).then_some(())
        });
    }

    fn painted(&self, bounds: Option<Rect>) -> bool {
        let Some(Rect { x, y, .. }) = bounds else { return false };
        self.screenshot(Rect { x: x + 40, y: y + 20, width: 300, height: 100 }).len() > 5
    }

    pub(super) fn bounds_of(&self, class: &str) -> Rect {
        until(class, || {
            let windows = Windows {
                connection: &self.connection,
                atoms: &self.atoms,
                root: self.root,
                size: self.size,
            };
            let (seen, _) = windows.seen().ok()?;
            seen.into_iter().find(|window| window.class == class).map(|window| window.bounds)
        })
    }

    /// Makes a plain window of one colour, managed or not, above the others, and waits until it is seen.
    pub(super) fn window(&self, class: &str, bounds: Rect, managed: bool) -> Window {
        self.titled(class, "", bounds, managed)
    }

    /// The same with a title.
    pub(super) fn titled(&self, class: &str, title: &str, bounds: Rect, managed: bool) -> Window {
        self.coloured(WINDOW_COLOUR, class, title, bounds, managed)
    }

    /// A plain window that may be recorded: green.
    pub(super) fn green(&self, class: &str, bounds: Rect) -> Window {
        self.coloured(GREEN, class, "", bounds, false)
    }

    fn coloured(&self, colour: [u8; 3], class: &str, title: &str, bounds: Rect, managed: bool) -> Window {
        let window = self.connection.generate_id().unwrap();
        let pixel = u32::from_be_bytes([0, colour[0], colour[1], colour[2]]);
        let aux = CreateWindowAux::new().background_pixel(pixel).override_redirect(u32::from(!managed));
        let (x, y) = (i16::try_from(bounds.x).unwrap(), i16::try_from(bounds.y).unwrap());
        let (width, height) = (u16::try_from(bounds.width).unwrap(), u16::try_from(bounds.height).unwrap());
        let kind = WindowClass::INPUT_OUTPUT;
        self.connection.create_window(24, window, self.root, x, y, width, height, 0, kind, 0, &aux).unwrap();
        if !class.is_empty() {
            let both = format!("{}\0{class}\0", class.to_lowercase());
            let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
            self.connection
                .change_property8(PropMode::REPLACE, window, name, string, both.as_bytes())
                .unwrap();
        }
        let (name, kind) = (self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING);
        self.connection.change_property8(PropMode::REPLACE, window, name, kind, title.as_bytes()).unwrap();
        // A position that the person chose, which a window manager keeps (ICCCM 4.1.2.3): USPosition | USSize.
        let hints = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let (name, kind) = (AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS);
        self.connection.change_property32(PropMode::REPLACE, window, name, kind, &hints).unwrap();
        // Above the others also when they are clicked.
        let atom = |name: &[u8]| self.connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let (state, above) = (atom(b"_NET_WM_STATE"), atom(b"_NET_WM_STATE_ABOVE"));
        self.connection
            .change_property32(PropMode::REPLACE, window, state, AtomEnum::ATOM, &[above])
            .unwrap();
        self.connection.map_window(window).unwrap();
        let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        self.connection.configure_window(window, &above).unwrap();
        self.connection.flush().unwrap();
        until("the window is seen", || {
            self.wake_manager();
            self.seen(window, managed, colour).then_some(())
        });
        window
    }

    /// Whether a window is on the screen, inside the window manager's frame if it is managed, and not moving.
    fn seen(&self, window: Window, managed: bool, colour: [u8; 3]) -> bool {
        let viewable = self.connection.get_window_attributes(window).unwrap().reply().unwrap().map_state;
        let state =
            self.connection.get_property(false, window, self.atoms.WM_STATE, AtomEnum::ANY, 0, 1).unwrap();
        let in_frame = !managed || state.reply().unwrap().length > 0;
        viewable == MapState::VIEWABLE && in_frame && self.shows(window, colour)
    }

    fn shows(&self, window: Window, colour: [u8; 3]) -> bool {
        let place = self.connection.translate_coordinates(window, self.root, 2, 2).unwrap().reply().unwrap();
        let corner = Rect { x: place.dst_x.into(), y: place.dst_y.into(), width: 8, height: 8 };
        self.screenshot(corner) == [colour].into()
    }

    /// A window manager that starts may hold an event that it has read, until the next one comes (openbox 3.6): a changed
    /// property of the root window is one.
    fn wake_manager(&self) {
        let (root, name) = (self.root, AtomEnum::CUT_BUFFER7);
        self.connection.change_property8(PropMode::REPLACE, root, name, AtomEnum::STRING, b"wake").unwrap();
        self.connection.flush().unwrap();
    }

    /// Lets a window be of another class from now on.
    pub(super) fn reclass(&self, window: Window, class: &str) {
        let both = format!("{}\0{class}\0", class.to_lowercase());
        let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        let changed =
            self.connection.change_property8(PropMode::REPLACE, window, name, string, both.as_bytes());
        changed.unwrap().check().unwrap();
    }

    /// Gives a window the keyboard, and waits until it has it.
    pub(super) fn focus(&self, window: Window) {
        self.connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        until("the window has the keyboard", || {
            self.wake_manager();
            let focus = self.connection.get_input_focus().unwrap().reply().unwrap().focus;
            (focus == window).then_some(())
        });
    }

    /// Lets keys go to whatever the pointer is on, as where no window manager gives the focus.
    pub(super) fn focus_follows_pointer(&self) {
        let root = u32::from(u8::from(InputFocus::POINTER_ROOT));
        self.connection.set_input_focus(InputFocus::NONE, root, x11rb::CURRENT_TIME).unwrap();
        self.connection.flush().unwrap();
        until("keys follow the pointer", || {
            (self.connection.get_input_focus().unwrap().reply().unwrap().focus == root).then_some(())
        });
    }

    /// Takes a window off the screen, and waits until it is gone.
    pub(super) fn hide(&self, window: Window) {
        self.connection.unmap_window(window).unwrap();
        self.connection.flush().unwrap();
        until("the window is gone", || {
            self.wake_manager();
            // The window manager takes its frame away, and gives the window back to the root.
            let tree = self.connection.query_tree(window).unwrap().reply().unwrap();
            (tree.parent == self.root).then_some(())
        });
    }

    /// Clicks, and moves on before anybody else can ask the server anything.
    pub(super) fn click_and_move_on(&self, at: (i16, i16), on: (i16, i16)) {
        const STEPS: [(u8, u8); 4] = [(6, 0), (4, 1), (5, 1), (6, 0)];
        self.connection.grab_server().unwrap().check().unwrap();
        for ((kind, detail), (x, y)) in STEPS.into_iter().zip([at, at, at, on]) {
            self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).unwrap().check().unwrap();
        }
        // Long enough for the events to be read, and for the questions about them to wait.
        std::thread::sleep(Duration::from_millis(100));
        self.connection.ungrab_server().unwrap().check().unwrap();
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
