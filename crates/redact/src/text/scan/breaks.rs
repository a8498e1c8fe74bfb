//! Where the lines of a text end: asked for at every word and number, found once.

use std::cell::{Cell, OnceCell};

/// The places of the line breaks of a text.
pub(super) struct Breaks<'a> {
    text: &'a str,
    /// Found when they are asked for: most text holds nothing that a rule looks at.
    places: OnceCell<Vec<usize>>,
    /// How many of them lie before the place that was asked for last: the next one is most often in the same line.
    before: Cell<usize>,
}

impl<'a> Breaks<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Self { text, places: OnceCell::new(), before: Cell::new(0) }
    }

    fn places(&self) -> &[usize] {
        self.places.get_or_init(|| self.text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The first break at `at` or behind it.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.places().get(self.before(at)).copied()
    }

    /// Behind the last break before `at`: where its line begins.
    pub(super) fn behind_last(&self, at: usize) -> usize {
        let last = self.before(at).checked_sub(1).and_then(|last| self.places().get(last));
        last.map_or(0, |last| last + 1)
    }

    /// How many breaks lie before `at`.
    fn before(&self, at: usize) -> usize {
        let known = self.before.get();
        let is_behind_last =
            known.checked_sub(1).and_then(|last| self.places().get(last)).is_none_or(|last| *last < at);
        let is_before_next = self.places().get(known).is_none_or(|next| at <= *next);
        if !(is_behind_last && is_before_next) {
            self.before.set(self.places().partition_point(|place| *place < at));
        }
        self.before.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_are_found_from_any_place_in_any_order() {
        let text = "ab\n\ncd\nlast";
        let breaks = Breaks::of(text);
        let order = (0..=text.len()).chain((0..=text.len()).rev()).chain([11, 0, 5, 2, 3, 9]);
        for at in order {
            let next = text.get(at..).unwrap().find('\n').map(|n| at + n);
            let last = text.get(..at).unwrap().rfind('\n').map_or(0, |n| n + 1);
            assert_eq!((breaks.next(at), breaks.behind_last(at)), (next, last), "{at}");
        }
        assert_eq!((Breaks::of("").next(0), Breaks::of("").behind_last(0)), (None, 0));
    }
}
