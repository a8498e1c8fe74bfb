//! What the transformer says of the texts of a picture: of all of them in few runs, since each run unpacks all weights.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::ocr::Hurry;
use crate::text::find::Find;
use crate::text::ner::{Ner, NerError};

/// Most texts whose finds are remembered; then all are forgotten.
const TEXTS_MAX: usize = 8_192;

/// The SHA-256 of a text: memory holds where something was found, never the text.
type Tag = [u8; 32];

/// The transformer, with what it said before.
pub(crate) struct Names {
    ner: Arc<Ner>,
    known: BTreeMap<Tag, Vec<Find>>,
}

impl Names {
    pub(crate) fn new(ner: Arc<Ner>) -> Self {
        Self { ner, known: BTreeMap::new() }
    }

    /// What is found in each of `texts`. There must be time for it before each run.
    pub(crate) fn find(&mut self, texts: &[&str], hurry: Hurry<'_>) -> Result<Vec<Vec<Find>>, NerError> {
        if self.known.len() + texts.len() > TEXTS_MAX {
            self.known.clear();
        }
        let mut asked = BTreeSet::new();
        let is_new = |text: &&str| !self.known.contains_key(&tag(text)) && asked.insert(tag(text));
        let new: Vec<&str> = texts.iter().copied().filter(is_new).collect();
        let read = self.ner.read_in_time(&new, &|| hurry.check().is_ok())?;
        self.known.extend(new.iter().map(|text| tag(text)).zip(read));
        Ok(texts.iter().map(|text| self.known.get(&tag(text)).cloned().unwrap_or_default()).collect())
    }
}

fn tag(text: &str) -> Tag {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::path::Path;

    use super::*;
    use crate::{Models, TimeLeft};

    #[test]
    fn there_must_be_time_for_each_run_of_the_transformer() {
        let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
        let texts: Vec<String> = (1..6).map(|n| "Dana Lund wrote this. ".repeat(20 * n)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let find = |late_from: usize| {
            let asked = Cell::new(0);
            let time_left = || {
                if asked.replace(asked.get() + 1) < late_from { TimeLeft::Little } else { TimeLeft::Nothing }
            };
            let found = Names::new(models.ner().unwrap()).find(&texts, Hurry::new(&time_left));
            (found, asked.get())
        };
        let (found, runs) = find(usize::MAX);
        assert!(runs >= texts.len() && found.unwrap().iter().all(|finds| !finds.is_empty()), "{runs} runs");
        for late_from in [0, 1, runs - 1] {
            assert_eq!(find(late_from), (Err(NerError::OutOfTime), late_from + 1));
        }
    }
}
