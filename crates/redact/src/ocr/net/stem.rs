//! The first layers of detection: a picture at a quarter of its size.

use super::dense::{After, Dense};
use super::map::Map;
use super::weights::Layers;

/// The first layers: to a quarter of the size.
pub(super) struct Stem {
    first: Dense,
    narrow: Dense,
    wide: Dense,
    halving: Dense,
    last: Dense,
}

impl Stem {
    pub(super) fn next(layers: &mut Layers) -> Option<Self> {
        let first = layers.next((3, 3), 2, 3)?;
        let narrow = layers.next((2, 2), 1, first.outputs)?;
        let wide = layers.next((2, 2), 1, narrow.outputs)?;
        let halving = layers.next((3, 3), 2, first.outputs + wide.outputs)?;
        let last = layers.next((1, 1), 1, halving.outputs)?;
        let [first, narrow, wide, halving, last] =
            [first, narrow, wide, halving, last].map(|layer| Dense::new(&layer, After::Relu));
        Some(Self { first, narrow, wide, halving, last })
    }

    /// How many channels its map has.
    pub(super) const fn outputs(&self) -> usize {
        self.last.outputs
    }

    pub(super) fn run(&self, picture: &Map) -> Map {
        let half = (picture.width / 2, picture.height / 2);
        let mut first = Map::new(half, self.first.outputs, 1);
        self.first.run(picture, &mut first, 0);
        let mut narrow = Map::new(half, self.narrow.outputs, 1);
        self.narrow.run(&first, &mut narrow, 0);
        let mut both = Map::new(half, first.channels + self.wide.outputs, 1);
        largest(&first, &mut both);
        self.wide.run(&narrow, &mut both, first.channels);
        drop((first, narrow));
        let mut halved = Map::new((half.0 / 2, half.1 / 2), self.halving.outputs, 0);
        self.halving.run(&both, &mut halved, 0);
        let mut last = Map::new(halved.size(), self.last.outputs, 1);
        self.last.run(&halved, &mut last, 0);
        last
    }
}

/// The largest of each pixel and those to its right and below, into the first channels of `into`. No value is below nought.
fn largest(map: &Map, into: &mut Map) {
    let (channels, step) = (map.channels, into.channels);
    for y in 0..map.height {
        let taps = map.taps(y, (2, 1));
        let [above, below] = taps.as_slice() else { continue };
        for (x, out) in into.row_mut(y).chunks_exact_mut(step.max(1)).enumerate() {
            let [above, below] =
                [above, below].map(|row| row.get(x * channels..(x + 2) * channels).unwrap_or_default());
            let ((left, right), (under, aslant)) = (above.split_at(channels), below.split_at(channels));
            let four = left.iter().zip(right).zip(under.iter().zip(aslant));
            for (out, ((a, b), (c, d))) in out.iter_mut().zip(four) {
                *out = larger(larger(*a, *b), larger(*c, *d));
            }
        }
    }
}

/// Of two numbers; `f32::max` asks for more than that.
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
