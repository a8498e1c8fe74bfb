//! What a line says: blocks that make a line of text a row of steps, and the likeliest character of each step.

use super::block::Block;
use super::dense::{After, Dense};
use super::depthwise::Depthwise;
use super::map::Map;
use super::weights::Layers;

/// How many pixels of the last map, across and down, make a step.
const STEP_PX: (usize, usize) = (2, 3);

/// The model.
pub(in crate::ocr) struct Recognition {
    stem: [Dense; 2],
    blocks: Vec<Block>,
    along: Depthwise,
    /// What makes of each step what speaks for each class.
    ends: [Dense; 3],
    class_count: usize,
}

impl Recognition {
    /// None if the bytes are another model.
    pub(in crate::ocr) fn read(model: &[u8]) -> Option<Self> {
        let mut layers = Layers::read(model)?;
        let first = layers.next((3, 3), 2, 3)?;
        let second = Dense::new(&layers.next((3, 3), 2, first.outputs)?, After::Nothing);
        let blocks = Block::all(&mut layers, second.outputs);
        let channels = blocks.last()?.outputs();
        let along = Depthwise::next(&mut layers, (1, 5), channels)?;
        let mixing = layers.next((1, 1), 1, channels)?;
        let narrow = layers.next((1, 1), 1, mixing.outputs)?;
        let classes = layers.next((1, 1), 1, narrow.outputs)?;
        layers.end()?;
        let ends = [(&mixing, After::Swish), (&narrow, After::Nothing), (&classes, After::Nothing)]
            .map(|(layer, after)| Dense::new(layer, after));
        let stem = [Dense::new(&first, After::Gelu), second];
        Some(Self { stem, blocks, along, ends, class_count: classes.outputs })
    }

    /// How many classes a step has.
    pub(in crate::ocr) const fn class_count(&self) -> usize {
        self.class_count
    }

    /// For each step of a line the likeliest class, and how likely it is.
    pub(in crate::ocr) fn run(&self, line: &Map) -> Vec<(usize, f32)> {
        let mut map = self.stem(line);
        for block in &self.blocks {
            map = block.run(&map);
        }
        let steps = steps(&map);
        let mut spread = self.along.run(&steps);
        spread.row_mut(0).iter_mut().for_each(|value| *value *= (*value / 6.0 + 0.5).clamp(0.0, 1.0));
        let last = self.ends.iter().fold(spread, |map, dense| {
            let mut next = Map::new(map.size(), dense.outputs, 0);
            dense.run(&map, &mut next, 0);
            next
        });
        let classes = last.row(0).chunks_exact(last.channels.max(1));
        classes.map(|step| likeliest(step.get(..self.class_count).unwrap_or_default())).collect()
    }

    fn stem(&self, line: &Map) -> Map {
        let [first, second] = &self.stem;
        let mut half = Map::new((line.width / 2, line.height / 2), first.outputs, 1);
        first.run(line, &mut half, 0);
        let mut quarter = Map::new((line.width / 4, line.height / 4), second.outputs, 1);
        second.run(&half, &mut quarter, 0);
        quarter
    }
}

/// The means of the pixels of each step.
fn steps(map: &Map) -> Map {
    let channels = map.channels;
    let mut steps = Map::new((map.width / STEP_PX.0, 1), channels, 2);
    let out = steps.row_mut(0);
    for row in map.rows().take(STEP_PX.1) {
        let parts = row.chunks_exact((STEP_PX.0 * channels).max(1));
        for (step, pixels) in out.chunks_exact_mut(channels.max(1)).zip(parts) {
            for pixel in pixels.chunks_exact(channels) {
                step.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value / 6.0);
            }
        }
    }
    steps
}

/// The class with the largest score, and its share of the whole.
fn likeliest(scores: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::MIN);
    for (class, score) in scores.iter().enumerate() {
        if *score > best.1 {
            best = (class, *score);
        }
    }
    let all: f32 = scores.iter().map(|score| (score - best.1).exp()).sum();
    (best.0, 1.0 / all)
}
