//! The first page, and what all pages say of a recording.

use askama::Template;
use candor_journal::{Journal, SessionSummary, State as Progress};
use candor_model::{Outcome as Ended, SessionId, Timestamp};

use crate::agent::enrolment::{Enrolment, Summary};
use crate::agent::words;
use crate::ambient;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// What a recording is, in words.
pub(super) struct Recording {
    pub(super) session: String,
    /// The task, or when it was recorded.
    pub(super) name: String,
    pub(super) task: String,
    pub(super) started: String,
    pub(super) state: &'static str,
    pub(super) ended: &'static str,
    pub(super) steps: usize,
    pub(super) dropped: usize,
    pub(super) size: String,
    /// How long until it deletes itself.
    pub(super) left: String,
    pub(super) released: bool,
    pub(super) looked_at: bool,
    pub(super) taken_out: Vec<(&'static str, u64)>,
}

impl Recording {
    pub(super) fn of(summary: &SessionSummary) -> Self {
        let (now, started) = (ambient::now(), words::when(summary.started));
        let task = summary.task.clone().unwrap_or_default();
        Self {
            session: summary.session.to_string(),
            name: if task.is_empty() { format!("Recording of {started}") } else { task.clone() },
            task,
            started,
            state: words::state(&summary.state),
            ended: ended(summary.outcome),
            steps: summary.steps,
            dropped: summary.dropped,
            size: output::bytes(summary.bytes),
            left: summary.deletes_at.map(|at| until(now, at)).unwrap_or_default(),
            released: matches!(summary.state, Progress::Released { .. }),
            looked_at: matches!(summary.state, Progress::Reviewed | Progress::Releasing),
            taken_out: summary.findings.iter().map(|(kind, count)| (kind.plain(), *count)).collect(),
        }
    }
}

/// How a task ended, as forms and pages name it.
pub(super) const fn ended(outcome: Option<Ended>) -> &'static str {
    match outcome {
        Some(Ended::Success) => "done",
        Some(Ended::Failure) => "not done",
        None => "",
    }
}

/// How long it is until then, rounded down: a promise of more time would be wrong.
fn until(now: Timestamp, then: Timestamp) -> String {
    let ms = then.as_millis().saturating_sub(now.as_millis()).max(0);
    match (ms / DAY_MS, ms % DAY_MS / HOUR_MS) {
        (0, 0) => "less than an hour".to_owned(),
        (0, 1) => "1 hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

/// The first page.
#[derive(Template)]
#[template(path = "page/front.html")]
pub(super) struct Front {
    root: String,
    enrolment: Summary,
    withdrawn: bool,
    /// When the consent ends by itself.
    until: String,
    /// None while a recording or another command is at work in them.
    recordings: Option<Vec<Recording>>,
}

impl Front {
    pub(super) fn of(root: String, enrolment: &Enrolment, journal: Option<&Journal>) -> Outcome<Self> {
        let recordings = journal.map(recordings).transpose()?;
        let until = words::when(enrolment.consent().grant().expires_at);
        Ok(Self { root, enrolment: enrolment.summary(), withdrawn: enrolment.withdrawn(), until, recordings })
    }
}

fn recordings(journal: &Journal) -> Outcome<Vec<Recording>> {
    let mut sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    sessions.sort_by_key(|summary| std::cmp::Reverse(summary.started));
    Ok(sessions.iter().map(Recording::of).collect())
}

/// One recording.
pub(super) fn found(journal: &Journal, session: SessionId) -> Outcome<SessionSummary> {
    journal.session(session).because(Kind::BadInput, "find the recording")
}

/// A page that says something and nothing else.
#[derive(Template)]
#[template(path = "page/told.html")]
pub(super) struct Say {
    pub(super) root: String,
    pub(super) title: &'static str,
    pub(super) lines: Vec<String>,
}
