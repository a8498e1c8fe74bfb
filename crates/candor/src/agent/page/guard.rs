//! Who may see the page: one browser, which came by the link.
//!
//! Other programs on this machine and other pages in the same browser reach the port too. They do not have the cookie; a page elsewhere that
//! points its own name here (DNS rebinding) has another host, and one that sends a form here has another origin.
//!
//! Browsers send a cookie to every port of a host. So this one belongs to a path that nobody can guess and no page elsewhere is told (referrers
//! stay at home): another server on this machine that the same browser visits is not sent it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use candor_model::{Digest, Entropy};

use crate::ambient::SystemEntropy;

/// Largest form in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;
const COOKIE: &str = "candor_page";
/// Digits of the path that all pages are below.
const ROOT_DIGITS: usize = 32;

/// What every answer says to the browser: nothing from elsewhere, no frame, no copy.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The secrets are compared by their digests: how long that takes says nothing of them.
pub(super) struct Guard {
    host: String,
    link: Digest,
    link_used: AtomicBool,
    cookie: Digest,
    /// Handed out once.
    cookie_text: String,
    /// What the cookie is for.
    root: String,
}

impl Guard {
    /// A guard, the link that it opens to, and the path that all pages are below.
    pub(super) fn new(address: SocketAddr) -> (Arc<Self>, String, String) {
        let (link, cookie_text) = (secret(), secret());
        let root: String = std::iter::once('/').chain(secret().chars().take(ROOT_DIGITS)).collect();
        let (host, url) = (address.to_string(), format!("http://{address}/enter/{link}"));
        let (link, cookie) = (Digest::of(link.as_bytes()), Digest::of(cookie_text.as_bytes()));
        let link_used = AtomicBool::new(false);
        let guard = Self { host, link, link_used, cookie, cookie_text, root: root.clone() };
        (Arc::new(guard), url, root)
    }

    fn names_this_page(&self, request: &Request) -> bool {
        text(request, &header::HOST) == Some(&self.host)
    }

    /// A form must come from this page. Browsers say where one comes from.
    fn is_from_this_page(&self, request: &Request) -> bool {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let origin = text(request, &header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        reads || origin == Some(&self.host)
    }

    fn knows(&self, request: &Request) -> bool {
        let cookies = text(request, &header::COOKIE).unwrap_or_default().split(';');
        let mut values = cookies.filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        values.any(|value| Digest::of(value.as_bytes()) == self.cookie)
    }

    fn enter(&self, link: &str, from_elsewhere: bool) -> Response {
        let fits = Digest::of(link.as_bytes()) == self.link;
        if !fits || self.link_used.swap(true, Ordering::SeqCst) {
            return closed("This link was used, or is of another page. Run candor page again for a new one.");
        }
        let (value, root) = (&self.cookie_text, &self.root);
        let cookie = format!("{COOKIE}={value}; Path={root}; HttpOnly; SameSite=Strict");
        if from_elsewhere {
            // From the file that opened the browser: the cookie goes only with what begins on this page.
            return ([(header::SET_COOKIE, cookie), (header::REFRESH, format!("0; url={root}"))], "")
                .into_response();
        }
        ([(header::SET_COOKIE, cookie)], Redirect::to(root)).into_response()
    }
}

/// Whether the browser says that another page, or a file, led here.
fn comes_from_elsewhere(request: &Request) -> bool {
    let site = request.headers().get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| site != "none" && site != "same-origin")
}

fn secret() -> String {
    data_encoding::HEXLOWER.encode(&SystemEntropy.bytes_32())
}

fn text<'a>(request: &'a Request, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn closed(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}

/// Puts the guard around the routes.
pub(super) fn around(routes: Router, guard: Arc<Guard>) -> Router {
    routes.layer(DefaultBodyLimit::max(FORM_BYTES_MAX)).layer(middleware::from_fn_with_state(guard, check))
}

async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = if !guard.names_this_page(&request) {
        closed("This page answers to its own address only.")
    } else if let Some(link) = request.uri().path().strip_prefix("/enter/") {
        guard.enter(link, comes_from_elsewhere(&request))
    } else if !guard.knows(&request) {
        closed("Open this page with the link that candor page printed.")
    } else if !guard.is_from_this_page(&request) {
        closed("This came from another page. Nothing was done.")
    } else {
        next.run(request).await
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
