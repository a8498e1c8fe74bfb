//! What the machine tells of itself: processor time, memory, battery. What it does not tell is unknown.

use std::collections::VecDeque;
use std::path::Path;

/// How long processor time is looked at over, in microseconds.
const WINDOW_US: u64 = 60_000_000;
/// Ticks of `/proc/self/stat` in a second: the kernel's interface has 100 whatever the kernel counts in (`proc_pid_stat(5)`).
const TICKS_PER_SECOND: u64 = 100;
/// Fields of `/proc/self/stat` after the name of the program: user time is the 14th of all, system time the 15th.
const USER_TIME_AFTER_NAME: usize = 11;
const PAGE_KIB: u64 = 4;
/// Where Linux tells of batteries.
const POWER: &str = "/sys/class/power_supply";

/// Processor time of this program over the last minute.
#[derive(Debug, Default)]
pub(crate) struct Processor {
    looks: VecDeque<(u64, u64)>,
}

impl Processor {
    /// Percent of one core since the oldest look of the last minute; none at the first look.
    pub(crate) fn percent(&mut self, now_us: u64) -> Option<u32> {
        let ticks = ticks(&std::fs::read_to_string("/proc/self/stat").ok()?)?;
        self.percent_of(ticks, now_us)
    }

    fn percent_of(&mut self, ticks: u64, now_us: u64) -> Option<u32> {
        while self.looks.front().is_some_and(|(at, _)| now_us.saturating_sub(*at) > WINDOW_US) {
            self.looks.pop_front();
        }
        self.looks.push_back((now_us, ticks));
        let (from_us, from) = self.looks.front().copied()?;
        let past_us = now_us.saturating_sub(from_us);
        // A few seconds at the beginning are of loading the models.
        if past_us < WINDOW_US / 6 {
            return None;
        }
        let used_us = ticks.saturating_sub(from) * 1_000_000 / TICKS_PER_SECOND;
        u32::try_from(used_us * 100 / past_us).ok()
    }
}

fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(USER_TIME_AFTER_NAME);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// Resident memory of this program in MiB.
pub(crate) fn memory_mib() -> Option<u32> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    u32::try_from(pages * PAGE_KIB / 1024).ok()
}

/// Charge of the battery in percent, if there is one and it is not charging.
pub(crate) fn battery_percent() -> Option<u32> {
    battery_in(Path::new(POWER))
}

fn battery_in(folder: &Path) -> Option<u32> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let discharging = entries.filter_map(|entry| {
        let read = |name: &str| std::fs::read_to_string(entry.path().join(name)).ok();
        let is_battery =
            read("type")?.trim() == "Battery" && read("scope").is_none_or(|scope| scope.trim() != "Device");
        let discharges = read("status")?.trim() == "Discharging";
        (is_battery && discharges).then(|| read("capacity")?.trim().parse().ok()).flatten()
    });
    discharging.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::write_private;

    #[test]
    fn processor_time_is_of_the_last_minute() {
        let mut processor = Processor::default();
        assert_eq!(processor.percent_of(1000, 0), None);
        assert_eq!(processor.percent_of(1500, 10_000_000), Some(50));
        assert_eq!(processor.percent_of(1500, 50_000_000), Some(10));
        assert_eq!(processor.percent_of(1500, 80_000_000), Some(0));
    }

    #[test]
    fn a_program_with_a_hostile_name_is_read_all_the_same() {
        assert_eq!(ticks("7 (a) 9 (b)) S 1 1 1 0 -1 4 5 6 7 8 30 12 0 0 20"), Some(42));
        assert_eq!(ticks("nonsense"), None);
    }

    #[test]
    fn this_program_has_memory() {
        assert!(memory_mib().is_some_and(|mib| mib > 0 && mib < 100_000));
    }

    #[test]
    fn only_a_battery_of_this_machine_that_discharges_counts() {
        let folder = tempfile::tempdir().unwrap();
        let supply = |name: &str, files: &[(&str, &str)]| {
            for (file, text) in files {
                write_private(&folder.path().join(name).join(file), text.as_bytes()).unwrap();
            }
        };
        supply("AC", &[("type", "Mains\n"), ("online", "1\n")]);
        assert_eq!(battery_in(folder.path()), None);
        supply(
            "mouse",
            &[("type", "Battery\n"), ("scope", "Device\n"), ("status", "Discharging\n"), ("capacity", "3\n")],
        );
        supply("BAT0", &[("type", "Battery\n"), ("status", "Charging\n"), ("capacity", "10\n")]);
        assert_eq!(battery_in(folder.path()), None);
        supply("BAT0", &[("status", "Discharging\n")]);
        assert_eq!(battery_in(folder.path()), Some(10));
        assert_eq!(battery_in(&folder.path().join("nowhere")), None);
    }
}
