//! What the transformer says of the texts of a picture: of all of them in few runs, since each run unpacks all weights.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rten::ThreadPool;
use sha2::{Digest, Sha256};

use crate::text::find::Find;
use crate::text::ner::{Ner, NerError};

/// Most texts whose finds are remembered; then all are forgotten.
const TEXTS_MAX: usize = 8_192;

/// The SHA-256 of a text: memory holds where something was found, never the text.
type Tag = [u8; 32];

/// The transformer, with what it said before.
pub(crate) struct Names {
    ner: Arc<Ner>,
    threads: Arc<ThreadPool>,
    known: BTreeMap<Tag, Vec<Find>>,
}

impl Names {
    pub(crate) fn new(ner: Arc<Ner>) -> Self {
        Self { ner, threads: Arc::new(ThreadPool::with_num_threads(1)), known: BTreeMap::new() }
    }

    /// What is found in each of `texts`.
    pub(crate) fn find(&mut self, texts: &[&str]) -> Result<Vec<Vec<Find>>, NerError> {
        if self.known.len() + texts.len() > TEXTS_MAX {
            self.known.clear();
        }
        let mut asked = BTreeSet::new();
        let is_new = |text: &&str| !self.known.contains_key(&tag(text)) && asked.insert(tag(text));
        let mut new: Vec<&str> = texts.iter().copied().filter(is_new).collect();
        // Texts of like length run side by side.
        new.sort_by_key(|text| text.len());
        let read = self.ner.read(&self.threads, &new)?;
        self.known.extend(new.iter().map(|text| tag(text)).zip(read));
        Ok(texts.iter().map(|text| self.known.get(&tag(text)).cloned().unwrap_or_default()).collect())
    }
}

fn tag(text: &str) -> Tag {
    Sha256::digest(text.as_bytes()).into()
}
