//! What a person sees on the page.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use candor_journal::{Journal, ReviewStep};
use candor_model::SessionId;

use super::shown::{Front, Recording, Release, Say, Withdraw, found, one, timeline};
use super::{Desk, Told};
use crate::agent::enrolment::Enrolment;
use crate::agent::release::Left;
use crate::agent::road;
use crate::agent::withdraw::Withdrawn;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// The pages' routes.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(front))
        .route("/recording/{session}", get(recording))
        .route("/recording/{session}/release", get(release))
        .route("/recording/{session}/{step}", get(step))
        .route("/recording/{session}/{step}/frame.png", get(frame))
        .route("/withdraw", get(withdraw))
        .route("/style.css", get(style))
        .route("/mask.js", get(script))
        .fallback(nowhere)
}

async fn front(State(desk): State<Desk>) -> Result<Response, Told> {
    let page = desk.with(|enrolment, _| {
        let mut sessions = road::journal(enrolment)?.sessions().because(Kind::Storage, "read the journal")?;
        sessions.sort_by_key(|summary| std::cmp::Reverse(summary.started));
        let recordings = sessions.iter().map(Recording::of).collect();
        Ok(Front { enrolment: enrolment.summary(), withdrawn: enrolment.withdrawn(), recordings })
    });
    Ok(rendered(page.await?.render()))
}

async fn recording(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Response, Told> {
    let page = desk.with(move |enrolment, _| timeline(&road::journal(enrolment)?, session));
    Ok(rendered(page.await?.render()))
}

fn viewed(enrolment: &Enrolment, session: SessionId, number: u32) -> Outcome<(Journal, ReviewStep)> {
    let journal = road::journal(enrolment)?;
    let step = journal.view_step(session, number).because(Kind::BadInput, "open the step")?;
    Ok((journal, step))
}

async fn step(
    State(desk): State<Desk>,
    Path((session, number)): Path<(SessionId, u32)>,
) -> Result<Response, Told> {
    let page = desk.with(move |enrolment, _| {
        let (journal, step) = viewed(enrolment, session, number)?;
        let kept = journal.kept(session).because(Kind::BadInput, "open the recording")?;
        Ok(one(&found(&journal, session)?, &kept, &step))
    });
    Ok(rendered(page.await?.render()))
}

async fn frame(
    State(desk): State<Desk>,
    Path((session, number)): Path<(SessionId, u32)>,
) -> Result<Response, Told> {
    let frame = desk.with(move |enrolment, _| {
        let (_, step) = viewed(enrolment, session, number)?;
        step.content.frame.ok_or_else(|| Failure::new(Kind::BadInput, "the step has no picture"))
    });
    Ok(([(header::CONTENT_TYPE, "image/png")], frame.await?).into_response())
}

async fn release(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Response, Told> {
    let page = desk.with(move |enrolment, desk| {
        let recording = Recording::of(&found(&road::journal(enrolment)?, session)?);
        let organisation = enrolment.organisation().to_string();
        Ok(Release { recording, enrolment: enrolment.summary(), server: desk.0.server.clone(), organisation })
    });
    Ok(rendered(page.await?.render()))
}

async fn withdraw(State(desk): State<Desk>) -> Result<Response, Told> {
    let page = desk.with(|enrolment, _| Ok(Withdraw { enrolment: enrolment.summary() }));
    Ok(rendered(page.await?.render()))
}

/// What has left.
pub(super) fn left(left: &Left) -> Response {
    let (steps, size) = (left.bundle.contents().manifest.steps.len(), output::bytes(left.bytes));
    let lines = vec![
        format!("{steps} steps, {size}. It stands in the log as leaf {}.", left.leaf),
        format!("Its name is {}.", left.bundle.manifest_digest()),
        "The server's receipt is kept on this machine. You can withdraw at any time: then the keys are destroyed.".to_owned(),
    ];
    rendered(Say { title: "Released", lines }.render())
}

/// What is gone.
pub(super) fn withdrawn(gone: &Withdrawn) -> Response {
    let (here, there) = (gone.discarded, gone.erased.sessions);
    let lines = vec![
        format!(
            "Recordings deleted from this machine: {here}. Released recordings whose keys are destroyed: {there}."
        ),
        format!("Datasets that are flagged because of it: {}.", gone.erased.flagged.len()),
        format!("The proof is kept on this machine. It stands in the log as leaf {}.", gone.erased.leaf),
    ];
    rendered(Say { title: "Withdrawn", lines }.render())
}

/// A failure in words, with what can be done.
pub(super) fn failed(failure: &Failure) -> Response {
    let lines = failure.to_string().lines().map(str::to_owned).collect();
    let page = rendered(Say { title: "This was not done", lines }.render());
    (StatusCode::CONFLICT, page).into_response()
}

async fn style() -> Response {
    let style = concat!(include_str!("../../../assets/style.css"), include_str!("../../../assets/page.css"));
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style).into_response()
}

async fn script() -> Response {
    let script = include_str!("../../../assets/mask.js");
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response()
}

async fn nowhere() -> Response {
    let lines = vec!["There is no such page here.".to_owned()];
    (StatusCode::NOT_FOUND, rendered(Say { title: "Nothing here", lines }.render())).into_response()
}

fn rendered(page: Result<String, askama::Error>) -> Response {
    page.map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), |page| Html(page).into_response())
}
