//! What moved up or down: a page that is scrolled shows what was read in another place.

use std::collections::BTreeMap;

use candor_model::Pixels;

use crate::ocr::area::{Area, index};
use crate::ocr::resample::row;
use crate::ocr::tiles::{Difference, TILE_PX};

/// A picture of which fewer tiles changed is not asked whether it moved.
const TILES_MIN: usize = 24;
/// Rows are told apart by so many columns of tiles: a bar beside the page that did not move does not matter then.
const STRIP_COLUMNS: u32 = 8;
/// A picture moved if so many rows say so: a few lines of text.
const ROWS_MIN: usize = 24;

/// By how many pixels what was in `before` stands lower in `after`, if most of what `changed` in it moved.
pub(super) fn moved(before: &Pixels, after: &Pixels, changed: &Difference) -> Option<i64> {
    let all = changed.areas().into_iter().reduce(Area::joined).filter(|_| changed.count().0 >= TILES_MIN)?;
    let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
    for strip in strips(all) {
        let old = places(before, strip);
        for (pixels, now) in places(after, strip) {
            let place = (now, old.get(pixels).copied().flatten());
            if let (Some(now), Some(then)) = place {
                *votes.entry(i64::from(now) - i64::from(then)).or_default() += 1;
            }
        }
    }
    let (by, rows) = votes.into_iter().filter(|(by, _)| *by != 0).max_by_key(|(_, rows)| *rows)?;
    (rows >= ROWS_MIN).then_some(by)
}

/// Where `after` is not what `before` showed so many pixels above.
pub(super) fn difference(before: &Pixels, after: &Pixels, by: i64) -> Difference {
    let mut difference = Difference::none(after);
    let whole = Area { left: 0, top: 0, right: after.width(), bottom: after.height() };
    difference.add(whole, |tile| {
        shifted(tile, -by, after.height())
            .is_none_or(|from| (0..tile.height()).any(|y| row(before, from, y) != row(after, tile, y)))
    });
    difference
}

/// An area so many pixels lower; none if it would leave a picture of this height.
pub(super) fn shifted(area: Area, by: i64, height: u32) -> Option<Area> {
    let top = u32::try_from(i64::from(area.top) + by).ok()?;
    let bottom = u32::try_from(i64::from(area.bottom) + by).ok()?;
    (bottom <= height).then_some(Area { top, bottom, ..area })
}

/// What is left in the picture of an area that is moved out of it in part.
pub(super) fn left(area: Area, by: i64, height: u32) -> Option<Area> {
    let place = |y: u32| u32::try_from((i64::from(y) + by).clamp(0, i64::from(height))).unwrap_or(0);
    Area::new(area.left, place(area.top), area.right, place(area.bottom))
}

fn strips(all: Area) -> impl Iterator<Item = Area> {
    let width = STRIP_COLUMNS * TILE_PX.0;
    let lefts = (all.left..all.right).step_by(index(width));
    lefts.map(move |left| Area { left, right: all.right.min(left + width), ..all })
}

/// Where each row of pixels stands that shows more than one colour; nowhere for certain if it stands there twice.
fn places(frame: &Pixels, strip: Area) -> BTreeMap<&[u8], Option<u32>> {
    let mut places = BTreeMap::new();
    for y in 0..strip.height() {
        let pixels = row(frame, strip, y);
        if pixels.get(3..) != pixels.get(..pixels.len().saturating_sub(3)) {
            places.entry(pixels).and_modify(|place| *place = None).or_insert(Some(strip.top + y));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows that all differ, from `first` on; below a bar of 40 rows that never moves.
    fn page(first: u32) -> Pixels {
        let value = |x: u32, y: u32| if y < 40 { x * y } else { (y - 40 + first) * 7 + x * (y + first) };
        let rgb =
            (0..200).flat_map(|y| (0..320).map(move |x| value(x, y))).flat_map(|v| [v.to_le_bytes()[0]; 3]);
        Pixels::new(320, 200, rgb.collect()).unwrap()
    }

    #[test]
    fn a_page_that_is_scrolled_moved_by_as_many_pixels_and_its_bar_did_not() {
        for by in [-33_i64, -60, 1, 47] {
            let (before, after) = (page(100), page(u32::try_from(100 - by).unwrap()));
            let changed = Difference::between(&before, &after);
            assert_eq!(moved(&before, &after, &changed), Some(by));
            let difference = difference(&before, &after, by);
            let bar = Area { left: 0, top: 0, right: 320, bottom: 40 };
            assert_eq!(difference.same_parts(bar).next(), None);
            let at = |y: i64| u32::try_from(y).unwrap();
            let page = Area { top: at(40 + by.max(0)), bottom: at(200 + by.min(0)), ..bar };
            let same: u64 = difference.same_parts(page).map(Area::size).sum();
            assert!(same * 10 > page.size() * 6, "{by}: {same} of {}", page.size());
        }
    }

    #[test]
    fn another_page_did_not_move() {
        let other = Pixels::new(320, 200, vec![8; 320 * 200 * 3]).unwrap();
        for (before, after) in [(page(0), other.clone()), (other.clone(), page(0)), (other.clone(), other)] {
            assert_eq!(moved(&before, &after, &Difference::whole(&after)), None);
        }
    }

    #[test]
    fn what_would_leave_the_picture_is_nowhere() {
        let area = Area { left: 0, top: 10, right: 5, bottom: 20 };
        assert_eq!(shifted(area, -10, 30), Some(Area { top: 0, bottom: 10, ..area }));
        assert_eq!(shifted(area, 10, 30), Some(Area { top: 20, bottom: 30, ..area }));
        assert_eq!((shifted(area, -11, 30), shifted(area, 11, 30)), (None, None));
        assert_eq!(left(area, -15, 30), Some(Area { top: 0, bottom: 5, ..area }));
        assert_eq!(left(area, 15, 30), Some(Area { top: 25, bottom: 30, ..area }));
        assert_eq!((left(area, -20, 30), left(area, 20, 30)), (None, None));
    }
}
