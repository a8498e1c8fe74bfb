//! The frame before an action: the last one of the screen at rest, in memory only, with the tree of the same moment.

use candor_consent::Permit;
use candor_model::{Pixels, Tree};
use zeroize::Zeroize as _;

use crate::linux::tree::Element;
use crate::{Pending, SeenWindow};

/// The screen is at rest when nothing changed for this long, in microseconds.
const QUIET_US: u64 = 60_000;
/// A screen that changes on and on is looked at this long after it began to, in microseconds.
const RESTLESS_US: u64 = 500_000;
/// How old a frame of a screen that has changed since may be, in microseconds.
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
    pub(crate) frame: Option<Pixels>,
    pub(crate) tree: Option<Tree>,
    /// Which elements the nodes of the tree are.
    pub(crate) elements: Vec<Element>,
    pub(crate) taken_us: u64,
    pub(crate) changes: u64,
}

impl Kept {
    /// Whether it shows the screen as it was before an action: the same windows, with the same answers, taken before it.
    pub(crate) fn is_before(
        &self,
        pending: &Pending,
        permits: &[Option<Permit>],
        now_us: u64,
        changes: u64,
    ) -> bool {
        let allowed = pending.windows.iter().zip(permits);
        let shown = allowed.map(|(window, permit)| permit.is_some() && window.sensitive.is_none());
        let recent = self.changes == changes || now_us.saturating_sub(self.taken_us) <= OLD_US;
        self.front == pending.front.id
            && self.windows == pending.windows
            && shown.eq(self.shown.iter().copied())
            && self.taken_us <= pending.at.monotonic_us
            && recent
    }
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
