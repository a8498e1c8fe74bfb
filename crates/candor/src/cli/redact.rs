//! `candor redact`: de-identification as a product of its own. Nothing here opens a socket.

mod bench;
mod image;
mod score;
mod stream;
mod text;

use std::path::PathBuf;

use candor_redact::{Lists, Models, Profile};

use super::Session;
use crate::agent::models;
use crate::exit::{Because, Failure, Kind, Outcome};

/// What to redact, or to measure.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Take personal data out of text on standard input; what is left goes to standard output.
    Text(text::Arguments),
    /// Mask personal data in a picture of a screen.
    Image(image::Arguments),
    /// Measure what is found of labelled texts, and what is masked without need.
    Score(score::Arguments),
    /// Measure how fast each profile is on this machine, and what memory it takes.
    Bench(bench::Arguments),
}

/// Runs `candor redact`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Text(arguments) => text::run(session, &arguments),
        Command::Image(arguments) => image::run(session, &arguments),
        Command::Score(arguments) => score::run(session, &arguments),
        Command::Bench(arguments) => bench::run(session, &arguments),
    }
}

/// How hard to look, and by what.
#[derive(Debug, clap::Args)]
struct Looking {
    /// fast (bulk: rules, lists, tagger), standard (the transformer too) or strict (unknown capitalised words too).
    #[arg(long, default_value = "standard", value_parser = profile)]
    profile: Profile,
    /// Folder of the models; `CANDOR_MODELS` names it too.
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Names of people to look for, one a line.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Other words to look for, one a line.
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
    /// Words that may stay where they only look like an organisation, a place or a job, one a line.
    #[arg(long, value_name = "FILE")]
    allowed: Option<PathBuf>,
}

fn profile(name: &str) -> Result<Profile, String> {
    name.parse().map_err(|error: candor_redact::UnknownProfile| error.to_string())
}

impl Looking {
    fn models(&self, session: &Session) -> Outcome<Models> {
        models::open(self.models.as_deref().or(session.config.models.as_deref()))
    }

    fn lists(&self) -> Outcome<Lists> {
        Ok(Lists {
            people: entries(self.people.as_ref())?,
            words: entries(self.words.as_ref())?,
            allowed: entries(self.allowed.as_ref())?,
            ..Lists::default()
        })
    }
}

fn entries(file: Option<&PathBuf>) -> Outcome<Vec<String>> {
    let Some(path) = file else { return Ok(Vec::new()) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Kind::BadInput, format!("failed to read {}: {error}", path.display()))
    })?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// A searcher of the profile.
fn searcher(looking: &Looking, models: &Models) -> Outcome<candor_redact::TextSearcher> {
    candor_redact::TextSearcher::new(looking.profile, models, looking.lists()?)
        .because(Kind::BadInput, "start the redaction")
}
