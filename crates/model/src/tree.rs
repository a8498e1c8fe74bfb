//! The accessibility tree of the window in front, as a flat list.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::Rect;

/// Whether a tree may be trusted to name everything that its window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(rename_all = "snake_case")]
pub enum TreeState {
    /// Every visible element is in the list, or lies below one that is marked `unwalked`.
    Complete,
    /// The walk stopped early: what is missing is unknown.
    Partial,
    /// The window changed during the walk.
    Untrusted,
}

/// One element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Index of the parent in the list; none for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// Role by the names of AT-SPI in lower case, for example `push button`, `password text`.
    pub role: String,
    /// Accessible name, as a screen reader would say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Text that the element holds, where it differs from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where it is, in absolute pixels.
    pub bounds: Rect,
    /// Whether it holds the keyboard focus.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub focused: bool,
    /// Whether the person can write in it; false where nobody told.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub editable: bool,
    /// Whether its children were not walked (a spreadsheet's cells, a budget): what it shows is unknown.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unwalked: bool,
}

/// A tree: parents come before their children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Whether it names everything.
    pub state: TreeState,
    /// The elements.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Most elements of a tree; a longer one is refused.
    pub const NODES_MAX: usize = 20_000;

    /// Whether every parent stands before its child and the list is not too long.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        let parent_stands_before =
            |(i, node): (usize, &Node)| node.parent.is_none_or(|p| usize::try_from(p).is_ok_and(|p| p < i));
        self.nodes.len() <= Self::NODES_MAX && self.nodes.iter().enumerate().all(parent_stands_before)
    }
}
