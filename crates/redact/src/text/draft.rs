//! A text on its way: what it says, and what has been taken out of it so far.

use std::ops::{Deref, Range};

use candor_model::FindingKind;
use zeroize::Zeroizing;

use crate::text::find::{Find, merged, without};
use crate::text::pseudonym::stand_ins;

/// A part of the text that its readers do not see.
#[derive(Clone)]
struct Mask {
    /// Bytes of the text.
    range: Range<usize>,
    /// What was found there; none if a placeholder stood there already.
    found: Option<(FindingKind, &'static str)>,
    /// What readers see in its place, in square brackets: `PERSON`, without a number, so that what they find does not hang
    /// on who was named first.
    shown: &'static str,
}

impl Mask {
    fn of(range: Range<usize>, find: &Find) -> Self {
        Self { range, found: Some((find.kind, find.rule)), shown: find.kind.label() }
    }
}

/// Masks in order, those that overlap as one: two finds may reach into the same mask of before.
fn united(masks: Vec<Mask>) -> Vec<Mask> {
    let mut united: Vec<Mask> = Vec::with_capacity(masks.len());
    for mask in masks {
        match united.last_mut().filter(|last| mask.range.start < last.range.end) {
            Some(last) => last.range.end = last.range.end.max(mask.range.end),
            None => united.push(mask),
        }
    }
    united
}

/// A text and its masks, in order and apart.
pub(crate) struct Draft<'a> {
    text: &'a str,
    masks: Vec<Mask>,
}

/// What readers see of a draft.
pub(crate) struct View<'a> {
    /// The text with its masks.
    pub(crate) text: Seen<'a>,
    /// Where the masks are in it, by mask.
    masks: Vec<Range<usize>>,
}

/// A text as readers see it.
pub(crate) enum Seen<'a> {
    /// As it is: most texts hold nothing to mask, and need no copy that is wiped.
    Plain(&'a str),
    /// With its masks.
    Masked(Zeroizing<String>),
}

impl Deref for Seen<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Masked(text) => text,
        }
    }
}

impl<'a> Draft<'a> {
    /// A text whose placeholders and surrogates count as taken out.
    pub(crate) fn of(text: &'a str) -> Self {
        let kept = |(range, shown)| Mask { range, found: None, shown };
        Self { text, masks: stand_ins(text).into_iter().map(kept).collect() }
    }

    /// What readers see.
    pub(crate) fn view(&self) -> View<'a> {
        if self.masks.is_empty() {
            return View { text: Seen::Plain(self.text), masks: Vec::new() };
        }
        let mut text = Zeroizing::new(String::with_capacity(self.text.len() + 8 * self.masks.len()));
        let mut masks = Vec::with_capacity(self.masks.len());
        let mut from = 0;
        for mask in &self.masks {
            text.push_str(self.text.get(from..mask.range.start).unwrap_or_default());
            let start = text.len();
            text.push('[');
            text.push_str(mask.shown);
            text.push(']');
            masks.push(start..text.len());
            from = mask.range.end;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        View { text: Seen::Masked(text), masks }
    }

    /// Takes out what was found in the view. What is found beside a mask of its kind makes that longer.
    pub(crate) fn take_out(&mut self, view: &View<'_>, finds: Vec<Find>) {
        for find in finds {
            let range = self.back(view, &find.range);
            self.masks.push(Mask::of(range, &find));
        }
        self.masks.sort_by_key(|mask| mask.range.start);
        self.join();
    }

    /// Takes out what was found in the view with everything that was taken out within it before.
    pub(crate) fn take_out_whole(&mut self, view: &View<'_>, finds: impl IntoIterator<Item = Find>) {
        // Places first: they hang on the masks that the view was made with.
        let mut placed: Vec<Mask> =
            finds.into_iter().map(|find| Mask::of(self.back(view, &find.range), &find)).collect();
        if placed.is_empty() {
            return;
        }
        placed.sort_by_key(|mask| mask.range.start);
        let placed = united(placed);
        let mut next = placed.iter().peekable();
        self.masks.retain(|mask| {
            while next.next_if(|placed| placed.range.end <= mask.range.start).is_some() {}
            next.peek().is_none_or(|placed| mask.range.end <= placed.range.start)
        });
        self.masks.extend(placed);
        self.masks.sort_by_key(|mask| mask.range.start);
    }

    /// Takes out the whole lines of the view that hold `finds`, all but their ends.
    pub(crate) fn take_out_lines(&mut self, view: &View<'_>, finds: &[Find], rule: &'static str) {
        let lines = lines_of(&view.text, finds).into_iter();
        self.take_out_whole(view, lines.map(|range| Find { range, kind: FindingKind::Unknown, rule }));
    }

    /// What was taken out, in order and apart.
    pub(crate) fn finds(self) -> Vec<Find> {
        let found = |mask: Mask| {
            let (kind, rule) = mask.found?;
            Some(Find { range: mask.range, kind, rule })
        };
        self.masks.into_iter().filter_map(found).collect()
    }

