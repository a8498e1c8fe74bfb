//! `candor page`: the contributor's own page, on this machine only.

use super::Session;
use crate::agent::page;
use crate::exit::Outcome;

/// Which program.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

/// Runs `candor page` until Ctrl-C.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let (home, server) = (session.home.clone(), session.config.server.clone());
    let (program, models) = (arguments.program.clone(), session.config.models.clone());
    page::serve(page::Options { home, server, program, models, json: session.json })
}
