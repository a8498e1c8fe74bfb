//! The recorder: one turn of a loop after the other, for as long as a recording lasts.
//!
//! Each turn of the loop asks the same questions in the same order: did the person ask for something; may anything be recorded at all (the
//! server, the consent, a pause, the budgets); is the light seen. Only then the sensor is asked what the person did. Where one of the answers is
//! no, the sensor is closed: it hears nothing until the answer is yes again, and a gap with the reason stands in the recording.

use std::collections::VecDeque;
use std::time::Duration;

use candor_capture::{Hearing, Locks, Pending, Sensor, SensorError};
use candor_consent::Reason;
use candor_model::Timestamp;

use super::budget::{Readings, Thinned, Thinning};
use super::lamp::Lamp;
use super::not::{self, Why};
use super::progress::Progress;
use super::status::{Input, On};
use super::take::Taker;
use super::tray::Tray;
use super::{Options, open, readings};
use crate::agent::board::Board;
use crate::agent::enrolment::Enrolment;
use crate::agent::interrupt::Interrupt;
use crate::agent::pulse::Pulse;
use crate::agent::road::{Count, Road};
use crate::ambient::{self, Stopwatch};
use crate::exit::{Because, Failure, Kind, Outcome};

/// How long the sensor waits for something to happen before it looks whether the screen came to rest, in milliseconds.
const WAIT_MS: u64 = 50;
/// The same where the screen was looked at since it changed: a change, a hand, and what the server says end the wait, so that what is left to be
/// found by looking is a command that nobody sees and a light that lies covered by nothing new.
const REST_MS: u64 = 1_000;
/// Between two looks at what other commands want and what the gate says, in microseconds.
const AROUND_US: u64 = 200_000;
/// Between two looks at what the recorder uses up, and between two words about itself, in microseconds.
const SAY_US: u64 = 2_000_000;
/// The same while nothing is recorded or refused: each word is a file written anew.
const SAY_SAME_US: u64 = 5_000_000;
/// How long the server may say nothing, in microseconds. The lease would last longer: silence stops sooner than it must.
const SILENCE_US: u64 = 30_000_000;
/// How often a gap that lasts is lengthened, in microseconds.
const STAND_US: u64 = 1_000_000;
const HOUR_US: u64 = 3_600_000_000;
/// Most input that is let go at the end of a stretch: what a queue holds.
const LET_GO_MAX: u32 = 100_000;

/// What is around a recording: where it shows what it does, and who tells of locks.
pub(super) struct Around {
    /// The clock of the recording, from before its first sensor to after its last one.
    pub(super) clock: Stopwatch,
    pub(super) board: Board,
    pub(super) lamp: Lamp,
    pub(super) tray: Tray,
    pub(super) locks: Locks,
}

/// A recording that goes on.
pub(super) struct Recorder<'r, 'a, 'b> {
    pub(super) enrolment: &'b Enrolment,
    pub(super) taker: Taker<'r, 'a, 'b>,
    pub(super) board: Board,
    pub(super) lamp: Lamp,
    pub(super) tray: Tray,
    pub(super) locks: Locks,
    /// Whether the screen was locked at the last look around.
    pub(super) locked: bool,
    /// For the page that the tray's menu opens.
    pub(super) server: String,
    pub(super) pulse: Pulse,
    pub(super) progress: Progress,
    /// None while nothing may be recorded: then nothing is listened to.
    pub(super) sensor: Option<Box<dyn Sensor>>,
    pub(super) clock: Stopwatch,
    pub(super) since: Timestamp,
    /// Why nothing may be recorded; empty when it may.
    pub(super) why: Vec<Why>,
    pub(super) paused: bool,
    /// Whether the recording says that applications are not heard.
    pub(super) unheard: bool,
    pub(super) thinning: Thinning,
    pub(super) readings: Readings,
    pub(super) processor: readings::Processor,
    /// Bytes kept today, as of earlier moments.
    pub(super) stored: VecDeque<(u64, u64)>,
    pub(super) input: Input,
    /// Why it stood still last, and when the gap was lengthened.
    pub(super) stood: (Vec<Why>, u64),
    pub(super) heard_us: u64,
    pub(super) around_us: Option<u64>,
    /// When it was read what is used up, and what was kept and refused by then.
    pub(super) read: Option<(u64, Count)>,
    /// The same of the last word.
    pub(super) said_at: Option<(u64, Count)>,
    pub(super) said: On,
}

