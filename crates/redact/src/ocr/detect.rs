//! Where text is: the detection model over tiles of a frame, and the boxes of what it marked.

use candor_model::Pixels;

use crate::ocr::area::{Area, ceil, floor, index, pixels, real};
use crate::ocr::net::detection::Detection;
use crate::ocr::resample::{Normal, resized};
use crate::ocr::{Hurry, ReadError};

/// The frame is looked at in this size: the cost falls with the square, and nothing that people can read is lost.
const SCALE: f32 = 0.6;
/// Largest tile, in pixels of the frame: a screen of 1920 by 1080 is one. It bounds the memory of the model.
/// A multiple of 5, so that the tiles of the scaled map begin on whole pixels.
const TILE_PX: (u32, u32) = (2050, 1200);
/// What a product with it may be off by.
const ROUNDING: f32 = 0.01;
/// How much two tiles share: more than the height of a line that people can still call one.
const SHARED_PX: u32 = 130;
/// The model halves its input five times.
const STRIDE_PX: usize = 32;
/// From this probability a pixel is text. Low: a mask too large is better than a word too many.
const TEXT_FROM: u8 = 51;
/// A box whose pixels have less than this on average is none.
const MEAN_FROM: u64 = 76;
/// A box with a side below this many pixels of the map is none.
const SIDE_PX_MIN: usize = 3;
/// How far the model's marks lie inside the text, as a share of area over perimeter (differentiable binarisation).
const GROWTH: f32 = 1.4;
/// Most boxes of a frame.
pub(crate) const BOXES_MAX: usize = 20_000;

/// Mean and spread of the pictures that `PaddleOCR` trained with, for bytes: blue, green, red by position.
const NORMAL: Normal = [
    (0.485 * 255.0, 1.0 / (0.229 * 255.0)),
    (0.456 * 255.0, 1.0 / (0.224 * 255.0)),
    (0.406 * 255.0, 1.0 / (0.225 * 255.0)),
];

/// The boxes of all text in `area` of `frame`.
pub(crate) fn boxes(
    model: &Detection,
    frame: &Pixels,
    area: Area,
    hurry: Hurry<'_>,
) -> Result<Vec<Area>, ReadError> {
    let mut map = Map::of(area);
    for tile in tiles(area) {
        hurry.check()?;
        let (probabilities, width) = probabilities(model, frame, tile)?;
        map.add(tile, &probabilities, width);
    }
    map.boxes()
}

/// Tiles that cover `area`; neighbours share a strip.
fn tiles(area: Area) -> Vec<Area> {
    let columns = starts(area.left, area.right, TILE_PX.0);
    let rows = starts(area.top, area.bottom, TILE_PX.1);
    let pairs = rows.iter().flat_map(|top| columns.iter().map(move |left| (*left, *top)));
    pairs
        .filter_map(|(left, top)| {
            Area::new(left, top, area.right.min(left + TILE_PX.0), area.bottom.min(top + TILE_PX.1))
        })
        .collect()
}

fn starts(from: u32, to: u32, length: u32) -> Vec<u32> {
    let mut starts = vec![from];
    let mut at = from;
    while at.saturating_add(length) < to {
        at += length - SHARED_PX;
        starts.push(at);
    }
    starts
}

/// The probability of text, and the width of a row of it.
fn probabilities(model: &Detection, frame: &Pixels, tile: Area) -> Result<(Vec<f32>, usize), ReadError> {
    let size = (scaled(tile.width()), scaled(tile.height()));
    let padded = (size.0.next_multiple_of(STRIDE_PX), size.1.next_multiple_of(STRIDE_PX));
    let picture = resized(frame, tile, size, padded, NORMAL);
    let values = model.run(&picture);
    if values.len() != padded.0 * padded.1 {
        return Err(ReadError::Model("detection"));
    }
    Ok((values, padded.0))
}

fn scaled(length: u32) -> usize {
    ceil(real(index(length)) * SCALE - ROUNDING).max(1)
}

/// The probability of text over an area, scaled.
struct Map {
    area: Area,
    width: usize,
    height: usize,
    values: Vec<u8>,
}

impl Map {
    fn of(area: Area) -> Self {
        let (width, height) = (scaled(area.width()), scaled(area.height()));
        Self { area, width, height, values: vec![0; width * height] }
    }

    /// Takes up a tile; where two lie over each other the larger probability counts.
    fn add(&mut self, tile: Area, probabilities: &[f32], row_length: usize) {
        let left = floor(real(index(tile.left - self.area.left)) * SCALE + 0.5);
        let top = floor(real(index(tile.top - self.area.top)) * SCALE + 0.5);
        let (width, height) = (scaled(tile.width()), scaled(tile.height()));
        let rows = self.values.chunks_exact_mut(self.width).skip(top).take(height);
        for (row, source) in rows.zip(probabilities.chunks_exact(row_length)) {
            for (value, probability) in row.iter_mut().skip(left).take(width).zip(source) {
                *value = (*value).max(byte(*probability));
            }
        }
    }

