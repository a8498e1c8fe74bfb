//! The shipped lists, all in one place: what is read from here is part of which redactor this is.
//!
//! INVARIANT: no other module of this crate includes a file, tests apart. The digest of the rules covers [`FILES`],
//! so two redactors that read different lists cannot go by the same digest.

macro_rules! files {
    ($($(#[doc = $about:literal])* $name:ident = $file:literal;)*) => {
        $($(#[doc = $about])* pub(crate) const $name: &str = include_str!(concat!("../data/", $file));)*

        /// Every list by the name of its file.
        pub(crate) const FILES: &[(&str, &str)] = &[$(($file, $name)),*];
    };
}

files! {
    /// Given names; `~` marks those that are words too.
    GIVEN_NAMES = "given_names.txt";
    /// Surnames; `~` marks those that are words too.
    SURNAMES = "surnames.txt";
    /// Words that are capitalised and name nobody.
    COMMON_WORDS = "common_words.txt";
    /// Given names of the tagger.
    TAGGER_GIVEN = "tagger/given.txt";
    /// Surnames of the tagger.
    TAGGER_SURNAMES = "tagger/surname.txt";
    /// Ordinary words of the tagger.
    TAGGER_COMMON = "tagger/common.txt";
    /// Ordinary words that the transformer takes for names.
    NER_ORDINARY = "ner_ordinary.txt";
    /// Letters with a mark, each with the letter without: what the transformer's words are cut by.
    NER_LETTERS = "ner_letters.txt";
    /// Words that interfaces show by themselves.
    LABELS = "labels.txt";
    /// Heads of columns.
    HEADER_WORDS = "header_words.txt";
    /// Words of the names of numbers.
    ID_TITLES = "id_titles.txt";
    /// Names of accounts that name nobody.
    ROLE_WORDS = "role_words.txt";
    /// Words after an at sign that are no handles.
    HANDLE_WORDS = "handle_words.txt";
    /// Words that stand where a secret might stand.
    VALUE_WORDS = "value_words.txt";
    /// Words that end the name of a street.
    STREET_WORDS = "street_words.txt";
    /// Words after a number of five digits that are no towns.
    NOT_TOWNS = "not_towns.txt";
    /// First parts of paths that are pages.
    PAGE_WORDS = "page_words.txt";
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn room() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_a_list_of_this_page() {
        for entry in fs::read_dir(room().join("data")).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let known = entry.path().is_dir() || FILES.iter().any(|(file, _)| *file == name);
            assert!(
                known,
                "data/{name} is not in FILES: editing it would not change the digest of the rules"
            );
        }
        for (name, text) in FILES {
            assert_eq!(fs::read_to_string(room().join("data").join(name)).unwrap(), *text, "{name}");
        }
    }

    #[test]
    fn no_other_module_includes_a_file() {
        let mut paths = Vec::new();
        sources(&room().join("src"), &mut paths);
        assert!(paths.len() > 100);
        let own = room().join("src/data.rs");
        let shipped = |path: &&PathBuf| **path != own && !path.ends_with("tests.rs");
        for path in paths.iter().filter(shipped) {
            let source = fs::read_to_string(path).unwrap();
            let includes =
                ["include!", "include_str!", "include_bytes!"].iter().any(|call| source.contains(call));
            assert!(
                !includes,
                "{} includes a file that the digest of the rules does not cover",
                path.display()
            );
        }
    }

    #[test]
    fn the_digest_covers_every_file() {
        let mut left: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        left.sort_unstable();
        left.dedup();
        assert_eq!(left.len(), FILES.len(), "two lists of one name");
        assert!(left.contains(&"ner_letters.txt"));
    }
}
