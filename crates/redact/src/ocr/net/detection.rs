//! Where text is: a backbone of blocks that halve the picture, a neck that joins what they saw, and a head that doubles it again.

use super::block::Block;
use super::dense;
use super::head::Head;
use super::map::Map;
use super::neck::{End, Level};
use super::stem::Stem;
use super::weights::Layers;

/// How often the backbone hands on what it saw.
const LEVELS: usize = 4;

/// The model.
pub(in crate::ocr) struct Detection {
    stem: Stem,
    blocks: Vec<Block>,
    /// From the smallest level to the largest.
    levels: Vec<Level>,
    ends: Vec<End>,
    head: Head,
}

impl Detection {
    /// None if the bytes are another model.
    pub(in crate::ocr) fn read(model: &[u8]) -> Option<Self> {
        let mut layers = Layers::read(model)?;
        let stem = Stem::next(&mut layers)?;
        let blocks = Block::all(&mut layers, stem.outputs());
        let seen = seen(&blocks).into_iter().rev();
        let levels: Vec<Level> =
            seen.map(|channels| Level::next(&mut layers, channels)).collect::<Option<_>>()?;
        let ends =
            levels.iter().map(|level| End::next(&mut layers, level.outputs())).collect::<Option<_>>()?;
        let head = Head::next(&mut layers, LEVELS * dense::LANES)?;
        layers.end()?;
        (levels.len() == LEVELS).then_some(Self { stem, blocks, levels, ends, head })
    }

    /// The probability of text for each pixel of a picture whose sides are multiples of 32; nought where it is less than a fifth.
    pub(in crate::ocr) fn run(&self, picture: &Map) -> Vec<f32> {
        let mut seen = self.backbone(picture);
        let mut joined: Vec<Map> = Vec::with_capacity(LEVELS);
        for level in &self.levels {
            let Some(map) = seen.pop() else { break };
            joined.push(level.run(&map, joined.last()));
        }
        let Some(size) = joined.last().map(Map::size) else { return Vec::new() };
        let mut all = Map::new(size, LEVELS * dense::LANES, 1);
        for ((n, end), map) in self.ends.iter().enumerate().zip(joined) {
            end.run(&map, &mut all, n * dense::LANES);
        }
        self.head.run(&all)
    }

    /// What is seen before each halving, and at the end.
    fn backbone(&self, picture: &Map) -> Vec<Map> {
        let mut last = self.stem.run(picture);
        let mut seen = Vec::with_capacity(LEVELS);
        for block in &self.blocks {
            let next = block.run(&last);
            let before = std::mem::replace(&mut last, next);
            if block.halves() {
                seen.push(before);
            }
        }
        seen.push(last);
        seen
    }
}

/// How many channels what is seen has: before each halving, and at the end.
fn seen(blocks: &[Block]) -> Vec<usize> {
    let halving = blocks.windows(2).filter_map(|pair| match pair {
        [before, block] if block.halves() => Some(before.outputs()),
        _ => None,
    });
    halving.chain(blocks.last().map(Block::outputs)).collect()
}
