//! Personal data in text: found by layers, replaced by placeholders.
//!
//! The path of a text: blocks that run over lines (`phrase::BLOCKS`) are taken out first; then units of some lines are
//! looked at by each layer of the profile: rules with their checks (`scan`), the organisation's `lists`, `names` by list,
//! the `tagger`, the transformer (`ner`), words in a script that none of them reads (`unread`), and in the strict profile every unknown capitalised word. `find` joins what
//! overlaps, and `draft` takes it out; a unit that changed is looked at again until nothing more is found, so that
//! redacting twice changes nothing more. `pseudonym` names what was found, in the order of the text.

pub(crate) mod across;
pub(crate) mod checksum;
pub(crate) mod decoded;
pub(crate) mod draft;
pub(crate) mod find;
pub(crate) mod joined;
pub(crate) mod language;
pub(crate) mod lexicon;
pub(crate) mod lists;
pub(crate) mod names;
pub(crate) mod ner;
pub(crate) mod other;
pub(crate) mod own;
pub(crate) mod pseudonym;
pub(crate) mod rule;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod strict;
pub(crate) mod surrogate;
pub(crate) mod table;
pub(crate) mod tagger;
pub(crate) mod unread;

use std::ops::Range;
use std::sync::Arc;

use candor_model::FindingKind;

use crate::models::{ModelError, Models};
use crate::profile::Profile;
use crate::text::draft::{Change, Draft, View};
use crate::text::find::{Find, merged};
use crate::text::lexicon::Lexicon;
use crate::text::lists::{ListError, ListMatcher, Lists};
use crate::text::ner::reader::Reader;
use crate::text::pseudonym::{Pseudonyms, StandIn};
use crate::text::scan::{RuleError, Scanner};
use crate::text::tagger::Tagger;
use crate::text::tagger::memo::Memo;

/// How often a unit is looked at again before whole lines of it are dropped.
const ROUNDS_MAX: usize = 5;
/// How often a unit is looked at again after lines were dropped, before all of it is.
const LINE_ROUNDS_MAX: usize = 3;
/// Lines that are looked at together. A number of lines, since what is taken out does not change it.
pub(crate) const UNIT_LINES: usize = 24;

/// What was found, without where: the text around it may not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// What kind.
    pub(crate) kind: FindingKind,
    /// Name of the rule.
    pub(crate) rule: &'static str,
    /// What stands in its place.
    pub(crate) placeholder: String,
    /// Whether that is a surrogate.
    pub(crate) is_surrogate: bool,
}

/// Who looks at a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Every layer of the profile.
    Whole,
    /// Every layer but the transformer: for texts that are replaced whole whatever is found.
    Quick,
}

/// The text engine.
pub(crate) struct Engine {
    lines: &'static Scanner,
    blocks: &'static Scanner,
    lexicon: Lexicon,
    lists: ListMatcher,
    tagger: Option<Arc<Tagger>>,
    reader: Option<Reader>,
    strict: bool,
}

impl Engine {
    pub(crate) fn new(profile: Profile, lists: Lists, models: &Models) -> Result<Self, EngineError> {
        let reader = profile.reads_by_model().then(|| models.ner().map(Reader::new)).transpose()?;
        Ok(Self {
            lines: Scanner::for_lines()?,
            blocks: Scanner::for_blocks()?,
            lexicon: Lexicon::new(&lists.people),
            lists: ListMatcher::new(lists)?,
            tagger: models.tagger()?,
            reader,
            strict: profile == Profile::Strict,
        })
    }

    /// Whether an organisation asked for `text` to be taken out wherever it stands.
    pub(crate) fn is_listed(&self, text: &str) -> bool {
        self.lists.holds(text)
    }

    /// `text` with a placeholder for everything that was found.
    pub(crate) fn redacted(&self, text: &str, reach: Reach, names: &mut Pseudonyms) -> (String, Vec<Found>) {
        named(text, &self.search(text, reach), names)
    }

