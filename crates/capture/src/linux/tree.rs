//! The accessibility tree of a window, the site of a browser, and what was typed: asked of the applications over AT-SPI.
//!
//! Everything runs on a thread of its own, so that an application that does not answer holds up no input. An application is
//! never asked more than it can bear: only what is showing, at most [`CHILDREN_MAX`] children of one element, none of those
//! that manage their descendants themselves (a sheet of LibreOffice Calc has 17 billion cells), and nothing after the budget.

mod asked;
mod bus;
mod composed;
mod direct;
mod draft;
mod early;
mod envelope;
mod find;
mod heard;
mod line;
mod listen;
mod match_keys;
mod memory;
mod node;
mod opened;
mod page;
mod paragraph;
mod reach;
mod role;
mod serve;
mod socket;
#[cfg(test)]
pub(crate) mod tally;
mod walk;
mod whose;

/// For tests of one part on a real desktop.
#[cfg(test)]
pub(crate) mod parts {
    pub(crate) use super::bus::{Bus, TEXT};
    pub(crate) use super::direct::connect;
    pub(crate) use super::find::frame;
    pub(crate) use super::listen::Ear;
    pub(crate) use super::reach::address;
    pub(crate) use super::walk::tree;
}

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use candor_model::{Node, Point, Rect, Tree};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::linux::changed::Changed;
use crate::{Counted, Hearing, Now};
pub(crate) use bus::Element;
pub(crate) use match_keys::{By, Ended, Key, Run};
pub(crate) use page::{Page, is_asked as page_is_asked};
pub use reach::hears_applications;

/// Longest walk of a tree in milliseconds.
pub const TREE_BUDGET_MS: u64 = 250;
/// Most elements of one tree.
pub const TREE_NODES_MAX: usize = 1_500;
/// Most children of one element; of more, none is asked for.
pub const CHILDREN_MAX: i32 = 400;
/// Longest wait for an answer about a page, in milliseconds.
const PAGE_BUDGET_MS: u64 = 200;
/// How often a browser that does not answer is asked about its page.
const PAGE_ASKED_MAX: u32 = 3;
/// Longest wait for one element that the tree does not hold, in milliseconds.
const ELEMENT_BUDGET_MS: u64 = 1_000;
/// What the thread itself may need beyond a budget, in milliseconds.
const GRACE_MS: u64 = 100;

/// A window as the accessibility bus may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    /// The window of the X server.
    pub(crate) window: u64,
    /// The process, as the window tells.
    pub(crate) pid: u32,
    /// The application's own part of the window, in absolute pixels.
    pub(crate) bounds: Rect,
    /// The same with what the window manager put around it: toolkits tell the one or the other.
    pub(crate) outer: Rect,
    /// The title, which is compared and not kept.
    pub(crate) title: String,
}

/// A tree, and which elements its nodes are.
pub(crate) type Walked = (Tree, Vec<Element>);
/// An element, what it tells, and what lies around it, the next first.
pub(crate) type One = (Element, Node, Vec<Element>);
/// A text, and the element that it was written in.
pub(crate) type Text = (Zeroizing<String>, Element);

/// There was no answer within the budget.
#[derive(Debug)]
pub(crate) struct NotInTime;

/// Which element is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Which {
    /// The deepest one at a place of a window.
    At(Client, Point),
    /// The one that had the keyboard in a permitted window at a moment, as its application told by itself.
    Focused(u64, u64),
    /// This one.
    This(Element),
}

enum Request {
    Tree(Client, Option<Changed>, SyncSender<Option<Walked>>),
    Page(Client, SyncSender<Option<Page>>),
    Element(Which, SyncSender<Option<One>>),
    Listen(Client),
    Ignore(u64),
    Typed(Run, SyncSender<Result<Text, Counted>>),
    Composing(Run, SyncSender<bool>),
    #[cfg(test)]
    Tally(SyncSender<tally::Tally>),
}

/// The thread that asks.
#[derive(Debug)]
pub(crate) struct Trees {
    requests: Option<UnboundedSender<Request>>,
    thread: Option<JoinHandle<()>>,
    hearing: watch::Receiver<Hearing>,
}

