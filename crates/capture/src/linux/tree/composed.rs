//! Text that an input method composes: of several keys one character, told when it is committed and not when a key went down.
//!
//! Keys cannot vouch for such a text. Instead of them does the application: what it tells stands in it, and what is not committed yet is waited for.
//!
//! INVARIANT: it is given only where nothing of it can be missing. A run of keys that composes is over when something else is done, which commits what
//! is left, or when what was told last is nothing that is composed, a space say; until then it is held ([`is_open`]). What was taken away must have
//! been written by the run itself, or by as many of its keys that erase. Else the keys are counted.

use std::collections::VecDeque;

use zbus::zvariant::OwnedObjectPath;

use super::heard::{Change, What, Window};
use super::match_keys::{By, Fit, Key, Run, fit_of_keys};
use super::paragraph::END;
use crate::Counted;

/// Most characters that are committed at once; more is a paste.
const COMMITTED_MAX: usize = 32;

/// How long after the next action what it commits is told, in microseconds.
const LATE_US: u64 = 1_000_000;

/// Characters that hardly any key of a key map writes: Hangul, kana, Bopomofo, Han, and the Vietnamese letters with two marks (Unicode 15.1, blocks).
const COMPOSED: [std::ops::RangeInclusive<char>; 9] = [
    '\u{1100}'..='\u{11ff}',
    '\u{1ea0}'..='\u{1ef9}',
    '\u{3040}'..='\u{318f}',
    '\u{31a0}'..='\u{31bf}',
    '\u{3400}'..='\u{9fff}',
    '\u{a960}'..='\u{a97f}',
    '\u{ac00}'..='\u{d7ff}',
    '\u{f900}'..='\u{faff}',
    '\u{20000}'..='\u{3ffff}',
];

fn is_composed(character: char) -> bool {
    COMPOSED.iter().any(|block| block.contains(&character))
}

/// Whether an input method wrote it.
pub(super) fn is_evidence(change: &Change) -> bool {
    matches!(&change.what, What::Inserted(text) if text.chars().any(is_composed))
}

/// How well what was heard fits a run that composes, of which `own` changes were told before it ended; none if it composes nothing. Where each key has
/// one of its own among the first `of_keys`, what was composed must be in them: what is left over is somebody else's, a completion say.
pub(super) fn fit(changes: &VecDeque<Change>, run: &Run, own: usize, of_keys: Option<usize>) -> Option<Fit> {
    let composes = changes.iter().take(of_keys.unwrap_or(own)).any(is_evidence);
    if !composes && of_keys.is_some() {
        return None;
    }
    let Some(written) = Written::by(changes.iter().take(own), run) else {
        return composes.then_some(Fit::Short);
    };
    let late = written.late(changes, own, run);
    if !composes && !changes.iter().take(own + late.count).any(is_evidence) {
        return None;
    }
    let pasted = late.count > 0 && run.ended.is_some_and(|ended| ended.by == By::Paste);
    let is_more = late.length > run.keys.len() || late.is_unclear;
    Some(if pasted || is_more || is_unfinished(changes, own, run) {
        Fit::No(Counted::Incomplete)
    } else {
        Fit::Composed(own + late.count)
    })
}

/// What a run of keys in this window means for the next: where keys are counted, and nothing is done that commits what is left of them, the next ones
/// may get it, and are counted too.
pub(super) fn follows(
    window: &mut Window,
    run: &Run,
    used: Result<usize, Counted>,
) -> Result<usize, Counted> {
    let composed = matches!(used, Ok(used) if window.changes.iter().take(used).any(is_evidence));
    let has_more = composed && window.left;
    let committed = run.ended.is_some_and(|ended| ended.by == By::Other);
    let is_left = used == Err(Counted::Incomplete) || (window.left && !composed);
    window.left = is_left && !committed;
    if has_more { Err(Counted::Incomplete) } else { used }
}

/// Nothing was done since that commits what is left, and the last that was told may be followed by more.
fn is_unfinished(changes: &VecDeque<Change>, own: usize, run: &Run) -> bool {
    let last = own.checked_sub(1).and_then(|last| changes.get(last));
    run.ended.is_none() && !last.is_some_and(closes)
}

/// Whether nothing can be left to commit after it: it ends in what a key wrote by itself.
fn closes(change: &Change) -> bool {
    matches!(&change.what, What::Inserted(text) if text.chars().next_back().is_some_and(|last| !is_composed(last)))
}

