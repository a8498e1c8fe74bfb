//! Which fields a permit lets be read, and what is left of an action without the others.

use candor_consent::{Field, Permit};
use candor_model::Action;
use zeroize::Zeroize;

/// The fields to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one per field of a charter, and each is asked alone")]
pub(crate) struct Wanted {
    pub(crate) pointer: bool,
    pub(crate) typed_text: bool,
    pub(crate) hotkeys: bool,
    pub(crate) title: bool,
    pub(crate) frame: bool,
    pub(crate) tree: bool,
}

impl Wanted {
    pub(crate) fn by(permit: &Permit) -> Self {
        Self {
            pointer: permit.allows(Field::Pointer),
            typed_text: permit.allows(Field::TypedText),
            hotkeys: permit.allows(Field::Hotkeys),
            title: permit.allows(Field::WindowTitle),
            frame: permit.allows(Field::Frame),
            tree: permit.allows(Field::Tree),
        }
    }

    /// Whether the element that `action` acts on may be named. It tells where the pointer was, so that a pointer action
    /// without the pointer has none; and it stands in the tree.
    pub(crate) const fn target_of(self, action: &Action) -> bool {
        self.tree && (self.pointer || !is_pointer(action))
    }

    /// The action without what is not allowed. Keys are counted. Of a pointer action only a wait of no length is left:
    /// something was done, and neither what nor where.
    pub(crate) fn narrowed(self, mut action: Action) -> Action {
        let (allowed, narrow) = match &action {
            Action::Type { text } => (self.typed_text, Action::Keys { count: count(text.chars().count()) }),
            Action::Hotkey { keys } => (self.hotkeys, Action::Keys { count: count(keys.len()) }),
            Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. } => {
                (self.pointer, Action::Wait { ms: 0 })
            }
            Action::Keys { .. } | Action::Wait { .. } | Action::SwitchWindow {} => return action,
        };
        if allowed {
            return action;
        }
        action.zeroize();
        narrow
    }
}

const fn is_pointer(action: &Action) -> bool {
    match action {
        Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. } => true,
        Action::Type { .. }
        | Action::Keys { .. }
        | Action::Hotkey { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => false,
    }
}

fn count(keys: usize) -> u32 {
    u32::try_from(keys).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use candor_model::{Button, PathPoint, Point, ScrollUnit};

    use super::*;

    const NOTHING: Wanted =
        Wanted { pointer: false, typed_text: false, hotkeys: false, title: false, frame: false, tree: false };

    #[test]
    fn of_an_action_whose_field_is_not_allowed_only_a_count_or_nothing_is_left() {
        let at = Point { x: 3, y: 4 };
        let path = vec![PathPoint { at, after_ms: 0 }; 2];
        let waited = Action::Wait { ms: 0 };
        let cases = [
            (Action::Type { text: "grüße".into() }, Action::Keys { count: 5 }),
            (Action::Hotkey { keys: vec!["ctrl".into(), "c".into()] }, Action::Keys { count: 2 }),
            (Action::Click { at, button: Button::Left, count: 1 }, waited.clone()),
            (Action::Drag { button: Button::Left, path }, waited.clone()),
            (Action::Scroll { at, dx: 0, dy: 1, unit: ScrollUnit::Wheel }, waited),
        ];
        let all = Wanted { pointer: true, typed_text: true, hotkeys: true, ..NOTHING };
        for (action, left) in cases {
            assert_eq!(NOTHING.narrowed(action.clone()), left);
            assert_eq!(all.narrowed(action.clone()), action);
        }
    }

    #[test]
    fn the_element_under_a_pointer_that_is_not_allowed_is_not_named() {
        let click = Action::Click { at: Point { x: 0, y: 0 }, button: Button::Left, count: 1 };
        assert!(!Wanted { tree: true, ..NOTHING }.target_of(&click));
        assert!(!Wanted { pointer: true, ..NOTHING }.target_of(&click));
        assert!(Wanted { tree: true, pointer: true, ..NOTHING }.target_of(&click));
        assert!(Wanted { tree: true, ..NOTHING }.target_of(&Action::Keys { count: 1 }));
    }
}
