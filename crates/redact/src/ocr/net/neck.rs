//! The neck of detection: what the backbone saw at each size, joined from the smallest to the largest.

use super::block::{NECK_SLOPE, Squeeze};
use super::dense::{After, Dense, LANES};
use super::depthwise::Depthwise;
use super::map::Map;
use super::weights::Layers;

/// A level of the neck: what the backbone saw there, weighted, and the level below.
pub(super) struct Level {
    dense: Dense,
    squeeze: Squeeze,
}

impl Level {
    /// The next one, for maps of so many channels.
    pub(super) fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let dense = Dense::new(&layers.next((1, 1), 1, channels)?, After::Nothing);
        let squeeze = Squeeze::next(layers, dense.outputs, NECK_SLOPE)?;
        Some(Self { dense, squeeze })
    }

    /// How many channels its map has.
    pub(super) const fn outputs(&self) -> usize {
        self.dense.outputs
    }

    pub(super) fn run(&self, seen: &Map, below: Option<&Map>) -> Map {
        let mut level = Map::new(seen.size(), self.dense.outputs, 2);
        self.dense.run(seen, &mut level, 0);
        weigh(&self.squeeze, &mut level);
        if let Some(below) = below {
            add_doubled(below, &mut level);
        }
        level
    }
}

/// Each channel and what counts of it.
fn weigh(squeeze: &Squeeze, map: &mut Map) {
    let factors: Vec<f32> = squeeze.factors(&map.means()).into_iter().map(|factor| 1.0 + factor).collect();
    map.scale(&factors);
}

fn add_doubled(half: &Map, map: &mut Map) {
    let channels = half.channels;
    for y in 0..map.height {
        let pairs = map.row_mut(y).chunks_exact_mut((2 * channels).max(1));
        for (pair, pixel) in pairs.zip(half.row(y / 2).chunks_exact(channels.max(1))) {
            for twin in pair.chunks_exact_mut(channels.max(1)) {
                twin.iter_mut().zip(pixel).for_each(|(value, more)| *value += more);
            }
        }
    }
}

/// The end of the neck at a level.
pub(super) struct End {
    depthwise: Depthwise,
    dense: Dense,
    squeeze: Squeeze,
}

impl End {
    /// The next one, for maps of so many channels.
    pub(super) fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let depthwise = Depthwise::next(layers, (5, 5), channels)?;
        let dense = Dense::new(&layers.next((1, 1), 1, channels)?, After::Nothing);
        let squeeze = Squeeze::next(layers, dense.outputs, NECK_SLOPE)?;
        (dense.outputs == LANES).then_some(Self { depthwise, dense, squeeze })
    }

    /// Into the channels of `all` from `first` on, at its size.
    pub(super) fn run(&self, level: &Map, all: &mut Map, first: usize) {
        let spread = self.depthwise.run(level);
        let mut end = Map::new(spread.size(), self.dense.outputs, 0);
        self.dense.run(&spread, &mut end, 0);
        weigh(&self.squeeze, &mut end);
        let (times, step) = (all.width / end.width.max(1), all.channels);
        for y in 0..all.height {
            let pixels = all.row_mut(y).chunks_exact_mut(step.max(1)).enumerate();
            let row = end.row(y / times.max(1));
            for (x, pixel) in pixels {
                let from = x / times.max(1) * end.channels;
                let values = row.get(from..from + end.channels).unwrap_or_default();
                pixel.iter_mut().skip(first).zip(values).for_each(|(out, value)| *out = *value);
            }
        }
    }
}
