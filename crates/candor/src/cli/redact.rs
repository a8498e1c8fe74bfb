//! `candor redact`: de-identification as a product of its own. Nothing here opens a socket.

mod bench;
mod floors;
mod image;
mod known;
mod score;
mod stream;
mod text;

use std::path::PathBuf;

use candor_redact::{Lists, Models, Profile};

use super::Session;
use crate::agent::{lists, models, private};
use crate::exit::{Because, Kind, Outcome};

/// What to redact, or to measure.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Take personal data out of text on standard input; what is left goes to standard output.
    Text(text::Arguments),
    /// Mask personal data in a picture of a screen.
    Image(image::Arguments),
    /// Check a folder of lists and rules of your organisation, and say what it holds.
    Lists(known::Arguments),
    /// Write the tags of a hashed list: names on standard input, one a line; tags on standard output.
    Hash(known::HashArguments),
    /// Measure what is found of labelled texts, and what is masked without need.
    Score(score::Arguments),
    /// Measure how fast each profile is on this machine, and what memory it takes.
    Bench(bench::Arguments),
}

/// Runs `candor redact`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    private::from_here_on()?;
    match command {
        Command::Text(arguments) => text::run(session, &arguments),
        Command::Image(arguments) => image::run(session, &arguments),
        Command::Lists(arguments) => known::run(session, &arguments),
        Command::Hash(arguments) => known::hash(&arguments),
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
    /// Folder of what your organisation knows: people.txt, words.txt, allowed.txt, hashed.txt with hashed.key, rules.toml.
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
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

    /// What is in the folder, and in the files that were named beside it.
    fn lists(&self) -> Outcome<Lists> {
        let mut all = self.lists.as_deref().map(lists::open).transpose()?.unwrap_or_default();
        all.people.extend(entries(self.people.as_ref())?);
        all.words.extend(entries(self.words.as_ref())?);
        all.allowed.extend(entries(self.allowed.as_ref())?);
        Ok(all)
    }
}

fn entries(file: Option<&PathBuf>) -> Outcome<Vec<String>> {
    file.map_or_else(|| Ok(Vec::new()), |path| lists::entries(path))
}

/// A searcher of the profile.
fn searcher(looking: &Looking, models: &Models) -> Outcome<candor_redact::TextSearcher> {
    candor_redact::TextSearcher::new(looking.profile, models, looking.lists()?)
        .because(Kind::BadInput, "start the redaction")
}
