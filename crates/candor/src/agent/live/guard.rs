//! When the light counts as seen. What takes it away once, a window that is raised by a click, is put right before the next look at the
//! screen; whoever takes it away again and again ends the recording until the light has been left alone for a while.

use std::collections::VecDeque;

/// How often within a second the light may be taken away, and still count as seen once it is put right.
const FALLS_MAX: usize = 4;
const WINDOW_US: u64 = 1_000_000;
/// How long a light that was lost must be seen, before it counts as seen again, in microseconds.
const STEADY_US: u64 = 500_000;

/// What was seen of the light.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    falls: VecDeque<u64>,
    lost: bool,
    steady_from: Option<u64>,
}

impl Guard {
    /// Of a light that was just made: it counts as seen once it was seen for a while.
    pub(crate) fn unproven() -> Self {
        Self { lost: true, ..Self::default() }
    }

    /// Takes what a look found, and what another look found after it was put right; whether it may be recorded.
    pub(crate) fn look(&mut self, found: bool, mended: bool, now_us: u64) -> bool {
        while self.falls.front().is_some_and(|fall| now_us.saturating_sub(*fall) > WINDOW_US) {
            self.falls.pop_front();
        }
        if !found {
            self.falls.push_back(now_us);
            self.steady_from = None;
        } else if self.steady_from.is_none() {
            self.steady_from = Some(now_us);
        }
        self.lost |= !found && (!mended || self.falls.len() > FALLS_MAX);
        let steady = self.steady_from.is_some_and(|from| now_us.saturating_sub(from) >= STEADY_US);
        self.lost &= !steady;
        !self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK_US: u64 = 50_000;

    #[test]
    fn a_light_that_was_just_made_counts_once_it_was_left_alone_for_a_while() {
        let mut guard = Guard::unproven();
        assert!(!guard.look(true, true, 0));
        assert!(!guard.look(false, true, TICK_US));
        assert!(!guard.look(true, true, 2 * TICK_US));
        assert!(guard.look(true, true, 2 * TICK_US + STEADY_US));
    }

    #[test]
    fn a_light_that_a_click_covered_once_is_put_right_and_counts_as_seen() {
        let mut guard = Guard::default();
        assert!(guard.look(true, true, 0));
        assert!(guard.look(false, true, TICK_US));
        assert!(guard.look(true, true, 2 * TICK_US));
    }

    #[test]
    fn a_light_that_cannot_be_put_right_is_lost_at_once_and_until_it_was_seen_for_a_while() {
        let mut guard = Guard::default();
        assert!(guard.look(true, true, 0));
        assert!(!guard.look(false, false, TICK_US));
        assert!(!guard.look(true, true, 2 * TICK_US));
        assert!(!guard.look(true, true, 2 * TICK_US + STEADY_US - 1));
        assert!(guard.look(true, true, 2 * TICK_US + STEADY_US));
    }

    #[test]
    fn whoever_takes_it_away_again_and_again_ends_the_recording_although_each_time_it_is_put_right() {
        let mut guard = Guard::default();
        let looks: Vec<bool> = (0..40).map(|n| guard.look(false, true, n * TICK_US)).collect();
        assert!(looks[..FALLS_MAX].iter().all(|seen| *seen));
        assert!(looks[FALLS_MAX..].iter().all(|seen| !seen));
        let after: Vec<bool> = (40..60).map(|n| guard.look(true, true, n * TICK_US)).collect();
        assert_eq!(after.iter().position(|seen| *seen), Some(10));
    }
}
