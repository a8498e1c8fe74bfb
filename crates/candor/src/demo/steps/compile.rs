//! Step 6: a researcher asks for a dataset, and for one that nobody agreed to.

use std::path::PathBuf;

use super::super::cast::{AGREED, NOT_AGREED, RESEARCHER};
use super::super::stage::{Stage, number, text};
use crate::durable;
use crate::exit::{Because, Kind, Outcome};

const RECIPE: &str = include_str!("../recipe.toml");

/// Compiles for the agreed purpose; is refused for the other.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n6. The researcher asks for a dataset, for one purpose, under their own signature.");
    let (dataset, evidence) = compile(stage, "first")?;
    let other = RECIPE.replace(AGREED, NOT_AGREED);
    let path = stage.path("people/ravi/other-recipe.toml");
    write(&path, &other)?;
    let out = stage.path("people/ravi/other").display().to_string();
    let reason =
        stage.is_refused(RESEARCHER, &["dataset", "compile", &path.display().to_string(), "--out", &out])?;
    stage.say(&format!("   Asked for {NOT_AGREED:?}? Refused: {reason}"));
    stage.found.dataset_before_withdrawal = Some(dataset.clone());
    stage.found.dataset = Some(dataset);
    stage.found.evidence = Some(evidence);
    Ok(())
}

/// Compiles the demo's recipe into a folder of the researcher.
pub(crate) fn compile(stage: &mut Stage, name: &str) -> Outcome<(PathBuf, PathBuf)> {
    let recipe = stage.path("recipe.toml");
    write(&recipe, RECIPE)?;
    let out = stage.path("people/ravi").join(name);
    let words = ["dataset", "compile", &recipe.display().to_string(), "--out", &out.display().to_string()];
    let compiled = stage.types(RESEARCHER, &words)?;
    let (steps, sessions) = (number(&compiled, "steps"), number(&compiled, "sessions"));
    let digest: String = text(&compiled, "version").unwrap_or_default().chars().take(8).collect();
    stage.say(&format!("   dataset version {digest}: {steps} steps of {sessions} sessions, as Parquet, AgentNet JSONL and PNG"));
    stage.keep(&format!("dataset {name}"), format!("{steps} steps of {sessions} sessions"));
    Ok((out.join("dataset"), out.join("evidence")))
}

fn write(path: &std::path::Path, text: &str) -> Outcome {
    durable::write_private(path, text.as_bytes()).because(Kind::Storage, "write the recipe")
}
