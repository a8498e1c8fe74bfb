//! Recording this desktop: sensor -> gate -> redaction -> journal. The gate judges each window before a pixel is read.

use std::time::Duration;

use candor_capture::{Pending, Sensor, SensorError};
use candor_consent::{AppRule, Context, Permit};
use candor_model::Moment;
use candor_redact::Models;
use indicatif::{ProgressBar, ProgressStyle};

use super::client::Client;
use super::enrolment::Enrolment;
use super::interrupt::Interrupt;
use super::road::{Count, Road, Taken};
use crate::ambient::{self, Stopwatch};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// How long the sensor waits for something to happen before it looks whether the screen came to rest, in milliseconds.
const WAIT_MS: u64 = 50;
/// Most looks at the windows for one action. A click raises a window while the gate judges; a screen that changes on and on
/// is not taken.
const LOOKS_MAX: u32 = 5;

/// Records for so many seconds. Ctrl-C ends it earlier; what was recorded until then waits for its review.
pub(crate) fn record(
    enrolment: &Enrolment,
    client: &Client,
    models: &Models,
    seconds: u32,
) -> Outcome<Taken> {
    let mut sensor = open()?;
    Road::travel(enrolment, client, models, sensor.platform(), |road| {
        let interrupt = Interrupt::watch()?;
        forget_what_was_before(sensor.as_mut())?;
        output::talk(&what_to_do(enrolment, seconds)?);
        let mut light = Light::on(seconds);
        while !interrupt.came() && light.burns(road.count()) {
            road.write_done()?;
            match sensor.next(Duration::from_millis(WAIT_MS)) {
                Ok(Some(pending)) => take(road, sensor.as_mut(), pending)?,
                Ok(None) => at_rest(road, sensor.as_mut())?,
                Err(error) => missed(road, error)?,
            }
        }
        light.off(road.count());
        Ok(None)
    })
}

/// Whether this desktop can be recorded; says why not.
#[cfg(feature = "demo")]
pub(crate) fn ready() -> Outcome {
    open().map(drop)
}

fn open() -> Outcome<Box<dyn Sensor>> {
    let display = crate::config::display().ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no display to record: DISPLAY is not set")
            .hint("run it in a terminal on an X11 desktop, or use a recording: docs/platforms.md")
    })?;
    let clock = Stopwatch::start();
    let now = move || Moment { wall: ambient::now(), monotonic_us: clock.micros() };
    let opened =
        candor_capture::open(&display, std::sync::Arc::new(now)).because(Kind::Usage, "watch the desktop");
    opened.map_err(|failure| failure.hint("run it in a terminal on an X11 desktop: docs/platforms.md"))
}

/// What was done before the person was told that it records is not looked at.
fn forget_what_was_before(sensor: &mut dyn Sensor) -> Outcome {
    while sensor.next(Duration::ZERO).because(Kind::Unexpected, "watch the desktop")?.is_some() {}
    Ok(())
}

