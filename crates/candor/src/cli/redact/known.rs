//! `candor redact lists` and `hash`: what an organisation knows, checked before it is used.

use std::io::{Read, Write};
use std::path::PathBuf;

use candor_redact::{HashedList, Profile, TextSearcher};
use data_encoding::HEXLOWER;
use serde::Serialize;

use super::Session;
use crate::agent::{lists, models};
use crate::exit::{Because, Kind, Outcome};
use crate::output;

/// Which folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder; recordings on this device use `lists` in your own folder.
    folder: PathBuf,
    /// Folder of the models; `CANDOR_MODELS` names it too.
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
}

/// Which key.
#[derive(Debug, clap::Args)]
pub(crate) struct HashArguments {
    /// File with the key in hexadecimal, 16 bytes or more, such as `openssl rand -hex 32` writes.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

/// How much a folder holds, never what.
#[derive(Debug, Serialize)]
struct Held {
    people: usize,
    words: usize,
    allowed: usize,
    hashed: bool,
    rules: usize,
}

/// Runs `candor redact lists`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let lists = lists::open(&arguments.folder)?;
    let held = Held {
        people: lists.people.len(),
        words: lists.words.len(),
        allowed: lists.allowed.len(),
        hashed: lists.hashed.is_some(),
        rules: lists.rules.len(),
    };
    let models = models::open(arguments.models.as_deref().or(session.config.models.as_deref()))?;
    TextSearcher::new(Profile::Fast, &models, lists).because(Kind::BadInput, "use the lists")?;
    output::show(session.json, &held, |held| {
        let Held { people, words, allowed, hashed, rules } = held;
        let hashed = if *hashed { "a hashed list" } else { "no hashed list" };
        format!(
            "{people} people, {words} words, {allowed} allowances, {hashed}, {rules} rules; every rule keeps its examples"
        )
    });
    Ok(())
}

/// Runs `candor redact hash`.
pub(crate) fn hash(arguments: &HashArguments) -> Outcome {
    let key = lists::key(&arguments.key)?;
    let mut names = String::new();
    std::io::stdin().read_to_string(&mut names).because(Kind::BadInput, "read the names")?;
    let mut out = std::io::stdout().lock();
    for name in names.lines().map(str::trim).filter(|name| !name.is_empty()) {
        let tag = HEXLOWER.encode(&HashedList::tag(&key, name));
        writeln!(out, "{tag}").because(Kind::Storage, "write the tags")?;
    }
    Ok(())
}
