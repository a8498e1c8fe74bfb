//! The two clocks of a raw folder: seconds of an arbitrary origin, and one local date.

use candor_model::Timestamp;

/// Largest time in seconds that is believed: about 30 years of uptime.
const SECONDS_MAX: f64 = 1e9;

/// Microseconds of a time in seconds; none if it is no believable number.
pub(crate) fn micros(seconds: f64) -> Option<u64> {
    if !(0.0..=SECONDS_MAX).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within 0 to 10^15, checked above"
    )]
    let micros = (seconds * 1e6).round() as u64;
    Some(micros)
}

/// Turns the recorder's clock into wall-clock time.
pub(crate) struct Clock {
    /// Wall-clock time at `origin_us`. The format has no zone: it is read as UTC.
    pub(crate) start: Timestamp,
    /// The recorder's clock at `start`.
    pub(crate) origin_us: u64,
}

impl Clock {
    pub(crate) fn wall(&self, at_us: u64) -> Timestamp {
        let signed = |micros: u64| i64::try_from(micros).unwrap_or(i64::MAX);
        self.start.plus_millis((signed(at_us) - signed(self.origin_us)) / 1000)
    }
}

/// Reads `2026-03-02 09:30:00`.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_once(' ')?;
    format!("{day}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_no_believable_number_is_none() {
        assert_eq!(micros(30679.828), Some(30_679_828_000));
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 1e10] {
            assert_eq!(micros(seconds), None);
        }
        assert_eq!(date("2026-03-02 09:30:00").unwrap().to_string(), "2026-03-02T09:30:00Z");
        assert_eq!(date("2026-03-02T09:30:00"), None);
    }
}
