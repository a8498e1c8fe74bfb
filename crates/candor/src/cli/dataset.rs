//! `candor dataset`: what a researcher does.

mod archive;

use std::path::{Path, PathBuf};

use candor_consent::DatasetRequest;
use candor_model::{Digest, PurposeId};
use serde::{Deserialize, Serialize};

use super::Session;
use crate::agent::program;
use crate::ambient::{self, SystemEntropy};
use crate::api::{self, CompileRequest};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// What a researcher can do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Compile a dataset for the one purpose that the recipe names, and fetch it with its evidence.
    ///
    /// The filter of a recipe is one SQL expression over these columns: session, ordinal, `wall_ms`, `monotonic_us`, screen,
    /// width, height, app, site, title, `action_kind`, action, text, x, y, `target_role`, `target_name`, frame, tree, step.
    Compile(Compile),
    /// List the dataset versions: what they are for, and which hold something that was withdrawn since.
    List,
    /// Show one dataset version.
    Show {
        /// First digits of the version.
        version: String,
    },
}

/// What to compile, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Compile {
    /// The recipe, a TOML file.
    recipe: PathBuf,
    /// Folder to make: `dataset/` and `evidence/` go into it.
    #[arg(long)]
    out: PathBuf,
    /// First digits of the program's name; may be left out where there is one.
    #[arg(long)]
    program: Option<String>,
    /// Name of your signing key; the charter must name its public half as a recipient.
    #[arg(long, default_value = "me")]
    key: String,
}

/// Runs `candor dataset`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Compile(compile) => self::compile(session, &compile),
        Command::List => list(session),
        Command::Show { version } => show(session, &version),
    }
}

/// What this side needs of a recipe; the server reads the rest.
#[derive(Deserialize)]
struct Purpose {
    purpose: PurposeId,
}

#[derive(Serialize)]
struct Compiled {
    version: String,
    dataset: PathBuf,
    evidence: PathBuf,
    sessions: u64,
    steps: u64,
}

fn compile(session: &Session, compile: &Compile) -> Outcome {
    if compile.out.exists() {
        return Err(Failure::new(Kind::Usage, format!("{} is there already", compile.out.display()))
            .hint("name a new folder: a dataset version is never changed in place"));
    }
    let recipe = std::fs::read_to_string(&compile.recipe)
        .because(Kind::BadInput, &format!("read the recipe {}", compile.recipe.display()))?;
    let Purpose { purpose } = toml::from_str(&recipe).because(Kind::BadInput, "read the recipe")?;
    let client = session.client()?;
    let charter = program::charter(&client, &program::find(&client, compile.program.as_deref())?.name)?;
    let key = session.home.key(&compile.key)?;
    let request = DatasetRequest::new(&charter, purpose, ambient::now(), &mut SystemEntropy)
        .sign(Digest::of(recipe.as_bytes()), &key)
        .because(Kind::Unexpected, "sign the request")?;
    let archive = client.post_for_archive("/api/v1/datasets", &CompileRequest { request, recipe })?;
    archive::unpack(archive, &compile.out)?;
    let compiled = compiled(&compile.out)?;
    output::show(session.json, &compiled, |c| {
        format!(
            "version {}: {} steps of {} sessions\ndataset {}\nevidence {}",
            c.version,
            c.steps,
            c.sessions,
            c.dataset.display(),
            c.evidence.display()
        )
    });
    Ok(())
}

fn compiled(out: &Path) -> Outcome<Compiled> {
    let dataset = out.join("dataset");
    let bytes = std::fs::read(dataset.join("manifest.json")).because(Kind::BadInput, "read the manifest")?;
    let manifest: candor_model::evidence::DatasetManifest =
        serde_json::from_slice(&bytes).because(Kind::BadInput, "read the manifest")?;
    Ok(Compiled {
        version: Digest::of(&bytes).to_string(),
        evidence: out.join("evidence"),
        sessions: manifest.sessions,
        steps: manifest.steps,
        dataset,
    })
}

fn list(session: &Session) -> Outcome {
    let datasets: Vec<api::Dataset> = session.client()?.get("/api/v1/datasets")?;
    output::show(session.json, &datasets, |datasets| {
        let row = |d: &api::Dataset| {
            let state = if d.flagged_at.is_some() { "FLAGGED: holds withdrawn data" } else { "clean" };
            vec![
                d.version.short(),
                d.purpose.clone(),
                d.steps.clone(),
                d.exported_at.clone(),
                state.to_owned(),
            ]
        };
        output::table(&["version", "purpose", "steps", "exported", "state"], datasets.iter().map(row))
    });
    Ok(())
}

fn show(session: &Session, prefix: &str) -> Outcome {
    let mut datasets: Vec<api::Dataset> = session.client()?.get("/api/v1/datasets")?;
    datasets.retain(|dataset| dataset.version.to_string().starts_with(prefix));
    let [dataset] = datasets.as_slice() else {
        let message = format!("{} dataset versions begin with {prefix}", datasets.len());
        return Err(Failure::new(Kind::BadInput, message).hint("`candor dataset list` shows them"));
    };
    output::show(session.json, dataset, |d| {
        let since = d.flagged_at.as_ref().map_or_else(
            || "clean: nothing in it was withdrawn".to_owned(),
            |at| format!("flagged since {at}: it holds withdrawn data. Delete your copies, retrain what was trained on it, and compile a new version"),
        );
        let next = d.superseded_by.map_or_else(String::new, |next| format!("\nreplaced by {next}"));
        format!(
            "version {}\nprogram {}\npurpose {}\n{} steps of {} sessions\nexported {}\n{since}{next}",
            d.version, d.program, d.purpose, d.steps, d.sessions, d.exported_at
        )
    });
    Ok(())
}
