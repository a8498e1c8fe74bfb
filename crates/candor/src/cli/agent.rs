//! `candor agent`: the recorder, from outside of it.

mod autostart;

use candor_model::AppId;
use serde::Serialize;

use super::Session;
use crate::agent::board::Board;
use crate::agent::enrolment::Enrolment;
use crate::agent::forget;
use crate::agent::live::status::{Status, in_words};
use crate::agent::not_here::{self, NotHere};
use crate::agent::road;
use crate::exit::{Failure, Kind, Outcome};
use crate::output;

/// Which program.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

impl Which {
    fn open(&self, session: &Session) -> Outcome<Enrolment> {
        Enrolment::only(&session.home, self.program.as_deref())
    }
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say exactly what is on, and why.
    Status {
        #[command(flatten)]
        which: Which,
    },
    /// Record nothing until you say `resume`: without end, without a reason, over a restart too.
    Pause {
        #[command(flatten)]
        which: Which,
    },
    /// End the pause.
    Resume {
        #[command(flatten)]
        which: Which,
    },
    /// End the recording that goes on; what is kept waits for you.
    Stop {
        #[command(flatten)]
        which: Which,
    },
    /// Delete for good what was recorded in the last minutes, whether it goes on or has ended.
    Forget {
        /// How many minutes.
        #[arg(long)]
        minutes: u32,
        #[command(flatten)]
        which: Which,
    },
    /// Do not record an application on this device, whatever you agreed to; without a name, say which.
    NotHere {
        /// Its name in the charter, its title, or the class of its window.
        app: Option<String>,
        /// Record it again, as far as you agreed to it.
        #[arg(long, requires = "app")]
        undo: bool,
        #[command(flatten)]
        which: Which,
    },
    /// Begin to record whenever the desktop starts: off unless you switch it on.
    Autostart {
        /// on, off or status.
        act: autostart::Act,
        #[command(flatten)]
        which: Which,
    },
}

/// Runs one of them.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Status { which } => status(session, &which.open(session)?),
        Command::Pause { which } => pause(session, &which.open(session)?, true),
        Command::Resume { which } => pause(session, &which.open(session)?, false),
        Command::Stop { which } => stop(session, &which.open(session)?),
        Command::Forget { minutes, which } => {
            let enrolment = which.open(session)?;
            let forgotten = forget::forget(&enrolment, minutes, || road::journal(&enrolment))?;
            output::show(session.json, &forgotten, |told| told.in_words(minutes).join("\n"));
            Ok(())
        }
        Command::NotHere { app, undo, which } => {
            not_here(session, &which.open(session)?, app.as_deref(), !undo)
        }
        Command::Autostart { act, which } => autostart::run(session, &which.open(session)?, act),
    }
}

fn status(session: &Session, enrolment: &Enrolment) -> Outcome {
    output::show(session.json, &Status::of(enrolment)?, in_words);
    Ok(())
}

fn pause(session: &Session, enrolment: &Enrolment, paused: bool) -> Outcome {
    enrolment.pause(paused)?;
    status(session, enrolment)
}

#[derive(Serialize)]
struct Stopped {
    stopped: bool,
}

fn stop(session: &Session, enrolment: &Enrolment) -> Outcome {
    let board = Board::of(enrolment);
    if !board.is_recording()? {
        return Err(
            Failure::new(Kind::Usage, "no recording goes on").hint("`candor agent status` says what is on")
        );
    }
    board.stop()?;
    if board.waits_for_the_end()? {
        output::show(session.json, &Stopped { stopped: true }, |_| "the recording has ended".to_owned());
        return Ok(());
    }
    Err(Failure::new(Kind::Unexpected, "the recorder has not ended yet")
        .hint("`candor agent status` says what it does"))
}

#[derive(Serialize)]
struct Left {
    not_here: Vec<AppId>,
}

fn not_here(session: &Session, enrolment: &Enrolment, app: Option<&str>, not_here: bool) -> Outcome {
    let list = NotHere::of(enrolment);
    let apps = match app {
        Some(app) => list.set(&not_here::meant(enrolment.charter(), app)?, not_here)?,
        None => list.apps()?,
    };
    output::show(session.json, &Left { not_here: apps.into_iter().collect() }, |left| {
        let names: Vec<&str> = left.not_here.iter().map(AppId::as_str).collect();
        if names.is_empty() {
            "every application that you agreed to is recorded on this device".to_owned()
        } else {
            format!("not recorded on this device: {}", names.join(", "))
        }
    });
    Ok(())
}