    /// What is to be taken out of `text`: bytes on character boundaries, in order and apart.
    pub(crate) fn search(&self, text: &str, reach: Reach) -> Vec<Find> {
        self.search_after(text, None, reach)
    }

    /// The same for a text that goes on a table whose line of heads is `open`.
    pub(crate) fn search_after(&self, text: &str, open: Option<&str>, reach: Reach) -> Vec<Find> {
        let mut whole = Draft::of(text);
        let mut view = whole.view();
        let blocks = merged(self.blocks.scan(&view.text));
        if !blocks.is_empty() {
            whole.take_out_whole(&view, blocks);
            view = whole.view();
        }
        let cells = self.beyond_units(&view, open);
        if !cells.is_empty() {
            whole.take_out_whole(&view, cells);
            view = whole.view();
        }
        for _ in 0..ROUNDS_MAX {
            let finds = self.search_units(&view.text, reach);
            if finds.is_empty() {
                break;
            }
            whole.take_out_whole(&view, finds);
            view = whole.view();
            // What was taken out may have made rows of one shape: a street with a comma in it.
            let cells = self.beyond_units(&view, open);
            if cells.is_empty() {
                return whole.finds();
            }
            whole.take_out_whole(&view, cells);
            view = whole.view();
        }
        whole.finds()
    }

    /// What no unit sees whole: what stands in the columns of tables, and numbers that go on in the next unit.
    fn beyond_units(&self, view: &View<'_>, open: Option<&str>) -> Vec<Find> {
        let mut finds = Vec::new();
        table::find(&view.text, open, &mut finds);
        across::find(&view.text, |text| self.lines.scan(text), &mut finds);
        self.lists.allow(&view.text, &mut finds);
        view.settled(finds)
    }

    /// What is to be taken out of the units of a text.
    fn search_units(&self, text: &str, reach: Reach) -> Vec<Find> {
        let mut finds = Vec::new();
        for unit in units(text) {
            let found = self.settled(text.get(unit.clone()).unwrap_or_default(), reach);
            finds.extend(found.into_iter().map(|find| Find {
                range: find.range.start + unit.start..find.range.end + unit.start,
                ..find
            }));
        }
        finds
    }

    /// Takes out of a unit what is found, and looks again at what that leaves.
    fn settled(&self, unit: &str, reach: Reach) -> Vec<Find> {
        let mut draft = Draft::of(unit);
        let mut memo = Memo::default();
        let mut before: Option<View<'_>> = None;
        for round in 0..ROUNDS_MAX + LINE_ROUNDS_MAX {
            let view = draft.view();
            let changes = before.as_ref().and_then(|before| view.changes(before));
            let finds = self.look(&view, changes.as_deref(), reach, &mut memo);
            if finds.is_empty() {
                return draft.finds();
            }
            if round < ROUNDS_MAX {
                draft.take_out(&view, finds);
            } else {
                draft.take_out_lines(&view, &finds, "text.unsettled");
            }
            before = Some(view);
        }
        let view = draft.view();
        draft.take_out_lines(&view, &[everything(&view.text)], "text.unsettled");
        draft.finds()
    }

    /// What is found by what looks at lines: rules, lists of names, and the guesses at languages and scripts.
    fn look_at_lines(&self, lines: &str, finds: &mut Vec<Find>) {
        let look = |text: &str, finds: &mut Vec<Find>| {
            finds.extend(self.lines.scan(text));
            let before = finds.len();
            names::find(text, &self.lexicon, finds);
            drop_programs(text, before, finds);
        };
        look(lines, finds);
        let look_decoded = |text: &str, finds: &mut Vec<Find>| {
            look(text, finds);
            self.lists.find(text, finds);
            self.find_people(text, finds);
        };
        for run in decoded::runs(lines) {
            decoded::find(lines, &run, &look_decoded, finds);
            joined::find(lines, &run, &self.lexicon, finds);
        }
        unread::find(lines, finds);
        language::find(lines, finds);
    }

