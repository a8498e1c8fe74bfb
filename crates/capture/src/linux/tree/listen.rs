//! What applications tell by themselves: that a text changed, and that a tree did.
//!
//! Texts are heard from one window only, the permitted one in front, and only of an element that holds the keyboard, can be
//! written in and is no password field. What any other application tells is counted as a change and dropped unread.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use futures_util::StreamExt as _;
use zbus::message::Message;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{MatchRule, MessageStream};
use zeroize::Zeroizing;

use super::Client;
use super::bus::{ACCESSIBLE, Bus, Element};
use super::find::{self, Frame};
use super::role::{self, States};
use crate::Now;

/// Most changes of a text that wait to be matched to keys; older ones go.
pub(crate) const CHANGES_MAX: usize = 4_096;
/// Most signals that wait to be read.
const SIGNALS_MAX: usize = 65_536;
/// Most parents that are followed from an element to its window.
const DEPTH_MAX: usize = 64;
/// An element whose text may be heard is judged again after this time, in microseconds.
const OPEN_US: u64 = 500_000;
/// One whose text may not, or that did not answer, is judged again after this time, in microseconds: the focus moves.
const CLOSED_US: u64 = 20_000;
/// Most elements that are remembered as judged.
const JUDGED_MAX: usize = 64;

/// A change of a permitted text.
pub(crate) struct Change {
    pub(crate) at_us: u64,
    pub(crate) element: OwnedObjectPath,
    /// Where in the text, in characters.
    pub(crate) start: u32,
    pub(crate) what: What,
}

/// What was done to the text.
#[derive(Debug)]
pub(crate) enum What {
    Inserted(Zeroizing<String>),
    /// So many characters.
    Deleted(u32),
}

/// What a signal carries: its kind, two numbers, and a value.
type Signal<'a> = (String, i32, i32, Value<'a>, BTreeMap<String, OwnedValue>);

#[derive(Default)]
struct Heard {
    /// The window of the X server.
    id: Option<u64>,
    window: Option<Frame>,
    changes: VecDeque<Change>,
    /// Until when a change may have been missed: hearing began then, or an element did not answer.
    unsure_us: u64,
    /// How often each application told of a change, by its bus name.
    counts: BTreeMap<String, u64>,
    judged: BTreeMap<String, (u64, bool)>,
}

/// Hears.
pub(crate) struct Ear {
    heard: Rc<RefCell<Heard>>,
    now: Now,
}

const EVENTS: [&str; 4] = [
    "object:text-changed",
    "object:children-changed",
    "document:load-complete",
    "object:state-changed:showing",
];

impl Ear {
    /// Begins to hear. Nothing that was told before counts.
    pub(crate) async fn open(bus: &Rc<Bus>, now: &Now) -> Self {
        let ear = Self { heard: Rc::default(), now: Now::clone(now) };
        for event in EVENTS {
            bus.register(event).await;
        }
        for interface in ["org.a11y.atspi.Event.Object", "org.a11y.atspi.Event.Document"] {
            let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal).interface(interface);
            let Ok(rule) = rule.map(zbus::match_rule::Builder::build) else { continue };
            let Ok(stream) = MessageStream::for_match_rule(rule, &bus.connection, Some(SIGNALS_MAX)).await
            else {
                continue;
            };
            let (heard, bus, now) = (Rc::clone(&ear.heard), Rc::clone(bus), Now::clone(now));
            tokio::task::spawn_local(hear(stream, heard, bus, now));
        }
        ear
    }

    /// Hears texts of this window from now on, and of no other. None: of no window.
    pub(crate) async fn attend(&self, bus: &Bus, window: Option<(u64, Client)>) {
        let id = window.as_ref().map(|(id, _)| *id);
        let known = self.heard.borrow().id == id && self.heard.borrow().window.is_some();
        if known {
            return;
        }
        self.forget();
        let found = match window {
            Some((_, client)) => find::frame(bus, &client).await,
            None => None,
        };
        let mut heard = self.heard.borrow_mut();
        (heard.id, heard.window) = (id, found);
        heard.unsure_us = (self.now)().monotonic_us;
    }

    fn forget(&self) {
        let mut heard = self.heard.borrow_mut();
        heard.window = None;
        heard.changes.clear();
        heard.judged.clear();
    }

    /// How many changes an application has told of.
    pub(crate) fn count(&self, application: &str) -> u64 {
        self.heard.borrow().counts.get(application).copied().unwrap_or(0)
    }

    /// Whether every change since then was heard.
    pub(crate) fn heard_all_since(&self, from_us: u64) -> bool {
        let heard = self.heard.borrow();
        heard.window.is_some() && heard.unsure_us <= from_us
    }

    /// Lets `look` see the changes of the permitted text, and take from them.
    pub(crate) fn with_changes<T>(&self, look: impl FnOnce(&mut VecDeque<Change>) -> T) -> T {
        look(&mut self.heard.borrow_mut().changes)
    }
}

