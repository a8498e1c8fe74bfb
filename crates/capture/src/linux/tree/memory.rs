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

/// Whether nothing of a part is beside all of these.
fn is_covered(part: Rect, cover: &[Rect]) -> bool {
    let mut left = vec![part];
    for place in cover {
        left = left.into_iter().flat_map(|part| beside(part, common(part, *place))).collect();
    }
    left.is_empty()
}

/// What is left of a part beside a hole in it: above, below, left and right of the hole.
fn beside(part: Rect, hole: Rect) -> Vec<Rect> {
    if hole.width == 0 || hole.height == 0 {
        return vec![part];
    }
    let below = hole.y.saturating_add_unsigned(hole.height);
    let right = hole.x.saturating_add_unsigned(hole.width);
    let end = |at: i32, side: u32| at.saturating_add_unsigned(side);
    let all = [
        Rect { height: hole.y.abs_diff(part.y), ..part },
        Rect { y: below, height: end(part.y, part.height).abs_diff(below), ..part },
        Rect { y: hole.y, height: hole.height, width: hole.x.abs_diff(part.x), ..part },
        Rect { x: right, width: end(part.x, part.width).abs_diff(right), y: hole.y, height: hole.height },
    ];
    all.into_iter().filter(|left| left.width > 0 && left.height > 0).collect()
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
mod tests {
    use candor_model::Node;
    use zbus::zvariant::OwnedObjectPath;

    use super::super::role::States;
    use super::*;

    fn element(n: u32) -> Element {
        (":1.7".to_owned(), OwnedObjectPath::try_from(format!("/{n}")).unwrap())
    }

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    fn shown(bounds: Rect) -> Known {
        Known::Shown(told("label", bounds), None)
    }

    fn told(role: &str, bounds: Rect) -> Told {
        let node = Node {
            parent: None,
            role: role.to_owned(),
            name: None,
            text: None,
            bounds,
            focused: false,
            editable: false,
            unwalked: false,
        };
        Told { states: States::default(), kind: 0, children: 0, node, with_text: false }
    }

    fn client(bounds: Rect) -> Client {
        Client { window: 7, pid: 1, bounds, outer: bounds, title: String::new() }
    }

    fn frame() -> Frame {
        Frame { application: element(0), element: element(1), name: "a".to_owned(), scale: 1 }
    }

    fn found<const N: usize>(known: [(u32, Known); N]) -> Found {
        let kept = |known| Kept { known: Rc::new(known), is_fresh: true };
        known.into_iter().map(|(n, known)| (element(n).1.into(), kept(known))).collect()
    }

    fn differs(parts: &[Rect]) -> Changed {
        Changed { differ: parts.to_vec(), late: Vec::new() }
    }

    /// A window with an element that is shown at (10, 10) and one that is not.
    fn walked() -> Memories {
        let mut memories = Memories::default();
        memories.recall(&client(WINDOW), &frame(), 0);
        memories.keep(7, found([(2, shown(PLACE)), (3, Known::Hidden)]));
        memories
    }

    const WINDOW: Rect = Rect { x: 0, y: 0, width: 100, height: 100 };
    const PLACE: Rect = Rect { x: 10, y: 10, width: 20, height: 20 };

    /// Whether the shown and the hidden element are recalled, below something that was asked anew.
    fn recalled(memories: &mut Memories, now_us: u64) -> [bool; 2] {
        let recall = memories.recall(&client(WINDOW), &frame(), now_us);
        [recall.of(&element(2), WINDOW, true).is_some(), recall.of(&element(3), WINDOW, false).is_some()]
    }

    #[test]
    fn what_did_not_change_is_recalled_for_a_while() {
        assert_eq!(recalled(&mut walked(), 1), [true, true]);
        assert_eq!(recalled(&mut walked(), WHOLE_US), [false, false]);
        let mut moved = walked();
        let recall = moved.recall(&client(rect(1, 0, 100, 100)), &frame(), 1);
        assert!(recall.of(&element(2), WINDOW, false).is_none());
    }

    #[test]
    fn an_element_whose_pixels_changed_or_of_which_something_was_told_is_asked() {
        for (part, expected) in [(rect(29, 29, 5, 5), [false, true]), (rect(30, 10, 5, 5), [true, true])] {
            let mut memories = walked();
            memories.changed(Some(&differs(&[part])));
            assert_eq!(recalled(&mut memories, 1), expected, "{part:?}");
        }
        for (application, path, expected) in
            [(":1.7", "/2", [false, true]), (":1.7", "/3", [true, false]), (":1.8", "/2", [true, true])]
        {
            let mut memories = walked();
            memories.told(application, path);
            assert_eq!(recalled(&mut memories, 1), expected, "{application} {path}");
        }
        let mut memories = walked();
        memories.changed(None);
        assert_eq!(recalled(&mut memories, 1), [false, false]);
        let mut memories = walked();
        memories.told_all(":1.7");
        assert_eq!(recalled(&mut memories, 1), [false, false]);
    }

    #[test]
    fn what_was_asked_because_of_a_change_is_asked_once_more() {
        let mut memories = walked();
        memories.changed(Some(&differs(&[PLACE])));
        let again = |memories: &mut Memories| {
            let told = recalled(memories, 1)[0];
            memories.keep(7, found([(2, shown(PLACE))]));
            told
        };
        assert_eq!([again(&mut memories), again(&mut memories), again(&mut memories)], [false, false, true]);
    }

    #[test]
    fn pixels_bring_no_second_question_where_answers_come_first_and_what_is_told_does() {
        let asked = |toolkit: &str, what: &dyn Fn(&mut Memories)| {
            let mut memories = walked();
            what(&mut memories);
            [0; 3].map(|_| {
                let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
                recall.is_of(Some(toolkit));
                let is_asked = recall.of(&element(2), WINDOW, false).is_none();
                memories.keep(7, recall.known);
                is_asked
            })
        };
        let drawn = |memories: &mut Memories| memories.changed(Some(&differs(&[PLACE])));
        assert_eq!(asked("gtk", &drawn), [true, false, false]);
        assert_eq!(asked("Qt", &drawn), [true, true, false]);
        assert_eq!(asked("gtk", &|memories| memories.told(":1.7", "/2")), [true, true, false]);
    }

    #[test]
    fn what_was_asked_while_its_pixels_were_drawn_is_asked_again() {
        let late = Changed { differ: Vec::new(), late: vec![PLACE] };
        let mut memories = walked();
        memories.changed(Some(&late));
        // What is hidden may have been so for a moment.
        assert_eq!(recalled(&mut memories, 1), [false, false]);
        // What was known before is of the moment when its pixels were looked at.
        let kept = |is_fresh| Kept { known: Rc::new(shown(PLACE)), is_fresh };
        for is_fresh in [false, true] {
            memories.keep(7, Found::from([(element(2).1.into(), kept(is_fresh))]));
            memories.changed(Some(&late));
            assert_eq!(recalled(&mut memories, 1)[0], !is_fresh);
        }
    }

    #[test]
    fn what_was_not_known_before_a_tree_is_fresh_in_it_also_after_its_second_walk() {
        let mut memories = walked();
        memories.changed(Some(&differs(&[])));
        let mut is_fresh = |n: u32, now: Known| {
            let recall = memories.recall(&client(WINDOW), &frame(), 1);
            let is_fresh = recall.is_fresh(&element(n), &Rc::new(now));
            memories.keep(7, recall.known);
            is_fresh
        };
        assert!(!is_fresh(2, shown(PLACE)), "it was known to be so");
        assert!(is_fresh(2, shown(PLACE)), "the walk before, for the same tree, was the first to know it");
        assert!(is_fresh(3, shown(PLACE)));
        assert!(is_fresh(4, Known::Hidden), "nothing was known of it");
    }

    #[test]
    fn pixels_of_a_closed_menu_bring_nothing_where_menus_are_windows() {
        for (toolkit, role, again) in [("gtk", MENU, true), ("gtk", "panel", false), ("Swing", MENU, false)] {
            let menu = || Known::Shown(told(role, PLACE), Some(vec![element(3)]));
            let recall = |path: Option<&str>| {
                let mut memories = Memories::default();
                memories.recall(&client(WINDOW), &frame(), 0);
                memories.keep(7, found([(2, menu()), (3, Known::Hidden)]));
                memories.changed(Some(&differs(&[PLACE])));
                if let Some(path) = path {
                    memories.told(":1.7", path);
                }
                let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
                recall.is_of(Some(toolkit));
                recall
            };
            let asked = |recall: &Recall| recall.expected(&element(2)).len();
            assert_eq!(recall(None).is_as_before(&element(2), &menu()), again, "{toolkit} {role}");
            assert_eq!(asked(&recall(None)), if again { 1 } else { 2 });
            // Its application tells of it, or it tells something else.
            assert!(!recall(Some("/2")).is_as_before(&element(2), &menu()));
            assert_eq!(asked(&recall(Some("/2"))), 2);
            assert!(!recall(None).is_as_before(&element(2), &shown(PLACE)));
        }
    }

    #[test]
    fn an_open_menu_that_was_scrolled_is_asked_for_what_comes_into_sight() {
        let below = rect(10, 40, 20, 20);
        let menu = || Known::Shown(told(MENU, PLACE), Some(vec![element(3)]));
        let mut memories = Memories::default();
        memories.recall(&client(WINDOW), &frame(), 0);
        memories.keep(7, found([(2, menu()), (3, shown(below))]));
        memories.changed(Some(&differs(&[PLACE])));
        let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
        recall.is_of(Some("gtk"));
        assert!(!recall.is_as_before(&element(2), &menu()));
        assert_eq!(recall.expected(&element(2)).len(), 2);
    }

    #[test]
    fn what_told_that_it_cannot_be_seen_while_something_was_drawn_is_asked_again() {
        let late = Changed { differ: Vec::new(), late: vec![rect(60, 60, 5, 5)] };
        for is_fresh in [false, true] {
            let mut memories = walked();
            let kept = |known| Kept { known: Rc::new(known), is_fresh };
            let away = [(2, shown(rect(10, 200, 9, 9))), (3, Known::Hidden)];
            memories.keep(7, away.into_iter().map(|(n, known)| (element(n).1.into(), kept(known))).collect());
            memories.changed(Some(&late));
            let recall = memories.recall(&client(WINDOW), &frame(), 1);
            let recalled = |clip| [2, 3].map(|n| recall.of(&element(n), clip, false).is_some());
            assert_eq!(recalled(WINDOW), [!is_fresh; 2]);
            assert_eq!(recalled(PLACE), [true; 2], "drawn elsewhere");
        }
    }

    #[test]
    fn what_others_in_it_cover_is_no_reason_to_ask_an_element_where_the_ways_are_known() {
        let inner = rect(12, 12, 6, 6);
        let asked = |toolkit: &str, role: &str, with_text: bool, part: Rect| {
            let around = Told { with_text, ..told(role, PLACE) };
            let children = Some(vec![element(4), element(5), element(6)]);
            let others = [(5, shown(rect(18, 12, 6, 6))), (6, Known::Hidden)];
            let mut memories = Memories::default();
            memories.recall(&client(WINDOW), &frame(), 0);
            let mut known = found([(2, Known::Shown(around, children)), (4, shown(inner))]);
            known.extend(found(others));
            memories.keep(7, known);
            memories.changed(Some(&differs(&[part])));
            let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
            recall.is_of(Some(toolkit));
            [2, 4, 6].map(|n| recall.of(&element(n), WINDOW, false).is_none())
        };
        let [within, over_two, beside] = [rect(13, 13, 2, 2), rect(16, 13, 7, 2), rect(16, 13, 9, 2)];
        for part in [within, over_two] {
            assert_eq!(asked("gtk", "panel", false, part), [false, true, false], "{part:?}");
        }
        assert_eq!(asked("gtk", "panel", false, beside), [true, true, false]);
        assert_eq!(asked("Swing", "panel", false, within), [true, true, false]);
        assert_eq!(asked("VCL", "document spreadsheet", false, within), [true, true, false]);
        assert_eq!(asked("VCL", "combo box", true, within), [true, true, false]);
    }

    #[test]
    fn what_lies_in_something_that_was_drawn_beside_it_is_asked_too_where_the_ways_are_known() {
        for (toolkit, is_asked) in [("gtk", true), ("Swing", false)] {
            let mut recall = walked().recall(&client(WINDOW), &frame(), 1);
            recall.is_of(Some(toolkit));
            let asked = [true, false].map(|is_new| recall.of(&element(2), WINDOW, is_new).is_none());
            assert_eq!(asked, [is_asked, false]);
        }
    }

    #[test]
    fn an_element_is_elsewhere_if_it_was_shown_and_is_not_there_any_more() {
        let mut recall = walked().recall(&client(WINDOW), &frame(), 1);
        let elsewhere = |recall: &Recall, n, now: Option<&Known>| recall.is_elsewhere(&element(n), now);
        assert!(!elsewhere(&recall, 2, None), "its ways are not known");
        recall.is_of(Some("VCL"));
        let moved = shown(rect(10, 10, 21, 20));
        assert!([None, Some(&Known::Hidden), Some(&moved)].into_iter().all(|now| elsewhere(&recall, 2, now)));
        assert!(!elsewhere(&recall, 2, Some(&shown(PLACE))));
        assert!(!elsewhere(&recall, 3, Some(&moved)) && !elsewhere(&recall, 4, None));
    }

    #[test]
    fn what_gave_its_name_to_what_lies_around_it_and_has_another_one_is_told() {
        let called = |name: &str| {
            let mut told = told("label", PLACE);
            told.node.name = Some(name.to_owned());
            Known::Shown(told, None)
        };
        let mut memories = walked();
        memories.keep(7, found([(2, called("Alice"))]));
        let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
        recall.is_of(Some("gtk"));
        let names = |now: &str, around| recall.names(&element(2), Some(&called(now)), around);
        assert!(names("Bob", Some("Alice")));
        assert!(!names("Alice", Some("Alice")) && !names("Bob", Some("Eve")) && !names("Bob", None));
        assert!(recall.names(&element(2), None, Some("Alice")));
    }

    #[test]
    fn what_is_late_is_covered_by_nothing() {
        let late = Changed { differ: Vec::new(), late: vec![rect(13, 13, 2, 2)] };
        let mut memories = walked();
        let around = Known::Shown(told("panel", PLACE), Some(vec![element(4)]));
        memories.keep(7, found([(2, around), (4, shown(rect(12, 12, 6, 6)))]));
        memories.changed(Some(&late));
        let mut recall = memories.recall(&client(WINDOW), &frame(), 1);
        recall.is_of(Some("gtk"));
        assert!([2, 4].iter().all(|n| recall.of(&element(*n), WINDOW, false).is_none()));
    }

    #[test]
    fn what_cannot_be_seen_is_asked_with_what_it_lies_in() {
        let mut memories = walked();
        let recall = memories.recall(&client(WINDOW), &frame(), 1);
        assert!(recall.of(&element(2), rect(0, 0, 30, 30), true).is_some());
        assert!(recall.of(&element(2), rect(0, 0, 30, 20), true).is_some());
        // Scrolled out: it may have come in without a pixel that changed where it was.
        assert!(recall.of(&element(2), rect(0, 0, 30, 10), true).is_none());
        assert!(recall.of(&element(2), rect(0, 0, 30, 10), false).is_some());
        // Hidden, in something that changed: it may have come.
        assert!(recall.of(&element(3), WINDOW, true).is_none());
        assert!(!meet(WINDOW, rect(5, 5, 0, 9)));
    }

    #[test]
    fn what_tells_the_same_without_a_mark_is_no_reason_to_ask_what_lies_in_it() {
        let as_before = |part: Option<Rect>, now: &Known| {
            let mut memories = walked();
            memories.changed(Some(&differs(part.as_slice())));
            memories.recall(&client(WINDOW), &frame(), 1).is_as_before(&element(2), now)
        };
        assert!(as_before(None, &shown(PLACE)));
        assert!(!as_before(Some(PLACE), &shown(PLACE)));
        assert!(!as_before(None, &shown(rect(10, 11, 20, 20))));
        assert!(!as_before(None, &Known::Hidden));
        assert!(!walked().recall(&client(WINDOW), &frame(), 1).is_as_before(&element(4), &shown(PLACE)));
    }

    #[test]
    fn changes_without_end_end_what_is_recalled() {
        let mut memories = walked();
        for n in 0..=MARKS_MAX {
            memories.told(":1.7", &format!("/other/{n}"));
        }
        assert_eq!(recalled(&mut memories, 1), [false, false]);
        let mut memories = walked();
        memories
            .changed(Some(&Changed { differ: Vec::new(), late: vec![rect(90, 90, 1, 1); MARKS_MAX + 1] }));
        assert_eq!(recalled(&mut memories, 1), [false, false]);
    }
}
