//! What a key does, by the key map of the X server: it writes, it names a command, or it changes what others do. Which letter a
//! writing key would write is not looked at.

use std::collections::BTreeSet;

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::linux::wire::XConnection;

/// What pressing a key means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It changes what other keys do.
    Modifier,
    /// It writes.
    Writes,
    /// It may write, or only change what the next one writes: a dead key, the compose key.
    MayWrite,
    /// It takes away what was written.
    Erases,
    /// A command: the names of its keys, in the order pressed.
    Command(Vec<String>),
}

/// Keys that change others: their symbols (`keysymdef.h`), and the name where they make commands of letters.
const MODIFIERS: [(u32, Option<&str>); 18] = [
    (0xffe3, Some("ctrl")),
    (0xffe4, Some("ctrl")),
    (0xffe9, Some("alt")),
    (0xffea, Some("alt")),
    (0xffe7, Some("meta")),
    (0xffe8, Some("meta")),
    (0xffeb, Some("super")),
    (0xffec, Some("super")),
    (0xffed, Some("super")),
    (0xffee, Some("super")),
    (0xffe1, None),
    (0xffe2, None),
    (0xffe5, None),
    (0xffe6, None),
    (0xff7e, None),
    (0xff7f, None),
    (0xfe03, None),
    (0xfe11, None),
];
const SHIFTS: [u32; 2] = [0xffe1, 0xffe2];

/// Commands that are one key.
const COMMANDS: [(u32, &str); 17] = [
    (0xff0d, "enter"),
    (0xff8d, "enter"),
    (0xff09, "tab"),
    (0xfe20, "tab"),
    (0xff1b, "escape"),
    (0xff50, "home"),
    (0xff51, "left"),
    (0xff52, "up"),
    (0xff53, "right"),
    (0xff54, "down"),
    (0xff55, "page_up"),
    (0xff56, "page_down"),
    (0xff57, "end"),
    (0xff63, "insert"),
    (0xff67, "menu"),
    (0xff61, "print"),
    (0xff13, "pause"),
];
/// Keys that edit what is written, and have names in a combination only.
const EDITS: [(u32, &str); 3] = [(0xff08, "backspace"), (0xffff, "delete"), (0x20, "space")];
const ERASERS: [u32; 2] = [0xff08, 0xffff];
/// Dead keys, and the compose key.
const DEAD: std::ops::RangeInclusive<u32> = 0xfe50..=0xfe93;
const COMPOSE: u32 = 0xff20;
const F1: u32 = 0xffbe;
const F24: u32 = 0xffd5;

/// The key map, and which keys are down.
pub(crate) struct Keyboard {
    first: u32,
    symbols_of_key: usize,
    symbols: Vec<u32>,
    down: BTreeSet<u32>,
}

impl Keyboard {
    pub(crate) fn read(connection: &XConnection) -> Result<Self, ReplyError> {
        let (first, last) = (connection.setup().min_keycode, connection.setup().max_keycode);
        let count = last.saturating_sub(first).saturating_add(1);
        let map = connection.get_keyboard_mapping(first, count)?.reply()?;
        let symbols_of_key = usize::from(map.keysyms_per_keycode);
        Ok(Self { first: first.into(), symbols_of_key, symbols: map.keysyms, down: BTreeSet::new() })
    }

    /// The key map again, after it changed.
    pub(crate) fn reread(&mut self, connection: &XConnection) -> Result<(), ReplyError> {
        let down = std::mem::take(&mut self.down);
        *self = Self { down, ..Self::read(connection)? };
        Ok(())
    }

    /// The symbols of a key: the first is that without any modifier.
    fn symbols(&self, key: u32) -> &[u32] {
        let place = key.checked_sub(self.first).and_then(|key| usize::try_from(key).ok());
        let from = place.map(|place| place * self.symbols_of_key);
        from.and_then(|from| self.symbols.get(from..from + self.symbols_of_key)).unwrap_or_default()
    }

    fn symbol(&self, key: u32) -> u32 {
        self.symbols(key).first().copied().unwrap_or(0)
    }

    /// With any modifier: which ones are in force the key map alone does not tell. A key without a symbol may do anything.
    fn may_be_dead(&self, key: u32) -> bool {
        let dead = |symbol: &u32| DEAD.contains(symbol) || *symbol == COMPOSE;
        self.symbol(key) == 0 || self.symbols(key).iter().any(dead)
    }

