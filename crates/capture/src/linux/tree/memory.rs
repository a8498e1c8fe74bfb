//! What an application told of a window at the last walk, and what may be otherwise since.
//!
//! An element is as it was told if none of its pixels changed and its application told nothing of it. One of which nothing can be seen, because
//! it is scrolled out or opens elsewhere, may have moved without changing a pixel of its own: it is asked whenever what it lies in changed. What was asked
//! because of a change is asked once more at the next walk, since applications may draw first and tell later; what told something else while its
//! pixels were drawn is asked again too. After [`WHOLE_US`] everything is asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use candor_model::Rect;
use zbus::zvariant::ObjectPath;
use zeroize::Zeroize as _;

use super::Client;
use super::bus::Element;
use super::find::Frame;
use super::node::Told;
use super::role;
use crate::linux::changed::Changed;
use crate::linux::piece::{Piece, seen_in};

/// How long what was told may be used before everything is asked again, in microseconds.
const WHOLE_US: u64 = 30_000_000;
/// Most changes of one kind that are told apart; of more, everything may be otherwise.
const MARKS_MAX: usize = 512;
/// Most windows that are remembered.
const WINDOWS_MAX: usize = 16;

/// What is remembered of one element.
#[derive(PartialEq, Eq)]
pub(super) enum Known {
    /// It is not showing.
    Hidden,
    /// What it told, and what lies in it; none if that was not answered, or not asked.
    Shown(Told, Option<Vec<Element>>),
}

impl Drop for Known {
    fn drop(&mut self) {
        if let Self::Shown(told, _) = self {
            told.node.zeroize();
        }
    }
}

/// What a walk leaves of an element.
pub(super) struct Kept {
    pub(super) known: Rc<Known>,
    /// It was asked for the last tree, and told what was not known of it: what tells the same is remembered as before.
    pub(super) is_fresh: bool,
}

/// What is known of elements, by their path.
pub(super) type Found = BTreeMap<ObjectPath<'static>, Kept>;

/// What may be otherwise.
#[derive(Default, Clone)]
pub(super) struct Marks {
    everything: bool,
    elements: BTreeSet<String>,
    /// Of which a walk found that something else may be so.
    doubted: BTreeSet<String>,
    parts: Vec<Rect>,
    /// What was fresh in the last tree may be of a moment that no frame shows here.
    late: Vec<Rect>,
}

impl Marks {
    fn add(&mut self, changed: &Changed) {
        self.parts.extend(&changed.differ);
        self.late.extend(&changed.late);
        self.everything |= self.parts.len() + self.late.len() > MARKS_MAX;
    }

    /// What counts once more.
    fn again(&self) -> Self {
        Self { late: Vec::new(), doubted: BTreeSet::new(), ..self.clone() }
    }

    fn tell(&mut self, element: &str) {
        self.elements.insert(element.to_owned());
        self.everything |= self.elements.len() > MARKS_MAX;
    }

    /// Whether an element at this place was told of, or drawn, but for what others cover. What is late is of a moment that no frame shows, and
    /// covered by nothing.
    fn touch(&self, path: &str, place: Rect, is_fresh: bool, cover: impl Fn() -> Vec<Rect>) -> bool {
        let is_late = || is_fresh && self.late.iter().any(|part| meet(*part, place));
        self.tell_of(path) || is_late() || {
            let mut parts = self.parts.iter().filter(|part| meet(**part, place)).peekable();
            let cover = parts.peek().map(|_| cover()).unwrap_or_default();
            parts.any(|part| !is_covered(common(*part, place), &cover))
        }
    }

    /// Whether an element was told of, or everything may be otherwise.
    fn tell_of(&self, path: &str) -> bool {
        self.everything || self.elements.contains(path) || self.doubted.contains(path)
    }
}

/// Of one window.
struct Window {
    frame: Frame,
    place: Rect,
    whole_us: u64,
    known: Found,
    /// No walk began for the tree that is asked now.
    is_next: bool,
    /// Since the last walk, and between it and the one before.
    marks: Marks,
    before: Marks,
}

/// Of each window of the X server.
#[derive(Default)]
pub(super) struct Memories(BTreeMap<u64, Window>);

/// What a walk need not ask.
#[derive(Default)]
pub(super) struct Recall {
    known: Found,
    marks: [Marks; 2],
    /// It is not the first walk for its tree.
    is_again: bool,
    /// It is of a toolkit whose ways are known: [`KNOWN_WAYS`].
    has_known_ways: bool,
}

/// Toolkits, as they name themselves, of which two things are known. Their menus open in windows of their own, and where a window comes or goes
/// everything is asked. They draw from what they answer from, in one thread: what changed a pixel tells so when it is asked, and is not asked once
/// more (in 20 seconds of work in an office suite none of 465 elements told anything else the second time).
pub(super) const KNOWN_WAYS: [&str; 2] = ["gtk", "VCL"];
const MENU: &str = "menu";
const DOCUMENT: &str = "document";
const NOWHERE: Rect = Rect { x: 0, y: 0, width: 0, height: 0 };

