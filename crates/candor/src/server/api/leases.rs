//! Leases: the word whether recording may go on, at once or when it changes.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use candor_consent::Lease;
use candor_model::{Digest, Envelope, Statement};
use tokio::time::Instant;

use super::{Answer, read};
use crate::ambient;
use crate::api::LeaseRequest;
use crate::server::state::{App, Refused};

/// Longest time that a lease is held back: less than a recorder waits for an answer.
const HELD: Duration = Duration::from_secs(6);

/// A lease, at once.
pub(super) async fn lease(State(app): State<App>, body: Bytes) -> Answer<Envelope> {
    let request: LeaseRequest = read(&body)?;
    signed(&app, request.program).await.map(Json)
}

/// A lease as soon as the program does not run, and a fresh one after six seconds if it does. A recorder that waits for this hears of a
/// halt at once, and asks an eighth as often.
pub(super) async fn next(State(app): State<App>, body: Bytes) -> Answer<Envelope> {
    let request: LeaseRequest = read(&body)?;
    // Before the first look: nothing that is done meanwhile is missed.
    let mut acts = app.acts().waits();
    let until = Instant::now() + HELD;
    loop {
        let lease = signed(&app, request.program).await?;
        if says_stop(&lease) || Instant::now() >= until || !acts.goes_on() {
            return Ok(Json(lease));
        }
        let _waited = tokio::time::timeout_at(until, acts.next()).await;
    }
}

async fn signed(app: &App, program: Digest) -> Result<Envelope, Refused> {
    let lease = move |vault: &mut candor_vault::Vault| {
        vault.lease(&program, ambient::now()).map_err(|error| Refused::by(error.code(), &error))
    };
    app.with(lease).await
}

fn says_stop(lease: &Envelope) -> bool {
    Statement::<Lease>::peek(lease).is_ok_and(|said| !said.predicate.state_ok)
}