impl<'r, 'a, 'b> Recorder<'r, 'a, 'b> {
    pub(super) fn new(
        enrolment: &'b Enrolment,
        road: &'r mut Road<'a, 'b>,
        around: Around,
        pulse: Pulse,
        options: &Options,
    ) -> Self {
        let Around { clock, board, lamp, tray, locks } = around;
        Self {
            enrolment,
            taker: Taker { road, without: &[], not_here: Vec::new() },
            board,
            lamp,
            tray,
            locks,
            locked: false,
            server: options.server.clone(),
            pulse,
            progress: Progress::on(options.seconds),
            sensor: None,
            clock,
            since: ambient::now(),
            why: Vec::new(),
            paused: false,
            unheard: false,
            thinning: Thinning::by(options.limits),
            readings: Readings::default(),
            processor: readings::Processor::default(),
            stored: VecDeque::new(),
            input: Input::default(),
            stood: (Vec::new(), 0),
            heard_us: 0,
            around_us: None,
            read: None,
            said_at: None,
            said: On::Off,
        }
    }

    pub(super) fn begin(&mut self, sensor: Box<dyn Sensor>) -> Outcome {
        self.watch_with(sensor)?;
        self.look_around()
    }

    /// What was done before the person was told that it records is not looked at.
    fn watch_with(&mut self, mut sensor: Box<dyn Sensor>) -> Outcome {
        while sensor.next(Duration::ZERO).because(Kind::Unexpected, "watch the desktop")?.is_some() {}
        self.pulse.wakes(sensor.waker());
        self.sensor = Some(sensor);
        Ok(())
    }

    /// A desktop that went away ends a recording like its person does.
    pub(super) fn run(&mut self, interrupt: &Interrupt) -> Outcome {
        while !interrupt.came() && !self.board.is_stopped() && self.progress.goes_on(self.taker.road.count())
        {
            if let Err(failure) = self.turn() {
                return if self.lamp.look().is_err() { self.desktop_is_gone() } else { Err(failure) };
            }
        }
        Ok(())
    }

    fn desktop_is_gone(&mut self) -> Outcome {
        if let Some(sensor) = self.sensor.take() {
            self.input.add(&sensor.tally());
        }
        self.taker.road.stands(&["desktop_lost"], [not::sentence("desktop_lost")])
    }

    fn turn(&mut self) -> Outcome {
        self.taker.road.write_done()?;
        if self.lamp.is_pressed()? {
            self.toggle()?;
        }
        self.heed_the_tray()?;
        if self.locks.is_locked() != self.locked {
            self.around_us = None;
        }
        if self.around_us.is_none_or(|at| self.clock.micros().saturating_sub(at) >= AROUND_US) {
            self.look_around()?;
        }
        // A locker lies over everything: the light is not held against it.
        let seen = self.locked || self.lamp.is_seen()?;
        if self.why.is_empty() && seen {
            self.watch()?;
        } else {
            self.stand_still(seen)?;
        }
        self.tell()
    }

    /// Asks what the person did, and takes it.
    fn watch(&mut self) -> Outcome {
        if self.sensor.is_none() {
            self.watch_with(open(self.clock)?)?;
            // The next stretch is a gap of its own.
            self.stood = (Vec::new(), 0);
        }
        let Some(mut sensor) = self.sensor.take() else { return Ok(()) };
        let wait = if sensor.is_at_rest() { REST_MS } else { WAIT_MS };
        let done = match sensor.next(Duration::from_millis(wait)) {
            Ok(Some(pending)) => self.take(sensor.as_mut(), pending),
            Ok(None) => self.taker.at_rest(sensor.as_mut()),
            Err(error) => self.taker.missed(error),
        };
        let hearing = sensor.hearing();
        self.sensor = Some(sensor);
        done.and_then(|()| self.note(hearing))
    }

    /// Whether applications are heard is an entry of the recording whenever it changes.
    fn note(&mut self, hearing: Hearing) -> Outcome {
        let (unheard, code) = match hearing {
            Hearing::Asking => return Ok(()),
            Hearing::Heard => (false, not::APPLICATIONS_HEARD),
            Hearing::Unheard => (true, not::APPLICATIONS_UNHEARD),
        };
        if unheard == self.unheard {
            return Ok(());
        }
        // It is said at once, too.
        (self.unheard, self.said_at) = (unheard, None);
        self.taker.road.says(&[code], unheard.then(|| not::sentence(code)))
    }

    /// The light is looked at before the screen is, and what is done to the light itself, or pauses, is no work.
    fn take(&mut self, sensor: &mut dyn Sensor, pending: Pending) -> Outcome {
        let seen = self.lamp.look()?;
        if self.lamp.is_pressed()? {
            return self.toggle();
        }
        if self.lamp.is_held() {
            return Ok(());
        }
        if self.locks.is_locked() {
            return self.taker.missed(SensorError::Locked);
        }
        if seen {
            return self.taker.take(sensor, pending);
        }
        self.taker.road.stands(&[not::LIGHT_LOST], [not::sentence(not::LIGHT_LOST)])
    }

