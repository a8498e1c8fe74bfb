//! The light as the recorder uses it: shown, looked at before each look at the screen, and clicked.

use std::time::Duration;

use candor_capture::{Light, PauseKey, SensorError, Shown};

use super::guard::Guard;
use crate::ambient::Stopwatch;
use crate::exit::{Because, Failure, Kind, Outcome};

/// The light, and whether it is seen.
pub(crate) struct Lamp {
    light: Box<dyn Light>,
    guard: Guard,
    clock: Stopwatch,
    seen: bool,
    shown: Shown,
    key: Option<String>,
    looked_us: u64,
}

/// Even if nothing happened among the windows, the light is looked at this often, in microseconds.
const LOOK_US: u64 = 1_000_000;

/// How often a light that was just made is looked at, and how long each look rests: two seconds.
const FIRST_LOOKS_MAX: u32 = 100;
const FIRST_REST: Duration = Duration::from_millis(20);

impl Lamp {
    /// Shows the light. `key` is how the person wrote the pause key; empty for none. A light that cannot be seen from the start is a reason not
    /// to begin.
    pub(crate) fn on(display: &str, key: &str, shown: Shown) -> Outcome<Self> {
        let pause: Option<PauseKey> = if key.is_empty() {
            None
        } else {
            Some(key.parse().because(Kind::Usage, &format!("read the pause key {key:?}"))?)
        };
        let light = candor_capture::open_light(display, pause, shown).because(Kind::Usage, "show the light");
        let light = light
            .map_err(|failure| failure.hint("without a light nothing is recorded: docs/platforms.md"))?;
        let key = light.has_key().then(|| key.to_owned());
        let clock = Stopwatch::start();
        let mut lamp = Self { light, guard: Guard::unproven(), clock, seen: false, shown, key, looked_us: 0 };
        for _ in 0..FIRST_LOOKS_MAX {
            if lamp.look()? {
                return Ok(lamp);
            }
            std::thread::sleep(FIRST_REST);
        }
        Err(Failure::new(Kind::Refused, "the light cannot be seen: something lies over it, or takes it away")
            .hint(
                "nothing is recorded without it; close what lies over the lower right corner of the screen",
            ))
    }

    /// Says something else.
    pub(crate) fn show(&mut self, shown: Shown) -> Outcome {
        self.shown = shown;
        self.light.show(shown).because(Kind::Unexpected, "change the light")
    }

    /// Whether it may be recorded as far as the light goes: asks the desktop, and puts the light right.
    pub(crate) fn look(&mut self) -> Outcome<bool> {
        self.looked_us = self.clock.micros();
        let looked = look(self.light.as_mut());
        let (found, mended) = looked.because(Kind::Unexpected, "look at the light")?;
        self.seen = self.guard.look(found, mended, self.looked_us);
        Ok(self.seen)
    }

    /// The same, but asks only if something happened since it looked, or a second passed.
    pub(crate) fn is_seen(&mut self) -> Outcome<bool> {
        let disturbed = self.light.is_disturbed().because(Kind::Unexpected, "look at the light")?;
        let old = self.clock.micros().saturating_sub(self.looked_us) > LOOK_US;
        if disturbed || old || !self.seen { self.look() } else { Ok(true) }
    }

    /// Whether the person asked, by a click or the key, for a pause or its end: an even number of times is none.
    pub(crate) fn is_pressed(&mut self) -> Outcome<bool> {
        let presses = self.light.presses().because(Kind::Unexpected, "hear the light's clicks")?;
        Ok(presses % 2 == 1)
    }

    /// Whether what the person does at this moment is done to the light.
    pub(crate) fn is_held(&self) -> bool {
        self.light.is_held()
    }

    /// Whether it counted as seen at the last look.
    pub(crate) const fn was_seen(&self) -> bool {
        self.seen
    }

    /// What it says.
    pub(crate) const fn shown(&self) -> Shown {
        self.shown
    }

    /// The pause key, where it works.
    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

fn look(light: &mut dyn Light) -> Result<(bool, bool), SensorError> {
    if light.is_seen()? {
        return Ok((true, true));
    }
    light.restore()?;
    Ok((false, light.is_seen()?))
}
