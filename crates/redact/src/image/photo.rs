//! Regions that look like photographs: many colours, and no line of text that explains them.

use std::collections::BTreeSet;

use candor_model::Pixels;

use crate::ocr::Line;
use crate::ocr::area::{Area, index};
use crate::ocr::resample::row;
use crate::screen::canvas::FILL;

/// A tile that is looked at as one.
const TILE_PX: u32 = 24;
/// Colours, in 4 bits a channel, from which on a tile looks like a photograph: text has the mixtures of two.
const COLOURS_MIN: usize = 40;
/// Tiles of a region that is masked; a smaller one is an icon.
const TILES_MIN: usize = 4;
/// The same where other people show themselves: a portrait beside a message is as large as two tiles.
const PORTRAIT_TILES_MIN: usize = 1;

/// A tile may show a part of a face without as many colours if, of so many pixels, one differs from its neighbour by a shade, as
/// letters and lines do not: pictures in grey.
const SHADED_ONE_IN: usize = 4;
/// What a shade is, in steps of a channel.
const SHADE: std::ops::RangeInclusive<u8> = 1..=16;

/// The regions, apart, of tiles that touch; with `portraits`, small ones too.
pub(crate) fn regions(frame: &Pixels, lines: &[Line], portraits: bool) -> Vec<Area> {
    let tiles_min = if portraits { PORTRAIT_TILES_MIN } else { TILES_MIN };
    let is_photo = |area: Area| {
        colours(frame, area, |_| true) >= COLOURS_MIN
            && !lines.iter().any(|line| line.bounds.intersects(area))
    };
    let size = (frame.width(), frame.height());
    let many = places(size).filter(|at| tile(size, *at).is_some_and(is_photo)).collect();
    let groups = groups(size, many).into_iter().filter(|tiles| tiles.len() >= tiles_min);
    groups.filter_map(|tiles| tiles.into_iter().reduce(Area::joined)).collect()
}

/// The tiles of a picture that may show a part of a face. Text over a picture does not explain it, and paint is no part of it: a
/// picture that was painted has no such tile that it did not have before.
#[derive(Default)]
pub(crate) struct FaceTiles {
    size: (u32, u32),
    tiles: BTreeSet<(u32, u32)>,
}

impl FaceTiles {
    /// Judges the tiles of `frame` that changed since the last one. The others are what they were.
    pub(crate) fn see(&mut self, frame: &Pixels, has_changed: impl Fn(Area) -> bool) {
        let size = (frame.width(), frame.height());
        let is_other = std::mem::replace(&mut self.size, size) != size;
        if is_other {
            self.tiles.clear();
        }
        for (at, area) in places(size).filter_map(|at| Some((at, tile(size, at)?))) {
            if !is_other && !has_changed(area) {
                continue;
            }
            if shows_face(frame, area) {
                self.tiles.insert(at);
            } else {
                self.tiles.remove(&at);
            }
        }
    }

    /// Those of which something is left, by groups that touch.
    pub(crate) fn groups(&self, is_left: impl Fn(Area) -> bool) -> Vec<Vec<Area>> {
        let area = |at: &(u32, u32)| tile(self.size, *at);
        groups(self.size, self.tiles.iter().copied().filter(|at| area(at).is_some_and(&is_left)).collect())
    }
}

/// The tiles that are alike, by groups that touch.
fn groups(size: (u32, u32), mut many: BTreeSet<(u32, u32)>) -> Vec<Vec<Area>> {
    let mut groups = Vec::new();
    while let Some(start) = many.pop_first() {
        groups.push(group(start, &mut many).into_iter().filter_map(|at| tile(size, at)).collect());
    }
    groups
}

/// Every tile of a picture of this size.
fn places((width, height): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    let columns = width.div_ceil(TILE_PX);
    (0..height.div_ceil(TILE_PX)).flat_map(move |y| (0..columns).map(move |x| (x, y)))
}

fn tile((width, height): (u32, u32), (x, y): (u32, u32)) -> Option<Area> {
    let (left, top) = (x * TILE_PX, y * TILE_PX);
    Area::new(left, top, width.min(left + TILE_PX), height.min(top + TILE_PX))
}

/// Whether a tile may show a part of a face, beside what is painted.
pub(crate) fn shows_face(frame: &Pixels, area: Area) -> bool {
    !is_one_colour(frame, area) && may_show_face(frame, area)
}

/// Most tiles of a screen are.
fn is_one_colour(frame: &Pixels, area: Area) -> bool {
    let first = row(frame, area, 0);
    let is_level = first.get(3..) == first.get(..first.len().saturating_sub(3));
    is_level && (1..area.height()).all(|y| row(frame, area, y) == first)
}

fn may_show_face(frame: &Pixels, area: Area) -> bool {
    shaded(frame, area) * SHADED_ONE_IN >= index(area.width()) * index(area.height())
        || colours(frame, area, |pixel| **pixel != FILL) >= COLOURS_MIN
}

/// How many pixels differ from the one before by a shade.
fn shaded(frame: &Pixels, area: Area) -> usize {
    let is_shade = |(one, next): &(&[u8; 3], &[u8; 3])| {
        let most = one.iter().zip(*next).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        SHADE.contains(&most) && **one != FILL && **next != FILL
    };
    let rows = (0..area.height()).map(|y| row(frame, area, y).as_chunks::<3>().0);
    rows.map(|pixels| pixels.iter().zip(pixels.iter().skip(1)).filter(is_shade).count()).sum()
}

fn group(start: (u32, u32), left: &mut BTreeSet<(u32, u32)>) -> Vec<(u32, u32)> {
    let mut group = vec![start];
    let mut next = 0;
    while let Some((x, y)) = group.get(next).copied() {
        next += 1;
        let around = [(x + 1, y), (x.wrapping_sub(1), y), (x, y + 1), (x, y.wrapping_sub(1))];
        group.extend(around.into_iter().filter(|at| left.remove(at)));
    }
    group
}

fn colours(frame: &Pixels, area: Area, is_seen: impl Fn(&&[u8; 3]) -> bool) -> usize {
    /// One bit for each colour of 4 bits a channel.
    const WORDS: usize = 1 << (12 - 6);
    let mut seen = [0_u64; WORDS];
    for y in 0..area.height() {
        let (pixels, _) = row(frame, area, y).as_chunks::<3>();
        for pixel in pixels.iter().filter(&is_seen) {
            let coarse = pixel.iter().fold(0_usize, |colour, value| (colour << 4) | usize::from(value >> 4));
            if let Some(word) = seen.get_mut(coarse >> 6) {
                *word |= 1 << (coarse & 63);
            }
        }
    }
    seen.iter().map(|word| word.count_ones()).sum::<u32>().try_into().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photograph_is_a_region_and_a_flat_screen_is_none() {
        let mut frame = Pixels::new(200, 200, vec![230; 120_000]).unwrap();
        assert_eq!(regions(&frame, &[], true), []);
        for (i, pixel) in frame.rgb_mut().chunks_mut(3).enumerate() {
            let (x, y) = (i % 200, i / 200);
            if x < 100 && y < 100 {
                let value = |v: usize| u8::try_from(v % 256).unwrap();
                pixel.copy_from_slice(&[value(x * 5), value(y * 7), value(x * y)]);
            }
        }
        let found = regions(&frame, &[], false);
        assert_eq!(found.len(), 1);
        assert!(found[0].width() >= 96 && found[0].width() <= 120, "{found:?}");
    }
}