/// Whether a run is not over although no key came for a while: more of what it began may be committed yet.
pub(super) fn is_open(window: &mut Window, run: &Run) -> bool {
    window.let_go_before(run.from_us);
    let changes = &window.changes;
    if changes.iter().any(is_evidence) {
        return changes.back().is_some_and(|change| !closes(change));
    }
    window.composes && !fit_of_keys(changes, run).is_whole()
}

/// Where a run wrote, and how much stands there.
struct Written {
    element: Option<OwnedObjectPath>,
    start: usize,
    length: usize,
    /// How much more may be taken away that it did not write.
    erases: usize,
}

/// What was told after a run of what was left of it.
struct Late {
    count: usize,
    /// How much stands there with it, in characters.
    length: usize,
    /// It may be somebody else's.
    is_unclear: bool,
}

/// How many characters a change is about.
fn length(change: &Change) -> usize {
    match &change.what {
        What::Inserted(text) => text.chars().count(),
        What::Deleted(length) => usize::try_from(*length).unwrap_or(usize::MAX),
        What::Withheld => 0,
    }
}

/// Whether an input method may have committed it at once.
fn is_committed(change: &Change) -> bool {
    let is_plain = matches!(&change.what, What::Inserted(text) if !text.chars().any(char::is_control));
    is_plain && is_evidence(change) && length(change) <= COMMITTED_MAX
}

