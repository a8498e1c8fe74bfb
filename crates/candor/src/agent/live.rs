//! Recording this desktop: sensor -> gate -> redaction -> journal. The gate judges each window before a pixel is read.

use std::time::Duration;

use candor_capture::{Pending, Sensor, SensorError};
use candor_consent::{Context, Permit};
use candor_model::Moment;

use super::client::Client;
use super::enrolment::Enrolment;
use super::road::{Road, Taken};
use crate::ambient::{self, Stopwatch};
use crate::exit::{Because, Failure, Kind, Outcome};

/// How long the sensor waits for something to happen before it looks at the clock, in milliseconds.
const WAIT_MS: u64 = 200;

/// Records for so many seconds. Ctrl-C ends it earlier, and leaves a session that can be ended or discarded.
pub(crate) fn record(enrolment: &Enrolment, client: &Client, seconds: u32) -> Outcome<Taken> {
    let mut sensor = open()?;
    crate::output::talk(&format!("recording this desktop for {seconds} s; Ctrl-C stops it"));
    Road::travel(enrolment, client, sensor.platform(), |road| {
        let clock = Stopwatch::start();
        while clock.seconds() < f64::from(seconds) {
            let pending =
                sensor.next(Duration::from_millis(WAIT_MS)).because(Kind::Unexpected, "watch the desktop")?;
            if let Some(pending) = pending {
                take(road, sensor.as_mut(), pending)?;
            }
        }
        Ok(None)
    })
}

fn open() -> Outcome<Box<dyn Sensor>> {
    let display = crate::config::display().ok_or_else(|| {
        Failure::new(Kind::Usage, "there is no display to record")
            .hint("run it on a desktop, or import a recording")
    })?;
    let clock = Stopwatch::start();
    let now = move || Moment { wall: ambient::now(), monotonic_us: clock.micros() };
    candor_capture::open(&display, Box::new(now)).because(Kind::Usage, "watch the desktop")
}

fn take(road: &mut Road<'_, '_>, sensor: &mut dyn Sensor, pending: Pending) -> Outcome {
    let permit = match road.judge(&pending.front().context())? {
        Ok(permit) => permit,
        Err(refusal) => return road.refuse(&refusal),
    };
    let windows = judged(road, &pending)?;
    match sensor.capture(pending, &permit, &windows) {
        Ok(raw) => road.keep(raw),
        // Something changed between the judgement and the look: nothing was captured, and the person sees a gap.
        Err(SensorError::Desktop(error)) => {
            Err(Failure::new(Kind::Unexpected, format!("failed to watch the desktop: {error}")))
        }
        Err(error) => road.gap("not_captured", &error.to_string()),
    }
}

fn judged(road: &mut Road<'_, '_>, pending: &Pending) -> Outcome<Vec<Option<Permit>>> {
    let contexts: Vec<Context<'_>> =
        pending.windows().iter().map(candor_capture::SeenWindow::context).collect();
    contexts.iter().map(|context| Ok(road.judge(context)?.ok())).collect()
}
