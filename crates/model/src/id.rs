//! Identifiers: fixed-length newtypes over bytes with one text form each, and the short names that charters use.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Entropy;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not a UUID in its hyphenated lower-case form (RFC 9562, section 4).
    #[error("{kind} is not a hyphenated lower-case UUID")]
    NotUuid {
        /// What the id names.
        kind: &'static str,
    },
    /// The text is empty, too long or holds a character outside the allowed set.
    #[error("{kind} must be 1 to {max} characters of a-z, 0-9, '.', '_' and '-'")]
    NotName {
        /// What the name names.
        kind: &'static str,
        /// Longest allowed length in characters.
        max: usize,
    },
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = 16;

            /// Makes a random id (UUID version 4).
            pub fn random(entropy: &mut dyn Entropy) -> Self {
                let mut bytes = [0; Self::LEN];
                entropy.fill(&mut bytes);
                Self(*uuid::Builder::from_random_bytes(bytes).into_uuid().as_bytes())
            }

            /// Takes the bytes of an id as they are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let refused = IdError::NotUuid { kind: $kind };
                let uuid = uuid::Uuid::try_parse(text).map_err(|_| refused.clone())?;
                let id = Self(*uuid.as_bytes());
                if id.to_string() == text { Ok(id) } else { Err(refused) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

uuid_id!(
    /// One recording: a session of work that a person recorded or imported.
    SessionId,
    "a session id"
);
uuid_id!(
    /// One consent record of one contributor.
    ConsentId,
    "a consent id"
);

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Longest allowed length in characters.
            pub const LEN_MAX: usize = $max;

            /// The text form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
                if text.is_empty() || text.len() > Self::LEN_MAX || !text.chars().all(allowed) {
                    return Err(IdError::NotName { kind: $kind, max: Self::LEN_MAX });
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

name_id!(
    /// An application as a charter names it, for example `libreoffice-calc`.
    AppId,
    "an app id",
    64
);
name_id!(
    /// A web site as a charter names it: a lower-case host, for example `forms.example.test`.
    Site,
    "a site",
    253
);
name_id!(
    /// A purpose as a charter names it, for example `form-filling`.
    PurposeId,
    "a purpose id",
    64
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_text_form() {
        let text = "018f3a2e-7c1b-4d7a-9f00-0123456789ab";
        let id: SessionId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert!(text.to_uppercase().parse::<SessionId>().is_err());
        assert!(text.replace('-', "").parse::<SessionId>().is_err());
        assert!(format!("urn:uuid:{text}").parse::<SessionId>().is_err());
    }

    #[test]
    fn a_name_refuses_what_could_be_a_path() {
        assert!("a/b".parse::<AppId>().is_err());
        assert!("".parse::<AppId>().is_err());
        assert!("Mail".parse::<AppId>().is_err());
        assert!("m".repeat(65).parse::<AppId>().is_err());
        assert!("libreoffice-calc".parse::<AppId>().is_ok());
    }
}
