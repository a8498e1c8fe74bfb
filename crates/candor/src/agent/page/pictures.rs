//! The pictures of a recording as they would leave, whole and small, and what the pages are drawn with.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use candor_journal::Journal;
use candor_model::{FrameBytes, SessionId};

use super::{Desk, Told};
use crate::exit::{Because, Failure, Kind, Outcome};

/// Widest small picture in pixels.
const SMALL_PIXELS_MAX: u32 = 320;

/// The pictures' routes.
pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/recording/{session}/{step}/frame.png", get(whole))
        .route("/recording/{session}/{step}/small.png", get(small))
        .route("/style.css", get(style))
        .route("/mask.js", get(mask))
        .route("/walk.js", get(walk))
}

fn frame(journal: &Journal, session: SessionId, number: u32) -> Outcome<FrameBytes> {
    let step = journal.view_step(session, number).because(Kind::BadInput, "open the step")?;
    step.content.frame.ok_or_else(|| Failure::new(Kind::BadInput, "the step has no picture"))
}

async fn whole(
    State(desk): State<Desk>,
    Path((session, number)): Path<(SessionId, u32)>,
) -> Result<Response, Told> {
    let picture = desk.on_recordings(move |_, journal, _| {
        let frame = frame(journal, session, number)?;
        candor_redact::picture_png(&frame).because(Kind::BadInput, "show the picture")
    });
    Ok(([(header::CONTENT_TYPE, "image/png")], picture.await?).into_response())
}

async fn small(
    State(desk): State<Desk>,
    Path((session, number)): Path<(SessionId, u32)>,
) -> Result<Response, Told> {
    let picture = desk.on_recordings(move |_, journal, _| {
        let frame = frame(journal, session, number)?;
        candor_redact::small_picture(&frame, SMALL_PIXELS_MAX)
            .because(Kind::BadInput, "make the picture small")
    });
    Ok(([(header::CONTENT_TYPE, "image/png")], picture.await?).into_response())
}

async fn style() -> Response {
    let style = concat!(include_str!("../../../assets/style.css"), include_str!("../../../assets/page.css"));
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style).into_response()
}

async fn mask() -> Response {
    script(include_str!("../../../assets/mask.js"))
}

async fn walk() -> Response {
    script(include_str!("../../../assets/walk.js"))
}

fn script(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response()
}
