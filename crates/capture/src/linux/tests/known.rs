//! What is known of the windows is what the server would tell if it were asked anew, whatever happened to them.

use std::cell::RefCell;

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, PropMode, StackMode, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::desktop::{Desktop, within};
use super::{CANARY, EDITOR, WAIT, rect, sensor};
use crate::SeenWindow;
use crate::linux::windows::{Atoms, Windows};
use crate::linux::x11::X11Sensor;

/// How many changes another program makes.
const CHANGES: u32 = 600;

/// A look from nothing, on a connection of its own: what the server tells there is not told to the sensor.
struct Anew {
    connection: RustConnection,
    atoms: Atoms,
}

impl Anew {
    fn of(desktop: &Desktop) -> Self {
        let (connection, _) = RustConnection::connect(Some(&desktop.display)).unwrap();
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        Self { connection, atoms }
    }

    /// What is known by now, and what a look from nothing finds: the windows, whether it is locked, and whose each window is.
    fn both(&self, sensor: &X11Sensor) -> [Found; 2] {
        let (connection, atoms, known) = (&self.connection, &self.atoms, &RefCell::default());
        let anew = Windows { connection, atoms, known, ..sensor.windows() };
        [sensor.windows(), anew].map(|windows| {
            let (seen, locked) = windows.seen().unwrap();
            let tops = seen.iter().map(|window| u32::try_from(window.id).unwrap());
            let own = tops.map(|top| windows.client(top).unwrap()).collect();
            (seen, locked, own)
        })
    }

    fn agrees(&self, sensor: &X11Sensor, after: &str) {
        let [known, anew] = self.both(sensor);
        assert_eq!(known, anew, "after {after}");
    }

    /// The same where a window manager is at work: as soon as it rests.
    fn comes_to_agree(&self, sensor: &X11Sensor, after: &str) {
        let agreed = within(WAIT, || {
            let [known, anew] = self.both(sensor);
            (known == anew).then_some(())
        });
        agreed.unwrap_or_else(|| self.agrees(sensor, after));
    }
}

type Found = (Vec<SeenWindow>, bool, Vec<Option<Window>>);

/// Somebody else's windows, changed in every way that another program can.
struct Other {
    connection: RustConnection,
    root: Window,
    windows: Vec<Window>,
    state: u32,
}

impl Other {
    fn of(desktop: &Desktop) -> Self {
        let (connection, screen) = RustConnection::connect(Some(&desktop.display)).unwrap();
        let root = connection.setup().roots[screen].root;
        Self { connection, root, windows: Vec::new(), state: 11 }
    }

