//! What both models are made of: a convolution by channel, a weighting of the channels, and two products.

use super::dense::{After, Dense, Pixels};
use super::depthwise::Depthwise;
use super::map::Map;
use super::weights::{Layer, Layers};

/// Slope of the hard sigmoid within a block, and in the neck of detection.
pub(super) const BLOCK_SLOPE: f32 = 0.166_666_7;
pub(super) const NECK_SLOPE: f32 = 0.2;
/// Pixels whose inner values are held at once: few enough for the nearest memory.
const PIXELS_MAX: usize = 48;

/// A block.
pub(super) struct Block {
    depthwise: Depthwise,
    squeeze: Option<Squeeze>,
    wide: Dense,
    narrow: Dense,
    /// Whether its input is added to what it makes of it.
    is_added: bool,
}

impl Block {
    /// The next block, for maps of so many channels.
    fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let depthwise = Depthwise::next(layers, (3, 3), channels)?;
        let squeeze =
            if layers.narrows() { Some(Squeeze::next(layers, channels, BLOCK_SLOPE)?) } else { None };
        let wide = layers.next((1, 1), 1, channels)?;
        let narrow = Dense::new(&layers.next((1, 1), 1, wide.outputs)?, After::Nothing);
        let is_added = depthwise.stride == (1, 1) && channels == narrow.outputs;
        Some(Self { depthwise, squeeze, wide: Dense::new(&wide, After::Gelu), narrow, is_added })
    }

    /// All blocks that follow each other, the first for maps of so many channels.
    pub(super) fn all(layers: &mut Layers, mut channels: usize) -> Vec<Self> {
        let next = || Self::next(layers, channels).inspect(|block| channels = block.narrow.outputs);
        std::iter::from_fn(next).collect()
    }

    /// Whether its map is smaller than what it reads.
    pub(super) fn halves(&self) -> bool {
        self.depthwise.stride != (1, 1)
    }

    /// How many channels its map has.
    pub(super) const fn outputs(&self) -> usize {
        self.narrow.outputs
    }

    pub(super) fn run(&self, input: &Map) -> Map {
        let mut spread = self.depthwise.run(input);
        if let Some(squeeze) = &self.squeeze {
            let factors = squeeze.factors(&spread.means());
            spread.scale(&factors);
        }
        let mut output = Map::new(spread.size(), self.narrow.outputs, 1);
        let mut inner = vec![0.0; PIXELS_MAX * self.wide.outputs];
        for y in 0..spread.height {
            self.row(spread.row(y), &mut inner, output.row_mut(y));
        }
        output
    }

    fn row(&self, row: &[f32], inner: &mut [f32], out: &mut [f32]) {
        let (channels, hidden) = (self.depthwise.channels, self.wide.outputs);
        let parts = row.chunks(PIXELS_MAX * channels);
        for (part, out) in parts.zip(out.chunks_mut(PIXELS_MAX * self.narrow.outputs)) {
            let count = part.len() / channels.max(1);
            self.wide.row(&[part], Pixels { count, step: channels, out_step: hidden }, None, inner);
            let pixels = Pixels { count, step: hidden, out_step: self.narrow.outputs };
            self.narrow.row(&[&*inner], pixels, self.is_added.then_some(part), out);
        }
    }
}

/// How much each channel counts, by the means of all of them.
pub(super) struct Squeeze {
    inner: Layer,
    outer: Layer,
    slope: f32,
}

impl Squeeze {
    pub(super) fn next(layers: &mut Layers, channels: usize, slope: f32) -> Option<Self> {
        let inner = layers.next((1, 1), 1, channels)?;
        let outer = layers.next((1, 1), 1, inner.outputs)?;
        (outer.outputs == channels).then_some(Self { inner, outer, slope })
    }

    pub(super) fn factors(&self, means: &[f32]) -> Vec<f32> {
        let inner = product(&self.inner, means).into_iter().map(|value| value.max(0.0)).collect::<Vec<f32>>();
        let outer = product(&self.outer, &inner).into_iter();
        outer.map(|value| (value * self.slope + 0.5).clamp(0.0, 1.0)).collect()
    }
}

fn product(layer: &Layer, values: &[f32]) -> Vec<f32> {
    let sum = |(output, bias): (usize, &f32)| {
        let products = layer.of_output(output).iter().zip(values).map(|(weight, value)| weight * value);
        bias + products.sum::<f32>()
    };
    layer.bias.iter().enumerate().map(sum).collect()
}
