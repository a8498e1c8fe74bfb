//! The frame before an action: the last one of the screen at rest, in memory only, with the tree of the same moment.

use candor_consent::{Field, Permit};
use candor_model::{Action, Pixels, Tree};
use zeroize::Zeroize as _;

use crate::linux::tree::Element;
use crate::{Pending, SeenWindow};

/// The screen is at rest when nothing changed for this long, in microseconds.
const QUIET_US: u64 = 60_000;
/// A screen that changes on and on is looked at this long after it began to, in microseconds.
const RESTLESS_US: u64 = 500_000;
/// How long before an action what was drawn since a frame may have begun, in microseconds.
const OLD_US: u64 = 2_000_000;

/// Tells when the screen came to rest after it changed.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    changes: u64,
    changed_us: u64,
    since_us: Option<u64>,
    begun: bool,
}

impl Rest {
    /// Whether it is time for a look: once after each change. `changes` counts them.
    pub(crate) fn is_due(&mut self, now_us: u64, changes: u64) -> bool {
        if changes != self.changes || !self.begun {
            (self.changes, self.changed_us, self.begun) = (changes, now_us, true);
            self.since_us.get_or_insert(now_us);
        }
        let Some(since_us) = self.since_us else { return false };
        let quiet = now_us.saturating_sub(self.changed_us) >= QUIET_US;
        let due = quiet || now_us.saturating_sub(since_us) >= RESTLESS_US;
        if due {
            self.since_us = None;
        }
        due
    }

    /// Whether the screen was looked at since it changed last.
    pub(crate) const fn is_over(&self, changes: u64) -> bool {
        self.begun && self.since_us.is_none() && self.changes == changes
    }

    /// After an action the screen is looked at again, whether it changed or not: its frame went with the action.
    pub(crate) fn after_action(&mut self) {
        self.begun = false;
    }
}

/// A frame and a tree of permitted windows.
pub(crate) struct Kept {
    pub(crate) front: u64,
    pub(crate) windows: Vec<SeenWindow>,
    pub(crate) shown: Vec<bool>,
    /// Of which windows the frame has pixels.
    pub(crate) framed: Vec<bool>,
    pub(crate) frame: Option<Pixels>,
    pub(crate) tree: Option<Tree>,
    /// Which elements the nodes of the tree are.
    pub(crate) elements: Vec<Element>,
    pub(crate) taken_us: u64,
    pub(crate) changes: u64,
}

/// What was drawn by the time of an action: how often, and when the first of it since the last look was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) changes: u64,
    pub(crate) first_us: Option<u64>,
}

impl Kept {
    /// Whether it shows the screen as it was before an action: the same windows, with the same answers, taken before it.
    pub(crate) fn is_before(
        &self,
        pending: &Pending,
        permit: &Permit,
        permits: &[Option<Permit>],
        drawn: Drawn,
    ) -> bool {
        self.front == pending.front.id
            && self.windows == pending.windows
            && self.shown == shown(pending, permits)
            && self.framed == framed(pending, permit, permits)
            && (self.tree.is_none() || permit.allows(Field::Tree))
            && self.taken_us <= pending.at.monotonic_us
            && self.is_recent(pending.at.monotonic_us, drawn)
    }

    /// How long after the action began it was taken, in milliseconds; none if before, and where the person only waited.
    pub(crate) fn late_ms(&self, pending: &Pending) -> Option<u32> {
        let late_us = self.taken_us.checked_sub(pending.at.monotonic_us).filter(|us| *us > 0)?;
        let waited = matches!(pending.action, Action::Wait { .. });
        (!waited).then(|| u32::try_from(late_us.div_ceil(1_000)).unwrap_or(u32::MAX))
    }

    /// Whether the screen looked so at most two seconds before: until the first change it did, however long ago it was read.
    fn is_recent(&self, at_us: u64, drawn: Drawn) -> bool {
        let until_us = drawn.first_us.unwrap_or(0).max(self.taken_us);
        self.changes == drawn.changes || at_us.saturating_sub(until_us) <= OLD_US
    }
}

/// Which windows are shown: the permitted ones that are about nothing sensitive.
pub(crate) fn shown(pending: &Pending, permits: &[Option<Permit>]) -> Vec<bool> {
    let shown =
        |(window, permit): (&SeenWindow, &Option<Permit>)| permit.is_some() && window.sensitive.is_none();
    pending.windows.iter().zip(permits).map(shown).collect()
}

/// Whose pixels a frame may have: of those that are shown the ones of which the person gives frames.
pub(crate) fn framed(pending: &Pending, permit: &Permit, permits: &[Option<Permit>]) -> Vec<bool> {
    let gives = |permit: &Permit| permit.allows(Field::Frame);
    let framed = |(shown, given): (bool, &Option<Permit>)| shown && given.as_ref().is_some_and(gives);
    let all = shown(pending, permits).into_iter().zip(permits).map(framed);
    all.map(|framed| framed && gives(permit)).collect()
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.frame.zeroize();
        self.tree.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_looked_at_once_when_it_came_to_rest() {
        let mut rest = Rest::default();
        assert!(!rest.is_due(0, 0));
        assert!(!rest.is_over(0));
        assert!(rest.is_due(60_000, 0));
        assert!(rest.is_over(0) && !rest.is_over(1));
        assert!(!rest.is_due(200_000, 0));
        assert!(!rest.is_due(300_000, 1) && !rest.is_due(340_000, 2) && !rest.is_due(399_999, 2));
        assert!(rest.is_due(400_000, 2));
        assert!(!rest.is_due(900_000, 2));
        // A film: every look finds another change.
        let film: Vec<u64> = (0..120_u64).filter(|n| rest.is_due(1_000_000 + n * 10_000, 3 + n)).collect();
        assert_eq!(film, [50, 101]);
        assert!(rest.is_due(2_900_000, 122) && !rest.is_due(2_960_000, 122));
        rest.after_action();
        assert!(!rest.is_over(122));
        assert!(!rest.is_due(3_000_000, 122) && rest.is_due(3_060_000, 122));
    }
}
