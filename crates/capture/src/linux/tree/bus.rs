//! Questions to applications over the accessibility bus, each with an end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::time::Duration;

use futures_util::future::join_all;
use zbus::names::{InterfaceName, MemberName};
use zbus::zvariant::{DynamicType, NATIVE_ENDIAN, OwnedObjectPath, OwnedValue, Type, to_bytes};
use zbus::{Address, Connection, MatchRule};

use super::asked::{Asked, Written};
use super::direct::{self, Direct};
use super::envelope::{Broken, Question};
use super::find::{Frame, Known};
use super::line::{self, Told};
use super::memory::KNOWN_WAYS;
use super::socket::Batched;

/// An element: the bus name of its application, and its path there.
pub(crate) type Element = (String, OwnedObjectPath);

pub(crate) const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
pub(crate) const COMPONENT: &str = "org.a11y.atspi.Component";
pub(crate) const TEXT: &str = "org.a11y.atspi.Text";
const APPLICATION: &str = "org.a11y.atspi.Application";
pub(crate) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const PEER: &str = "org.freedesktop.DBus.Peer";
pub(super) const DBUS: &str = "org.freedesktop.DBus";
const DBUS_PATH: &str = "/org/freedesktop/DBus";
pub(super) const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
/// What is told for no element.
pub(super) const NULL: &str = "/org/a11y/atspi/null";
/// Longest wait for one answer, in milliseconds. Walks and pages have shorter ends of their own; an application beside a
/// busy processor takes longer than one that is idle, and is no less right.
const ANSWER_MS: u64 = 800;
/// Longest name or text of one element, in characters.
pub(crate) const TEXT_CHARACTERS_MAX: i32 = 4_096;
/// Most processes that are remembered.
const PROCESSES_MAX: usize = 256;

/// Over a socket of this machine where the bus has one, as nearly every bus does.
async fn connect(address: &str) -> Option<Connection> {
    let address = Address::from_str(address).ok()?;
    let builder = match Batched::connect(&address).await {
        Some(socket) => zbus::connection::Builder::socket(socket),
        None => zbus::connection::Builder::address(address).ok()?,
    };
    builder.build().await.ok()
}

/// The bus.
pub(crate) struct Bus {
    pub(crate) connection: Connection,
    processes: RefCell<BTreeMap<String, u32>>,
    /// Which element each window of the X server was.
    frames: RefCell<BTreeMap<u64, Known>>,
    /// Of applications whose pixels are larger than those of the screen: how much.
    scales: RefCell<BTreeMap<String, u32>>,
    direct: Direct,
    written: Written,
    /// What each application is made with.
    toolkits: RefCell<BTreeMap<String, String>>,
    #[cfg(test)]
    tally: RefCell<super::tally::Tally>,
}

impl Bus {
    pub(crate) async fn connect(address: &str) -> Option<Self> {
        let connection =
            tokio::time::timeout(Duration::from_secs(2), connect(address)).await.ok().flatten()?;
        Some(Self::over(connection))
    }

    fn over(connection: Connection) -> Self {
        Self {
            connection,
            processes: RefCell::default(),
            frames: RefCell::default(),
            scales: RefCell::default(),
            direct: Direct::default(),
            written: Written::new(),
            toolkits: RefCell::default(),
            #[cfg(test)]
            tally: RefCell::default(),
        }
    }

    /// Where an application is asked over this line.
    #[cfg(test)]
    pub(super) fn of_line(connection: Connection, application: &str, line: line::Line) -> Self {
        let bus = Self::over(connection);
        bus.direct.remember(application, Some(line));
        bus
    }

    /// An answer of an element; none if it is gone, slow, or answers something else.
    pub(crate) async fn ask<T, B>(
        &self,
        of: &Element,
        interface: &'static str,
        method: &'static str,
        body: &B,
    ) -> Option<T>
    where
        T: serde::de::DeserializeOwned + Type,
        B: serde::Serialize + DynamicType,
    {
        #[cfg(test)]
        self.tally.borrow_mut().asks(method);
        let asked = self.asked(of, interface, method, body);
        tokio::time::timeout(Duration::from_millis(ANSWER_MS), asked).await.ok().flatten()
    }

