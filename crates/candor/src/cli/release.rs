//! `candor release`: the one way off this machine, one session at a time, by the person's own act.

use std::collections::BTreeMap;

use candor_model::SessionId;
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::release::{self, Left};
use crate::exit::Outcome;
use crate::output;

/// Which session.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session, as `candor review list` names it.
    session: SessionId,
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    session: String,
    steps: u64,
    bytes: u64,
    manifest: String,
    purposes: Vec<String>,
    findings: BTreeMap<String, u64>,
    leaf: u64,
}

/// Runs `candor release`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    let left = release::release(&enrolment, &session.client()?, arguments.session)?;
    show(session, &enrolment, &left);
    Ok(())
}

fn show(session: &Session, enrolment: &Enrolment, left: &Left) {
    let manifest = &left.bundle.contents().manifest;
    let shown = Shown {
        session: manifest.header.session.to_string(),
        steps: manifest.steps.len() as u64,
        bytes: left.bytes,
        manifest: left.bundle.manifest_digest().to_string(),
        purposes: enrolment.consent().grant().choice.purposes.iter().map(ToString::to_string).collect(),
        findings: manifest.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
        leaf: left.leaf,
    };
    output::show(session.json, &shown, |shown| {
        let (size, purposes) = (output::bytes(shown.bytes), shown.purposes.join(", "));
        let mut lines = vec![format!(
            "released {} steps, {size}, for {purposes}; leaf {} of the log",
            shown.steps, shown.leaf
        )];
        lines.extend(
            shown.findings.iter().map(|(kind, count)| format!("  taken out before it left: {count} {kind}")),
        );
        lines.push("to end it and destroy the keys: candor withdraw".to_owned());
        lines.join("\n")
    });
}
