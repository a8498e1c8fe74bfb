//! The gate's view of the world on this device: what the law needs to know before anything is looked at.

use std::collections::BTreeSet;
use std::path::PathBuf;

use candor_consent::{Context, Lease, Permit, ProgramState, Reason, Refusal, Used, Verified, World, decide};
use candor_model::{Digest, Envelope, Timestamp};

use super::client::Client;
use super::enrolment::Enrolment;
use crate::ambient;
use crate::api::LeaseRequest;
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

const LATEST_KNOWN: &str = "latest-known";
/// File whose presence pauses this program on this device, for as long as the person likes.
const PAUSED: &str = "paused";
/// A lease is renewed when less than this is left of it, in milliseconds.
const RENEW_BEFORE_MS: i64 = 10_000;

/// Judges contexts, one at a time, with a live lease.
pub(crate) struct Gate<'a> {
    enrolment: &'a Enrolment,
    client: &'a Client,
    state: ProgramState,
    lease: Verified<Lease>,
    used: Used,
    latest_known: Timestamp,
}

impl<'a> Gate<'a> {
    /// Asks the server for the program's signed history and a lease, and checks both here.
    pub(crate) fn open(enrolment: &'a Enrolment, client: &'a Client, used: Used) -> Outcome<Self> {
        let latest_known = latest_known(&latest_known_path(enrolment))?;
        let now = ambient::now();
        let state = state(enrolment, client, now)?;
        // No window has to be looked at to know that the answer is no.
        let went_back = (now < latest_known).then_some(Reason::ClockWentBack);
        if let Some(reason) = went_back.or_else(|| state.refuses_capture(now)) {
            return Err(Failure::new(Kind::Refused, reason.sentence()).hint("nothing was looked at"));
        }
        let lease = lease(enrolment, client)?;
        Ok(Self { enrolment, client, state, lease, used, latest_known })
    }

    /// May this be captured, at this moment? Renews the lease first when it is about to run out.
    pub(crate) fn judge(&mut self, context: &Context<'_>) -> Outcome<Result<Permit, Refusal>> {
        let now = ambient::now();
        if self.lease.expires_at.as_millis() - now.as_millis() < RENEW_BEFORE_MS {
            self.state = state(self.enrolment, self.client, now)?;
            let renewed = lease(self.enrolment, self.client)?;
            if renewed.sequence < self.lease.sequence {
                // Somebody plays an old lease again.
                return Err(Failure::new(
                    Kind::Refused,
                    "the server sent an older permission than it sent before",
                ));
            }
            self.lease = renewed;
        }
        Ok(decide(&self.world(), context, now))
    }

    /// Counts what was kept against the day's budget.
    pub(crate) fn count(&mut self, bytes: u64) {
        self.used.bytes_today = self.used.bytes_today.saturating_add(bytes);
    }

    /// Remembers the time, so that a clock that is set back is seen.
    pub(crate) fn remember_time(&self) -> Outcome {
        let known = self.latest_known.max(ambient::now()).to_string();
        durable::write_private(&latest_known_path(self.enrolment), known.as_bytes())
            .because(Kind::Storage, "remember the time")
    }

    fn world(&self) -> World<'_> {
        World {
            charter: self.enrolment.charter(),
            state: &self.state,
            consent: Some(self.enrolment.consent()),
            withdrawn: self.enrolment.withdrawn(),
            lease: Some(&self.lease),
            // What cannot be looked at counts as a yes.
            paused: self.enrolment.folder().join(PAUSED).try_exists().unwrap_or(true),
            used: self.used,
            latest_known: self.latest_known,
        }
    }
}

/// The program's state, made on this device from signed statements alone.
fn state(enrolment: &Enrolment, client: &Client, now: Timestamp) -> Outcome<ProgramState> {
    let charter = enrolment.charter();
    let history: Vec<Envelope> = client.get(&format!("/api/v1/programs/{}/history", charter.digest()))?;
    // Whether the documents are there was for the signers to see before they signed.
    let held: BTreeSet<Digest> = charter.documents().iter().map(|document| document.digest).collect();
    ProgramState::replay(charter, enrolment.organisation(), &held, &history, now)
        .because(Kind::BadInput, "work out the program's state")
}

fn lease(enrolment: &Enrolment, client: &Client) -> Outcome<Verified<Lease>> {
    let request = LeaseRequest { program: enrolment.charter().digest() };
    let envelope: Envelope = client.post("/api/v1/leases", &request)?;
    Lease::verify(&envelope, enrolment.charter(), enrolment.organisation())
        .because(Kind::BadInput, "check the lease")
}

fn latest_known_path(enrolment: &Enrolment) -> PathBuf {
    enrolment.folder().join(LATEST_KNOWN)
}

fn latest_known(path: &std::path::Path) -> Outcome<Timestamp> {
    match std::fs::read_to_string(path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            Failure::new(Kind::BadInput, format!("{} is damaged", path.display())).hint(
                "nothing is collected until it can be read; delete it if you know that the clock is right",
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Timestamp::from_millis(0)),
        Err(error) => Err(error).because(Kind::Storage, "read the latest known time"),
    }
}
