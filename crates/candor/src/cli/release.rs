//! `candor release`: the one way off this machine, one session at a time, by the person's own act.

use std::collections::BTreeMap;

use candor_model::{Admission, Digest, SessionId, Statement};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::road;
use crate::ambient::{self, SystemEntropy};
use crate::exit::{Because, Failure, Kind, Outcome};
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
///
/// The signed bundle is in the journal before it is sent, so that an upload that was cut off is sent again unchanged.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let enrolment = Enrolment::only(&session.home, arguments.program.as_deref())?;
    if enrolment.withdrawn() {
        return Err(Failure::new(
            Kind::Refused,
            "you have withdrawn from this program: nothing leaves any more",
        )
        .hint("`candor consent list` says whether the server has confirmed it"));
    }
    let client = session.client()?;
    let journal = road::journal(&enrolment)?;
    let bundle = journal
        .release(arguments.session, &enrolment.key()?, ambient::now(), &mut SystemEntropy)
        .because(Kind::Refused, "release the session")?;
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).because(Kind::Unexpected, "write the bundle")?;
    let admitted = client.release(&bytes)?;
    let statement = Statement::<Admission>::verify(&admitted.admission, enrolment.organisation())
        .because(Kind::BadInput, "check the server's receipt")?;
    if statement.subject_digest() != Some(bundle.manifest_digest()) {
        return Err(Failure::new(Kind::BadInput, "the server's receipt is for something else"));
    }
    let receipt = admitted.admission.to_bytes();
    let kept = enrolment.folder().join("admissions").join(format!("{}.dsse.json", arguments.session));
    crate::durable::write_private(&kept, &receipt).because(Kind::Storage, "keep the server's receipt")?;
    journal
        .mark_released(arguments.session, Digest::of(&receipt))
        .because(Kind::Storage, "remember that the session is released")?;
    show(session, &enrolment, &bundle, bytes.len() as u64, admitted.leaf);
    Ok(())
}

fn show(session: &Session, enrolment: &Enrolment, bundle: &candor_journal::Bundle, bytes: u64, leaf: u64) {
    let manifest = &bundle.contents().manifest;
    let shown = Shown {
        session: manifest.header.session.to_string(),
        steps: manifest.steps.len() as u64,
        bytes,
        manifest: bundle.manifest_digest().to_string(),
        purposes: enrolment.consent().grant().choice.purposes.iter().map(ToString::to_string).collect(),
        findings: manifest.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
        leaf,
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
