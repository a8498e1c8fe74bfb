//! `candor withdraw`: one step, no reason, no approver.

use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::road;
use crate::api::Erased;
use crate::exit::Outcome;
use crate::output;

/// Which consent.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// First digits of the program's name; may be left out where there is one.
    #[arg(long)]
    program: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    discarded: u64,
    sessions: u64,
    flagged: Vec<String>,
    leaf: u64,
}

/// Runs `candor withdraw`.
///
/// The device stops first, by itself, and deletes what was not released; then the server is told. If it does not answer, running the command again sends
/// the same signed withdrawal until the proof of the erasure is here.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let envelope = enrolment.withdraw_here()?;
    // The server is told whatever happens to the files here.
    let discarded = road::journal(&enrolment).and_then(|journal| road::discard_unreleased(&journal));
    let told = session.client().and_then(|client| client.act("/api/v1/withdrawals", &envelope));
    let erased: Erased = told.map_err(|failure| {
        failure.hint("this machine has stopped and keeps your withdrawal: run `candor withdraw` again later")
    })?;
    enrolment.keep_erasure(&erased)?;
    let discarded = discarded?;
    let shown = Shown {
        discarded,
        sessions: erased.sessions,
        flagged: erased.flagged.iter().map(ToString::to_string).collect(),
        leaf: erased.leaf,
    };
    output::show(session.json, &shown, |shown| {
        format!(
            "withdrawn: {} unreleased recording(s) on this machine are deleted, the keys of {} session(s) are destroyed, \
             {} dataset version(s) are flagged; leaf {} of the log",
            shown.discarded,
            shown.sessions,
            shown.flagged.len(),
            shown.leaf
        )
    });
    Ok(())
}
