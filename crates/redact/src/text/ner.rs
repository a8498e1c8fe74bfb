//! Names and addresses by model: Rampart, a BERT of six layers that labels tokens, computed in `net` on the processor alone.
//!
//! The path of a text: `wordpiece` cuts it into tokens that know their bytes; `window` cuts long texts into windows that
//! overlap; windows run together; `label` turns what the model says into finds, and `doubt` drops those that the text does
//! not bear out. A token is masked where the model gives enough to its being anything but ordinary text, whatever it would
//! call it: [`MASK_FROM`] for names and places.

pub(crate) mod doubt;
mod label;
mod net;
pub(crate) mod reader;
mod unicode;
mod window;
mod wordpiece;

use crate::text::find::Find;
use crate::text::ner::label::{LABELS, Reading, finds};
use crate::text::ner::net::Net;
use crate::text::ner::window::{Window, batches, windows};
use crate::text::ner::wordpiece::{Token, Vocabulary};

/// What the model must give to "not ordinary text" for a token to be masked. Half as much as the most likely label
/// would need: a name that is left costs more than a word that is masked.
pub(crate) const MASK_FROM: f32 = 0.2;

/// Why the model cannot be used. Without it there is no redaction under a profile that asks for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NerError {
    #[error("the model does not load")]
    Model,
    #[error("the vocabulary lacks a special token")]
    Vocabulary,
    #[error("the model did not run")]
    Run,
    #[error("the texts cannot be read in time")]
    OutOfTime,
}

/// The loaded model.
pub(crate) struct Ner {
    net: Net,
    vocabulary: Vocabulary,
}

impl Ner {
    /// Loads the model from the bytes of `model_q4.onnx` and the text of `vocab.txt`.
    pub(crate) fn load(model: &[u8], vocabulary: &str) -> Result<Self, NerError> {
        let net = Net::read(model).ok_or(NerError::Model)?;
        let vocabulary = Vocabulary::parse(vocabulary).ok_or(NerError::Vocabulary)?;
        Ok(Self { net, vocabulary })
    }

    /// What the model finds in each of `texts`, sorted and apart. It computes on the thread of the caller.
    pub(crate) fn read(&self, texts: &[&str]) -> Result<Vec<Vec<Find>>, NerError> {
        self.read_in_time(texts, &|| true)
    }

    /// The same. `in_time` is asked before each run of the model whether there is time left.
    pub(crate) fn read_in_time(
        &self,
        texts: &[&str],
        in_time: &dyn Fn() -> bool,
    ) -> Result<Vec<Vec<Find>>, NerError> {
        let tokens: Vec<Vec<Token>> = texts.iter().map(|text| self.vocabulary.tokens(text)).collect();
        let windows: Vec<Window> =
            tokens.iter().enumerate().flat_map(|(text, tokens)| windows(text, tokens)).collect();
        let mut readings: Vec<Vec<Reading>> =
            tokens.iter().map(|tokens| vec![Reading::NOTHING; tokens.len()]).collect();
        for batch in batches(windows) {
            if !in_time() {
                return Err(NerError::OutOfTime);
            }
            self.run(&batch, &tokens, &mut readings)?;
        }
        let all = texts.iter().zip(&tokens).zip(&readings);
        Ok(all.map(|((text, tokens), readings)| finds(text, tokens, readings)).collect())
    }

    /// Runs windows side by side, and notes what each token is.
    fn run(
        &self,
        batch: &[Window],
        tokens: &[Vec<Token>],
        readings: &mut [Vec<Reading>],
    ) -> Result<(), NerError> {
        let framed = |window: &Window| {
            let own = tokens.get(window.text).and_then(|t| t.get(window.tokens.clone())).unwrap_or_default();
            let own = own.iter().map(|token| token.id);
            [self.vocabulary.class].into_iter().chain(own).chain([self.vocabulary.separator]).collect()
        };
        let scores = self.scores(&batch.iter().map(framed).collect::<Vec<_>>())?;
        let mut scores = scores.as_slice();
        for window in batch {
            let own;
            (own, scores) = scores.split_at_checked(window.width() * LABELS).unwrap_or_default();
            let Some(noted) = readings.get_mut(window.text) else { continue };
            // The first row of a window is that of the class token, the last that of the separator.
            let rows = own.chunks_exact(LABELS).skip(1);
            for (reading, row) in
                noted.iter_mut().skip(window.tokens.start).take(window.tokens.len()).zip(rows)
            {
                reading.note(row);
            }
        }
        Ok(())
    }

    /// A row of scores for each token of each window.
    fn scores(&self, windows: &[Vec<i32>]) -> Result<Vec<f32>, NerError> {
        let scores = self.net.run(windows);
        let count: usize = windows.iter().map(Vec::len).sum();
        let is_whole = scores.len() == count * LABELS && scores.iter().all(|score| score.is_finite());
        is_whole.then_some(scores).ok_or(NerError::Run)
    }
}

#[cfg(test)]
mod tests;
