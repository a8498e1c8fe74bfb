//! The clock and the randomness of the operating system: the only place that asks for them.

use std::time::{SystemTime, UNIX_EPOCH};

use candor_model::{Entropy, Timestamp};

/// The time by the operating system's clock.
#[expect(clippy::disallowed_methods, reason = "the binary is where the clock comes in")]
pub(crate) fn now() -> Timestamp {
    // A clock before 1970 reads as 1970, which every rule takes for a clock that went back.
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// The operating system's source of random bytes.
#[derive(Debug, Default)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the binary is where randomness comes in")]
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // INVARIANT: nothing goes on with predictable keys.
            std::process::abort();
        }
    }
}

/// Measures how long something took.
#[cfg(feature = "agent")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

#[cfg(feature = "agent")]
impl Stopwatch {
    /// Starts.
    #[expect(clippy::disallowed_methods, reason = "the binary is where time comes in")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Seconds since the start.
    pub(crate) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// Microseconds since the start.
    pub(crate) fn micros(self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
