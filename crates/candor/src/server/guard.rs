//! What stands around every route: who may ask, how much, how long, and what is said of it in the log.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use candor_model::bundle;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::state::{App, Refused};

/// Longest time that a request may take once it is read, in seconds.
const REQUEST_SECONDS_MAX: u64 = 600;
/// Longest time without a byte of a body, in seconds.
const BODY_IDLE_SECONDS_MAX: u64 = 5;
/// Longest time for a body, in seconds.
const BODY_SECONDS_MAX: u64 = 120;
/// Largest body of a signed act or a lease, in bytes.
const ACT_BYTES_MAX: usize = 1024 * 1024;
/// Largest body of a question for the next lease, in bytes: it is a digest.
const LEASE_BYTES_MAX: usize = 4 * 1024;
/// Largest body of a proposal or a dataset request, in bytes.
const DOCUMENTS_BYTES_MAX: usize = 48 * 1024 * 1024;

/// What a request may cost. Each kind has turns of its own, so that none of them keeps an act from the vault.
struct Cost {
    turns: &'static Semaphore,
    body_bytes_max: usize,
    /// Its body is large: it is read in its turn, and not before.
    large: bool,
    /// It waits for its turn; another one is sent away where there is none.
    patient: bool,
}

/// Bundles that are read or admitted at one moment: each may take its bytes of memory.
static BUNDLES: Semaphore = Semaphore::const_new(2);
/// Proposals and dataset requests at one moment.
static DOCUMENTS: Semaphore = Semaphore::const_new(4);
/// Halts, withdrawals, consents, sign-offs and leases at one moment. Their bodies are read before their turn.
static ACTS: Semaphore = Semaphore::const_new(32);
/// Leases that are held back at one moment, half as many as a process usually may have files open: who is sent away asks for a lease at once instead.
static HELD_LEASES: Semaphore = Semaphore::const_new(512);
/// Pages and other reads at one moment.
static READS: Semaphore = Semaphore::const_new(32);

impl Cost {
    fn of(method: &Method, route: Option<&str>) -> Self {
        match (method == Method::POST, route) {
            (true, Some("/api/v1/bundles")) => {
                let body_bytes_max = usize::try_from(bundle::BUNDLE_BYTES_MAX).unwrap_or(usize::MAX);
                Self { turns: &BUNDLES, body_bytes_max, large: true, patient: true }
            }
            (true, Some("/api/v1/programs" | "/api/v1/datasets")) => {
                Self { turns: &DOCUMENTS, body_bytes_max: DOCUMENTS_BYTES_MAX, large: true, patient: true }
            }
            (true, Some("/api/v1/leases/next")) => {
                Self { turns: &HELD_LEASES, body_bytes_max: LEASE_BYTES_MAX, large: false, patient: false }
            }
            (true, _) => Self { turns: &ACTS, body_bytes_max: ACT_BYTES_MAX, large: false, patient: true },
            (false, _) => Self { turns: &READS, body_bytes_max: 0, large: false, patient: true },
        }
    }

    /// A turn of its kind.
    async fn turn(&self) -> Result<SemaphorePermit<'static>, Refused> {
        let full = || Refused::unread(StatusCode::SERVICE_UNAVAILABLE, "too many wait already");
        if self.patient {
            self.turns.acquire().await.map_err(|_| full())
        } else {
            self.turns.try_acquire().map_err(|_| full())
        }
    }
}

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

/// Puts the guard around the routes. It reads the bodies, so no route sets a limit of its own.
pub(crate) fn around(routes: Router<App>) -> Router<App> {
    routes.layer(DefaultBodyLimit::disable()).layer(middleware::from_fn(guard))
}

async fn guard(request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let cost = Cost::of(&method, route.as_deref());
    let response = if names_this_machine(&request) { answer(request, next, &cost).await } else { foreign() };
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    // The pattern of the route, never the path: a path can hold a name.
    let route = route.as_deref().unwrap_or("none");
    tracing::info!(target: "candor", %method, route, status = response.status().as_u16(), ms, "request");
    with_headers(response)
}

/// A small body is read before its turn, a large one in it: who sends slowly holds up their own kind at most.
async fn answer(request: Request, next: Next, cost: &Cost) -> Response {
    let work = async {
        if cost.large {
            let _turn = cost.turn().await?;
            Ok(next.run(whole(request, cost.body_bytes_max).await?).await)
        } else {
            let request = whole(request, cost.body_bytes_max).await?;
            let _turn = cost.turn().await?;
            Ok(next.run(request).await)
        }
    };
    match tokio::time::timeout(Duration::from_secs(REQUEST_SECONDS_MAX), work).await {
        Ok(Ok(response)) => response,
        Ok(Err(refused)) => Refused::into_response(refused),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The request with its body read, within the limits of size and time.
async fn whole(request: Request, bytes_max: usize) -> Result<Request, Refused> {
    let (parts, body) = request.into_parts();
    let slow = |_| Refused::unread(StatusCode::REQUEST_TIMEOUT, "the body came too slowly");
    let deadline = Duration::from_secs(BODY_SECONDS_MAX);
    let bytes = tokio::time::timeout(deadline, read(body, bytes_max)).await.map_err(slow)??;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn read(mut body: Body, bytes_max: usize) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let idle = Duration::from_secs(BODY_IDLE_SECONDS_MAX);
    let slow = |_| Refused::unread(StatusCode::REQUEST_TIMEOUT, "the body came too slowly");
    loop {
        let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
        let Some(frame) = tokio::time::timeout(idle, frame).await.map_err(slow)? else { return Ok(bytes) };
        let frame = frame.map_err(|_| Refused::malformed("the body was cut off"))?;
        // Trailers say nothing here.
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > bytes_max.saturating_sub(bytes.len()) {
            let message = format!("the body is larger than {bytes_max} bytes");
            return Err(Refused::unread(StatusCode::PAYLOAD_TOO_LARGE, &message));
        }
        bytes.extend_from_slice(&data);
    }
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
