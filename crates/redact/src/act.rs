//! The action: typed text, and keys.

use candor_model::{Action, Finding, FindingKind, Node, Place, TreeState};
use zeroize::Zeroizing;

use crate::field::asked_for;
use crate::keys::{Pressed, judged};
use crate::role::Role;
use crate::tree::Readings;
use crate::words::{STRING_BYTES_MAX, Words};

/// What is known of the field that text was typed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypedInto {
    /// An element that is no password field, and the kind of personal data that its label asks for.
    Open(Option<FindingKind>),
    /// A password field.
    Password,
    /// Nobody knows: it may have been a password field.
    Unknown,
}

/// Judges the field by the element acted on and the one that holds the focus. Where neither is known, a complete tree
/// without any password field still says that it was none.
pub(crate) fn typed_into(readings: Option<&Readings>) -> TypedInto {
    let Some(readings) = readings else { return TypedInto::Unknown };
    let nodes = &readings.tree.nodes;
    let is_password = |node: &Node| Role::of(&node.role) == Role::Password;
    let candidates = || nodes.iter().filter(|node| node.focused).chain(readings.target());
    if candidates().any(is_password) {
        TypedInto::Password
    } else if candidates().next().is_some()
        || readings.tree.state == TreeState::Complete && !nodes.iter().any(is_password)
    {
        TypedInto::Open(candidates().find_map(|node| asked_for(node.name.as_deref()?)))
    } else {
        TypedInto::Unknown
    }
}

/// The action without what it must not tell. Text that anybody may see is kept apart: it is searched together with what
/// was typed before and after.
pub(crate) struct Acted {
    pub(crate) action: Action,
    pub(crate) typed: Option<Zeroizing<String>>,
}

impl From<Action> for Acted {
    fn from(action: Action) -> Self {
        Self { action, typed: None }
    }
}

/// Judges an action.
pub(crate) fn redact(
    action: &Action,
    into: TypedInto,
    words: &mut Words<'_>,
    findings: &mut Vec<Finding>,
) -> Acted {
    match action {
        Action::Type { text } => redact_typed(text, into, words, findings),
        Action::Hotkey { keys } => match judged(keys) {
            Pressed::Kept(keys) => Action::Hotkey { keys }.into(),
            Pressed::Counted(count) => Action::Keys { count }.into(),
        },
        Action::Click { .. }
        | Action::Drag { .. }
        | Action::Scroll { .. }
        | Action::Keys { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => action.clone().into(),
    }
}

fn redact_typed(text: &str, into: TypedInto, words: &mut Words<'_>, findings: &mut Vec<Finding>) -> Acted {
    let refused = |kind, rule: &str, findings: &mut Vec<Finding>| {
        findings.push(Finding { kind, rule: rule.to_owned(), place: Place::Typed });
        counted(text).into()
    };
    match into {
        TypedInto::Password => refused(FindingKind::Password, "typed.password", findings),
        TypedInto::Unknown => refused(FindingKind::Unknown, "typed.unknown_field", findings),
        TypedInto::Open(_) if text.len() > STRING_BYTES_MAX => {
            refused(FindingKind::Unknown, "typed.too_long", findings)
        }
        TypedInto::Open(Some(kind)) => words.redact_answer(text, kind, findings).map_or_else(
            || refused(FindingKind::Unknown, "typed.too_long", findings),
            |text| Action::Type { text }.into(),
        ),
        TypedInto::Open(None) => {
            Acted { action: counted(text), typed: Some(Zeroizing::new(text.to_owned())) }
        }
    }
}

/// The number of keys, and nothing else.
pub(crate) fn counted(text: &str) -> Action {
    Action::Keys { count: u32::try_from(text.chars().count()).unwrap_or(u32::MAX) }
}
