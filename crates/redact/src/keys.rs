//! Key names: which say what was done, and which would say what was typed.

/// Most keys of one combination; a longer one is typing.
const COMBINATION_KEYS_MAX: usize = 6;

/// Keys that turn a letter into a command. Shift and `AltGr` are not among them: with those one types.
const MODIFIERS: &[&str] = &[
    "ctrl",
    "control",
    "ctrl_l",
    "ctrl_r",
    "control_l",
    "control_r",
    "alt",
    "alt_l",
    "option",
    "meta",
    "super",
    "super_l",
    "super_r",
    "cmd",
    "command",
    "win",
];

/// Keys that write nothing.
const NAMED: &[&str] = &[
    "shift",
    "shift_l",
    "shift_r",
    "altgr",
    "alt_gr",
    "alt_r",
    "fn",
    "enter",
    "return",
    "kp_enter",
    "tab",
    "iso_left_tab",
    "esc",
    "escape",
    "space",
    "backspace",
    "delete",
    "del",
    "insert",
    "ins",
    "home",
    "end",
    "page_up",
    "page_down",
    "pageup",
    "pagedown",
    "prior",
    "next",
    "pgup",
    "pgdn",
    "up",
    "down",
    "left",
    "right",
    "arrow_up",
    "arrow_down",
    "arrow_left",
    "arrow_right",
    "caps_lock",
    "capslock",
    "num_lock",
    "numlock",
    "scroll_lock",
    "print",
    "print_screen",
    "printscreen",
    "pause",
    "break",
    "menu",
    "apps",
    "help",
    "f1",
    "f2",
    "f3",
    "f4",
    "f5",
    "f6",
    "f7",
    "f8",
    "f9",
    "f10",
    "f11",
    "f12",
    "f13",
    "f14",
    "f15",
    "f16",
    "f17",
    "f18",
    "f19",
    "f20",
    "f21",
    "f22",
    "f23",
    "f24",
    "volume_up",
    "volume_down",
    "volume_mute",
    "media_play_pause",
    "media_next",
    "media_previous",
    "browser_back",
    "browser_forward",
    "plus",
    "minus",
    "comma",
    "period",
    "slash",
    "backslash",
    "equal",
    "semicolon",
    "apostrophe",
    "grave",
    "bracketleft",
    "bracketright",
];

/// What a pressed combination becomes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// The key names, lower case.
    Kept(Vec<String>),
    /// Keys of which only the number is kept.
    Counted(u32),
}

/// Keeps the names of keys that write nothing, and at most one letter or sign beside a modifier. All else is counted:
/// a row of letters is typing by another name.
pub(crate) fn judged(keys: &[String]) -> Pressed {
    let names: Vec<String> = keys.iter().map(|key| key.to_lowercase()).collect();
    let known = |name: &String| is_modifier(name) || NAMED.contains(&name.as_str());
    let commands = names.iter().any(|name| is_modifier(name));
    let signs = names.iter().filter(|name| !known(name)).count();
    let sign_is_one_character = names.iter().filter(|name| !known(name)).all(|name| is_sign(name));
    let says_nothing_typed = signs == 0 || signs == 1 && commands && sign_is_one_character;
    if !names.is_empty() && names.len() <= COMBINATION_KEYS_MAX && says_nothing_typed {
        Pressed::Kept(names)
    } else {
        Pressed::Counted(u32::try_from(names.len()).unwrap_or(u32::MAX).max(1))
    }
}

/// Whether `text` is written like `Ctrl+S`.
pub(crate) fn is_combination(text: &str) -> bool {
    let names: Vec<String> = text.split('+').map(str::to_lowercase).collect();
    let known = |name: &String| is_modifier(name) || NAMED.contains(&name.as_str()) || is_sign(name);
    let begins = names.first().is_some_and(|n| is_modifier(n) || n == "shift" || is_function_key(n));
    begins && names.len() <= COMBINATION_KEYS_MAX && names.iter().all(known)
}

fn is_modifier(name: &str) -> bool {
    MODIFIERS.contains(&name)
}

fn is_function_key(name: &str) -> bool {
    name.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()).is_some_and(|n| (1..=24).contains(&n))
}

fn is_sign(name: &str) -> bool {
    name.chars().count() == 1 && name.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(keys: &[&str]) -> Pressed {
        judged(&keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>())
    }

    fn kept(keys: &[&str]) -> Pressed {
        Pressed::Kept(keys.iter().map(|k| (*k).to_owned()).collect())
    }

    #[test]
    fn typing_by_the_name_of_hotkeys_is_only_counted() {
        assert_eq!(judge(&["a"]), Pressed::Counted(1));
        assert_eq!(judge(&["shift", "a"]), Pressed::Counted(2));
        assert_eq!(judge(&["altgr", "q"]), Pressed::Counted(2));
        assert_eq!(judge(&["ctrl", "h", "u", "n"]), Pressed::Counted(4));
        assert_eq!(judge(&["ctrl", "hunter2"]), Pressed::Counted(2));
        assert_eq!(judge(&["dana@example.test"]), Pressed::Counted(1));
        assert_eq!(judge(&[]), Pressed::Counted(1));
        assert_eq!(judge(&["ctrl"; 7]), Pressed::Counted(7));
    }

    #[test]
    fn commands_and_keys_that_write_nothing_are_kept() {
        assert_eq!(judge(&["Ctrl", "C"]), kept(&["ctrl", "c"]));
        assert_eq!(judge(&["ctrl", "shift", "t"]), kept(&["ctrl", "shift", "t"]));
        assert_eq!(judge(&["Return"]), kept(&["return"]));
        assert_eq!(judge(&["shift", "tab"]), kept(&["shift", "tab"]));
        assert_eq!(judge(&["alt", "f4"]), kept(&["alt", "f4"]));
    }
}
