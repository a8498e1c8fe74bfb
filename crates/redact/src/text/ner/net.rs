//! The transformer, computed here: a BERT of six layers (Devlin et al. 2018) whose weights have four bits.
//!
//! Why our own, where `rten` 0.27 runs such files: it makes numbers of all ten million weights one by one at every run, which takes as
//! long as some thirty tokens, and most texts have twenty. Here they lie as the product uses them (`product`), and as many as a
//! register holds are made numbers at once; windows stand one after the other without padding, and only `attention` knows where each
//! ends. What is left are multiplications, three quarters of what the core can do: whole numbers would be quicker where a machine has
//! instructions for them, but values of eight bits are another model than the one that was scored, and `rten-simd` adds no products of
//! sixteen bits.
//!
//! `file` reads the pinned file as it is and refuses one that lacks what a layer needs, or has it in another size; a test holds what
//! comes out to what `rten` makes of the same file.

mod attention;
mod file;
mod norm;
mod product;
#[cfg(test)]
mod tests;

use crate::text::ner::label::LABELS;
use crate::text::ner::net::file::File;
use crate::text::ner::net::norm::Norm;
use crate::text::ner::net::product::{After, Product};

/// Values of a token.
const WIDTH: usize = 384;
/// Values of a token within the second half of a layer.
const INNER: usize = 1536;
const LAYERS: usize = 6;
/// Places of a window.
const PLACES: usize = 512;

/// The model.
pub(super) struct Net {
    words: Embedding,
    /// What each place of a window adds to its word.
    places: Vec<f32>,
    first_norm: Norm,
    layers: Vec<Layer>,
    classes: Product,
}

/// Rows of bytes that stand for numbers.
struct Embedding {
    rows: Vec<u8>,
    scale: f32,
    zero: f32,
}

/// One layer: what tokens say to each other, and what becomes of each.
struct Layer {
    /// What a token asks, what it answers to, and what it says, side by side.
    asked: Product,
    mixed: Product,
    mixed_norm: Norm,
    inner: Product,
    outer: Product,
    outer_norm: Norm,
}

impl Net {
    /// None if the bytes are another model.
    pub(super) fn read(model: &[u8]) -> Option<Self> {
        let file = File::read(model)?;
        let types = file.embedding("token_type")?.row(0);
        let places = file.embedding("position")?;
        let places: Vec<f32> = (0..PLACES).flat_map(|at| sum(&places.row(at), &types)).collect();
        Some(Self {
            words: file.embedding("word")?,
            places: (places.len() == PLACES * WIDTH).then_some(places)?,
            first_norm: file.norm("bert.embeddings")?,
            layers: (0..LAYERS).map(|n| Layer::read(&file, n)).collect::<Option<_>>()?,
            classes: file.classes()?,
        })
    }

    /// A row of scores, one for each label, for every token of every window. No window has more tokens than there are places.
    pub(super) fn run(&self, windows: &[Vec<i32>]) -> Vec<f32> {
        let lengths: Vec<usize> = windows.iter().map(Vec::len).collect();
        let mut values = self.embedded(windows);
        self.first_norm.run(&mut values);
        for layer in &self.layers {
            layer.run(&mut values, &lengths);
        }
        let classes = self.classes.run(&values);
        let rows = classes.chunks_exact(self.classes.width().max(1));
        rows.flat_map(|row| row.iter().take(LABELS).copied()).collect()
    }

    fn embedded(&self, windows: &[Vec<i32>]) -> Vec<f32> {
        let mut values = Vec::with_capacity(windows.iter().map(Vec::len).sum::<usize>() * WIDTH);
        for window in windows {
            for (id, place) in window.iter().zip(self.places.chunks_exact(WIDTH)) {
                values.extend(sum(&self.words.row(usize::try_from(*id).unwrap_or_default()), place));
            }
        }
        values
    }
}

impl Embedding {
    fn row(&self, at: usize) -> Vec<f32> {
        let row = self.rows.get(at * WIDTH..(at + 1) * WIDTH).unwrap_or_default();
        row.iter().map(|byte| (f32::from(*byte) - self.zero) * self.scale).collect()
    }
}

impl Layer {
    fn read(file: &File, number: usize) -> Option<Self> {
        let place = format!("encoder/layer.{number}");
        let asked = ["query", "key", "value"].map(|part| format!("{place}/attention/self/{part}"));
        let product = |part: &str, inputs, outputs, after| {
            file.product(&[format!("{place}/{part}")], (inputs, outputs), after)
        };
        let norm = |part: &str| file.norm(&format!("bert.encoder.layer.{number}.{part}"));
        Some(Self {
            asked: file.product(&asked, (WIDTH, WIDTH), After::Nothing)?,
            mixed: product("attention/output/dense", WIDTH, WIDTH, After::Nothing)?,
            mixed_norm: norm("attention.output")?,
            inner: product("intermediate/dense", WIDTH, INNER, After::Gelu)?,
            outer: product("output/dense", INNER, WIDTH, After::Nothing)?,
            outer_norm: norm("output")?,
        })
    }

    fn run(&self, values: &mut [f32], lengths: &[usize]) {
        let heard = attention::run(&self.asked.run(values), lengths);
        add(values, &self.mixed.run(&heard));
        self.mixed_norm.run(values);
        let inner = self.inner.run(values);
        add(values, &self.outer.run(&inner));
        self.outer_norm.run(values);
    }
}

fn add(values: &mut [f32], more: &[f32]) {
    values.iter_mut().zip(more).for_each(|(value, more)| *value += more);
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}
