//! Trees of Windows UI Automation, as `AgentNetTool` nests them, into the flat list of `candor-model`.

use candor_model::{Node, Point, Rect, Tree, TreeState};
use serde::Deserialize;
use zeroize::Zeroize;

use crate::limit;

/// An element as it is nested in the file.
#[derive(Deserialize)]
pub(crate) struct Nested {
    #[serde(rename = "Name", default)]
    name: Option<String>,
    #[serde(rename = "ControlType", default)]
    control_type: Option<String>,
    #[serde(rename = "BoundingRectangle", default)]
    bounds: Option<Edges>,
    #[serde(rename = "Children", default)]
    children: Vec<Nested>,
    #[serde(default)]
    switched: bool,
    #[serde(default)]
    closed: bool,
}

impl Nested {
    /// Whether the window changed or closed while the tree was taken, as its root says.
    pub(crate) const fn changed_window(&self) -> bool {
        self.switched || self.closed
    }
}

#[derive(Deserialize, Clone, Copy)]
struct Edges {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Drop for Nested {
    fn drop(&mut self) {
        self.name.zeroize();
    }
}

/// Roles by the control types of UI Automation. An edit control may be a password field: nothing here tells, so that it
/// gets no role that a reader would trust.
const ROLES: [(&str, &str); 24] = [
    ("ButtonControl", "push button"),
    ("CheckBoxControl", "check box"),
    ("ComboBoxControl", "combo box"),
    ("DataGridControl", "table"),
    ("DataItemControl", "table cell"),
    ("DocumentControl", "document frame"),
    ("GroupControl", "panel"),
    ("HeaderControl", "header"),
    ("HeaderItemControl", "column header"),
    ("HyperlinkControl", "link"),
    ("ImageControl", "image"),
    ("ListControl", "list"),
    ("ListItemControl", "list item"),
    ("MenuBarControl", "menu bar"),
    ("MenuControl", "menu"),
    ("MenuItemControl", "menu item"),
    ("PaneControl", "panel"),
    ("RadioButtonControl", "radio button"),
    ("TabControl", "page tab list"),
    ("TabItemControl", "page tab"),
    ("TextControl", "label"),
    ("ToolBarControl", "tool bar"),
    ("TreeControl", "tree"),
    ("WindowControl", "frame"),
];
const UNKNOWN_ROLE: &str = "unknown";

/// The flat list. It is always `partial`: the format knows no password fields and no open menus.
pub(crate) fn flat(root: &Nested) -> Option<Tree> {
    let mut nodes = Vec::new();
    add(root, None, 0, &mut nodes).then_some(Tree { state: TreeState::Partial, nodes })
}

/// Adds an element and what is below it; false if there is too much of it.
fn add(nested: &Nested, parent: Option<u32>, depth: usize, nodes: &mut Vec<Node>) -> bool {
    if nodes.len() >= Tree::NODES_MAX || depth > limit::TREE_DEPTH_MAX {
        return false;
    }
    let index = u32::try_from(nodes.len()).ok();
    nodes.push(node(nested, parent));
    nested.children.iter().all(|child| add(child, index, depth + 1, nodes))
}

fn node(nested: &Nested, parent: Option<u32>) -> Node {
    let control_type = nested.control_type.as_deref().unwrap_or_default();
    let role = ROLES.iter().find(|(known, _)| *known == control_type).map_or(UNKNOWN_ROLE, |(_, role)| role);
    Node {
        parent,
        role: role.to_owned(),
        name: nested.name.clone().filter(|name| !name.is_empty()),
        text: None,
        bounds: nested.bounds.map_or(Rect { x: 0, y: 0, width: 0, height: 0 }, bounds),
        focused: false,
        editable: false,
        unwalked: false,
    }
}

fn bounds(edges: Edges) -> Rect {
    let side = |from: i32, to: i32| u32::try_from(i64::from(to) - i64::from(from)).unwrap_or(0);
    Rect {
        x: edges.left,
        y: edges.top,
        width: side(edges.left, edges.right),
        height: side(edges.top, edges.bottom),
    }
}

/// The smallest element that holds a point; of equal ones the last, which is the deepest.
pub(crate) fn under(tree: &Tree, at: Point) -> Option<u32> {
    let area = |node: &Node| u64::from(node.bounds.width) * u64::from(node.bounds.height);
    let holding = tree.nodes.iter().enumerate().rev().filter(|(_, node)| node.bounds.contains(at));
    holding.min_by_key(|(_, node)| area(node)).and_then(|(i, _)| u32::try_from(i).ok())
}