    /// Over the application's own line where there is one. One that broke is left, and the bus is asked.
    async fn asked<T, B>(
        &self,
        of: &Element,
        interface: &'static str,
        method: &'static str,
        body: &B,
    ) -> Option<T>
    where
        T: serde::de::DeserializeOwned + Type,
        B: serde::Serialize + DynamicType,
    {
        if let Some(line) = self.direct.of(&of.0) {
            let signature = body.signature().to_string_no_parens();
            let body = to_bytes(line::context(), body).ok()?;
            let question = Question { path: &of.1, interface, method, signature: &signature, body: &body };
            match line.ask(&[question]).await {
                Ok(told) => return told.into_iter().next()??.into(),
                Err(Broken) => self.direct.remember(&of.0, None),
            }
        }
        self.over_the_bus(of, interface, method, body).await
    }

    async fn over_the_bus<T, B>(
        &self,
        of: &Element,
        interface: &'static str,
        method: &'static str,
        body: &B,
    ) -> Option<T>
    where
        T: serde::de::DeserializeOwned + Type,
        B: serde::Serialize + DynamicType,
    {
        // They are this program's own words, and need no check at each question.
        let interface = InterfaceName::from_static_str_unchecked(interface);
        let method = MemberName::from_static_str_unchecked(method);
        let asked = self.connection.call_method(Some(of.0.as_str()), &of.1, Some(&interface), &method, body);
        asked.await.ok()?.body().deserialize().ok()
    }

    /// What an element answers to questions that are asked together, in their order; nothing at all if it is slow, and none to what it refuses.
    pub(super) async fn ask_all(&self, of: &Element, asked: &[Asked]) -> Vec<Option<Told>> {
        #[cfg(test)]
        self.tally.borrow_mut().asks_all(asked);
        let answers = tokio::time::timeout(Duration::from_millis(ANSWER_MS), self.all_asked(of, asked)).await;
        answers.unwrap_or_default()
    }

    async fn all_asked(&self, of: &Element, asked: &[Asked]) -> Vec<Option<Told>> {
        if let Some(line) = self.direct.of(&of.0) {
            let question = |asked: &Asked| self.written.question(&of.1, self.answered(&of.0, *asked));
            let questions: Vec<_> = asked.iter().map(question).collect();
            match line.ask(&questions).await {
                Ok(told) => return told,
                Err(Broken) => self.direct.remember(&of.0, None),
            }
        }
        join_all(asked.iter().map(|asked| self.asked_over_the_bus(of, *asked))).await
    }

    /// The question that is asked of an application. Whole texts are asked of an office suite alone, by the toolkits that it names: a paragraph of a
    /// page may be of any length, and browsers give the beginning.
    fn answered(&self, application: &str, asked: Asked) -> Asked {
        let toolkits = self.toolkits.borrow();
        let is_known = || toolkits.get(application).is_some_and(|name| KNOWN_WAYS.contains(&name.as_str()));
        if asked == Asked::WholeText && !is_known() { Asked::Text } else { asked }
    }

    /// How many characters stand in an element. It is asked over the bus, so that what the element told before comes before the answer.
    pub(super) async fn length(&self, of: &Element) -> Option<i32> {
        #[cfg(test)]
        self.tally.borrow_mut().asks("CharacterCount");
        let asked = self.over_the_bus(of, PROPERTIES, "Get", &(TEXT, "CharacterCount"));
        let told: OwnedValue = tokio::time::timeout(Duration::from_millis(ANSWER_MS), asked).await.ok()??;
        told.try_into().ok()
    }

