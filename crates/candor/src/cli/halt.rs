//! `candor halt`: any one of the four stops a program, at once.

use candor_consent::Act;

use super::Session;
use super::program::{self, By};
use crate::exit::Outcome;

/// Which program, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    by: By,
}

/// Runs `candor halt`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    program::act(session, &arguments.by, Act::Halt)
}
