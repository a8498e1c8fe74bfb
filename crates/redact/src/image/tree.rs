//! The accessibility tree as a second source: what must not be read, and texts to look for.

use candor_model::{FindingKind, Node, Pixels, Tree, TreeState};
use zeroize::Zeroizing;

use crate::image::Mask;
use crate::labels::is_label;
use crate::ocr::area::Area;
use crate::role::Role;

/// Longest text of an element that is searched; of a longer one the element is masked.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// What is masked before anything is read: fields for passwords, what was not walked, and everything if the tree cannot
/// be believed to name each such field. In the strict profile, pictures.
pub(crate) fn unread(tree: &Tree, frame: &Pixels, strict: bool) -> Vec<Mask> {
    let whole = || Area::new(0, 0, frame.width(), frame.height());
    if tree.state != TreeState::Complete || !tree.is_well_formed() {
        return whole().map(|area| Mask::unknown(area, "image.no_tree")).into_iter().collect();
    }
    let mut masks = Vec::new();
    for (node, place) in tree.nodes.iter().zip(places(tree, frame)) {
        let role = Role::of(&node.role);
        let Some(area) = place.or_else(whole) else { continue };
        if role == Role::Password {
            masks.push(Mask { area, kind: FindingKind::Password, rule: "image.password" });
        } else if node.unwalked {
            masks.push(Mask::unknown(area, "image.unwalked"));
        } else if strict && role == Role::Picture {
            masks.push(Mask::unknown(area, "image.picture"));
        }
    }
    masks
}

/// Names and texts that are no labels, of elements that can be seen.
pub(crate) fn texts(tree: &Tree, frame: &Pixels) -> Vec<(Zeroizing<String>, Area)> {
    if !tree.is_well_formed() {
        return Vec::new();
    }
    let mut texts = Vec::new();
    for node in &tree.nodes {
        let Some(area) = Area::of(node.bounds, frame.width(), frame.height()) else { continue };
        let strings = [&node.name, &node.text].into_iter().flatten();
        let worth =
            |text: &&String| text.len() <= TEXT_BYTES_MAX && !text.trim().is_empty() && !is_label(text);
        texts.extend(strings.filter(worth).map(|text| (Zeroizing::new(text.clone()), area)));
    }
    texts
}

/// Per element where it is: its own bounds, or those of the nearest ancestor that has pixels in the frame.
fn places(tree: &Tree, frame: &Pixels) -> Vec<Option<Area>> {
    let mut places: Vec<Option<Area>> = Vec::with_capacity(tree.nodes.len());
    for node in &tree.nodes {
        let above = |node: &Node| places.get(usize::try_from(node.parent?).ok()?).copied().flatten();
        let own = Area::of(node.bounds, frame.width(), frame.height());
        let place = own.or_else(|| above(node));
        places.push(place);
    }
    places
}
