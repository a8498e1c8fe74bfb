//! The element that an action was done to.
//!
//! It is looked for in the tree of before the action. Where that tree is not whole, a smaller element may be missing in it, and of a sheet no cell
//! is ever in it: then the application is asked for this one element, and the tree keeps it. A guess is never given.

use candor_consent::{Field, Permit};
use candor_model::{Action, Node, Point, Rect, Tree, TreeState};

use crate::Pending;
use crate::linux::kept::Kept;
use crate::linux::tree::{Element, Which};
use crate::linux::x11::X11Sensor;

const TABLE: &str = "table";

impl X11Sensor {
    /// Its index in the tree that was kept. `wrote` is the element that told of the text, where one did.
    pub(crate) fn target(
        &self,
        kept: &mut Kept,
        action: &Action,
        wrote: Option<Element>,
        pending: &Pending,
        permit: &Permit,
    ) -> Option<u32> {
        if !permit.allows(Field::Tree) {
            return None;
        }
        if let Some(wrote) = wrote {
            return self.held(kept, Which::This(wrote), None);
        }
        let at = match action {
            Action::Click { at, .. } | Action::Scroll { at, .. } => Some(*at),
            Action::Drag { path, .. } => Some(path.first()?.at),
            Action::Type { .. } | Action::Keys { .. } | Action::Hotkey { .. } => None,
            Action::Wait { .. } | Action::SwitchWindow {} => return None,
        };
        let whole = kept.tree.as_ref().filter(|tree| tree.state == TreeState::Complete);
        let found = match at {
            Some(at) => whole.and_then(|tree| under(tree, at)),
            // Also in a part of a tree the element that has the keyboard is that element.
            None => kept.tree.as_ref().and_then(focused),
        };
        if found.is_some() || (whole.is_some() && at.is_some()) {
            let inner = found.and_then(|found| self.within(kept, found, action, pending));
            return inner.or_else(|| u32::try_from(found?).ok());
        }
        let which = match at {
            Some(at) => Which::At(self.client(&pending.front).ok()??, at),
            None => Which::Focused(pending.front.id, pending.at.monotonic_us),
        };
        self.held(kept, which, None).or_else(|| at.is_none().then(|| self.walked_again(kept, pending))?)
    }

    /// The cell of a sheet that was clicked, which is asked for after the click: sheets are asked for nothing of what lies in them. Of what scrolled or
    /// was dragged another one may be there by now.
    fn within(&self, kept: &mut Kept, found: usize, action: &Action, pending: &Pending) -> Option<u32> {
        let Action::Click { at, .. } = action else { return None };
        let is_closed = |node: &Node| node.unwalked && node.role == TABLE;
        kept.tree.as_ref()?.nodes.get(found).filter(|node| is_closed(node))?;
        let around = kept.elements.get(found)?.clone();
        let client = self.client(&pending.front).ok()??;
        self.held(kept, Which::At(client, *at), Some(&around))
    }

    /// The element that has the keyboard, by another walk.
    fn walked_again(&self, kept: &mut Kept, pending: &Pending) -> Option<u32> {
        let client = self.client(&pending.front).ok()??;
        let (tree, mut elements) = self.tree(&client, &pending.windows, false)?;
        let focused = focused(&tree)?;
        self.held(kept, Which::This(elements.swap_remove(focused)), None)
    }

    /// The place of an element in the tree, which keeps it where it did not hold it; none if it does not lie in `inside`.
    fn held(&self, kept: &mut Kept, which: Which, inside: Option<&Element>) -> Option<u32> {
        let place = |kept: &Kept, element: &Element| kept.elements.iter().position(|known| known == element);
        if let Which::This(element) = &which
            && let Some(place) = place(kept, element)
        {
            return u32::try_from(place).ok();
        }
        let (element, node, around) = self.trees.element(which)?;
        if inside.is_some_and(|inside| !around.contains(inside)) {
            return None;
        }
        let known = place(kept, &element);
        let place = known.unwrap_or_else(|| {
            let parent = around.iter().find_map(|around| place(kept, around));
            added(
                kept,
                element,
                Node { parent: parent.and_then(|parent| u32::try_from(parent).ok()), ..node },
            )
        });
        u32::try_from(place).ok()
    }
}

/// Keeps an element that the tree lacks, which is then no whole tree, unless it lies in one that says that it is not told whole.
fn added(kept: &mut Kept, element: Element, node: Node) -> usize {
    let tree = kept.tree.get_or_insert_with(|| Tree { state: TreeState::Partial, nodes: Vec::new() });
    let parent = node.parent.and_then(|parent| tree.nodes.get(usize::try_from(parent).ok()?));
    if tree.state == TreeState::Complete && !parent.is_some_and(|parent| parent.unwalked) {
        tree.state = TreeState::Partial;
    }
    tree.nodes.push(node);
    kept.elements.push(element);
    tree.nodes.len() - 1
}

fn focused(tree: &Tree) -> Option<usize> {
    tree.nodes.iter().rposition(|node| node.focused)
}

/// The smallest one under the pointer; of several of one size the last: children come after their parents.
fn under(tree: &Tree, at: Point) -> Option<usize> {
    let area = |bounds: Rect| u64::from(bounds.width) * u64::from(bounds.height);
    let hit = tree.nodes.iter().enumerate().filter(|(_, node)| node.bounds.contains(at));
    hit.min_by_key(|(i, node)| (area(node.bounds), std::cmp::Reverse(*i))).map(|(i, _)| i)
}
