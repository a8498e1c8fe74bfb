//! The walk through the tree of one window: breadth first, many questions at once, with budgets.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use candor_model::{Node, Point, Rect, Tree, TreeState};
use futures_util::{Stream, StreamExt as _};
use zbus::zvariant::ObjectPath;

use super::bus::{Bus, Element};
use super::early::{self, Early};
use super::find::{self, Frame};
use super::listen::Ear;
use super::memory::{EVERYWHERE, Found, Kept, Known, Recall};
use super::node::{Told, is_walked, known, told, told_showing};
use super::role::SHOWING_MASK;
use super::{Client, TREE_BUDGET_MS, TREE_NODES_MAX};

/// Most elements that are asked at the same time.
const IN_FLIGHT_MAX: usize = 64;

/// Most levels that a question for a place goes down.
const DEPTH_MAX: usize = 32;
/// Most elements around one that are named.
const AROUND_MAX: usize = 8;
/// The role of a piece of text inside an element that shows it (Chromium).
const TEXT_LEAF: &str = "static";
/// Most walks for one tree: an application may make the elements that it is asked for, and tells of each.
const WALKS_MAX: usize = 3;

/// As Chromium and what is made of it names its toolkit.
const CHROMIUM: &str = "Chromium";

/// The tree of a window within the budget; none if the bus does not know it.
pub(crate) async fn tree(bus: &Bus, ear: &Ear, client: &Client) -> Option<(Tree, Vec<Element>)> {
    let end = tokio::time::Instant::now() + Duration::from_millis(TREE_BUDGET_MS);
    let (frame, mut is_caught_up) = tokio::time::timeout_at(end, found(bus, client)).await.ok()??;
    let _ = tokio::time::timeout_at(end, bus.meet(&frame.application)).await;
    let (mut last, mut walks) = (None, 0);
    while walks < WALKS_MAX {
        if !std::mem::take(&mut is_caught_up) {
            let _ = tokio::time::timeout_at(end, bus.caught_up(&frame.application)).await;
        }
        let told_before = ear.count(&frame.application.0);
        let (walked, in_time) = walked_until(ear, client, &frame, end, async |recall, walked| {
            heard_out(bus, &frame, recall, walked).await;
        })
        .await;
        if !in_time && last.is_some() {
            break;
        }
        let is_other = ear.doubts(&frame.application.0, &walked.doubted);
        // What is in doubt is above what was before: that ends by itself.
        walks += usize::from(!is_other);
        let state = if is_other || ear.count(&frame.application.0) != told_before {
            TreeState::Untrusted
        } else if in_time && !walked.missing {
            TreeState::Complete
        } else {
            TreeState::Partial
        };
        last = Some((Tree { state, nodes: walked.nodes }, walked.elements));
        if state != TreeState::Untrusted || !in_time {
            break;
        }
    }
    last.filter(|(tree, _)| !tree.nodes.is_empty())
}

/// The element of the window, and whether what its application told before this moment was heard: where the element was found before, both are
/// asked for at once.
async fn found(bus: &Bus, client: &Client) -> Option<(Frame, bool)> {
    let before = bus.known_frame(client.window).map(|frame| frame.application);
    let before = before.filter(|application| bus.knows(application));
    let heard = async {
        if let Some(application) = &before {
            bus.caught_up(application).await;
        }
    };
    let (frame, ()) = tokio::join!(find::frame(bus, client), heard);
    let frame = frame?;
    let is_caught_up = before.as_ref() == Some(&frame.application);
    Some((frame, is_caught_up))
}

/// What a walk came to until this end, and whether it was done. What it did not come to is asked the next time: an application that takes longer
/// than one tree may take for everything is known after some.
async fn walked_until(
    ear: &Ear,
    client: &Client,
    frame: &Frame,
    end: tokio::time::Instant,
    walk: impl AsyncFnOnce(&mut Recall, &mut Walked),
) -> (Walked, bool) {
    let mut walked = Walked::default();
    let mut recall = ear.recall(client, frame);
    let in_time = tokio::time::timeout_at(end, walk(&mut recall, &mut walked)).await.is_ok();
    ear.keep(client, std::mem::take(&mut walked.found));
    (walked, in_time)
}

