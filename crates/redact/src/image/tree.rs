//! The accessibility tree as a second source: what must not be read, and texts to look for.

use std::collections::BTreeSet;

use candor_model::{FindingKind, Node, Pixels, Tree, TreeState};
use zeroize::Zeroizing;

use crate::image::Mask;
use crate::labels::is_label;
use crate::ocr::area::Area;
use crate::role::Role;
use crate::screen::judge;
use crate::screen::showing::asked;

/// What parts a title: `report - Editor`, `report — Editor`. Within a word they part nothing.
const TITLE_MARKS: [&str; 3] = [" - ", " \u{2013} ", " \u{2014} "];
/// Longest text of an element that is searched; an element with a longer one is masked.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// What is masked before anything is read: fields for passwords, answers to personal questions, what was not walked, and everything if the tree cannot
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
        } else if let Some(kind) = asked(node) {
            masks.push(Mask { area, kind, rule: "image.field" });
        } else if node.unwalked {
            masks.push(Mask::unknown(area, "image.unwalked"));
        } else if strict && role == Role::Picture {
            masks.push(Mask::unknown(area, "image.picture"));
        }
    }
    masks
}

/// Elements that say more than is searched.
pub(crate) fn long(tree: &Tree, frame: &Pixels) -> Vec<Mask> {
    if !tree.is_well_formed() {
        return Vec::new();
    }
    let is_long =
        |node: &Node| [&node.name, &node.text].into_iter().flatten().any(|text| text.len() > TEXT_BYTES_MAX);
    let long = tree.nodes.iter().zip(places(tree, frame)).filter(|(node, _)| is_long(node));
    let whole = || Area::new(0, 0, frame.width(), frame.height());
    long.filter_map(|(_, place)| Some(Mask::unknown(place.or_else(whole)?, "image.long"))).collect()
}

/// The parts of the titles of windows: they name documents, and no part of a step keeps them.
pub(crate) fn titles(tree: &Tree) -> Vec<Zeroizing<String>> {
    let roots = tree.nodes.iter().filter(|node| node.parent.is_none());
    let names = roots.filter_map(|node| node.name.as_deref()).filter(|name| name.len() <= TEXT_BYTES_MAX);
    let parts = names.flat_map(parts_of).map(str::trim);
    parts
        .filter(|part| !part.is_empty() && !is_label(part))
        .map(|part| Zeroizing::new(part.to_owned()))
        .collect()
}

fn parts_of(title: &str) -> impl Iterator<Item = &str> {
    let mark = TITLE_MARKS.into_iter().find(|mark| title.contains(mark));
    title.split(mark.unwrap_or("\n"))
}

/// Where elements say words of the interface. A line that reaches into none of them is none of such words.
pub(crate) fn labelled(tree: &Tree, frame: &Pixels) -> Vec<Area> {
    let says_label = |node: &&Node| [&node.name, &node.text].into_iter().flatten().any(|text| is_label(text));
    let nodes = tree.nodes.iter().filter(says_label);
    nodes.filter_map(|node| Area::of(node.bounds, frame.width(), frame.height())).collect()
}

/// Where the person writes.
pub(crate) fn own(tree: &Tree, frame: &Pixels) -> Vec<Area> {
    let own = judge::own(&tree.nodes).into_iter().zip(&tree.nodes).filter(|(own, _)| *own);
    own.filter_map(|(_, node)| Area::of(node.bounds, frame.width(), frame.height())).collect()
}

/// What an element says.
pub(crate) struct Told {
    pub(crate) text: Zeroizing<String>,
    /// Where it is.
    pub(crate) area: Area,
    /// Whether it draws what it says there. The name of a window or of a group of elements stands elsewhere, or nowhere.
    pub(crate) drawn: bool,
}

/// Names and texts that are no labels, of elements that can be seen.
pub(crate) fn texts(tree: &Tree, frame: &Pixels) -> Vec<Told> {
    if !tree.is_well_formed() {
        return Vec::new();
    }
    let parents: BTreeSet<usize> =
        tree.nodes.iter().filter_map(|n| usize::try_from(n.parent?).ok()).collect();
    let mut texts = Vec::new();
    for (i, node) in tree.nodes.iter().enumerate() {
        let drawn = !parents.contains(&i) || !matches!(Role::of(&node.role), Role::Container | Role::Unknown);
        let Some(area) = Area::of(node.bounds, frame.width(), frame.height()) else { continue };
        let strings = [&node.name, &node.text].into_iter().flatten();
        let worth =
            |text: &&String| text.len() <= TEXT_BYTES_MAX && !text.trim().is_empty() && !is_label(text);
        texts.extend(strings.filter(worth).map(|text| Told {
            text: Zeroizing::new(text.clone()),
            area,
            drawn,
        }));
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
