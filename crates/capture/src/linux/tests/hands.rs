//! A person's hands: XTEST input from a seed.

use std::time::Duration;

use candor_model::{Point, Rect};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, ImageFormat, InputFocus, PropMode, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

use crate::linux::windows::{Atoms, Windows};
use crate::linux::wire::{XConnection, connect};

const KEY_DOWN: u8 = 2;
const KEY_UP: u8 = 3;
const BUTTON_DOWN: u8 = 4;
const BUTTON_UP: u8 = 5;
const MOTION: u8 = 6;
/// Clicks that are nearer than this could be one double click, in pixels.
const APART_PX: u32 = 12;
/// How long the hands rest between two letters.
const KEY_REST: Duration = Duration::from_millis(4);
/// Polls of the focus before a test gives up.
const POLLS_MAX: u32 = 4_000;

pub(super) struct Hands {
    connection: XConnection,
    atoms: Atoms,
    root: Window,
    size: (u32, u32),
    symbols: Vec<u32>,
    first: u8,
    per_key: usize,
    seed: u64,
    last: Point,
    popup: Option<Window>,
}

impl Hands {
    pub(super) fn new(display: &str, seed: u64) -> Self {
        let (connection, screen) = connect(display).unwrap();
        let screen = &connection.setup().roots[screen];
        let (root, size) = (screen.root, (screen.width_in_pixels.into(), screen.height_in_pixels.into()));
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let map = connection.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        let (symbols, per_key) = (map.keysyms, usize::from(map.keysyms_per_keycode));
        let last = Point { x: 0, y: 0 };
        Self { connection, atoms, root, size, symbols, first, per_key, seed, last, popup: None }
    }

    /// The next number of the seed, below `limit` (xorshift64).
    pub(super) fn number(&mut self, limit: u32) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        u32::try_from(self.seed >> 33).unwrap() % limit
    }

    fn send(&self, kind: u8, detail: u8, at: Point) {
        let (x, y) = (i16::try_from(at.x).unwrap(), i16::try_from(at.y).unwrap());
        self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).unwrap().check().unwrap();
    }

    fn code(&self, symbol: u32) -> u8 {
        let place = self.symbols.chunks(self.per_key).position(|key| key[0] == symbol).unwrap();
        self.first + u8::try_from(place).unwrap()
    }

    /// Presses keys one after the other, and lets them go.
    pub(super) fn keys(&self, symbols: &[u32]) {
        let codes: Vec<u8> = symbols.iter().map(|symbol| self.code(*symbol)).collect();
        for code in &codes {
            self.send(KEY_DOWN, *code, self.last);
        }
        for code in codes.iter().rev() {
            self.send(KEY_UP, *code, self.last);
        }
    }

    /// Types one letter.
    pub(super) fn types(&self, letter: u8) {
        self.keys(&[u32::from(letter)]);
        std::thread::sleep(KEY_REST);
    }

    pub(super) fn press(&mut self, detail: u8, at: Point) {
        self.last = at;
        self.send(MOTION, 0, at);
        self.send(BUTTON_DOWN, detail, at);
        self.send(BUTTON_UP, detail, at);
    }

    /// A point inside, away from the last one and from where windows pop up.
    pub(super) fn point(&mut self, within: Rect, apart_from: Rect) -> Point {
        loop {
            let at = Point {
                x: within.x + i32::try_from(self.number(within.width)).unwrap(),
                y: within.y + i32::try_from(self.number(within.height)).unwrap(),
            };
            let near = at.x.abs_diff(self.last.x) < APART_PX && at.y.abs_diff(self.last.y) < APART_PX;
            if !near && !apart_from.contains(at) {
                return at;
            }
        }
    }

    /// Waits until a window of this class has the keyboard.
    pub(super) fn wait_for_focus(&self, class: &str) {
        let (connection, atoms, root) = (&self.connection, &self.atoms, self.root);
        let windows =
            Windows { connection, atoms, root, size: self.size, known: &std::cell::RefCell::default() };
        for poll in 0..POLLS_MAX {
            let focused = u64::from(windows.focused().unwrap());
            let seen = windows.seen().unwrap().0;
            if seen.iter().any(|window| window.id == focused && window.class == class) {
                return;
            }
            // A browser may take the keyboard back that a click just gave to another: then it is given again, as by a
            // key of the window manager. The click is done, and must come out, all the same.
            let wanted = seen.iter().find(|window| window.class == class).filter(|_| poll % 100 == 99);
            let inside = wanted.and_then(|window| windows.inside(u32::try_from(window.id).unwrap()));
            if let Some(inside) = inside {
                connection.set_input_focus(InputFocus::PARENT, inside, x11rb::CURRENT_TIME).unwrap();
            }
            self.wake_manager();
            std::thread::sleep(Duration::from_millis(5));
        }
        let seen = windows.seen().unwrap().0;
        panic!("{class} did not get the keyboard, but {:?}: {seen:#?}", windows.focused());
    }

    /// The window manager may hold an event that it has read, until the next one comes (openbox 3.6).
    fn wake_manager(&self) {
        let (root, name) = (self.root, AtomEnum::CUT_BUFFER7);
        self.connection.change_property8(PropMode::REPLACE, root, name, AtomEnum::STRING, b"wake").unwrap();
        self.connection.flush().unwrap();
    }

    /// Lets a window pop up or go that nobody may record, of one colour.
    pub(super) fn pop(&mut self, at: Rect) {
        if let Some(window) = self.popup.take() {
            self.connection.destroy_window(window).unwrap();
        } else {
            let window = self.connection.generate_id().unwrap();
            let aux = CreateWindowAux::new().background_pixel(0x00ff_00ff).override_redirect(1);
            let (x, y) = (i16::try_from(at.x).unwrap(), i16::try_from(at.y).unwrap());
            let (width, height) = (u16::try_from(at.width).unwrap(), u16::try_from(at.height).unwrap());
            let kind = WindowClass::INPUT_OUTPUT;
            self.connection
                .create_window(24, window, self.root, x, y, width, height, 0, kind, 0, &aux)
                .unwrap();
            self.connection.map_window(window).unwrap();
            self.popup = Some(window);
        }
        self.connection.sync().unwrap();
    }

    /// What is on the screen itself at a point.
    pub(super) fn colour(&self, at: Point) -> [u8; 3] {
        let (x, y) = (i16::try_from(at.x).unwrap(), i16::try_from(at.y).unwrap());
        let image =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, u32::MAX).unwrap();
        let [blue, green, red, ..] = image.reply().unwrap().data[..] else { panic!("no pixel") };
        [red, green, blue]
    }
}
