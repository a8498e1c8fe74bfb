//! What is recalled, and what is asked again.

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
    memories.changed(Some(&Changed { differ: Vec::new(), late: vec![rect(90, 90, 1, 1); MARKS_MAX + 1] }));
    assert_eq!(recalled(&mut memories, 1), [false, false]);
}
