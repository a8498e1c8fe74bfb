//! The server: one process on loopback, a vault behind a lock, HTTP in front.
//!
//! Every body has a limit, every request a deadline, and the number of requests at work is bounded (P17). Nothing that a
//! person typed, chose or signed is ever logged: a log line holds a method, the pattern of a route, a status and a time.

mod api;
#[cfg(feature = "demo")]
mod erased;
mod guard;
mod news;
mod pages;
mod root_key;
mod sends;
mod state;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use candor_vault::Vault;

#[cfg(feature = "demo")]
pub(crate) use erased::try_to_open_session;

use crate::ambient::{self, SystemEntropy};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};
use sends::Sends;
use state::App;

/// How often an erasure that failed is tried again, in seconds.
const ERASURE_RETRY_SECONDS: u64 = 5;

/// How the server runs.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    pub(crate) root_key: PathBuf,
    pub(crate) listen: String,
    pub(crate) address_file: Option<PathBuf>,
    pub(crate) log: String,
}

/// Runs the server until Ctrl-C or a termination signal.
pub(crate) fn serve(options: &Options) -> Outcome {
    start_logging(&options.log)?;
    let address = loopback(&options.listen)?;
    let sends = Sends::default();
    let vault = open_with(&options.dir, &options.root_key, stop_sends(&sends))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.because(Kind::Unexpected, "start the server")?.block_on(run(
        options,
        address,
        App::new(vault, sends),
    ))
}

async fn run(options: &Options, address: SocketAddr, app: App) -> Outcome {
    let taken = format!("listen on {address}");
    let listener = tokio::net::TcpListener::bind(address).await.because(Kind::Storage, &taken)?;
    let url = format!("http://{}", listener.local_addr().because(Kind::Unexpected, &taken)?);
    if let Some(file) = &options.address_file {
        durable::write_private(file, url.as_bytes()).because(Kind::Storage, "write the address file")?;
    }
    output::talk(&format!("candor serves {} at {url}", options.dir.display()));
    tokio::spawn(finish_erasures(app.clone()));
    let news = app.news().clone();
    let ended = async move {
        stop_signal().await;
        news.end();
    };
    let routes = guard::around(api::routes().merge(pages::routes())).with_state(app);
    axum::serve(listener, routes).with_graceful_shutdown(ended).await.because(Kind::Unexpected, "serve")
}

/// Tries again, from time to time, what a withdrawal could not finish (P11).
async fn finish_erasures(app: App) {
    let mut turns = tokio::time::interval(Duration::from_secs(ERASURE_RETRY_SECONDS));
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        // It is state, which `candor doctor` shows too; the log line is for whoever looks at the server.
        if app.with(api::retry_erasures).await.is_err() {
            tracing::error!(target: "candor", "a withdrawal could not be finished; it is tried again");
        }
    }
}

/// Stops what is being sent at the moment when a contributor's key is destroyed.
fn stop_sends(sends: &Sends) -> candor_vault::Hook {
    let sends = sends.clone();
    Arc::new(move |point| {
        if point == candor_vault::KEY_DESTROYED {
            sends.stop_all();
        }
    })
}

async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
        return;
    }
    // Without a handler the process still ends as the system ends it.
    let _ended = interrupted.await;
}

fn start_logging(level: &str) -> Outcome {
    let filter = tracing_subscriber::EnvFilter::try_new(format!("candor={level}"));
    let filter = filter.because(Kind::Usage, "read the log level")?;
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr);
    subscriber.try_init().map_err(|_| Failure::new(Kind::Unexpected, "logging was started twice"))
}

fn loopback(listen: &str) -> Outcome<SocketAddr> {
    let address: SocketAddr = listen.parse().map_err(|_| {
        Failure::new(Kind::Usage, format!("{listen} is not an address and a port"))
            .hint("for example 127.0.0.1:7878")
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(Failure::new(Kind::Usage, format!("{address} is not on loopback, and this version has no TLS"))
        .hint("listen on 127.0.0.1 and put a tunnel of your own before it"))
}

/// Opens the vault; the root key is made on first use, and never again for a folder that has keys.
#[cfg(feature = "demo")]
pub(crate) fn open_vault(dir: &Path, root_key: &Path) -> Outcome<Vault> {
    open_with(dir, root_key, Arc::new(|_| {}))
}

fn open_with(dir: &Path, root_key: &Path, hook: candor_vault::Hook) -> Outcome<Vault> {
    let key = root_key::make_or_read(root_key, &dir.join("meta.sqlite"))?;
    durable::make_private_folder(dir).because(Kind::Storage, "make the server's folder")?;
    let vault = Vault::open(dir, &key, "candor.local/log", hook, ambient::now(), &mut SystemEntropy)
        .map_err(|error| open_failure(dir, &error))?;
    match std::fs::remove_dir_all(vault.exports_folder()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).because(Kind::Storage, "delete a dataset that was being sent")
        }
        _ => Ok(vault),
    }
}

fn open_failure(dir: &Path, error: &candor_vault::OpenError) -> Failure {
    let message = format!("failed to open {}: {}", dir.display(), crate::exit::chain(error));
    if matches!(error, candor_vault::OpenError::InUse) {
        return Failure::new(Kind::Storage, message)
            .hint("another server uses this folder: stop it, or name another folder with --dir");
    }
    Failure::new(Kind::BadInput, message)
}