impl Trees {
    /// Starts it on the bus of a display. Where there is none, or it does not answer, every window is without a tree until there is one.
    pub(crate) fn start(display: &str, now: Now) -> Self {
        let (requests, receiver) = unbounded_channel();
        let (tells, hearing) = watch::channel(Hearing::Asking);
        let display = display.to_owned();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // What is dropped at the end still tells the bus so, which needs the runtime.
                let _inside = runtime.enter();
                tokio::task::LocalSet::new()
                    .block_on(&runtime, serve::serve(&display, &now, receiver, &tells));
            }
        };
        let thread = std::thread::Builder::new().name("candor-tree".to_owned()).spawn(run);
        Self { requests: Some(requests), thread: thread.ok(), hearing }
    }

    /// Whether applications are heard at this moment.
    pub(crate) fn hearing(&self) -> Hearing {
        // A thread that is no more tells nothing, whatever it told last.
        let ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        if ended { Hearing::Unheard } else { *self.hearing.borrow() }
    }

    /// The tree of a window within the budget. `changes` is what changed on the screen since the last tree of any window was asked for; none if
    /// that is not known.
    ///
    /// # Errors
    /// When it is not there in time. It may be asked yet.
    pub(crate) fn tree(
        &self,
        client: &Client,
        changes: Option<Changed>,
    ) -> Result<Option<Walked>, NotInTime> {
        self.ask(TREE_BUDGET_MS, |reply| Request::Tree(client.clone(), changes, reply)).ok_or(NotInTime)
    }

    /// What the window of a browser shows. One that does not answer in time is asked again, and is then of the unknown.
    pub(crate) fn page(&self, client: &Client) -> Page {
        let ask = || self.ask(PAGE_BUDGET_MS, |reply| Request::Page(client.clone(), reply)).flatten();
        (0..PAGE_ASKED_MAX).find_map(|_| ask()).unwrap_or(Page::UNKNOWN)
    }

    /// One element.
    pub(crate) fn element(&self, which: Which) -> Option<One> {
        self.ask(ELEMENT_BUDGET_MS, |reply| Request::Element(which, reply)).flatten()
    }

    /// Hears what changes in the texts of this permitted window.
    pub(crate) fn listen(&self, client: &Client) {
        self.tell(Request::Listen(client.clone()));
    }

    /// Forgets what was heard of this window, and hears it no more.
    pub(crate) fn ignore(&self, window: u64) {
        self.tell(Request::Ignore(window));
    }

    fn tell(&self, request: Request) {
        // Without the thread nothing is heard anyway.
        if let Some(requests) = &self.requests {
            let _ = requests.send(request);
        }
    }

    /// The text that a run of keys wrote, as the application tells; or why it is not known.
    pub(crate) fn typed(&self, run: Run) -> Result<Text, Counted> {
        let answer = self.ask(match_keys::SETTLE_MS_MAX, |reply| Request::Typed(run, reply));
        answer.unwrap_or(Err(Counted::NotHeard))
    }

    /// Whether an input method may still compose what a run of keys began.
    pub(crate) fn composing(&self, run: Run) -> bool {
        self.ask(0, |reply| Request::Composing(run, reply)).unwrap_or(false)
    }

    /// What was asked so far.
    #[cfg(test)]
    pub(crate) fn tally(&self) -> tally::Tally {
        self.ask(TREE_BUDGET_MS, Request::Tally).unwrap()
    }

    fn ask<T>(&self, budget_ms: u64, request: impl FnOnce(SyncSender<T>) -> Request) -> Option<T> {
        let (reply, answer) = sync_channel(1);
        self.requests.as_ref()?.send(request(reply)).ok()?;
        answer.recv_timeout(Duration::from_millis(budget_ms + GRACE_MS)).ok()
    }
}

impl Drop for Trees {
    fn drop(&mut self) {
        // Without a sender the thread's loop ends; what it asks has an end of its own.
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
