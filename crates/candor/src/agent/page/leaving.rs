//! The pages before something leaves, or ends: exactly what would leave, and what a withdrawal does.

use askama::Template;
use candor_journal::{Journal, Preview};
use candor_model::SessionId;

use super::Desk;
use super::front::{Recording, ended, found};
use crate::agent::enrolment::{Enrolment, Summary};
use crate::agent::uploads::Uploads;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

/// Exactly what would leave.
struct Leaves {
    digest: String,
    steps: usize,
    frames: usize,
    trees: usize,
    size: String,
    bytes: u64,
    task: String,
    ended: &'static str,
    taken_out: Vec<(&'static str, u64)>,
}

impl From<Preview> for Leaves {
    fn from(preview: Preview) -> Self {
        Self {
            digest: preview.digest.to_string(),
            steps: preview.steps,
            frames: preview.frames,
            trees: preview.trees,
            size: output::bytes(preview.bytes),
            bytes: preview.bytes,
            task: preview.header.task.unwrap_or_default(),
            ended: ended(preview.header.outcome),
            taken_out: preview.findings.iter().map(|(kind, count)| (kind.plain(), *count)).collect(),
        }
    }
}

/// A purpose that the person agreed to.
struct For {
    title: String,
    statement: String,
}

#[derive(Template)]
#[template(path = "page/release.html")]
pub(super) struct Release {
    root: String,
    recording: Recording,
    /// What would leave, or why that cannot be said.
    leaves: Result<Leaves, String>,
    program: String,
    purposes: Vec<For>,
    recipients: Vec<String>,
    server: String,
    organisation: String,
    /// What the network costs, and what was sent.
    uploads: Uploads,
}

impl Release {
    pub(super) fn of(
        enrolment: &Enrolment,
        journal: &Journal,
        desk: &Desk,
        session: SessionId,
    ) -> Outcome<Self> {
        let recording = Recording::of(&found(journal, session)?);
        let preview = journal.preview(session).because(Kind::Refused, "look at what would leave");
        let charter = enrolment.charter();
        Ok(Self {
            root: desk.root(),
            recording,
            leaves: preview.map(Leaves::from).map_err(|failure| failure.to_string()),
            program: charter.title().to_owned(),
            purposes: purposes(enrolment),
            recipients: charter.recipients().iter().map(|recipient| recipient.name.clone()).collect(),
            server: desk.0.options.server.clone(),
            organisation: enrolment.organisation().to_string(),
            uploads: Uploads::of(enrolment)?,
        })
    }
}

fn purposes(enrolment: &Enrolment) -> Vec<For> {
    let chosen = &enrolment.consent().grant().choice.purposes;
    let all = enrolment.charter().purposes().iter().filter(|purpose| chosen.contains(&purpose.id));
    all.map(|purpose| For { title: purpose.title.clone(), statement: purpose.statement.clone() }).collect()
}

#[derive(Template)]
#[template(path = "page/withdraw.html")]
pub(super) struct Withdraw {
    pub(super) root: String,
    pub(super) enrolment: Summary,
}
