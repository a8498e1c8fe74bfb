//! What stands around every route: who may ask, how much, how long, and what is said of it in the log.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use candor_model::bundle;
use tokio::sync::Semaphore;

use super::state::App;

/// Most requests at work at one moment; the others wait for their turn until their deadline.
const REQUESTS_IN_FLIGHT_MAX: usize = 64;
/// Longest time that a request may take, in seconds.
const REQUEST_SECONDS_MAX: u64 = 600;
/// Largest body in bytes: a bundle.
const BODY_BYTES_MAX: u64 = bundle::BUNDLE_BYTES_MAX;

/// What every answer says to a browser: nothing from elsewhere, no script, no frame, no copy.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

static IN_FLIGHT: Semaphore = Semaphore::const_new(REQUESTS_IN_FLIGHT_MAX);

/// Puts the guard around the routes.
pub(crate) fn around(routes: Router<App>) -> Router<App> {
    let limit = usize::try_from(BODY_BYTES_MAX).unwrap_or(usize::MAX);
    routes.layer(DefaultBodyLimit::max(limit)).layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = if names_this_machine(&request) { answer(request, next).await } else { foreign() };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    // The pattern of the route, never the path: a path can hold a name.
    let route = route.as_deref().unwrap_or("none");
    tracing::info!(target: "candor", %method, route, status = response.status().as_u16(), ms, "request");
    with_headers(response)
}

async fn answer(request: Request, next: Next) -> Response {
    let deadline = Duration::from_secs(REQUEST_SECONDS_MAX);
    let work = async {
        let _turn = IN_FLIGHT.acquire().await;
        next.run(request).await
    };
    tokio::time::timeout(deadline, work)
        .await
        .unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// A page elsewhere that points a name of its own at loopback (DNS rebinding) is not answered.
fn names_this_machine(request: &Request) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn foreign() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, "this server answers to its own address only\n").into_response()
}

fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
