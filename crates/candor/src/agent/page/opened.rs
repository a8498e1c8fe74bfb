//! The page when a menu opened it, and no terminal waits for its end: it starts the browser, and closes when nobody uses it any more.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use tokio::sync::Notify;

use crate::durable;
use crate::exit::{Because, Kind, Outcome};
use crate::home::Home;

/// What opens a file with the program of this desktop's choice.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
/// How long it stays without being used.
const UNUSED_MAX: Duration = Duration::from_mins(30);
const FILE: &str = "page.html";

/// Told of each use.
#[derive(Clone, Default)]
pub(super) struct Used(Arc<Notify>);

/// Opens the browser at the link. Everybody on this machine can read the words of a command, and the link works once: so the browser is sent
/// to a file that only this person can read, and the file leads to the link.
pub(super) fn browse(home: &Home, url: &str) -> Outcome {
    let file = home.path().join(FILE);
    let text = format!(
        "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={url}\"><title>Candor</title>\n"
    );
    durable::write_private(&file, text.as_bytes()).because(Kind::Storage, "write the way to your page")?;
    let mut opener = Command::new(OPENER);
    opener.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = opener.spawn().because(Kind::Usage, "open your browser")?;
    // Some openers stay for as long as the browser does.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}

/// Notes each request, where somebody waits for it.
pub(super) fn noting(routes: Router, used: Option<&Used>) -> Router {
    let Some(used) = used.cloned() else { return routes };
    routes.layer(middleware::from_fn(move |request: Request, next: Next| {
        used.0.notify_one();
        next.run(request)
    }))
}

/// Waits for the end: Ctrl-C, or nobody used what was opened.
pub(super) async fn end(used: Option<Used>) {
    let Some(used) = used else { return drop(tokio::signal::ctrl_c().await) };
    tokio::select! {
        ended = tokio::signal::ctrl_c() => drop(ended),
        () = used.is_left() => {}
    }
}

impl Used {
    async fn is_left(&self) {
        while tokio::time::timeout(UNUSED_MAX, self.0.notified()).await.is_ok() {}
    }
}
