//! `candor record`: this desktop goes through the gate and redaction into the journal.

use super::Session;
use super::import::{nothing_permitted, show};
use crate::agent::enrolment::Enrolment;
use crate::agent::live::{self, budget::Limits};
use crate::agent::models;
use crate::exit::Outcome;

/// How long to record.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Stop after so many seconds; else it goes on until you end it: Ctrl-C, `candor agent stop`, or the end of the desktop's session.
    #[arg(long)]
    seconds: Option<u32>,
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

/// Runs `candor record`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let options = live::Options {
        seconds: arguments.seconds,
        pause_key: session.config.pause_key.clone(),
        limits: Limits::of(&enrolment)?,
        server: session.config.server.clone(),
    };
    let models = models::open(session.config.models.as_deref())?;
    let recorded = live::record(&enrolment, &session.client()?, &models, &options)?;
    if recorded.taken.steps == 0 {
        return Err(nothing_permitted(&enrolment, &recorded.taken));
    }
    show(session, &recorded.taken, Some((recorded.input, recorded.adds_up)));
    Ok(())
}