    fn number(&mut self, below: u32) -> u32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.state >> 16) % below
    }

    fn any(&mut self) -> Option<Window> {
        let count = u32::try_from(self.windows.len()).unwrap();
        let place = if count == 0 { 0 } else { self.number(count) };
        self.windows.get(usize::try_from(place).unwrap()).copied()
    }

    fn create(&mut self, parent: Window) {
        let window = self.connection.generate_id().unwrap();
        let (x, y) = (i16::try_from(self.number(900)).unwrap(), i16::try_from(self.number(500)).unwrap());
        let aux =
            CreateWindowAux::new().override_redirect(self.number(2)).background_pixel(self.number(0xff_ffff));
        let class = if self.number(8) == 0 { WindowClass::INPUT_ONLY } else { WindowClass::INPUT_OUTPUT };
        let depth = if class == WindowClass::INPUT_ONLY { 0 } else { 24 };
        let border = if class == WindowClass::INPUT_ONLY { 0 } else { 2 };
        self.connection.create_window(depth, window, parent, x, y, 200, 100, border, class, 0, &aux).unwrap();
        self.windows.push(window);
    }

    fn named(&mut self, window: Window, property: &[u8], value: &[u8]) {
        let name = self.connection.intern_atom(false, property).unwrap().reply().unwrap().atom;
        let utf8 = self.connection.intern_atom(false, b"UTF8_STRING").unwrap().reply().unwrap().atom;
        let kind = if property == b"_NET_WM_NAME" { utf8 } else { AtomEnum::STRING.into() };
        self.connection.change_property8(PropMode::REPLACE, window, name, kind, value).unwrap();
    }

    /// One change by another program; what it was.
    fn change(&mut self) -> &'static str {
        let root = self.root;
        let Some(window) = self.any() else {
            self.create(root);
            return "the first window";
        };
        let what = match self.number(12) {
            0..=2 => self.comes(window),
            3..=7 => self.is_placed(window),
            8..=10 => self.tells(window),
            _ => self.goes(window),
        };
        self.connection.sync().unwrap();
        // Errors of windows that are gone are of no interest.
        while self.connection.poll_for_event().unwrap().is_some() {}
        what
    }

    fn comes(&mut self, window: Window) -> &'static str {
        let parent = if self.number(3) == 0 { window } else { self.root };
        self.create(parent);
        if parent == window { "a new window in another" } else { "a new window" }
    }

    fn is_placed(&mut self, window: Window) -> &'static str {
        let aux = ConfigureWindowAux::new();
        match self.number(5) {
            0 | 1 => {
                self.connection.map_window(window).unwrap();
                "a window that was shown"
            }
            2 => {
                self.connection.unmap_window(window).unwrap();
                "a window that was hidden"
            }
            3 => {
                let x = i32::try_from(self.number(1400)).unwrap() - 100;
                let aux = aux.x(x).width(50 + self.number(300));
                self.connection.configure_window(window, &aux).unwrap();
                "a window that moved"
            }
            _ => {
                let mode = if self.number(2) == 0 { StackMode::ABOVE } else { StackMode::BELOW };
                self.connection.configure_window(window, &aux.stack_mode(mode)).unwrap();
                "a window that was raised or lowered"
            }
        }
    }

    fn tells(&mut self, window: Window) -> &'static str {
        let one_of = usize::try_from(self.number(3)).unwrap();
        match self.number(5) {
            0 => {
                let classes = [&b"one\0Firefox\0"[..], b"two\0Mousepad\0", b"light\0Candor-light\0"];
                self.named(window, b"WM_CLASS", classes[one_of]);
                "a class"
            }
            1 => {
                let titles = [&b"notes"[..], b"my bank account", b"\xff\xfe"];
                self.named(window, b"_NET_WM_NAME", titles[one_of]);
                "a title"
            }
            2 => {
                let titles = [&b"notes"[..], b"Health insurance", b""];
                self.named(window, b"WM_NAME", titles[one_of]);
                "a title of the older kind"
            }
            3 => {
                self.named(window, b"WM_STATE", b"normal");
                "a state"
            }
            _ => {
                let name = self.connection.intern_atom(false, b"WM_STATE").unwrap().reply().unwrap().atom;
                self.connection.delete_property(window, name).unwrap();
                "a state that went"
            }
        }
    }

    fn goes(&mut self, window: Window) -> &'static str {
        if self.number(3) == 0 {
            self.connection.destroy_window(window).unwrap();
            return "a window that went";
        }
        let parent = self.any().filter(|parent| *parent != window).unwrap_or(self.root);
        self.connection.reparent_window(window, parent, 7, 9).unwrap();
        "a window that was given to another"
    }
}

#[test]
fn what_is_known_of_windows_is_what_is_so_after_whatever_another_program_did() {
    let desktop = Desktop::without_manager();
    let (sensor, anew, mut other) = (sensor(&desktop), Anew::of(&desktop), Other::of(&desktop));
    anew.agrees(&sensor, "the start");
    let (mut seen, mut lights) = (0, 0);
    for _ in 0..CHANGES {
        let what = other.change();
        anew.agrees(&sensor, what);
        seen = seen.max(sensor.windows().seen().unwrap().0.len());
        lights += u32::from(what == "a class");
    }
    assert!(seen > 5 && lights > 5, "{seen} windows at once, {lights} classes");
}

#[test]
fn what_is_known_of_windows_is_what_is_so_beside_a_window_manager() {
    let desktop = Desktop::start();
    let (sensor, anew) = (sensor(&desktop), Anew::of(&desktop));
    anew.comes_to_agree(&sensor, "the start");
    let editor = desktop.mousepad("plain text\n");
    anew.comes_to_agree(&sensor, "the editor came");
    let (seen, _) = sensor.windows().seen().unwrap();
    assert!(seen.iter().any(|window| window.class == EDITOR && window.bounds == editor));
    let window = desktop.window(CANARY, rect(300, 200, 200, 150), true);
    anew.comes_to_agree(&sensor, "another window");
    for words in ["key alt+f", "key Escape", "mousemove 300 300 click 3", "key Escape", "type words"] {
        desktop.xdotool(&words.split(' ').collect::<Vec<_>>());
        anew.comes_to_agree(&sensor, words);
    }
    desktop.focus(window);
    desktop.workspace(1);
    anew.comes_to_agree(&sensor, "another workspace");
    desktop.workspace(0);
    anew.comes_to_agree(&sensor, "back");
}
