//! Pictures by tile: where one differs from another, and what is remembered of one whose pixels are forgotten.

use candor_model::Pixels;
use sha2::{Digest, Sha256};

use crate::ocr::area::{Area, index};
use crate::ocr::resample::row;

/// A tile that is compared as one.
pub(crate) const TILE_PX: (u32, u32) = (32, 20);

/// The tiles of a picture of one size.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Grid {
    width: u32,
    height: u32,
}

impl Grid {
    fn of(frame: &Pixels) -> Self {
        Self { width: frame.width(), height: frame.height() }
    }

    const fn columns(self) -> u32 {
        self.width.div_ceil(TILE_PX.0)
    }

    const fn rows(self) -> u32 {
        self.height.div_ceil(TILE_PX.1)
    }

    fn tile(self, column: u32, row: u32) -> Option<Area> {
        let (left, top) = (column * TILE_PX.0, row * TILE_PX.1);
        Area::new(left, top, self.width.min(left + TILE_PX.0), self.height.min(top + TILE_PX.1))
    }

    /// Every tile, row by row.
    fn tiles(self) -> impl Iterator<Item = Area> {
        (0..self.rows()).flat_map(move |row| (0..self.columns()).filter_map(move |at| self.tile(at, row)))
    }

    /// Which tiles `area` reaches into, and their areas.
    fn within(self, area: Area) -> impl Iterator<Item = (usize, Area)> {
        let columns = area.left / TILE_PX.0..area.right.min(self.width).div_ceil(TILE_PX.0);
        let rows = area.top / TILE_PX.1..area.bottom.min(self.height).div_ceil(TILE_PX.1);
        rows.flat_map(move |row| columns.clone().map(move |column| (column, row))).filter_map(
            move |(column, row)| {
                Some((index(row) * index(self.columns()) + index(column), self.tile(column, row)?))
            },
        )
    }
}

/// The digests of the pixels of each tile of a picture.
///
/// INVARIANT: two tiles with one digest show the same (SHA-256), so what was read of one holds for the other.
pub(crate) struct Tiles {
    grid: Grid,
    digests: Vec<[u8; 32]>,
}

impl Tiles {
    pub(crate) fn of(frame: &Pixels) -> Self {
        let grid = Grid::of(frame);
        Self { grid, digests: grid.tiles().map(|tile| digest(frame, tile)).collect() }
    }

    /// Those of `frame`, which is the picture of these but for the `difference`.
    pub(crate) fn of_next(&self, frame: &Pixels, difference: &Difference) -> Self {
        if Grid::of(frame) != self.grid || difference.grid != self.grid {
            return Self::of(frame);
        }
        let known = self.digests.iter().zip(&difference.differs);
        let tiles = self.grid.tiles().zip(known);
        let digests =
            tiles.map(|(tile, (known, differs))| if *differs { digest(frame, tile) } else { *known });
        Self { grid: self.grid, digests: digests.collect() }
    }

    /// Where the picture of `after` is not the picture of these.
    pub(crate) fn difference(&self, after: &Self) -> Difference {
        let is_same_size = self.grid == after.grid;
        let before = self.digests.iter().map(Some).chain(std::iter::repeat(None));
        let differs =
            after.digests.iter().zip(before).map(|(after, before)| !is_same_size || before != Some(after));
        Difference { grid: after.grid, differs: differs.collect() }
    }
}

fn digest(frame: &Pixels, tile: Area) -> [u8; 32] {
    let mut digest = Sha256::new();
    for y in 0..tile.height() {
        digest.update(row(frame, tile, y));
    }
    digest.finalize().into()
}

/// Which tiles of a picture differ from another picture.
#[derive(Clone)]
pub(crate) struct Difference {
    grid: Grid,
    differs: Vec<bool>,
}

impl Difference {
    /// Every tile.
    pub(crate) fn whole(frame: &Pixels) -> Self {
        let grid = Grid::of(frame);
        Self { grid, differs: grid.tiles().map(|_| true).collect() }
    }

    /// None.
    pub(crate) fn none(frame: &Pixels) -> Self {
        let grid = Grid::of(frame);
        Self { grid, differs: grid.tiles().map(|_| false).collect() }
    }

    /// Where `after` is not `before`; everywhere if they are not of one size.
    pub(crate) fn between(before: &Pixels, after: &Pixels) -> Self {
        let grid = Grid::of(after);
        if Grid::of(before) != grid {
            return Self::whole(after);
        }
        let mut differs = Vec::with_capacity(index(grid.columns()) * index(grid.rows()));
        for row in 0..grid.rows() {
            let (top, bottom) = (row * TILE_PX.1, grid.height.min((row + 1) * TILE_PX.1));
            let band = Area { left: 0, top, right: grid.width, bottom };
            let is_same = rows(before, band) == rows(after, band);
            let tiles = (0..grid.columns()).filter_map(|column| grid.tile(column, row));
            differs.extend(tiles.map(|tile| !is_same && !shows_same(before, after, tile)));
        }
        Self { grid, differs }
    }

