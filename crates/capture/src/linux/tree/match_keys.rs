//! Typed text: what the application says was written, matched to the keys that were pressed. Keys alone never become text.
//!
//! INVARIANT: a part of a text is never given for the text. Each key that writes needs a change of its own, in order, and no
//! letter may be left over; else the keys are only counted, and it is told why. What an input method composes no key writes by itself:
//! [`composed`].

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::bus::Element;
use super::composed;
use super::draft::{Draft, Typed};
use super::heard::{Change, What};
use super::listen::Ear;
use super::opened::{fit_with_opened, has_told};
use crate::Counted;

/// Longest wait for an application that has told of none of the keys, in milliseconds.
pub(super) const SETTLE_MS: u64 = 250;
/// Longest wait for one that has told of some, in milliseconds.
pub(crate) const SETTLE_MS_MAX: u64 = 2_000;
/// Longest text that is left over because somebody typed it, in characters; a longer one is a completion.
const LEFT_OVER_MAX: usize = 4;
/// How long a look at what was heard rests, in milliseconds.
const REST_MS: u64 = 5;

/// What a key of a run can do. Which key it was is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// It writes, and may replace what was selected.
    Writes,
    /// It writes, or only changes what the next one writes: a dead key.
    MayWrite,
    /// It takes away: `BackSpace`, `Delete`.
    Erases,
}

/// A run of keys.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The window that they went to.
    pub(crate) window: u64,
    /// When the first key went down, by the sensor's own clock.
    pub(crate) from_us: u64,
    /// The next action, if one began.
    pub(crate) ended: Option<Ended>,
    pub(crate) keys: Vec<Key>,
}

/// What ended a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    /// When, by the sensor's own clock.
    pub(crate) at_us: u64,
    pub(crate) by: By,
}

/// What an action that ends a run may write itself, and so be told after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Keys in the same window, after a pause: what was told by then is the run's, and what comes later is theirs.
    Keys,
    /// A combination that pastes or takes back, the middle button.
    Paste,
    /// Nothing but the end of a line.
    Other,
}

impl Run {
    /// Whether something was told before the next action began.
    pub(super) fn is_own(&self, at_us: u64) -> bool {
        self.ended.is_none_or(|ended| at_us < ended.at_us)
    }

    /// Whether something that was told after its end may be of its keys.
    pub(super) fn may_be_late(&self) -> bool {
        self.ended.is_none_or(|ended| ended.by != By::Keys)
    }
}

/// How well what was heard fits the keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// The keys account for so many changes, from the front.
    Whole(usize),
    /// So many changes, from the front, are what an input method composed, if nothing more is told.
    Composed(usize),
    /// Some keys have no change yet.
    Short,
    No(Counted),
}

impl Fit {
    pub(super) const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_) | Self::Composed(_))
    }
}

/// The text of a run, and the element that it was written in.
pub(crate) async fn text(ear: &Ear, run: &Run) -> Result<(Typed, Element), Counted> {
    let application = ear.with(|heard| {
        let window = heard.window_mut(run.window).ok_or(Counted::NotHeard)?;
        if window.unsure_us > run.from_us {
            return Err(Counted::NotHeard);
        }
        window.let_go_before(run.from_us);
        Ok(window.frame.application.0.clone())
    })?;
    let used = settled(ear, run).await;
    ear.with(|heard| {
        let window = heard.window_mut(run.window).ok_or(Counted::NotHeard)?;
        let used = composed::follows(window, run, used)?;
        let typed = read(&mut window.changes, used).ok_or(Counted::Unlike)?;
        let element = (application, typed.element.clone());
        Ok((typed, element))
    })
}

