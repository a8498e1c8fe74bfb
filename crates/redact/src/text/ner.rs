//! Names and addresses by model: Rampart, a BERT of six layers that labels tokens, run on `rten` on the processor alone.
//!
//! The path of a text: `wordpiece` cuts it into tokens that know their bytes; `window` cuts long texts into windows that
//! overlap; windows of like length run together; `label` turns what the model says into finds, and `doubt` drops those that the text does not bear out. A token is masked where the
//! model gives enough to its being anything but ordinary text, whatever it would call it: [`MASK_FROM`] for names and places.

pub(crate) mod doubt;
mod label;
pub(crate) mod reader;
mod unicode;
mod window;
mod wordpiece;

use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value};

use crate::text::find::Find;
use crate::text::ner::label::{LABELS, Reading, finds};
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
    model: Model,
    inputs: [NodeId; 3],
    output: NodeId,
    vocabulary: Vocabulary,
}

impl Ner {
    /// Loads the model from the bytes of `model_q4.onnx` and the text of `vocab.txt`.
    pub(crate) fn load(model: Vec<u8>, vocabulary: &str) -> Result<Self, NerError> {
        let model = Model::load(model).map_err(|_| NerError::Model)?;
        let node = |name| model.node_id(name).map_err(|_| NerError::Model);
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node("logits")?;
        let vocabulary = Vocabulary::parse(vocabulary).ok_or(NerError::Vocabulary)?;
        Ok(Self { model, inputs, output, vocabulary })
    }

    /// What the model finds in each of `texts`, sorted and apart. It computes on the threads of the caller.
    pub(crate) fn read(&self, threads: &Arc<ThreadPool>, texts: &[&str]) -> Result<Vec<Vec<Find>>, NerError> {
        self.read_in_time(threads, texts, &|| true)
    }

    /// The same. `in_time` is asked before each run of the model whether there is time left.
    pub(crate) fn read_in_time(
        &self,
        threads: &Arc<ThreadPool>,
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
            self.run(threads, &batch, &tokens, &mut readings)?;
        }
        let all = texts.iter().zip(&tokens).zip(&readings);
        Ok(all.map(|((text, tokens), readings)| finds(text, tokens, readings)).collect())
    }

    /// Runs windows side by side, and notes what each token is.
    fn run(
        &self,
        threads: &Arc<ThreadPool>,
        batch: &[Window],
        tokens: &[Vec<Token>],
        readings: &mut [Vec<Reading>],
    ) -> Result<(), NerError> {
        let width = batch.iter().map(Window::width).max().unwrap_or(0);
        let (mut ids, mut mask) = (Vec::new(), Vec::new());
        for window in batch {
            let own = tokens.get(window.text).and_then(|t| t.get(window.tokens.clone())).unwrap_or_default();
            ids.push(self.vocabulary.class);
            ids.extend(own.iter().map(|token| token.id));
            ids.push(self.vocabulary.separator);
            mask.resize(ids.len(), 1_i32);
            let padding = width.saturating_sub(own.len() + 2);
            ids.resize(ids.len() + padding, 0);
            mask.resize(ids.len(), 0);
        }
        let logits = self.logits(threads, [batch.len(), width], ids, mask)?;
        let rows: Vec<&[f32]> = logits.chunks_exact(LABELS).collect();
        for (n, window) in batch.iter().enumerate() {
            let Some(noted) = readings.get_mut(window.text) else { continue };
            // Row 0 of a window is the class token.
            let rows = rows.iter().skip(n * width + 1);
            for (reading, row) in
                noted.iter_mut().skip(window.tokens.start).zip(rows).take(window.tokens.len())
            {
                reading.note(row);
            }
        }
        Ok(())
    }

    /// A row of scores for each token.
    fn logits(
        &self,
        threads: &Arc<ThreadPool>,
        shape: [usize; 2],
        ids: Vec<i32>,
        mask: Vec<i32>,
    ) -> Result<Vec<f32>, NerError> {
        let types = vec![0_i32; ids.len()];
        let value = |data: Vec<i32>| Value::from_shape(shape, data).map_err(|_| NerError::Run);
        let [id_node, mask_node, type_node] = self.inputs;
        let inputs = vec![
            (id_node, value(ids)?.into()),
            (mask_node, value(mask)?.into()),
            (type_node, value(types)?.into()),
        ];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(threads)));
        let mut outputs = self.model.run(inputs, &[self.output], Some(options)).map_err(|_| NerError::Run)?;
        let logits = outputs.pop().ok_or(NerError::Run)?;
        let ([rows, columns, labels], scores) =
            logits.into_shape_vec::<f32, 3>().map_err(|_| NerError::Run)?;
        let is_whole = [rows, columns] == shape && labels == LABELS && scores.iter().all(|s| s.is_finite());
        is_whole.then_some(scores).ok_or(NerError::Run)
    }
}

#[cfg(test)]
mod tests;
