//! A person's hands: XTEST input from a seed, with the truth of what was done.

use std::time::Duration;

use candor_model::{Action, Button, Point, Rect, ScrollUnit};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, InputFocus, PropMode, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::wrapper::ConnectionExt as _;

use super::EDITOR;
use crate::linux::windows::{Atoms, Windows};
use crate::linux::wire::{XConnection, connect};

/// What an action must come out as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    /// This action, on an element of this role and name.
    Seen(Action, String, Option<String>),
    /// Nothing: what was done was done to a window that nobody may record.
    Refused,
    /// Nothing, for this reason: no action must come out so.
    NotCaptured(String),
}

/// What the hands can reach.
pub(super) struct Reach {
    pub(super) editor: Rect,
    pub(super) terminal: Rect,
    /// Buttons of the page: their names and places.
    pub(super) buttons: Vec<(String, Rect)>,
    /// Where windows pop up that nobody may record.
    pub(super) popup: Rect,
}

const KEY_DOWN: u8 = 2;
const KEY_UP: u8 = 3;
const BUTTON_DOWN: u8 = 4;
const BUTTON_UP: u8 = 5;
const MOTION: u8 = 6;
const CTRL: u32 = 0xffe3;
const HOME: u32 = 0xff50;
/// Clicks that are nearer than this could be one double click, in pixels.
const APART_PX: u32 = 12;
/// How long a person takes from the pointer to the keys.
const TURN: Duration = Duration::from_millis(200);
/// How long the hands rest between two letters.
const KEY_REST: Duration = Duration::from_millis(4);
/// How long the wheel rests after a turn.
const WHEEL_REST: Duration = Duration::from_millis(300);
/// Polls of the focus before a test gives up.
const POLLS_MAX: u32 = 4_000;

pub(super) struct Hands {
    connection: XConnection,
    atoms: Atoms,
    root: Window,
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
        let root = connection.setup().roots[screen].root;
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let map = connection.get_keyboard_mapping(first, last - first + 1).unwrap().reply().unwrap();
        let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
        let (symbols, per_key) = (map.keysyms, usize::from(map.keysyms_per_keycode));
        let last = Point { x: 0, y: 0 };
        Self { connection, atoms, root, symbols, first, per_key, seed, last, popup: None }
    }

    /// The next number of the seed, below `limit` (xorshift64).
    fn number(&mut self, limit: u32) -> u32 {
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

    fn key(&self, symbol: u32) {
        let code = self.code(symbol);
        self.send(KEY_DOWN, code, self.last);
        self.send(KEY_UP, code, self.last);
    }

    /// Types one letter.
    pub(super) fn types(&self, letter: u8) {
        self.key(u32::from(letter));
        std::thread::sleep(KEY_REST);
    }

    fn press(&mut self, detail: u8, at: Point) {
        self.last = at;
        self.send(MOTION, 0, at);
        self.send(BUTTON_DOWN, detail, at);
        self.send(BUTTON_UP, detail, at);
    }

    /// A point inside, away from the last one and from where windows pop up.
    fn point(&mut self, within: Rect, apart_from: Rect) -> Point {
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
    fn wait_for_focus(&self, class: &str) {
        let (connection, atoms, root) = (&self.connection, &self.atoms, self.root);
        let windows =
            Windows { connection, atoms, root, size: (1280, 800), known: &std::cell::RefCell::default() };
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
    fn pop(&mut self, at: Rect) {
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

    /// Does something, and tells what.
    pub(super) fn act(&mut self, reach: &Reach) -> Vec<Truth> {
        if self.number(10) == 0 {
            self.pop(reach.popup);
        }
        let text = |action| Truth::Seen(action, "text".to_owned(), None);
        let click = |at| Action::Click { at, button: Button::Left, count: 1 };
        match self.number(6) {
            0 | 1 => {
                let at = self.click_editor(reach);
                let letters: Vec<char> = "abcdefghijklmnopqrstuvwxyz".chars().collect();
                let count = 3 + self.number(6);
                let word: String = (0..count).map(|_| letters[self.number(26) as usize]).collect();
                for letter in word.chars() {
                    self.types(u8::try_from(letter).unwrap());
                }
                vec![text(click(at)), text(Action::Type { text: word })]
            }
            2 => {
                let at = self.click_editor(reach);
                self.send(KEY_DOWN, self.code(CTRL), at);
                self.key(HOME);
                self.send(KEY_UP, self.code(CTRL), at);
                let keys = vec!["ctrl".to_owned(), "home".to_owned()];
                vec![text(click(at)), text(Action::Hotkey { keys })]
            }
            3 => {
                let at = self.point(reach.editor, reach.popup);
                let notches = 1 + self.number(4);
                for _ in 0..notches {
                    self.press(5, at);
                }
                // Sooner it would be one turn with the next one.
                std::thread::sleep(WHEEL_REST);
                let dy = 120 * i32::try_from(notches).unwrap();
                vec![text(Action::Scroll { at, dx: 0, dy, unit: ScrollUnit::Notch120th })]
            }
            4 => {
                let chosen = self.number(u32::try_from(reach.buttons.len()).unwrap()) as usize;
                let (name, place) = reach.buttons[chosen].clone();
                let at = self.point(place, reach.popup);
                self.press(1, at);
                vec![Truth::Seen(click(at), "push button".to_owned(), Some(name))]
            }
            _ => {
                let at = self.point(reach.terminal, reach.popup);
                self.press(1, at);
                self.wait_for_focus("XTerm");
                self.key(u32::from('s'));
                self.key(u32::from('e'));
                vec![Truth::Refused; 3]
            }
        }
    }

    fn click_editor(&mut self, reach: &Reach) -> Point {
        let at = self.point(reach.editor, reach.popup);
        self.press(1, at);
        self.wait_for_focus(EDITOR);
        std::thread::sleep(TURN);
        at
    }
}
