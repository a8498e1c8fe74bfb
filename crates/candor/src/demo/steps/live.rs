//! Step 3 on this desktop: whoever runs the demo plays both contributors.

use super::super::cast::{ANNA, BEN};
use super::super::stage::{Recorded, Stage, number, text};
use super::record::tell;
use crate::exit::{Failure, Kind, Outcome};

/// Most recordings of one person. Who kept nothing in the first has another try.
const TRIES_MAX: u32 = 2;

/// Whose recordings, under which name, and how many.
const TURNS: [(&str, &str, usize); 2] = [(ANNA, "Anna", 2), (BEN, "Ben", 1)];

/// Records this desktop as Anna and as Ben.
pub(crate) fn record(stage: &mut Stage, seconds: u32) -> Outcome {
    stage.tell(&format!(
        "   You play both, on this desktop: {} recordings of at most {seconds} s, first as Anna, then as Ben.\n   \
         Open a text editor beside this window, Mousepad for example. Whatever else you do there is refused at the gate.",
        TURNS.iter().map(|(_, _, count)| count).sum::<usize>()
    ));
    TURNS.into_iter().try_for_each(|(person, name, count)| plays(stage, seconds, person, name, count))
}

fn plays(stage: &mut Stage, seconds: u32, person: &'static str, name: &str, count: usize) -> Outcome {
    let mut why = String::new();
    for number in 1..=TRIES_MAX {
        if recorded(stage, person) == count {
            break;
        }
        stage.tell(&format!("\n   {name}, recording {number}:"));
        match stage.records(person, &["record", "--seconds", &seconds.to_string()])? {
            Ok(answer) => keep(stage, person, name, &answer),
            Err(refusal) => {
                stage.tell(&format!("   {name}: nothing was kept: {refusal}"));
                why = refusal;
            }
        }
    }
    if recorded(stage, person) == 0 { Err(nothing(name, &why)) } else { Ok(()) }
}

fn recorded(stage: &Stage, person: &str) -> usize {
    stage.found.sessions.iter().filter(|s| s.person == person).count()
}

fn keep(stage: &mut Stage, person: &'static str, name: &str, answer: &serde_json::Value) {
    tell(stage, name, "this desktop", answer);
    let session = text(answer, "session").unwrap_or_default();
    stage.found.sessions.push(Recorded { person, session, steps: number(answer, "steps") });
}

/// Without a recording of each there is nothing to review, to compile and to withdraw.
fn nothing(name: &str, why: &str) -> Failure {
    let message = format!("nothing that may be kept was recorded as {name}: {why}");
    Failure::new(Kind::Refused, message).hint(
        "while it records, click into a permitted window (a text editor) and type; \
         then run the demo again with --force, and with --live 60 for more time",
    )
}
