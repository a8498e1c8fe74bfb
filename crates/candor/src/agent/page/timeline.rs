//! The page of one recording: its steps in order, what was taken out and refused, its masks; and, once it is released, what became of it.

use std::collections::BTreeMap;

use askama::Template;
use candor_consent::Charter;
use candor_journal::{Gap, Journal, Masked, StepOutline};
use candor_model::{SessionId, Step};

use super::Desk;
use super::front::{Recording, found};
use crate::agent::enrolment::Enrolment;
use crate::agent::live::not;
use crate::agent::{kept, words};
use crate::exit::{Because, Kind, Outcome};

/// Lines that the browser leaves out or lays out together: a twenty-fifth of the work that it has with each alone, at each picture that it
/// draws while somebody scrolls.
const STRETCH_LINES: usize = 25;

/// A stretch of the timeline.
struct Stretch {
    from: u32,
    to: u32,
    lines: Vec<Line>,
}

/// A line of the timeline.
struct Line {
    number: u32,
    kept: bool,
    /// Its application is left out: alone it does not come back.
    app_left_out: bool,
    place: String,
    action: String,
    target: String,
    taken_out: usize,
    has_frame: bool,
}

/// What was not recorded, or otherwise than before.
struct Entry {
    what: &'static str,
    from: String,
    to: String,
    why: Vec<String>,
}

/// A mask that is in force.
struct Mask {
    number: u32,
    what: String,
}

/// An application in the recording.
struct App {
    id: String,
    name: String,
    steps: usize,
}

/// What became of a released recording.
struct After {
    receipt: Result<kept::Receipt, String>,
    uses: Result<Vec<kept::Use>, String>,
}

#[derive(Template)]
#[template(path = "page/recording.html")]
pub(super) struct Timeline {
    root: String,
    recording: Recording,
    stretches: Vec<Stretch>,
    entries: Vec<Entry>,
    masks: Vec<Mask>,
    apps: Vec<App>,
    last: usize,
    after: Option<After>,
}

impl Timeline {
    pub(super) fn of(
        enrolment: &Enrolment,
        journal: &Journal,
        desk: &Desk,
        session: SessionId,
    ) -> Outcome<Self> {
        let recording = Recording::of(&found(journal, session)?);
        let steps = journal.outline(session).because(Kind::BadInput, "open the recording")?;
        let masks = journal.masks(session).because(Kind::BadInput, "read the masks")?;
        let left_out = |step: &Step| {
            masks.iter().any(|mask| matches!(&mask.what, Masked::App(app) if *app == step.window.app))
        };
        let charter = enrolment.charter();
        let lines = steps.iter().map(|step| line(charter, step, left_out(&step.step)));
        let gaps = journal.gaps(session).because(Kind::BadInput, "read what was not recorded")?;
        let mask = |mask: &candor_journal::MaskInForce| Mask {
            number: mask.number,
            what: words::masked(&mask.what),
        };
        let apps = steps.iter().filter(|step| !left_out(&step.step));
        Ok(Self {
            root: desk.root(),
            after: recording.released.then(|| after(enrolment, desk, session)),
            recording,
            last: steps.len().saturating_sub(1),
            stretches: stretches(lines),
            entries: gaps.iter().map(entry).collect(),
            masks: masks.iter().map(mask).collect(),
            apps: apps_of(charter, apps),
        })
    }
}

fn after(enrolment: &Enrolment, desk: &Desk, session: SessionId) -> After {
    let receipt = kept::receipt(enrolment, session).map_err(|failure| failure.to_string());
    let uses = desk.client().and_then(|client| kept::uses(enrolment, &client, session));
    After { receipt, uses: uses.map_err(|failure| failure.to_string()) }
}

fn line(charter: &Charter, outline: &StepOutline, app_left_out: bool) -> Line {
    Line {
        number: outline.number,
        kept: outline.kept,
        app_left_out,
        place: place(charter, &outline.step),
        action: words::action(&outline.step.action),
        target: target(&outline.step),
        taken_out: outline.report.findings.len(),
        has_frame: outline.has_frame,
    }
}

/// Stretches of as many lines each; the last one may be shorter.
fn stretches(mut lines: impl Iterator<Item = Line>) -> Vec<Stretch> {
    let next = || {
        let lines: Vec<Line> = lines.by_ref().take(STRETCH_LINES).collect();
        let (from, to) = (lines.first()?.number, lines.last()?.number);
        Some(Stretch { from, to, lines })
    };
    std::iter::from_fn(next).collect()
}

fn entry(gap: &Gap) -> Entry {
    let what = not::Entry::of(&gap.codes).word();
    Entry { what, from: words::when(gap.from), to: words::when(gap.to), why: words::reasons(gap) }
}

fn apps_of<'a>(charter: &Charter, steps: impl Iterator<Item = &'a StepOutline>) -> Vec<App> {
    let mut counts = BTreeMap::new();
    for step in steps {
        *counts.entry(step.step.window.app.to_string()).or_insert(0) += 1;
    }
    let app = |(id, steps): (String, usize)| App { name: app_name(charter, &id), id, steps };
    counts.into_iter().map(app).collect()
}

/// An application as the charter names it to people.
fn app_name(charter: &Charter, id: &str) -> String {
    let rule = charter.scope().apps().iter().find(|rule| rule.id.to_string() == id);
    rule.map_or_else(|| id.to_owned(), |rule| rule.title.clone())
}

/// Where a step took place.
pub(super) fn place(charter: &Charter, step: &Step) -> String {
    let app = app_name(charter, &step.window.app.to_string());
    step.window.site.as_ref().map_or_else(|| app.clone(), |site| format!("{app}, {site}"))
}

/// What a step acted on.
pub(super) fn target(step: &Step) -> String {
    step.target.as_ref().map(words::target).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> Line {
        let (place, action, target) = (String::new(), String::new(), String::new());
        Line { number, kept: true, app_left_out: false, place, action, target, taken_out: 0, has_frame: true }
    }

    #[test]
    fn stretches_hold_every_line_once_and_in_order_and_only_the_last_is_short() {
        for steps in [0, 1, 24, 25, 26, 51] {
            let stretches = stretches((0..steps).map(line));
            let numbers = stretches.iter().flat_map(|stretch| &stretch.lines).map(|line| line.number);
            assert!(numbers.eq(0..steps), "{steps}");
            for stretch in stretches.iter().rev().skip(1) {
                assert_eq!((stretch.lines.len(), stretch.to - stretch.from), (STRETCH_LINES, 24), "{steps}");
            }
            let last = stretches.last().map(|stretch| (stretch.from, stretch.to));
            assert_eq!(last, (steps > 0).then(|| ((steps - 1) / 25 * 25, steps - 1)), "{steps}");
        }
    }
}
