//! Step 4: the contributors look at what is left, take more away, and release the rest.

use serde_json::Value;

use super::super::cast::{ANNA, BEN};
use super::super::stage::{Stage, number, text};
use crate::exit::{Failure, Kind, Outcome};
use crate::output;

/// Anna masks, drops and discards; both release.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say(
        "\n4. The contributors look at what is left. Silence is no: what nobody releases deletes itself.",
    );
    let anna: Vec<String> = sessions_of(stage, ANNA);
    let ben: Vec<String> = sessions_of(stage, BEN);
    let [kept, discarded] = anna.as_slice() else { return Err(missing()) };
    let [ben] = ben.as_slice() else { return Err(missing()) };
    let early = stage.is_refused(ANNA, &["release", kept])?;
    stage.say(&format!("   Released without a look? Refused: {early}"));
    stage.types(ANNA, &["review", "mask", kept, "--step", "0", "--region", "40,120,300,60"])?;
    stage.types(ANNA, &["review", "drop", kept, "--step", "1", "--step", "2"])?;
    stage.types(ANNA, &["review", "discard", discarded])?;
    stage.say("   Anna masks one more region, drops two steps, and discards the chat: it is not hers alone to give.");
    let mut totals = [0; 2];
    for (person, session) in [(ANNA, kept), (BEN, ben)] {
        stage.types(person, &["review", "done", session])?;
        let released = stage.types(person, &["release", session])?;
        tell(stage, person, &released);
        totals = [totals[0] + number(&released, "steps"), totals[1] + number(&released, "bytes")];
    }
    let [steps, bytes] = totals;
    stage.keep("steps released", steps.to_string());
    stage.keep("bytes that left the devices", output::bytes(bytes));
    Ok(())
}

fn sessions_of(stage: &Stage, person: &str) -> Vec<String> {
    stage.found.sessions.iter().filter(|s| s.person == person).map(|s| s.session.clone()).collect()
}

fn missing() -> Failure {
    Failure::new(Kind::Unexpected, "the journals do not hold the sessions that were recorded")
}

fn tell(stage: &Stage, person: &str, released: &Value) {
    let steps = number(released, "steps");
    let bytes = output::bytes(number(released, "bytes"));
    stage.say(&format!(
        "   {person} releases {steps} steps, {bytes}, manifest {}",
        short(released, "manifest")
    ));
    let findings = released.get("findings").and_then(Value::as_object).cloned().unwrap_or_default();
    let found: Vec<String> = findings.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    stage.say(&format!("      taken out on the device: {}", found.join(", ")));
}

fn short(answer: &Value, name: &str) -> String {
    text(answer, name).unwrap_or_default().chars().take(8).collect()
}
