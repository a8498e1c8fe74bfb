//! Measuring: several runs, the median.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// Seconds that `work` takes: the median of `runs` runs after one that is not counted.
pub(crate) fn median_seconds(runs: usize, work: impl FnMut()) -> f64 {
    median_by(wall_time, runs, work)
}

/// Seconds of processor time that `work` takes on this thread: a busy machine does not look like slow code.
pub(crate) fn median_processor_seconds(runs: usize, work: impl FnMut()) -> f64 {
    median_by(thread_time, runs, work)
}

fn median_by(clock: fn() -> Duration, runs: usize, mut work: impl FnMut()) -> f64 {
    work();
    let mut seconds: Vec<f64> = (0..runs.max(1))
        .map(|_| {
            let start = clock();
            work();
            clock().saturating_sub(start).as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
fn wall_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// How long this thread has run so far; by the clock where the system does not tell (Linux does).
fn thread_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(wall_time, Duration::from_nanos)
}

/// Seconds that `work` takes once.
#[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
pub(crate) fn seconds_once<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}
