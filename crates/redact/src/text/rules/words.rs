//! Lists of words that checks look up. One word a line; `#` opens a remark.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data;

/// A list of words, sorted at the first look-up.
pub(super) type Words = LazyLock<BTreeSet<&'static str>>;

macro_rules! words {
    ($name:ident, $file:ident, $about:literal) => {
        #[doc = $about]
        pub(super) static $name: Words = LazyLock::new(|| listed(data::$file));
    };
}

words!(ROLES, ROLE_WORDS, "Names of accounts that name nobody.");
words!(NO_HANDLES, HANDLE_WORDS, "Words after an at sign that are no handles.");
words!(NO_VALUES, VALUE_WORDS, "Words that stand where a secret might stand and are none.");
words!(STREET_ENDS, STREET_WORDS, "Words that end the name of a street in English.");
words!(NO_TOWNS, NOT_TOWNS, "Words after a number of five digits that are no towns.");
words!(PAGES, PAGE_WORDS, "First parts of paths that are pages and no profiles.");

fn listed(file: &'static str) -> BTreeSet<&'static str> {
    file.lines().filter(|line| !line.starts_with('#')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_words() {
        for words in [&ROLES, &NO_HANDLES, &NO_VALUES, &STREET_ENDS, &NO_TOWNS, &PAGES] {
            assert!(words.len() > 30 && !words.contains(""));
        }
    }
}