    /// Every group of touching marks, grown to the text around it.
    fn boxes(mut self) -> Result<Vec<Area>, ReadError> {
        let mut boxes = Vec::new();
        let mut stack = Vec::new();
        for start in 0..self.values.len() {
            let Some(group) = self.group(start, &mut stack) else { continue };
            boxes.extend(self.grown(&group));
            if boxes.len() > BOXES_MAX {
                return Err(ReadError::TooMuchText);
            }
        }
        Ok(boxes)
    }

    /// Takes the group of marks that holds `start` off the map.
    fn group(&mut self, start: usize, stack: &mut Vec<usize>) -> Option<Group> {
        let mut group = Group { left: usize::MAX, top: usize::MAX, right: 0, bottom: 0, count: 0, sum: 0 };
        stack.push(start);
        while let Some(at) = stack.pop() {
            let Some(value) = self.values.get_mut(at) else { continue };
            if *value < TEXT_FROM {
                continue;
            }
            group.take(at % self.width, at / self.width, *value);
            *value = 0;
            let x = at % self.width;
            stack.extend((x > 0).then(|| at - 1));
            stack.extend((x + 1 < self.width).then_some(at + 1));
            stack.extend(at.checked_sub(self.width));
            stack.push(at + self.width);
        }
        (group.count > 0).then_some(group)
    }

    fn grown(&self, group: &Group) -> Option<Area> {
        let (width, height) = (group.right - group.left + 1, group.bottom - group.top + 1);
        if width.min(height) < SIDE_PX_MIN || group.sum < group.count * MEAN_FROM {
            return None;
        }
        let growth = ceil(real(width * height) * GROWTH / real(2 * (width + height)));
        let down = |v: usize| pixels(floor(real(v.saturating_sub(growth)) / SCALE));
        let up = |v: usize, limit: usize| pixels(ceil(real((v + growth + 1).min(limit)) / SCALE));
        Area::new(
            self.area.left + down(group.left),
            self.area.top + down(group.top),
            (self.area.left + up(group.right, self.width)).min(self.area.right),
            (self.area.top + up(group.bottom, self.height)).min(self.area.bottom),
        )
    }
}

/// A group of touching marks.
struct Group {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    count: u64,
    sum: u64,
}

impl Group {
    fn take(&mut self, x: usize, y: usize, value: u8) {
        self.left = self.left.min(x);
        self.top = self.top.min(y);
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
        self.count += 1;
        self.sum += u64::from(value);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a byte holds")]
fn byte(probability: f32) -> u8 {
    // What is not a number says nothing against text.
    if probability.is_nan() { u8::MAX } else { (probability.clamp(0.0, 1.0) * 255.0) as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_pixel_and_share_a_strip() {
        for (width, height) in [(1, 1), (1920, 1080), (2050, 1200), (2051, 1201), (7680, 4320), (16_384, 3)] {
            let area = Area::new(0, 0, width, height).unwrap();
            let tiles = tiles(area);
            assert!(tiles.iter().any(|t| t.right == width && t.bottom == height));
            assert!(tiles.iter().all(|t| (t.left % 5, t.top % 5) == (0, 0) && t.width() <= TILE_PX.0));
            let covered =
                |x: u32, y: u32| tiles.iter().any(|t| t.intersects(Area::new(x, y, x + 1, y + 1).unwrap()));
            assert!((0..width).step_by(7).all(|x| (0..height).step_by(11).all(|y| covered(x, y))));
        }
    }

    #[test]
    fn a_group_of_marks_becomes_one_box_around_it() {
        let mut map = Map::of(Area::new(10, 20, 110, 80).unwrap());
        for y in 10..16 {
            map.values[y * map.width + 5..y * map.width + 40].fill(200);
        }
        let boxes = map.boxes().unwrap();
        assert_eq!(boxes.len(), 1);
        let inside = Area::new(19, 37, 76, 46).unwrap();
        assert_eq!(boxes[0].joined(inside), boxes[0]);
        assert!(boxes[0].height() < 26, "{:?}", boxes[0]);
    }

    #[test]
    fn specks_are_no_text() {
        let mut map = Map::of(Area::new(0, 0, 100, 100).unwrap());
        map.values[605] = 255;
        map.values[606] = 255;
        assert_eq!(map.boxes().unwrap(), []);
    }
}