    /// Where a range of the view is in the text. The ends of a mask go to the ends of what it masks.
    fn back(&self, view: &View<'_>, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize, is_end: bool| {
            let passed = view.masks.partition_point(|mask| mask.end <= at);
            let inside = view.masks.get(passed).filter(|mask| mask.start < at);
            if let (Some(_), Some(mask)) = (inside, self.masks.get(passed)) {
                return if is_end { mask.range.end } else { mask.range.start };
            }
            let before = passed.checked_sub(1).and_then(|i| view.masks.get(i).zip(self.masks.get(i)));
            before.map_or(at, |(seen, mask)| mask.range.end + (at - seen.end))
        };
        place(range.start, false)..place(range.end, true)
    }

    /// Two masks of one kind with one space between them are one: a name that was found in two goes.
    fn join(&mut self) {
        let mut joined: Vec<Mask> = Vec::with_capacity(self.masks.len());
        for mask in self.masks.drain(..) {
            let gap = joined.last().and_then(|last| self.text.get(last.range.end..mask.range.start));
            let kind = |found: Option<(FindingKind, _)>| found.map(|(kind, _)| kind);
            match joined.last_mut() {
                Some(last)
                    if matches!(gap, Some("" | " " | "\u{a0}"))
                        && mask.found.is_some()
                        && kind(last.found) == kind(mask.found)
                        && kind(mask.found).is_some_and(joins) =>
                {
                    last.range.end = mask.range.end;
                }
                _ => joined.push(mask),
            }
        }
        self.masks = joined;
    }
}

/// Whether two neighbours of this kind are likely one thing.
fn joins(kind: FindingKind) -> bool {
    use FindingKind::{Address, JobTitle, Location, Organisation, Person};
    matches!(kind, Person | Organisation | Location | Address | JobTitle)
}

impl View<'_> {
    /// What is not as it was in the view before, whole lines each; none where the lines are not the same in number.
    pub(crate) fn changes(&self, before: &Self) -> Option<Vec<Change>> {
        changed_lines(&self.text, &before.text)
    }

    /// Makes of what was found in this view finds that are sorted, apart, within lines and beside masks.
    pub(crate) fn settled(&self, finds: Vec<Find>) -> Vec<Find> {
        if finds.is_empty() {
            return finds;
        }
        without(within_lines(merged(finds), &self.text), &self.masks, &self.text)
    }
}

/// Lines that are not as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Bytes of the text before.
    pub(crate) was: Range<usize>,
    /// Bytes of the text as it is.
    pub(crate) now: Range<usize>,
}

/// Where the lines of `text` are not those of `before`; none where they are not the same in number.
pub(crate) fn changed_lines(text: &str, before: &str) -> Option<Vec<Change>> {
    let mut was_lines = before.split_inclusive('\n');
    let (mut was_start, mut start) = (0, 0);
    let mut changes: Vec<Change> = Vec::new();
    for line in text.split_inclusive('\n') {
        let was = was_lines.next()?;
        let (was_end, end) = (was_start + was.len(), start + line.len());
        match changes.last_mut() {
            _ if was == line => {}
            Some(last) if last.now.end == start => (last.was.end, last.now.end) = (was_end, end),
            _ => changes.push(Change { was: was_start..was_end, now: start..end }),
        }
        (was_start, start) = (was_end, end);
    }
    was_lines.next().is_none().then_some(changes)
}

/// Cuts finds at line ends: a text keeps its lines.
fn within_lines(finds: Vec<Find>, text: &str) -> Vec<Find> {
    let crosses = |find: &Find| text.get(find.range.clone()).is_some_and(|found| found.contains('\n'));
    if !finds.iter().any(crosses) {
        return finds;
    }
    let mut cut = Vec::with_capacity(finds.len());
    for find in finds {
        let mut start = find.range.start;
        for piece in text.get(find.range.clone()).unwrap_or_default().split_inclusive('\n') {
            let end = start + piece.trim_end().len();
            let says_something = piece.contains(char::is_alphanumeric);
            if says_something {
                let start = start + (piece.len() - piece.trim_start().len());
                cut.push(Find { range: start..end, ..find.clone() });
            }
            start += piece.len();
        }
    }
    cut
}

/// The lines that hold `finds`, without their ends, in order and apart.
fn lines_of(text: &str, finds: &[Find]) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end_matches(['\n', '\r']).len();
        if finds.iter().any(|find| find.range.start < range.end && range.start < find.range.end) {
            lines.push(range);
        }
        start += line.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(range: Range<usize>, kind: FindingKind) -> Find {
        Find { range, kind, rule: "r" }
    }

    #[test]
    fn finds_in_a_view_are_finds_in_the_text() {
        let text = "a [PERSON_12] Bob, é Eve Zyx";
        let mut draft = Draft::of(text);
        let view = draft.view();
        assert_eq!(&*view.text, "a [PERSON] Bob, é Eve Zyx");
        draft.take_out(&view, vec![find(11..14, FindingKind::Person), find(19..22, FindingKind::Person)]);
        let view = draft.view();
        assert_eq!(&*view.text, "a [PERSON] [PERSON], é [PERSON] Zyx");
        let zyx = view.text.find("Zyx").unwrap();
        draft.take_out(&view, vec![find(zyx..zyx + 3, FindingKind::Person)]);
        let found: Vec<_> = draft.finds().into_iter().map(|f| text.get(f.range).unwrap()).collect();
        assert_eq!(found, ["Bob", "Eve Zyx"]);
    }

    #[test]
    fn a_line_goes_whole_but_for_its_end() {
        let text = "x\nBob and [PERSON_2] y\r\nz";
        let mut draft = Draft::of(text);
        let view = draft.view();
        draft.take_out(&view, vec![find(2..5, FindingKind::Person)]);
        let view = draft.view();
        let and = view.text.find("and").unwrap();
        draft.take_out_lines(&view, &[find(and..and + 3, FindingKind::Id)], "whole");
        assert_eq!(&*draft.view().text, "x\n[TEXT]\r\nz");
        assert_eq!(draft.finds()[0].range, 2..22);
    }

    #[test]
    fn a_find_ends_with_its_line() {
        let text = "Main Road 1\n  Town";
        let view = Draft::of(text).view();
        let cut: Vec<_> =
            view.settled(vec![find(0..18, FindingKind::Address)]).into_iter().map(|f| f.range).collect();
        assert_eq!(cut, [0..11, 14..18]);
    }
}
