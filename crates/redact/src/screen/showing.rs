//! What a frame may show, before anything in it is read.

use candor_model::{FindingKind, Node, Observation};

use crate::bystander::is_communication;
use crate::field::asked_for;
use crate::profile::Profile;
use crate::role::Role;
use crate::screen::judge::Verdict;

/// What may stay beside the words that an interface shows by itself. What stays is read, and masked for what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Showing {
    /// Nothing.
    Interface,
    /// What the person writes: other people write in this application too.
    OwnText,
    /// The content of the window.
    Content,
}

/// A picture with a longer side is masked: it may be a photograph or a page. A smaller one is an icon.
const ICON_PX_MAX: u32 = 64;

const FIELD_RULE: &str = "screen.field";
const OTHERS: Verdict = Verdict::Masked(FindingKind::Unknown, "screen.bystander");

impl Showing {
    /// By the profile and the application.
    pub(crate) fn of(profile: Profile, seen: &Observation) -> Self {
        match profile {
            Profile::Strict => Self::Interface,
            Profile::Fast | Profile::Standard if seen.communication || is_communication(&seen.app) => {
                Self::OwnText
            }
            Profile::Fast | Profile::Standard => Self::Content,
        }
    }

    /// What becomes of an element whose verdict by allow-list is `strict`, that holds what others wrote, or lies in a field
    /// of the person's `own`.
    pub(crate) fn verdict(self, node: &Node, strict: Verdict, holds_others: bool, own: bool) -> Verdict {
        match self {
            Self::OwnText if own => own_text(node, strict),
            Self::Interface | Self::OwnText => strict,
            Self::Content if holds_others => OTHERS,
            Self::Content => content(node, strict),
        }
    }
}

/// Whether the person writes in it: a field of one line, or the text that holds the focus. One that can only be read, such
/// as the history of a chat, shows what others wrote.
pub(crate) fn is_own(node: &Node) -> bool {
    let is_field = Role::of(&node.role) == Role::Field && !node.unwalked;
    is_field && node.editable && (node.role == "entry" || node.focused)
}

/// The kind of personal data that a field with something in it asks for.
pub(crate) fn asked(node: &Node) -> Option<FindingKind> {
    let is_field = matches!(Role::of(&node.role), Role::Field | Role::Choice);
    let label = node.name.as_deref().filter(|_| is_field && node.text.is_some())?;
    asked_for(label)
}

/// A field shows itself, and what it holds nothing else.
fn own_text(node: &Node, strict: Verdict) -> Verdict {
    if let Some(kind) = asked(node) {
        return Verdict::Masked(kind, FIELD_RULE);
    }
    match strict {
        Verdict::Masked(_, "screen.text") | Verdict::Veiled | Verdict::Silent if is_own(node) => {
            Verdict::Shows
        }
        Verdict::Masked(_, "screen.text") | Verdict::Veiled => Verdict::Silent,
        Verdict::Shows | Verdict::Silent | Verdict::Masked(..) => strict,
    }
}

/// What must not be read of a window whose content may stay: passwords, answers to personal questions, large pictures,
/// what no tree names. Cells of a table that was too large to walk hold no field of their own, so they are read.
fn content(node: &Node, strict: Verdict) -> Verdict {
    if let Some(kind) = asked(node) {
        return Verdict::Masked(kind, FIELD_RULE);
    }
    match strict {
        Verdict::Masked(_, "screen.unwalked") if is_table(node) => Verdict::Silent,
        Verdict::Masked(_, "screen.picture") if is_readable(node) => Verdict::Silent,
        Verdict::Masked(_, "screen.text") | Verdict::Shows | Verdict::Silent | Verdict::Veiled => {
            Verdict::Silent
        }
        Verdict::Masked(..) => strict,
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node.role.as_str(), "table" | "tree table")
}

/// Whether a picture is text, or too small for a photograph.
fn is_readable(node: &Node) -> bool {
    let is_icon = matches!(node.role.as_str(), "image" | "icon" | "desktop icon" | "graphic" | "figure")
        && node.bounds.width.max(node.bounds.height) <= ICON_PX_MAX;
    node.role == "terminal" || is_icon
}
