//! "Forget the last minutes": a wish that is written down before anything is deleted, and struck out when all of it is.
//!
//! Who carries it out is whoever has the journal: the recorder while it records, else the command itself; and the next that opens the journal,
//! if a crash came between. So a deletion that was asked for is never half (P16).

use candor_journal::{Journal, SessionError, State, StateError};
use candor_model::{Entropy, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

use super::board::Board;
use super::enrolment::Enrolment;
use crate::ambient::{self, Stopwatch, SystemEntropy};
use crate::exit::{Because, Failure, Kind, Outcome};

/// Longest time in minutes that is asked for at once: a day.
pub(crate) const MINUTES_MAX: u32 = 24 * 60;
/// How long a recorder is waited for, in seconds, and how long each look rests, in milliseconds.
const WAIT_SECONDS_MAX: f64 = 20.0;
const REST_MS: u64 = 50;

/// What the person asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Tells it from others.
    pub(crate) id: String,
    /// From when on.
    pub(crate) since: Timestamp,
    /// When it was asked.
    pub(crate) until: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    /// The wish.
    pub(crate) id: String,
    /// Steps that are gone.
    pub(crate) steps: u64,
    /// Bytes that are gone.
    pub(crate) bytes: u64,
    /// Recordings that are gone whole.
    pub(crate) recordings: u64,
    /// Recordings of that time that were looked at already, and are as they were.
    pub(crate) looked_at: Vec<String>,
    /// Recordings of that time that were released already.
    pub(crate) released: Vec<String>,
}

impl Forgotten {
    /// In lines, for people.
    pub(crate) fn in_words(&self, minutes: u32) -> Vec<String> {
        let mut lines = vec![format!(
            "forgotten, for good: the last {minutes} minutes, {} steps, {}, {} whole recordings",
            self.steps,
            crate::output::bytes(self.bytes),
            self.recordings
        )];
        lines.extend(self.looked_at.iter().map(|session| {
            format!(
                "recording {session} was looked at already and is as it was: drop its steps, or delete it"
            )
        }));
        lines.extend(self.released.iter().map(|session| {
            format!("recording {session} was released already: `candor withdraw` destroys its keys")
        }));
        lines
    }

    /// Adds what was forgotten of one recording.
    pub(crate) fn add(&mut self, of: &candor_journal::Forgotten) {
        self.steps += of.steps;
        self.bytes += of.bytes;
        self.recordings += u64::from(of.whole);
    }
}

/// Carries out what is wished, if anything is.
pub(crate) fn if_wished(board: &Board, journal: &Journal) -> Outcome {
    board.wished()?.map_or(Ok(()), |wish| carry_out(board, journal, &wish, None).map(drop))
}

/// The wish to forget the last minutes.
pub(crate) fn wish(minutes: u32) -> Wish {
    let (until, id) = (ambient::now(), SessionId::random(&mut SystemEntropy as &mut dyn Entropy).to_string());
    Wish { id, since: until.plus_millis(-i64::from(minutes) * 60_000), until }
}

/// Forgets, and says what was forgotten. `open` opens the journal where no recorder has it.
pub(crate) fn forget(
    enrolment: &Enrolment,
    minutes: u32,
    open: impl Fn() -> Outcome<Journal>,
) -> Outcome<Forgotten> {
    if !(1..=MINUTES_MAX).contains(&minutes) {
        let message = format!("{minutes} minutes cannot be forgotten");
        return Err(Failure::new(Kind::Usage, message)
            .hint(format!("name 1 to {MINUTES_MAX}; older recordings are deleted at review")));
    }
    let (board, wish) = (Board::of(enrolment), wish(minutes));
    board.wish(&wish)?;
    let clock = Stopwatch::start();
    while clock.seconds() < WAIT_SECONDS_MAX {
        if !board.is_recording()? {
            if_wished(&board, &open()?)?;
        }
        if let Some(told) = board.forgotten(&wish.id)? {
            return Ok(told);
        }
        std::thread::sleep(std::time::Duration::from_millis(REST_MS));
    }
    Err(Failure::new(Kind::Storage, "the recorder has not answered; nothing is known to be forgotten yet")
        .hint("your wish is written down, and is carried out when the recorder goes on or ends"))
}

/// Carries out what was wished, in every recording but the one that is being made, of which `made` tells.
pub(crate) fn carry_out(
    board: &Board,
    journal: &Journal,
    wish: &Wish,
    made: Option<candor_journal::Forgotten>,
) -> Outcome<Forgotten> {
    let mut told = Forgotten { id: wish.id.clone(), ..Forgotten::default() };
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    for summary in sessions.iter().filter(|summary| made.is_none_or(|made| made.session != summary.session)) {
        one(journal, wish, summary.session, &summary.state, &mut told)?;
    }
    if let Some(made) = &made {
        told.add(made);
    }
    board.forgot(&told)?;
    Ok(told)
}

fn one(journal: &Journal, wish: &Wish, session: SessionId, state: &State, told: &mut Forgotten) -> Outcome {
    if matches!(state, State::Released { .. } | State::Releasing) {
        let summary = journal.session(session).because(Kind::Storage, "read the journal")?;
        if summary.ended.is_none_or(|ended| ended >= wish.since) {
            told.released.push(session.to_string());
        }
        return Ok(());
    }
    match journal.forget_since(session, wish.since, wish.until) {
        Ok(forgotten) => told.add(&forgotten),
        Err(SessionError::State { source: StateError::Marked, .. }) => {
            let summary = journal.session(session).because(Kind::Storage, "read the journal")?;
            if summary.ended.is_none_or(|ended| ended >= wish.since) {
                told.looked_at.push(session.to_string());
            }
        }
        Err(error) => return Err(error).because(Kind::Storage, "forget what was recorded"),
    }
    Ok(())
}
