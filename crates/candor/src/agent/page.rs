//! The contributor's page: everything that a person can do with their recordings, in a browser on their own machine.
//!
//! It listens on loopback, on a port that the system chooses, for as long as the command runs. A link that works once lets one browser in.
//! Pages are made here and work without script; two small ones draw a mask and walk from step to step.
//!
//! `guard` says who may see it; `look` and `act` are what can be seen and done, `pictures` the pictures; `front`, `timeline`, `step`,
//! `leaving` and `search` each hold one page. A room that shows another part of the agent, such as what is being recorded at this moment, is
//! a module of its own here: its routes are merged in [`run`], and `templates/page/front.html` says where its words go.

mod act;
mod front;
mod guard;
mod leaving;
mod live;
mod look;
mod opened;
mod pictures;
mod search;
mod step;
mod timeline;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Response};
use candor_journal::Journal;
use serde::Serialize;
use tokio::time::Instant;

use super::client::Client;
use super::enrolment::Enrolment;
use super::road;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::home::Home;
use crate::output;

/// How long the page waits for another command to let go of the recordings, in milliseconds.
const JOURNAL_WAIT_MS: u64 = 500;
/// How long the page holds the recordings open after somebody looked, in milliseconds. Other commands wait for longer.
const HOLD_MS: u64 = 1_000;
/// How often it looks whether it can let go, in milliseconds.
const LOOK_MS: u64 = 250;

/// Whose page.
pub(crate) struct Options {
    pub(crate) home: Home,
    /// First digits of the program's name.
    pub(crate) program: Option<String>,
    /// Address of the server, for a release, a withdrawal, and what became of a recording.
    pub(crate) server: String,
    /// The folder of models, for words that the person writes.
    pub(crate) models: Option<PathBuf>,
    /// Open the link in the browser of this desktop, and close when nobody has looked for a while.
    pub(crate) open: bool,
    /// Print the link as JSON.
    pub(crate) json: bool,
}

/// What every route works with.
#[derive(Clone)]
struct Desk(Arc<Inside>);

struct Inside {
    options: Options,
    /// The path that all pages are below. Only the browser that came by the link knows it.
    root: String,
    held: Mutex<Held>,
}

/// The recordings, while somebody looks: opening them reads all of them once.
#[derive(Default)]
struct Held {
    journal: Option<Journal>,
    looked: Option<Instant>,
}

impl Desk {
    fn root(&self) -> String {
        self.0.root.clone()
    }

    /// Does something that waits for the disk or the server.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Enrolment, &Self) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Told> {
        let desk = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let options = &desk.0.options;
            let enrolment = Enrolment::only(&options.home, options.program.as_deref())?;
            work(&enrolment, &desk)
        });
        let done = done.await.because(Kind::Unexpected, "work on the page").and_then(|done| done);
        done.map_err(|failure| self.told(failure))
    }

    /// Does something with the recordings.
    async fn on_recordings<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Enrolment, &Journal, &Self) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Told> {
        self.with(|enrolment, desk| work(enrolment, &desk.journal(enrolment)?, desk)).await
    }

    /// The recordings; a failure in words while a recording or another command is at work in them.
    fn journal(&self, enrolment: &Enrolment) -> Outcome<Journal> {
        self.journal_if_free(enrolment)?.ok_or_else(|| {
            Failure::new(Kind::Refused, "your recordings are in use, by a recording or another command")
                .hint("try again when it has ended; nothing was changed")
        })
    }

    fn journal_if_free(&self, enrolment: &Enrolment) -> Outcome<Option<Journal>> {
        let broken = |_| Failure::new(Kind::Unexpected, "an earlier request failed: start the page again");
        let mut held = self.0.held.lock().map_err(broken)?;
        if held.journal.is_none() {
            held.journal = road::journal_if_free(enrolment, JOURNAL_WAIT_MS)?;
        } else if let Some(journal) = &held.journal {
            road::sweep_now(journal)?;
        }
        held.looked = Some(Instant::now());
        Ok(held.journal.clone())
    }

    /// Lets go of the recordings when nobody has looked for a while, so that other commands can work beside the page.
    async fn let_go_when_idle(self) {
        loop {
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
            // Whoever holds it at this moment looks.
            let Ok(mut held) = self.0.held.try_lock() else { continue };
            if held.looked.is_some_and(|looked| looked.elapsed() > Duration::from_millis(HOLD_MS)) {
                *held = Held::default();
            }
        }
    }

    fn client(&self) -> Outcome<Client> {
        Client::to(&self.0.options.server)
    }

    fn told(&self, failure: Failure) -> Told {
        Told { root: self.root(), failure }
    }
}

/// A failure, as a page.
struct Told {
    root: String,
    failure: Failure,
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        look::failed(self.root, &self.failure)
    }
}

#[derive(Serialize)]
struct Link {
    url: String,
}

/// Serves the page until Ctrl-C.
pub(crate) fn serve(options: Options) -> Outcome {
    // Who takes part in nothing is told so now, and not by an empty page.
    Enrolment::only(&options.home, options.program.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.because(Kind::Unexpected, "start the page")?.block_on(run(options))
}

async fn run(options: Options) -> Outcome {
    let taken = "listen on this machine";
    let listener =
        tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.because(Kind::Storage, taken)?;
    let address = listener.local_addr().because(Kind::Unexpected, taken)?;
    let (guard, url, root) = guard::Guard::new(address);
    output::show(options.json, &Link { url: url.clone() }, |link| link.url.clone());
    output::talk("Open this link in a browser on this machine. It works once. Ctrl-C closes the page.");
    if options.open {
        opened::browse(&options.home, &url)?;
    }
    let used = options.open.then(opened::Used::default);
    let desk = Desk(Arc::new(Inside { options, root: root.clone(), held: Mutex::default() }));
    tokio::spawn(desk.clone().let_go_when_idle());
    // Another room's routes are merged here.
    let rooms = Router::new().merge(look::routes()).merge(pictures::routes()).merge(act::routes());
    let rooms = rooms.merge(live::routes());
    let routes = Router::new().nest(&root, rooms).fallback(look::nowhere).with_state(desk);
    let routes = opened::noting(guard::around(routes, guard), used.as_ref());
    axum::serve(listener, routes)
        .with_graceful_shutdown(opened::end(used))
        .await
        .because(Kind::Unexpected, "serve the page")
}
