//! The pause key: grabbed, so that no application gets it, whichever window has the keyboard.

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, ModMask, Window};

use crate::PauseKey;
use crate::light::{KeyName, Modifier};
use crate::linux::wire::XConnection;

/// The key Pause, and F1, as X names them (`keysymdef.h`); letters and digits are their Latin-1 codes.
const KEYSYM_PAUSE: u32 = 0xff13;
const KEYSYM_F1: u32 = 0xffbe;
/// Caps lock and Num lock may be on: the key is grabbed with each of them, with both and with none.
const LOCKS: [u16; 4] = [0, 0x02, 0x10, 0x12];

/// A grabbed key.
pub(super) struct Grab {
    root: Window,
    key: PauseKey,
    code: Keycode,
    /// When it came up last, in the server's milliseconds.
    up_ms: Option<u32>,
}

impl Grab {
    /// Grabs the key; none where the keyboard lacks it or another program has it.
    pub(super) fn take(connection: &XConnection, root: Window, key: PauseKey) -> Option<Self> {
        let code = code_of(connection, keysym(key.key))?;
        let grab = Self { root, key, code, up_ms: None };
        for locks in LOCKS {
            let (async_, modifiers) = (GrabMode::ASYNC, ModMask::from(modifiers(&grab.key) | locks));
            let grabbed = connection.grab_key(false, root, modifiers, code, async_, async_).ok()?.check();
            if grabbed.is_err() {
                grab.release(connection);
                return None;
            }
        }
        Some(grab)
    }

    /// Grabs it where it lies on the keyboard as it is.
    pub(super) fn again(self, connection: &XConnection) -> Option<Self> {
        self.release(connection);
        Self::take(connection, self.root, self.key)
    }

    fn release(&self, connection: &XConnection) {
        for locks in LOCKS {
            let modifiers = ModMask::from(modifiers(&self.key) | locks);
            if let Ok(released) = connection.ungrab_key(self.code, self.root, modifiers) {
                released.ignore_error();
            }
        }
    }

    /// Whether an event is a new press of the key. One that is held repeats: it comes up and goes down in one millisecond.
    pub(super) fn is_pressed(&mut self, event: &Event) -> bool {
        if let Event::KeyRelease(release) = event
            && release.detail == self.code
        {
            self.up_ms = Some(release.time);
        }
        let Event::KeyPress(press) = event else { return false };
        press.detail == self.code && self.up_ms != Some(press.time)
    }
}

fn modifiers(key: &PauseKey) -> u16 {
    let mask = |held: &Modifier| match held {
        Modifier::Control => ModMask::CONTROL,
        Modifier::Alt => ModMask::M1,
        Modifier::Shift => ModMask::SHIFT,
        Modifier::Super => ModMask::M4,
    };
    key.held.iter().map(mask).fold(0, |all, mask| all | u16::from(mask))
}

fn keysym(key: KeyName) -> u32 {
    match key {
        KeyName::Letter(letter) => letter.into(),
        KeyName::Function(number) => KEYSYM_F1 + u32::from(number) - 1,
        KeyName::Pause => KEYSYM_PAUSE,
    }
}

fn code_of(connection: &XConnection, keysym: u32) -> Option<Keycode> {
    let setup = connection.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let count = last.checked_sub(first)?.checked_add(1)?;
    let mapping = connection.get_keyboard_mapping(first, count).ok()?.reply().ok()?;
    let each = usize::from(mapping.keysyms_per_keycode).max(1);
    let at = mapping.keysyms.chunks(each).position(|symbols| symbols.contains(&keysym))?;
    first.checked_add(u8::try_from(at).ok()?)
}
