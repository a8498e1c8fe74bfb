//! Step 4: the contributors look at what is left, take more away, and release the rest.

use serde_json::Value;

use super::super::cast::{ANNA, BEN};
use super::super::stage::{Recorded, Stage, number, text};
use crate::exit::{Failure, Kind, Outcome};
use crate::output;

/// How many steps Anna drops.
const DROPPED: u64 = 2;

/// Anna masks, drops and discards; both release.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say(
        "\n4. The contributors look at what is left. Silence is no: what nobody releases deletes itself.",
    );
    let (anna, ben) = (sessions_of(stage, ANNA), sessions_of(stage, BEN));
    let (Some((kept, others)), Some((ben, _))) = (anna.split_first(), ben.split_first()) else {
        return Err(missing());
    };
    let early = stage.is_refused(ANNA, &["release", &kept.session])?;
    stage.say(&format!("   Released without a look? Refused: {early}"));
    stage.types(ANNA, &["review", "mask", &kept.session, "--step", "0", "--region", "40,120,300,60"])?;
    let dropped = drop_steps(stage, kept)?;
    let discarded = discard(stage, others)?;
    stage.say(&format!("   Anna masks one more region, {dropped}, and {discarded}."));
    let mut totals = [0; 2];
    for (person, session) in [(ANNA, kept), (BEN, ben)] {
        stage.types(person, &["review", "done", &session.session])?;
        let released = stage.types(person, &["release", &session.session])?;
        tell(stage, person, &released);
        totals = [totals[0] + number(&released, "steps"), totals[1] + number(&released, "bytes")];
    }
    let [steps, bytes] = totals;
    stage.keep("steps released", steps.to_string());
    stage.keep("bytes that left the devices", output::bytes(bytes));
    Ok(())
}

/// Drops two steps, or as many as leave one to release; in words, what was dropped.
fn drop_steps(stage: &Stage, of: &Recorded) -> Outcome<String> {
    let count = of.steps.saturating_sub(1).min(DROPPED);
    let steps: Vec<String> = (1..=count).map(|step| step.to_string()).collect();
    let mut words = vec!["review", "drop", &of.session];
    words.extend(steps.iter().flat_map(|step| ["--step", step]));
    if count == 0 {
        return Ok(
            "drops no step, since the recording has only one: click and type more, and there is a choice"
                .to_owned(),
        );
    }
    stage.types(ANNA, &words)?;
    if count < DROPPED {
        return Ok(
            "drops one step of two, so that one is left: click and type more, and there is more choice"
                .to_owned(),
        );
    }
    Ok("drops two steps".to_owned())
}

/// Discards what else was recorded; in words, what that was.
fn discard(stage: &Stage, others: &[Recorded]) -> Outcome<&'static str> {
    for session in others {
        stage.types(ANNA, &["review", "discard", &session.session])?;
    }
    Ok(match (others, stage.found.live_seconds) {
        ([], _) => "has no other recording to discard: one kept nothing",
        (_, Some(_)) => "discards her other recording: nothing of it leaves",
        (_, None) => "discards the chat: it is not hers alone to give",
    })
}

fn sessions_of(stage: &Stage, person: &str) -> Vec<Recorded> {
    stage.found.sessions.iter().filter(|session| session.person == person).cloned().collect()
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