    /// Notes that `area` differs where `is_other` says so of the parts of tiles.
    pub(crate) fn add(&mut self, area: Area, is_other: impl Fn(Area) -> bool) {
        for (at, tile) in self.grid.within(area) {
            let part = tile.common(area);
            if let Some(differs) = self.differs.get_mut(at) {
                *differs = *differs || part.is_some_and(&is_other);
            }
        }
    }

    /// What differs from both.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        if self.grid == other.grid {
            self.differs.iter_mut().zip(&other.differs).for_each(|(differs, other)| *differs &= other);
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.differs.contains(&true)
    }

    /// How many tiles differ, and how many there are.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.differs.iter().filter(|differs| **differs).count(), self.differs.len())
    }

    /// Whether a tile that `area` reaches into differs.
    pub(crate) fn touches(&self, area: Area) -> bool {
        self.grid.within(area).any(|(at, _)| self.differs.get(at).copied().unwrap_or(true))
    }

    /// The parts of `area` in tiles that do not differ.
    pub(crate) fn same_parts(&self, area: Area) -> impl Iterator<Item = Area> {
        let same = self.grid.within(area).filter(|(at, _)| self.differs.get(*at) == Some(&false));
        same.filter_map(move |(_, tile)| tile.common(area))
    }

    /// The tiles that differ, neighbours of a row joined.
    pub(crate) fn areas(&self) -> Vec<Area> {
        let mut areas: Vec<Area> = Vec::new();
        for (tile, _) in self.grid.tiles().zip(&self.differs).filter(|(_, differs)| **differs) {
            match areas.last_mut() {
                Some(last) if last.right == tile.left && last.top == tile.top => last.right = tile.right,
                _ => areas.push(tile),
            }
        }
        areas
    }
}

/// The bytes of whole rows.
fn rows(frame: &Pixels, band: Area) -> &[u8] {
    let row_bytes = index(frame.width()) * 3;
    frame.rgb().get(index(band.top) * row_bytes..index(band.bottom) * row_bytes).unwrap_or_default()
}

fn shows_same(before: &Pixels, after: &Pixels, tile: Area) -> bool {
    (0..tile.height()).all(|y| row(before, tile, y) == row(after, tile, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(left: u32, top: u32, right: u32, bottom: u32) -> Area {
        Area::new(left, top, right, bottom).unwrap()
    }

    fn grey() -> Pixels {
        Pixels::new(130, 125, vec![7; 130 * 125 * 3]).unwrap()
    }

    fn with_dot(x: u32, y: u32) -> Pixels {
        let mut frame = grey();
        frame.rgb_mut()[(index(y) * 130 + index(x)) * 3 + 2] = 0;
        frame
    }

    #[test]
    fn every_changed_pixel_lies_in_a_tile_that_differs_whatever_tells_them_apart() {
        let before = grey();
        assert!(Difference::between(&before, &before).is_empty());
        for (x, y) in [(0, 0), (129, 124), (64, 60), (63, 59), (10, 121)] {
            let after = with_dot(x, y);
            let by_pixels = Difference::between(&before, &after);
            let by_digests = Tiles::of(&before).difference(&Tiles::of(&after));
            let next = Tiles::of(&before).of_next(&after, &by_pixels);
            assert!(next.difference(&Tiles::of(&after)).is_empty());
            for difference in [by_pixels, by_digests] {
                assert_eq!((difference.areas().len(), difference.count()), (1, (1, 35)));
                assert!(difference.touches(area(x, y, x + 1, y + 1)));
                assert_eq!(difference.same_parts(area(x, y, x + 1, y + 1)).next(), None);
            }
        }
        let all: u64 = Difference::whole(&before).areas().iter().map(|area| area.size()).sum();
        assert_eq!(all, 130 * 125);
    }

    #[test]
    fn pictures_of_two_sizes_differ_everywhere() {
        let other = Pixels::new(125, 130, vec![7; 130 * 125 * 3]).unwrap();
        let by_digests = Tiles::of(&grey()).difference(&Tiles::of(&other));
        for difference in [by_digests, Difference::between(&grey(), &other)] {
            let (differing, all) = difference.count();
            assert!(differing == all && all == 28);
        }
        let next = Tiles::of(&grey()).of_next(&other, &Difference::none(&other));
        assert!(next.difference(&Tiles::of(&other)).is_empty());
    }

    #[test]
    fn what_differs_from_two_pictures_is_what_neither_shows() {
        let after = with_dot(10, 10);
        let (one, two) = (with_dot(70, 10), with_dot(10, 50));
        let both = Difference::between(&one, &after).and(&Difference::between(&two, &after));
        assert_eq!(both.areas(), [area(0, 0, 32, 20)]);
    }

    #[test]
    fn only_what_is_said_to_differ_of_an_area_does() {
        let mut difference = Difference::none(&grey());
        difference.add(area(30, 10, 70, 30), |part| part.left >= 64);
        assert_eq!(difference.areas(), [area(64, 0, 96, 20), area(64, 20, 96, 40)]);
        let same: Vec<Area> = difference.same_parts(area(30, 10, 70, 15)).collect();
        assert_eq!(same, [area(30, 10, 32, 15), area(32, 10, 64, 15)]);
    }
}