/// Waits until each key has its change; not for long where the application tells of none.
async fn settled(ear: &Ear, run: &Run) -> Result<usize, Counted> {
    let start = tokio::time::Instant::now();
    let mut last = (start, 0);
    loop {
        let count = ear.with(|heard| heard.window(run.window).map_or(0, |window| window.changes.len()));
        if last.1 != count {
            last = (tokio::time::Instant::now(), count);
        }
        let (fit, told) = ear.with(|heard| match heard.window_mut(run.window) {
            Some(window) => (fit_with_opened(window, run), has_told(window, run)),
            None => (Fit::No(Counted::NotHeard), false),
        });
        match fit {
            Fit::Whole(used) => return Ok(used),
            Fit::Composed(used) if last.0.elapsed() >= Duration::from_millis(SETTLE_MS) => return Ok(used),
            Fit::No(why) => {
                if why == Counted::Incomplete {
                    ear.with(|heard| unsettle(heard, run));
                }
                return Err(why);
            }
            Fit::Composed(_) | Fit::Short => {}
        }
        let longest = if told { SETTLE_MS_MAX } else { SETTLE_MS };
        if start.elapsed() >= Duration::from_millis(longest) {
            if !told {
                return Err(Counted::Silent);
            }
            ear.with(|heard| unsettle(heard, run));
            return Err(Counted::Incomplete);
        }
        tokio::time::sleep(Duration::from_millis(REST_MS)).await;
    }
}

/// What comes later is of keys that were counted, not of the next ones.
fn unsettle(heard: &mut super::heard::Heard, run: &Run) {
    if let Some(window) = heard.window_mut(run.window) {
        let last = window.changes.back().map_or(run.from_us, |change| change.at_us);
        window.changes.clear();
        window.opened = None;
        window.unsure_us = last + SETTLE_MS_MAX * 1_000;
    }
}

pub(super) fn fit(changes: &VecDeque<Change>, run: &Run) -> Fit {
    let is_own = |change: &&Change| run.is_own(change.at_us);
    if changes.iter().take_while(is_own).any(|change| matches!(change.what, What::Withheld)) {
        return Fit::No(Counted::Withheld);
    }
    let own = changes.iter().take_while(is_own).count();
    let by_keys = by_keys(changes, run, own);
    let of_keys = if let Fit::Whole(used) = by_keys { Some(used).filter(|used| *used <= own) } else { None };
    composed::fit(changes, run, own, of_keys).unwrap_or(by_keys)
}

/// The same where no input method composes: each key that writes has a change of its own.
pub(super) fn fit_of_keys(changes: &VecDeque<Change>, run: &Run) -> Fit {
    by_keys(changes, run, changes.len())
}

/// `own` changes were told before the run ended.
fn by_keys(changes: &VecDeque<Change>, run: &Run, own: usize) -> Fit {
    let mut ends = ends(changes, &run.keys);
    ends.retain(|used| *used <= own || run.may_be_late());
    if run.keys.contains(&Key::MayWrite) {
        // Only if nothing else may have been told, and the keys account for all of it.
        let all = own == changes.len() && ends.contains(&own);
        return if all { Fit::Whole(own) } else { Fit::Short };
    }
    let Some(used) = ends.last().copied() else { return Fit::Short };
    let left_over = |change: &Change| match &change.what {
        What::Inserted(text) => text.chars().count() <= LEFT_OVER_MAX,
        What::Deleted(_) | What::Withheld => true,
    };
    if changes.iter().take(own).skip(used).any(left_over) {
        Fit::No(Counted::Unlike)
    } else {
        Fit::Whole(used)
    }
}

/// How many changes, from the front, the keys may account for; none if a key has no change.
fn ends(changes: &VecDeque<Change>, keys: &[Key]) -> BTreeSet<usize> {
    let mut places = BTreeSet::from([Place::default()]);
    for key in keys {
        places = places.iter().flat_map(|place| place.after(changes, *key)).collect();
    }
    places.into_iter().filter(|place| place.within == 0).map(|place| place.change).collect()
}

/// Up to where changes are accounted for. Several keys may be told as one change (Chromium, for fast keys): then it is a
/// place within one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    change: usize,
    within: usize,
}

impl Place {
    /// Where it may be after one key more. A key that writes writes one character; what it replaced is told as a deletion
    /// before the insertion.
    fn after(self, changes: &VecDeque<Change>, key: Key) -> BTreeSet<Self> {
        let what = |at: usize| changes.get(at).map(|change| &change.what);
        let next = Self { change: self.change + 1, within: 0 };
        let mut after = BTreeSet::new();
        match (key, what(self.change)) {
            (Key::Writes | Key::MayWrite, Some(What::Inserted(text))) => {
                after.extend(by_letters(text).map(|length| self.further(length)));
            }
            (Key::Writes | Key::MayWrite, Some(What::Deleted(_))) if self.within == 0 => {
                if let Some(What::Inserted(text)) = what(next.change) {
                    after.extend(by_letters(text).map(|length| next.further(length)));
                }
            }
            (Key::Erases, Some(What::Deleted(length))) => {
                let length = usize::try_from(*length).unwrap_or(usize::MAX);
                after.extend([self.further(length)]);
                // A selection, or a whole word.
                after.extend((self.within == 0).then_some(next));
            }
            // At the beginning of a text there is nothing to erase.
            (Key::Erases, Some(What::Inserted(_))) if self.within == 0 => {
                let begins = changes.get(self.change).is_some_and(|change| change.start == 0);
                after.extend(begins.then_some(self));
            }
            (Key::Writes | Key::MayWrite | Key::Erases, _) => {}
        }
        after.extend((key == Key::MayWrite).then_some(self));
        after
    }

