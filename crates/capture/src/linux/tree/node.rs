//! One element, as its application tells it.

use candor_model::{Node, Rect};
use zbus::zvariant::OwnedValue;

use super::CHILDREN_MAX;
use super::asked::Asked;
use super::bus::{Bus, Element, NULL, TEXT, TEXT_CHARACTERS_MAX};
use super::find::{place, scaled};
use super::line;
use super::memory::Known;
use super::role::{self, States};

/// Most children of an element at the last walk for it to be asked for them together with how many there are: if it has more by now, they are
/// told before that is known. Lists that grow are longer.
const TOGETHER_CHILDREN_MAX: i32 = 64;

/// What every element is asked that is showing, its states first.
const ALL: [Asked; 5] = [Asked::States, Asked::Role, Asked::Name, Asked::Place, Asked::ChildCount];

/// What was told.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) states: States,
    /// The number of its role.
    pub(super) kind: u32,
    pub(crate) children: i32,
    pub(crate) node: Node,
    /// Whether it was asked for its text.
    pub(super) with_text: bool,
}

/// What of an element was answered; none of what was not asked.
#[derive(Default)]
pub(crate) struct Facts {
    pub(super) states: Option<States>,
    kind: Option<u32>,
    pub(super) name: Option<String>,
    pub(super) place: Option<Rect>,
    count: Option<i32>,
    children: Option<Vec<Element>>,
    pub(super) parent: Option<Element>,
    text: Option<String>,
    with_text: bool,
}

/// Everything about an element but what lies in it; none if it is gone.
pub(super) async fn told(bus: &Bus, of: &Element) -> Option<Told> {
    let mut facts = Facts::default();
    facts.ask(bus, of, &ALL).await;
    facts.ask_text(bus, of).await;
    facts.told(bus.scale(&of.0))
}

/// The same of one that is known to be showing, and what it lies in. How much lies in it is asked only where that says whether it holds a text.
/// `before` is what it told at the last walk.
pub(super) async fn told_showing(
    bus: &Bus,
    of: &Element,
    before: Option<&Known>,
) -> Option<(Told, Option<Element>)> {
    let mut facts = Facts::after(before);
    facts.ask(bus, of, &[Asked::States, Asked::Role, Asked::Name, Asked::Place, Asked::Parent]).await;
    if facts.needs_count() {
        facts.ask(bus, of, &[Asked::ChildCount]).await;
    }
    facts.count.get_or_insert_default();
    facts.ask_text(bus, of).await;
    Some((facts.told(bus.scale(&of.0))?, facts.parent))
}

/// What is known of an element from now on; none if it is gone. `before` is what it told at the last walk: what was asked of it after its first
/// answers is asked together with the rest, for each round of questions costs as much as several questions. Most elements of an application are not
/// showing, menus that nobody opened: of those, and of new ones, it is asked first whether they are.
pub(super) async fn known(bus: &Bus, of: &Element, is_root: bool, before: Option<&Known>) -> Option<Known> {
    let mut facts = Facts::after(before);
    match before {
        Some(Known::Shown(told, children)) => {
            facts.ask(bus, of, &together(told, children.is_some())).await;
        }
        Some(Known::Hidden) | None if is_root => facts.ask(bus, of, &ALL).await,
        Some(Known::Hidden) | None => {
            facts.ask(bus, of, &[Asked::States]).await;
            if facts.states?.showing() {
                facts.ask(bus, of, ALL.get(1..)?).await;
            }
        }
    }
    if !is_root && !facts.states?.showing() {
        return Some(Known::Hidden);
    }
    facts.complete(bus, of, is_root).await;
    let told = facts.told(bus.scale(&of.0))?;
    let children = facts.children.filter(|_| is_walked(&told, is_root));
    Some(Known::Shown(told, children))
}

/// Whether an element is asked for its children.
pub(super) fn is_walked(told: &Told, is_root: bool) -> bool {
    may_be_walked(told.states, told.children, is_root)
}

fn may_be_walked(states: States, children: i32, is_root: bool) -> bool {
    let asked = states.showing() || is_root;
    asked && !states.manages_descendants() && (1..=CHILDREN_MAX).contains(&children)
}

/// What is asked at once of an element that told this, and was asked for its children or not. Where they are asked for, they are counted here.
fn together(told: &Told, with_children: bool) -> Vec<Asked> {
    let with_children = with_children && told.children <= TOGETHER_CHILDREN_MAX;
    let size = if with_children { Asked::Children } else { Asked::ChildCount };
    let is_paragraph = told.node.role == role::name(role::PARAGRAPH);
    let text = text_of(Some(role::PARAGRAPH).filter(|_| is_paragraph));
    let text = Some(text).filter(|_| told.with_text);
    [Asked::States, Asked::Role, Asked::Name, Asked::Place, size].into_iter().chain(text).collect()
}

/// What an element of this role is asked for its text. An office suite gives nothing of a paragraph of which more is asked for than there is.
const fn text_of(role: Option<u32>) -> Asked {
    match role {
        Some(role::PARAGRAPH) => Asked::WholeText,
        Some(_) | None => Asked::Text,
    }
}

impl Facts {
    /// What is known of an element that told this: of some the role stays.
    fn after(before: Option<&Known>) -> Self {
        let kind = match before {
            Some(Known::Shown(told, _)) => Some(told.kind).filter(|kind| role::stays(*kind)),
            Some(Known::Hidden) | None => None,
        };
        Self { kind, ..Self::default() }
    }

