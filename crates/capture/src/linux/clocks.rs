//! The sensor's own clock beside the server's.

/// An event is of the moment when it happened, also where it was read late.
pub(crate) struct Clocks {
    pub(crate) ms: u32,
    pub(crate) us: u64,
}

impl Clocks {
    /// The moment of an event that happened at `ms` and was read at `now_us`. The event that was read soonest binds the clocks.
    pub(crate) fn moment(&mut self, ms: u32, now_us: u64) -> u64 {
        let since = i64::from(ms.wrapping_sub(self.ms).cast_signed()).saturating_mul(1_000);
        let told = self.us.saturating_add_signed(since);
        if told >= now_us {
            (self.ms, self.us) = (ms, now_us);
        }
        told.min(now_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_was_read_late_is_of_the_moment_when_it_happened() {
        let mut clocks = Clocks { ms: 1_000, us: 50_000 };
        assert_eq!(clocks.moment(1_010, 90_000), 60_000);
        // Read sooner than the first one was: from now on this binds the clocks.
        assert_eq!(clocks.moment(1_020, 65_000), 65_000);
        assert_eq!(clocks.moment(1_030, 99_000), 75_000);
        // The server's time begins anew after 49 days.
        let mut clocks = Clocks { ms: u32::MAX, us: 50_000 };
        assert_eq!(clocks.moment(9, 90_000), 60_000);
        assert_eq!(clocks.moment(u32::MAX - 10, 90_000), 40_000);
    }
}
