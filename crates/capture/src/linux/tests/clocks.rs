//! When something happened, as far as a sensor can know that reads late.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use candor_model::Moment;

use super::desktop::Desktop;
use super::hands::Hands;
use super::{WAIT, law};
use crate::linux::input::InputThread;

/// How late the sensor reads, in microseconds: a minute, which no machine comes near to.
const LATE_US: u64 = 60_000_000;

#[test]
#[expect(clippy::disallowed_methods, reason = "the server's clock is a real one")]
fn the_first_key_of_all_is_of_the_moment_when_it_was_pressed_however_late_it_is_read() {
    let desktop = Desktop::start();
    let begun = Instant::now();
    let since = move || u64::try_from(begun.elapsed().as_micros()).unwrap();
    let late = Arc::new(AtomicU64::new(0));
    let read_late = Arc::clone(&late);
    let now = move || Moment { wall: law::now(), monotonic_us: since() + read_late.load(Ordering::SeqCst) };
    let input = InputThread::start(&desktop.display, Arc::new(now)).unwrap();
    late.store(LATE_US, Ordering::SeqCst);
    Hands::new(&desktop.display, 1).types(b'a');
    let (at, _) = input.next(WAIT).unwrap().expect("no key was read");
    let read = Duration::from_micros(since()) + Duration::from_secs(1);
    assert!(Duration::from_micros(at.monotonic_us) < read, "{at:?} is as late as it was read");
}
