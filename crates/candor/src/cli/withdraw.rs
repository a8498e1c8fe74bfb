//! `candor withdraw`: one step, no reason, no approver.

use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::road;
use crate::agent::withdraw::{self, Withdrawn};
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
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let Withdrawn { discarded, erased } =
        withdraw::withdraw(&enrolment, || road::journal(&enrolment), session.client())?;
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