    /// Nothing is recorded, and nothing is listened to: the gap says since when and why.
    fn stand_still(&mut self, light_seen: bool) -> Outcome {
        self.close();
        let mut why = self.why.clone();
        if !light_seen {
            why.push(Why::of(not::LIGHT_LOST));
        }
        let now_us = self.clock.micros();
        if why != self.stood.0 || now_us.saturating_sub(self.stood.1) >= STAND_US {
            let codes: Vec<&str> = why.iter().map(|why| why.code.as_str()).collect();
            self.taker.road.stands(&codes, why.iter().map(|why| why.sentence.clone()))?;
            self.stood = (why, now_us);
        }
        std::thread::sleep(Duration::from_millis(WAIT_MS));
        Ok(())
    }

    /// Lets the sensor go, with what was done and not looked at. True if there was any.
    fn close(&mut self) -> bool {
        let Some(mut sensor) = self.sensor.take() else { return false };
        let mut any = false;
        for _ in 0..LET_GO_MAX {
            let Ok(Some(_)) = sensor.next(Duration::ZERO) else { break };
            any = true;
        }
        self.input.add(&sensor.tally());
        any
    }

    fn toggle(&mut self) -> Outcome {
        self.enrolment.pause(!self.enrolment.paused())?;
        self.look_around()
    }

    /// What other commands want, what the gate says, what is used up.
    fn look_around(&mut self) -> Outcome {
        let now_us = self.clock.micros();
        self.around_us = Some(now_us);
        for heard in self.pulse.heard() {
            if self.taker.road.gate().hear(heard) {
                self.heard_us = now_us;
            }
        }
        if let Some(wish) = self.board.wished()? {
            self.taker.road.forget(&self.board, &wish)?;
            // The entry that said so may be forgotten with the rest.
            self.unheard = false;
        }
        // By a time of its own: words about itself are said between two looks, and would put it off again and again.
        if self.is_due(self.read, now_us) {
            self.read = Some((now_us, self.taker.road.count()));
            self.read(now_us)?;
        }
        let refused = self.taker.road.gate().refuses_all();
        if refused.contains(&Reason::Withdrawn) {
            let message = "you have withdrawn: this recording is deleted";
            return Err(Failure::new(Kind::Refused, message).hint("nothing of it is kept"));
        }
        self.paused = refused == [Reason::Paused];
        self.why = refused.iter().map(Why::from).collect();
        if now_us.saturating_sub(self.heard_us) > SILENCE_US {
            self.why.push(Why::of(not::SERVER_SILENT));
        }
        self.pulse.is_halted(!self.paused && !self.why.is_empty());
        self.locked = self.locks.is_locked();
        if self.locked {
            self.why.push(Why::from(&Reason::ScreenLocked));
        }
        let (left_out, by) = self.thinning.now();
        if left_out == Thinned::Everything {
            self.why.push(Why::of(left_out.code()));
            self.why.extend(by.iter().map(|budget| Why::of(budget.code())));
        }
        Ok(())
    }

    /// Whether it is time again for what was done last at a moment, and at a count.
    pub(super) fn is_due(&self, last: Option<(u64, Count)>, now_us: u64) -> bool {
        let wait_us = |count| if self.taker.road.count() == count { SAY_SAME_US } else { SAY_US };
        last.is_none_or(|(at, count)| now_us.saturating_sub(at) >= wait_us(count))
    }

    /// Reads what is used up. What is left out from here on is an entry of the recording.
    fn read(&mut self, now_us: u64) -> Outcome {
        let (today, today_max) = self.taker.road.gate().bytes_today();
        self.stored.push_back((now_us, today));
        while self.stored.front().is_some_and(|(at, _)| now_us.saturating_sub(*at) > HOUR_US) {
            self.stored.pop_front();
        }
        self.readings = Readings {
            cpu_percent: self.processor.percent(now_us),
            memory_mib: readings::memory_mib(),
            stored_last_hour: today - self.stored.front().map_or(today, |(_, then)| (*then).min(today)),
            stored_today: today,
            stored_today_max: today_max,
            battery_percent: readings::battery_percent(),
        };
        if self.thinning.take(&self.readings, now_us) {
            let (left_out, by) = self.thinning.now();
            self.taker.without = left_out.without();
            let codes: Vec<&str> =
                std::iter::once(left_out.code()).chain(by.iter().map(|b| b.code())).collect();
            self.taker.road.says(&codes, codes.iter().map(|code| not::sentence(code)))?;
        }
        Ok(())
    }

    /// Takes the frame after the last action, lets the rest go, and holds the counts against each other.
    pub(super) fn end(mut self) -> Outcome<(Input, bool)> {
        if let Some(mut sensor) = self.sensor.take() {
            let may = self.why.is_empty() && self.lamp.look().is_ok_and(|seen| seen);
            if may && self.taker.last(sensor.as_mut())? {
                self.input.waits += 1;
            }
            self.sensor = Some(sensor);
        }
        if self.close() {
            self.taker.road.stands(&["ended"], [])?;
        }
        self.taker.road.settle()?;
        let count = self.taker.road.count();
        self.progress.off(count);
        let adds_up = self.input.adds_up(count.kept + count.over, count.forgotten);
        Ok((self.input, adds_up))
    }
}
