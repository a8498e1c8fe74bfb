//! `candor import`: a recording goes through the gate and redaction into the journal.

use std::path::PathBuf;

use candor_intake::Recording;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::live::status::Input;
use crate::agent::{models, road, words};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// Which recording.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the recording: Candor's import layout, or a `DuckTrack`/AgentNet folder.
    recording: PathBuf,
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    session: String,
    steps: u64,
    bytes: u64,
    findings: std::collections::BTreeMap<String, u64>,
    refused: Vec<String>,
    /// What was otherwise while it was recorded, and refused no step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noted: Vec<String>,
    /// Of a live recording: what became of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Input>,
    /// Whether the counts of the input and of the recording agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    adds_up: Option<bool>,
}

/// Runs `candor import`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let client = session.client()?;
    let recording = Recording::open(&arguments.recording)
        .because(Kind::BadInput, &format!("open the recording {}", arguments.recording.display()))?;
    let bar = bar(recording.step_count());
    let models = models::open(session.config.models.as_deref())?;
    let taken = road::take(&enrolment, &client, &models, &recording, &mut |n| bar.set_position(n));
    bar.finish_and_clear();
    let taken = taken?;
    if taken.steps == 0 {
        return Err(nothing_permitted(&enrolment, &taken));
    }
    show(session, &taken, None);
    Ok(())
}

/// Every step was refused: that is an answer, with its reasons, and no session to review.
pub(super) fn nothing_permitted(enrolment: &Enrolment, taken: &road::Taken) -> Failure {
    let discarded = road::journal(enrolment).and_then(|journal| {
        journal.discard(taken.session).because(Kind::Storage, "discard the empty session")
    });
    if let Err(failure) = discarded {
        return failure;
    }
    let reasons: Vec<&str> = taken.refused.iter().map(String::as_str).collect();
    let message = match reasons.as_slice() {
        [] => "nothing happened that could be kept".to_owned(),
        reasons => format!("every step was refused at the gate. {}", reasons.join(" ")),
    };
    let kept_nothing = "nothing was kept; `candor consent list` shows what you agreed to";
    let hint: Vec<&str> =
        std::iter::once(kept_nothing).chain(taken.noted.iter().map(String::as_str)).collect();
    Failure::new(Kind::Refused, message).hint(hint.join("\n  "))
}

pub(super) fn show(session: &Session, taken: &road::Taken, input: Option<(Input, bool)>) {
    let (input, adds_up) = input.unzip();
    let shown = Shown {
        session: taken.session.to_string(),
        steps: taken.steps,
        bytes: taken.bytes,
        findings: taken.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
        refused: taken.refused.iter().cloned().collect(),
        noted: taken.noted.iter().cloned().collect(),
        input,
        adds_up,
    };
    output::show(session.json, &shown, in_words);
}

fn in_words(shown: &Shown) -> String {
    let mut lines =
        vec![format!("session {}: {} steps, {}", shown.session, shown.steps, output::bytes(shown.bytes))];
    lines.extend(shown.findings.iter().map(|(kind, count)| format!("  taken out: {count} {kind}")));
    lines.extend(shown.refused.iter().map(|reason| format!("  not recorded: {reason}")));
    lines.extend(shown.noted.iter().map(|sentence| format!("  note: {sentence}")));
    if let Some(input) = &shown.input {
        let (gaps, lost) = (input.not_taken + input.tail, input.lost);
        lines.push(format!(
            "  input: {} events seen, {} in steps, {gaps} in gaps, {lost} lost",
            input.seen, input.taken
        ));
        lines.extend(
            input.only_counted.iter().map(|(why, runs)| format!("  {}", words::only_counted(*why, *runs))),
        );
    }
    if shown.adds_up == Some(false) {
        lines.push("  these counts do not agree: look at the recording with care, or delete it".to_owned());
    }
    lines.push(format!("look at it: candor review show {}", shown.session));
    lines.join("\n")
}

fn bar(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("   {bar:32} {pos}/{len} steps")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(steps).with_style(style)
}
