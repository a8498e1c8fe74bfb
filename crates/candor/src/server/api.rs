//! The routes that agents and commands use. Specification: `docs/formats/http.md`.
//!
//! Every act arrives as a signed envelope, and the vault judges it. No route lists or counts contributors (P7), and none
//! hands out a dataset but the answer to a recipient's signed request.

mod datasets;
mod leases;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use candor_consent::{Charter, Notice};
use candor_model::{Digest, Envelope, Statement};
use candor_vault::Vault;
use data_encoding::BASE64;
use serde::de::DeserializeOwned;

use super::state::{App, Refused, checkpoint, program, programs};
use crate::ambient::{self, SystemEntropy};
use crate::api::{Admitted, Done, Erased, Program, Proposal, Proposed, Server, Used};

/// Where a withdrawal is sent, as every receipt says.
const WITHDRAW_AT: &str = "/api/v1/withdrawals";

/// The routes.
pub(crate) fn routes() -> Router<App> {
    let acts = Router::new()
        .route("/api/v1/programs", get(list_programs).post(propose))
        .route("/api/v1/sign-offs", post(sign_off))
        .route("/api/v1/acts", post(act))
        .route("/api/v1/consents", post(give_consent))
        .route("/api/v1/leases", post(leases::lease))
        .route("/api/v1/leases/next", post(leases::next))
        .route("/api/v1/withdrawals", post(withdraw))
        .route("/api/v1/questions", post(question))
        .route("/api/v1/datasets", get(datasets::list).post(datasets::compile));
    let reads = Router::new()
        .route("/api/v1/server", get(server))
        .route("/api/v1/programs/{program}/charter", get(charter))
        .route("/api/v1/programs/{program}/notice", get(notice))
        .route("/api/v1/programs/{program}/sign-offs", get(history))
        .route("/api/v1/programs/{program}/history", get(history))
        .route("/checkpoint", get(log_checkpoint))
        .route("/tile/{*path}", get(log_tile));
    Router::new().route("/api/v1/bundles", post(admit)).merge(acts).merge(reads)
}

type Answer<T> = Result<Json<T>, Refused>;

/// Reads a JSON body; what is not of its shape is refused without an echo of it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body)
        .map_err(|_| Refused::malformed("the request is not of the shape that is asked for"))
}

fn envelope(body: &[u8]) -> Result<Envelope, Refused> {
    Envelope::parse(body).map_err(|error| Refused::malformed(&error.to_string()))
}

async fn server(State(app): State<App>) -> Answer<Server> {
    app.with(|vault| {
        let log = vault.log_verifier().map_err(|error| Refused::by(error.code(), &error))?;
        Ok(Json(Server {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            organisation: vault.organisation(),
            log,
            erasure_pending: !pending(vault)?.is_empty(),
        }))
    })
    .await
}

fn pending(vault: &Vault) -> Result<Vec<candor_vault::PendingErasure>, Refused> {
    vault.pending_erasures().map_err(|error| Refused::by(error.code(), &error))
}

/// Goes on with the erasures that are not finished.
pub(crate) fn retry_erasures(vault: &mut Vault) -> Result<(), Refused> {
    if pending(vault)?.is_empty() {
        return Ok(());
    }
    let finished = vault.finish_erasures(ambient::now(), &mut SystemEntropy);
    finished.map_err(|error| Refused::by(error.code(), &error))
}

async fn list_programs(State(app): State<App>) -> Answer<Vec<Program>> {
    app.with(|vault| programs(vault).map(Json)).await
}

async fn propose(State(app): State<App>, body: Bytes) -> Answer<Program> {
    let proposal: Proposal = read(&body)?;
    by_a_signer(&proposal)?;
    let mut documents = Vec::new();
    for document in proposal.documents {
        let bytes = BASE64.decode(document.base64.as_bytes());
        documents.push((document.kind, bytes.map_err(|_| Refused::malformed("a document is not base64"))?));
    }
    app.with(move |vault| {
        let view = vault.propose(proposal.charter.as_bytes(), &documents, ambient::now(), &mut SystemEntropy);
        Ok(Json(program(&view.map_err(|error| Refused::by(error.code(), &error))?)))
    })
    .await
}

/// A program is proposed by one of the four who would sign it: nobody else can fill the list.
fn by_a_signer(proposal: &Proposal) -> Result<(), Refused> {
    let charter = Charter::parse(proposal.charter.as_bytes())
        .map_err(|error| Refused::by("charter_invalid", &error))?;
    let says_so = |key| {
        let said = Statement::<Proposed>::verify(&proposal.proposed, key);
        said.is_ok_and(|said| said.subject_digest() == Some(charter.digest()))
    };
    if charter.signers().iter().any(|signer| says_so(&signer.key)) {
        return Ok(());
    }
    Err(Refused::forbidden(
        "proposal_refused",
        "the proposal is not signed by a signer that the charter names",
    ))
}

