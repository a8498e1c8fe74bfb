//! `candor serve`: the server, one process, on loopback.

use std::path::PathBuf;

use super::Session;
use crate::exit::Outcome;
use crate::server::{self, Options};

/// Where and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The server's folder; made on first use.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// File of the root key that seals every other key; made on first use. Default: beside the folder, not in it.
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
    /// Address to listen on; loopback only. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Write the address here once the server answers.
    #[arg(long, value_name = "FILE")]
    address_file: Option<PathBuf>,
}

/// Runs `candor serve` until Ctrl-C.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let dir = arguments.dir.clone().unwrap_or_else(|| session.config.dir.clone());
    let beside =
        dir.with_file_name(format!("{}.root.key", dir.file_name().unwrap_or_default().to_string_lossy()));
    server::serve(&Options {
        root_key: arguments.root_key.clone().unwrap_or(beside),
        listen: arguments.listen.clone().unwrap_or_else(|| session.config.listen.clone()),
        address_file: arguments.address_file.clone(),
        log: session.config.log.clone(),
        dir,
    })
}
