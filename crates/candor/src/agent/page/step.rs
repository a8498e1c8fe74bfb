//! The page of one step: its picture as it would leave, and what was taken out of it by which rule.

use std::collections::BTreeMap;

use askama::Template;
use candor_consent::Charter;
use candor_journal::{Journal, Masked};
use candor_model::{Action, Finding, Place, Rect, RedactionReport, SessionId};

use super::front::found;
use super::timeline::{place, target};
use crate::agent::words;
use crate::exit::{Because, Kind, Outcome};

/// What one rule took out of one kind of place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct TakenOut {
    what: &'static str,
    place: &'static str,
    rule: String,
}

/// A part of the picture, which was taken out.
struct Part {
    at: Rect,
    what: &'static str,
    rule: String,
}

#[derive(Template)]
#[template(path = "page/step.html")]
pub(super) struct One {
    root: String,
    session: String,
    number: u32,
    place: String,
    title: String,
    action: String,
    target: String,
    typed: String,
    at: String,
    width: u32,
    height: u32,
    has_frame: bool,
    taken_out: BTreeMap<TakenOut, usize>,
    boxes: Vec<Part>,
    before: Option<u32>,
    after: Option<u32>,
    last: usize,
    released: bool,
    /// Why it does not leave; nothing if it would.
    left_out: &'static str,
    app_left_out: bool,
}

impl One {
    pub(super) fn of(
        root: String,
        charter: &Charter,
        journal: &Journal,
        session: SessionId,
        number: u32,
    ) -> Outcome<Self> {
        let open = "open the step";
        let summary = found(journal, session)?;
        let content = journal.view_step(session, number).because(Kind::BadInput, open)?.content;
        let kept = journal.kept(session).because(Kind::BadInput, open)?;
        let masks = journal.masks(session).because(Kind::BadInput, open)?;
        let step = &content.step;
        let all = summary.steps + summary.dropped;
        let after = number.checked_add(1);
        let app_left_out =
            masks.iter().any(|mask| matches!(&mask.what, Masked::App(app) if *app == step.window.app));
        Ok(Self {
            root,
            session: session.to_string(),
            number,
            place: place(charter, step),
            title: step.window.title.clone().unwrap_or_default(),
            action: words::action(&step.action),
            target: target(step),
            typed: if let Action::Type { text } = &step.action { text.clone() } else { String::new() },
            at: words::when(step.at.wall),
            width: step.screen.width,
            height: step.screen.height,
            has_frame: content.frame.is_some(),
            taken_out: taken_out(&content.report),
            boxes: boxes(&content.report),
            before: number.checked_sub(1),
            after: after.filter(|next| usize::try_from(*next).is_ok_and(|next| next < all)),
            last: all.saturating_sub(1),
            released: matches!(summary.state, candor_journal::State::Released { .. }),
            left_out: left_out(kept.contains(&number), app_left_out),
            app_left_out,
        })
    }
}

const fn left_out(kept: bool, with_app: bool) -> &'static str {
    match (kept, with_app) {
        (true, _) => "",
        (false, true) => "Left out with its app: it does not leave.",
        (false, false) => "Dropped: it does not leave.",
    }
}

fn taken_out(report: &RedactionReport) -> BTreeMap<TakenOut, usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        let Finding { rule, place, .. } = finding;
        let key =
            TakenOut { what: words::taken_out(finding), place: words::place(place), rule: rule.clone() };
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

fn boxes(report: &RedactionReport) -> Vec<Part> {
    let in_picture = |finding: &Finding| match finding.place {
        Place::Frame { bounds } => {
            Some(Part { at: bounds, what: words::taken_out(finding), rule: finding.rule.clone() })
        }
        Place::Typed | Place::Title | Place::Target | Place::Tree { .. } | Place::Task => None,
    };
    report.findings.iter().filter_map(in_picture).collect()
}