/// What changed during the walk was heard when this ends.
async fn heard_out(bus: &Bus, frame: &Frame, recall: &mut Recall, walked: &mut Walked) {
    walk(bus, frame, recall, walked).await;
    bus.caught_up(&frame.application).await;
}

async fn walk(bus: &Bus, frame: &Frame, recall: &mut Recall, walked: &mut Walked) {
    #[cfg(test)]
    bus.walks();
    let toolkit = bus.toolkit(&frame.application).await;
    if toolkit.as_deref() == Some(CHROMIUM) {
        // It draws first and tells much later: nothing that it told is used again but roles that stay.
        matches(bus, frame, recall, walked).await;
    } else {
        recall.is_of(toolkit.as_deref());
        levels(bus, frame.element.clone(), recall, walked).await;
    }
}

#[derive(Default)]
struct Walked {
    nodes: Vec<Node>,
    /// Which elements the nodes are.
    elements: Vec<Element>,
    /// What the next walk may recall.
    found: Found,
    /// Which elements were come to: each is walked once.
    met: BTreeSet<ObjectPath<'static>>,
    /// Something was not answered, or there was more than fits.
    missing: bool,
    /// What lies around something that moved, grew or went: what else did is not known.
    doubted: BTreeSet<ObjectPath<'static>>,
}

impl Walked {
    /// Takes in what an element told; its place among the nodes.
    fn take(&mut self, next: &Next, told: &Told, children: Option<&[Element]>) -> u32 {
        let is_walked = is_walked(told, next.parent.is_none());
        self.missing |= is_walked && children.is_none();
        let unwalked = told.node.unwalked || told.children > 0 && !is_walked;
        let node = Node { unwalked, parent: next.parent, ..told.node.clone() };
        self.add(node, next.element.clone())
    }

    /// What is known around an element is in doubt if the element is not where it was, or gave it a name that it has no more.
    fn doubt(&mut self, next: &Next, recall: &Recall, now: Option<&Known>) {
        let Some(around) = next.parent.and_then(|around| usize::try_from(around).ok()) else { return };
        let named = self.nodes.get(around).and_then(|around| around.name.as_deref());
        let is_other = recall.is_elsewhere(&next.element, now) || recall.names(&next.element, now, named);
        // Of what is new everything in it is asked.
        let around = self.elements.get(around).filter(|_| !next.is_new && is_other);
        self.doubted.extend(around.map(|around| ObjectPath::from(around.1.clone())));
    }

    fn add(&mut self, node: Node, element: Element) -> u32 {
        self.nodes.push(node);
        self.elements.push(element);
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }
}

/// An element that is yet to be asked.
struct Next {
    parent: Option<u32>,
    element: Element,
    /// What can be seen of what lies around it.
    clip: Rect,
    /// What lies around it changed, as far as is known.
    is_new: bool,
}

/// Where it is known from what an element tells.
enum Source<'a> {
    /// It is so still.
    Recalled(&'a Rc<Known>),
    /// It is asked before the walk comes to it.
    Early,
    Asked,
}

async fn levels(bus: &Bus, root: Element, recall: &Recall, walked: &mut Walked) {
    let expected = recall.expected(&root);
    let coming = expected.iter().cloned().enumerate().map(|(place, element)| async move {
        let known = asked(bus, recall, &element, place == 0).await;
        (element, known)
    });
    let mut early = Early::new(&expected, futures_util::stream::iter(coming).buffered(IN_FLIGHT_MAX));
    let mut level = vec![Next { parent: None, element: root, clip: EVERYWHERE, is_new: true }];
    while let Some(below) = level_below(bus, &level, recall, &mut early, walked).await {
        level = below;
    }
}

