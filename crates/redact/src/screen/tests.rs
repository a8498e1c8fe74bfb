//! The frame, pixel by pixel. Every test paints a white screen; what is white afterwards was shown. Where no other profile
//! is named it is `strict`: by allow-list.

use candor_model::{Action, Moment, Observation, Screen, Timestamp, Tree, TreeState, VisibleWindow};
use proptest::prelude::*;

use super::*;
use crate::{Lists, Models, Profile, Raw, Redactor};

mod read;

const SCREEN: Rect = Rect { x: 0, y: 0, width: 100, height: 80 };
const FRONT: Rect = Rect { x: 10, y: 10, width: 60, height: 50 };

fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
    Rect { x, y, width, height }
}

fn node(parent: u32, role: &str, name: Option<&str>, bounds: Rect) -> Node {
    Node {
        parent: Some(parent),
        role: role.into(),
        name: name.map(Into::into),
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    }
}

/// A window with a frame as root and `nodes` below it.
fn seen(nodes: Vec<Node>) -> Observation {
    let root = Node { parent: None, ..node(0, "frame", Some("Dana Lund - Mail"), FRONT) };
    let nodes = std::iter::once(root).chain(nodes).collect();
    Observation {
        at: Moment { wall: Timestamp::from_millis(0), monotonic_us: 0 },
        screen: Screen { name: ":0".into(), width: SCREEN.width, height: SCREEN.height },
        app: "mail".parse().unwrap(),
        site: None,
        communication: false,
        title: None,
        bounds: FRONT,
        action: Action::Wait { ms: 1 },
        target: None,
        frame: Pixels::new(100, 80, vec![255; 100 * 80 * 3]),
        windows: vec![VisibleWindow { bounds: FRONT, permitted: true }],
        tree: Some(Tree { state: TreeState::Complete, nodes }),
        late_ms: None,
    }
}

/// Redacts and returns how many pixels within `part` are shown.
fn shown(observation: Observation, part: Rect) -> usize {
    let pixels = frame(observation);
    let (left, top, right, bottom) = part.clipped(100, 80).unwrap();
    let at = |x: u32, y: u32| usize::try_from((y * 100 + x) * 3).unwrap();
    let visible = |x, y| pixels.rgb()[at(x, y)..at(x, y) + 3] == [255; 3];
    (top..bottom).map(|y| (left..right).filter(|x| visible(*x, y)).count()).sum()
}

fn frame(observation: Observation) -> Pixels {
    redacted(Profile::Strict, observation)
}

/// Loaded once for all tests.
static MODELS: std::sync::LazyLock<Models> = std::sync::LazyLock::new(|| {
    Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap()
});

fn redacted(profile: Profile, observation: Observation) -> Pixels {
    let mut redactor = Redactor::new(profile, [1; 32], Lists::default(), &MODELS).unwrap();
    let step = redactor.redact(Raw::seal(observation)).unwrap().into_content();
    picture::decode_stored(&step.frame.unwrap()).unwrap()
}

fn save() -> Node {
    node(0, "push button", Some("Save"), rect(20, 20, 10, 5))
}

#[test]
fn only_what_explains_itself_is_shown() {
    assert_eq!(shown(seen(vec![save()]), SCREEN), 50);
    assert_eq!(shown(seen(vec![save()]), rect(20, 20, 10, 5)), 50);
}

#[test]
fn a_window_without_a_believable_tree_is_masked_whole() {
    let with = |change: fn(&mut Observation)| {
        let mut observation = seen(vec![save()]);
        change(&mut observation);
        shown(observation, SCREEN)
    };
    assert_eq!(with(|o| o.tree = None), 0);
    assert_eq!(with(|o| o.tree.as_mut().unwrap().state = TreeState::Partial), 0);
    assert_eq!(with(|o| o.tree.as_mut().unwrap().state = TreeState::Untrusted), 0);
    assert_eq!(with(|o| o.tree.as_mut().unwrap().nodes[1].parent = Some(1)), 0);
    assert_eq!(with(|o| o.screen.width = 200), 0);
    assert_eq!(with(|o| o.windows.clear()), 0);
    assert_eq!(with(|o| o.windows[0].permitted = false), 0);
    assert_eq!(with(|o| o.windows[0].bounds.width -= 1), 0);
}

