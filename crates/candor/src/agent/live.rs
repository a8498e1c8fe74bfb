//! Recording this desktop: sensor -> gate -> redaction -> journal, under a light that the person sees.
//!
//! Each turn of the loop asks the same questions in the same order: did the person ask for something; may anything be recorded at all (the
//! server, the consent, a pause, the budgets); is the light seen. Only then the sensor is asked what the person did. Where one of the answers is
//! no, the sensor is closed: it hears nothing until the answer is yes again, and a gap with the reason stands in the recording.

pub(crate) mod budget;
mod guard;
mod lamp;
pub(crate) mod not;
mod progress;
mod readings;
pub(crate) mod status;
mod take;

use std::collections::VecDeque;
use std::time::Duration;

use candor_capture::{Sensor, Shown};
use candor_consent::{AppRule, Reason};
use candor_model::{Moment, Timestamp};
use candor_redact::Models;

use self::budget::{Limits, Readings, Thinned, Thinning};
use self::lamp::Lamp;
use self::not::Why;
use self::progress::Progress;
use self::status::{Budgets, Input, On, Said};
use self::take::Taker;
use super::client::Client;
use super::desk::Desk;
use super::enrolment::Enrolment;
use super::interrupt::Interrupt;
use super::pulse::Pulse;
use super::road::{Road, Taken};
use crate::ambient::{self, Stopwatch};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// How long the sensor waits for something to happen before it looks whether the screen came to rest, in milliseconds.
const WAIT_MS: u64 = 50;
/// Between two looks at what other commands want and what the gate says, in microseconds.
const AROUND_US: u64 = 200_000;
/// Between two looks at what the recorder uses up, and between two words about itself, in microseconds.
const SAY_US: u64 = 2_000_000;
/// How long the server may say nothing, in microseconds. The lease would last longer: silence stops sooner than it must.
const SILENCE_US: u64 = 30_000_000;
/// How often a gap that lasts is lengthened, in microseconds.
const STAND_US: u64 = 1_000_000;
const HOUR_US: u64 = 3_600_000_000;
/// Most input that is let go at the end of a stretch: what a queue holds.
const LET_GO_MAX: u32 = 100_000;

/// How to record.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Stop after so many seconds; none: until the person ends it.
    pub(crate) seconds: Option<u32>,
    /// The key that pauses; empty for none.
    pub(crate) pause_key: String,
    /// What it may use up.
    pub(crate) limits: Limits,
}

/// What came of it.
pub(crate) struct Recorded {
    pub(crate) taken: Taken,
    pub(crate) input: Input,
    /// Whether what the sensor counted is what was kept and what lies in gaps.
    pub(crate) adds_up: bool,
}

/// Records until the time is over, the person ends it, or the desktop goes. What was recorded until then waits for its review.
pub(crate) fn record(
    enrolment: &Enrolment,
    client: &Client,
    models: &Models,
    options: &Options,
) -> Outcome<Recorded> {
    let sensor = open()?;
    let desk = Desk::of(enrolment);
    let _held = desk.hold()?;
    let first = if enrolment.paused() { Shown::Paused } else { Shown::Recording };
    let lamp = Lamp::on(&display()?, &options.pause_key, first)?;
    let (mut input, mut adds_up) = (Input::default(), false);
    let taken = Road::travel(enrolment, client, models, sensor.platform(), |road| {
        let words = what_to_do(enrolment, options)?;
        let pulse = Pulse::begin(client, enrolment.charter().digest())?;
        let mut recorder = Recorder::new(enrolment, road, desk, lamp, pulse, options);
        recorder.begin(sensor)?;
        // From these words on, what the person does counts.
        output::talk(&words);
        recorder.run()?;
        (input, adds_up) = recorder.end()?;
        Ok(None)
    })?;
    Ok(Recorded { taken, input, adds_up })
}

/// Whether this desktop can be recorded; says why not.
#[cfg(feature = "demo")]
pub(crate) fn ready() -> Outcome {
    open().map(drop)
}

fn display() -> Outcome<String> {
    crate::config::display().ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no display to record: DISPLAY is not set")
            .hint("run it in a terminal on an X11 desktop, or use a recording: docs/platforms.md")
    })
}

