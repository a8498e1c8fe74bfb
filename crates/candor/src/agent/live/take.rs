//! One action: judged, looked at, kept or not. The gate judges each window before a pixel is read.

use candor_capture::{Pending, Sensor, SensorError};
use candor_consent::{Context, Field, Permit, Refusal};

use super::not::Why;
use crate::agent::road::Road;
use crate::exit::{Because, Kind, Outcome};

/// Most looks at the windows for one action. A click raises a window while the gate judges; a screen that changes on and on
/// is not taken.
const LOOKS_MAX: u32 = 5;

/// The gate and the journal behind it, with what a device over its budget leaves out.
pub(super) struct Taker<'r, 'a, 'b> {
    pub(super) road: &'r mut Road<'a, 'b>,
    /// Fields that are not looked at.
    pub(super) without: &'static [Field],
    /// Of the window in front at the last judgement: why it is not recorded. Empty where it is.
    pub(super) not_here: Vec<Why>,
}

/// What came of one judgement and one look.
enum Looked {
    /// The step was kept, refused, or noted as a gap.
    Done,
    /// The windows changed in between: nothing was captured.
    Changed,
}

impl Taker<'_, '_, '_> {
    fn judge(&mut self, context: &Context<'_>) -> Outcome<Result<Permit, Refusal>> {
        let without = self.without;
        Ok(self.road.judge(context)?.map(|permit| permit.without(without)))
    }

    fn front(&mut self, pending: &Pending) -> Outcome<Result<Permit, Refusal>> {
        let answer = self.judge(&pending.front().context())?;
        self.not_here = match &answer {
            Err(refusal) => refusal.reasons.iter().map(Why::from).collect(),
            Ok(_) => pending.never_captured().iter().map(|never| Why::of(code_of(never))).collect(),
        };
        Ok(answer)
    }

    fn windows(&mut self, pending: &Pending) -> Outcome<Vec<Option<Permit>>> {
        let windows = pending.windows().iter();
        windows.map(|window| Ok(self.judge(&window.context())?.ok())).collect()
    }

    /// Takes what the person did.
    pub(super) fn take(&mut self, sensor: &mut dyn Sensor, mut pending: Pending) -> Outcome {
        for _ in 1..LOOKS_MAX {
            match self.look(sensor, &pending)? {
                Looked::Done => return Ok(()),
                Looked::Changed => {}
            }
            pending = match sensor.again(pending) {
                Ok(pending) => pending,
                Err(error) => return self.missed(error),
            };
        }
        match self.look(sensor, &pending)? {
            Looked::Done => Ok(()),
            Looked::Changed => self.missed(SensorError::Changed),
        }
    }

    fn look(&mut self, sensor: &mut dyn Sensor, pending: &Pending) -> Outcome<Looked> {
        let permit = match self.front(pending)? {
            Ok(permit) => permit,
            Err(refusal) => return self.road.refuse(&refusal).map(|()| Looked::Done),
        };
        let windows = self.windows(pending)?;
        match sensor.capture(pending, &permit, &windows) {
            Ok(raw) => self.road.keep(raw).map(|()| Looked::Done),
            Err(SensorError::Changed) => Ok(Looked::Changed),
            Err(error) => self.missed(error).map(|()| Looked::Done),
        }
    }

    /// Lets the sensor keep the screen at rest for the next action, if the gate permits what is in front. Nothing is noted: nothing
    /// was done.
    pub(super) fn at_rest(&mut self, sensor: &mut dyn Sensor) -> Outcome {
        let pending = match sensor.rest() {
            Ok(Some(pending)) => pending,
            Ok(None) => return Ok(()),
            Err(error) => return self.missed(error),
        };
        let Ok(permit) = self.front(&pending)? else { return Ok(()) };
        let windows = self.windows(&pending)?;
        match sensor.keep(&pending, &permit, &windows) {
            Err(error @ SensorError::Desktop(_)) => self.missed(error),
            // What changed in between, or is never recorded, is not kept; the next action is looked at when it comes.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The frame after the last action, as a step that says that the person waited; whether there is one. There is none after no action, and
    /// where the window in front is not recorded, a terminal in which the recording is ended say. Nothing is noted then: nothing was done.
    pub(super) fn last(&mut self, sensor: &mut dyn Sensor) -> Outcome<bool> {
        let Ok(Some(mut pending)) = sensor.last() else { return Ok(false) };
        for _ in 0..LOOKS_MAX {
            let Ok(permit) = self.front(&pending)? else { return Ok(false) };
            let windows = self.windows(&pending)?;
            match sensor.capture(&pending, &permit, &windows) {
                Ok(raw) => return self.road.keep(raw).map(|()| true),
                Err(SensorError::Changed) => {}
                Err(_) => return Ok(false),
            }
            let Ok(again) = sensor.again(pending) else { return Ok(false) };
            pending = again;
        }
        Ok(false)
    }

    /// Nothing was captured: the person sees a gap. A desktop that does not answer ends the recording.
    pub(super) fn missed(&mut self, error: SensorError) -> Outcome {
        if matches!(error, SensorError::Desktop(_)) {
            return Err(error).because(Kind::Unexpected, "watch the desktop");
        }
        self.road.gap(code_of(&error), &format!("Not captured: {error}."))
    }
}

/// What a gap says that nothing was captured in.
const fn code_of(error: &SensorError) -> &'static str {
    match error {
        SensorError::Sensitive { .. } => "never_recorded",
        SensorError::Shared => "screen_shared",
        SensorError::Lost => "input_lost",
        SensorError::Locked => "screen_locked",
        SensorError::Changed | SensorError::Stale | SensorError::Answers | SensorError::Desktop(_) => {
            "not_captured"
        }
    }
}

#[cfg(test)]
mod tests {
    use candor_capture::Sensitive;

    use super::*;
    use crate::agent::live::not::sentence;

    #[test]
    fn the_gap_of_what_is_about_something_sensitive_says_that_it_is_never_recorded() {
        for kind in Sensitive::ALL.into_iter().chain([Sensitive::Unknown]) {
            let code = code_of(&SensorError::Sensitive { kind });
            assert_eq!(code, "never_recorded");
            assert_eq!(sentence(code), "This is about something that is never recorded.");
        }
    }
}