async fn hear(mut stream: MessageStream, heard: Rc<RefCell<Heard>>, bus: Rc<Bus>, now: Now) {
    while let Some(Ok(message)) = stream.next().await {
        let at_us = now().monotonic_us;
        let header = message.header();
        let (Some(sender), Some(path)) = (header.sender(), header.path()) else { continue };
        let element: Element = (sender.to_string(), path.to_owned().into());
        if is_change(&message) {
            let mut heard = heard.borrow_mut();
            if heard.counts.len() < SIGNALS_MAX {
                *heard.counts.entry(element.0.clone()).or_default() += 1;
            }
        }
        let is_text = header.member().is_some_and(|member| member.as_str() == "TextChanged");
        let window = heard.borrow().window.clone().filter(|window| window.application.0 == element.0);
        let Some(window) = window.filter(|_| is_text) else { continue };
        if !is_open(&heard, &bus, &element, &window, at_us).await {
            continue;
        }
        let Some((start, what)) = change(&message) else { continue };
        let mut heard = heard.borrow_mut();
        if heard.changes.len() >= CHANGES_MAX {
            heard.changes.pop_front();
        }
        heard.changes.push_back(Change { at_us, element: element.1, start, what });
    }
}

/// Whether a signal tells that what is shown changed. Others are told because elements were asked for: their role, their
/// parent, and that they are not defunct.
fn is_change(message: &Message) -> bool {
    let header = message.header();
    match header.member().map(zbus::names::MemberName::as_str) {
        Some("TextChanged" | "ChildrenChanged" | "LoadComplete") => true,
        Some("StateChanged") => {
            let body = message.body();
            let told: Result<Signal<'_>, _> = body.deserialize();
            told.is_ok_and(|(state, ..)| state == "showing")
        }
        Some(_) | None => false,
    }
}

/// Whether a text may be heard: it holds the keyboard, is no password field, and belongs to the permitted window.
async fn is_open(
    heard: &Rc<RefCell<Heard>>,
    bus: &Bus,
    element: &Element,
    window: &Frame,
    at_us: u64,
) -> bool {
    let known = heard.borrow().judged.get(element.1.as_str()).copied();
    let lasts = |open: bool| if open { OPEN_US } else { CLOSED_US };
    if let Some((_, open)) = known.filter(|(at, open)| at_us.saturating_sub(*at) < lasts(*open)) {
        return open;
    }
    let (role, states) = tokio::join!(
        bus.ask::<u32, _>(element, ACCESSIBLE, "GetRole", &()),
        bus.ask::<Vec<u32>, _>(element, ACCESSIBLE, "GetState", &())
    );
    if role.is_none() || states.is_none() {
        heard.borrow_mut().unsure_us = at_us;
        return false;
    }
    let states = States::of(&states.unwrap_or_default());
    let field = role.is_some_and(|role| role != role::PASSWORD && role != role::TERMINAL);
    let open = field && states.focused() && states.editable() && lies_in(bus, element, &window.element).await;
    let mut heard = heard.borrow_mut();
    if heard.judged.len() >= JUDGED_MAX {
        heard.judged.clear();
    }
    heard.judged.insert(element.1.to_string(), (at_us, open));
    open
}

async fn lies_in(bus: &Bus, element: &Element, window: &Element) -> bool {
    let mut at = element.clone();
    for _ in 0..DEPTH_MAX {
        if at == *window {
            return true;
        }
        let Some(parent) = bus.parent(&at).await else { return false };
        at = parent;
    }
    false
}

/// What a signal tells: what was done, where, how much, and the text itself.
fn change(message: &Message) -> Option<(u32, What)> {
    let body = message.body();
    let (kind, start, length, text): (String, i32, i32, Value<'_>) = body
        .deserialize::<Signal<'_>>()
        .map(|(kind, start, length, text, _)| (kind, start, length, text))
        .or_else(|_| {
            body.deserialize::<(String, i32, i32, Value<'_>, (String, OwnedObjectPath))>()
                .map(|(kind, start, length, text, _)| (kind, start, length, text))
        })
        .ok()?;
    let (start, length) = (u32::try_from(start).ok()?, u32::try_from(length).ok()?);
    if kind.starts_with("delete") {
        return Some((start, What::Deleted(length)));
    }
    let Value::Str(text) = text else { return None };
    kind.starts_with("insert").then(|| (start, What::Inserted(Zeroizing::new(text.as_str().to_owned()))))
}
