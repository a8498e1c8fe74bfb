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
    /// Open it in your browser; it closes by itself when you have not used it for half an hour.
    #[arg(long)]
    open: bool,
}

/// Runs `candor page` until Ctrl-C, or one that was opened until nobody looks at it any more.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let (home, server) = (session.home.clone(), session.config.server.clone());
    let (program, models) = (arguments.program.clone(), session.config.models.clone());
    let (open, json) = (arguments.open, session.json);
    page::serve(page::Options { home, program, server, models, open, json })
}