/// Walks one level; what lies below it, if anything.
async fn level_below<S>(
    bus: &Bus,
    level: &[Next],
    recall: &Recall,
    early: &mut Early<S>,
    walked: &mut Walked,
) -> Option<Vec<Next>>
where
    S: Stream<Item = early::Asked> + Unpin,
{
    let sources: Vec<_> = level.iter().map(|next| source(recall, early, next)).collect();
    let others = level.iter().zip(&sources).filter(|(_, source)| matches!(source, Source::Asked));
    let others = others.map(|(next, _)| asked(bus, recall, &next.element, next.parent.is_none()));
    let mut others = futures_util::stream::iter(others).buffered(IN_FLIGHT_MAX);
    let mut below = Vec::new();
    for (next, source) in level.iter().zip(&sources) {
        let known = match source {
            Source::Recalled(known) => Some(Rc::clone(known)),
            Source::Early => early.answer(&next.element).await,
            Source::Asked => others.next().await.flatten(),
        };
        walked.doubt(next, recall, known.as_deref());
        let Some(known) = known else {
            walked.missing = true;
            continue;
        };
        let is_new = !matches!(source, Source::Recalled(_)) && !recall.is_as_before(&next.element, &known);
        let kept = Kept { known: Rc::clone(&known), is_fresh: recall.is_fresh(&next.element, &known) };
        walked.found.insert(next.element.1.clone().into(), kept);
        let Known::Shown(told, children) = known.as_ref() else { continue };
        if walked.nodes.len() >= TREE_NODES_MAX {
            walked.missing = true;
            return None;
        }
        let parent = Some(walked.take(next, told, children.as_deref()));
        let clip = recall.clip(next.clip, told, children.as_deref());
        let unmet = children.iter().flatten().filter(|child| walked.met.insert(child.1.clone().into()));
        below.extend(unmet.cloned().map(|element| Next { parent, element, clip, is_new }));
    }
    Some(below).filter(|below| !below.is_empty())
}

async fn asked(bus: &Bus, recall: &Recall, element: &Element, is_root: bool) -> Option<Rc<Known>> {
    known(bus, element, is_root, recall.before(element)).await.map(Rc::new)
}

fn source<'a, S>(recall: &'a Recall, early: &Early<S>, next: &Next) -> Source<'a>
where
    S: Stream<Item = early::Asked> + Unpin,
{
    if early.expects(&next.element) {
        return Source::Early;
    }
    let recalled = next.parent.and_then(|_| recall.of(&next.element, next.clip, next.is_new));
    recalled.map_or(Source::Asked, Source::Recalled)
}

/// Only this family of applications finds what is showing by itself. Of others it must never be asked: it hung LibreOffice
/// Calc until it was killed (measured).
pub(super) async fn is_chromium(bus: &Bus, frame: &Frame) -> bool {
    bus.toolkit(&frame.application).await.is_some_and(|name| name == CHROMIUM)
}

/// Everything below `of` that is showing, and of one of `roles` if there are any, parents first.
pub(super) async fn showing(bus: &Bus, of: &Element, roles: &[i32]) -> Option<Vec<Element>> {
    const ALL: i32 = 1;
    const ANY: i32 = 2;
    const CANONICAL: u32 = 1;
    let mut role_bits = vec![0_i32; 4];
    for role in roles {
        let word = usize::try_from(role / 32).ok().and_then(|word| role_bits.get_mut(word));
        if let Some(word) = word {
            *word |= 1 << (role % 32);
        }
    }
    let role_bits = if roles.is_empty() { Vec::new() } else { role_bits };
    let by_role = if roles.is_empty() { ALL } else { ANY };
    let attributes = BTreeMap::<String, String>::new();
    let states = vec![SHOWING_MASK, 0];
    let rule = (states, ALL, attributes, ALL, role_bits, by_role, Vec::<String>::new(), ALL, false);
    let count = i32::try_from(TREE_NODES_MAX + 1).unwrap_or(i32::MAX);
    bus.ask(of, "org.a11y.atspi.Collection", "GetMatches", &(rule, CANONICAL, count, true)).await
}

