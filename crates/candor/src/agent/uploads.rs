//! What was sent from this person's folder, counted before it is sent, and how much may be within an hour.
//!
//! ```text
//! HOME/uploaded.json      bytes in all, and each sending of the last hour
//! HOME/uploaded.lock      locked while that file is read and written
//! ```
//!
//! A crash between the count and the sending counts what was not sent: the budget is never exceeded for it.

use std::fs::{File, OpenOptions};

use candor_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::enrolment::Enrolment;
use super::live::budget::Limits;
use super::network::{self, Network};
use crate::ambient;
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::home::Home;
use crate::output;

const FILE: &str = "uploaded.json";
const LOCK: &str = "uploaded.lock";
const HOUR_MS: i64 = 3_600_000;
const MIB: u64 = 1024 * 1024;

/// One sending.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    at: Timestamp,
    bytes: u64,
}

/// What was sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    bytes: u64,
    last_hour: Vec<Sent>,
}

impl Count {
    fn of(home: &Home, now: Timestamp) -> Outcome<Self> {
        let path = home.path().join(FILE);
        let mut count: Self = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                Failure::new(Kind::BadInput, format!("{} is damaged", path.display()))
                    .hint("nothing is sent until it can be read; delete it to begin the count anew")
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error).because(Kind::Storage, "read what was sent"),
        };
        // A clock that was set back keeps what it finds in the future.
        count.last_hour.retain(|sent| now.as_millis() - sent.at.as_millis() < HOUR_MS);
        Ok(count)
    }

    fn in_last_hour(&self) -> u64 {
        self.last_hour.iter().fold(0, |sum, sent| sum.saturating_add(sent.bytes))
    }

    /// In how many milliseconds so much more may be sent; none for never.
    fn fits_in_ms(&self, bytes: u64, max: u64, now: Timestamp) -> Option<i64> {
        if bytes > max {
            return None;
        }
        let mut used = self.in_last_hour();
        let mut wait_ms = 0;
        for sent in &self.last_hour {
            if used.saturating_add(bytes) <= max {
                break;
            }
            used = used.saturating_sub(sent.bytes);
            wait_ms = (sent.at.as_millis() + HOUR_MS - now.as_millis()).max(wait_ms);
        }
        Some(wait_ms)
    }
}

/// What is known and allowed, for the status.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Uploads {
    /// What the network is.
    pub(crate) network: Network,
    /// Whether a release over a metered network needs no word of its own.
    pub(crate) when_metered: bool,
    pub(crate) bytes: u64,
    pub(crate) last_hour_bytes: u64,
    pub(crate) last_hour_bytes_max: u64,
}

impl Uploads {
    /// Looks.
    pub(crate) fn of(enrolment: &Enrolment) -> Outcome<Self> {
        let (limits, count) = (Limits::of(enrolment)?, Count::of(&enrolment.home(), ambient::now())?);
        Ok(Self {
            network: network::now(),
            when_metered: limits.upload_when_metered,
            bytes: count.bytes,
            last_hour_bytes: count.in_last_hour(),
            last_hour_bytes_max: hour_max(&limits),
        })
    }

    /// Whether a release has to be asked for once more because of the network.
    pub(crate) fn needs_a_word(&self) -> bool {
        self.network == Network::Metered && !self.when_metered
    }

    /// In lines, for people.
    pub(crate) fn in_words(&self) -> Vec<String> {
        let metered = if self.needs_a_word() { "; a release asks once more" } else { "" };
        vec![
            format!("network: {}{metered}", self.network.words()),
            format!(
                "sent: {} in the last hour of {}, {} in all",
                output::bytes(self.last_hour_bytes),
                output::bytes(self.last_hour_bytes_max),
                output::bytes(self.bytes)
            ),
        ]
    }
}

fn hour_max(limits: &Limits) -> u64 {
    u64::from(limits.uploaded_mib_per_hour_max) * MIB
}

/// Whether so much may be sent now, over this network; `metered` is the person's word that it may cost them. Nothing is counted.
pub(crate) fn may_send(home: &Home, limits: &Limits, bytes: u64, metered: bool) -> Outcome {
    if !metered && !limits.upload_when_metered && network::now() == Network::Metered {
        let message = format!("this network is metered, and {} would be sent over it", output::bytes(bytes));
        return Err(Failure::new(Kind::Refused, message).hint(
            "nothing has left; release it on another network, or say so: --metered, or its own tick on the page",
        ));
    }
    let now = ambient::now();
    fits(&Count::of(home, now)?, limits, bytes, now)
}

