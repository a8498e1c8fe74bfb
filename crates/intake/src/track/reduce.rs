//! Input events into actions: what `AgentNetTool`'s reducer does, by the vocabulary of `candor-model`.
//!
//! A press and a release at one place are a click, clicks at one place in a row a double or triple click, a press that
//! travels a drag. Wheel events in a row are one scroll. Printable keys in a row are one typed text, in which a space key
//! is a space and a backspace takes the last character back. A key beside a modifier, or one that writes nothing, is a
//! hotkey; a lone modifier is nothing.

use candor_model::{Action, Button, PathPoint, Point, ScrollUnit};
use zeroize::Zeroize;

use super::event::{Event, Timed};
use crate::limit;

/// A press that travels further than this is a drag, in pixels.
const CLICK_TRAVEL_PX_MAX: i32 = 5;
/// Longest time between two clicks of one double click, in microseconds.
const DOUBLE_CLICK_US_MAX: u64 = 500_000;
/// Longest time between two wheel events of one scroll, in microseconds.
const SCROLL_GAP_US_MAX: u64 = 1_000_000;
/// Longest time that a modifier is believed to be held after its last press, in microseconds.
const MODIFIER_HELD_US_MAX: u64 = 5_000_000;
/// Most characters of one typed text; a longer run goes on as another.
const TYPED_CHARACTERS_MAX: usize = 10_000;
/// Modifiers by the names of pynput, the name that actions use, and whether the key writes something else with them.
const MODIFIERS: [(&str, &str); 15] = [
    ("ctrl", "ctrl"),
    ("ctrl_l", "ctrl"),
    ("ctrl_r", "ctrl"),
    ("alt", "alt"),
    ("alt_l", "alt"),
    ("alt_r", "alt"),
    ("option", "alt"),
    ("cmd", "super"),
    ("cmd_l", "super"),
    ("cmd_r", "super"),
    ("super", "super"),
    (SHIFT, SHIFT),
    ("shift_l", SHIFT),
    ("shift_r", SHIFT),
    ("alt_gr", ALT_GR),
];
const SHIFT: &str = "shift";
const ALT_GR: &str = "altgr";

/// Which modifiers are held, each once, in the order pressed, with the time of the last press; and whether capitals are
/// locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Keys {
    held: [Option<(&'static str, u64)>; 5],
    capitals: bool,
}

impl Keys {
    fn press(&mut self, modifier: &'static str, at_us: u64) {
        let mut held = self.held.iter_mut();
        let slot = held.find(|slot| slot.is_none_or(|(held, _)| held == modifier));
        if let Some(slot) = slot {
            *slot = Some((modifier, at_us));
        }
    }

    fn release(&mut self, modifier: &str) {
        self.keep(|held, _| held != modifier);
    }

    /// Forgets modifiers whose release was never seen: with one that hangs, what is typed would look like commands.
    fn forget(&mut self, at_us: u64) {
        self.keep(|_, pressed_us| at_us.saturating_sub(pressed_us) <= MODIFIER_HELD_US_MAX);
    }

    fn keep(&mut self, is_held: impl Fn(&str, u64) -> bool) {
        let mut rest =
            self.held.into_iter().flatten().filter(|(held, pressed_us)| is_held(held, *pressed_us));
        self.held = std::array::from_fn(|_| rest.next());
    }

    fn held(&self) -> impl Iterator<Item = &'static str> {
        self.held.into_iter().flatten().map(|(held, _)| held)
    }

    /// Whether a key says what to do, and not what to write.
    fn commands(&self) -> bool {
        self.held().any(|held| held != SHIFT && held != ALT_GR)
    }
}

/// Where an action lies in the stream, and what was held when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) from_us: u64,
    pub(crate) to_us: u64,
    pub(crate) from_byte: u64,
    pub(crate) to_byte: u64,
    pub(crate) keys: Keys,
}

enum Pending {
    Down { button: Button, path: Vec<(u64, Point)> },
    Clicked { at: Point, button: Button, count: u8 },
    Scrolled { at: Point, dx: i32, dy: i32 },
    Typed { text: String },
}

/// Takes events and gives actions.
pub(crate) struct Reducer {
    keys: Keys,
    pending: Option<(Found, Pending)>,
    found: Vec<(Found, Action)>,
}

impl Reducer {
    pub(crate) fn new() -> Self {
        Self::with(Keys::default())
    }