    async fn asked_over_the_bus(&self, of: &Element, asked: Asked) -> Option<Told> {
        let asked = self.answered(&of.0, asked);
        let (interface, method) = asked.call();
        let (interface, method) = (
            InterfaceName::from_static_str_unchecked(interface),
            MemberName::from_static_str_unchecked(method),
        );
        let (name, path, interface) = (Some(of.0.as_str()), &of.1, Some(&interface));
        let answer = match asked.arguments() {
            Some(body) => self.connection.call_method(name, path, interface, &method, &body).await,
            None => self.connection.call_method(name, path, interface, &method, &()).await,
        };
        let body = answer.ok()?.body();
        let data = body.data();
        let is_of_here = data.context().endian() == NATIVE_ENDIAN;
        is_of_here.then(|| Told::of(body.signature().to_string().as_bytes(), data))
    }

    /// Connects to an application itself, once, if it lets anybody.
    pub(crate) async fn meet(&self, application: &Element) {
        if self.direct.knows(&application.0) {
            return;
        }
        let told: Option<String> = self.ask(application, APPLICATION, "GetApplicationBusAddress", &()).await;
        let met = match (told, self.process(&application.0).await) {
            (Some(address), Some(pid)) => direct::connect(&address, pid).await,
            (None, _) | (_, None) => None,
        };
        self.direct.remember(&application.0, met);
    }

    /// Whether an application is asked without the bus.
    #[cfg(test)]
    pub(crate) fn has_met(&self, application: &Element) -> bool {
        self.direct.of(&application.0).is_some()
    }

    /// Breaks the line to it.
    #[cfg(test)]
    pub(crate) fn part(&self, application: &Element) {
        self.direct.of(&application.0).unwrap().hang_up();
    }

    /// What was asked so far, of everybody.
    #[cfg(test)]
    pub(crate) fn tally(&self) -> super::tally::Tally {
        super::tally::Tally { traffic: self.direct.traffic(), ..self.tally.borrow().clone() }
    }

    /// A walk begins.
    #[cfg(test)]
    pub(crate) fn walks(&self) {
        self.tally.borrow_mut().walks += 1;
    }

    /// Whether it is known how an application is asked.
    pub(crate) fn knows(&self, application: &Element) -> bool {
        self.direct.knows(&application.0)
    }

    /// Returns when everything that an application told before this moment was heard. What it tells by itself goes over the bus, and
    /// what it answers on its own connection is here sooner.
    pub(crate) async fn caught_up(&self, application: &Element) {
        if self.direct.of(&application.0).is_none() {
            return;
        }
        let path = application.1.as_str();
        let ping = self.connection.call_method(Some(application.0.as_str()), path, Some(PEER), "Ping", &());
        // Without an answer the walk that waits for it has come to its end.
        let _ = tokio::time::timeout(Duration::from_millis(ANSWER_MS), ping).await;
        tokio::task::yield_now().await;
    }

    /// What an application is made with; it stays so.
    pub(crate) async fn toolkit(&self, application: &Element) -> Option<String> {
        if let Some(known) = self.toolkits.borrow().get(&application.0) {
            return Some(known.clone());
        }
        let asked = (APPLICATION, "ToolkitName");
        let told: OwnedValue = self.ask(application, PROPERTIES, "Get", &asked).await?;
        let toolkit = String::try_from(told).ok()?;
        let mut toolkits = self.toolkits.borrow_mut();
        if toolkits.len() < PROCESSES_MAX {
            toolkits.insert(application.0.clone(), toolkit.clone());
        }
        Some(toolkit)
    }

    pub(crate) async fn parent(&self, of: &Element) -> Option<Element> {
        self.parent_told(of).await.flatten()
    }

    /// The parent, which an element may not have; none at all if it did not answer.
    pub(crate) async fn parent_told(&self, of: &Element) -> Option<Option<Element>> {
        let told = self.ask_all(of, &[Asked::Parent]).await.pop()??;
        let parent = <Element>::try_from(told.into::<OwnedValue>()?).ok()?;
        Some((parent.1.as_str() != NULL).then_some(parent))
    }

