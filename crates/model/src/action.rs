//! What a person did: the action vocabulary. Absolute pixels, nothing derived, so that each export can derive its own.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::Point;

/// A pointer button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The main button.
    Left,
    /// The wheel button.
    Middle,
    /// The context button.
    Right,
    /// Side button, backwards.
    Back,
    /// Side button, forwards.
    Forward,
}

/// What one unit of a scroll amount is. Amounts of different units are not comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "snake_case")]
pub enum ScrollUnit {
    /// A 120th of a wheel notch.
    #[serde(rename = "notch_120th")]
    Notch120th,
    /// A screen pixel.
    Pixel,
    /// A wheel unit of an unknown device, as DuckTrack and AgentNet record it.
    Wheel,
}

/// A point of a drag, with the time since the button went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct PathPoint {
    /// Where.
    pub at: Point,
    /// Milliseconds since the start of the drag.
    pub after_ms: u32,
}

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The pointer button went down and up at one place.
    Click {
        /// Where.
        at: Point,
        /// Which button.
        button: Button,
        /// 1 single, 2 double, 3 triple.
        count: u8,
    },
    /// The pointer moved with a button down.
    Drag {
        /// Which button.
        button: Button,
        /// From the first to the last point, at least two.
        path: Vec<PathPoint>,
    },
    /// The wheel or the touchpad scrolled.
    Scroll {
        /// Where the pointer was.
        at: Point,
        /// To the right when positive.
        dx: i32,
        /// Down when positive.
        dy: i32,
        /// What one unit of `dx` and `dy` is.
        unit: ScrollUnit,
    },
    /// Text was typed.
    Type {
        /// The text, edits applied.
        text: String,
    },
    /// Text was typed, but what it was is not known or not kept.
    Keys {
        /// How many keys.
        count: u32,
    },
    /// One key or a combination was pressed.
    Hotkey {
        /// Key names in the order pressed, for example `ctrl`, `c`.
        keys: Vec<String>,
    },
    /// Nothing happened for a while that mattered.
    Wait {
        /// Milliseconds.
        ms: u32,
    },
    /// Another window came to the front without a click that a step holds.
    SwitchWindow {},
}

impl Action {
    /// The name of the kind, as it is written.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Click { .. } => "click",
            Self::Drag { .. } => "drag",
            Self::Scroll { .. } => "scroll",
            Self::Type { .. } => "type",
            Self::Keys { .. } => "keys",
            Self::Hotkey { .. } => "hotkey",
            Self::Wait { .. } => "wait",
            Self::SwitchWindow {} => "switch_window",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_written_by_its_name() {
        let at = Point { x: 1, y: 2 };
        let actions = [
            Action::Click { at, button: Button::Left, count: 2 },
            Action::Drag { button: Button::Left, path: vec![PathPoint { at, after_ms: 0 }] },
            Action::Scroll { at, dx: 0, dy: -120, unit: ScrollUnit::Notch120th },
            Action::Type { text: "a".into() },
            Action::Keys { count: 3 },
            Action::Hotkey { keys: vec!["ctrl".into(), "c".into()] },
            Action::Wait { ms: 500 },
            Action::SwitchWindow {},
        ];
        for action in actions {
            let json = serde_json::to_value(&action).unwrap();
            assert_eq!(json["kind"], action.kind());
            assert_eq!(serde_json::from_value::<Action>(json).unwrap(), action);
        }
    }
}
