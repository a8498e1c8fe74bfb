//! What a person sees on the page.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use candor_model::SessionId;

use super::front::{Front, Say};
use super::leaving::{Release, Withdraw};
use super::search::{Query as Asked, Search};
use super::step::One;
use super::timeline::Timeline;
use super::{Desk, Told};
use crate::agent::withdraw::Withdrawn;
use crate::exit::Failure;

/// The pages' routes.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(front))
        .route("/search", get(search))
        .route("/recording/{session}", get(recording))
        .route("/recording/{session}/release", get(release))
        .route("/recording/{session}/{step}", get(step))
        .route("/withdraw", get(withdraw))
        .fallback(nowhere)
}

async fn front(State(desk): State<Desk>) -> Result<Response, Told> {
    let page = desk
        .with(|enrolment, desk| Front::of(desk.root(), enrolment, desk.journal_if_free(enrolment)?.as_ref()));
    Ok(rendered(page.await?.render()))
}

async fn search(State(desk): State<Desk>, Query(asked): Query<Asked>) -> Result<Response, Told> {
    let page = desk.on_recordings(move |_, journal, desk| Search::of(desk.root(), journal, &asked));
    Ok(rendered(page.await?.render()))
}

async fn recording(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Response, Told> {
    let page =
        desk.on_recordings(move |enrolment, journal, desk| Timeline::of(enrolment, journal, desk, session));
    Ok(rendered(page.await?.render()))
}

async fn step(
    State(desk): State<Desk>,
    Path((session, number)): Path<(SessionId, u32)>,
) -> Result<Response, Told> {
    let page = desk.on_recordings(move |enrolment, journal, desk| {
        One::of(desk.root(), enrolment.charter(), journal, session, number)
    });
    Ok(rendered(page.await?.render()))
}

async fn release(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Response, Told> {
    let page =
        desk.on_recordings(move |enrolment, journal, desk| Release::of(enrolment, journal, desk, session));
    Ok(rendered(page.await?.render()))
}

async fn withdraw(State(desk): State<Desk>) -> Result<Response, Told> {
    let page =
        desk.with(|enrolment, desk| Ok(Withdraw { root: desk.root(), enrolment: enrolment.summary() }));
    Ok(rendered(page.await?.render()))
}

/// What is gone.
pub(super) fn withdrawn(root: String, gone: &Withdrawn) -> Response {
    let (here, there) = (gone.discarded, gone.erased.sessions);
    let lines = vec![
        format!(
            "Recordings deleted from this machine: {here}. Released recordings whose keys are destroyed: {there}."
        ),
        format!("Datasets that are flagged because of it: {}.", gone.erased.flagged.len()),
        format!("The proof is kept on this machine. It stands in the log as leaf {}.", gone.erased.leaf),
    ];
    rendered(Say { root, title: "Withdrawn", lines }.render())
}

/// A failure in words, with what can be done.
pub(super) fn failed(root: String, failure: &Failure) -> Response {
    let lines = failure.to_string().lines().map(str::to_owned).collect();
    let page = rendered(Say { root, title: "This was not done", lines }.render());
    (StatusCode::CONFLICT, page).into_response()
}

pub(super) async fn nowhere(State(desk): State<Desk>) -> Response {
    let lines = vec!["There is no such page here.".to_owned()];
    let page = Say { root: desk.root(), title: "Nothing here", lines };
    (StatusCode::NOT_FOUND, rendered(page.render())).into_response()
}

fn rendered(page: Result<String, askama::Error>) -> Response {
    page.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |page| Html(page).into_response())
}
