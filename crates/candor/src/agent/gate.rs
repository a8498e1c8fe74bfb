//! The gate's view of the world on this device: what the law needs to know before anything is looked at.

use std::collections::BTreeSet;
use std::path::PathBuf;

use candor_consent::{Context, Lease, Permit, ProgramState, Reason, Refusal, Used, Verified, World, decide};
use candor_model::{Digest, Envelope, Timestamp};

use super::client::Client;
use super::enrolment::Enrolment;
use super::not_here::NotHere;
use super::pulse::Heard;
use crate::ambient;
use crate::api::LeaseRequest;
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

const LATEST_KNOWN: &str = "latest-known";
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
    not_here: NotHere,
    /// The last history that the server sent could not be worked out: then nothing is captured (P2).
    unreadable: bool,
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
        let not_here = NotHere::of(enrolment);
        Ok(Self { enrolment, client, state, lease, used, latest_known, not_here, unreadable: false })
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
        Ok(self.decided(context, now))
    }

    fn decided(&self, context: &Context<'_>, now: Timestamp) -> Result<Permit, Refusal> {
        let permit = decide(&self.world(), context, now)?;
        let reason = if self.unreadable {
            Reason::ProgramNotRunning
        } else if self.not_here.names(permit.app()) {
            Reason::NotHere
        } else {
            return Ok(permit);
        };
        Err(Refusal { reasons: vec![reason] })
    }

    /// Why nothing may be captured at this moment, whatever is in front of the person.
    pub(crate) fn refuses_all(&self) -> Vec<Reason> {
        let nothing = Context { window_class: "", site: None, private: false, locked: false };
        let Err(refusal) = self.decided(&nothing, ambient::now()) else { return Vec::new() };
        refusal.reasons.into_iter().filter(|reason| !is_of_the_window(reason)).collect()
    }

    /// Takes what the server said. True if it was a lease of this program: a word that does not verify is no word.
    pub(crate) fn hear(&mut self, heard: Heard) -> bool {
        match heard {
            Heard::Lease(envelope) => self.hear_lease(&envelope),
            Heard::History(history) => {
                let charter = self.enrolment.charter();
                match replayed(self.enrolment, &history, ambient::now()) {
                    Ok(state) if state.charter() == charter.digest() => {
                        (self.state, self.unreadable) = (state, false);
                    }
                    Ok(_) | Err(_) => self.unreadable = true,
                }
                false
            }
        }
    }

    /// A lease that says stop counts at once. Another one counts when its time has come by this clock, which may be behind the server's;
    /// until then the one before it does.
    fn hear_lease(&mut self, envelope: &Envelope) -> bool {
        let lease = Lease::verify(envelope, self.enrolment.charter(), self.enrolment.organisation());
        let Some(lease) = lease.ok().filter(|lease| lease.sequence >= self.lease.sequence) else {
            return false;
        };
        if !lease.state_ok || lease.issued_at <= ambient::now() {
            self.lease = lease;
        }
        true
    }

    /// Until when the server permits recording, unless it says stop.
    pub(crate) fn permitted_until(&self) -> Timestamp {
        self.lease.expires_at
    }

    /// Bytes kept today, and how many the charter lets a device keep.
    pub(crate) fn bytes_today(&self) -> (u64, u64) {
        (self.used.bytes_today, self.enrolment.charter().scope().budgets().bytes_per_day)
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
            paused: self.enrolment.paused(),
            used: self.used,
            latest_known: self.latest_known,
        }
    }
}

/// The program's state, made on this device from signed statements alone.
fn state(enrolment: &Enrolment, client: &Client, now: Timestamp) -> Outcome<ProgramState> {
    let charter = enrolment.charter();
    let history: Vec<Envelope> = client.get(&format!("/api/v1/programs/{}/history", charter.digest()))?;
    replayed(enrolment, &history, now)
}

fn replayed(enrolment: &Enrolment, history: &[Envelope], now: Timestamp) -> Outcome<ProgramState> {
    let charter = enrolment.charter();
    // Whether the documents are there was for the signers to see before they signed.
    let held: BTreeSet<Digest> = charter.documents().iter().map(|document| document.digest).collect();
    ProgramState::replay(charter, enrolment.organisation(), &held, history, now)
        .because(Kind::BadInput, "work out the program's state")
}

fn lease(enrolment: &Enrolment, client: &Client) -> Outcome<Verified<Lease>> {
    let request = LeaseRequest { program: enrolment.charter().digest() };
    let envelope: Envelope = client.post("/api/v1/leases", &request)?;
    Lease::verify(&envelope, enrolment.charter(), enrolment.organisation())
        .because(Kind::BadInput, "check the lease")
}

/// Whether a reason is about what is in front, and not about the program, the consent, the server or the device.
const fn is_of_the_window(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::PrivateWindow
            | Reason::ScreenLocked
            | Reason::AppNever
            | Reason::AppNotInCharter
            | Reason::AppNotInConsent
            | Reason::NotHere
            | Reason::UnknownSite
            | Reason::SiteNever
            | Reason::SiteNotInCharter
    )
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
