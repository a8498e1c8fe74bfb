//! What applications tell by themselves: that a text changed, where the keyboard is, and that a tree changed.
//!
//! Texts are heard from permitted windows only, and only of an element that holds the keyboard, can be written in and is no
//! password field. What any other window tells is counted as a change and dropped unread.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::StreamExt as _;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use zbus::MessageStream;
use zbus::message::Message;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zeroize::Zeroizing;

use super::Client;
use super::bus::{Bus, DBUS, Element, REGISTRY};
use super::find::{self, Frame};
use super::heard::{Change, Heard, What};
use super::memory::{Found, Recall};
use super::opened;
use super::whose::{Whose, judged, whose};
use crate::Now;
use crate::linux::changed::Changed;

/// Most signals that wait to be read.
const SIGNALS_MAX: usize = 65_536;
/// What a signal carries: its kind, two numbers, and a value.
type Signal<'a> = (String, i32, i32, Value<'a>, BTreeMap<String, OwnedValue>);
/// The same as older toolkits send it.
type OldSignal<'a> = (String, i32, i32, Value<'a>, (String, OwnedObjectPath));
/// A signal, when it came, and what it is about.
type Timed = (u64, Told, Message);

/// Ends once nothing is heard any more: the bus or its registry is gone.
pub(crate) type Hears = tokio::task::JoinHandle<()>;

/// Hears.
pub(crate) struct Ear {
    heard: Rc<RefCell<Heard>>,
    now: Now,
}

const OWNER_CHANGED: &str = "NameOwnerChanged";
const OBJECT: &str = "org.a11y.atspi.Event.Object";
const DOCUMENT: &str = "org.a11y.atspi.Event.Document";

/// What is heard: as the registry is told, which lets applications tell of it, and as the bus is told, which lets it come here. Nine of ten signals
/// are of something else: each element that is asked tells of its role and its parent.
const EVENTS: [(&str, &str, &str, Option<&str>); 5] = [
    ("object:text-changed", OBJECT, "TextChanged", None),
    ("object:children-changed", OBJECT, "ChildrenChanged", None),
    ("document:load-complete", DOCUMENT, "LoadComplete", None),
    ("object:state-changed:showing", OBJECT, "StateChanged", Some("showing")),
    ("object:state-changed:focused", OBJECT, "StateChanged", Some("focused")),
];

impl Ear {
    /// Begins to hear; none where the bus or its registry does not let it. Nothing that was told before counts.
    pub(crate) async fn open(bus: &Rc<Bus>, now: &Now) -> Option<(Self, Hears)> {
        let ear = Self { heard: Rc::default(), now: Now::clone(now) };
        for (event, interface, member, detail) in EVENTS {
            bus.register(event).await?;
            bus.hears(interface, member, detail).await?;
        }
        bus.hears(DBUS, OWNER_CHANGED, Some(REGISTRY)).await?;
        let (sender, receiver) = channel(SIGNALS_MAX);
        // Whatever comes over the bus, so that all of it is in its order.
        let stream = MessageStream::from(&bus.connection);
        let hears = tokio::task::spawn_local(stamp(stream, sender, Now::clone(now), Rc::clone(&ear.heard)));
        let hear = hear(receiver, Rc::clone(&ear.heard), Rc::clone(bus), Now::clone(now));
        tokio::task::spawn_local(hear);
        Some((ear, hears))
    }

    /// Hears nothing, and remembers what walks find.
    #[cfg(test)]
    pub(super) fn deaf(now: &Now) -> Self {
        Self { heard: Rc::default(), now: Now::clone(now) }
    }

    /// Hears texts of this permitted window from now on.
    pub(crate) async fn attend(&self, bus: &Bus, client: &Client) {
        match find::frame(bus, client).await {
            Some(frame) => {
                let now_us = (self.now)().monotonic_us;
                self.heard.borrow_mut().permit(client.window, frame, now_us);
            }
            None => self.refuse(client.window),
        }
    }

    /// Hears texts of this window no more.
    pub(crate) fn refuse(&self, window: u64) {
        self.heard.borrow_mut().refuse(window);
    }

    /// The screen changed; none if it is not known where.
    pub(crate) fn changed(&self, changed: Option<&Changed>) {
        self.heard.borrow_mut().memories.changed(changed);
    }

    /// What a walk that begins now need not ask.
    pub(super) fn recall(&self, client: &Client, frame: &Frame) -> Recall {
        let now_us = (self.now)().monotonic_us;
        self.heard.borrow_mut().memories.recall(client, frame, now_us)
    }

    /// What a walk found, as far as it came.
    pub(super) fn keep(&self, client: &Client, found: Found) {
        self.heard.borrow_mut().memories.keep(client.window, found);
    }

    /// These elements of an application are asked at the next walk as if it had told of them; whether there are any.
    pub(super) fn doubts(&self, application: &str, elements: &BTreeSet<ObjectPath<'static>>) -> bool {
        let mut heard = self.heard.borrow_mut();
        for element in elements {
            heard.memories.doubted(application, element);
        }
        !elements.is_empty()
    }

    /// How many changes an application has told of.
    pub(crate) fn count(&self, application: &str) -> u64 {
        self.heard.borrow().count(application)
    }

