//! The workshop's commands. `cargo xtask check` and `cargo xtask test` are what a change must pass.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on its terminal")]

mod arrows;
mod bench;
mod check;
mod fixture;
mod packages;
mod pictures;
mod python;
mod run;
mod test;
mod web;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Candor's workshop", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Format, lints, documentation, licences, arrows between rooms, each role alone.
    Check,
    /// Every test, after installing what the tests need: the road, the rooms, the oracles, the fuzz corpora.
    Test {
        /// Install what is missing and stop.
        #[arg(long)]
        prepare_only: bool,
    },
    /// Record the demo's three sessions again on a real desktop.
    RecordFixture {
        /// Where to write them.
        #[arg(long, default_value = "fixtures/desktop")]
        out: std::path::PathBuf,
    },
    /// Make the pictures of the contributor's page in the guide again.
    Pictures,
    /// Run the benchmarks: for each budget its value, baseline, ratio and whether it holds.
    Bench {
        /// Names of benchmarks; all when none is given.
        names: Vec<String>,
        /// Print JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> anyhow::Result<()> {
    std::env::set_current_dir(run::root())?;
    match Arguments::parse().command {
        Command::Check => check::run(),
        Command::Test { prepare_only } => test::run(prepare_only),
        Command::RecordFixture { out } => fixture::record(&out),
        Command::Pictures => pictures::make(),
        Command::Bench { names, json } => bench::run(&names, json),
    }
}