async fn matches(bus: &Bus, frame: &Frame, recall: &Recall, walked: &mut Walked) {
    let Some(found) = showing(bus, &frame.element, &[]).await else {
        walked.missing = true;
        return;
    };
    walked.missing |= found.len() > TREE_NODES_MAX;
    let root = std::iter::once(frame.element.clone());
    let elements: Vec<Element> = root.chain(found).take(TREE_NODES_MAX).collect();
    let asked = elements
        .iter()
        .map(|element| async move { (element, told_showing(bus, element, recall.before(element)).await) });
    let mut answers = futures_util::stream::iter(asked).buffered(IN_FLIGHT_MAX);
    let mut places: BTreeMap<String, u32> = BTreeMap::new();
    while let Some((element, told)) = answers.next().await {
        let Some((told, parent)) = told else {
            walked.missing = true;
            continue;
        };
        let parent = parent.and_then(|parent| places.get(parent.1.as_str()).copied());
        let node = Node { name: None, text: None, ..told.node.clone() };
        let index = walked.add(Node { parent, ..told.node.clone() }, element.clone());
        places.insert(element.1.to_string(), index);
        // Its role is used again, and nothing that it says.
        let known = Rc::new(Known::Shown(Told { node, ..told }, None));
        walked.found.insert(element.1.clone().into(), Kept { known, is_fresh: true });
    }
}

/// The deepest element of a window at a place, which is showing there, what it tells, and what lies around it, the next first.
pub(crate) async fn at_point(bus: &Bus, client: &Client, at: Point) -> Option<(Element, Node, Vec<Element>)> {
    let mut deepest = find::frame(bus, client).await?.element;
    for _ in 0..DEPTH_MAX {
        match bus.at_point(&deepest, at.x, at.y).await {
            Some(next) if next != deepest => deepest = next,
            Some(_) | None => break,
        }
    }
    // Some elements know only themselves, though they have others in them (GTK's pages).
    let mut walked = Walked::default();
    levels(bus, deepest, &Recall::default(), &mut walked).await;
    let (element, mut node) = smallest(walked, at)?;
    let mut around = Vec::new();
    let mut inner = element.clone();
    while let Some(parent) = bus.parent(&inner).await.filter(|_| around.len() < AROUND_MAX) {
        around.push(parent.clone());
        inner = parent;
    }
    let around_is_known = around.first().cloned();
    if let Some(parent) = around_is_known.filter(|_| node.role == TEXT_LEAF)
        && let Some((_, told)) = one(bus, parent.clone()).await.filter(|(_, told)| told.bounds.contains(at))
    {
        node = told;
        around.remove(0);
        return Some((parent, node, around));
    }
    Some((element, node, around))
}

/// The smallest element at a place; of several of one size the last: children come after their parents.
fn smallest(walked: Walked, at: Point) -> Option<(Element, Node)> {
    let area = |node: &Node| u64::from(node.bounds.width) * u64::from(node.bounds.height);
    let hit = walked.elements.into_iter().zip(walked.nodes).enumerate();
    let hit = hit.filter(|(_, (_, node))| node.bounds.contains(at));
    hit.min_by_key(|(i, (_, node))| (area(node), std::cmp::Reverse(*i)))
        .map(|(_, (element, node))| (element, Node { parent: None, ..node }))
}

/// What one element tells, if it is showing.
pub(crate) async fn one(bus: &Bus, element: Element) -> Option<(Element, Node)> {
    let told = told(bus, &element).await.filter(|told| told.states.showing())?;
    Some((element, Node { unwalked: told.node.unwalked || told.children > 0, ..told.node }))
}

#[cfg(test)]
mod tests;