    /// The element at a place in absolute pixels, one or more levels below.
    pub(crate) async fn at_point(&self, of: &Element, x: i32, y: i32) -> Option<Element> {
        let own = |at: i32| at / i32::try_from(self.scale(&of.0)).unwrap_or(1);
        let at = (own(x), own(y), 0_u32);
        let found: Element = self.ask(of, COMPONENT, "GetAccessibleAtPoint", &at).await?;
        (found.1.as_str() != NULL).then_some(found)
    }

    pub(crate) async fn children(&self, of: &Element) -> Option<Vec<Element>> {
        let told = self.ask_all(of, &[Asked::Children]).await.pop()??;
        let children: Vec<Element> = told.into()?;
        Some(children.into_iter().filter(|child| child.1.as_str() != NULL).collect())
    }

    /// Every application on the bus.
    pub(crate) async fn applications(&self) -> Vec<Element> {
        let Ok(root) = OwnedObjectPath::try_from(ROOT) else { return Vec::new() };
        self.children(&(REGISTRY.to_owned(), root)).await.unwrap_or_default()
    }

    /// The process behind a bus name, as the bus itself tells. A unique name is never used twice.
    pub(crate) async fn process(&self, name: &str) -> Option<u32> {
        if let Some(known) = self.processes.borrow().get(name) {
            return Some(*known);
        }
        let Ok(path) = OwnedObjectPath::try_from(DBUS_PATH) else { return None };
        let daemon = (DBUS.to_owned(), path);
        let found: u32 = self.ask(&daemon, DBUS, "GetConnectionUnixProcessID", &(name,)).await?;
        let mut processes = self.processes.borrow_mut();
        if processes.len() < PROCESSES_MAX {
            processes.insert(name.to_owned(), found);
        }
        Some(found)
    }

    pub(crate) fn known_frame(&self, window: u64) -> Option<Known> {
        self.frames.borrow().get(&window).cloned()
    }

    /// Remembers the element of a window, or that there is none. Its name is the title, also of a window that is refused: it is not kept.
    pub(crate) fn remember_frame(&self, window: u64, frame: Option<&Frame>) {
        let mut frames = self.frames.borrow_mut();
        if frames.len() >= PROCESSES_MAX {
            frames.clear();
        }
        match frame {
            Some(Frame { application, element, .. }) => {
                let (application, element) = (application.clone(), element.clone());
                frames.insert(window, Known { application, element })
            }
            None => frames.remove(&window),
        };
    }

    /// How many pixels of the screen one of an application's is.
    pub(crate) fn scale(&self, application: &str) -> u32 {
        self.scales.borrow().get(application).copied().unwrap_or(1)
    }

    pub(crate) fn remember_scale(&self, frame: &Frame) {
        let mut scales = self.scales.borrow_mut();
        if scales.len() >= PROCESSES_MAX {
            scales.clear();
        }
        if frame.scale == 1 {
            scales.remove(&frame.application.0);
        } else {
            scales.insert(frame.application.0.clone(), frame.scale);
        }
    }

    /// Asks the registry to let applications tell of an event; none if it does not answer.
    pub(crate) async fn register(&self, event: &str) -> Option<()> {
        let path = OwnedObjectPath::try_from("/org/a11y/atspi/registry").ok()?;
        let registry = (REGISTRY.to_owned(), path);
        let body = (event, Vec::<String>::new(), "");
        self.ask(&registry, REGISTRY, "RegisterEvent", &body).await
    }

    /// Lets such signals come here; none if the bus does not answer, or refuses.
    pub(crate) async fn hears(&self, interface: &str, member: &str, detail: Option<&str>) -> Option<()> {
        let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal);
        let rule = rule.interface(interface).and_then(|rule| rule.member(member));
        let rule =
            rule.and_then(|rule| detail.into_iter().try_fold(rule, |rule, detail| rule.arg(0, detail)));
        let rule = rule.ok()?.build();
        let told = self.connection.call_method(Some(DBUS), DBUS_PATH, Some(DBUS), "AddMatch", &rule);
        tokio::time::timeout(Duration::from_millis(ANSWER_MS), told).await.ok()?.ok().map(drop)
    }
}