impl Memories {
    /// The screen changed; none if it is not known where.
    pub(super) fn changed(&mut self, changed: Option<&Changed>) {
        let Some(changed) = changed else { return self.0.clear() };
        for window in self.0.values_mut() {
            window.marks.add(changed);
            window.is_next = true;
        }
    }

    /// An application told that something about an element changed.
    pub(super) fn told(&mut self, application: &str, element: &str) {
        for window in self.0.values_mut().filter(|window| window.frame.application.0 == application) {
            window.marks.tell(element);
        }
    }

    /// A walk found that an element may tell something else.
    pub(super) fn doubted(&mut self, application: &str, element: &str) {
        for window in self.0.values_mut().filter(|window| window.frame.application.0 == application) {
            window.marks.doubted.insert(element.to_owned());
        }
    }

    /// An application told that everything is new.
    pub(super) fn told_all(&mut self, application: &str) {
        self.0.retain(|_, window| window.frame.application.0 != application);
    }

    pub(super) fn forget(&mut self, window: u64) {
        self.0.remove(&window);
    }

    /// Begins a walk: what is told from now on counts for the next one.
    pub(super) fn recall(&mut self, client: &Client, frame: &Frame, now_us: u64) -> Recall {
        self.0.retain(|_, window| now_us.saturating_sub(window.whole_us) < WHOLE_US);
        let same = |window: &&mut Window| window.frame == *frame && window.place == client.bounds;
        let Some(window) = self.0.get_mut(&client.window).filter(same) else {
            self.begin(client, frame, now_us);
            return Recall::default();
        };
        let marks = std::mem::take(&mut window.marks);
        let before = std::mem::replace(&mut window.before, marks.again());
        let known = std::mem::take(&mut window.known);
        let is_again = !std::mem::replace(&mut window.is_next, false);
        Recall { known, marks: [marks, before], is_again, ..Recall::default() }
    }

    fn begin(&mut self, client: &Client, frame: &Frame, now_us: u64) {
        if self.0.len() >= WINDOWS_MAX {
            self.0.clear();
        }
        let (marks, before) = (Marks::default(), Marks::default());
        let (frame, place, known) = (frame.clone(), client.bounds, Found::new());
        self.0.insert(
            client.window,
            Window { frame, place, whole_us: now_us, known, is_next: false, marks, before },
        );
    }

    /// What a walk found, as far as it came: of the rest nothing is known any more.
    pub(super) fn keep(&mut self, id: u64, found: Found) {
        if let Some(window) = self.0.get_mut(&id) {
            window.known = found;
        }
    }
}

impl Recall {
    /// The application is made with this.
    pub(super) fn is_of(&mut self, toolkit: Option<&str>) {
        self.has_known_ways = toolkit.is_some_and(|toolkit| KNOWN_WAYS.contains(&toolkit));
    }

    /// Where pixels may tell of what lies in an element: of a closed menu nowhere. In an open one something is showing, and may be scrolled.
    fn inside(&self, told: &Told, children: Option<&[Element]>) -> Rect {
        let is_open = || {
            let mut children = children.into_iter().flatten();
            children.any(|child| matches!(self.before(child), Some(Known::Shown(..))))
        };
        let is_closed_menu = self.has_known_ways && told.node.role == MENU && !is_open();
        if is_closed_menu { NOWHERE } else { told.node.bounds }
    }

    /// What can be seen of what lies in an element, of which this can be seen.
    pub(super) fn clip(&self, clip: Rect, told: &Told, children: Option<&[Element]>) -> Rect {
        common(clip, self.inside(told, children))
    }

    /// What an element told at the last walk, whether it still is so or not.
    pub(super) fn before(&self, element: &Element) -> Option<&Known> {
        self.known.get(&*element.1).map(|kept| kept.known.as_ref())
    }

    /// What a walk from here on will ask, in its order, as far as it can be told before anything was answered: what was told of, or changed a
    /// pixel, and what lies in that and cannot be seen. What else changed is found out by the walk.
    pub(super) fn expected(&self, root: &Element) -> Vec<Element> {
        let mut expected = Vec::new();
        let mut met = BTreeSet::from([ObjectPath::from(root.1.clone())]);
        let mut level = VecDeque::from([(root, EVERYWHERE, false)]);
        while let Some((element, clip, is_new)) = level.pop_front() {
            let Some(known) = self.before(element) else { continue };
            let is_asked = expected.is_empty() || self.of(element, clip, is_new).is_none();
            if is_asked {
                expected.push(element.clone());
            }
            let Known::Shown(told, Some(children)) = known else { continue };
            let is_new = is_asked && self.is_touched(element, self.inside(told, Some(children)), known);
            let clip = self.clip(clip, told, Some(children));
            let below = children.iter().filter(|child| met.insert(ObjectPath::from(child.1.clone())));
            level.extend(below.map(|child| (child, clip, is_new)));
        }
        expected
    }

