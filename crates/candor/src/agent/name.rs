//! Naming the task and its outcome: the person's own words, redacted before they are kept.

use candor_journal::Journal;
use candor_model::SessionId;
use candor_redact::{Models, Raw};

use super::enrolment::Enrolment;
use super::road;
use crate::exit::{Because, Kind, Outcome};

/// Names the task. What is kept of the words comes back: nothing else of them is anywhere.
pub(crate) fn task(
    enrolment: &Enrolment,
    journal: &Journal,
    models: &Models,
    session: SessionId,
    words: &str,
) -> Outcome<String> {
    let redacted = road::redact_words(enrolment, models, Raw::seal(words.trim().to_owned()))?;
    journal.set_task(session, redacted).because(Kind::Refused, "name the task")?;
    let summary = journal.session(session).because(Kind::BadInput, "read the recording back")?;
    Ok(summary.task.unwrap_or_default())
}