    /// The element of a permitted window's application that had the keyboard, as it told by itself.
    pub(crate) fn focus(&self, window: u64, at_us: u64) -> Option<Element> {
        let heard = self.heard.borrow();
        let application = heard.window(window)?.frame.application.0.clone();
        let path = heard.focus_at(&application, at_us)?.clone();
        Some((application, path))
    }

    /// Lets `look` see what was heard, and take from it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Heard) -> T) -> T {
        look(&mut self.heard.borrow_mut())
    }
}

/// Notes when a signal came and counts changes, before any question about another one holds it up.
async fn stamp(mut stream: MessageStream, sender: Sender<Timed>, now: Now, heard: Rc<RefCell<Heard>>) {
    while let Some(Ok(message)) = stream.next().await {
        let Some(told) = told(&message) else { continue };
        if matches!(told, Told::End) {
            return;
        }
        noted(&mut heard.borrow_mut(), &told, &message);
        let is_heard = matches!(told, Told::Text | Told::Focus(_));
        if is_heard && sender.send((now().monotonic_us, told, message)).await.is_err() {
            return;
        }
    }
}

/// With the registry goes what it was told to let applications tell of.
fn registry_went(message: &Message) -> bool {
    let told: Option<(String, String, String)> = message.body().deserialize().ok();
    told.is_some_and(|(name, before, _)| name == REGISTRY && !before.is_empty())
}

fn noted(heard: &mut Heard, told: &Told, message: &Message) {
    let header = message.header();
    let (Some(application), Some(path)) = (header.sender(), header.path()) else { return };
    match told {
        Told::Text | Told::Tree => heard.counted(application.as_str()),
        Told::Page => {
            heard.counted(application.as_str());
            heard.memories.told_all(application.as_str());
        }
        Told::Focus(_) | Told::End => {}
    }
    heard.memories.told(application.as_str(), path.as_str());
}

async fn hear(mut signals: Receiver<Timed>, heard: Rc<RefCell<Heard>>, bus: Rc<Bus>, now: Now) {
    while let Some((at_us, told, message)) = signals.recv().await {
        let header = message.header();
        let (Some(sender), Some(path)) = (header.sender(), header.path()) else { continue };
        let element: Element = (sender.to_string(), path.to_owned().into());
        match told {
            Told::Text => text_changed(&heard, &bus, element, at_us, &message).await,
            Told::Focus(has_focus) => {
                heard.borrow_mut().focused(element.clone(), has_focus, at_us);
                if has_focus {
                    opened::look(&heard, &bus, element, at_us, &now).await;
                }
            }
            Told::Tree | Told::Page | Told::End => {}
        }
    }
}

/// What a signal is about.
enum Told {
    Text,
    Tree,
    /// A page is there, and nothing of what was before.
    Page,
    Focus(bool),
    /// Nothing is told from now on.
    End,
}

/// None of what nobody hears: answers, and signals of something else.
fn told(message: &Message) -> Option<Told> {
    if message.message_type() != zbus::message::Type::Signal {
        return None;
    }
    let header = message.header();
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (OBJECT, "TextChanged") => Some(Told::Text),
        (OBJECT, "ChildrenChanged") => Some(Told::Tree),
        (DBUS, OWNER_CHANGED) => registry_went(message).then_some(Told::End),
        (DOCUMENT, "LoadComplete") => Some(Told::Page),
        (OBJECT, "StateChanged") => match signal(message)? {
            (state, ..) if state == "showing" => Some(Told::Tree),
            (state, on, ..) if state == "focused" => Some(Told::Focus(on != 0)),
            _ => None,
        },
        _ => None,
    }
}

async fn text_changed(
    heard: &Rc<RefCell<Heard>>,
    bus: &Bus,
    element: Element,
    at_us: u64,
    message: &Message,
) {
    let windows = heard.borrow().windows_of(&element.0);
    if windows.is_empty() {
        return;
    }
    let judged = judged(heard, bus, &element, &windows, at_us).await;
    let change = match whose(judged) {
        Whose::Nobody => Vec::new(),
        Whose::Withheld => windows.iter().map(|(id, _)| (*id, (0, What::Withheld))).collect(),
        Whose::Window(window) => vec![(window, change(message).unwrap_or((0, What::Withheld)))],
    };
    for (window, (start, what)) in change {
        let change = Change { at_us, element: element.1.clone(), start, what };
        heard.borrow_mut().add(window, change);
    }
}

fn signal(message: &Message) -> Option<(String, i32, i32, Value<'static>)> {
    let body = message.body();
    let told: Option<Signal<'_>> = body.deserialize().ok();
    let told = told.map(|(kind, start, length, value, _)| (kind, start, length, value.try_to_owned().ok()));
    let old = || {
        let told: Option<OldSignal<'_>> = body.deserialize().ok();
        told.map(|(kind, start, length, value, _)| (kind, start, length, value.try_to_owned().ok()))
    };
    let (kind, start, length, value) = told.or_else(old)?;
    Some((kind, start, length, value.map(Value::from)?))
}

/// What a signal tells: what was done, where, how much, and the text itself.
fn change(message: &Message) -> Option<(u32, What)> {
    let (kind, start, length, text) = signal(message)?;
    let (start, length) = (u32::try_from(start).ok()?, u32::try_from(length).ok()?);
    if kind.starts_with("delete") {
        return Some((start, What::Deleted(length)));
    }
    let Value::Str(text) = text else { return None };
    kind.starts_with("insert").then(|| (start, What::Inserted(Zeroizing::new(text.as_str().to_owned()))))
}