/// Counts what is about to be sent, if the hour's budget has room for it. It is durable when this returns.
pub(crate) fn count(home: &Home, limits: &Limits, bytes: u64) -> Outcome {
    let (_held, now) = (lock(home)?, ambient::now());
    let mut count = Count::of(home, now)?;
    fits(&count, limits, bytes, now)?;
    count.bytes = count.bytes.saturating_add(bytes);
    count.last_hour.push(Sent { at: now, bytes });
    let text = serde_json::to_vec(&count).because(Kind::Unexpected, "write JSON")?;
    // Before this line nothing is counted, after it all of it.
    durable::write_private(&home.path().join(FILE), &text).because(Kind::Storage, "count what is sent")
}

/// In how many seconds so much may be sent; none for never.
pub(crate) fn seconds_until(home: &Home, limits: &Limits, bytes: u64) -> Outcome<Option<u64>> {
    let now = ambient::now();
    let wait_ms = Count::of(home, now)?.fits_in_ms(bytes, hour_max(limits), now);
    Ok(wait_ms.map(|ms| u64::try_from(ms).unwrap_or(0).div_ceil(1000)))
}

fn fits(count: &Count, limits: &Limits, bytes: u64, now: Timestamp) -> Outcome {
    let (max, size) = (hour_max(limits), output::bytes(bytes));
    let used = output::bytes(count.in_last_hour());
    match count.fits_in_ms(bytes, max, now) {
        Some(0) => Ok(()),
        Some(ms) => {
            let message =
                format!("{used} of the {} of an hour are sent, and this is {size}", output::bytes(max));
            let minutes = u64::try_from(ms).unwrap_or(0).div_ceil(60_000);
            Err(Failure::new(Kind::Refused, message).hint(format!(
                "nothing is lost: it can leave in {minutes} min; --wait waits for that, budget.toml or the charter sets the limit"
            )))
        }
        None => {
            let message = format!("this is {size}, and {} may be sent in an hour", output::bytes(max));
            Err(Failure::new(Kind::Refused, message)
                .hint("drop steps at review; uploaded_mib_per_hour_max of budget.toml or of the charter sets the limit"))
        }
    }
}

fn lock(home: &Home) -> Outcome<File> {
    durable::make_private_folder(home.path()).because(Kind::Storage, "make your folder")?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(home.path().join(LOCK));
    let file = file.because(Kind::Storage, "open the lock of what was sent")?;
    file.lock().because(Kind::Storage, "lock what was sent")?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    #[test]
    fn what_does_not_fit_into_the_hour_fits_when_enough_of_it_is_an_hour_ago() {
        let last_hour = [(0, 40), (10, 40), (50, 20)].map(|(at_min, bytes)| Sent { at: at(at_min), bytes });
        let count = Count { bytes: 100, last_hour: last_hour.into() };
        assert_eq!(count.fits_in_ms(0, 100, at(55)), Some(0));
        assert_eq!(count.fits_in_ms(40, 100, at(55)), Some(5 * 60_000));
        assert_eq!(count.fits_in_ms(41, 100, at(55)), Some(15 * 60_000));
        assert_eq!(count.fits_in_ms(100, 100, at(55)), Some(55 * 60_000));
        assert_eq!(count.fits_in_ms(101, 100, at(55)), None);
    }

    #[test]
    fn what_is_sent_is_counted_once_stays_counted_and_is_never_over_the_hour() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned());
        let limits = Limits { uploaded_mib_per_hour_max: 1, ..Limits::default() };
        count(&home, &limits, MIB / 2).unwrap();
        count(&home, &limits, MIB / 2).unwrap();
        let failure = count(&home, &limits, 1).unwrap_err();
        assert!(failure.to_string().contains("of an hour are sent"), "{failure}");
        let counted = Count::of(&home, ambient::now()).unwrap();
        assert_eq!((counted.bytes, counted.in_last_hour()), (MIB, MIB));
        durable::write_private(&folder.path().join(FILE), b"{").unwrap();
        assert!(count(&home, &limits, 1).is_err(), "a count that cannot be read sends nothing");
    }
}
