//! `candor release`: the one way off this machine, one session at a time, by the person's own act.

use std::collections::BTreeMap;
use std::time::Duration;

use candor_journal::Journal;
use candor_model::{Digest, SessionId};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::live::budget::Limits;
use crate::agent::release::{self, Left};
use crate::agent::road;
use crate::agent::uploads::{self, Uploads};
use crate::exit::{Because, Kind, Outcome};
use crate::output;

/// How long at most it waits between two looks, in seconds.
const LOOK_SECONDS: u64 = 10;

/// Which session.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session, as `candor review list` names it.
    session: SessionId,
    /// Show exactly what would leave, and release nothing.
    #[arg(long, conflicts_with = "digest")]
    show: bool,
    /// Release only if what leaves has this digest, as `--show` printed it.
    #[arg(long)]
    digest: Option<Digest>,
    /// Send it although this network is metered: it may cost you.
    #[arg(long, conflicts_with = "show")]
    metered: bool,
    /// Wait until the hour's budget of uploads has room for it.
    #[arg(long, conflicts_with = "show")]
    wait: bool,
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
    let journal = road::journal(&enrolment)?;
    if arguments.show {
        return preview(session, &enrolment, &journal, arguments.session);
    }
    let client = session.client()?;
    if arguments.wait {
        wait(&enrolment, &journal, arguments.session)?;
    }
    let (of, shown) = (arguments.session, arguments.digest);
    let left = release::release(&enrolment, &journal, &client, of, shown, arguments.metered)?;
    show(session, &enrolment, &left);
    Ok(())
}

/// Waits until the hour's budget has room, and says how long it will be. Ctrl-C ends it: nothing was signed or sent.
fn wait(enrolment: &Enrolment, journal: &Journal, session: SessionId) -> Outcome {
    let preview = journal.preview(session).because(Kind::Refused, "look at what would leave")?;
    let (limits, mut told) = (Limits::of(enrolment)?, None);
    while let Some(seconds @ 1..) = uploads::seconds_until(&enrolment.home(), &limits, preview.bytes)? {
        let minutes = seconds.div_ceil(60);
        if told.replace(minutes) != Some(minutes) {
            output::talk(&format!(
                "the hour's budget of uploads is used up: it waits {minutes} min; Ctrl-C ends it"
            ));
        }
        std::thread::sleep(Duration::from_secs(seconds.min(LOOK_SECONDS)));
    }
    Ok(())
}

#[derive(Serialize)]
struct Previewed {
    session: String,
    digest: String,
    steps: u64,
    pictures: u64,
    bytes: u64,
    purposes: Vec<String>,
    recipients: Vec<String>,
    server: String,
    uploads: Uploads,
    findings: BTreeMap<String, u64>,
}

fn preview(session: &Session, enrolment: &Enrolment, journal: &Journal, of: SessionId) -> Outcome {
    let preview = journal.preview(of).because(Kind::Refused, "look at what would leave")?;
    let shown = Previewed {
        session: of.to_string(),
        digest: preview.digest.to_string(),
        steps: preview.steps as u64,
        pictures: preview.frames as u64,
        bytes: preview.bytes,
        purposes: purposes(enrolment),
        recipients: enrolment.charter().recipients().iter().map(|recipient| recipient.name.clone()).collect(),
        server: session.config.server.clone(),
        uploads: Uploads::of(enrolment)?,
        findings: preview.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
    };
    output::show(session.json, &shown, |shown| {
        let mut lines = vec![
            format!(
                "would leave: {} steps, {} pictures, {}",
                shown.steps,
                shown.pictures,
                output::bytes(shown.bytes)
            ),
            format!("digest: {}", shown.digest),
            format!("to: {}, for {}", shown.server, shown.purposes.join(", ")),
            format!("datasets of it may go to: {}", shown.recipients.join(", ")),
        ];
        lines
            .extend(shown.findings.iter().map(|(kind, count)| format!("  taken out before: {count} {kind}")));
        lines.extend(shown.uploads.in_words());
        lines.push(format!(
            "to release exactly this: candor release {} --digest {}",
            shown.session, shown.digest
        ));
        lines.join("\n")
    });
    Ok(())
}

fn purposes(enrolment: &Enrolment) -> Vec<String> {
    enrolment.consent().grant().choice.purposes.iter().map(ToString::to_string).collect()
}

fn show(session: &Session, enrolment: &Enrolment, left: &Left) {
    let manifest = &left.bundle.contents().manifest;
    let shown = Shown {
        session: manifest.header.session.to_string(),
        steps: manifest.steps.len() as u64,
        bytes: left.bytes,
        manifest: left.bundle.manifest_digest().to_string(),
        purposes: purposes(enrolment),
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
