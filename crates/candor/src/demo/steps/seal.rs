//! Step 5: what the server did with the bundles, as its public page and its log tell.

use super::super::cast::AUDITOR;
use super::super::stage::{Stage, number, text};
use crate::exit::Outcome;

/// Shows the vault from outside: a program's counts, and the checkpoint.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n5. The server checked every signature, consent, time and digest again before it let the bundles in.");
    let program = stage.types(AUDITOR, &["program", "show"])?;
    let sessions = text(&program, "sessions").unwrap_or_default();
    stage.say(&format!("   Everybody may see: {sessions} sessions. A small number is told as a band, and people are never counted."));
    let log = stage.types(AUDITOR, &["doctor", "--log"])?;
    let size = number(&log, "log_size");
    stage.say(&format!(
        "   The log holds {size} entries. They are salted commitments: nobody reads a person out of them."
    ));
    let checkpoint = text(&log, "checkpoint").unwrap_or_default();
    stage.say(&checkpoint.lines().map(|line| format!("   | {line}")).collect::<Vec<_>>().join("\n"));
    stage.keep("entries in the log", size.to_string());
    Ok(())
}
