//! The sensor's own clock beside the server's.

use x11rb::errors::ReplyError;
use x11rb::protocol::sync::ConnectionExt as _;

use crate::Now;
use crate::linux::wire::XConnection;

/// How often the server is asked what time it is: the answer that came soonest binds the clocks.
const TRIPS: u32 = 4;

/// An event is of the moment when it happened, also where it was read late.
pub(crate) struct Clocks {
    pub(crate) ms: u32,
    pub(crate) us: u64,
}

impl Clocks {
    /// Bound before anything happens. The first event alone would bind them by the moment when it was read: a letter could then seem
    /// older to the application that tells of it than to the key that wrote it, and the text would not be whole.
    ///
    /// The server counts the milliseconds of its events in a counter (X Synchronization Extension Protocol 3.1, `SERVERTIME`); none where it
    /// has no such counter.
    pub(crate) fn bound(connection: &XConnection, now: &Now) -> Result<Option<Self>, ReplyError> {
        connection.sync_initialize(3, 1)?.reply()?;
        let counters = connection.sync_list_system_counters()?.reply()?.counters;
        let Some(counter) = counters.iter().find(|counter| counter.name == b"SERVERTIME") else {
            return Ok(None);
        };
        let mut clocks: Option<Self> = None;
        for _ in 0..TRIPS {
            let ms = connection.sync_query_counter(counter.counter)?.reply()?.counter_value.lo;
            let us = now().monotonic_us;
            let _bound = clocks.get_or_insert(Self { ms, us }).moment(ms, us);
        }
        Ok(clocks)
    }

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
