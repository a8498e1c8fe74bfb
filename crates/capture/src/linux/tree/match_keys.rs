//! Typed text: what the application says was written, matched to the keys that were pressed. Keys alone never become text.

use std::collections::VecDeque;
use std::time::Duration;

use zeroize::{Zeroize as _, Zeroizing};

use super::listen::{Change, Ear, What};

/// Longest wait for the application to tell what the last key wrote, in milliseconds.
pub(crate) const SETTLE_MS: u64 = 250;
/// How long a look at what was heard rests, in milliseconds.
const REST_MS: u64 = 5;
/// Longest text that one key writes, in characters: more is a completion or a paste, not typing.
const CHARACTERS_OF_KEY_MAX: usize = 4;

/// What a key of a run can do. Which key it was is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// It writes, and may replace what was selected.
    Writes,
    /// It takes away: `BackSpace`, `Delete`.
    Erases,
}

/// A run of keys.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// When the first key went down, by the sensor's own clock.
    pub(crate) from_us: u64,
    /// Changes told after this are of what was done next.
    pub(crate) until_us: u64,
    pub(crate) keys: Vec<Key>,
}

/// The text of a run; none if what was heard does not fit the keys.
pub(crate) async fn text(ear: &Ear, run: &Run) -> Option<Zeroizing<String>> {
    if !ear.heard_all_since(run.from_us) {
        // A part of a text is not the text.
        return None;
    }
    let settled = tokio::time::Instant::now() + Duration::from_millis(SETTLE_MS);
    ear.with_changes(|changes| {
        while changes.front().is_some_and(|change| change.at_us < run.from_us) {
            changes.pop_front();
        }
    });
    while tokio::time::Instant::now() < settled
        && ear.with_changes(|changes| fitting(changes, run.until_us, &run.keys)).1 < run.keys.len()
    {
        tokio::time::sleep(Duration::from_millis(REST_MS)).await;
    }
    if !ear.heard_all_since(run.from_us) {
        return None;
    }
    ear.with_changes(|changes| read(changes, run.until_us, &run.keys))
}

/// How many changes, from the front, the keys account for, and how many keys had a change of their own. What a letter
/// replaced is told as a deletion before the insertion.
fn fitting(changes: &VecDeque<Change>, until_us: u64, keys: &[Key]) -> (usize, usize) {
    let (mut used, mut fitted) = (0, 0);
    let is_insertion = |at: usize| {
        let change = changes.get(at).filter(|change| change.at_us <= until_us);
        change.map(|change| matches!(change.what, What::Inserted(_)))
    };
    for key in keys {
        let taken = match (key, is_insertion(used), is_insertion(used + 1)) {
            (Key::Writes, Some(true), _) | (Key::Erases, Some(false), _) => 1,
            (Key::Writes, Some(false), Some(true)) => 2,
            // A dead key, or nothing was left to erase.
            (Key::Writes | Key::Erases, _, _) => continue,
        };
        (used, fitted) = (used + taken, fitted + 1);
    }
    (used, fitted)
}

/// Takes the changes of a run from the front, and puts them together.
fn read(changes: &mut VecDeque<Change>, until_us: u64, keys: &[Key]) -> Option<Zeroizing<String>> {
    let (used, _) = fitting(changes, until_us, keys);
    let mut draft: Option<Draft> = None;
    for change in changes.drain(..used) {
        draft = Some(Draft::grown(draft, change)?);
    }
    draft.map(Draft::finish)
}

/// A text in the making, in one element.
struct Draft {
    element: zbus::zvariant::OwnedObjectPath,
    start: usize,
    characters: Zeroizing<Vec<char>>,
}

impl Draft {
    /// With one change more; none if the change is of another element or far from what was written.
    fn grown(draft: Option<Self>, change: Change) -> Option<Self> {
        let at = usize::try_from(change.start).ok()?;
        let new = |element| Self { element, start: at, characters: Zeroizing::default() };
        let mut draft = draft.unwrap_or_else(|| new(change.element.clone()));
        if draft.element != change.element {
            return None;
        }
        match change.what {
            What::Inserted(text) => draft.insert(at, &text).map(|()| draft),
            What::Deleted(length) => draft.delete(at, usize::try_from(length).ok()?).map(|()| draft),
        }
    }

    fn insert(&mut self, at: usize, text: &str) -> Option<()> {
        if text.chars().count() > CHARACTERS_OF_KEY_MAX {
            return None;
        }
        let place = at.checked_sub(self.start).filter(|place| *place <= self.characters.len());
        let place = match place {
            Some(place) => place,
            // The cursor went elsewhere before anything was written.
            None if self.characters.is_empty() => {
                self.start = at;
                0
            }
            None => return None,
        };
        self.characters.splice(place..place, text.chars());
        Some(())
    }

    /// What stood there before the run is not part of it.
    fn delete(&mut self, at: usize, length: usize) -> Option<()> {
        let own = self.start..self.start + self.characters.len();
        let (from, to) = (at, at.checked_add(length)?);
        if from > own.end || to < own.start {
            return self.characters.is_empty().then(|| self.start = at);
        }
        let first = from.max(own.start) - own.start;
        let last = to.min(own.end).max(own.start) - own.start;
        self.characters.drain(first..last.max(first));
        self.start = self.start.min(from);
        Some(())
    }

    fn finish(mut self) -> Zeroizing<String> {
        let text = Zeroizing::new(self.characters.iter().collect());
        self.characters.zeroize();
        text
    }
}

#[cfg(test)]
mod tests {
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

    /// `w` is a key that writes, `e` one that erases.
    fn keys(keys: &str) -> Vec<Key> {
        keys.chars().map(|key| if key == 'w' { Key::Writes } else { Key::Erases }).collect()
    }

    fn told(changes: Vec<Change>, pressed: &str) -> Option<String> {
        read(&mut changes.into(), 1, &keys(pressed)).map(|text| text.to_string())
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
    fn a_letter_after_an_erased_one_is_a_key_of_its_own_and_a_dead_key_writes_nothing() {
        let erased = || vec![inserted(0, "x"), deleted(0, 1), inserted(0, "y"), inserted(1, "\n")];
        assert_eq!(told(erased(), "wew").as_deref(), Some("y"));
        let replaced = vec![inserted(0, "x"), deleted(0, 1), inserted(0, "y")];
        assert_eq!(told(replaced, "ww").as_deref(), Some("y"));
        assert_eq!(told(vec![inserted(0, "é")], "ww").as_deref(), Some("é"));
        assert_eq!(told(vec![inserted(0, "a")], "ew").as_deref(), Some("a"));
    }

    #[test]
    fn what_is_told_after_the_run_ended_is_not_its_text() {
        assert_eq!(read(&mut vec![inserted(0, "a")].into(), 0, &keys("w")), None);
    }

    #[test]
    fn what_the_next_run_wrote_stays_for_it() {
        let mut changes: VecDeque<Change> = vec![inserted(0, "a"), inserted(1, "b"), inserted(2, "c")].into();
        assert_eq!(read(&mut changes, 1, &keys("ww")).unwrap().as_str(), "ab");
        assert_eq!(read(&mut changes, 1, &keys("w")).unwrap().as_str(), "c");
    }
}
