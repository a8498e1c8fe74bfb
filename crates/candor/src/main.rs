//! Candor: collect computer-use data with the consent of the people it comes from, and prove it.
//!
//! One binary, three roles, each a feature that builds alone: `agent` (what people run on their own machine, and what
//! stewards and researchers type), `server`, `audit` (offline, no network code). This crate is where the outside comes
//! in: clock, randomness, files, HTTP, terminal. The rules are in the rooms below.

#[cfg(feature = "agent")]
mod agent;
#[cfg(any(feature = "agent", feature = "server"))]
mod ambient;
#[cfg(any(feature = "agent", feature = "server"))]
mod api;
mod cli;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod durable;
mod exit;
#[cfg(feature = "agent")]
mod home;
mod output;
#[cfg(any(feature = "agent", feature = "server"))]
mod secret;
#[cfg(feature = "server")]
mod server;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let as_json = arguments.everywhere.json;
    match cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(as_json),
    }
}
