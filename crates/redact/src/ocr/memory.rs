//! What was read of the pictures before: a recording goes back and forth between few of them, and what one of them showed in the
//! same place needs no second look.
//!
//! INVARIANT: a line is known again only where every tile that it reaches into has the very pixels in which it was read.

use candor_model::Pixels;
use zeroize::Zeroizing;

use crate::ocr::Line;
use crate::ocr::area::{Area, index};
use crate::ocr::resample::row;
use crate::ocr::scroll;
use crate::ocr::tiles::{Difference, Tiles};

/// Most pictures that are remembered, with some 200 KB each.
const PICTURES_MAX: usize = 8;
/// A picture of which less than one tile in so many differs from one before takes its place: a line that is being typed.
const NEARLY: usize = 16;

/// What was read of a picture, and where the picture that is to be read differs from it.
pub(crate) struct Known {
    pub(crate) difference: Difference,
    pub(crate) lines: Vec<Line>,
}

/// A picture as it is compared with those before.
pub(crate) struct Compared {
    tiles: Tiles,
    /// From the picture before.
    changed: Difference,
    /// From each that is remembered.
    differences: Vec<Difference>,
    /// By how many pixels the picture before was scrolled down, and where this one is other than that.
    moved: Option<(i64, Difference)>,
}

/// The tiles of a picture, and its lines.
struct Picture {
    tiles: Tiles,
    lines: Vec<Line>,
}

/// The pictures that were read lately, the last one with its pixels.
#[derive(Default)]
pub(crate) struct Memory {
    last: Option<Zeroizing<Pixels>>,
    /// From the one that was used least lately to the last one.
    pictures: Vec<Picture>,
}

impl Memory {
    /// Where `frame` differs from the picture before; everywhere if there is none.
    pub(crate) fn changed(&self, frame: &Pixels) -> Difference {
        self.last.as_ref().map_or_else(|| Difference::whole(frame), |last| Difference::between(last, frame))
    }

    /// The lines of the picture before.
    pub(crate) fn last(&self) -> Option<&[Line]> {
        self.pictures.last().map(|picture| picture.lines.as_slice())
    }

    /// `changed` is where `frame` differs from the picture before.
    pub(crate) fn compared(&self, frame: &Pixels, changed: Difference) -> Compared {
        let last = self.pictures.last().map(|picture| &picture.tiles);
        let tiles = last.map_or_else(|| Tiles::of(frame), |tiles| tiles.of_next(frame, &changed));
        let differences = self.pictures.iter().map(|picture| picture.tiles.difference(&tiles)).collect();
        let moved = self.last.as_ref().and_then(|last| {
            let by = scroll::moved(last, frame, &changed)?;
            Some((by, scroll::difference(last, frame, by)))
        });
        Compared { tiles, changed, differences, moved }
    }

    /// What is known of the picture, from the most alike on.
    pub(crate) fn known(&self, compared: &Compared) -> Vec<Known> {
        let mut known: Vec<Known> = self
            .pictures
            .iter()
            .zip(&compared.differences)
            .rev()
            .map(|(picture, difference)| Known {
                difference: difference.clone(),
                lines: picture.lines.clone(),
            })
            .chain(self.moved(compared))
            .filter(|known| known.difference.count().0 < known.difference.count().1)
            .collect();
        known.sort_by_key(|known| known.difference.count().0);
        known
    }

    /// What was read of the picture before, where it stands after it was scrolled.
    fn moved(&self, compared: &Compared) -> Option<Known> {
        let (by, difference) = compared.moved.as_ref()?;
        let mut known = Known { difference: difference.clone(), lines: Vec::new() };
        let height = self.last.as_ref()?.height();
        for line in self.last()? {
            match scroll::shifted(line.bounds, *by, height) {
                Some(bounds) => known.lines.push(Line { bounds, ..line.clone() }),
                // What is left of it is to be looked at: it is no line that holds.
                None => scroll::left(line.bounds, *by, height)
                    .into_iter()
                    .for_each(|left| known.difference.add(left, |_| true)),
            }
        }
        Some(known)
    }

    /// Takes up a picture that was read.
    pub(crate) fn remember(&mut self, frame: &Pixels, compared: Compared, lines: Vec<Line>) {
        self.keep_pixels(frame, &compared.changed);
        let differing = |at: &usize| compared.differences.get(*at).map_or(usize::MAX, |d| d.count().0);
        let nearest = (0..self.pictures.len()).rev().min_by_key(differing);
        let is_near = |at: &usize| differing(at).saturating_mul(NEARLY) < compared.changed.count().1;
        if let Some(at) = nearest.filter(is_near) {
            self.pictures.remove(at);
        } else if self.pictures.len() >= PICTURES_MAX {
            self.pictures.remove(0);
        }
        self.pictures.push(Picture { tiles: compared.tiles, lines });
    }

    fn keep_pixels(&mut self, frame: &Pixels, difference: &Difference) {
        match &mut self.last {
            Some(last) if (last.width(), last.height()) == (frame.width(), frame.height()) => {
                difference.areas().into_iter().for_each(|area| copy(frame, last, area));
            }
            last => *last = Some(Zeroizing::new(frame.clone())),
        }
    }
}

/// Both have one size.
fn copy(from: &Pixels, to: &mut Pixels, area: Area) {
    let row_bytes = index(from.width()) * 3;
    let within = index(area.left) * 3..index(area.right) * 3;
    let rows = to.rgb_mut().chunks_exact_mut(row_bytes).skip(index(area.top));
    for (y, to) in (0..area.height()).zip(rows) {
        if let Some(to) = to.get_mut(within.clone()) {
            to.copy_from_slice(row(from, area, y));
        }
    }
}
