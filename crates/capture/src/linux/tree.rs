//! The accessibility tree of a window, the site of a browser, and what was typed: asked of the applications over AT-SPI.
//!
//! Everything runs on a thread of its own, so that an application that does not answer holds up no input. An application is
//! never asked more than it can bear: only what is showing, at most [`CHILDREN_MAX`] children of one element, none of those
//! that manage their descendants themselves (a sheet of LibreOffice Calc has 17 billion cells), and nothing after the budget.

mod bus;
mod find;
mod listen;
mod match_keys;
mod node;
mod page;
mod role;
mod walk;

use std::rc::Rc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use candor_model::{Rect, Tree};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeroize::Zeroizing;

use crate::Now;
use bus::Bus;
use listen::Ear;
pub(crate) use match_keys::{Key, Run};
pub(crate) use page::{Page, is_asked as page_is_asked};

/// Longest walk of a tree in milliseconds.
pub const TREE_BUDGET_MS: u64 = 250;
/// Most elements of one tree.
pub const TREE_NODES_MAX: usize = 1_500;
/// Most children of one element; of more, none is asked for.
pub const CHILDREN_MAX: i32 = 400;
/// Longest wait for an answer about a page, in milliseconds.
const PAGE_BUDGET_MS: u64 = 200;
/// What the thread itself may need beyond a budget, in milliseconds.
const GRACE_MS: u64 = 100;

/// A window as the accessibility bus may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    /// The process, as the window tells.
    pub(crate) pid: u32,
    /// The application's own part of the window, in absolute pixels.
    pub(crate) bounds: Rect,
    /// The same with what the window manager put around it: toolkits tell the one or the other.
    pub(crate) outer: Rect,
    /// The title, which is compared and not kept.
    pub(crate) title: String,
}

enum Request {
    Tree(Client, SyncSender<Option<Tree>>),
    Page(Client, SyncSender<Page>),
    Listen(Option<(u64, Client)>),
    Typed(Run, SyncSender<Option<Zeroizing<String>>>),
}

/// The thread that asks.
#[derive(Debug)]
pub(crate) struct Trees {
    requests: Option<UnboundedSender<Request>>,
    /// The window that is heard.
    listening: Option<u64>,
    thread: Option<JoinHandle<()>>,
}

impl Trees {
    /// Starts it on the bus at `address`. Without one, or where it does not answer, every window is without a tree.
    pub(crate) fn start(address: Option<String>, now: Now) -> Self {
        let none = Self { requests: None, listening: None, thread: None };
        let Some(address) = address else { return none };
        let (requests, receiver) = unbounded_channel();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // What is dropped at the end still tells the bus so, which needs the runtime.
                let _inside = runtime.enter();
                tokio::task::LocalSet::new().block_on(&runtime, serve(&address, &now, receiver));
            }
        };
        let thread = std::thread::Builder::new().name("candor-tree".to_owned()).spawn(run);
        thread.map_or(none, |thread| Self { requests: Some(requests), listening: None, thread: Some(thread) })
    }

    /// The tree of a window within the budget.
    pub(crate) fn tree(&self, client: &Client) -> Option<Tree> {
        self.ask(TREE_BUDGET_MS, |reply| Request::Tree(client.clone(), reply)).flatten()
    }

    /// What the window of a browser shows.
    pub(crate) fn page(&self, client: &Client) -> Page {
        self.ask(PAGE_BUDGET_MS, |reply| Request::Page(client.clone(), reply)).unwrap_or(Page::UNKNOWN)
    }

    /// Hears what changes in the texts of this permitted window, and of no other.
    pub(crate) fn listen(&mut self, window: u64, client: Option<&Client>) {
        let wanted = client.map(|_| window);
        // The same window is told again: the application may not have answered before.
        if wanted.is_none() && self.listening.is_none() {
            return;
        }
        self.listening = wanted;
        if let Some(requests) = &self.requests {
            let _ = requests.send(Request::Listen(client.map(|client| (window, client.clone()))));
        }
    }

    /// The text that a run of keys wrote, as the application tells; none if it does not fit the keys.
    pub(crate) fn typed(&self, run: Run) -> Option<Zeroizing<String>> {
        self.ask(match_keys::SETTLE_MS, |reply| Request::Typed(run, reply)).flatten()
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

async fn serve(address: &str, now: &Now, mut requests: UnboundedReceiver<Request>) {
    let Some(bus) = Bus::connect(address).await.map(Rc::new) else { return };
    let ear = Ear::open(&bus, now).await;
    while let Some(request) = requests.recv().await {
        match request {
            Request::Tree(client, reply) => {
                let _ = reply.send(walk::tree(&bus, &ear, &client).await);
            }
            Request::Page(client, reply) => {
                let asked =
                    tokio::time::timeout(Duration::from_millis(PAGE_BUDGET_MS), page::of(&bus, &client));
                let _ = reply.send(asked.await.unwrap_or(Page::UNKNOWN));
            }
            Request::Listen(window) => ear.attend(&bus, window).await,
            Request::Typed(run, reply) => {
                let _ = reply.send(match_keys::text(&ear, &run).await);
            }
        }
    }
}
