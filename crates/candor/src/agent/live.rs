//! Recording this desktop: sensor -> gate -> redaction -> journal, under a light that the person sees.
//!
//! `recorder` is the loop; `take` looks at one action, `tell` says what is on, `lamp` is the light and `guard` when it counts as seen, `budget`
//! what is left out by which limit; `tray` is the icon that says the same, `wish` what is chosen in its menu.

pub(crate) mod budget;
mod guard;
mod lamp;
pub(crate) mod not;
mod progress;
mod readings;
mod recorder;
pub(crate) mod status;
mod take;
mod tell;
mod tray;
mod wish;

use candor_capture::{Desktop, Locks, OpenError, Sensor, Shown};
use candor_consent::AppRule;
use candor_model::{AppId, Moment};
use candor_redact::Models;

use self::budget::Limits;
use self::lamp::Lamp;
use self::recorder::Recorder;
use self::status::Input;
use self::tray::Tray;
use super::board::Board;
use super::client::Client;
use super::enrolment::Enrolment;
use super::interrupt::Interrupt;
use super::pulse::Pulse;
use super::road::{Road, Taken};
use crate::ambient::{self, Stopwatch};
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// How to record.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Stop after so many seconds; none: until the person ends it.
    pub(crate) seconds: Option<u32>,
    /// The key that pauses; empty for none.
    pub(crate) pause_key: String,
    /// What it may use up.
    pub(crate) limits: Limits,
    /// Its address, for the page that the tray's menu opens.
    pub(crate) server: String,
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
    candor_capture::share_memory();
    let sensor = open()?;
    let board = Board::of(enrolment);
    let _held = board.hold()?;
    let first = if enrolment.paused() { Shown::Paused } else { Shown::Recording };
    let lamp = Lamp::on(&display()?, &options.pause_key, first)?;
    let (mut input, mut adds_up) = (Input::default(), false);
    let taken = Road::travel(enrolment, client, models, sensor.platform(), |road| {
        let words = what_to_do(enrolment, options)?;
        let pulse = Pulse::begin(client, enrolment.charter().digest())?;
        let tray = Tray::offer(agreed(enrolment), wish::look(enrolment, first, false));
        let locks = Locks::hear(crate::config::buses());
        let around = recorder::Around { board, lamp, tray, locks };
        let mut recorder = Recorder::new(enrolment, road, around, pulse, options);
        // The words name Ctrl-C: it is heard before they are said.
        let interrupt = Interrupt::watch_any()?;
        recorder.begin(sensor)?;
        // From these words on, what the person does counts.
        output::talk(&words);
        recorder.run(&interrupt)?;
        (input, adds_up) = recorder.end()?;
        Ok(None)
    })?;
    Ok(Recorded { taken, input, adds_up })
}

/// The applications that the person agreed to, by name and title.
fn agreed(enrolment: &Enrolment) -> Vec<(AppId, String)> {
    let apps = enrolment.charter().scope().apps().iter();
    let chosen = apps.filter(|app| enrolment.consent().covers_app(&app.id));
    chosen.map(|app| (app.id.clone(), app.title.clone())).collect()
}

/// Whether this desktop can be recorded; says why not.
#[cfg(feature = "demo")]
pub(crate) fn ready() -> Outcome {
    open().map(drop)
}

fn display() -> Outcome<String> {
    crate::config::display().ok_or_else(no_display)
}

fn no_display() -> Failure {
    Failure::new(Kind::Usage, "there is no display to record: DISPLAY is not set")
        .hint("run it in a terminal on an X11 desktop, or use a recording: docs/platforms.md")
}

fn open() -> Outcome<Box<dyn Sensor>> {
    // A platform without a sensor says so, whether it has an X display or not.
    let desktop = crate::config::display().map_or(Desktop::OfThisSession, |display| Desktop::X11 { display });
    let clock = Stopwatch::start();
    let now = move || Moment { wall: ambient::now(), monotonic_us: clock.micros() };
    let opened = candor_capture::open(desktop, std::sync::Arc::new(now));
    if matches!(opened, Err(OpenError::NotHere { .. })) {
        return Err(no_display());
    }
    let opened = opened.because(Kind::Usage, "watch the desktop");
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
