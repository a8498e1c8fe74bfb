//! Steps by their numbers, as a contributor names them.

use candor_journal::Journal;
use candor_model::SessionId;

use crate::exit::{Because, Failure, Kind, Outcome};

/// Every step is there, before the first is touched.
pub(crate) fn require(journal: &Journal, session: SessionId, steps: &[u32]) -> Outcome {
    let summary = journal.session(session).because(Kind::Refused, "find the recording")?;
    let known = summary.steps.saturating_add(summary.dropped);
    match steps.iter().find(|step| usize::try_from(**step).is_ok_and(|step| step >= known)) {
        Some(step) => Err(Failure::new(Kind::Usage, format!("the recording has no step {step}"))
            .hint("`candor review show` numbers them, and so does the page; nothing was changed")),
        None => Ok(()),
    }
}
