//! The recipe: what a researcher asks for, as TOML. Specification: `docs/formats/recipe.md`.

use std::collections::BTreeSet;
use std::fmt;

use candor_model::{Digest, FormatVersion, PurposeId, VersionError};
use serde::Deserialize;

/// The version of recipes that this program reads.
pub const RECIPE_VERSION: FormatVersion = FormatVersion(1);
/// Largest recipe in bytes.
pub const RECIPE_BYTES_MAX: usize = 64 * 1024;
/// Longest filter in bytes: it bounds the depth of the expression, and with it the stack that its evaluation takes.
pub const FILTER_BYTES_MAX: usize = 2 * 1024;
/// Longest name in characters.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// Why bytes are not a recipe. Every variant is the writer's to mend.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The recipe is too large.
    #[error("the recipe has {bytes} bytes, and at most {RECIPE_BYTES_MAX} are read")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// The bytes are not UTF-8.
    #[error("the recipe is not UTF-8 text")]
    NotText,
    /// The text is not TOML of this shape; the source names the key and the line.
    #[error("the recipe is not valid")]
    NotValid(#[source] Box<toml::de::Error>),
    /// The recipe is of another version.
    #[error("the recipe is of another version")]
    Version(#[source] VersionError),
    /// The name cannot be the name of a folder everywhere.
    #[error(
        "the name must be 1 to {NAME_CHARACTERS_MAX} characters of a-z, 0-9, '.', '_' and '-', and begin with a letter or digit"
    )]
    Name,
    /// The percentages do not make a whole.
    #[error("train, validation and test are {sum} percent together, and must be 100")]
    Split {
        /// What they add up to.
        sum: u32,
    },
    /// The filter is empty or too long.
    #[error("the filter has {bytes} bytes; it must have 1 to {FILTER_BYTES_MAX}, or be left out")]
    FilterLength {
        /// Its length in bytes.
        bytes: usize,
    },
    /// A limit of zero steps asks for nothing.
    #[error("max_steps is 0: a dataset of no steps cannot be compiled")]
    NoSteps,
}

/// A derived form of the dataset, beside `steps.jsonl` and the images, which are always written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Parquet files that Hugging Face `datasets` loads with decoded images.
    Parquet,
    /// Trajectories in the shape of the AgentNet dataset.
    AgentNet,
}

impl Format {
    /// The name, as recipes write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::AgentNet => "agentnet",
        }
    }
}

/// A part of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose by.
    Validation,
    /// To measure with.
    Test,
}

impl Split {
    /// All splits, in the order that files and tables use.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The name, as files and the Hugging Face hub write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How contributors are dealt out to the splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shares {
    /// Changes which contributor falls where.
    #[serde(default)]
    pub(crate) seed: u64,
    /// Percent of the contributors.
    pub(crate) train: u8,
    /// Percent of the contributors.
    pub(crate) validation: u8,
    /// Percent of the contributors.
    pub(crate) test: u8,
}