#[test]
fn a_window_over_the_front_is_masked_whether_permitted_or_not() {
    for permitted in [true, false] {
        let mut observation = seen(vec![save()]);
        observation.windows.push(VisibleWindow { bounds: rect(25, 0, 50, 80), permitted });
        assert_eq!(shown(observation, SCREEN), 25);
    }
}

#[test]
fn a_window_behind_the_front_is_masked_and_hides_nothing_of_the_front() {
    for permitted in [true, false] {
        let mut observation = seen(vec![save(), node(0, "push button", Some("Open"), rect(80, 70, 10, 5))]);
        observation.windows.insert(0, VisibleWindow { bounds: SCREEN, permitted });
        assert_eq!(shown(observation, SCREEN), 50);
    }
}

#[test]
fn text_that_is_no_label_is_masked_whatever_lies_under_it() {
    let label = node(0, "label", Some("Name"), rect(20, 20, 40, 20));
    let over = node(0, "static", Some("Dana Lund"), rect(30, 25, 10, 10));
    assert_eq!(shown(seen(vec![label.clone(), over.clone()]), SCREEN), 40 * 20 - 100);
    assert_eq!(shown(seen(vec![over, label]), SCREEN), 40 * 20 - 100);
}

#[test]
fn secret_and_drawn_things_are_masked() {
    let part = rect(20, 20, 10, 5);
    for role in
        ["password text", "image", "icon", "canvas", "video", "embedded", "terminal", "chart", "hologram"]
    {
        let over = node(0, role, Some("Password"), part);
        let under = node(0, "label", Some("Name"), part);
        assert_eq!(shown(seen(vec![under, over]), SCREEN), 0, "{role}");
    }
    let unwalked = Node { unwalked: true, ..save() };
    assert_eq!(shown(seen(vec![node(0, "label", Some("Name"), part), unwalked]), SCREEN), 0);
}

#[test]
fn a_field_is_shown_only_while_what_it_holds_is_no_text() {
    let field = |role: &str, name: Option<&str>, text: Option<&str>| {
        let field = Node { text: text.map(Into::into), ..node(0, role, name, rect(20, 20, 10, 5)) };
        shown(seen(vec![field]), SCREEN)
    };
    assert_eq!(field("entry", Some("Name"), None), 50);
    assert_eq!(field("entry", Some("Name"), Some("Dana")), 0);
    assert_eq!(field("entry", Some("Dana"), None), 0);
    assert_eq!(field("combo box", Some("Country"), None), 0);
    assert_eq!(field("combo box", Some("Country"), Some("None")), 50);
    assert_eq!(field("check box", None, None), 50);
    assert_eq!(field("push button", None, None), 0);
    assert_eq!(field("panel", Some("Toolbar"), None), 0);
    assert_eq!(field("panel", Some("Dana"), None), 0);
}

#[test]
fn a_control_with_something_unknown_inside_shows_nothing_of_itself() {
    let item = node(0, "list item", Some("Inbox"), rect(20, 20, 20, 10));
    let inside = |role: &str, name: Option<&str>| {
        let child = node(1, role, name, rect(20, 20, 5, 5));
        shown(seen(vec![item.clone(), child]), SCREEN)
    };
    assert_eq!(inside("static", Some("Inbox")), 200);
    assert_eq!(inside("static", Some("Dana")), 0);
    assert_eq!(inside("image", None), 0);
    assert_eq!(inside("push button", None), 0);
}

#[test]
fn text_whose_place_cannot_be_believed_masks_what_holds_it() {
    let column = node(0, "section", None, rect(20, 20, 20, 20));
    let label = node(1, "label", Some("Name"), rect(20, 20, 10, 10));
    let other = node(0, "label", Some("Name"), rect(50, 20, 10, 10));
    let lost = |bounds: Rect| {
        let text = node(1, "static", Some("Dana"), bounds);
        shown(seen(vec![column.clone(), label.clone(), other.clone(), text]), SCREEN)
    };
    assert_eq!(lost(rect(35, 35, 2, 2)), 200);
    for bounds in [rect(0, 0, 0, 0), rect(25, 25, 0, 5), rect(-500, -500, 10, 10), rect(5000, 5000, 10, 10)] {
        assert_eq!(lost(bounds), 100, "{bounds:?}");
    }
    let huge = rect(i32::MIN, i32::MIN, u32::MAX, u32::MAX);
    assert_eq!(lost(huge), 0);
    let orphan = node(0, "static", Some("Dana"), rect(0, 0, 0, 0));
    assert_eq!(shown(seen(vec![label_at_root(), orphan.clone()]), SCREEN), 0);
    let mut rootless = seen(vec![label_at_root(), orphan]);
    rootless.tree.as_mut().unwrap().nodes[0].bounds = rect(0, 0, 0, 0);
    assert_eq!(shown(rootless, SCREEN), 0);
}

