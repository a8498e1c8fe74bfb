//! What the figures of a machine are held to.

use std::collections::BTreeMap;

use candor_redact::Profile;
use serde::Deserialize;

use super::Measured;
use crate::cli::redact::floors::{at_least, at_most};
use crate::exit::{Failure, Kind, Outcome};

/// What must be reached. A figure that is not named has no floor.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// Most memory of the process at any time.
    resident_bytes_max: Option<u64>,
    /// Most bytes of all models together.
    models_bytes_max: Option<u64>,
    /// Least speed by profile, as a share of that of SHA-256 over the same text.
    #[serde(default)]
    speed_min: BTreeMap<String, f64>,
}

impl Limits {
    /// A floor of what is not measured would hold whatever happens.
    pub(super) fn can_fail(&self, asked: &[Profile]) -> Outcome {
        let is_asked = |name: &String| asked.iter().any(|profile| profile.name() == name.as_str());
        let Some(name) = self.speed_min.keys().find(|name| !is_asked(name)) else { return Ok(()) };
        let message = format!("no profile {name} is measured, and a floor asks for its speed");
        Err(Failure::new(Kind::BadInput, message))
    }

    /// Which floors are not reached, in words.
    pub(super) fn below(&self, measured: &[Measured], models_bytes: u64) -> Vec<String> {
        const PLACES: usize = 7;
        let slow = measured
            .iter()
            .filter_map(|m| at_least(&m.profile, m.ratio, self.speed_min.get(&m.profile).copied(), PLACES));
        let resident = self.resident_bytes_max.and_then(|max| resident(measured, max));
        let models = bytes("models_bytes", models_bytes, self.models_bytes_max);
        slow.chain(resident).chain(models).collect()
    }
}

/// What is wrong with the memory, if anything is: also that the system does not tell it.
fn resident(measured: &[Measured], max: u64) -> Option<String> {
    match measured.iter().map(|m| m.resident_bytes_most).max() {
        None | Some(0) => Some("resident_bytes is not told by this system".to_owned()),
        Some(most) => bytes("resident_bytes", most, Some(max)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
fn bytes(name: &str, is: u64, max: Option<u64>) -> Option<String> {
    at_most(name, is as f64, max.map(|max| max as f64), 0)
}
