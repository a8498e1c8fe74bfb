//! The public pages: plain HTML, made on the server, without script.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::state::{App, Refused, programs};
use crate::api::Program;

/// The pages' routes.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(front)).route("/style.css", get(style)).fallback(nowhere)
}

#[derive(Template)]
#[template(path = "front.html")]
struct Front {
    programs: Vec<Program>,
    checkpoint: String,
    version: &'static str,
}

#[derive(Template)]
#[template(path = "nowhere.html")]
struct Nowhere;

async fn front(State(app): State<App>) -> Result<Response, Refused> {
    let (programs, checkpoint) =
        app.with(|vault| Ok((programs(vault)?, super::state::checkpoint(vault)?))).await?;
    let page = Front { programs, checkpoint, version: env!("CARGO_PKG_VERSION") };
    Ok(rendered(StatusCode::OK, page.render()))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../../assets/style.css"))
        .into_response()
}

async fn nowhere() -> Response {
    rendered(StatusCode::NOT_FOUND, Nowhere.render())
}

fn rendered(status: StatusCode, page: Result<String, askama::Error>) -> Response {
    match page {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
