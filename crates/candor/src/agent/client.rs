//! The device's side of HTTP: to a server on loopback, with limits, and with refusals passed on as they were said.

use std::io::Read;
use std::time::Duration;

use candor_model::{Envelope, bundle};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::{self, CompileRequest, Problem};
use crate::exit::{Failure, Kind, Outcome};

/// Longest wait for a connection, in seconds.
const CONNECT_SECONDS_MAX: u64 = 5;
/// Longest wait for an answer, in seconds: a compile takes its time.
const ANSWER_SECONDS_MAX: u64 = 600;
/// Longest wait for the server's word while it records, in seconds: it holds a lease back for six.
const HURRIED_SECONDS_MAX: u64 = 10;
/// Largest JSON answer in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest archive in bytes.
const ARCHIVE_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;

/// A connection to one server.
pub(crate) struct Client {
    server: String,
    http: ureq::Agent,
}

impl Client {
    /// Names the server. Without TLS nothing leaves this machine, so only loopback is taken.
    pub(crate) fn to(server: &str) -> Outcome<Self> {
        Self::within(server, ANSWER_SECONDS_MAX)
    }

    /// Another connection to the same server, that waits for no answer longer than a recorder may.
    pub(crate) fn hurried(&self) -> Outcome<Self> {
        Self::within(&self.server, HURRIED_SECONDS_MAX)
    }

    fn within(server: &str, seconds_max: u64) -> Outcome<Self> {
        let server = server.trim_end_matches('/').to_owned();
        if !is_loopback(&server) {
            let message =
                format!("{server} is not on this machine, and this version speaks HTTP without encryption");
            return Err(Failure::new(Kind::Usage, message)
                .hint("use http://127.0.0.1:PORT, or a tunnel of your own that ends on loopback"));
        }
        // Each part has its end, but for looking the name up, which is of this machine: one that must end costs a thread at each question.
        let wait = Some(Duration::from_secs(seconds_max));
        let http = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
            .timeout_send_request(wait)
            .timeout_send_body(wait)
            .timeout_recv_response(wait)
            .timeout_recv_body(wait)
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        Ok(Self { server, http })
    }

    /// Asks for a JSON document.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        let answer = self.http.get(format!("{}{path}", self.server)).call();
        self.json(answer)
    }

    /// Asks for a text.
    pub(crate) fn get_text(&self, path: &str) -> Outcome<String> {
        let answer = self.http.get(format!("{}{path}", self.server)).call();
        let mut reader =
            self.accepted(answer)?.into_body().into_with_config().limit(ANSWER_BYTES_MAX).reader();
        let mut text = String::new();
        reader.read_to_string(&mut text).map_err(|error| self.broken(&error.to_string()))?;
        Ok(text)
    }

    /// Sends a JSON document.
    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Outcome<T> {
        let answer = self.http.post(format!("{}{path}", self.server)).send_json(body);
        self.json(answer)
    }

    /// Sends a signed act.
    pub(crate) fn act<T: DeserializeOwned>(&self, path: &str, envelope: &Envelope) -> Outcome<T> {
        self.send(path, &envelope.to_bytes())
    }

    /// Sends a released bundle.
    pub(crate) fn release(&self, bytes: &[u8]) -> Outcome<api::Admitted> {
        if bytes.len() as u64 > bundle::BUNDLE_BYTES_MAX {
            let message = format!("the session is larger than {} bytes", bundle::BUNDLE_BYTES_MAX);
            return Err(Failure::new(Kind::BadInput, message).hint("drop steps at review and release again"));
        }
        self.send("/api/v1/bundles", bytes)
    }

    /// Sends a JSON document and reads an archive.
    pub(crate) fn post_for_archive(&self, path: &str, body: &CompileRequest) -> Outcome<impl Read + use<>> {
        let answer = self.http.post(format!("{}{path}", self.server)).send_json(body);
        Ok(self.accepted(answer)?.into_body().into_with_config().limit(ARCHIVE_BYTES_MAX).reader())
    }

    fn send<T: DeserializeOwned>(&self, path: &str, bytes: &[u8]) -> Outcome<T> {
        let answer = self.http.post(format!("{}{path}", self.server)).send(bytes);
        self.json(answer)
    }

    fn json<T: DeserializeOwned>(&self, answer: Answer) -> Outcome<T> {
        let mut reader =
            self.accepted(answer)?.into_body().into_with_config().limit(ANSWER_BYTES_MAX).reader();
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| self.broken(&error.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| self.broken(&error.to_string()))
    }

    fn accepted(&self, answer: Answer) -> Outcome<ureq::http::Response<ureq::Body>> {
        let response = answer.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let mut reader = response.into_body().into_with_config().limit(ANSWER_BYTES_MAX).reader();
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| self.broken(&error.to_string()))?;
        Err(match serde_json::from_slice::<Problem>(&bytes) {
            Ok(problem) => Failure::new(kind_of(status), problem.message),
            Err(_) => self.broken(&format!("status {status}")),
        })
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        Failure::new(Kind::Unreachable, format!("no answer from {}: {error}", self.server))
            .hint("start it with `candor serve`, or name another with --server")
    }

    fn broken(&self, cause: &str) -> Failure {
        Failure::new(
            Kind::Unreachable,
            format!("{} answers, but not as a Candor server does: {cause}", self.server),
        )
    }
}

type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn kind_of(status: u16) -> Kind {
    match status {
        400 | 404 | 409 | 413 | 422 => Kind::BadInput,
        401 | 403 | 410 | 451 => Kind::Refused,
        507 => Kind::Storage,
        _ => Kind::Unreachable,
    }
}

fn is_loopback(server: &str) -> bool {
    let Some(rest) = server.strip_prefix("http://") else { return false };
    let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_this_machine_is_spoken_to_without_encryption() {
        for near in ["http://127.0.0.1:7878", "http://localhost", "http://[::1]:7878"] {
            assert!(is_loopback(near), "{near}");
        }
        for far in
            ["http://10.0.0.1:7878", "https://127.0.0.1", "http://127.0.0.1.example.org", "ftp://localhost"]
        {
            assert!(!is_loopback(far), "{far}");
        }
    }
}
