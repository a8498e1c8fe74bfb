//! Profiles: how hard redaction looks.

use std::fmt;
use std::str::FromStr;

/// Which layers look at a text, and what a screen may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Rules, lists and the tagger: for bulk, megabytes a second.
    Fast,
    /// The same, and the transformer: for what people type and read, kilobytes a second.
    Standard,
    /// The same, and every capitalised word that is not known to be harmless; of a screen, every line of text.
    Strict,
}

/// A name that is no profile's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no redaction profile of that name, only \"fast\", \"standard\" and \"strict\"")]
pub struct UnknownProfile;

impl Profile {
    /// Every profile, from the lightest to the hardest.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Standard, Self::Strict];

    /// The name, as charters and command lines write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }

    /// Whether the transformer looks.
    pub(crate) const fn reads_by_model(self) -> bool {
        matches!(self, Self::Standard | Self::Strict)
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or(UnknownProfile)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_known_by_its_name_and_no_other() {
        for profile in Profile::ALL {
            assert_eq!(profile.name().parse(), Ok(profile));
        }
        assert_eq!("Standard".parse::<Profile>(), Err(UnknownProfile));
    }
}
