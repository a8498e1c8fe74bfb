//! What a person can do on the page. After each act the browser is sent back to look at what came of it.

use std::ops::RangeInclusive;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use axum::routing::post;
use candor_journal::Journal;
use candor_model::{AppId, Digest, Outcome as Ended, Rect, SessionId};
use serde::Deserialize;

use super::{Desk, Told, look};
use crate::agent::{models, name, release, steps, withdraw};
use crate::ambient;
use crate::exit::{Because, Failure, Kind, Outcome};

/// The acts' routes.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/recording/{session}/task", post(task))
        .route("/recording/{session}/mask", post(mask_region))
        .route("/recording/{session}/word", post(mask_word))
        .route("/recording/{session}/app", post(mask_app))
        .route("/recording/{session}/unmask", post(unmask))
        .route("/recording/{session}/drop", post(drop_steps))
        .route("/recording/{session}/restore", post(restore_steps))
        .route("/recording/{session}/discard", post(discard))
        .route("/recording/{session}/reviewed", post(reviewed))
        .route("/recording/{session}/release", post(release))
        .route("/withdraw", post(withdraw))
}

/// What was done, in the person's words.
#[derive(Deserialize)]
struct Task {
    task: String,
    #[serde(default)]
    ended: String,
}

/// A region of the screen, in one step or in all.
#[derive(Deserialize)]
struct Region {
    step: u32,
    #[serde(default)]
    everywhere: Option<String>,
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

#[derive(Deserialize)]
struct Word {
    word: String,
}

#[derive(Deserialize)]
struct App {
    app: AppId,
}

#[derive(Deserialize)]
struct Mask {
    mask: u32,
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
    /// That it may cost them.
    #[serde(default)]
    metered: Option<String>,
    /// What the person was shown.
    digest: Digest,
}

/// Changes a recording, and sends the browser to where that is seen.
async fn change(
    desk: &Desk,
    seen_at: String,
    change: impl FnOnce(&Journal) -> Outcome + Send + 'static,
) -> Result<Redirect, Told> {
    desk.on_recordings(move |_, journal, _| change(journal)).await?;
    Ok(to(desk, &seen_at))
}

fn recording(session: SessionId) -> String {
    format!("/recording/{session}")
}

fn to(desk: &Desk, path: &str) -> Redirect {
    Redirect::to(&format!("{}{path}", desk.root()))
}

async fn task(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<Task>,
) -> Result<Redirect, Told> {
    let ended = match form.ended.as_str() {
        "done" => Some(Ended::Success),
        "not done" => Some(Ended::Failure),
        _ => None,
    };
    desk.on_recordings(move |enrolment, journal, desk| {
        let summary = journal.session(session).because(Kind::BadInput, "find the recording")?;
        // What stays as it is does not end a review.
        if form.task.trim() != summary.task.as_deref().unwrap_or_default() {
            let models = models::open(desk.0.options.models.as_deref())?;
            name::task(enrolment, journal, &models, session, &form.task)?;
        }
        if ended == summary.outcome {
            return Ok(());
        }
        journal.set_outcome(session, ended).because(Kind::Refused, "say how it ended")
    })
    .await?;
    Ok(to(&desk, &recording(session)))
}

async fn mask_region(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<Region>,
) -> Result<Redirect, Told> {
    let Region { step, everywhere, x, y, width, height } = form;
    let (region, only) = (Rect { x, y, width, height }, everywhere.is_none().then_some(step));
    change(&desk, format!("/recording/{session}/{step}"), move |journal| {
        journal.mask(session, only, region).because(Kind::Refused, "mask the region")
    })
    .await
}

async fn mask_word(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<Word>,
) -> Result<Redirect, Told> {
    change(&desk, recording(session), move |journal| {
        journal.mask_word(session, &form.word).because(Kind::Refused, "mask the word").map(drop)
    })
    .await
}

async fn mask_app(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<App>,
) -> Result<Redirect, Told> {
    change(&desk, recording(session), move |journal| {
        journal.mask_app(session, &form.app).because(Kind::Refused, "leave the app out").map(drop)
    })
    .await
}

async fn unmask(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(form): Form<Mask>,
) -> Result<Redirect, Told> {
    change(&desk, recording(session), move |journal| {
        journal.unmask(session, form.mask).because(Kind::Refused, "take the mask back")
    })
    .await
}

async fn drop_steps(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(range): Form<Range>,
) -> Result<Redirect, Told> {
    change(&desk, recording(session), move |journal| {
        range_of(journal, session, &range)?
            .try_for_each(|step| journal.drop_step(session, step).because(Kind::Refused, "drop the step"))
    })
    .await
}

async fn restore_steps(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(range): Form<Range>,
) -> Result<Redirect, Told> {
    change(&desk, recording(session), move |journal| {
        range_of(journal, session, &range)?.try_for_each(|step| {
            journal.restore_step(session, step).because(Kind::Refused, "take the step back in")
        })
    })
    .await
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
    change(&desk, String::new(), move |journal| {
        journal.discard(session).because(Kind::Refused, "delete the recording")
    })
    .await
}

async fn reviewed(State(desk): State<Desk>, Path(session): Path<SessionId>) -> Result<Redirect, Told> {
    change(&desk, format!("/recording/{session}/release"), move |journal| {
        journal
            .mark_reviewed(session, ambient::now())
            .because(Kind::Refused, "mark the recording as looked at")
    })
    .await
}

async fn release(
    State(desk): State<Desk>,
    Path(session): Path<SessionId>,
    Form(agreed): Form<Agreed>,
) -> Result<Redirect, Told> {
    if agreed.yes.is_none() {
        let failure = Failure::new(Kind::Refused, "you did not tick that this recording may leave");
        let hint = "nothing has left; go back and tick it, or delete the recording";
        return Err(desk.told(failure.hint(hint)));
    }
    desk.on_recordings(move |enrolment, journal, desk| {
        let (shown, metered) = (Some(agreed.digest), agreed.metered.is_some());
        release::release(enrolment, journal, &desk.client()?, session, shown, metered).map(drop)
    })
    .await?;
    Ok(to(&desk, &recording(session)))
}

async fn withdraw(State(desk): State<Desk>) -> Result<Response, Told> {
    let gone =
        desk.with(|enrolment, desk| withdraw::withdraw(enrolment, || desk.journal(enrolment), desk.client()));
    Ok(look::withdrawn(desk.root(), &gone.await?))
}
