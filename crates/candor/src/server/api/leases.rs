//! Leases: the word whether recording may go on, at once or when it changes.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use candor_model::{Digest, Envelope};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{Answer, read};
use crate::ambient;
use crate::api::LeaseRequest;
use crate::server::state::{App, Refused};

/// Longest time that a lease is held back, in seconds: less than a recorder waits for an answer.
const HELD_SECONDS_MAX: u64 = 6;
/// Looks at the vault for leases that are held back, at one moment: an act wakes all of them.
static LOOKS: Semaphore = Semaphore::const_new(8);

/// A lease, at once.
pub(super) async fn lease(State(app): State<App>, body: Bytes) -> Answer<Envelope> {
    let request: LeaseRequest = read(&body)?;
    signed(&app, request.program).await.map(Json)
}

/// A lease as soon as an act stops the program, and after six seconds if none does. A recorder that waits for this hears of a halt at once, and
/// asks an eighth as often.
pub(super) async fn next(State(app): State<App>, body: Bytes) -> Answer<Envelope> {
    let request: LeaseRequest = read(&body)?;
    // What is held back is the answer, and not what was sent.
    drop(body);
    // Before the first look: nothing that is done meanwhile is missed.
    let mut news = app.news().hearing();
    let until = Instant::now() + Duration::from_secs(HELD_SECONDS_MAX);
    while news.goes_on() && Instant::now() < until && runs(&app, request.program).await? {
        let _waited = tokio::time::timeout_at(until, news.next()).await;
    }
    signed(&app, request.program).await.map(Json)
}

async fn runs(app: &App, program: Digest) -> Result<bool, Refused> {
    let _turn = LOOKS.acquire().await;
    let runs = move |vault: &mut candor_vault::Vault| {
        vault.runs(&program, ambient::now()).map_err(|error| Refused::by(error.code(), &error))
    };
    app.with(runs).await
}

async fn signed(app: &App, program: Digest) -> Result<Envelope, Refused> {
    let lease = move |vault: &mut candor_vault::Vault| {
        vault.lease(&program, ambient::now()).map_err(|error| Refused::by(error.code(), &error))
    };
    app.with(lease).await
}
