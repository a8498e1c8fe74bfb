//! Where faces are: `BlazeFace` of `MediaPipe` (Bazarevsky et al. 2019), in the version for pictures of 256 by 256.
//!
//! A convolution halves the picture, then 32 blocks follow each other: a convolution by channel and a product, to which what the
//! block reads is added; a block that halves adds the largest of each four pixels. Two heads say for each anchor how much it
//! looks like a face, and where: one after the second-last halving, one after the last.

use candor_model::Pixels;

use super::dense::{After, Dense, Pixels as Row};
use super::depthwise::Depthwise;
use super::map::Map;
use super::weights::{Layer, Layers};
use crate::ocr::area::Area;
use crate::ocr::resample::{Normal, resized};

/// The model sees squares of this side.
pub(crate) const SIDE_PX: usize = 256;
/// Bytes to -1 to 1.
const NORMAL: Normal = [(127.5, 1.0 / 127.5); 3];
/// Blocks, of which the last halves and adds nothing.
const BLOCKS: usize = 32;
/// What the first layer reads of the picture: its kernel begins one pixel before the pixel that it makes, and ends two after the next.
const KERNEL: (usize, usize) = (5, 5);
/// Red, green and blue.
const COLOURS: usize = 3;

/// The model.
pub(crate) struct FaceModel {
    first: Dense,
    blocks: Vec<Block>,
    near: Head,
    far: Head,
}

/// What a head says of each of its anchors, row by row: how much it looks like a face, and the values of its box.
pub(crate) struct Said {
    pub(crate) scores: Vec<f32>,
    pub(crate) boxes: Vec<f32>,
}

impl FaceModel {
    /// None if the bytes are another model.
    pub(crate) fn read(model: &[u8]) -> Option<Self> {
        let mut layers = Layers::read(model)?;
        let mut first = layers.next(KERNEL, 2, COLOURS)?;
        // The picture comes in blue, green, red.
        first.weights.chunks_exact_mut(COLOURS).for_each(<[f32]>::reverse);
        let blocks = Block::all(&mut layers, first.outputs);
        let [.., second_last, last] = blocks.as_slice() else { return None };
        let channels = (second_last.outputs, last.outputs);
        let far = Head::next(&mut layers, channels.1)?;
        let near = Head::next(&mut layers, channels.0)?;
        layers.end()?;
        let first = Dense::new(&first, After::Relu);
        (blocks.len() == BLOCKS).then_some(Self { first, blocks, near, far })
    }

    /// What it says of `look`, whose longer side becomes `size`'s: for the finer anchors, and for the coarser ones.
    pub(crate) fn run(&self, frame: &Pixels, look: Area, size: (usize, usize)) -> [Said; 2] {
        // One pixel more: the first layer reads two beyond the picture, and maps have a border of one.
        let picture = resized(frame, look, size, (SIDE_PX + 1, SIDE_PX + 1), NORMAL);
        let mut map = self.halved(&picture);
        let mut before = None;
        for (n, block) in (1..).zip(&self.blocks) {
            let next = block.run(&map, n < BLOCKS);
            before = Some(std::mem::replace(&mut map, next));
        }
        [self.near.run(before.as_ref().unwrap_or(&map)), self.far.run(&map)]
    }

    fn halved(&self, picture: &Map) -> Map {
        let mut map = Map::new((SIDE_PX / 2, SIDE_PX / 2), self.first.outputs, 1);
        let row = Row { count: map.width, step: 2 * COLOURS, out_step: self.first.outputs };
        for y in 0..map.height {
            let taps = self.first.taps(picture.taps_from(Some((2 * y, 0)), KERNEL), picture);
            self.first.row(&taps, row, None, map.row_mut(y));
        }
        map
    }
}

/// A block.
struct Block {
    depthwise: Depthwise,
    product: Dense,
    /// Channels of its map that say something.
    outputs: usize,
}

impl Block {
    /// All blocks that follow each other, the first for maps of so many channels.
    fn all(layers: &mut Layers, mut channels: usize) -> Vec<Self> {
        let next = || Self::next(layers, channels).inspect(|block| channels = block.outputs);
        std::iter::from_fn(next).collect()
    }

    fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let depthwise = Depthwise::new(&layers.next_by_channel((3, 3), channels)?);
        let product = layers.next((1, 1), 1, channels)?;
        Some(Self { depthwise, outputs: product.outputs, product: Dense::new(&product, After::Relu) })
    }

    fn run(&self, input: &Map, is_added: bool) -> Map {
        let step = self.depthwise.stride.0;
        let size = (input.width / step, input.height / step);
        let (mut output, mut inner) =
            (Map::new(size, self.product.outputs, 1), vec![0.0; size.0 * self.depthwise.channels]);
        // A kernel that halves begins on the pixel, another one before it.
        let begin = step - 1;
        let pooled = (is_added && step > 1).then(|| largest(input, size, self.product.outputs));
        let added = pooled.as_ref().or(is_added.then_some(input));
        let pixels = Row { count: size.0, step: self.depthwise.channels, out_step: self.product.outputs };
        for y in 0..size.1 {
            let taps = input.taps_from(Some((y * step + begin, begin)), self.depthwise.kernel);
            self.depthwise.row(&taps, &mut inner);
            self.product.row(&[&inner], pixels, added.map(|map| map.row(y)), output.row_mut(y));
        }
        output
    }
}

/// The largest of each four pixels, in a map of more channels.
fn largest(input: &Map, size: (usize, usize), channels: usize) -> Map {
    let mut output = Map::new(size, channels, 0);
    for y in 0..size.1 {
        let pairs = |row: usize| input.row(2 * y + row).chunks_exact(2 * input.channels.max(1));
        let fours = pairs(0).zip(pairs(1));
        for (out, (above, below)) in output.row_mut(y).chunks_exact_mut(channels.max(1)).zip(fours) {
            let ((a, b), (c, d)) = (above.split_at(input.channels), below.split_at(input.channels));
            let values = a.iter().zip(b).zip(c.iter().zip(d));
            let largest = values.map(|((a, b), (c, d))| a.max(*b).max(c.max(*d)));
            out.iter_mut().zip(largest).for_each(|(out, value)| *out = value);
        }
    }
    output
}

/// Two products over one map.
struct Head {
    boxes: (Dense, usize),
    scores: (Dense, usize),
}

impl Head {
    fn next(layers: &mut Layers, channels: usize) -> Option<Self> {
        let plain = |layer: Layer| (Dense::new(&layer, After::Nothing), layer.outputs);
        let boxes = plain(layers.next((1, 1), 1, channels)?);
        Some(Self { boxes, scores: plain(layers.next((1, 1), 1, channels)?) })
    }

    fn run(&self, map: &Map) -> Said {
        let said = |(dense, outputs): &(Dense, usize)| {
            let mut all = Map::new(map.size(), dense.outputs, 0);
            dense.run(map, &mut all, 0);
            let pixels = all.rows().flat_map(|row| row.chunks_exact(dense.outputs.max(1)));
            pixels.flat_map(|pixel| pixel.iter().take(*outputs).copied()).collect()
        };
        Said { scores: said(&self.scores), boxes: said(&self.boxes) }
    }
}
