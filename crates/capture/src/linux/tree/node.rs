//! One element, as its application tells it.

use candor_model::{Node, Rect};

use super::bus::{ACCESSIBLE, Bus, Element, TEXT, TEXT_CHARACTERS_MAX};
use super::find::extents;
use super::role::{self, States};

/// What was told.
#[derive(Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) states: States,
    pub(crate) children: i32,
    pub(crate) node: Node,
}

/// Asks everything at once; none if the element is gone.
pub(crate) async fn told(bus: &Bus, of: &Element) -> Option<Told> {
    let (states, other) = tokio::join!(states(bus, of), other(bus, of));
    Some(whole(bus, of, states?, other?).await)
}

/// Asks first whether it is showing, and everything else only then. None if the element is gone, and none in it if it is not showing.
pub(crate) async fn shown(bus: &Bus, of: &Element) -> Option<Option<Told>> {
    let states = states(bus, of).await?;
    if !states.showing() {
        return Some(None);
    }
    Some(Some(whole(bus, of, states, other(bus, of).await?).await))
}

async fn states(bus: &Bus, of: &Element) -> Option<States> {
    bus.ask::<Vec<u32>, _>(of, ACCESSIBLE, "GetState", &()).await.map(|states| States::of(&states))
}

/// What is asked beside the states.
struct Other {
    kind: u32,
    name: Option<String>,
    place: Option<Rect>,
    children: i32,
}

async fn other(bus: &Bus, of: &Element) -> Option<Other> {
    let (kind, name, place, children) = tokio::join!(
        bus.ask::<u32, _>(of, ACCESSIBLE, "GetRole", &()),
        bus.name(of),
        extents(bus, of),
        bus.child_count(of),
    );
    Some(Other { kind: kind?, name, place, children: children? })
}

async fn whole(bus: &Bus, of: &Element, states: States, other: Other) -> Told {
    let Other { kind, name, place, children } = other;
    let mut node = Node {
        parent: None,
        role: role::name(kind).to_owned(),
        name: name.filter(|name| !name.is_empty()),
        text: None,
        bounds: place.unwrap_or(Rect { x: 0, y: 0, width: 0, height: 0 }),
        focused: states.focused(),
        editable: states.editable(),
        unwalked: false,
    };
    let holds_text =
        role::is_field(kind) || (role::may_hold_text(kind) && children == 0 && node.name.is_none());
    if holds_text && states.showing() {
        read_text(bus, of, &mut node).await;
    }
    Told { states, children, node }
}

/// The text of a field. Of a longer one only the beginning is asked for, and what it shows is then unknown.
async fn read_text(bus: &Bus, of: &Element, node: &mut Node) {
    let text: Option<String> = bus.ask(of, TEXT, "GetText", &(0_i32, TEXT_CHARACTERS_MAX)).await;
    let Some(text) = text else { return };
    node.unwalked = text.chars().count() >= usize::try_from(TEXT_CHARACTERS_MAX).unwrap_or(0);
    node.text = Some(text).filter(|text| !text.is_empty() && node.name.as_ref() != Some(text));
}