    const fn further(self, length: usize) -> Self {
        if self.within + 1 < length {
            Self { within: self.within + 1, ..self }
        } else {
            Self { change: self.change + 1, within: 0 }
        }
    }
}

/// How many keys write it; none for the end of a line, which is a command of its own.
fn by_letters(text: &str) -> Option<usize> {
    (!matches!(text, "\n" | "\u{2029}")).then(|| text.chars().count())
}

/// Takes the changes of a run from the front, and puts them together.
fn read(changes: &mut VecDeque<Change>, used: usize) -> Option<Typed> {
    let mut draft: Option<Draft> = None;
    for change in changes.drain(..used.min(changes.len())) {
        draft = Some(Draft::grown(draft, change)?);
    }
    draft.map(Draft::finish)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn path(n: u32) -> zbus::zvariant::OwnedObjectPath {
        format!("/element/{n}").try_into().unwrap()
    }

    fn inserted(start: u32, text: &str) -> Change {
        Change { at_us: 1, element: path(1), start, what: What::Inserted(Zeroizing::new(text.to_owned())) }
    }

    fn deleted(start: u32, length: u32) -> Change {
        Change { at_us: 1, element: path(1), start, what: What::Deleted(length) }
    }

    fn run(keys: &str, ended_us: Option<u64>) -> Run {
        run_before(keys, ended_us, By::Other)
    }

    fn run_before(keys: &str, ended_us: Option<u64>, by: By) -> Run {
        let key = |key| match key {
            'w' => Key::Writes,
            'm' => Key::MayWrite,
            _ => Key::Erases,
        };
        let ended = ended_us.map(|at_us| Ended { at_us, by });
        Run { window: 1, from_us: 0, ended, keys: keys.chars().map(key).collect() }
    }

    /// `w` is a key that writes, `m` one that may, `e` one that erases.
    fn told(changes: Vec<Change>, pressed: &str) -> Option<String> {
        let mut changes = changes.into();
        let Fit::Whole(used) = fit(&changes, &run(pressed, None)) else { return None };
        read(&mut changes, used).map(|typed| typed.text.to_string())
    }

    #[test]
    fn letters_and_edits_become_the_text_that_is_left() {
        let word = || vec![inserted(7, "c"), inserted(8, "o"), inserted(9, "t")];
        assert_eq!(told(word(), "www").as_deref(), Some("cot"));
        let mut edited = word();
        edited.extend([deleted(9, 1), deleted(8, 1), inserted(8, "a"), inserted(9, "t")]);
        assert_eq!(told(edited, "wwweeww").as_deref(), Some("cat"));
        // A selection of ten characters that the first letter replaced, and a letter before it that went.
        assert_eq!(
            told(vec![deleted(3, 10), inserted(3, "x"), deleted(3, 1), deleted(2, 1)], "wee").as_deref(),
            Some("")
        );
    }

    #[test]
    fn what_keys_cannot_have_written_is_not_text() {
        assert_eq!(told(vec![inserted(0, "pasted by a menu")], "w"), None);
        assert_eq!(told(vec![inserted(0, "a"), inserted(1, "utocomplete")], "w").as_deref(), Some("a"));
        assert_eq!(told(vec![inserted(0, "a"), inserted(1, "utocomplete")], "ww"), None);
        assert_eq!(told(vec![inserted(0, "a"), inserted(50, "b")], "ww"), None);
        let other = Change { element: path(2), ..inserted(1, "b") };
        assert_eq!(told(vec![inserted(0, "a"), other], "ww"), None);
        assert_eq!(told(vec![], "wwwww"), None);
    }

    #[test]
    fn a_part_of_a_text_is_not_the_text() {
        assert_eq!(told(vec![inserted(0, "a"), inserted(1, "b")], "www"), None);
        assert_eq!(told(vec![inserted(0, "x"), inserted(1, "a"), inserted(2, "b")], "ww"), None);
        // Nothing was left to erase only where the text begins.
        assert_eq!(told(vec![inserted(0, "a")], "ew").as_deref(), Some("a"));
        assert_eq!(told(vec![inserted(3, "a")], "ew"), None);
        assert_eq!(told(vec![inserted(0, "a")], "we"), None);
        let replaced = vec![inserted(0, "x"), deleted(0, 1), inserted(0, "y")];
        assert_eq!(told(replaced, "ww").as_deref(), Some("y"));
        let erased = || vec![inserted(0, "x"), deleted(0, 1), inserted(0, "y")];
        assert_eq!(told(erased(), "wew").as_deref(), Some("y"));
    }

    #[test]
    fn the_end_of_a_line_is_not_what_a_key_of_the_run_wrote() {
        let change = |at_us, start, text: &str| Change { at_us, ..inserted(start, text) };
        let changes = vec![change(1, 0, "a"), change(5, 1, "\n")].into();
        assert_eq!(fit(&changes, &run("ww", Some(4))), Fit::Short);
        let replaced =
            vec![change(1, 0, "a"), Change { at_us: 5, ..deleted(1, 3) }, change(5, 1, "\n")].into();
        assert_eq!(fit(&replaced, &run("ww", Some(4))), Fit::Short);
    }

    #[test]
    fn what_keys_after_a_pause_wrote_is_not_of_a_key_before_it_that_wrote_nothing() {
        let later: VecDeque<_> = vec![Change { at_us: 5, ..inserted(0, "d") }].into();
        assert_eq!(fit(&later, &run_before("w", Some(4), By::Keys)), Fit::Short);
        // An application may tell of a key after a click.
        assert_eq!(fit(&later, &run("w", Some(4))), Fit::Whole(1));
    }

    #[test]
    fn several_keys_may_be_told_as_one_change() {
        assert_eq!(
            told(vec![inserted(0, "f"), inserted(1, "or"), inserted(3, "ty")], "wwwww").as_deref(),
            Some("forty")
        );
        assert_eq!(
            told(vec![inserted(0, "for"), deleted(1, 2), inserted(1, "u")], "wwweew").as_deref(),
            Some("fu")
        );
        assert_eq!(told(vec![inserted(0, "for")], "ww"), None);
        assert_eq!(told(vec![inserted(0, "for")], "wwww"), None);
    }

    #[test]
    fn a_dead_key_writes_nothing_or_its_accent() {
        assert_eq!(told(vec![inserted(0, "é")], "mw").as_deref(), Some("é"));
        assert_eq!(told(vec![inserted(0, "´"), inserted(1, "x")], "mw").as_deref(), Some("´x"));
        // The key after the run may have written the last one.
        let changes = vec![inserted(0, "é"), Change { at_us: 3, ..inserted(1, "\n") }].into();
        assert_eq!(fit(&changes, &run("mw", Some(2))), Fit::Short);
    }

    #[test]
    fn what_may_not_be_heard_is_not_text_and_it_is_told_why() {
        let secret = Change { what: What::Withheld, ..inserted(0, "") };
        assert_eq!(fit(&vec![secret].into(), &run("w", None)), Fit::No(Counted::Withheld));
        let surplus = vec![inserted(0, "a"), inserted(1, "b")].into();
        assert_eq!(fit(&surplus, &run("w", None)), Fit::No(Counted::Unlike));
        assert_eq!(fit(&VecDeque::new(), &run("w", None)), Fit::Short);
    }

    #[test]
    fn what_the_next_run_wrote_stays_for_it() {
        let next = Change { at_us: 5, ..inserted(2, "c") };
        let mut changes: VecDeque<Change> = vec![inserted(0, "a"), inserted(1, "b"), next].into();
        assert_eq!(fit(&changes, &run("ww", Some(4))), Fit::Whole(2));
        assert_eq!(read(&mut changes, 2).unwrap().text.as_str(), "ab");
        assert_eq!(fit(&changes, &run("w", None)), Fit::Whole(1));
        assert_eq!(read(&mut changes, 1).unwrap().text.as_str(), "c");
    }
}
