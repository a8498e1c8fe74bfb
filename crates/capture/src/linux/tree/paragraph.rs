//! Paragraphs that are told anew. While an input method composes in one, Qt tells with each key that all of it went and all of it came, whether
//! anything of it changed or not (`QTextDocument`; a paragraph ends in U+2029 there, which is told of all but the last, and counted of the last too).
//! What differs is what was written.

use std::collections::VecDeque;

use zbus::zvariant::OwnedObjectPath;
use zeroize::Zeroizing;

use super::heard::{Change, What};

/// A paragraph goes and comes at the same moment, in microseconds.
const MOMENT_US: u64 = 10_000;

/// What ends a paragraph.
pub(super) const END: char = '\u{2029}';

/// What stands in the paragraph of a window that was told anew last.
#[derive(Default)]
pub(crate) struct Paragraph {
    /// None where that is not known.
    told: Option<Told>,
    /// Whether any was with its end: the window is one of Qt.
    is_of_qt: bool,
}

struct Told {
    element: OwnedObjectPath,
    start: u32,
    /// With its end.
    characters: Zeroizing<Vec<char>>,
    /// Its end was told, or that nothing else is in it: no other text is told so.
    ends: bool,
}

impl Paragraph {
    /// Adds a change to those that wait. Of a paragraph that is told anew it adds what differs, if that is known.
    pub(crate) fn add(&mut self, changes: &mut VecDeque<Change>, change: Change) {
        let told = changes.back().and_then(|went| told_anew(went, &change));
        let before = self.told.take();
        let is_known =
            |told: &Told| told.ends || before.as_ref().is_some_and(|before| before.start == told.start);
        self.is_of_qt |= told.as_ref().is_some_and(|told| told.ends);
        let is_told = told.as_ref().is_some_and(is_known);
        let Some((told, went)) =
            told.filter(|_| is_told || self.is_of_qt).and_then(|told| Some((told, changes.pop_back()?)))
        else {
            self.told = before.and_then(|told| told.with(&change));
            return changes.push_back(change);
        };
        match before.filter(|before| before.is_what(&went)) {
            Some(before) => changes.extend(differ(&before.characters, &told.characters, &change)),
            None if told.ends && told.is_as_long_as(&went) => {}
            None => changes.extend([went, change]),
        }
        self.told = Some(told);
    }
}

/// The paragraph, if the last two changes may tell one anew.
fn told_anew(went: &Change, came: &Change) -> Option<Told> {
    let (What::Deleted(length), What::Inserted(text)) = (&went.what, &came.what) else { return None };
    let is_there = (&went.element, went.start) == (&came.element, came.start);
    let at_once = came.at_us.saturating_sub(went.at_us) <= MOMENT_US;
    let ends = text.ends_with(END);
    let end = (!ends).then_some(END);
    let characters = Zeroizing::new(text.chars().chain(end).collect());
    let ends = ends || (text.is_empty() && *length == 1);
    (is_there && at_once).then(|| Told { element: came.element.clone(), start: came.start, characters, ends })
}

impl Told {
    fn is_as_long_as(&self, went: &Change) -> bool {
        matches!(went.what, What::Deleted(length) if usize::try_from(length) == Ok(self.characters.len()))
    }

    fn is_what(&self, went: &Change) -> bool {
        (&self.element, self.start) == (&went.element, went.start) && self.is_as_long_as(went)
    }

    /// With a change in it; none if it is not known what stands there then. What goes as a whole may come anew.
    fn with(mut self, change: &Change) -> Option<Self> {
        if self.element != change.element {
            return Some(self);
        }
        let at = usize::try_from(change.start.checked_sub(self.start)?)
            .ok()
            .filter(|at| *at < self.characters.len())?;
        match &change.what {
            What::Deleted(_) if at == 0 && self.is_as_long_as(change) => {}
            What::Deleted(length) => {
                let end = at.checked_add(usize::try_from(*length).ok()?)?;
                (end < self.characters.len()).then(|| self.characters.drain(at..end))?;
            }
            What::Inserted(text) if !text.contains(END) => {
                self.characters.splice(at..at, text.chars());
            }
            What::Inserted(_) | What::Withheld => return None,
        }
        Some(self)
    }
}

