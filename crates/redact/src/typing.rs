//! Text typed over several events: searched as one, and the events rewritten to fit.
//!
//! A card number goes into four boxes, a name is finished after a glance at the mail. Each piece alone says nothing that
//! a rule knows. So steps that follow each other with typed text are held back, already without everything else that
//! they must not tell; their texts are joined and searched; what runs over a joint is taken out of every piece. The first
//! piece gets the placeholder, and a piece of which nothing is left becomes its number of keys.

use std::ops::Range;

use candor_model::{Action, Finding, Place, RedactedStep};
use zeroize::Zeroizing;

use crate::act::counted;
use crate::text::find::Find;
use crate::text::pseudonym::Pseudonyms;
use crate::text::{Engine, Reach};
use crate::words::{STRING_BYTES_MAX, Words};

/// Most steps that are held back. What a person types is told to the journal at most so many steps late.
const HELD_MAX: usize = 12;
/// Most steps between two pieces of text: a key to the next field, a click into it.
const BETWEEN_MAX: usize = 2;

/// A step without what it must not tell, but for the text that was typed, which is kept apart and still raw.
pub(crate) struct Held {
    pub(crate) step: RedactedStep,
    pub(crate) typed: Option<Zeroizing<String>>,
}

/// The steps that are held back.
#[derive(Default)]
pub(crate) struct Typing {
    held: Vec<Held>,
}

impl Typing {
    /// Whether `next` may belong to what is held, and there is room for it.
    pub(crate) fn takes(&self, next: &Held) -> bool {
        let Some(last) = self.held.last() else { return next.typed.is_some() };
        let bytes: usize = self.held.iter().chain([next]).map(|h| h.text().len() + 1).sum();
        let (there, here) = (&last.step.step.window, &next.step.step.window);
        self.held.len() < HELD_MAX
            && bytes <= STRING_BYTES_MAX
            && (&there.app, &there.site) == (&here.app, &here.site)
            && (next.typed.is_some() || self.between() < BETWEEN_MAX && leads_on(&next.step.step.action))
    }

    pub(crate) fn hold(&mut self, held: Held) {
        self.held.push(held);
    }

    /// Steps since the last piece of text.
    fn between(&self) -> usize {
        self.held.iter().rev().take_while(|held| held.typed.is_none()).count()
    }

    /// Searches what was typed, and hands out the steps in their order.
    pub(crate) fn settle(&mut self, engine: &Engine, names: &mut Pseudonyms) -> Vec<RedactedStep> {
        let mut held = std::mem::take(&mut self.held);
        cut_over_joints(&mut held, engine, names);
        held.into_iter().map(|held| finished(held, engine, names)).collect()
    }
}

impl Held {
    fn text(&self) -> &str {
        self.typed.as_ref().map_or("", |typed| typed.as_str())
    }
}

/// Whether a person who does this may go on typing the same thing.
const fn leads_on(action: &Action) -> bool {
    matches!(action, Action::Click { .. } | Action::Hotkey { .. } | Action::Keys { .. } | Action::Wait { .. })
}

/// Takes what runs over a joint out of every piece.
fn cut_over_joints(held: &mut [Held], engine: &Engine, names: &mut Pseudonyms) {
    let (joined, pieces) = joined(held);
    if pieces.len() < 2 {
        return;
    }
    let finds = engine.search(&joined, Reach::Whole);
    // From the last to the first, so that the ranges of what is still to be cut stay true.
    for find in finds.iter().rev() {
        let mut parts: Vec<_> =
            pieces.iter().filter_map(|(n, at)| Some((*n, inside(&find.range, at)?))).collect();
        if parts.len() > 1 {
            let placeholder =
                names.placeholder(find.kind, joined.get(find.range.clone()).unwrap_or_default());
            let first = parts.remove(0);
            for part in parts {
                cut(held, part, "", find);
            }
            cut(held, first, &placeholder, find);
        }
    }
}

/// The texts as one, and where each is in it. Two that follow each other at once in one field are one text; others
/// stand apart like words.
fn joined(held: &[Held]) -> (Zeroizing<String>, Vec<(usize, Range<usize>)>) {
    let (mut text, mut pieces) = (Zeroizing::new(String::new()), Vec::new());
    let mut last: Option<(usize, &Held)> = None;
    for (n, piece) in held.iter().enumerate().filter(|(_, held)| held.typed.is_some()) {
        if last.is_some_and(|(m, before)| m + 1 != n || before.step.step.target != piece.step.step.target) {
            text.push(' ');
        }
        let start = text.len();
        text.push_str(piece.text());
        pieces.push((n, start..text.len()));
        last = Some((n, piece));
    }
    (text, pieces)
}

/// The part of `find` inside the piece at `piece`, counted from the start of the piece.
fn inside(find: &Range<usize>, piece: &Range<usize>) -> Option<Range<usize>> {
    let (start, end) = (find.start.max(piece.start), find.end.min(piece.end));
    (start < end).then(|| start - piece.start..end - piece.start)
}

fn cut(held: &mut [Held], (n, range): (usize, Range<usize>), placeholder: &str, find: &Find) {
    let Some(held) = held.get_mut(n) else { return };
    let text = held.text();
    let (before, after) = (text.get(..range.start), text.get(range.end..));
    // Built anew and not in place: a string that grows leaves its old bytes behind.
    let left = Zeroizing::new([before.unwrap_or_default(), placeholder, after.unwrap_or_default()].concat());
    if left.is_empty() {
        held.step.step.action = counted(text);
        held.typed = None;
    } else {
        held.typed = Some(left);
    }
    held.step.report.findings.push(Finding {
        kind: find.kind,
        rule: find.rule.to_owned(),
        place: Place::Typed,
    });
}

/// The step with what its own text leaves.
fn finished(held: Held, engine: &Engine, names: &mut Pseudonyms) -> RedactedStep {
    let Held { mut step, typed } = held;
    if let Some(typed) = typed {
        let mut words = Words::new(engine, names);
        let redacted = words.redact(&typed, &Place::Typed, &mut step.report.findings);
        step.step.action = redacted.map_or_else(|| counted(&typed), |text| Action::Type { text });
    }
    step
}
