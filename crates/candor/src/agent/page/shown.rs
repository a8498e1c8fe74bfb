//! What the pages hold, and their templates.

use std::collections::BTreeMap;

use askama::Template;
use candor_journal::{Journal, ReviewStep, SessionSummary, State as Progress};
use candor_model::{Finding, Place, Rect, RedactionReport, SessionId, Timestamp};

use crate::agent::enrolment::Summary;
use crate::agent::words;
use crate::ambient;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// A recording in a list.
pub(super) struct Recording {
    session: String,
    started: String,
    state: &'static str,
    task: String,
    steps: usize,
    dropped: usize,
    size: String,
    /// How long until it deletes itself.
    left: String,
    released: bool,
    looked_at: bool,
    taken_out: Vec<(&'static str, u64)>,
}

impl Recording {
    pub(super) fn of(summary: &SessionSummary) -> Self {
        let now = ambient::now();
        Self {
            session: summary.session.to_string(),
            started: summary.started.to_string(),
            state: words::state(&summary.state),
            task: summary.task.clone().unwrap_or_default(),
            steps: summary.steps,
            dropped: summary.dropped,
            size: output::bytes(summary.bytes),
            left: summary.deletes_at.map(|at| until(now, at)).unwrap_or_default(),
            released: matches!(summary.state, Progress::Released { .. }),
            looked_at: matches!(summary.state, Progress::Reviewed | Progress::Releasing),
            taken_out: summary.findings.iter().map(|(kind, count)| (kind.plain(), *count)).collect(),
        }
    }
}

/// How long it is until then, rounded down: a promise of more time would be wrong.
fn until(now: Timestamp, then: Timestamp) -> String {
    let ms = then.as_millis().saturating_sub(now.as_millis()).max(0);
    match (ms / DAY_MS, ms % DAY_MS / HOUR_MS) {
        (0, 0) => "less than an hour".to_owned(),
        (0, 1) => "1 hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

#[derive(Template)]
#[template(path = "page/front.html")]
pub(super) struct Front {
    pub(super) enrolment: Summary,
    pub(super) withdrawn: bool,
    pub(super) recordings: Vec<Recording>,
}

/// A line of the timeline.
pub(super) enum Line {
    Step { number: u32, place: String, action: String, target: String, taken_out: usize, has_frame: bool },
    Dropped { number: u32 },
}

/// What the gate refused.
pub(super) struct Refused {
    from: String,
    to: String,
    why: Vec<String>,
}

#[derive(Template)]
#[template(path = "page/recording.html")]
pub(super) struct Timeline {
    recording: Recording,
    lines: Vec<Line>,
    refused: Vec<Refused>,
    last: usize,
}

/// What one rule took out of one kind of place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TakenOut {
    what: &'static str,
    place: &'static str,
    rule: String,
}

/// A part of the picture, which was taken out.
pub(super) struct Part {
    at: Rect,
    what: &'static str,
    rule: String,
}

#[derive(Template)]
#[template(path = "page/step.html")]
pub(super) struct One {
    session: String,
    number: u32,
    place: String,
    title: String,
    action: String,
    target: String,
    at: String,
    width: u32,
    height: u32,
    has_frame: bool,
    taken_out: BTreeMap<TakenOut, usize>,
    boxes: Vec<Part>,
    before: Option<u32>,
    after: Option<u32>,
    released: bool,
    dropped: bool,
}

#[derive(Template)]
#[template(path = "page/release.html")]
pub(super) struct Release {
    pub(super) recording: Recording,
    pub(super) enrolment: Summary,
    pub(super) server: String,
    pub(super) organisation: String,
}

#[derive(Template)]
#[template(path = "page/withdraw.html")]
pub(super) struct Withdraw {
    pub(super) enrolment: Summary,
}

#[derive(Template)]
#[template(path = "page/told.html")]
pub(super) struct Say {
    pub(super) title: &'static str,
    pub(super) lines: Vec<String>,
}

pub(super) fn found(journal: &Journal, session: SessionId) -> Outcome<SessionSummary> {
    journal.session(session).because(Kind::BadInput, "find the recording")
}

pub(super) fn timeline(journal: &Journal, session: SessionId) -> Outcome<Timeline> {
    let summary = found(journal, session)?;
    let all = u32::try_from(summary.steps + summary.dropped).unwrap_or(u32::MAX);
    let mut lines: Vec<Line> = (0..all).map(|number| Line::Dropped { number }).collect();
    for step in journal.view(session).because(Kind::BadInput, "open the recording")? {
        let step = step.because(Kind::BadInput, "open the recording")?;
        if let Some(place) = usize::try_from(step.number).ok().and_then(|number| lines.get_mut(number)) {
            *place = line(&step);
        }
    }
    let gaps = journal.gaps(session).because(Kind::BadInput, "read what was refused")?;
    let refused = |gap: &candor_journal::Gap| Refused {
        from: gap.from.to_string(),
        to: gap.to.to_string(),
        why: words::reasons(gap),
    };
    let (refused, last) = (gaps.iter().map(refused).collect(), lines.len().saturating_sub(1));
    Ok(Timeline { recording: Recording::of(&summary), lines, refused, last })
}

fn place(step: &ReviewStep) -> String {
    let window = &step.content.step.window;
    window.site.as_ref().map_or_else(|| window.app.to_string(), |site| format!("{}, {site}", window.app))
}

fn target(step: &ReviewStep) -> String {
    let target = step.content.step.target.as_ref();
    target.map(words::target).unwrap_or_default()
}

fn line(step: &ReviewStep) -> Line {
    Line::Step {
        number: step.number,
        place: place(step),
        action: words::action(&step.content.step.action),
        target: target(step),
        taken_out: step.content.report.findings.len(),
        has_frame: step.content.frame.is_some(),
    }
}

pub(super) fn one(summary: &SessionSummary, kept: &[u32], step: &ReviewStep) -> One {
    let (content, screen) = (&step.content.step, &step.content.step.screen);
    let all = u32::try_from(summary.steps + summary.dropped).unwrap_or(u32::MAX);
    One {
        session: summary.session.to_string(),
        number: step.number,
        place: place(step),
        title: content.window.title.clone().unwrap_or_default(),
        action: words::action(&content.action),
        target: target(step),
        at: content.at.wall.to_string(),
        width: screen.width,
        height: screen.height,
        has_frame: step.content.frame.is_some(),
        taken_out: taken_out(&step.content.report),
        boxes: boxes(&step.content.report),
        before: step.number.checked_sub(1),
        after: step.number.checked_add(1).filter(|next| *next < all),
        released: matches!(summary.state, Progress::Released { .. }),
        dropped: !kept.contains(&step.number),
    }
}

fn taken_out(report: &RedactionReport) -> BTreeMap<TakenOut, usize> {
    let mut counts = BTreeMap::new();
    for Finding { kind, rule, place } in &report.findings {
        let key = TakenOut { what: kind.plain(), place: words::place(place), rule: rule.clone() };
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

fn boxes(report: &RedactionReport) -> Vec<Part> {
    let in_picture = |finding: &Finding| match finding.place {
        Place::Frame { bounds } => {
            Some(Part { at: bounds, what: finding.kind.plain(), rule: finding.rule.clone() })
        }
        Place::Typed | Place::Title | Place::Target | Place::Tree { .. } | Place::Task => None,
    };
    report.findings.iter().filter_map(in_picture).collect()
}
