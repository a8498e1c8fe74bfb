//! How long one look takes: the frame, the gate's decision, the tree. The sensor runs inside this program.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use candor_capture::{Pending, Sensor};
use candor_consent::{Field, Permit};
use candor_model::{Digest, Moment};

use super::desktop::Desktop;
use crate::Measured;
use crate::timing::{median_seconds, seconds_once};

/// A program in its pilot and a consent in force, as the sensor's tests have them.
#[path = "../../../crates/capture/src/linux/tests/law.rs"]
#[expect(clippy::unwrap_used, dead_code, reason = "it is a part of tests")]
mod law;

const LOOKS: usize = 40;
const TREES: usize = 10;
/// Looks at the screen at rest before it gives up.
const LOOKS_MAX: u32 = 2_000;
/// Bytes of a frame of 1920 by 1080.
const FRAME_BYTES: usize = 1920 * 1080 * 3;

/// One frame of the whole screen, put together from permitted windows, another one in front each time so that all of it is painted: the
/// median, in milliseconds.
pub(crate) fn frame() -> Result<Measured> {
    let desktop = Desktop::start()?;
    let mut eye = Eye::open(&desktop, [Field::Frame])?;
    let mut looks = Vec::new();
    for class in ["Mousepad", "libreoffice-calc"].into_iter().cycle().take(LOOKS) {
        let pending = eye.at_rest(&desktop, class)?;
        let (seconds, kept) = seconds_once(|| eye.keep(&pending));
        kept?;
        looks.push(seconds * 1e3);
    }
    looks.sort_unstable_by(f64::total_cmp);
    let value = looks.get(LOOKS / 2).copied().context("nothing was looked at")?;
    let bytes = vec![7_u8; FRAME_BYTES];
    let baseline = median_seconds(LOOKS, || drop(std::hint::black_box(bytes.clone()))) * 1e3;
    Ok(Measured { value, baseline })
}

/// The gate's decision about one window: the median, in milliseconds.
pub(crate) fn gate() -> Result<Measured> {
    let desktop = Desktop::start()?;
    let mut eye = Eye::open(&desktop, [Field::Frame])?;
    let pending = eye.at_rest(&desktop, "Mousepad")?;
    let value = median_seconds(LOOKS, || drop(eye.law.decide(&pending.front().context()))) * 1e3;
    let kilobyte = [7_u8; 1_024];
    let hash = || {
        let _ = std::hint::black_box(Digest::of(&kilobyte));
    };
    let baseline = median_seconds(LOOKS, hash) * 1e3;
    Ok(Measured { value, baseline })
}

/// The tree of a sheet with 17 billion cells, with all that is asked around it: the longest of several, in milliseconds.
pub(crate) fn tree() -> Result<Measured> {
    let desktop = Desktop::start()?;
    let mut eye = Eye::open(&desktop, [Field::Tree])?;
    let longest = |eye: &mut Eye, class: &str| -> Result<f64> {
        let mut longest: f64 = 0.0;
        for _ in 0..TREES {
            let pending = eye.at_rest(&desktop, class)?;
            let (seconds, kept) = seconds_once(|| eye.keep(&pending));
            kept?;
            longest = longest.max(seconds * 1e3);
        }
        Ok(longest)
    };
    let value = longest(&mut eye, "libreoffice-calc")?;
    let baseline = longest(&mut eye, "Mousepad")?;
    Ok(Measured { value, baseline })
}

/// A sensor, and the law that it sees under.
struct Eye {
    sensor: Box<dyn Sensor>,
    law: law::Law,
}

impl Eye {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
    fn open(desktop: &Desktop, fields: [Field; 1]) -> Result<Self> {
        let start = Instant::now();
        let clock = move || Moment {
            wall: law::now(),
            monotonic_us: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        };
        let sensor = candor_capture::open(&desktop.display, Arc::new(clock))?;
        let apps = ["text-editor", "libreoffice-calc", "browser"];
        let law = law::Law::with(BTreeSet::from(fields), &apps);
        Ok(Self { sensor, law })
    }

    /// The screen at rest, with a window of this class in front.
    fn at_rest(&mut self, desktop: &Desktop, class: &str) -> Result<Pending> {
        let words = ["search", "--onlyvisible", "--class", class, "windowactivate", "--sync"];
        desktop.command("xdotool").args(words).status().context("xdotool does not start")?;
        for _ in 0..LOOKS_MAX {
            while self.sensor.next(Duration::ZERO)?.is_some() {}
            if let Some(pending) = self.sensor.rest()? {
                if pending.front().context().window_class.eq_ignore_ascii_case(class) {
                    return Ok(pending);
                }
                desktop.command("xdotool").args(words).status().context("xdotool does not start")?;
            }
            // Something that changes: a screen that stays the same is looked at once.
            desktop.command("xdotool").args(["key", "Down"]).status().context("xdotool does not start")?;
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("{class} did not come to rest")
    }

    fn keep(&mut self, pending: &Pending) -> Result<()> {
        let permit = self.law.decide(&pending.front().context()).ok().context("it is not permitted")?;
        let windows: Vec<Option<Permit>> =
            pending.windows().iter().map(|window| self.law.decide(&window.context()).ok()).collect();
        Ok(self.sensor.keep(pending, &permit, &windows)?)
    }
}
