//! Step 8: a contributor leaves, and a steward stops everything.

use super::super::cast::{ANNA, BEN, RESEARCHER};
use super::super::stage::{Stage, number};
use super::{audit, compile};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::server;

/// Anna withdraws; her data is out of reach; a version without it is compiled; the program is halted.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n8. Anna withdraws. One command, no reason, nobody to ask.");
    let withdrawn = stage.types(ANNA, &["withdraw"])?;
    let flagged = withdrawn.get("flagged").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    let sessions = number(&withdrawn, "sessions");
    stage.say(&format!(
        "   The keys of {sessions} session(s) are destroyed, {flagged} dataset version(s) flagged."
    ));
    let (dataset, evidence) = compile::compile(stage, "second")?;
    (stage.found.dataset, stage.found.evidence) = (Some(dataset), Some(evidence));
    let versions = stage.types(RESEARCHER, &["dataset", "list"])?;
    let known = versions.as_array().map_or(0, Vec::len);
    stage.say(&format!("   The researcher's list shows {known} versions; the first is flagged, the new one holds Ben's steps only."));
    let report = audit::verify(stage, "report.txt")?;
    stage.found.verified = report.get("verdict").and_then(serde_json::Value::as_str) == Some("ok");
    stage.say("   The auditor checks the new version: OK.");
    halt(stage)?;
    // The raw recordings were the other tool's, and nothing of them is to stay.
    let recordings = stage.path("recordings");
    if recordings.exists() {
        std::fs::remove_dir_all(&recordings).because(Kind::Storage, "delete the raw recordings")?;
    }
    old_ciphertext_is_unreadable(stage)
}

fn halt(stage: &mut Stage) -> Outcome {
    stage.types("wanda", &["halt", "--reason", "the works council wants to look at this first"])?;
    let recording = stage.path("recordings/spreadsheet").display().to_string();
    let words = match stage.found.live_seconds {
        Some(_) => vec!["record", "--seconds", "1"],
        None => vec!["import", recording.as_str()],
    };
    let reason = stage.is_refused(BEN, &words)?;
    stage.say(&format!(
        "   The worker representative halts the program, alone. Ben's next capture is refused: {reason}"
    ));
    Ok(())
}

fn old_ciphertext_is_unreadable(stage: &mut Stage) -> Outcome {
    let session = stage.found.sessions.iter().find(|s| s.person == ANNA).map(|s| s.session.clone());
    let session = session.unwrap_or_default();
    // The vault opens for one process at a time.
    stage.stop_server();
    let tried = server::try_to_open_session(&stage.path("server"), &session)?;
    if tried.opened {
        return Err(Failure::new(Kind::Unexpected, "an erased session can still be read"));
    }
    let bytes = tried.ciphertext_bytes;
    stage.say(&format!(
        "   Her {bytes} bytes of ciphertext still lie in the server's folder, and do not open: {}",
        tried.why
    ));
    stage.keep("erased ciphertext", format!("{bytes} bytes, unreadable"));
    Ok(())
}