fn open() -> Outcome<Box<dyn Sensor>> {
    let display = display()?;
    let clock = Stopwatch::start();
    let now = move || Moment { wall: ambient::now(), monotonic_us: clock.micros() };
    let opened =
        candor_capture::open(&display, std::sync::Arc::new(now)).because(Kind::Usage, "watch the desktop");
    opened.map_err(|failure| failure.hint("run it in a terminal on an X11 desktop: docs/platforms.md"))
}

/// Names what is recorded.
fn what_to_do(enrolment: &Enrolment, options: &Options) -> Outcome<String> {
    let apps = enrolment.charter().scope().apps().iter();
    let chosen = apps.filter(|app| enrolment.consent().covers_app(&app.id));
    let named: Vec<String> = chosen.map(named).collect();
    if named.is_empty() {
        let message = "you agreed to no application that can be recorded live";
        return Err(Failure::new(Kind::Refused, message).hint("docs/platforms.md says what can be"));
    }
    let long = options.seconds.map_or("until you end it".to_owned(), |seconds| format!("for {seconds} s"));
    let key = if options.pause_key.is_empty() {
        String::new()
    } else {
        format!(", or press {}", options.pause_key)
    };
    Ok(format!(
        "RECORDING this desktop {long}. Recorded is this only: {}.\n\
         Click into it and type. The light in the lower right corner says what it does; click on it{key} to pause.\n\
         Press Ctrl-C here to stop earlier.",
        named.join("; ")
    ))
}

/// An application by its title, and by its window classes as a person writes them: once, whatever their case.
fn named(app: &AppRule) -> String {
    let mut classes: Vec<&String> = Vec::new();
    for class in &app.window_classes {
        if !classes.iter().any(|known| known.eq_ignore_ascii_case(class)) {
            classes.push(class);
        }
    }
    let classes: Vec<&str> = classes.into_iter().map(String::as_str).collect();
    let sites: Vec<&str> = app.sites.iter().map(candor_model::Site::as_str).collect();
    let only = if app.browser { format!(", only on {}", sites.join(" and ")) } else { String::new() };
    format!("{} ({}{only})", app.title, classes.join(", "))
}

/// A recording that goes on.
struct Recorder<'r, 'a, 'b> {
    enrolment: &'b Enrolment,
    taker: Taker<'r, 'a, 'b>,
    desk: Desk,
    lamp: Lamp,
    pulse: Pulse,
    progress: Progress,
    /// None while nothing may be recorded: then nothing is listened to.
    sensor: Option<Box<dyn Sensor>>,
    clock: Stopwatch,
    since: Timestamp,
    /// Why nothing may be recorded; empty when it may.
    why: Vec<Why>,
    paused: bool,
    thinning: Thinning,
    readings: Readings,
    processor: readings::Processor,
    /// Bytes kept today, as of earlier moments.
    stored: VecDeque<(u64, u64)>,
    input: Input,
    /// Why it stood still last, and when the gap was lengthened.
    stood: (Vec<Why>, u64),
    heard_us: u64,
    around_us: Option<u64>,
    said_us: Option<u64>,
    said: On,
}

impl<'r, 'a, 'b> Recorder<'r, 'a, 'b> {
    fn new(
        enrolment: &'b Enrolment,
        road: &'r mut Road<'a, 'b>,
        desk: Desk,
        lamp: Lamp,
        pulse: Pulse,
        options: &Options,
    ) -> Self {
        Self {
            enrolment,
            taker: Taker { road, without: &[], refused: None },
            desk,
            lamp,
            pulse,
            progress: Progress::on(options.seconds),
            sensor: None,
            clock: Stopwatch::start(),
            since: ambient::now(),
            why: Vec::new(),
            paused: false,
            thinning: Thinning::by(options.limits),
            readings: Readings::default(),
            processor: readings::Processor::default(),
            stored: VecDeque::new(),
            input: Input::default(),
            stood: (Vec::new(), 0),
            heard_us: 0,
            around_us: None,
            said_us: None,
            said: On::Off,
        }
    }

    fn begin(&mut self, sensor: Box<dyn Sensor>) -> Outcome {
        self.watch_with(sensor)?;
        self.look_around()
    }