    /// The people whom the tagger finds in what was decoded: names in small letters.
    fn find_people(&self, text: &str, finds: &mut Vec<Find>) {
        let Some(tagger) = &self.tagger else { return };
        let mut found = Vec::new();
        tagger.find(text, None, &mut Memo::default(), &mut found);
        let is_person = |find: &Find| find.kind == FindingKind::Person && ner::doubt::bears_out(text, find);
        finds.extend(found.into_iter().filter(is_person));
    }

    /// What each layer finds in a view. What looks at lines looks only at those that are not as they were at the look before.
    fn look(&self, view: &View<'_>, changes: Option<&[Change]>, reach: Reach, memo: &mut Memo) -> Vec<Find> {
        let text = &*view.text;
        let mut finds = Vec::new();
        let all = [Change { was: 0..0, now: 0..text.len() }];
        for part in changes.unwrap_or(&all).iter().map(|change| &change.now) {
            let before = finds.len();
            self.look_at_lines(text.get(part.clone()).unwrap_or_default(), &mut finds);
            for find in finds.iter_mut().skip(before) {
                find.range = find.range.start + part.start..find.range.end + part.start;
            }
        }
        self.lists.find(text, &mut finds);
        if let Some(tagger) = &self.tagger {
            let mut tagged = Vec::new();
            tagger.find(text, changes, memo, &mut tagged);
            finds.extend(tagged.into_iter().filter(|find| ner::doubt::bears_out(text, find)));
        }
        if let Some(reader) = self.reader.as_ref().filter(|_| reach == Reach::Whole) {
            // A model that does not run has not said that there is nothing: all of the text goes.
            if reader.find(text, &mut finds).is_err() {
                finds.push(everything(text));
            }
        }
        if self.strict {
            strict::find(text, &mut finds);
        }
        self.lists.allow(text, &mut finds);
        view.settled(finds)
    }
}

/// Drops names of people, from `first` on, that are names of programs.
fn drop_programs(text: &str, first: usize, finds: &mut Vec<Find>) {
    if finds.len() > first {
        let mut at = 0;
        finds.retain(|find| {
            at += 1;
            at <= first || !ner::doubt::is_program(text, &find.range)
        });
    }
}

/// All of a text, as one find.
fn everything(text: &str) -> Find {
    Find { range: 0..text.len(), kind: FindingKind::Unknown, rule: "text.unread" }
}

/// The units of a text: some lines each.
fn units(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = rest.match_indices('\n').nth(UNIT_LINES - 1).map_or(rest.len(), |(at, _)| at + 1);
        start += end;
        Some(start - end..start)
    })
}

/// Puts a placeholder or surrogate for each of `finds`, in order and apart, into `text`.
pub(crate) fn named(text: &str, finds: &[Find], names: &mut Pseudonyms) -> (String, Vec<Found>) {
    named_after(None, text, finds, names)
}

/// The same for a text that goes on another, which ends with this character.
pub(crate) fn named_after(
    before: Option<char>,
    text: &str,
    finds: &[Find],
    names: &mut Pseudonyms,
) -> (String, Vec<Found>) {
    let mut out = String::with_capacity(text.len());
    let mut found = Vec::with_capacity(finds.len());
    let mut start = 0;
    for find in finds {
        let said = text.get(find.range.clone()).unwrap_or_default();
        out.push_str(text.get(start..find.range.start).unwrap_or_default());
        let after = text.get(find.range.end..).and_then(|after| after.chars().next());
        let StandIn { text, is_surrogate } =
            names.stand_in(find.kind, said, out.chars().next_back().or(before), after);
        out.push_str(&text);
        start = find.range.end;
        found.push(Found { kind: find.kind, rule: find.rule, placeholder: text, is_surrogate });
    }
    out.push_str(text.get(start..).unwrap_or_default());
    (out, found)
}

/// Why the text engine cannot work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error(transparent)]
    Rules(#[from] RuleError),
    #[error(transparent)]
    Lists(#[from] ListError),
    #[error(transparent)]
    Models(#[from] ModelError),
}

#[cfg(test)]
mod tests;
