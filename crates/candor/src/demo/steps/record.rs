//! Step 3: real recordings go through the gate and redaction into the journal.

use serde_json::Value;

use super::super::cast::{ANNA, BEN};
use super::super::recordings;
use super::super::stage::{Recorded, Stage, number, text};
use crate::exit::Outcome;

/// Which recordings are whose.
const RECORDINGS: [(&str, &str); 3] =
    [(ANNA, "mail-and-form"), (ANNA, "chat-and-notes"), (BEN, "spreadsheet")];

/// Puts the recordings where they can be imported, or prepares to record this desktop.
pub(crate) fn choose_source(stage: &mut Stage, live_seconds: Option<u32>) -> Outcome {
    match live_seconds {
        Some(seconds) => {
            stage.found.live_seconds = Some(seconds);
            Ok(())
        }
        None => recordings::unpack(&stage.path("recordings")),
    }
}

/// Each recording is judged, redacted and journalled, step by step.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n3. The agent takes recordings of a real desktop. The gate judges each step before a pixel is read;");
    stage.say("   what passes is redacted before it is stored; what is stored is encrypted.");
    let mut steps = 0;
    for (person, name) in RECORDINGS {
        let answer = take(stage, person, name)?;
        steps += number(&answer, "steps");
        stage.say(&format!(
            "   {person}: {name}: {} steps kept, {} bytes",
            number(&answer, "steps"),
            number(&answer, "bytes")
        ));
        for sentence in refusals(&answer) {
            stage.say(&format!("      refused at the gate: {sentence}"));
        }
        let session = text(&answer, "session").unwrap_or_default();
        stage.found.sessions.push(Recorded { person, session });
    }
    stage.keep("steps in the journals", steps.to_string());
    Ok(())
}

fn take(stage: &Stage, person: &str, name: &str) -> Outcome<Value> {
    if let Some(seconds) = stage.found.live_seconds {
        stage.say(&format!(
            "   recording this desktop for {seconds} s as {person}: work in a permitted application"
        ));
        return stage.types(person, &["record", "--seconds", &seconds.to_string()]);
    }
    let folder = stage.path("recordings").join(name).display().to_string();
    stage.types(person, &["import", &folder])
}

fn refusals(answer: &Value) -> Vec<String> {
    let gaps = answer.get("refused").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut sentences: Vec<String> = gaps.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    sentences.sort();
    sentences.dedup();
    sentences
}
