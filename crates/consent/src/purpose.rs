//! A purpose says what a model is for. "AI training" does not.

use std::collections::BTreeSet;

use candor_model::PurposeId;
use serde::{Deserialize, Serialize};

/// Whether a model may come to do the work of those who recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnWork {
    /// No.
    No,
    /// Parts of it.
    Parts,
    /// Nobody knows.
    Unknown,
}

/// What a model is trained for. Each purpose is chosen alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The name that consents and requests use.
    pub id: PurposeId,
    /// A short title for people.
    pub title: String,
    /// What the model is for, in one or two sentences.
    pub statement: String,
    /// Whether the model may come to do what the contributors do. People ask this first, so it cannot be left out.
    pub own_work: OwnWork,
    /// Its class, one of [`crate::dpv::PURPOSE_CLASSES`].
    pub dpv: String,
}

impl Purpose {
    /// Fewest characters of a statement that can say what a model is for.
    pub const STATEMENT_CHARS_MIN: usize = 40;
    /// Most characters of a statement that somebody still reads.
    pub const STATEMENT_CHARS_MAX: usize = 600;
    /// Fewest different words that say something besides "AI training".
    const TELLING_WORDS_MIN: usize = 3;

    /// Whether the statement says what the model is for.
    ///
    /// A statement is refused if it is short, or if too few words are left once the words that every training program
    /// could use are set aside. The list is English; a statement in another language is held to its length.
    #[must_use]
    pub fn says_what_for(&self) -> bool {
        let length = self.statement.trim().chars().count();
        let in_bounds = (Self::STATEMENT_CHARS_MIN..=Self::STATEMENT_CHARS_MAX).contains(&length);
        in_bounds && telling_words(&self.statement).len() >= Self::TELLING_WORDS_MIN
    }
}

fn telling_words(statement: &str) -> BTreeSet<String> {
    let words = statement.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() >= 3 && !EMPTY_WORDS.contains(&word.as_str())).collect()
}

/// Words that tell nothing about what a model is for.
#[rustfmt::skip]
const EMPTY_WORDS: [&str; 108] = [
    "able", "advance", "agent", "agents", "algorithm", "algorithms", "all", "and", "any", "are",
    "artificial", "assistant", "assistants", "automated", "automation", "based", "better", "broad", "build",
    "building", "business", "capabilities", "capability", "collect", "company", "computer", "computers",
    "create", "creating", "data", "dataset", "datasets", "deep", "develop", "developing", "development",
    "different", "enable", "etc", "evaluate", "evaluation", "example", "fine", "for", "foundation", "from",
    "future", "general", "generally", "generative", "help", "helps", "improve", "improved", "improvement",
    "improvements", "improving", "information", "intelligence", "intelligent", "internal", "kind", "kinds",
    "language", "large", "learn", "learning", "llm", "llms", "machine", "make", "many", "model", "models",
    "network", "networks", "neural", "new", "only", "other", "our", "performance", "product", "products",
    "purpose", "purposes", "quality", "related", "research", "service", "services", "smart", "software",
    "some", "such", "system", "systems", "technology", "that", "the", "their", "they", "this", "train",
    "trained", "training", "use", "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(statement: &str) -> Purpose {
        Purpose {
            id: "form-filling".parse().unwrap(),
            title: "Forms".into(),
            statement: statement.into(),
            own_work: OwnWork::Parts,
            dpv: "dpv:InternalResourceOptimisation".into(),
        }
    }

    #[test]
    fn ai_training_alone_says_nothing() {
        for statement in [
            "AI training",
            "Training.",
            "machine learning",
            "Training of artificial intelligence models and machine learning systems",
            "To develop, train, improve and evaluate our general AI models, agents and services",
            "Fill forms.",
            "training training training training training training training training",
            "AI training                                                          ",
        ] {
            assert!(!purpose(statement).says_what_for(), "{statement}");
        }
    }

    #[test]
    fn a_statement_that_names_the_use_is_accepted() {
        for statement in [
            "Train an internal agent to fill expense forms",
            "Train an assistant that copies figures from a mail into the right cells of a spreadsheet.",
        ] {
            assert!(purpose(statement).says_what_for(), "{statement}");
        }
    }
}
