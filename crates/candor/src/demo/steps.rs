//! The eight steps, in order. Each says who acts, what they do and why it matters.

mod agree;
mod approve;
mod audit;
mod compile;
mod end;
mod live;
mod record;
mod review;
mod seal;

use super::stage::{Done, Stage};
use crate::ambient::Stopwatch;
use crate::exit::{Failure, Outcome};

type Step = fn(&mut Stage) -> Outcome;

const STEPS: [(&str, Step); 8] = [
    ("1 steward: approve", approve::play),
    ("2 contributors: agree", agree::play),
    ("3 agent: gate, redact, journal", record::play),
    ("4 contributors: review, release", review::play),
    ("5 server: admit, seal, log", seal::play),
    ("6 researcher: compile", compile::play),
    ("7 auditor: verify", audit::play),
    ("8 withdraw, halt", end::play),
];

/// Plays all eight; the first that breaks ends the play and is named.
pub(crate) fn play(stage: &mut Stage, live_seconds: Option<u32>) -> Outcome {
    record::choose_source(stage, live_seconds)?;
    for (name, step) in STEPS {
        let clock = Stopwatch::start();
        let played = step(stage);
        let seconds = (clock.seconds() * 1000.0).round() / 1000.0;
        stage.done.push(Done { name, ok: played.is_ok(), seconds });
        played.map_err(|failure| Failure::new(failure.kind(), format!("step \"{name}\": {failure}")))?;
    }
    Ok(())
}
