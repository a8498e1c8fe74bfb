//! What the recorder may use up of the person's machine, and what it leaves out when it uses more.
//!
//! The rules, in this order: at a limit **frames** are left out, at one and a half times the limit **trees** too, at twice the limit nothing
//! is recorded. Of the charter's bytes of a day: frames from 80 % on, trees from 90 % on, nothing at 100 % (that is the gate's). Of a battery
//! that is not charging: frames at its limit, nothing at half of it. What is left out stays out for a minute at least. Each change is an
//! entry in the recording, and the status says which budget it was.

use candor_consent::{Budgets, Field};
use serde::{Deserialize, Serialize};

use super::not;
use crate::agent::enrolment::Enrolment;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::home::Home;

/// How long at least something is left out, in microseconds.
const HOLD_US: u64 = 60_000_000;

/// The limits that hold. Every one can be set in `budget.toml` of the person's folder, and by the charter; of two the stricter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Processor time in percent of one core, over the last minute.
    pub(crate) cpu_percent_max: u32,
    /// Resident memory in MiB.
    pub(crate) memory_mib_max: u32,
    /// Stored in the last hour, in MiB.
    pub(crate) stored_mib_per_hour_max: u32,
    /// Charge of a battery that is not charging, in percent.
    pub(crate) battery_percent_min: u32,
    /// Sent in an hour, by releases, in MiB.
    pub(crate) uploaded_mib_per_hour_max: u32,
    /// Whether a release over a metered network needs no word of its own.
    pub(crate) upload_when_metered: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_percent_max: 50,
            memory_mib_max: 1024,
            stored_mib_per_hour_max: 200,
            battery_percent_min: 20,
            uploaded_mib_per_hour_max: 1024,
            upload_when_metered: false,
        }
    }
}

impl Limits {
    /// Those of this device and those of the charter.
    pub(crate) fn of(enrolment: &Enrolment) -> Outcome<Self> {
        Ok(Self::of_device(&enrolment.home())?.within(enrolment.charter().scope().budgets()))
    }

    /// These, and nowhere more than a charter allows.
    pub(crate) fn within(self, charter: Budgets) -> Self {
        let most = |own: u32, charter: Option<u32>| charter.map_or(own, |most| own.min(most));
        Self {
            cpu_percent_max: most(self.cpu_percent_max, charter.cpu_percent_max),
            memory_mib_max: most(self.memory_mib_max, charter.memory_mib_max),
            stored_mib_per_hour_max: most(self.stored_mib_per_hour_max, charter.stored_mib_per_hour_max),
            battery_percent_min: self.battery_percent_min.max(charter.battery_percent_min.unwrap_or(0)),
            uploaded_mib_per_hour_max: most(
                self.uploaded_mib_per_hour_max,
                charter.uploaded_mib_per_hour_max,
            ),
            upload_when_metered: self.upload_when_metered && charter.upload_when_metered != Some(false),
        }
    }

    /// The limits of this device: what the file says, and the built-in ones for the rest. A file that cannot be read stops: nobody
    /// knows what it would have forbidden.
    fn of_device(home: &Home) -> Outcome<Self> {
        let path = home.path().join("budget.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error).because(Kind::Storage, "read the budgets of this device"),
        };
        toml::from_str(&text).map_err(|error| {
            Failure::new(
                Kind::BadInput,
                format!("{} cannot be understood: {}", path.display(), error.message()),
            )
            .hint("docs/guide/live.md names the budgets; without the file the built-in ones hold")
        })
    }
}

/// What was read of the machine. What is not known is no number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Readings {
    /// Percent of one core, over the last minute.
    pub(crate) cpu_percent: Option<u32>,
    /// MiB.
    pub(crate) memory_mib: Option<u32>,
    /// Bytes in the last hour.
    pub(crate) stored_last_hour: u64,
    /// Bytes of this day, and the charter's limit.
    pub(crate) stored_today: u64,
    pub(crate) stored_today_max: u64,
    /// Charge in percent while it is not charging; none on the mains, without a battery, or where nothing tells.
    pub(crate) battery_percent: Option<u32>,
}

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Thinned {
    /// Nothing.
    Nothing,
    /// Frames.
    Frames,
    /// Frames and trees.
    FramesAndTrees,
    /// Everything.
    Everything,
}

