//! The strict profile: a capitalised word that nobody knows to be harmless is taken for a name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use candor_model::FindingKind;

use crate::data::{COMMON_WORDS, LABELS};
use crate::text::find::Find;
use crate::text::lexicon::folded;
use crate::text::lists::words;

pub(crate) const RULE: &str = "strict.capitalised";

/// The words of interfaces, and words that begin sentences.
static ALLOWED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let lines = LABELS.lines().chain(COMMON_WORDS.lines()).filter(|line| !line.starts_with("# "));
    lines.flat_map(words).map(|(_, word)| folded(word)).collect()
});

/// Whether `word` is one of interfaces, or begins sentences.
pub(crate) fn is_allowed(word: &str) -> bool {
    ALLOWED.contains(&folded(word))
}

/// Adds every capitalised word that is not allowed.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    find_as(text, RULE, finds);
}

/// The same under the name of another rule.
pub(crate) fn find_as(text: &str, rule: &'static str, finds: &mut Vec<Find>) {
    for (start, word) in words(text) {
        if word.contains(char::is_uppercase) && word.chars().count() > 1 && !is_allowed(word) {
            finds.push(Find { range: start..start + word.len(), kind: FindingKind::Unknown, rule });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_known_may_be_capitalised() {
        let mut finds = Vec::new();
        let text = "The Zarquon file: Save it, é McX.";
        find(text, &mut finds);
        let found: Vec<&str> = finds.into_iter().map(|f| text.get(f.range).unwrap()).collect();
        assert_eq!(found, ["Zarquon", "McX"]);
    }
}
