//! What of a recording leaves the machine when the person releases it.

use std::process::Child;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{PERSON, Road, kept, to_f64};

/// Ends the recording as a person does.
pub(crate) fn ended(road: &Road, mut recorder: Child) -> Result<()> {
    road.tells(PERSON, &["agent", "stop"])?;
    ensure!(recorder.wait()?.success(), "the recorder did not end well");
    Ok(())
}

/// Releases the last recording, all of it; the bytes that were sent for each of its steps.
pub(crate) fn bytes_per_step(road: &Road) -> Result<f64> {
    let session = kept::last_session(&road.home())?;
    road.types(PERSON, &["review", "done", &session])?;
    let released = road.tells(PERSON, &["release", &session, "--server", &road.address])?;
    let number =
        |name| released.get(name).and_then(Value::as_u64).context("the release does not say what left");
    let (steps, bytes) = (number("steps")?, number("bytes")?);
    ensure!(steps > 0, "a release of nothing says nothing");
    Ok(to_f64(bytes) / to_f64(steps))
}