fn label_at_root() -> Node {
    node(0, "label", Some("Name"), rect(20, 20, 10, 10))
}

#[test]
fn pixels_that_are_not_shown_have_one_colour() {
    let pixels = frame(seen(vec![save()]));
    let others = pixels.rgb().chunks(3).filter(|p| *p != [255; 3]).all(|p| p == canvas::FILL);
    assert!(others);
}

#[test]
fn the_same_frame_gives_the_same_bytes() {
    assert_eq!(
        picture::encode(&frame(seen(vec![save()]))).unwrap(),
        picture::encode(&frame(seen(vec![save()]))).unwrap()
    );
}

#[test]
fn a_hostile_tree_is_judged_in_bounded_time() {
    let whole = rect(i32::MIN, i32::MIN, u32::MAX, u32::MAX);
    let nodes: Vec<Node> = (0..Tree::NODES_MAX - 1)
        .map(|i| node(u32::try_from(i).unwrap(), "label", Some("Name"), whole))
        .collect();
    assert_eq!(shown(seen(nodes.clone()), SCREEN), 0);
    let mut cycle = seen(nodes);
    cycle.tree.as_mut().unwrap().nodes[0].parent = Some(7);
    assert_eq!(shown(cycle, SCREEN), 0);
}

fn any_rect() -> impl Strategy<Value = Rect> {
    let near = (-20..120i32, -20..100i32, 0..130u32, 0..110u32).prop_map(|(x, y, w, h)| rect(x, y, w, h));
    let far =
        (any::<i32>(), any::<i32>(), any::<u32>(), any::<u32>()).prop_map(|(x, y, w, h)| rect(x, y, w, h));
    prop_oneof![4 => near, 1 => far]
}

fn any_node() -> impl Strategy<Value = Node> {
    let role = prop::sample::select(vec![
        "label",
        "entry",
        "push button",
        "password text",
        "image",
        "section",
        "combo box",
        "paragraph",
        "odd",
    ]);
    let name = prop::sample::select(vec![None, Some("Name"), Some("Dana Lund")]);
    (any::<u32>(), role, name, any_rect(), any::<bool>()).prop_map(
        |(parent, role, name, bounds, unwalked)| Node {
            parent: Some(parent),
            unwalked,
            ..node(0, role, name, bounds)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Written again, more simply: a pixel that a masked element or a window over the front covers is never shown.
    #[test]
    fn no_pixel_of_a_masked_thing_survives(nodes in prop::collection::vec(any_node(), 0..12), over in any_rect()) {
        let nodes: Vec<Node> = nodes
            .into_iter()
            .enumerate()
            .map(|(i, n)| Node { parent: n.parent.map(|p| p % u32::try_from(i + 1).unwrap()), ..n })
            .collect();
        let mut observation = seen(nodes.clone());
        observation.windows.push(VisibleWindow { bounds: over, permitted: false });
        let pixels = frame(observation);
        let secret = |n: &&Node| n.unwalked || ["password text", "image"].contains(&n.role.as_str())
            || n.name.as_deref() == Some("Dana Lund") && ["label", "entry", "push button", "combo box"].contains(&n.role.as_str());
        for region in nodes.iter().filter(secret).map(|n| n.bounds).chain([over]) {
            prop_assert!(canvas::is_filled(&pixels, region));
        }
        for outside in [rect(0, 0, 100, 10), rect(0, 0, 10, 80), rect(70, 0, 30, 80), rect(0, 60, 100, 20)] {
            prop_assert!(canvas::is_filled(&pixels, outside));
        }
    }
}
