//! What is watched, and how it is laid out.

use candor_model::Rect;

/// Which desktop a sensor watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desktop {
    /// The X display of this name, `:0` for example.
    X11 {
        /// Its name.
        display: String,
    },
    /// The one that this program runs on, where a system has only one, or gives it out through its portal.
    OfThisSession,
}

/// The name of an X display.
impl From<&str> for Desktop {
    fn from(display: &str) -> Self {
        Self::X11 { display: display.to_owned() }
    }
}

/// The name of an X display.
impl From<&String> for Desktop {
    fn from(display: &String) -> Self {
        Self::from(display.as_str())
    }
}

/// A monitor: a part of a screen, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitor {
    /// The name of the screen that it shows a part of.
    pub screen: String,
    /// The platform's own name of it.
    pub name: String,
    /// Which part, in the pixels of that screen.
    pub bounds: Rect,
    /// How much larger than usual applications draw on it, in percent: 200 where a letter is twice as many pixels high.
    pub scale_percent: u32,
}
