//! The contributor's page: everything that a person can do with their recordings, in a browser on their own machine.
//!
//! It listens on loopback, on a port that the system chooses, for as long as the command runs. A link that works once lets one browser in.
//! Pages are made here and hold no script but one, which fills the numbers of a mask when somebody draws it.

mod act;
mod guard;
mod look;
mod shown;

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::client::Client;
use super::enrolment::Enrolment;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::home::Home;
use crate::output;

/// Whose page.
pub(crate) struct Options {
    pub(crate) home: Home,
    /// First digits of the program's name.
    pub(crate) program: Option<String>,
    /// Address of the server, for a release and a withdrawal.
    pub(crate) server: String,
    /// Print the link as JSON.
    pub(crate) json: bool,
}

/// What every route works with. Recordings are opened for each request, so that other commands can work beside the page.
#[derive(Clone)]
struct Desk(Arc<Options>);

impl Desk {
    /// Does something that waits for the disk or the server.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Enrolment, &Self) -> Outcome<T> + Send + 'static,
    ) -> Result<T, Told> {
        let desk = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let enrolment = Enrolment::only(&desk.0.home, desk.0.program.as_deref())?;
            work(&enrolment, &desk)
        });
        done.await.because(Kind::Unexpected, "work on the page").and_then(|done| done).map_err(Told)
    }

    fn client(&self) -> Outcome<Client> {
        Client::to(&self.0.server)
    }
}

/// A failure, as a page.
struct Told(Failure);

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        look::failed(&self.0)
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
    runtime.because(Kind::Unexpected, "start the page")?.block_on(run(Desk(Arc::new(options))))
}

async fn run(desk: Desk) -> Outcome {
    let taken = "listen on this machine";
    let listener =
        tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.because(Kind::Storage, taken)?;
    let address = listener.local_addr().because(Kind::Unexpected, taken)?;
    let (guard, url) = guard::Guard::new(address);
    output::show(desk.0.json, &Link { url }, |link| link.url.clone());
    output::talk("Open this link in a browser on this machine. It works once. Ctrl-C closes the page.");
    let routes = Router::new().merge(look::routes()).merge(act::routes()).with_state(desk);
    axum::serve(listener, guard::around(routes, guard))
        .with_graceful_shutdown(async { drop(tokio::signal::ctrl_c().await) })
        .await
        .because(Kind::Unexpected, "serve the page")
}
