//! How a recording goes, in the terminal it was started in: a bar on a terminal, elsewhere a line for each change.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::agent::road::Count;
use crate::ambient::Stopwatch;
use crate::output;

/// The bar.
pub(super) struct Progress {
    clock: Stopwatch,
    seconds: Option<u32>,
    bar: ProgressBar,
    told: Count,
    /// The second that the bar stands at.
    past: Option<u64>,
}

impl Progress {
    pub(super) fn on(seconds: Option<u32>) -> Self {
        let template = if seconds.is_some() { "   {bar:20} {msg}" } else { "   {msg}" };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(seconds.unwrap_or(0).into()).with_style(style);
        Self { clock: Stopwatch::start(), seconds, bar, told: Count::default(), past: None }
    }

    /// Whether there is time left.
    pub(super) fn goes_on(&mut self, count: Count) -> bool {
        let past = Duration::from_secs_f64(self.clock.seconds()).as_secs();
        let left = self.seconds.map(|seconds| u64::from(seconds).saturating_sub(past));
        if self.past.replace(past) == Some(past) && count == self.told {
            return left != Some(0);
        }
        self.bar.set_position(past);
        self.bar.set_message(
            left.map_or_else(|| format!("{past} s, {count}"), |left| format!("{left} s left, {count}")),
        );
        if self.bar.is_hidden() && count != self.told {
            output::talk(&format!("   {count}"));
        }
        self.told = count;
        left != Some(0)
    }

    pub(super) fn off(self, count: Count) {
        self.bar.finish_and_clear();
        output::talk(&format!("recording is off: {count}"));
    }
}