/// Lets the sensor keep the screen at rest for the next action, if the gate permits what is in front. Nothing is noted: nothing
/// was done.
fn at_rest(road: &mut Road<'_, '_>, sensor: &mut dyn Sensor) -> Outcome {
    let pending = match sensor.rest() {
        Ok(Some(pending)) => pending,
        Ok(None) => return Ok(()),
        Err(error) => return missed(road, error),
    };
    let Ok(permit) = road.judge(&pending.front().context())? else { return Ok(()) };
    let windows = judged(road, &pending)?;
    match sensor.keep(&pending, &permit, &windows) {
        Err(error @ SensorError::Desktop(_)) => missed(road, error),
        // What changed in between, or is never recorded, is not kept; the next action is looked at when it comes.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Names what is recorded.
fn what_to_do(enrolment: &Enrolment, seconds: u32) -> Outcome<String> {
    let apps = enrolment.charter().scope().apps().iter();
    let chosen = apps.filter(|app| enrolment.consent().covers_app(&app.id));
    let named: Vec<String> = chosen.map(named).collect();
    if named.is_empty() {
        let message = "you agreed to no application that can be recorded live";
        return Err(Failure::new(Kind::Refused, message).hint("docs/platforms.md says what can be"));
    }
    Ok(format!(
        "RECORDING this desktop for {seconds} s. Recorded is this only: {}.\n\
         Click into it and type. Press Ctrl-C here to stop earlier.",
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

fn take(road: &mut Road<'_, '_>, sensor: &mut dyn Sensor, mut pending: Pending) -> Outcome {
    for _ in 1..LOOKS_MAX {
        match look(road, sensor, &pending)? {
            Looked::Done => return Ok(()),
            Looked::Changed => {}
        }
        pending = match sensor.again(pending) {
            Ok(pending) => pending,
            Err(error) => return missed(road, error),
        };
    }
    match look(road, sensor, &pending)? {
        Looked::Done => Ok(()),
        Looked::Changed => missed(road, SensorError::Changed),
    }
}

/// What came of one judgement and one look.
enum Looked {
    /// The step was kept, refused, or noted as a gap.
    Done,
    /// The windows changed in between: nothing was captured.
    Changed,
}

fn look(road: &mut Road<'_, '_>, sensor: &mut dyn Sensor, pending: &Pending) -> Outcome<Looked> {
    let permit = match road.judge(&pending.front().context())? {
        Ok(permit) => permit,
        Err(refusal) => return road.refuse(&refusal).map(|()| Looked::Done),
    };
    let windows = judged(road, pending)?;
    match sensor.capture(pending, &permit, &windows) {
        Ok(raw) => road.keep(raw).map(|()| Looked::Done),
        Err(SensorError::Changed) => Ok(Looked::Changed),
        Err(error) => missed(road, error).map(|()| Looked::Done),
    }
}

fn judged(road: &mut Road<'_, '_>, pending: &Pending) -> Outcome<Vec<Option<Permit>>> {
    let contexts: Vec<Context<'_>> =
        pending.windows().iter().map(candor_capture::SeenWindow::context).collect();
    contexts.iter().map(|context| Ok(road.judge(context)?.ok())).collect()
}

/// Nothing was captured: the person sees a gap. A desktop that does not answer ends the recording.
fn missed(road: &mut Road<'_, '_>, error: SensorError) -> Outcome {
    if matches!(error, SensorError::Desktop(_)) {
        return Err(error).because(Kind::Unexpected, "watch the desktop");
    }
    let code = match error {
        SensorError::Sensitive { .. } => "never_recorded",
        SensorError::Lost => "input_lost",
        SensorError::Locked => "screen_locked",
        SensorError::Changed | SensorError::Stale | SensorError::Answers | SensorError::Desktop(_) => {
            "not_captured"
        }
    };
    road.gap(code, &format!("Not captured: {error}."))
}

/// Tells the person that it records: for how long yet, and what came of it. A bar on a terminal, elsewhere a line for each
/// change.
struct Light {
    clock: Stopwatch,
    seconds: u32,
    bar: ProgressBar,
    told: Count,
}

impl Light {
    fn on(seconds: u32) -> Self {
        let style = ProgressStyle::with_template("   {bar:20} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(seconds.into()).with_style(style);
        Self { clock: Stopwatch::start(), seconds, bar, told: Count::default() }
    }

    /// Whether there is time left.
    fn burns(&mut self, count: Count) -> bool {
        let past = Duration::from_secs_f64(self.clock.seconds()).as_secs();
        let left = u64::from(self.seconds).saturating_sub(past);
        self.bar.set_position(past);
        self.bar.set_message(format!("{left} s left, {count}"));
        if self.bar.is_hidden() && count != self.told {
            output::talk(&format!("   {count}"));
        }
        self.told = count;
        left > 0
    }

    fn off(self, count: Count) {
        self.bar.finish_and_clear();
        output::talk(&format!("recording is off: {count}"));
    }
}