    /// What is known is not asked.
    pub(super) async fn ask(&mut self, bus: &Bus, of: &Element, asked: &[Asked]) {
        let is_known = |asked: &Asked| *asked == Asked::Role && self.kind.is_some();
        let asked: Vec<_> = asked.iter().copied().filter(|asked| !is_known(asked)).collect();
        self.with_text |= asked.contains(&Asked::Text) || asked.contains(&Asked::WholeText);
        for (asked, told) in asked.iter().zip(bus.ask_all(of, &asked).await) {
            if let Some(told) = told {
                self.take(*asked, told);
            }
        }
    }

    fn take(&mut self, asked: Asked, told: line::Told) {
        match asked {
            Asked::States => self.states = told.into::<Vec<u32>>().map(|states| States::of(&states)),
            Asked::Role => self.kind = told.into(),
            Asked::Name => self.name = property(told).and_then(name),
            Asked::Place => self.place = told.into().map(place),
            Asked::ChildCount => self.count = property(told).and_then(|count| i32::try_from(count).ok()),
            Asked::Children => self.lists(told.into()),
            Asked::Parent => {
                let parent = property(told).and_then(|parent| <Element>::try_from(parent).ok());
                self.parent = parent.filter(|parent| parent.1.as_str() != NULL);
            }
            Asked::Text | Asked::WholeText => self.text = told.into::<String>().map(beginning),
        }
    }

    fn lists(&mut self, children: Option<Vec<Element>>) {
        let Some(mut children) = children else { return };
        self.count = Some(i32::try_from(children.len()).unwrap_or(i32::MAX));
        children.retain(|child| child.1.as_str() != NULL);
        self.children = Some(children);
    }

    /// Asks for what the answers say that it has.
    async fn complete(&mut self, bus: &Bus, of: &Element, is_root: bool) {
        if self.count.is_none() {
            self.ask(bus, of, &[Asked::ChildCount]).await;
        }
        let with_text = self.holds_text() && !self.with_text;
        let states = self.states.unwrap_or_default();
        let with_children =
            self.children.is_none() && self.count.is_some_and(|count| may_be_walked(states, count, is_root));
        let text = Some(text_of(self.kind)).filter(|_| with_text);
        let children = Some(Asked::Children).filter(|_| with_children);
        let more: Vec<_> = text.into_iter().chain(children).collect();
        if !more.is_empty() {
            self.ask(bus, of, &more).await;
        }
        self.ask_shorter(bus, of).await;
    }

    async fn ask_text(&mut self, bus: &Bus, of: &Element) {
        if self.holds_text() {
            self.ask(bus, of, &[text_of(self.kind)]).await;
            self.ask_shorter(bus, of).await;
        }
    }

    /// An editor made with Qt gives nothing of a text of which more is asked for than there is, as an office suite of a paragraph; nor does it all, if
    /// that is asked for and long. Of a field that seems empty it is asked how much stands in it.
    async fn ask_shorter(&mut self, bus: &Bus, of: &Element) {
        let seems_empty = self.text.as_ref().is_some_and(String::is_empty);
        if !seems_empty || !self.holds_text() || !self.kind.is_some_and(role::is_field) {
            return;
        }
        let Some(length) = bus.length(of).await.filter(|length| *length > 0) else { return };
        let range = (0_i32, length.min(TEXT_CHARACTERS_MAX));
        self.text =
            bus.ask::<String, _>(of, TEXT, "GetText", &range).await.map(beginning).or(self.text.take());
    }

    /// Whether it shows a text of its own.
    fn holds_text(&self) -> bool {
        let holds = |kind| role::is_field(kind) || (self.count == Some(0) && self.may_hold_text(kind));
        self.states.is_some_and(States::showing) && self.kind.is_some_and(holds)
    }

    fn may_hold_text(&self, kind: u32) -> bool {
        role::may_hold_text(kind) && self.name.as_ref().is_none_or(String::is_empty)
    }

    /// Whether it must be known how much lies in it to know whether it shows a text.
    fn needs_count(&self) -> bool {
        self.count.is_none() && self.kind.is_some_and(|kind| self.may_hold_text(kind))
    }

    /// None without its states, its role, or how many children it has.
    fn told(&mut self, scale: u32) -> Option<Told> {
        let (states, kind, children) = (self.states?, self.kind?, self.count?);
        let holds_text = self.holds_text();
        let nowhere = Rect { x: 0, y: 0, width: 0, height: 0 };
        let mut node = Node {
            parent: None,
            role: role::name(kind).to_owned(),
            name: self.name.take().filter(|name| !name.is_empty()),
            text: None,
            bounds: self.place.map_or(nowhere, |place| scaled(place, scale)),
            focused: states.focused(),
            editable: states.editable(),
            unwalked: false,
        };
        if let Some(text) = self.text.take().filter(|_| holds_text) {
            // Of a longer one only the beginning was asked for, and what it shows is then unknown.
            node.unwalked = text.chars().count() >= usize::try_from(TEXT_CHARACTERS_MAX).unwrap_or(0);
            node.text = Some(text).filter(|text| !text.is_empty() && node.name.as_ref() != Some(text));
        }
        Some(Told { states, kind, children, node, with_text: self.with_text && holds_text })
    }
}

fn property(told: line::Told) -> Option<OwnedValue> {
    told.into()
}

/// Not more of it than is asked for of a text.
fn name(told: OwnedValue) -> Option<String> {
    String::try_from(told).ok().map(beginning)
}

fn beginning(mut text: String) -> String {
    let longest = usize::try_from(TEXT_CHARACTERS_MAX).unwrap_or(0);
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
    }
    text
}
