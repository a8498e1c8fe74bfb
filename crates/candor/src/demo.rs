//! `candor demo`: the whole road, walked by five people, on real recordings.
//!
//! The demo types the commands that a person would type: each step starts this same program again, with a home of its own
//! for each person, and the agents speak HTTP with a server process. Nothing is called behind the commands' back, but for
//! two looks that no command offers: flipping a byte of a copy, and trying to open an erased session.

mod cast;
mod recordings;
mod stage;
mod steps;
mod summary;

use std::path::{Path, PathBuf};

use crate::cli::Session;
use crate::exit::{Because, Failure, Kind, Outcome};

use stage::Stage;

/// What the demo takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder to play in.
    #[arg(long, default_value = "candor-demo")]
    dir: PathBuf,
    /// Use the folder even if an earlier demo is in it; what that demo wrote is deleted.
    #[arg(long)]
    force: bool,
    /// Leave the server running and print its address.
    #[arg(long)]
    keep: bool,
    /// Record this desktop instead of reading the recordings that the demo ships: three times, for so many seconds each;
    /// Ctrl-C ends a recording early, and the demo goes on.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "20",
        value_parser = clap::value_parser!(u32).range(1..=3600))]
    live: Option<u32>,
}

/// Runs the demo.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    if arguments.live.is_some() {
        crate::agent::live::ready()?;
    }
    prepare(&arguments.dir, arguments.force)?;
    let mut stage = Stage::set(&arguments.dir, session.json)?;
    let played = steps::play(&mut stage, arguments.live);
    if played.is_ok() && arguments.keep {
        stage.keep_server()?;
    }
    summary::tell(&stage, session.json, &played)?;
    // In JSON the object on standard output has said it already.
    played.map_err(|failure| if session.json { failure.told() } else { failure })
}

/// Says that a folder is a demo's, and that `--force` may delete what a demo writes.
const MARK: &str = ".candor-demo";
/// What the demo writes into its folder, and what `--force` therefore deletes.
const OURS: [&str; 9] = [
    "people",
    "server",
    "server.root.key",
    "server.address",
    "draft",
    "recordings",
    "recipe.toml",
    "report.txt",
    "report.json",
];

fn prepare(folder: &Path, force: bool) -> Outcome {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten();
    if entries.next().is_some() && !force {
        let message = format!("{} is not empty", folder.display());
        return Err(Failure::new(Kind::Usage, message)
            .hint("name another with --dir, or let it be used with --force"));
    }
    let mark = folder.join(MARK);
    if let Some(name) = OURS.iter().find(|name| !mark.exists() && folder.join(name).exists()) {
        let message = format!("{} holds a {name} that no demo made", folder.display());
        return Err(Failure::new(Kind::Usage, message).hint("name another folder with --dir"));
    }
    for name in OURS {
        let path = folder.join(name);
        let removed =
            if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).because(Kind::Storage, &format!("delete {}", path.display()));
            }
            _ => {}
        }
    }
    let what = format!("make {}", folder.display());
    crate::durable::make_private_folder(folder).because(Kind::Storage, &what)?;
    crate::durable::write_private(&mark, b"").because(Kind::Storage, &what)
}