    pub(crate) fn pressed(&mut self, key: u32) -> Meaning {
        let symbol = self.symbol(key);
        if MODIFIERS.iter().any(|(modifier, _)| *modifier == symbol) {
            self.down.insert(key);
            return Meaning::Modifier;
        }
        let mut names = self.held();
        let command = named(&COMMANDS, symbol).map(str::to_owned).or_else(|| function_key(symbol));
        match command {
            _ if !names.is_empty() => {
                names.extend(self.shift());
                names.push(command.unwrap_or_else(|| in_combination(symbol)));
                Meaning::Command(names)
            }
            Some(command) => {
                names.extend(self.shift());
                names.push(command);
                Meaning::Command(names)
            }
            None if ERASERS.contains(&symbol) => Meaning::Erases,
            None if self.may_be_dead(key) => Meaning::MayWrite,
            None => Meaning::Writes,
        }
    }

    pub(crate) fn released(&mut self, key: u32) {
        self.down.remove(&key);
    }

    /// The modifiers that make commands of letters, each once.
    fn held(&self) -> Vec<String> {
        let symbols: Vec<u32> = self.down.iter().map(|key| self.symbol(*key)).collect();
        let held = MODIFIERS.iter().filter(|(modifier, _)| symbols.contains(modifier));
        let mut names: Vec<String> = held.filter_map(|(_, name)| name.map(str::to_owned)).collect();
        names.dedup();
        names
    }

    fn shift(&self) -> Option<String> {
        self.down.iter().any(|key| SHIFTS.contains(&self.symbol(*key))).then(|| "shift".to_owned())
    }
}

fn named(names: &[(u32, &'static str)], symbol: u32) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == symbol).map(|(_, name)| *name)
}

fn function_key(symbol: u32) -> Option<String> {
    (F1..=F24).contains(&symbol).then(|| format!("f{}", symbol - F1 + 1))
}

/// The key of a combination: Latin letters, digits and signs by themselves.
fn in_combination(symbol: u32) -> String {
    let edit = named(&EDITS, symbol).map(str::to_owned);
    let letter = || char::from_u32(symbol).filter(|_| matches!(symbol, 0x21..=0x7e | 0xa1..=0xff));
    edit.or_else(|| letter().map(|letter| letter.to_lowercase().collect()))
        .unwrap_or_else(|| "key".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys 8 to 18: Ctrl, Shift, Alt, a, c, Enter, `BackSpace`, F5, `AltGr`, Left, dead acute.
    fn keyboard() -> Keyboard {
        let symbols =
            vec![0xffe3, 0xffe1, 0xffe9, 0x61, 0x63, 0xff0d, 0xff08, 0xffc2, 0xfe03, 0xff51, 0xfe51];
        Keyboard { first: 8, symbols_of_key: 1, symbols, down: BTreeSet::new() }
    }

    fn command(keys: &[&str]) -> Meaning {
        Meaning::Command(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn letters_and_edits_write_and_are_not_named() {
        let mut keyboard = keyboard();
        assert_eq!(keyboard.pressed(11), Meaning::Writes);
        assert_eq!(keyboard.pressed(14), Meaning::Erases);
        assert_eq!([keyboard.pressed(18), keyboard.pressed(99)], [Meaning::MayWrite, Meaning::MayWrite]);
        for shifting in [9, 16] {
            assert_eq!(keyboard.pressed(shifting), Meaning::Modifier);
            assert_eq!(keyboard.pressed(11), Meaning::Writes);
        }
    }

    #[test]
    fn a_combination_is_named_in_order_and_ends_with_its_modifier() {
        let mut keyboard = keyboard();
        keyboard.pressed(10);
        keyboard.pressed(8);
        assert_eq!(keyboard.pressed(12), command(&["ctrl", "alt", "c"]));
        keyboard.released(10);
        keyboard.pressed(9);
        assert_eq!(keyboard.pressed(14), command(&["ctrl", "shift", "backspace"]));
        keyboard.released(8);
        keyboard.released(9);
        assert_eq!(keyboard.pressed(12), Meaning::Writes);
        assert_eq!(keyboard.pressed(13), command(&["enter"]));
        assert_eq!(keyboard.pressed(15), command(&["f5"]));
        assert_eq!(keyboard.pressed(17), command(&["left"]));
    }
}
