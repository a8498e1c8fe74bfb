//! The light: how a person sees, whatever they do, that it records.
//!
//! It is a window of the recorder's own, above all others. Where it cannot be shown and seen, the caller must not record: a light that
//! is only switched on proves nothing, so [`Light::is_seen`] looks at what is on the screen.

use std::collections::BTreeSet;

use crate::SensorError;

/// What the light says, in words and by a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// What is done is recorded: a disc.
    Recording,
    /// The person paused: two bars.
    Paused,
    /// The window in front is not recorded: a ring with a stroke through it.
    Refused,
    /// Nothing is recorded, for a reason that is not the person's: a square.
    Halted,
}

impl Shown {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Recording, Self::Paused, Self::Refused, Self::Halted];

    /// The words on the light.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Paused => "paused",
            Self::Refused => "refused here",
            Self::Halted => "halted",
        }
    }
}

/// The key that pauses and goes on, wherever the keyboard is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseKey {
    pub(crate) held: BTreeSet<Modifier>,
    pub(crate) key: KeyName,
}

/// A key that is held while another one is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Modifier {
    Control,
    Alt,
    Shift,
    Super,
}

/// The key that is pressed with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyName {
    /// A letter or a digit.
    Letter(u8),
    /// F1 to F12.
    Function(u8),
    /// The key Pause.
    Pause,
}

/// Why a text names no key that can pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is not ctrl, alt, shift or super, joined by + with a letter, a digit, f1 to f12 or pause; a letter needs ctrl, alt or super"
)]
pub struct NotAKey;

impl std::str::FromStr for PauseKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.to_ascii_lowercase();
        let mut names: Vec<&str> = text.split('+').map(str::trim).collect();
        let key = named(names.pop().ok_or(NotAKey)?)?;
        let mut held = BTreeSet::new();
        for name in names {
            let modifier = match name {
                "ctrl" | "control" => Modifier::Control,
                "alt" => Modifier::Alt,
                "shift" => Modifier::Shift,
                "super" => Modifier::Super,
                _ => return Err(NotAKey),
            };
            if !held.insert(modifier) {
                return Err(NotAKey);
            }
        }
        // A letter alone, or with Shift, is text: nobody could write it any more.
        let is_text = matches!(key, KeyName::Letter(_)) && held.iter().all(|held| *held == Modifier::Shift);
        if is_text { Err(NotAKey) } else { Ok(Self { held, key }) }
    }
}

fn named(name: &str) -> Result<KeyName, NotAKey> {
    if let [letter @ (b'a'..=b'z' | b'0'..=b'9')] = name.as_bytes() {
        return Ok(KeyName::Letter(*letter));
    }
    if name == "pause" {
        return Ok(KeyName::Pause);
    }
    let number = name.strip_prefix('f').and_then(|number| number.parse().ok());
    number.filter(|number| (1..=12).contains(number)).map(KeyName::Function).ok_or(NotAKey)
}

/// The light of one desktop. It goes out when it is dropped, and when the program ends, however it ends.
pub trait Light: Send {
    /// Says something else.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn show(&mut self, shown: Shown) -> Result<(), SensorError>;

    /// Whether the whole of it can be seen at this moment: it is on the screen, as it was made, and nothing lies over it.
    ///
    /// # Errors
    /// When the desktop does not answer. Then nobody sees it.
    fn is_seen(&mut self) -> Result<bool, SensorError>;

    /// Whether anything happened among the windows since [`is_seen`](Light::is_seen) looked. It costs no question to the desktop, and what
    /// happened a moment ago may not be told yet: before a look at the screen the caller asks `is_seen`.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn is_disturbed(&mut self) -> Result<bool, SensorError>;

    /// Puts it right: shown, in its place, above all others.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn restore(&mut self) -> Result<(), SensorError>;

    /// How often the person asked to pause or to go on since it was last asked, by a click on the light or by the key.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn presses(&mut self) -> Result<u32, SensorError>;

    /// Whether a button is down on the light, as far as was heard when [`is_seen`](Light::is_seen) looked: then what the person does is done to
    /// the light.
    fn is_held(&self) -> bool;

    /// Whether the pause key works: another program may have it.
    fn has_key(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_however_it_is_written_and_one_that_would_take_text_away_is_refused() {
        let key: PauseKey = "Ctrl + Alt+P".parse().unwrap();
        assert_eq!(key, "alt+control+p".parse().unwrap());
        for fine in ["pause", "super+f12", "shift+pause", "ctrl+1"] {
            assert!(fine.parse::<PauseKey>().is_ok(), "{fine}");
        }
        for wrong in
            ["", "p", "shift+p", "ctrl", "ctrl+ctrl+p", "ctrl+f13", "hyper+p", "ctrl+pp", "ctrl+ü", "f0"]
        {
            assert_eq!(wrong.parse::<PauseKey>(), Err(NotAKey), "{wrong}");
        }
    }

    #[test]
    fn what_the_light_says_differs_in_words() {
        let words: std::collections::BTreeSet<_> = Shown::ALL.map(Shown::words).into();
        assert_eq!(words.len(), Shown::ALL.len());
    }
}