impl Thinned {
    /// The fields that are not looked at.
    pub(crate) const fn without(self) -> &'static [Field] {
        match self {
            Self::Nothing => &[],
            Self::Frames => &[Field::Frame],
            Self::FramesAndTrees | Self::Everything => &[Field::Frame, Field::Tree],
        }
    }

    /// The code of the entry that says so.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Nothing => not::NOTHING_LEFT_OUT,
            Self::Frames => not::FRAMES_LEFT_OUT,
            Self::FramesAndTrees => not::TREES_LEFT_OUT,
            Self::Everything => "device_budget",
        }
    }
}

/// Which budget asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Budget {
    Cpu,
    Memory,
    StoredHour,
    StoredDay,
    Battery,
}

impl Budget {
    /// The code beside the other.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Cpu => "cpu_budget",
            Self::Memory => "memory_budget",
            Self::StoredHour => "stored_hour_budget",
            Self::StoredDay => "stored_day_budget",
            Self::Battery => "battery_budget",
        }
    }
}

/// What each budget asks for, at this moment.
pub(crate) fn asked(limits: &Limits, readings: &Readings) -> Vec<(Budget, Thinned)> {
    let mib = 1024 * 1024;
    let of =
        |used: Option<u32>, limit: u32| used.map_or(Thinned::Nothing, |used| over(used.into(), limit.into()));
    let found = [
        (Budget::Cpu, of(readings.cpu_percent, limits.cpu_percent_max)),
        (Budget::Memory, of(readings.memory_mib, limits.memory_mib_max)),
        (
            Budget::StoredHour,
            over(readings.stored_last_hour, u64::from(limits.stored_mib_per_hour_max) * mib),
        ),
        (Budget::StoredDay, of_day(readings.stored_today, readings.stored_today_max)),
        (Budget::Battery, of_battery(readings.battery_percent, limits.battery_percent_min)),
    ];
    found.into_iter().filter(|(_, thinned)| *thinned > Thinned::Nothing).collect()
}

const fn over(used: u64, limit: u64) -> Thinned {
    if used >= limit.saturating_mul(2) {
        Thinned::Everything
    } else if used.saturating_mul(2) >= limit.saturating_mul(3) {
        Thinned::FramesAndTrees
    } else if used >= limit {
        Thinned::Frames
    } else {
        Thinned::Nothing
    }
}

/// The gate itself ends the day.
const fn of_day(used: u64, limit: u64) -> Thinned {
    if used >= limit / 10 * 9 {
        Thinned::FramesAndTrees
    } else if used >= limit / 10 * 8 {
        Thinned::Frames
    } else {
        Thinned::Nothing
    }
}

const fn of_battery(charge: Option<u32>, limit: u32) -> Thinned {
    match charge {
        Some(charge) if charge <= limit / 2 => Thinned::Everything,
        Some(charge) if charge <= limit => Thinned::Frames,
        Some(_) | None => Thinned::Nothing,
    }
}

/// What is left out, and since when.
#[derive(Debug)]
pub(crate) struct Thinning {
    pub(crate) limits: Limits,
    left_out: Thinned,
    /// The budgets that asked for it.
    by: Vec<Budget>,
    since_us: u64,
}

impl Thinning {
    /// Nothing is left out yet.
    pub(crate) const fn by(limits: Limits) -> Self {
        Self { limits, left_out: Thinned::Nothing, by: Vec::new(), since_us: 0 }
    }

    /// What is left out, and because of what.
    pub(crate) fn now(&self) -> (Thinned, &[Budget]) {
        (self.left_out, &self.by)
    }