    /// Begins in the middle, with what was held there.
    pub(crate) const fn with(keys: Keys) -> Self {
        Self { keys, pending: None, found: Vec::new() }
    }

    /// The actions that ended since the last call.
    pub(crate) fn found(&mut self) -> Vec<(Found, Action)> {
        std::mem::take(&mut self.found)
    }

    pub(crate) fn take(&mut self, event: &Timed) {
        match &event.event {
            Event::Move { x, y } => self.moved(event, point(*x, *y)),
            Event::Click { x, y, button, pressed: true } => {
                self.pressed(event, point(*x, *y), button_of(button));
            }
            Event::Click { x, y, button, pressed: false } => {
                self.released(event, point(*x, *y), button_of(button));
            }
            Event::Scroll { x, y, dx, dy } => self.scrolled(event, point(*x, *y), whole(*dx), whole(*dy)),
            Event::Press { name } => self.key(event, name),
            Event::Release { name } => {
                if let Some(modifier) = modifier(name) {
                    self.keys.release(modifier);
                }
            }
            Event::Pause | Event::Resume => {
                self.end();
                // What was let go in between nobody saw.
                self.keys.held = [None; 5];
            }
        }
    }

    /// Ends what is pending: nothing that comes belongs to it.
    pub(crate) fn end(&mut self) {
        let Some((found, pending)) = self.pending.take() else { return };
        let action = match pending {
            // A button that never came up again, or text that was all taken back: nothing that a step can say.
            Pending::Down { .. } => return,
            Pending::Typed { text } if text.is_empty() => return,
            Pending::Clicked { at, button, count } => Action::Click { at, button, count },
            Pending::Scrolled { at, dx, dy } => Action::Scroll { at, dx, dy, unit: ScrollUnit::Wheel },
            Pending::Typed { text } => Action::Type { text },
        };
        self.found.push((found, action));
    }

    fn begin(&mut self, event: &Timed, pending: Pending) {
        self.end();
        self.pending = Some((Found::of(event, self.keys), pending));
    }

    fn moved(&mut self, event: &Timed, at: Point) {
        if let Some((_, Pending::Down { path, .. })) = &mut self.pending
            && path.len() < limit::PATH_POINTS_MAX - 1
        {
            path.push((event.at_us, at));
        }
    }

    fn pressed(&mut self, event: &Timed, at: Point, button: Button) {
        let again = match &self.pending {
            Some((found, Pending::Clicked { at: before, button: same, count })) => {
                let soon = event.at_us.saturating_sub(found.to_us) <= DOUBLE_CLICK_US_MAX;
                soon && near(*before, at) && *same == button && *count < 3
            }
            _ => false,
        };
        if !again {
            self.begin(event, Pending::Down { button, path: vec![(event.at_us, at)] });
        }
    }

    fn released(&mut self, event: &Timed, at: Point, released: Button) {
        match self.pending.take() {
            Some((found, Pending::Down { button, path })) if button == released => {
                self.let_go(found.until(event), at, button, &path);
            }
            Some((found, Pending::Clicked { at, button, count })) if button == released => {
                let count = count.saturating_add(1);
                self.pending = Some((found.until(event), Pending::Clicked { at, button, count }));
            }
            other => self.pending = other,
        }
    }

    /// A press became a drag, which is over, or a click, which may become a double click.
    fn let_go(&mut self, found: Found, at: Point, button: Button, path: &[(u64, Point)]) {
        if let Some(path) = dragged(path, found.to_us, at) {
            self.found.push((found, Action::Drag { button, path }));
            return;
        }
        let at = path.first().map_or(at, |(_, at)| *at);
        self.pending = Some((found, Pending::Clicked { at, button, count: 1 }));
    }

    /// The recorder counts up as positive; actions count down as positive.
    fn scrolled(&mut self, event: &Timed, place: Point, right: i32, up: i32) {
        if let Some((found, Pending::Scrolled { at, dx, dy })) = &mut self.pending
            && event.at_us.saturating_sub(found.to_us) <= SCROLL_GAP_US_MAX
            && near(*at, place)
        {
            *dx = dx.saturating_add(right);
            *dy = dy.saturating_sub(up);
            *found = found.until(event);
            return;
        }
        self.begin(event, Pending::Scrolled { at: place, dx: right, dy: up.saturating_neg() });
    }