    /// What was done before the person was told that it records is not looked at.
    fn watch_with(&mut self, mut sensor: Box<dyn Sensor>) -> Outcome {
        while sensor.next(Duration::ZERO).because(Kind::Unexpected, "watch the desktop")?.is_some() {}
        self.sensor = Some(sensor);
        Ok(())
    }

    /// A desktop that went away ends a recording like its person does.
    fn run(&mut self) -> Outcome {
        let interrupt = Interrupt::watch_any()?;
        while !interrupt.came() && !self.desk.is_stopped() && self.progress.goes_on(self.taker.road.count()) {
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
        if self.around_us.is_none_or(|at| self.clock.micros().saturating_sub(at) >= AROUND_US) {
            self.look_around()?;
        }
        let seen = self.lamp.is_seen()?;
        if self.why.is_empty() && seen {
            self.watch()?
        } else {
            self.stand_still(seen)?
        }
        self.tell()
    }

    /// Asks what the person did, and takes it.
    fn watch(&mut self) -> Outcome {
        if self.sensor.is_none() {
            self.watch_with(open()?)?;
            // The next stretch is a gap of its own.
            self.stood = (Vec::new(), 0);
        }
        let Some(mut sensor) = self.sensor.take() else { return Ok(()) };
        let done = match sensor.next(Duration::from_millis(WAIT_MS)) {
            Ok(Some(pending)) => self.take(sensor.as_mut(), pending),
            Ok(None) => self.taker.at_rest(sensor.as_mut()),
            Err(error) => self.taker.missed(error),
        };
        self.sensor = Some(sensor);
        done
    }

    /// The light is looked at before the screen is, and what is done to the light itself, or pauses, is no work.
    fn take(&mut self, sensor: &mut dyn Sensor, pending: candor_capture::Pending) -> Outcome {
        let seen = self.lamp.look()?;
        if self.lamp.is_pressed()? {
            return self.toggle();
        }
        if self.lamp.is_held() {
            return Ok(());
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
        if let Some(wish) = self.desk.wished()? {
            self.taker.road.forget(&self.desk, &wish)?;
        }
        if self.said_us.is_none_or(|at| now_us.saturating_sub(at) >= SAY_US) {
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
        let (left_out, by) = self.thinning.now();
        if left_out == Thinned::Everything {
            self.why.push(Why::of(left_out.code()));
            self.why.extend(by.iter().map(|budget| Why::of(budget.code())));
        }
        Ok(())
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
            self.taker.road.stands(&codes, codes.iter().map(|code| not::sentence(code)))?;
        }
        Ok(())
    }

    fn on(&self) -> On {
        if self.paused && self.why.len() == 1 {
            On::Paused
        } else if !self.why.is_empty() || !self.lamp.was_seen() {
            On::Halted
        } else if self.taker.refused.is_some() {
            On::RefusedHere
        } else {
            On::Recording
        }
    }

    /// Lets the light say what is on, and the state for other commands.
    fn tell(&mut self) -> Outcome {
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
        let due = self.said_us.is_none_or(|at| now_us.saturating_sub(at) >= SAY_US);
        if on == self.said && !due {
            return Ok(());
        }
        (self.said, self.said_us) = (on, Some(now_us));
        let said = self.words(on, now_us);
        self.desk.say(&said)
    }

    fn words(&mut self, on: On, now_us: u64) -> Said {
        let mut why = self.why.clone();
        if !self.lamp.was_seen() {
            why.push(Why::of(not::LIGHT_LOST));
        }
        if on == On::RefusedHere {
            why.extend(self.taker.refused.iter().flat_map(|refusal| &refusal.reasons).map(Why::from));
        }
        let count = self.taker.road.count();
        Said {
            on,
            why,
            session: self.taker.road.session().to_string(),
            since: self.since,
            steps_kept: count.kept,
            steps_not_kept: count.not_kept,
            steps_forgotten: count.forgotten,
            light_seen: self.lamp.was_seen(),
            light_says: self.lamp.shown().words().to_owned(),
            tray: false,
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
            metered_network: "unknown".to_owned(),
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

    /// Takes the frame after the last action, lets the rest go, and holds the counts against each other.
    fn end(mut self) -> Outcome<(Input, bool)> {
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
        let adds_up = self.input.adds_up(count.kept, count.forgotten);
        Ok((self.input, adds_up))
    }
}
