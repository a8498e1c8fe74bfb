//! One element, as its application tells it.

use candor_model::{Node, Rect};

use super::bus::{ACCESSIBLE, Bus, Element, TEXT, TEXT_CHARACTERS_MAX};
use super::find::extents;
use super::role::{self, States};

/// What was told.
pub(crate) struct Told {
    pub(crate) states: States,
    pub(crate) children: i32,
    pub(crate) node: Node,
}

/// Asks everything at once; none if the element is gone.
pub(crate) async fn told(bus: &Bus, of: &Element) -> Option<Told> {
    let (kind, states, name, place, children) = tokio::join!(
        bus.ask::<u32, _>(of, ACCESSIBLE, "GetRole", &()),
        bus.ask::<Vec<u32>, _>(of, ACCESSIBLE, "GetState", &()),
        bus.name(of),
        extents(bus, of),
        bus.child_count(of),
    );
    let (kind, states, children) = (kind?, States::of(&states?), children?);
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
    Some(Told { states, children, node })
}

/// The text of a field. Of a longer one only the beginning is asked for, and what it shows is then unknown.
async fn read_text(bus: &Bus, of: &Element, node: &mut Node) {
    let text: Option<String> = bus.ask(of, TEXT, "GetText", &(0_i32, TEXT_CHARACTERS_MAX)).await;
    let Some(text) = text else { return };
    node.unwalked = text.chars().count() >= usize::try_from(TEXT_CHARACTERS_MAX).unwrap_or(0);
    node.text = Some(text).filter(|text| !text.is_empty() && node.name.as_ref() != Some(text));
}
