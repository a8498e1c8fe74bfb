//! `candor key`: signing keys of stewards and researchers.

use serde::Serialize;

use super::Session;
use crate::exit::Outcome;
use crate::output;

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a new signing key on this machine and print its public half.
    New {
        /// Its name on this machine.
        #[arg(long, default_value = "me")]
        name: String,
    },
    /// List your signing keys by their public halves.
    List,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    public: String,
}

/// Runs `candor key`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::New { name } => new(session, name),
        Command::List => list(session),
    }
}

fn new(session: &Session, name: String) -> Outcome {
    let key = session.home.make_key(&name)?;
    let shown = Shown { name, public: key.public().to_string() };
    output::show(session.json, &shown, |shown| shown.public.clone());
    Ok(())
}

fn list(session: &Session) -> Outcome {
    let mut keys = Vec::new();
    for name in session.home.key_names() {
        let public = session.home.key(&name)?.public().to_string();
        keys.push(Shown { name, public });
    }
    output::show(session.json, &keys, |keys| {
        output::table(&["name", "public key"], keys.iter().map(|k| vec![k.name.clone(), k.public.clone()]))
    });
    Ok(())
}
