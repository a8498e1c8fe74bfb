//! Roles and states of AT-SPI (at-spi2-core 2.46, `atspi-constants.h`).

/// The names of the roles by their number, in lower case.
const NAMES: [&str; 131] = [
    "invalid",
    "accelerator label",
    "alert",
    "animation",
    "arrow",
    "calendar",
    "canvas",
    "check box",
    "check menu item",
    "color chooser",
    "column header",
    "combo box",
    "date editor",
    "desktop icon",
    "desktop frame",
    "dial",
    "dialog",
    "directory pane",
    "drawing area",
    "file chooser",
    "filler",
    "focus traversable",
    "font chooser",
    "frame",
    "glass pane",
    "html container",
    "icon",
    "image",
    "internal frame",
    "label",
    "layered pane",
    "list",
    "list item",
    "menu",
    "menu bar",
    "menu item",
    "option pane",
    "page tab",
    "page tab list",
    "panel",
    "password text",
    "popup menu",
    "progress bar",
    "push button",
    "radio button",
    "radio menu item",
    "root pane",
    "row header",
    "scroll bar",
    "scroll pane",
    "separator",
    "slider",
    "spin button",
    "split pane",
    "status bar",
    "table",
    "table cell",
    "table column header",
    "table row header",
    "tearoff menu item",
    "terminal",
    "text",
    "toggle button",
    "tool bar",
    "tool tip",
    "tree",
    "tree table",
    "unknown",
    "viewport",
    "window",
    "extended",
    "header",
    "footer",
    "paragraph",
    "ruler",
    "application",
    "autocomplete",
    "edit bar",
    "embedded",
    "entry",
    "chart",
    "caption",
    "document frame",
    "heading",
    "page",
    "section",
    "redundant object",
    "form",
    "link",
    "input method window",
    "table row",
    "tree item",
    "document spreadsheet",
    "document presentation",
    "document text",
    "document web",
    "document email",
    "comment",
    "list box",
    "grouping",
    "image map",
    "notification",
    "info bar",
    "level bar",
    "title bar",
    "block quote",
    "audio",
    "video",
    "definition",
    "article",
    "landmark",
    "log",
    "marquee",
    "math",
    "rating",
    "timer",
    "static",
    "math fraction",
    "math root",
    "subscript",
    "superscript",
    "description list",
    "description term",
    "description value",
    "footnote",
    "content deletion",
    "content insertion",
    "mark",
    "suggestion",
    "push button menu",
    "switch",
];

pub(crate) const FRAME: u32 = 23;
pub(crate) const PASSWORD: u32 = 40;
pub(crate) const TERMINAL: u32 = 60;
pub(crate) const PARAGRAPH: u32 = 73;
pub(crate) const DOCUMENT_WEB: u32 = 95;

/// The name of a role.
pub(crate) fn name(role: u32) -> &'static str {
    usize::try_from(role).ok().and_then(|role| NAMES.get(role)).copied().unwrap_or("unknown")
}

/// Whether an element of this role shows its text, not its name.
pub(crate) fn is_field(role: u32) -> bool {
    matches!(name(role), "text" | "entry" | "autocomplete" | "spin button" | "combo box" | "date editor")
}

/// Whether an element of this role may hold text of its own where it has no children and no name.
pub(crate) fn may_hold_text(role: u32) -> bool {
    matches!(
        name(role),
        "label"
            | "static"
            | "paragraph"
            | "heading"
            | "caption"
            | "block quote"
            | "status bar"
            | "list item"
            | "table cell"
            | "link"
            | "section"
    )
}

/// Whether an element of this role keeps it: what holds others together, and what is pressed. A field may become one for a password, and back.
pub(crate) fn stays(role: u32) -> bool {
    matches!(
        name(role),
        "panel"
            | "filler"
            | "frame"
            | "root pane"
            | "split pane"
            | "layered pane"
            | "scroll pane"
            | "scroll bar"
            | "viewport"
            | "separator"
            | "status bar"
            | "tool bar"
            | "menu bar"
            | "menu"
            | "menu item"
            | "page tab"
            | "page tab list"
            | "push button"
            | "toggle button"
            | "image"
            | "label"
            | "static"
    )
}

/// The states of an element: 64 bits in two numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct States(u32);

impl States {
    pub(crate) fn of(numbers: &[u32]) -> Self {
        Self(numbers.first().copied().unwrap_or(0))
    }

    const fn has(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }

    pub(crate) const fn active(self) -> bool {
        self.has(1)
    }

    pub(crate) const fn editable(self) -> bool {
        self.has(7)
    }

    pub(crate) const fn focused(self) -> bool {
        self.has(12)
    }

    pub(crate) const fn showing(self) -> bool {
        self.has(25)
    }

    /// Its children are made when they are asked for, without end.
    pub(crate) const fn manages_descendants(self) -> bool {
        self.has(31)
    }
}

/// The bit of "showing", for a question to an application.
pub(crate) const SHOWING_MASK: i32 = 1 << 25;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_stand_at_their_numbers() {
        for (role, named) in [
            (FRAME, "frame"),
            (PASSWORD, "password text"),
            (TERMINAL, "terminal"),
            (PARAGRAPH, "paragraph"),
            (DOCUMENT_WEB, "document web"),
            (29, "label"),
            (43, "push button"),
            (61, "text"),
            (79, "entry"),
            (116, "static"),
            (130, "switch"),
            (131, "unknown"),
        ] {
            assert_eq!(name(role), named);
        }
    }
}