impl Written {
    /// None if it took away, or wrote elsewhere, what its keys cannot have.
    fn by<'a>(changes: impl Iterator<Item = &'a Change>, run: &Run) -> Option<Self> {
        let erases = run.keys.iter().filter(|key| **key == Key::Erases).count();
        let nothing = Self { element: None, start: 0, length: 0, erases };
        changes.into_iter().try_fold(nothing, Self::and)
    }

    fn and(mut self, change: &Change) -> Option<Self> {
        let element = self.element.get_or_insert_with(|| change.element.clone());
        if *element != change.element {
            return None;
        }
        let at = usize::try_from(change.start).ok()?;
        match &change.what {
            What::Inserted(text) if text.contains(END) => None,
            What::Inserted(text) => self.inserted(at, text.chars().count()),
            What::Deleted(length) => self.deleted(at, usize::try_from(*length).ok()?),
            What::Withheld => None,
        }
    }

    fn inserted(mut self, at: usize, length: usize) -> Option<Self> {
        if self.length == 0 {
            self.start = at;
        }
        let is_within = (self.start..=self.start + self.length).contains(&at);
        self.length += length;
        (is_within && length <= COMMITTED_MAX).then_some(self)
    }

    fn deleted(mut self, at: usize, length: usize) -> Option<Self> {
        let end = self.start + self.length;
        if self.length > 0 && at >= self.start && at + length <= end {
            self.length -= length;
            return Some(self);
        }
        self.erases = self.erases.checked_sub(1)?;
        (self.length == 0).then_some(self)
    }

    /// What of the changes after the run's own was left to commit: insertions at its end, or another text for the last of it.
    fn late(&self, changes: &VecDeque<Change>, own: usize, run: &Run) -> Late {
        let last = own.checked_sub(1).and_then(|last| changes.get(last));
        let is_closed = last.map_or(!run.may_be_late(), closes);
        let until_us = run.ended.filter(|_| !is_closed).map_or(0, |ended| ended.at_us + LATE_US);
        let after: Vec<_> = changes.iter().skip(own).take_while(|change| change.at_us < until_us).collect();
        self.replaced(&after).unwrap_or_else(|| self.grown(&after))
    }

    fn replaced(&self, after: &[&Change]) -> Option<Late> {
        let [deleted, inserted, ..] = after else { return None };
        let length = (self.length + length(inserted)).checked_sub(length(deleted))?;
        let is_unclear = !is_committed(inserted);
        self.is_replaced(deleted, inserted).then_some(Late { count: 2, length, is_unclear })
    }

    fn grown(&self, after: &[&Change]) -> Late {
        let mut end = self.start + self.length;
        let mut late = Late { count: 0, length: self.length, is_unclear: false };
        for change in after {
            let Ok(at) = usize::try_from(change.start) else { break };
            let is_next = at == end || late.length == 0;
            if !is_next || !is_committed(change) || !self.is_of(change) {
                break;
            }
            end = at + length(change);
            late = Late { count: late.count + 1, length: late.length + length(change), ..late };
        }
        late
    }

    /// Whether the last of it was taken away for another text.
    fn is_replaced(&self, deleted: &Change, inserted: &Change) -> bool {
        let Ok(at) = usize::try_from(deleted.start) else { return false };
        let ends = at + length(deleted) == self.start + self.length;
        let is_there = matches!(deleted.what, What::Deleted(_)) && at >= self.start && ends;
        let is_new = matches!(inserted.what, What::Inserted(_)) && inserted.start == deleted.start;
        self.is_of(deleted) && self.is_of(inserted) && is_there && is_new
    }

    fn is_of(&self, change: &Change) -> bool {
        self.element.as_ref().is_none_or(|element| *element == change.element)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::linux::tree::find::Frame;
    use crate::linux::tree::match_keys::{Ended, fit};

    /// When the next action begins.
    const ENDED_US: u64 = 100;

    fn path(n: u32) -> OwnedObjectPath {
        format!("/element/{n}").try_into().unwrap()
    }

    fn came(at_us: u64, start: u32, text: &str) -> Change {
        Change { at_us, element: path(1), start, what: What::Inserted(Zeroizing::new(text.to_owned())) }
    }

    fn went(at_us: u64, start: u32, length: u32) -> Change {
        Change { at_us, element: path(1), start, what: What::Deleted(length) }
    }

    fn run(keys: usize, by: Option<By>) -> Run {
        let ended = by.map(|by| Ended { at_us: ENDED_US, by });
        Run { window: 1, from_us: 0, ended, keys: vec![Key::Writes; keys] }
    }

    fn fits(changes: Vec<Change>, keys: usize, by: Option<By>) -> Fit {
        fit(&changes.into(), &run(keys, by))
    }

    const OTHER: Option<By> = Some(By::Other);
    const UNFINISHED: Fit = Fit::No(Counted::Incomplete);

    #[test]
    fn what_is_left_is_committed_by_what_is_done_next_and_belongs_to_the_text() {
        let word = || vec![came(10, 0, "안")];
        let with = |late: Vec<Change>| word().into_iter().chain(late).collect::<Vec<_>>();
        assert_eq!(fits(word(), 6, OTHER), Fit::Composed(1));
        assert_eq!(fits(with(vec![came(120, 1, "녕")]), 6, OTHER), Fit::Composed(2));
        assert_eq!(fits(with(vec![came(120, 1, "녕"), came(121, 2, "\n")]), 6, OTHER), Fit::Composed(2));
        assert_eq!(
            fits(with(vec![came(121, 1, "\n")]), 6, OTHER),
            Fit::Composed(1),
            "of the key that ended it"
        );
        assert_eq!(fits(with(vec![came(120, 7, "녕")]), 6, OTHER), Fit::Composed(1), "elsewhere");
        assert_eq!(fits(with(vec![came(2_000_000, 1, "녕")]), 6, OTHER), Fit::Composed(1), "long after it");
        let all = with(vec![came(120, 1, "녕하"), came(150, 3, "세요"), came(160, 5, "\n")]);
        assert_eq!(fits(all, 14, OTHER), Fit::Composed(3));
        // Nothing was told before.
        assert_eq!(fits(vec![came(120, 3, "하")], 2, OTHER), Fit::Composed(1));
        assert_eq!(
            fits(vec![came(120, 3, "하")], 2, Some(By::Keys)),
            Fit::Short,
            "of the keys that came then"
        );
        // A browser tells once more what it showed all the time, or another text for it.
        assert_eq!(fits(with(vec![went(120, 0, 1), came(120, 0, "安")]), 6, OTHER), Fit::Composed(3));
        assert_eq!(fits(with(vec![went(120, 0, 2), came(120, 0, "安")]), 6, OTHER), Fit::Composed(1));
    }

    #[test]
    fn what_may_have_been_pasted_and_what_is_not_over_is_counted() {
        let word = || vec![came(10, 0, "안")];
        let pasted = vec![came(10, 0, "안"), came(120, 1, "녕")];
        assert_eq!(fits(pasted, 6, Some(By::Paste)), UNFINISHED);
        assert_eq!(fits(word(), 6, Some(By::Paste)), Fit::Composed(1));
        assert_eq!(fits(word(), 6, None), UNFINISHED);
        assert_eq!(fits(vec![came(10, 0, "안"), came(20, 1, " ")], 6, None), Fit::Composed(2));
        // Another text in its place, and more than keys can have written: a completion.
        let replaced = vec![came(10, 0, "안"), went(120, 0, 1), came(120, 0, "https://example.test/")];
        assert_eq!(fits(replaced, 3, OTHER), UNFINISHED);
        let completed = vec![came(10, 0, "안"), came(120, 1, "녕하세요")];
        assert_eq!(fits(completed, 3, OTHER), UNFINISHED);
        // After a space nothing is left.
        let closed = vec![came(10, 0, "안"), came(20, 1, " "), came(120, 2, "녕")];
        assert_eq!(fits(closed, 6, OTHER), Fit::Composed(2));
        let long = "가".repeat(COMMITTED_MAX + 1);
        assert_eq!(fits(vec![came(10, 0, &long)], 6, OTHER), Fit::Short);
    }

    #[test]
    fn what_the_run_did_not_write_may_only_be_taken_away_by_its_keys() {
        let taken = || vec![went(10, 4, 1), came(20, 4, "아")];
        assert_eq!(fits(taken(), 3, OTHER), Fit::Short);
        let mut erasing = run(3, OTHER);
        erasing.keys.insert(0, Key::Erases);
        assert_eq!(fit(&taken().into(), &erasing), Fit::Composed(2));
        let paragraph = vec![went(10, 0, 9), came(10, 0, "old 안\u{2029}")];
        erasing.keys.truncate(2);
        assert_eq!(fit(&paragraph.into(), &erasing), Fit::Short);
        let elsewhere = Change { element: path(2), ..came(20, 1, "녕") };
        assert_eq!(fits(vec![came(10, 0, "안"), elsewhere], 6, OTHER), Fit::Short);
        assert_eq!(fits(vec![came(10, 0, "안"), came(20, 9, "녕")], 6, OTHER), Fit::Short);
        let secret = Change { what: What::Withheld, ..came(20, 1, "") };
        assert_eq!(fits(vec![came(10, 0, "안"), secret], 6, OTHER), Fit::No(Counted::Withheld));
    }

    #[test]
    fn keys_of_latin_letters_are_matched_one_by_one_as_ever() {
        assert_eq!(fits(vec![came(10, 0, "a"), came(20, 1, "b")], 2, OTHER), Fit::Whole(2));
        assert_eq!(fits(vec![came(10, 0, "a"), came(20, 1, "b")], 3, OTHER), Fit::Short);
        let pasted_by_a_menu = vec![came(10, 0, "a"), came(20, 1, "b"), came(120, 2, "안")];
        assert_eq!(fits(pasted_by_a_menu, 2, OTHER), Fit::Whole(2));
        let completed = vec![came(10, 0, "a"), came(20, 1, "b"), came(21, 2, "안녕하세요")];
        assert_eq!(fits(completed, 2, OTHER), Fit::Whole(2));
    }

    #[test]
    fn what_may_be_left_of_counted_keys_is_not_given_to_the_next_ones() {
        let element = |n: u32| (":1.7".to_owned(), path(n));
        let frame = Frame { application: element(0), element: element(9), name: String::new(), scale: 1 };
        let mut window = Window::new(frame, 0);
        let mut next = |text: &str, by, used| {
            window.changes = vec![came(10, 0, text)].into();
            follows(&mut window, &run(4, by), used)
        };
        let incomplete = Err(Counted::Incomplete);
        assert_eq!(next("안", None, incomplete), incomplete);
        assert_eq!(next("a", None, Ok(1)), Ok(1), "keys wrote it");
        assert_eq!(next("녕 ", None, Ok(1)), incomplete, "a part was counted before");
        assert_eq!(next("하 ", None, Ok(1)), Ok(1), "nothing was left");
        assert_eq!(
            (next("안", OTHER, incomplete), next("하 ", None, Ok(1))),
            (incomplete, Ok(1)),
            "a click commits"
        );
    }

    #[test]
    fn a_run_is_held_while_something_may_be_left_to_commit() {
        let element = |n: u32| (":1.7".to_owned(), path(n));
        let frame = Frame { application: element(0), element: element(9), name: String::new(), scale: 1 };
        let open = |composes, changes: Vec<Change>, keys| {
            let window = Window::new(frame.clone(), 0);
            let mut window = Window { changes: changes.into(), composes, ..window };
            is_open(&mut window, &Run { from_us: 5, ..run(keys, None) })
        };
        assert!(open(false, vec![came(10, 0, "안")], 6));
        assert!(!open(false, vec![came(10, 0, "안"), came(20, 1, " ")], 6));
        // An input method that wrote here before may be composing, unless keys account for all of it.
        assert!(open(true, Vec::new(), 2) && !open(false, Vec::new(), 2));
        assert!(open(true, vec![came(2, 0, "안")], 2), "of before the run");
        assert!(!open(true, vec![came(10, 0, "a"), came(20, 1, "b")], 2));
    }
}