    fn is_touched(&self, element: &Element, place: Rect, known: &Known) -> bool {
        let is_fresh = self.known.get(&*element.1).is_some_and(|kept| kept.is_fresh);
        let (path, [now, before]) = (element.1.as_str(), &self.marks);
        let once_more = || {
            if self.has_known_ways {
                before.tell_of(path)
            } else {
                before.touch(path, place, is_fresh, Vec::new)
            }
        };
        now.touch(path, place, is_fresh, || self.cover(known)) || once_more()
    }

    /// Where what lies in an element was shown, which is asked for itself.
    fn cover(&self, of: &Known) -> Vec<Rect> {
        let Known::Shown(told, Some(children)) = of else { return Vec::new() };
        let is_field = told.with_text || role::is_field(told.kind) || told.kind == role::PASSWORD;
        if !self.has_known_ways || is_field || told.node.role.starts_with(DOCUMENT) {
            return Vec::new();
        }
        let place = |child: &Element| match self.before(child) {
            Some(Known::Shown(told, _)) => Some(told.node.bounds),
            Some(Known::Hidden) | None => None,
        };
        children.iter().filter_map(place).collect()
    }

    /// Whether what is known of an element by now is fresh in the tree that is asked.
    pub(super) fn is_fresh(&self, element: &Element, now: &Rc<Known>) -> bool {
        let kept = self.known.get(&*element.1);
        kept.is_none_or(|kept| self.is_again && kept.is_fresh || kept.known != *now)
    }

    /// Whether an element that was shown at the last walk is elsewhere, of another size or not there any more; `now` is none if it did not answer.
    pub(super) fn is_elsewhere(&self, element: &Element, now: Option<&Known>) -> bool {
        let place = |known: Option<&Known>| match known {
            Some(Known::Shown(told, _)) => Some(told.node.bounds),
            Some(Known::Hidden) | None => None,
        };
        let before = place(self.before(element));
        self.has_known_ways && before.is_some() && before != place(now)
    }

    /// Whether an element gave what lies around it this name, and has another one by now.
    pub(super) fn names(&self, element: &Element, now: Option<&Known>, around: Option<&str>) -> bool {
        let says = |known: Option<&Known>| match known {
            Some(Known::Shown(told, _)) => {
                [&told.node.name, &told.node.text].map(|said| said.as_deref() == around)
            }
            Some(Known::Hidden) | None => [false; 2],
        };
        let is_it = |known| around.is_some() && says(known).contains(&true);
        self.has_known_ways && is_it(self.before(element)) && !is_it(now)
    }

    /// Whether an element that was asked tells what it told before, without a mark.
    pub(super) fn is_as_before(&self, element: &Element, now: &Known) -> bool {
        let same = self.before(element).is_some_and(|before| before == now);
        same && match now {
            Known::Hidden => true,
            Known::Shown(told, children) => {
                !self.is_touched(element, self.inside(told, children.as_deref()), now)
            }
        }
    }

    /// What an element told, if it still is so. `clip` is what can be seen of what lies around it; `is_new` says that what lies around it
    /// changed.
    pub(super) fn of(&self, element: &Element, clip: Rect, is_new: bool) -> Option<&Rc<Known>> {
        let Kept { known, is_fresh } = self.known.get(&*element.1)?;
        // Where it told that it cannot be seen, it may have told so of a moment that no frame shows, and be back.
        let [marks, _] = &self.marks;
        let was_away = || *is_fresh && marks.late.iter().any(|part| meet(*part, clip));
        let still = match known.as_ref() {
            Known::Hidden => !is_new && !was_away() && !self.is_touched(element, NOWHERE, known),
            Known::Shown(told, _) => {
                let place = told.node.bounds;
                !(self.has_known_ways && is_new)
                    && (meet(clip, place) || !is_new && !was_away())
                    && !self.is_touched(element, place, known)
            }
        };
        still.then_some(known)
    }
}

/// No place is outside of it.
pub(super) const EVERYWHERE: Rect = Rect { x: i32::MIN, y: i32::MIN, width: u32::MAX, height: u32::MAX };

/// Whether two places have something in common; a place without an extent has nothing.
fn meet(one: Rect, other: Rect) -> bool {
    let common = common(one, other);
    common.width > 0 && common.height > 0
}

/// Whether nothing of a part of the screen is beside all of these.
fn is_covered(part: Rect, cover: &[Rect]) -> bool {
    let piece = |place: &Rect| Piece::of(*place, (u32::MAX, u32::MAX));
    let cover: Vec<_> = cover.iter().map(piece).collect();
    piece(&part).is_none_or(|part| seen_in(part, &cover).iter().all(|(place, _)| place.is_some()))
}

/// What two places have in common: nothing has no extent.
pub(super) fn common(one: Rect, other: Rect) -> Rect {
    let end = |at: i32, side: u32| i64::from(at) + i64::from(side);
    let (x, y) = (one.x.max(other.x), one.y.max(other.y));
    let right = end(one.x, one.width).min(end(other.x, other.width));
    let bottom = end(one.y, one.height).min(end(other.y, other.height));
    let side = |from: i32, to: i64| u32::try_from(to - i64::from(from)).unwrap_or(0);
    Rect { x, y, width: side(x, right), height: side(y, bottom) }
}

#[cfg(test)]
mod tests;
