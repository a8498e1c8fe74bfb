//! Floors: figures that must be reached, read from a file of TOML. If one is not, the exit code says so.

use std::cmp::Ordering;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::exit::{Because, Failure, Kind, Outcome};

/// Reads the floors of a command.
pub(super) fn read<F: DeserializeOwned + Default>(file: Option<&Path>) -> Outcome<F> {
    let Some(path) = file else { return Ok(F::default()) };
    let doing = format!("read {}", path.display());
    let text = std::fs::read_to_string(path).because(Kind::BadInput, &doing)?;
    toml::from_str(&text).because(Kind::BadInput, &doing)
}

/// What is wrong with a figure that must be `min` or more, if anything is. What is no number reaches nothing, and is not reached.
pub(super) fn at_least(name: &str, is: f64, min: Option<f64>, places: usize) -> Option<String> {
    let min = min.filter(|min| !is.partial_cmp(min).is_some_and(Ordering::is_ge))?;
    Some(format!("{name} is {is:.places$}, and at least {min} is asked"))
}

/// What is wrong with a figure that must be `max` or less, if anything is. What is no number reaches nothing, and is not reached.
pub(super) fn at_most(name: &str, is: f64, max: Option<f64>, places: usize) -> Option<String> {
    let max = max.filter(|max| !is.partial_cmp(max).is_some_and(Ordering::is_le))?;
    Some(format!("{name} is {is:.places$}, and at most {max} is asked"))
}

/// The floors that are not reached, for people.
pub(super) fn words(below: &[String]) -> String {
    below.iter().fold(String::new(), |words, line| words + "\nBELOW THE FLOOR: " + line)
}

/// Ends the command as the floors say; they were told before.
pub(super) fn held(below: &[String]) -> Outcome {
    if below.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Kind::Refused, "a floor is not reached").told())
}