/// What was taken away and written, as changes at the moment of the one that told it.
fn differ(before: &[char], after: &[char], told: &Change) -> Vec<Change> {
    let same = |(a, b): &(&char, &char)| a == b;
    let head = before.iter().zip(after).take_while(same).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(same).count();
    let went = before.len() - head - tail;
    let came: String = after.iter().take(after.len() - tail).skip(head).collect();
    let start = told.start.saturating_add(u32::try_from(head).unwrap_or(u32::MAX));
    let change = |what| Change { at_us: told.at_us, element: told.element.clone(), start, what };
    let gone = (went > 0).then(|| change(What::Deleted(u32::try_from(went).unwrap_or(u32::MAX))));
    let written = (!came.is_empty()).then(|| change(What::Inserted(Zeroizing::new(came))));
    gone.into_iter().chain(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(start: u32, what: What) -> Change {
        let element = OwnedObjectPath::try_from("/element/1").unwrap();
        Change { at_us: 1, element, start, what }
    }

    fn came(start: u32, text: &str) -> Change {
        change(start, What::Inserted(Zeroizing::new(text.to_owned())))
    }

    fn went(start: u32, length: u32) -> Change {
        change(start, What::Deleted(length))
    }

    /// What waits after these: `+` what was written and where, `-` how much went.
    fn waits(told: Vec<Change>) -> Vec<String> {
        let (mut paragraph, mut changes) = (Paragraph::default(), VecDeque::new());
        for change in told {
            paragraph.add(&mut changes, change);
        }
        let shown = |change: &Change| match &change.what {
            What::Inserted(text) => format!("{}+{}", change.start, text.as_str()),
            What::Deleted(length) => format!("{}-{length}", change.start),
            What::Withheld => "withheld".to_owned(),
        };
        changes.iter().map(shown).collect()
    }

    #[test]
    fn of_a_paragraph_that_is_told_anew_what_differs_was_written() {
        // As an editor made with Qt tells it while 한글 and a space are composed before a text.
        let first = || vec![went(4, 5), came(4, "text\u{2029}")];
        assert_eq!(waits(first()), [""; 0]);
        let mut all = first();
        all.extend([went(4, 5), came(4, "한text\u{2029}"), went(4, 6), came(4, "한text\u{2029}")]);
        all.extend([
            went(4, 6),
            came(4, "한글text\u{2029}"),
            came(6, " "),
            went(4, 8),
            came(4, "한글 text\u{2029}"),
        ]);
        assert_eq!(waits(all), ["4+한", "5+글", "6+ "]);
        let mut taken = first();
        taken.extend([went(6, 1), went(4, 4), came(4, "tt\u{2029}")]);
        assert_eq!(waits(taken), ["6-1", "5-1"]);
    }

    #[test]
    fn the_last_paragraph_is_told_without_its_end_and_counted_with_it() {
        let empty = || vec![went(0, 1), came(0, "")];
        assert_eq!(waits(empty()), [""; 0]);
        let mut all = empty();
        all.extend([went(0, 1), came(0, "안"), went(0, 2), came(0, "안"), went(0, 2), came(0, "안녕")]);
        assert_eq!(waits(all), ["0+안", "1+녕"]);
    }

    #[test]
    fn where_the_last_paragraph_is_not_known_it_is_from_the_next_time_on() {
        let mut all = vec![went(0, 1), came(0, "")];
        all.extend([went(9, 2), came(9, "녕"), went(9, 2), came(9, "녕안")]);
        all.extend([went(9, 3), came(9, "녕안"), went(9, 3), came(9, "녕안녕")]);
        assert_eq!(waits(all), ["9-2", "9+녕", "10+안", "11+녕"]);
        // What was selected and written over elsewhere is no paragraph.
        let over = vec![went(0, 1), came(0, ""), went(4, 2), came(4, "x"), came(5, "y")];
        assert_eq!(waits(over), ["4-2", "4+x", "5+y"]);
        let later = Change { at_us: 1 + MOMENT_US + 1, ..came(0, "x\u{2029}") };
        assert_eq!(waits(vec![went(0, 2), later]), ["0-2", "0+x\u{2029}"]);
    }

    #[test]
    fn what_no_paragraph_is_stays_as_it_was_told() {
        assert_eq!(waits(vec![went(0, 2), came(0, "x")]), ["0-2", "0+x"]);
        // Longer than it was, and what it was is not known.
        assert_eq!(waits(vec![went(0, 2), came(0, "ab\u{2029}")]), ["0-2", "0+ab\u{2029}"]);
        let elsewhere =
            vec![went(0, 3), came(0, "ab\u{2029}"), came(9, "x"), went(0, 3), came(0, "abc\u{2029}")];
        assert_eq!(waits(elsewhere), ["9+x", "0-3", "0+abc\u{2029}"]);
    }
}