    fn key(&mut self, event: &Timed, name: &str) {
        self.keys.forget(event.at_us);
        if let Some(modifier) = modifier(name) {
            self.keys.press(modifier, event.at_us);
            return;
        }
        if name == "caps_lock" {
            self.keys.capitals = !self.keys.capitals;
            return;
        }
        match (self.written(name), &mut self.pending) {
            (Some(character), Some((found, Pending::Typed { text }))) if has_room(text) => {
                text.push(character);
                *found = found.until(event);
            }
            (Some(character), _) => self.begin(event, Pending::Typed { text: typed(character) }),
            (None, Some((found, Pending::Typed { text })))
                if name == "backspace" && !self.keys.commands() && !text.is_empty() =>
            {
                text.pop();
                *found = found.until(event);
            }
            (None, _) => self.hotkey(event, name),
        }
    }

    /// The character that a key writes, if it writes one.
    fn written(&self, name: &str) -> Option<char> {
        if self.keys.commands() {
            return None;
        }
        let mut characters = if name == "space" { " ".chars() } else { name.chars() };
        let character = characters.next().filter(|c| !c.is_control())?;
        let alone = characters.next().is_none();
        let upper = if self.keys.capitals { character.to_uppercase().next() } else { None };
        alone.then_some(upper.unwrap_or(character))
    }

    fn hotkey(&mut self, event: &Timed, name: &str) {
        self.end();
        let key = match name {
            "esc" => "escape".to_owned(),
            "page_up" => "pageup".to_owned(),
            "page_down" => "pagedown".to_owned(),
            other => other.to_lowercase(),
        };
        let keys = self.keys.held().map(str::to_owned).chain([key]).collect();
        self.found.push((Found::of(event, self.keys), Action::Hotkey { keys }));
    }
}

impl Drop for Reducer {
    fn drop(&mut self) {
        if let Some((_, Pending::Typed { text })) = &mut self.pending {
            text.zeroize();
        }
        for (_, action) in &mut self.found {
            action.zeroize();
        }
    }
}

impl Found {
    const fn of(event: &Timed, keys: Keys) -> Self {
        let (from_us, from_byte, to_byte) = (event.at_us, event.from_byte, event.to_byte);
        Self { from_us, to_us: from_us, from_byte, to_byte, keys }
    }

    const fn until(self, event: &Timed) -> Self {
        Self { to_us: event.at_us, to_byte: event.to_byte, ..self }
    }
}

/// The path of a press that travelled.
fn dragged(path: &[(u64, Point)], released_us: u64, released: Point) -> Option<Vec<PathPoint>> {
    let (begun_us, begun) = *path.first()?;
    let travelled = path.iter().map(|(_, at)| *at).chain([released]).any(|at| !near(begun, at));
    let point = |(at_us, at): (u64, Point)| {
        let after_ms = u32::try_from(at_us.saturating_sub(begun_us) / 1000).unwrap_or(u32::MAX);
        PathPoint { at, after_ms }
    };
    travelled.then(|| path.iter().copied().chain([(released_us, released)]).map(point).collect())
}

fn has_room(text: &str) -> bool {
    text.chars().count() < TYPED_CHARACTERS_MAX
}

/// A text with room for a sentence, so that growing it leaves few copies behind.
fn typed(character: char) -> String {
    let mut text = String::with_capacity(256);
    text.push(character);
    text
}

fn near(a: Point, b: Point) -> bool {
    let limit = CLICK_TRAVEL_PX_MAX.unsigned_abs();
    a.x.abs_diff(b.x) <= limit && a.y.abs_diff(b.y) <= limit
}

fn modifier(name: &str) -> Option<&'static str> {
    MODIFIERS.iter().find(|(known, _)| *known == name).map(|(_, modifier)| *modifier)
}

fn button_of(name: &str) -> Button {
    match name {
        "middle" => Button::Middle,
        "right" => Button::Right,
        "x1" | "button8" => Button::Back,
        "x2" | "button9" => Button::Forward,
        _ => Button::Left,
    }
}

fn point(x: f64, y: f64) -> Point {
    Point { x: whole(x), y: whole(y) }
}

/// The nearest whole number; the cast stops at the ends of the range and turns what is no number into 0.
#[expect(clippy::cast_possible_truncation, reason = "it saturates, which is what is wanted")]
const fn whole(value: f64) -> i32 {
    value.round() as i32
}
