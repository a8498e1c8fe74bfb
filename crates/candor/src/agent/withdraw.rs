//! The end of a consent: one step, no reason, no approver.

use candor_journal::Journal;

use super::board::Board;
use super::client::Client;
use super::enrolment::Enrolment;
use super::road;
use crate::api::Erased;
use crate::exit::Outcome;

/// What is gone.
pub(crate) struct Withdrawn {
    /// Recordings that were deleted from this machine.
    pub(crate) discarded: u64,
    /// What the server proves.
    pub(crate) erased: Erased,
}

/// Withdraws.
///
/// The device stops first, by itself, and deletes what was not released; then the server is told. If it does not answer, doing it again
/// sends the same signed withdrawal until the proof of the erasure is here.
pub(crate) fn withdraw(
    enrolment: &Enrolment,
    journal: impl FnOnce() -> Outcome<Journal>,
    client: Outcome<Client>,
) -> Outcome<Withdrawn> {
    let envelope = enrolment.withdraw_here()?;
    // A recorder sees it, deletes what it makes, and ends.
    Board::of(enrolment).waits_for_the_end()?;
    // The server is told whatever happens to the files here.
    let discarded = journal().and_then(|journal| road::discard_unreleased(&journal));
    let told = client.and_then(|client| client.act("/api/v1/withdrawals", &envelope));
    let erased: Erased = told.map_err(|failure| {
        failure.hint("this machine has stopped and keeps your withdrawal: run `candor withdraw` again later")
    })?;
    enrolment.keep_erasure(&erased)?;
    Ok(Withdrawn { discarded: discarded?, erased })
}
