//! What the recorder says of itself: to the person by the light, to other commands by the board.

use candor_capture::Shown;

use super::not::{self, Why};
use super::recorder::Recorder;
use super::status::{Budgets, Input, On, Said, Tray};
use super::wish;
use crate::ambient;
use crate::exit::Outcome;

impl Recorder<'_, '_, '_> {
    fn on(&self) -> On {
        if self.paused && self.why.len() == 1 {
            On::Paused
        } else if !self.why.is_empty() || !self.lamp.was_seen() {
            On::Halted
        } else if !self.taker.not_here.is_empty() {
            On::RefusedHere
        } else {
            On::Recording
        }
    }

    /// Lets the light say what is on, and the state for other commands.
    pub(super) fn tell(&mut self) -> Outcome {
        let (on, now_us) = (self.on(), self.clock.micros());
        let shown = match on {
            On::Recording => Shown::Recording,
            On::Paused => Shown::Paused,
            On::RefusedHere => Shown::Refused,
            On::Halted | On::NotAnswering | On::Off => Shown::Halted,
        };
        if shown != self.lamp.shown() {
            self.lamp.show(shown)?;
        }
        if on == self.said && !self.is_due(self.said_at, now_us) {
            return Ok(());
        }
        (self.said, self.said_at) = (on, Some((now_us, self.taker.road.count())));
        self.tray.show(wish::look(self.enrolment, shown, self.is_unheard()));
        let said = self.words(on, now_us);
        self.board.say(&said)
    }

    /// Whether it listens, and hears nothing of applications.
    const fn is_unheard(&self) -> bool {
        self.unheard && self.sensor.is_some()
    }

    fn words(&mut self, on: On, now_us: u64) -> Said {
        let mut why = self.why.clone();
        if !self.lamp.was_seen() {
            why.push(Why::of(not::LIGHT_LOST));
        }
        if on == On::RefusedHere {
            why.extend(self.taker.not_here.iter().cloned());
        }
        let count = self.taker.road.count();
        Said {
            on,
            why,
            unheard: self.is_unheard().then(Why::unheard),
            session: self.taker.road.session().to_string(),
            since: self.since,
            steps_kept: count.kept,
            steps_not_kept: count.not_kept,
            steps_forgotten: count.forgotten,
            light_seen: self.lamp.was_seen(),
            light_says: self.lamp.shown().words().to_owned(),
            tray: if self.tray.is_shown() { Tray::Shown } else { Tray::NoHost },
            pause_key: self.lamp.key().map(str::to_owned),
            lease_until: self.taker.road.gate().permitted_until(),
            server_heard_s: now_us.saturating_sub(self.heard_us) / 1_000_000,
            budgets: self.budgets(),
            input: self.counted(),
            at: ambient::now(),
        }
    }

    fn budgets(&self) -> Budgets {
        let (left_out, by) = self.thinning.now();
        Budgets {
            limits: self.thinning.limits,
            left_out,
            because_of: by.to_vec(),
            cpu_percent: self.readings.cpu_percent,
            memory_mib: self.readings.memory_mib,
            stored_last_hour_bytes: self.readings.stored_last_hour,
            stored_today_bytes: self.readings.stored_today,
            stored_today_bytes_max: self.readings.stored_today_max,
            battery_percent: self.readings.battery_percent,
        }
    }

    /// What became of the input so far, the sensor's that listens included.
    fn counted(&self) -> Input {
        let mut input = self.input.clone();
        if let Some(sensor) = &self.sensor {
            input.add(&sensor.tally());
        }
        input
    }
}
