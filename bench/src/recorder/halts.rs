//! How long a recorder goes on after the program was halted.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::Road;
use super::desktop::Desktop;
use crate::Measured;
use crate::demo::candor;

/// How often it is halted.
const HALTS: usize = 5;
/// How long a change may take before it counts as none.
const WAIT: Duration = Duration::from_secs(30);

/// Milliseconds from the answer to `candor halt` until the recorder says that it is halted: the longest of several, beside how long the
/// command itself takes.
pub(crate) fn halt() -> Result<Measured> {
    let road = Road::walked()?;
    let desktop = Desktop::start()?;
    let mut recorder = road.records(&desktop)?;
    let (mut longest, mut commands) = (0.0_f64, Vec::new());
    for _ in 0..HALTS {
        until_on(&road, "recording")?;
        commands.push(seconds(|| road.types("sam", &["halt", "--reason", "measured"]))?);
        longest = longest.max(until_on(&road, "halted")?);
        road.resumed()?;
    }
    recorder.kill()?;
    recorder.wait()?;
    commands.sort_by(f64::total_cmp);
    let baseline = commands.get(HALTS / 2).copied().unwrap_or(f64::NAN) * 1e3;
    Ok(Measured { value: longest * 1e3, baseline })
}

/// Seconds until the status says this.
fn until_on(road: &Road, on: &str) -> Result<f64> {
    seconds(|| {
        #[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
        let begun = Instant::now();
        while begun.elapsed() < WAIT {
            if status(road)? == on {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("the recorder did not say {on:?} within {WAIT:?}, but {:?}", status(road)?)
    })
}

fn status(road: &Road) -> Result<String> {
    let mut command = candor();
    let told = command.args(["agent", "status", "--json", "--home"]).arg(road.home()).output()?;
    let status: serde_json::Value = serde_json::from_slice(&told.stdout).context("no status")?;
    Ok(status.get("on").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is where time is measured")]
fn seconds(run: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    run()?;
    Ok(begun.elapsed().as_secs_f64())
}
