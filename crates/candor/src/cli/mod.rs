//! The command line: what each person can do, in the words of the design.

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "agent")]
mod consent;
#[cfg(feature = "agent")]
mod dataset;
#[cfg(feature = "agent")]
mod doctor;
#[cfg(feature = "agent")]
mod halt;
#[cfg(feature = "agent")]
mod import;
#[cfg(feature = "agent")]
mod install;
#[cfg(feature = "agent")]
mod key;
#[cfg(feature = "agent")]
mod page;
#[cfg(feature = "agent")]
mod program;
#[cfg(feature = "agent")]
mod record;
#[cfg(feature = "agent")]
mod redact;
#[cfg(feature = "agent")]
mod release;
#[cfg(feature = "agent")]
mod review;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "audit")]
mod verify;
#[cfg(feature = "agent")]
mod withdraw;

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::Config;
use crate::exit::Outcome;

/// Collect computer-use data for AI training with the consent of the people it comes from, and prove it.
///
/// Exit codes: 0 done, 1 unexpected, 2 usage, 3 refused by a rule, 4 bad input, 5 evidence does not verify,
/// 6 server unreachable, 7 storage.
#[derive(Debug, Parser)]
#[command(name = "candor", version, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Everywhere {
    /// Print JSON on standard output instead of words.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the configuration from this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Your own folder: keys, consents, recordings.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Address of the server.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
}

/// The commands, by who uses them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the whole road once: five people, three real recordings, one verified dataset.
    #[cfg(feature = "demo")]
    Demo(crate::demo::Arguments),
    /// Steward: draft, propose, sign and start a program; see what programs exist.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Program(program::Command),
    /// Contributor: read the notice, agree to what you choose, see your receipts.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Consent(consent::Command),
    /// Contributor: take a recording through the gate and redaction into your journal.
    #[cfg(feature = "agent")]
    Import(import::Arguments),
    /// Contributor: record this desktop through the gate and redaction into your journal.
    #[cfg(feature = "agent")]
    Record(record::Arguments),
    /// Contributor: the recorder: what is on and why, pause, forget, not here, start with the desktop.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Agent(agent::Command),
    /// Contributor: see what would leave, mask, drop, discard.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Review(review::Command),
    /// Contributor: the same in your browser: look, mask, drop, discard, release, withdraw.
    #[cfg(feature = "agent")]
    Page(page::Arguments),
    /// Contributor: hand over one reviewed session. Nothing leaves without this.
    #[cfg(feature = "agent")]
    Release(release::Arguments),
    /// Contributor: end a consent. Needs no reason and no approval; the keys are destroyed.
    #[cfg(feature = "agent")]
    Withdraw(withdraw::Arguments),
    /// Any of the four signers: stop a program at once.
    #[cfg(feature = "agent")]
    Halt(halt::Arguments),
    /// Researcher: compile a dataset for one purpose; see versions and flags.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Dataset(dataset::Command),
    /// Auditor: check evidence offline, trusting nobody.
    #[cfg(feature = "audit")]
    Verify(verify::Arguments),
    /// Operator: run the server on this machine.
    #[cfg(feature = "server")]
    Serve(serve::Arguments),
    /// Stewards and researchers: signing keys.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Key(key::Command),
    /// Anybody: take personal data out of text and pictures, on this machine; see how well and how fast it does it.
    #[cfg(feature = "agent")]
    #[command(subcommand)]
    Redact(redact::Command),
    /// Put this program where your shell finds it, with its models and completions. It starts nothing.
    #[cfg(feature = "agent")]
    Install(install::Arguments),
    /// Look at this installation and say what is wrong with it.
    #[cfg(feature = "agent")]
    Doctor(doctor::Arguments),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// What every command works with.
#[derive(Debug)]
pub(crate) struct Session {
    /// Print JSON.
    #[cfg(any(feature = "agent", feature = "audit"))]
    pub(crate) json: bool,
    /// The configuration, flags included.
    #[cfg(any(feature = "agent", feature = "server"))]
    pub(crate) config: Config,
    /// The person's folder.
    #[cfg(feature = "agent")]
    pub(crate) home: crate::home::Home,
}

impl Session {
    fn start(flags: &Everywhere) -> Outcome<Self> {
        let mut config = Config::read(flags.config.as_deref())?;
        config.home = flags.home.clone().unwrap_or(config.home);
        config.server = flags.server.clone().unwrap_or(config.server);
        Ok(Self {
            #[cfg(any(feature = "agent", feature = "audit"))]
            json: flags.json,
            #[cfg(feature = "agent")]
            home: crate::home::Home::at(config.home.clone()),
            #[cfg(any(feature = "agent", feature = "server"))]
            config,
        })
    }

    /// A connection to the server.
    #[cfg(feature = "agent")]
    pub(crate) fn client(&self) -> Outcome<crate::agent::client::Client> {
        crate::agent::client::Client::to(&self.config.server)
    }
}

#[cfg(feature = "agent")]
impl Command {
    /// Whether it works with recordings or consents on this machine: then what is due in them is done first.
    const fn is_a_contributors(&self) -> bool {
        matches!(
            self,
            Self::Consent(_)
                | Self::Import(_)
                | Self::Record(_)
                | Self::Review(_)
                | Self::Page(_)
                | Self::Release(_)
                | Self::Doctor(_)
        )
    }
}

/// Runs one command.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    if let Command::Completions { shell } = arguments.command {
        clap_complete::generate(shell, &mut Arguments::command(), "candor", &mut std::io::stdout());
        return Ok(());
    }
    let session = Session::start(&arguments.everywhere)?;
    #[cfg(feature = "agent")]
    if arguments.command.is_a_contributors() {
        crate::agent::road::sweep(&session.home);
    }
    match arguments.command {
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => crate::demo::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Program(command) => program::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Consent(command) => consent::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Import(arguments) => import::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Record(arguments) => record::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Agent(command) => agent::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Review(command) => review::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Page(arguments) => page::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Release(arguments) => release::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Withdraw(arguments) => withdraw::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Halt(arguments) => halt::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Dataset(command) => dataset::run(&session, command),
        #[cfg(feature = "audit")]
        Command::Verify(arguments) => verify::run(&session, &arguments),
        #[cfg(feature = "server")]
        Command::Serve(arguments) => serve::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Key(command) => key::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Redact(command) => redact::run(&session, command),
        #[cfg(feature = "agent")]
        Command::Install(arguments) => install::run(&session, &arguments),
        #[cfg(feature = "agent")]
        Command::Doctor(arguments) => doctor::run(&session, &arguments),
        Command::Completions { .. } => Ok(()),
    }
}
