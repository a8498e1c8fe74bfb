//! A text in the making, in one element.

use zbus::zvariant::OwnedObjectPath;
use zeroize::{Zeroize as _, Zeroizing};

use super::heard::{Change, What};

/// What was typed, and where.
pub(crate) struct Typed {
    pub(crate) element: OwnedObjectPath,
    pub(crate) text: Zeroizing<String>,
}

pub(crate) struct Draft {
    element: OwnedObjectPath,
    start: usize,
    characters: Zeroizing<Vec<char>>,
}

impl Draft {
    /// With one change more; none if the change is of another element or far from what was written.
    pub(crate) fn grown(draft: Option<Self>, change: Change) -> Option<Self> {
        let at = usize::try_from(change.start).ok()?;
        let new = |element| Self { element, start: at, characters: Zeroizing::default() };
        let mut draft = draft.unwrap_or_else(|| new(change.element.clone()));
        if draft.element != change.element {
            return None;
        }
        match change.what {
            What::Inserted(text) => draft.insert(at, &text).map(|()| draft),
            What::Deleted(length) => draft.delete(at, usize::try_from(length).ok()?).map(|()| draft),
            What::Withheld => None,
        }
    }

    fn insert(&mut self, at: usize, text: &str) -> Option<()> {
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

    pub(crate) fn finish(mut self) -> Typed {
        let text = Zeroizing::new(self.characters.iter().collect());
        self.characters.zeroize();
        Typed { element: self.element, text }
    }
}
