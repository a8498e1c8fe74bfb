//! What a person can do on the page. After each act the browser is sent back to look at what came of it.

use std::ops::RangeInclusive;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::post;
use candor_journal::Journal;
use candor_model::{Rect, SessionId};
use serde::Deserialize;

use super::{Desk, Told, look};
use crate::agent::{release, road, steps, withdraw};
use crate::ambient;
use crate::exit::{Because, Failure, Kind, Outcome};

/// The acts' routes.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/recording/{session}/mask", post(mask))
        .route("/recording/{session}/drop", post(drop_steps))
        .route("/recording/{session}/restore", post(restore_steps))
        .route("/recording/{session}/discard", post(discard))
        .route("/recording/{session}/reviewed", post(reviewed))
        .route("/recording/{session}/release", post(release))
        .route("/withdraw", post(withdraw))
}

/// A region of the screen, in one step or in all.
#[derive(Deserialize)]
struct Mask {
    step: u32,
    #[serde(default)]
    everywhere: Option<String>,
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Steps from one to another, both included.
#[derive(Deserialize)]
struct Range {
    from: u32,
    to: u32,
}

#[derive(Deserialize)]
struct Agreed {
    #[serde(default)]
    yes: Option<String>,
}

/// Changes a recording.
async fn change(desk: &Desk, change: impl FnOnce(&Journal) -> Outcome + Send + 'static) -> Result<(), Told> {
    desk.with(move |enrolment, _| change(&road::journal(enrolment)?)).await
}

fn to_recording(session: SessionId) -> Redirect {
    Redirect::to(&format!("/recording/{session}"))
}

async fn mask(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<Mask>,
) -> Result<Redirect, Told> {
    let Mask { step, everywhere, x, y, width, height } = form;
    let (region, only) = (Rect { x, y, width, height }, everywhere.is_none().then_some(step));
    change(&desk, move |journal| {
        journal.mask(session, only, region).because(Kind::Refused, "mask the region")
    })
    .await?;
    Ok(Redirect::to(&format!("/recording/{session}/{step}")))
}

async fn drop_steps(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(range): Form<Range>,
) -> Result<Redirect, Told> {
    change(&desk, move |journal| {
        range_of(journal, session, &range)?
            .try_for_each(|step| journal.drop_step(session, step).because(Kind::Refused, "drop the step"))
    })
    .await?;
    Ok(to_recording(session))
}

async fn restore_steps(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(range): Form<Range>,
) -> Result<Redirect, Told> {
    change(&desk, move |journal| {
        range_of(journal, session, &range)?.try_for_each(|step| {
            journal.restore_step(session, step).because(Kind::Refused, "take the step back in")
        })
    })
    .await?;
    Ok(to_recording(session))
}

/// The steps of a range, if all of it is there: nothing is changed in part.
fn range_of(journal: &Journal, session: SessionId, range: &Range) -> Outcome<RangeInclusive<u32>> {
    if range.from > range.to {
        let message = format!("step {} is behind step {}", range.from, range.to);
        return Err(
            Failure::new(Kind::Usage, message).hint("write the earlier one first; nothing was changed")
        );
    }
    steps::require(journal, session, &[range.to])?;
    Ok(range.from..=range.to)
}

async fn discard(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Redirect, Told> {
    change(&desk, move |journal| journal.discard(session).because(Kind::Refused, "delete the recording"))
        .await?;
    Ok(Redirect::to("/"))
}

async fn reviewed(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Redirect, Told> {
    change(&desk, move |journal| {
        journal
            .mark_reviewed(session, ambient::now())
            .because(Kind::Refused, "mark the recording as looked at")
    })
    .await?;
    Ok(Redirect::to(&format!("/recording/{session}/release")))
}

async fn release(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(agreed): Form<Agreed>,
) -> Result<Response, Told> {
    if agreed.yes.is_none() {
        let failure = Failure::new(Kind::Refused, "you did not tick that this recording may leave");
        return Err(Told(failure.hint("nothing has left; go back and tick it, or delete the recording")));
    }
    let left =
        desk.with(move |enrolment, desk| release::release(enrolment, &desk.client()?, session)).await?;
    Ok(look::left(&left))
}

async fn withdraw(State(desk): State<Desk>) -> Result<Response, Told> {
    let gone = desk.with(|enrolment, desk| withdraw::withdraw(enrolment, desk.client())).await?;
    Ok(look::withdrawn(&gone))
}
