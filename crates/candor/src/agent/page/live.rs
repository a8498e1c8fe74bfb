//! "Recording now": what the recorder does at this moment, and what a person can do about it. The page itself is never recorded, whatever a charter
//! names.

use askama::Template;
use axum::Router;
use axum::extract::{Form, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::front::Say;
use super::{Desk, Told};
use crate::agent::board::Board;
use crate::agent::enrolment::Enrolment;
use crate::agent::forget;
use crate::agent::live::status::{self, Status};
use crate::agent::not_here::{self, NotHere};
use crate::exit::{Because, Kind, Outcome};

/// The routes of this room.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/live", get(look))
        .route("/live/pause", post(pause))
        .route("/live/resume", post(resume))
        .route("/live/stop", post(stop))
        .route("/live/forget", post(forget_minutes))
        .route("/live/not-here", post(set_not_here))
}

#[derive(Template)]
#[template(path = "page/live.html")]
struct Live {
    root: String,
    status: Status,
    lines: Vec<String>,
    chosen: Vec<App>,
    minutes_max: u32,
}

/// An application that the person agreed to.
struct App {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Minutes {
    minutes: u32,
}

#[derive(Deserialize)]
struct Which {
    app: String,
    #[serde(default)]
    not_here: Option<String>,
}

async fn look(State(page): State<Desk>) -> Result<Response, Told> {
    let shown = page.with(|enrolment, page| {
        let status = Status::of(enrolment)?;
        // The first line is the sentence above.
        let lines = status::in_words(&status).lines().skip(1).map(str::to_owned).collect();
        let root = page.root();
        let live = Live { root, lines, status, chosen: chosen(enrolment), minutes_max: forget::MINUTES_MAX };
        live.render().because(Kind::Unexpected, "make the page")
    });
    Ok(Html(shown.await?).into_response())
}

fn chosen(enrolment: &Enrolment) -> Vec<App> {
    let apps = enrolment.charter().scope().apps().iter();
    let covered = apps.filter(|app| enrolment.consent().covers_app(&app.id));
    covered.map(|app| App { id: app.id.to_string(), title: app.title.clone() }).collect()
}

/// Does something, and shows what is on then.
async fn then_look(
    page: &Desk,
    act: impl FnOnce(&Enrolment) -> Outcome + Send + 'static,
) -> Result<Redirect, Told> {
    page.with(move |enrolment, _| act(enrolment)).await?;
    Ok(Redirect::to(&format!("{}/live", page.root())))
}

async fn pause(State(page): State<Desk>) -> Result<Redirect, Told> {
    then_look(&page, |enrolment| enrolment.pause(true)).await
}

async fn resume(State(page): State<Desk>) -> Result<Redirect, Told> {
    then_look(&page, |enrolment| enrolment.pause(false)).await
}

async fn stop(State(page): State<Desk>) -> Result<Redirect, Told> {
    then_look(&page, |enrolment| {
        let board = Board::of(enrolment);
        if board.is_recording()? {
            board.stop()?;
            board.waits_for_the_end()?;
        }
        Ok(())
    })
    .await
}

async fn forget_minutes(State(page): State<Desk>, Form(form): Form<Minutes>) -> Result<Response, Told> {
    let shown = page.with(move |enrolment, page| {
        let told = forget::forget(enrolment, form.minutes, || page.journal(enrolment))?;
        let say = Say { root: page.root(), title: "Forgotten", lines: told.in_words(form.minutes) };
        say.render().because(Kind::Unexpected, "make the page")
    });
    Ok(Html(shown.await?).into_response())
}

async fn set_not_here(State(page): State<Desk>, Form(form): Form<Which>) -> Result<Redirect, Told> {
    then_look(&page, move |enrolment| {
        let app = not_here::meant(enrolment.charter(), &form.app)?;
        NotHere::of(enrolment).set(&app, form.not_here.is_some()).map(drop)
    })
    .await
}
