//! What the roles of AT-SPI show, in lower case as the trees name them.

/// What an element of a role draws on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A field whose text nobody may see.
    Password,
    /// A picture, or something that draws what no tree names.
    Picture,
    /// A place for other elements, which draws nothing of its own that is worth keeping.
    Container,
    /// A block of text: by its children if it has any, else by its own text.
    Block,
    /// An element that shows its name.
    Text,
    /// A field that shows its text, which may be empty.
    Field,
    /// A field that always shows a value.
    Choice,
    /// An element that shows no text of its own.
    Drawn,
    /// A role that is not known.
    Unknown,
}

const ROLES: &[(Role, &[&str])] = &[
    (Role::Password, &["password text"]),
    (
        Role::Picture,
        &[
            "image",
            "icon",
            "desktop icon",
            "canvas",
            "drawing area",
            "video",
            "audio",
            "animation",
            "embedded",
            "chart",
            "image map",
            "terminal",
            "math",
            "dial",
            "color chooser",
            "graphic",
            "plugin object",
            "embedded object",
            "figure",
        ],
    ),
    (
        Role::Container,
        &[
            "application",
            "frame",
            "window",
            "dialog",
            "alert",
            "file chooser",
            "font chooser",
            "option pane",
            "panel",
            "filler",
            "section",
            "form",
            "article",
            "landmark",
            "grouping",
            "document web",
            "document frame",
            "document text",
            "document spreadsheet",
            "document presentation",
            "document email",
            "page",
            "list",
            "list box",
            "table",
            "tree",
            "tree table",
            "table row",
            "scroll pane",
            "viewport",
            "split pane",
            "layered pane",
            "root pane",
            "glass pane",
            "internal frame",
            "html container",
            "tool bar",
            "menu bar",
            "popup menu",
            "page tab list",
            "info bar",
            "header",
            "footer",
            "notification",
            "description list",
            "directory pane",
            "edit bar",
            "desktop frame",
            "log",
            "marquee",
            "comment",
            "redundant object",
            "calendar",
            "shape",
            "title bar",
            "input method window",
            "group",
            "radio group",
        ],
    ),
    (
        Role::Block,
        &[
            "paragraph",
            "heading",
            "caption",
            "block quote",
            "status bar",
            "description term",
            "description value",
            "definition",
            "footnote",
            "content deletion",
            "content insertion",
            "mark",
            "suggestion",
            "subscript",
            "superscript",
            "text box",
        ],
    ),
    (
        Role::Text,
        &[
            "label",
            "static",
            "accelerator label",
            "tool tip",
            "list item",
            "table cell",
            "column header",
            "row header",
            "table column header",
            "table row header",
            "tree item",
            "link",
            "push button",
            "button",
            "toggle button",
            "menu",
            "menu item",
            "check menu item",
            "radio menu item",
            "tearoff menu item",
            "page tab",
            "push button menu",
            "timer",
        ],
    ),
    (Role::Field, &["entry", "text", "autocomplete"]),
    (Role::Choice, &["combo box", "spin button", "date editor", "editable combo box"]),
    (
        Role::Drawn,
        &[
            "check box",
            "radio button",
            "switch",
            "scroll bar",
            "separator",
            "slider",
            "progress bar",
            "level bar",
            "ruler",
            "arrow",
            "rating",
        ],
    ),
];

impl Role {
    /// The role by its name.
    pub(crate) fn of(name: &str) -> Self {
        ROLES.iter().find(|(_, names)| names.contains(&name)).map_or(Self::Unknown, |(role, _)| *role)
    }
}

/// The name of a role as it may be kept: a name that is not known could hold anything.
pub(crate) fn kept_name(name: &str) -> String {
    let known = Role::of(name) != Role::Unknown;
    if known { name.to_owned() } else { "unknown".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_is_not_known_is_not_kept_as_text() {
        assert_eq!(kept_name("Dana Lund's field"), "unknown");
        assert_eq!(kept_name("push button"), "push button");
        assert_eq!(Role::of("password text"), Role::Password);
    }
}
