//! The tree: which elements stay, and what is left of their names and texts.

use candor_model::{Finding, FindingKind, Node, Place, Rect, Tree, TreeState};

use crate::bystander::holds_others;
use crate::front::Front;
use crate::role::{Role, kept_name};
use crate::words::{Said, Words};

/// What masking a region at review leaves of a name or text.
pub(crate) const MASKED: &str = "[MASKED]";

/// A tree after redaction, and what its elements said before.
pub(crate) struct Readings {
    /// The redacted tree.
    pub(crate) tree: Tree,
    /// Per element, what its name and text were.
    pub(crate) said: Vec<Said>,
    /// Per element, the kind of what was found in it.
    pub(crate) kinds: Vec<FindingKind>,
    /// Per element, whether it holds what other people wrote or show.
    pub(crate) others: Vec<bool>,
    /// The index in `tree` of the element acted on.
    pub(crate) target: Option<usize>,
}

impl Readings {
    /// Whether the tree names everything that its window shows.
    pub(crate) fn names_everything(&self) -> bool {
        self.tree.state == TreeState::Complete
    }

    /// The element acted on.
    pub(crate) fn target(&self) -> Option<&Node> {
        self.target.and_then(|i| self.tree.nodes.get(i))
    }
}

/// Reads a tree; none if it is not well formed, since then nothing in it can be believed.
pub(crate) fn read(
    tree: &Tree,
    target: Option<u32>,
    front: &Front,
    words: &mut Words<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Readings> {
    if !tree.is_well_formed() {
        return None;
    }
    let (nodes, target) = within_permit(tree, target, front);
    let others = nodes.iter().map(holds_others).collect();
    let tree = Tree { state: tree.state, nodes };
    let mut readings = Readings { tree, said: Vec::new(), kinds: Vec::new(), others, target };
    for (i, node) in readings.tree.nodes.iter_mut().enumerate() {
        let place = Place::Tree { node: u32::try_from(i).unwrap_or(u32::MAX) };
        let (said, kind) = redact_node(node, &place, words, findings);
        readings.said.push(said);
        readings.kinds.push(kind);
    }
    Some(readings)
}

/// Drops every element that lies wholly where no permit reaches. Children of a dropped element go to the nearest
/// ancestor that stays.
fn within_permit(tree: &Tree, target: Option<u32>, front: &Front) -> (Vec<Node>, Option<usize>) {
    let mut places: Vec<Option<u32>> = Vec::with_capacity(tree.nodes.len());
    let mut nodes: Vec<Node> = Vec::with_capacity(tree.nodes.len());
    let mut new_target = None;
    for (i, node) in tree.nodes.iter().enumerate() {
        let parent = node.parent.and_then(|p| places.get(usize::try_from(p).ok()?).copied().flatten());
        if front.forbids(node.bounds) {
            places.push(parent);
            continue;
        }
        if target.is_some_and(|t| usize::try_from(t) == Ok(i)) {
            new_target = Some(nodes.len());
        }
        places.push(u32::try_from(nodes.len()).ok());
        nodes.push(Node { parent, ..node.clone() });
    }
    (nodes, new_target)
}

fn redact_node(
    node: &mut Node,
    place: &Place,
    words: &mut Words<'_>,
    findings: &mut Vec<Finding>,
) -> (Said, FindingKind) {
    if Role::of(&node.role) == Role::Password {
        return (redact_password(node, place, words, findings), FindingKind::Password);
    }
    node.role = kept_name(&node.role);
    let before = findings.len();
    let name = words.replace(&mut node.name, place, findings);
    let text = words.replace(&mut node.text, place, findings);
    let kind = findings.get(before).map_or(FindingKind::Unknown, |finding| finding.kind);
    (name.and(text), kind)
}

/// The name of a password field may say "Password"; its text is never kept, not even as a placeholder.
fn redact_password(node: &mut Node, place: &Place, words: &Words<'_>, findings: &mut Vec<Finding>) -> Said {
    zeroize::Zeroize::zeroize(&mut node.text);
    node.text = None;
    if node.name.as_deref().is_some_and(|name| !words.is_label(name)) {
        zeroize::Zeroize::zeroize(&mut node.name);
        node.name = None;
    }
    let rule = "tree.password".to_owned();
    findings.push(Finding { kind: FindingKind::Password, rule, place: place.clone() });
    Said::Other
}

/// Takes names and texts out of every element that touches `region`. Returns whether one did.
pub(crate) fn mask(tree: &mut Tree, region: Rect) -> bool {
    let mut touched = false;
    for node in tree.nodes.iter_mut().filter(|node| crate::front::intersect(node.bounds, region)) {
        for content in [&mut node.name, &mut node.text].into_iter().flatten() {
            touched |= content != MASKED;
            MASKED.clone_into(content);
        }
    }
    touched
}
