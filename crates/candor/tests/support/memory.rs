//! How much memory a program took.

use std::process::Child;
use std::time::Duration;

/// How often the system is asked.
const PERIOD: Duration = Duration::from_millis(2);

/// Waits until the program ends, and gives the most that was resident of it, in bytes. The system keeps that figure itself as long
/// as the program runs, so that only what it takes in its last moment can be missed.
pub(crate) fn most_resident(child: &mut Child) -> u64 {
    let file = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(&file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(kibibytes.unwrap_or(0) * 1024);
        std::thread::sleep(PERIOD);
    }
    assert!(most > 0, "the system told nothing of the memory");
    most
}
