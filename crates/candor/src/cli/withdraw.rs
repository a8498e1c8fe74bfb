//! `candor withdraw`: one step, no reason, no approver.

use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
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
    sessions: u64,
    flagged: Vec<String>,
    leaf: u64,
}

/// Runs `candor withdraw`.
///
/// The device stops first, by itself; then the server is told. If it does not answer, running the command again sends
/// the same signed withdrawal until the proof of the erasure is here.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let envelope = enrolment.withdraw_here()?;
    let erased: Erased = session.client()?.act("/api/v1/withdrawals", &envelope)?;
    enrolment.keep_erasure(&erased)?;
    let shown = Shown {
        sessions: erased.sessions,
        flagged: erased.flagged.iter().map(ToString::to_string).collect(),
        leaf: erased.leaf,
    };
    output::show(session.json, &shown, |shown| {
        format!(
            "withdrawn: the keys of {} session(s) are destroyed, {} dataset version(s) are flagged; leaf {} of the log",
            shown.sessions,
            shown.flagged.len(),
            shown.leaf
        )
    });
    Ok(())
}
