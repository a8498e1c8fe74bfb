//! The template from which a charter is drafted.

use std::collections::BTreeMap;

/// A charter with places to fill, `{{like_this}}`, and comments for the people who write it.
pub const CHARTER_TEMPLATE: &str = include_str!("../templates/charter.toml");

/// Why the template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// No value for a place.
    #[error("no value for {0}")]
    Missing(String),
    /// A value for a place that the template does not have.
    #[error("the template has no place named {0}")]
    Unknown(String),
}

/// Fills the places of [`CHARTER_TEMPLATE`]. Values stand inside quotation marks there, and are escaped for them.
///
/// # Errors
/// When a place has no value, or a value no place.
pub fn fill_charter_template(values: &BTreeMap<&str, String>) -> Result<String, TemplateError> {
    let mut filled = String::new();
    let mut used = Vec::new();
    let mut parts = CHARTER_TEMPLATE.split("{{");
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (place, rest) = part.split_once("}}").unwrap_or((part, ""));
        let value = values.get(place).ok_or_else(|| TemplateError::Missing(place.to_owned()))?;
        filled.push_str(&escaped(value));
        filled.push_str(rest);
        used.push(place);
    }
    let unknown = values.keys().find(|key| !used.contains(key));
    unknown.map_or(Ok(filled), |key| Err(TemplateError::Unknown((*key).to_owned())))
}

/// A value inside a TOML basic string (TOML 1.0, section "String"). A line break stays visible to the charter's rules.
fn escaped(value: &str) -> String {
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    };
    value.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::filled_template;

    #[test]
    fn a_place_without_a_value_and_a_value_without_a_place_are_refused() {
        let missing = fill_charter_template(&BTreeMap::new());
        assert_eq!(missing, Err(TemplateError::Missing("title".to_owned())));
        let places = CHARTER_TEMPLATE.split("{{").skip(1).filter_map(|part| part.split_once("}}"));
        let mut values: BTreeMap<&str, String> = places.map(|(place, _)| (place, String::new())).collect();
        assert!(fill_charter_template(&values).is_ok());
        values.insert("other", String::new());
        assert_eq!(fill_charter_template(&values), Err(TemplateError::Unknown("other".to_owned())));
    }

    #[test]
    fn a_value_cannot_leave_its_quotation_marks() {
        assert_eq!(escaped("a\"\nhold_days = 14 # \\"), "a\\\"\\u000Ahold_days = 14 # \\\\");
    }

    /// The remarks in a template may become better; what it says may not change by itself.
    #[test]
    fn the_golden_charter_says_what_the_filled_template_says() {
        let golden = include_str!("../tests/golden/charter.toml");
        assert_eq!(without_remarks(&filled_template()), without_remarks(golden));
    }

    fn without_remarks(text: &str) -> Vec<&str> {
        text.lines().filter(|line| !line.starts_with('#')).collect()
    }
}