    /// Takes readings; whether what is left out changed. More is left out at once, less after a minute.
    pub(crate) fn take(&mut self, readings: &Readings, now_us: u64) -> bool {
        let asked = asked(&self.limits, readings);
        let most = asked.iter().map(|(_, thinned)| *thinned).max().unwrap_or(Thinned::Nothing);
        let held = now_us.saturating_sub(self.since_us) < HOLD_US;
        if most == self.left_out || (most < self.left_out && held) {
            return false;
        }
        self.by = asked.iter().map(|(budget, _)| *budget).collect();
        (self.left_out, self.since_us) = (most, now_us);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn fine() -> Readings {
        Readings { stored_today_max: 1000 * MIB, ..Readings::default() }
    }

    fn most(readings: &Readings) -> Thinned {
        asked(&Limits::default(), readings)
            .into_iter()
            .map(|(_, thinned)| thinned)
            .max()
            .unwrap_or(Thinned::Nothing)
    }

    #[test]
    fn frames_go_before_trees_and_trees_before_steps() {
        let cpu = |percent| most(&Readings { cpu_percent: Some(percent), ..fine() });
        let [none, frames, trees, all] = [49, 50, 75, 100].map(cpu);
        assert_eq!(
            [none, frames, trees, all],
            [Thinned::Nothing, Thinned::Frames, Thinned::FramesAndTrees, Thinned::Everything]
        );
        assert_eq!(cpu(74), Thinned::Frames);
        assert_eq!(cpu(99), Thinned::FramesAndTrees);
        assert_eq!(Thinned::Frames.without(), [Field::Frame]);
        assert_eq!(Thinned::FramesAndTrees.without(), [Field::Frame, Field::Tree]);
    }

    #[test]
    fn each_budget_has_a_limit_of_its_own_and_is_named() {
        let named = |readings: Readings| asked(&Limits::default(), &readings);
        assert_eq!(named(fine()), []);
        for (readings, budget, thinned) in [
            (Readings { memory_mib: Some(1024), ..fine() }, Budget::Memory, Thinned::Frames),
            (Readings { stored_last_hour: 200 * MIB, ..fine() }, Budget::StoredHour, Thinned::Frames),
            (Readings { stored_today: 800 * MIB, ..fine() }, Budget::StoredDay, Thinned::Frames),
            (Readings { stored_today: 900 * MIB, ..fine() }, Budget::StoredDay, Thinned::FramesAndTrees),
            (Readings { battery_percent: Some(20), ..fine() }, Budget::Battery, Thinned::Frames),
            (Readings { battery_percent: Some(10), ..fine() }, Budget::Battery, Thinned::Everything),
        ] {
            assert_eq!(named(readings), [(budget, thinned)]);
        }
    }

    #[test]
    fn of_the_charters_limit_and_the_devices_own_the_stricter_holds() {
        let silent = Budgets {
            bytes_per_day: 1,
            cpu_percent_max: None,
            memory_mib_max: None,
            stored_mib_per_hour_max: None,
            uploaded_mib_per_hour_max: None,
            battery_percent_min: None,
            upload_when_metered: None,
        };
        let own = Limits { upload_when_metered: true, ..Limits::default() };
        assert_eq!(own.within(silent), own);
        let wide = Budgets {
            cpu_percent_max: Some(51),
            memory_mib_max: Some(1025),
            stored_mib_per_hour_max: Some(201),
            uploaded_mib_per_hour_max: Some(1025),
            battery_percent_min: Some(19),
            upload_when_metered: Some(true),
            ..silent
        };
        assert_eq!(own.within(wide), own);
        let narrow = Budgets {
            cpu_percent_max: Some(1),
            memory_mib_max: Some(2),
            stored_mib_per_hour_max: Some(3),
            uploaded_mib_per_hour_max: Some(4),
            battery_percent_min: Some(99),
            upload_when_metered: Some(false),
            ..silent
        };
        let strict = Limits {
            cpu_percent_max: 1,
            memory_mib_max: 2,
            stored_mib_per_hour_max: 3,
            uploaded_mib_per_hour_max: 4,
            battery_percent_min: 99,
            upload_when_metered: false,
        };
        assert_eq!(own.within(narrow), strict);
        // Nobody is asked less because a charter is wider.
        assert!(!Limits::default().within(wide).upload_when_metered);
    }

    #[test]
    fn what_is_not_known_leaves_nothing_out() {
        assert_eq!(most(&fine()), Thinned::Nothing);
    }

    #[test]
    fn more_is_left_out_at_once_and_less_after_a_minute() {
        let mut thinning = Thinning::by(Limits::default());
        let hot = Readings { cpu_percent: Some(60), ..fine() };
        assert!(thinning.take(&hot, 0));
        assert_eq!(thinning.now(), (Thinned::Frames, [Budget::Cpu].as_slice()));
        assert!(!thinning.take(&fine(), HOLD_US - 1));
        assert!(thinning.take(&Readings { cpu_percent: Some(100), ..fine() }, HOLD_US - 1));
        assert!(!thinning.take(&fine(), HOLD_US));
        assert!(thinning.take(&fine(), 2 * HOLD_US));
        assert_eq!(thinning.now(), (Thinned::Nothing, [].as_slice()));
    }
}
