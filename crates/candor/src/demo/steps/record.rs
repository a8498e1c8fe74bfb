//! Step 3: real recordings go through the gate and redaction into the journal.

use serde_json::Value;

use super::super::cast::{ANNA, BEN};
use super::super::recordings;
use super::super::stage::{Recorded, Stage, number, text};
use super::live;
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
    match stage.found.live_seconds {
        Some(seconds) => live::record(stage, seconds)?,
        None => RECORDINGS.iter().try_for_each(|(person, name)| import(stage, person, name))?,
    }
    let steps: u64 = stage.found.sessions.iter().map(|session| session.steps).sum();
    stage.keep("steps in the journals", steps.to_string());
    Ok(())
}

fn import(stage: &mut Stage, person: &'static str, name: &str) -> Outcome {
    let folder = stage.path("recordings").join(name).display().to_string();
    let answer = stage.types(person, &["import", &folder])?;
    tell(stage, person, name, &answer);
    let session = text(&answer, "session").unwrap_or_default();
    stage.found.sessions.push(Recorded { person, session, steps: number(&answer, "steps") });
    Ok(())
}

/// Tells what came of one recording.
pub(crate) fn tell(stage: &Stage, person: &str, name: &str, answer: &Value) {
    let (steps, bytes) = (number(answer, "steps"), number(answer, "bytes"));
    stage.say(&format!("   {person}: {name}: {steps} steps kept, {bytes} bytes"));
    for (what, list) in [("not kept", "refused"), ("note", "noted")] {
        for sentence in sentences(answer, list) {
            stage.say(&format!("      {what}: {sentence}"));
        }
    }
}

fn sentences(answer: &Value, list: &str) -> Vec<String> {
    let gaps = answer.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut sentences: Vec<String> = gaps.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    sentences.sort();
    sentences.dedup();
    sentences
}
