//! `candor install`: puts this program where the person's shell finds it, with what it needs to redact, and completions. It starts nothing, and
//! nothing starts by itself afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;
use serde::Serialize;

use super::Session;
use crate::agent::models;
use crate::exit::{Because, Kind, Outcome};
use crate::{config, durable, output};

/// Where.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with `bin` and `share`; yours alone unless you name another.
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
}

/// Where each shell looks for completions, below `share`.
const COMPLETIONS: [(Shell, &str); 3] = [
    (Shell::Bash, "bash-completion/completions/candor"),
    (Shell::Zsh, "zsh/site-functions/_candor"),
    (Shell::Fish, "fish/vendor_completions.d/candor.fish"),
];

#[derive(Serialize)]
struct Installed {
    program: String,
    models: String,
    completions: Vec<String>,
}

/// Runs `candor install`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let prefix = arguments.prefix.clone().map_or_else(config::user_prefix, Ok)?;
    let models = models::folder(session.config.models.as_deref())?;
    let program = prefix.join("bin/candor");
    copy(&std::env::current_exe().because(Kind::Unexpected, "find this program")?, &program)?;
    let kept = prefix.join("share/candor/models");
    copy_files(&models, &kept)?;
    let completions = COMPLETIONS.map(|(shell, place)| complete(shell, &prefix.join("share").join(place)));
    let completions: Vec<PathBuf> = completions.into_iter().collect::<Outcome<_>>()?;
    let told = Installed {
        program: program.display().to_string(),
        models: kept.display().to_string(),
        completions: completions.iter().map(|path| path.display().to_string()).collect(),
    };
    output::show(session.json, &told, in_words);
    Ok(())
}

fn in_words(told: &Installed) -> String {
    let lines = [
        format!("installed: {}", told.program),
        format!("models that redact: {}", told.models),
        format!("completions: {}", told.completions.join(", ")),
        "Nothing was started, and nothing starts by itself. Next: candor consent notice".to_owned(),
    ];
    lines.join("\n")
}

/// A program that runs cannot be written over, and half a copy is none: it is made beside, and renamed.
fn copy(from: &Path, to: &Path) -> Outcome {
    let folder = durable::folder_of(to);
    let part = to.with_extension("part");
    let copied =
        fs::create_dir_all(folder).and_then(|()| fs::copy(from, &part)).and_then(|_| fs::rename(&part, to));
    copied.because(Kind::Storage, &format!("write {}", to.display()))
}

/// The files of a folder, and of the folders in it.
fn copy_files(from: &Path, to: &Path) -> Outcome {
    let what = format!("read {}", from.display());
    if from.canonicalize().ok() == to.canonicalize().ok().filter(|path| path.exists()) {
        return Ok(());
    }
    for entry in fs::read_dir(from).because(Kind::Storage, &what)? {
        let entry = entry.because(Kind::Storage, &what)?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy_files(&from, &to)? } else { copy(&from, &to)? }
    }
    Ok(())
}

fn complete(shell: Shell, place: &Path) -> Outcome<PathBuf> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::Arguments::command(), "candor", &mut script);
    let written = fs::create_dir_all(durable::folder_of(place));
    written.because(Kind::Storage, &format!("write {}", place.display()))?;
    durable::write_private(place, &script).because(Kind::Storage, &format!("write {}", place.display()))?;
    Ok(place.to_path_buf())
}