async fn sign_off(State(app): State<App>, body: Bytes) -> Answer<Done> {
    let (envelope, news) = (envelope(&body)?, app.news().clone());
    app.with(move |vault| {
        let done = vault.sign_off(&envelope, ambient::now(), &mut SystemEntropy);
        let done = done.map_err(|error| Refused::by(error.code(), &error))?;
        // Here, and not when it is answered: it is done also for who does not wait for the answer.
        news.act();
        Ok(Json(Done { leaf: done.leaf, state: done.state.to_owned() }))
    })
    .await
}

async fn act(State(app): State<App>, body: Bytes) -> Answer<Done> {
    let (envelope, news) = (envelope(&body)?, app.news().clone());
    app.with(move |vault| {
        let done = vault.act(&envelope, ambient::now(), &mut SystemEntropy);
        let done = done.map_err(|error| Refused::by(error.code(), &error))?;
        // Here, and not when it is answered: it is done also for who does not wait for the answer.
        news.act();
        Ok(Json(Done { leaf: done.leaf, state: done.state.to_owned() }))
    })
    .await
}

async fn give_consent(State(app): State<App>, body: Bytes) -> Answer<candor_consent::Receipt> {
    let envelope = envelope(&body)?;
    app.with(move |vault| {
        let granted = vault.grant(&envelope, WITHDRAW_AT, ambient::now(), &mut SystemEntropy);
        Ok(Json(granted.map_err(|error| Refused::by(error.code(), &error))?.receipt))
    })
    .await
}

async fn admit(State(app): State<App>, body: Bytes) -> Answer<Admitted> {
    let received = app.received(body).await?;
    app.with(move |vault| {
        let admitted = vault.admit_received(&received, ambient::now(), &mut SystemEntropy);
        let admitted = admitted.map_err(|error| Refused::by(error.code(), &error))?;
        Ok(Json(Admitted {
            admission: admitted.admission().clone(),
            leaf: admitted.leaf(),
            proof: admitted.proof().clone(),
            steps: admitted.steps(),
        }))
    })
    .await
}

async fn withdraw(State(app): State<App>, body: Bytes) -> Answer<Erased> {
    let envelope = envelope(&body)?;
    app.with(move |vault| {
        let erased = vault.withdraw(&envelope, ambient::now(), &mut SystemEntropy);
        let erased = erased.map_err(|error| Refused::by(error.code(), &error))?;
        Ok(Json(Erased {
            sessions: erased.sessions.len() as u64,
            flagged: erased.flagged,
            leaf: erased.leaf,
            proof: erased.proof,
            erasure: erased.erasure,
        }))
    })
    .await
}

/// What became of one session, for the key that released it and nobody else (P7).
async fn question(State(app): State<App>, body: Bytes) -> Answer<Vec<Used>> {
    let envelope = envelope(&body)?;
    app.with(move |vault| {
        let uses = vault.uses(&envelope, ambient::now());
        let uses = uses.map_err(|error| Refused::by(error.code(), &error))?;
        let told = |known: candor_vault::Exported| Used {
            export: known.export,
            leaf: known.leaf,
            proof: known.proof,
        };
        Ok(Json(uses.into_iter().map(told).collect()))
    })
    .await
}

fn named(program: &str) -> Result<Digest, Refused> {
    program.parse().map_err(|_| Refused::malformed("a program is named by 64 hexadecimal digits"))
}

async fn charter(State(app): State<App>, Path(program): Path<String>) -> Result<Response, Refused> {
    let digest = named(&program)?;
    app.with(move |vault| Ok(plain(with_charter(vault, &digest, |charter| charter.text().to_owned())?))).await
}

async fn notice(State(app): State<App>, Path(program): Path<String>) -> Result<Response, Refused> {
    let digest = named(&program)?;
    app.with(move |vault| Ok(plain(with_charter(vault, &digest, |charter| Notice::of(charter).text)?))).await
}

fn with_charter<T>(vault: &Vault, digest: &Digest, read: impl FnOnce(&Charter) -> T) -> Result<T, Refused> {
    vault.charter(digest).map(read).ok_or_else(|| Refused::nothing("there is no such program"))
}

fn plain(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Every sign-off and act of a program, as signed: whoever asks can work out the state alone.
async fn history(State(app): State<App>, Path(program): Path<String>) -> Answer<Vec<Envelope>> {
    let digest = named(&program)?;
    app.with(move |vault| {
        Ok(Json(vault.history(&digest).map_err(|error| Refused::by(error.code(), &error))?))
    })
    .await
}

async fn log_checkpoint(State(app): State<App>) -> Result<Response, Refused> {
    app.with(|vault| Ok(plain(checkpoint(vault)?))).await
}

async fn log_tile(State(app): State<App>, Path(path): Path<String>) -> Result<Response, Refused> {
    app.with(move |vault| {
        let bytes =
            vault.read_log(&format!("tile/{path}")).map_err(|error| Refused::by(error.code(), &error))?;
        let bytes = bytes.ok_or_else(|| Refused::nothing("the log has no such tile"))?;
        Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
    })
    .await
}
