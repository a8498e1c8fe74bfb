//! Canonical bytes: JSON by RFC 8785 (JCS), without floats.

use serde::Serialize;

/// Why a value has no canonical bytes.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// The value holds a float, a non-text key or something else JSON cannot carry exactly.
    #[error("the value has no canonical form")]
    NotCanonical(#[source] serde_json::Error),
    /// The value holds a number that is not a whole number.
    #[error("the value holds a number that is not a whole number within 2^53")]
    NotInteger,
}

/// The canonical bytes of `value` (RFC 8785): sorted keys, no white space, whole numbers only.
///
/// # Errors
/// When the value holds a float or an integer beyond 2^53 (I-JSON, RFC 7493 section 2.2), or cannot be JSON.
pub fn canonical_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let json = serde_json::to_value(value).map_err(CanonicalError::NotCanonical)?;
    if !holds_only_integers(&json) {
        return Err(CanonicalError::NotInteger);
    }
    serde_json_canonicalizer::to_vec(&json).map_err(CanonicalError::NotCanonical)
}

fn holds_only_integers(json: &serde_json::Value) -> bool {
    const SAFE_MAX: u64 = 1 << 53;
    match json {
        serde_json::Value::Number(n) => {
            n.as_u64().is_some_and(|n| n <= SAFE_MAX)
                || n.as_i64().is_some_and(|n| n.unsigned_abs() <= SAFE_MAX)
        }
        serde_json::Value::Array(items) => items.iter().all(holds_only_integers),
        serde_json::Value::Object(members) => members.values().all(holds_only_integers),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_white_space_is_gone() {
        let bytes = canonical_bytes(&json!({"b": 1, "a": [true, null, "\u{20ac}"]})).unwrap();
        assert_eq!(bytes, "{\"a\":[true,null,\"\u{20ac}\"],\"b\":1}".as_bytes());
    }

    #[test]
    fn a_number_that_others_would_round_is_refused() {
        assert!(canonical_bytes(&json!({"a": 0.5})).is_err());
        assert!(canonical_bytes(&json!({"a": u64::MAX})).is_err());
        assert!(canonical_bytes(&json!({"a": i64::MIN})).is_err());
        assert!(canonical_bytes(&json!({"a": -3})).is_ok());
    }
}