impl Default for Shares {
    /// A recipe without a split asks for one part.
    fn default() -> Self {
        Self { seed: 0, train: 100, validation: 0, test: 0 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// Held against [`RECIPE_VERSION`] before; here so that the key is known.
    #[serde(rename = "version")]
    _version: FormatVersion,
    name: String,
    purpose: PurposeId,
    filter: Option<String>,
    #[serde(default)]
    split: Shares,
    formats: Vec<Format>,
    max_steps: Option<u64>,
}

/// A recipe: parsed, checked, and with its exact bytes.
#[derive(Debug, Clone)]
pub struct Recipe {
    bytes: Vec<u8>,
    name: String,
    purpose: PurposeId,
    filter: Option<String>,
    shares: Shares,
    formats: BTreeSet<Format>,
    max_steps: Option<u64>,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// When it is too large, not TOML of this shape, of another version, or asks for what cannot be.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecipeError> {
        if bytes.len() > RECIPE_BYTES_MAX {
            return Err(RecipeError::TooLarge { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| RecipeError::NotText)?;
        require_version(text)?;
        let document: Document = toml::from_str(text).map_err(not_valid)?;
        check(&document)?;
        Ok(Self::checked(bytes, document))
    }

    fn checked(bytes: &[u8], document: Document) -> Self {
        Self {
            bytes: bytes.to_vec(),
            name: document.name,
            purpose: document.purpose,
            filter: document.filter,
            shares: document.split,
            formats: document.formats.into_iter().collect(),
            max_steps: document.max_steps,
        }
    }

    /// The exact bytes: they stand in the dataset as `recipe.toml`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of the exact bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// The name that folders and the dataset card carry.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The one purpose.
    #[must_use]
    pub const fn purpose(&self) -> &PurposeId {
        &self.purpose
    }

    /// The SQL expression that a step must fulfil.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// The derived forms to write.
    #[must_use]
    pub const fn formats(&self) -> &BTreeSet<Format> {
        &self.formats
    }

    /// Most steps to take, in the order of records.
    #[must_use]
    pub const fn max_steps(&self) -> Option<u64> {
        self.max_steps
    }

    pub(crate) const fn shares(&self) -> Shares {
        self.shares
    }
}

/// A recipe of another version is told so, before its unknown keys are held against it.
fn require_version(text: &str) -> Result<(), RecipeError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: FormatVersion,
    }
    let versioned: Versioned = toml::from_str(text).map_err(not_valid)?;
    versioned.version.require(RECIPE_VERSION, "the recipe").map_err(RecipeError::Version)
}

fn not_valid(source: toml::de::Error) -> RecipeError {
    RecipeError::NotValid(Box::new(source))
}

fn check(document: &Document) -> Result<(), RecipeError> {
    if !is_name(&document.name) {
        return Err(RecipeError::Name);
    }
    let Shares { train, validation, test, .. } = document.split;
    let sum = u32::from(train) + u32::from(validation) + u32::from(test);
    if sum != 100 {
        return Err(RecipeError::Split { sum });
    }
    if document.max_steps == Some(0) {
        return Err(RecipeError::NoSteps);
    }
    match &document.filter {
        Some(filter) if filter.trim().is_empty() || filter.len() > FILTER_BYTES_MAX => {
            Err(RecipeError::FilterLength { bytes: filter.len() })
        }
        Some(_) | None => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    let letter_or_digit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= NAME_CHARACTERS_MAX
        && name.starts_with(letter_or_digit)
        && name.chars().all(|c| letter_or_digit(c) || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
version = 1
name = "forms-1"
purpose = "form-filling"
filter = "app = 'calc'"
formats = ["parquet", "agentnet"]
max_steps = 10

[split]
seed = 7
train = 80
validation = 10
test = 10
"#;

    fn parse(text: &str) -> Result<Recipe, RecipeError> {
        Recipe::parse(text.as_bytes())
    }

    #[test]
    fn an_unknown_key_is_refused_wherever_it_stands() {
        for text in [format!("colour = 1\n{WHOLE}"), format!("{WHOLE}colour = 1\n")] {
            assert!(matches!(parse(&text), Err(RecipeError::NotValid(_))), "{text}");
        }
        assert!(parse(&WHOLE.replace("\"agentnet\"", "\"webdataset\"")).is_err());
    }

    #[test]
    fn a_newer_version_is_named_even_with_unknown_keys() {
        let text = format!("colour = 1\n{}", WHOLE.replace("version = 1", "version = 2"));
        assert!(matches!(parse(&text), Err(RecipeError::Version(e)) if e.found == 2));
    }

    #[test]
    fn what_cannot_be_compiled_is_refused_when_read() {
        for (from, to) in [
            ("forms-1", "../forms"),
            ("forms-1", ".forms"),
            ("forms-1", ""),
            ("train = 80", "train = 81"),
            ("max_steps = 10", "max_steps = 0"),
            ("app = 'calc'", "  "),
            ("\"form-filling\"", "\"Form Filling\""),
        ] {
            assert!(parse(&WHOLE.replace(from, to)).is_err(), "{to}");
        }
        assert!(parse(&WHOLE.replace("app = 'calc'", &"a".repeat(FILTER_BYTES_MAX + 1))).is_err());
        assert!(Recipe::parse(&vec![b'\n'; RECIPE_BYTES_MAX + 1]).is_err());
        assert!(Recipe::parse(b"\xff").is_err());
    }

    #[test]
    fn a_recipe_keeps_its_exact_bytes() {
        let recipe = parse(WHOLE).unwrap();
        assert_eq!(recipe.bytes(), WHOLE.as_bytes());
        assert_eq!(recipe.digest(), Digest::of(WHOLE.as_bytes()));
        assert_eq!((recipe.name(), recipe.max_steps()), ("forms-1", Some(10)));
    }

    #[test]
    fn without_a_split_everything_is_for_training() {
        let least = "version = 1\nname = \"a\"\npurpose = \"p\"\nformats = []\n";
        assert_eq!(parse(least).unwrap().shares(), Shares { seed: 0, train: 100, validation: 0, test: 0 });
    }
}
