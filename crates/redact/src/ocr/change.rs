//! Which parts of a frame have to be looked at: those that show anything at all, covered by few.

use candor_model::Pixels;

use crate::ocr::area::{Area, index};
use crate::ocr::resample::row;
use crate::ocr::tiles::TILE_PX;

/// A tile whose values differ by less than this in each colour is not looked at: `image` makes it one colour.
pub(crate) const INK_MIN: u8 = 24;
/// What looking at a part costs beyond its size, in pixels: the context around it, and the start of a run.
const AROUND_PX: u64 = 64;
const RUN_PX: u64 = 24_000;
/// With more parts than this, those that touch are joined before the cheapest cover is sought.
const PARTS_MAX: usize = 160;

/// The tiles within `areas` that show something other than one colour beside what is painted, neighbours joined.
pub(crate) fn inked(frame: &Pixels, areas: &[Area], painted: &[Area]) -> Vec<Area> {
    let mut inked: Vec<Area> = Vec::new();
    for area in areas {
        let first = inked.len();
        for left in (area.left..area.right).step_by(index(TILE_PX.0)) {
            let tile = Area { left, right: area.right.min(left + TILE_PX.0), ..*area };
            if !shows_something(frame, tile, painted) {
                continue;
            }
            match inked.get_mut(first..).and_then(<[Area]>::last_mut) {
                Some(last) if last.right == left => last.right = tile.right,
                _ => inked.push(tile),
            }
        }
    }
    inked
}

/// Whether the pixels of `tile` that are not painted differ from each other along a row: edges of bars and rules say
/// nothing.
pub(crate) fn shows_something(frame: &Pixels, tile: Area, painted: &[Area]) -> bool {
    let painted: Vec<Area> = painted.iter().filter_map(|area| area.common(tile)).collect();
    for y in tile.top..tile.bottom {
        let across: Vec<(u32, u32)> =
            painted.iter().filter(|a| a.top <= y && y < a.bottom).map(|a| (a.left, a.right)).collect();
        let (pixels, _) = row(frame, tile, y - tile.top).as_chunks::<3>();
        let (mut low, mut high) = ([u8::MAX; 3], [u8::MIN; 3]);
        for (x, pixel) in (tile.left..).zip(pixels) {
            if across.iter().any(|(left, right)| *left <= x && x < *right) {
                continue;
            }
            for ((low, high), value) in low.iter_mut().zip(&mut high).zip(pixel) {
                *low = (*low).min(*value);
                *high = (*high).max(*value);
            }
        }
        if low.iter().zip(high).any(|(low, high)| high.saturating_sub(*low) >= INK_MIN) {
            return true;
        }
    }
    false
}

/// Joins areas that touch, until none do.
pub(crate) fn joined(areas: Vec<Area>) -> Vec<Area> {
    joined_where(areas, touch)
}

/// Areas that hold all of `areas` and are cheap to look at: few and small.
pub(crate) fn cover(areas: Vec<Area>) -> Vec<Area> {
    let areas = if areas.len() > PARTS_MAX { joined(areas) } else { areas };
    let cost =
        |area: Area| (u64::from(area.width()) + AROUND_PX) * (u64::from(area.height()) + AROUND_PX) + RUN_PX;
    joined_where(areas, |a, b| touch(a, b) || cost(a.joined(b)) <= cost(a) + cost(b))
}

fn joined_where(mut areas: Vec<Area>, belong: impl Fn(Area, Area) -> bool) -> Vec<Area> {
    let mut apart: Vec<Area> = Vec::new();
    while let Some(mut area) = areas.pop() {
        while let Some(i) = apart.iter().position(|other| belong(*other, area)) {
            area = area.joined(apart.swap_remove(i));
        }
        apart.push(area);
    }
    apart.sort();
    apart
}

fn touch(a: Area, b: Area) -> bool {
    a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(left: u32, top: u32, right: u32, bottom: u32) -> Area {
        Area::new(left, top, right, bottom).unwrap()
    }

    #[test]
    fn one_colour_rules_and_paint_show_nothing_and_a_faint_dot_does() {
        let mut frame = Pixels::new(70, 50, vec![250; 70 * 50 * 3]).unwrap();
        let whole = crate::ocr::tiles::Difference::whole(&frame).areas();
        let paint = area(3, 3, 40, 30);
        crate::screen::canvas::fill(&mut frame, paint.rect());
        assert_eq!(inked(&frame, &whole, &[paint]), []);
        assert_ne!(inked(&frame, &whole, &[]), [], "the colour of the paint alone says nothing");
        frame.rgb_mut()[(45 * 70 + 66) * 3 + 1] -= INK_MIN;
        assert_eq!(inked(&frame, &whole, &[paint]), [area(64, 40, 70, 50)]);
    }

    #[test]
    fn areas_that_touch_become_one() {
        let areas = vec![area(0, 0, 5, 5), area(20, 0, 25, 5), area(5, 5, 20, 9), area(40, 40, 41, 41)];
        assert_eq!(joined(areas), [area(0, 0, 25, 9), area(40, 40, 41, 41)]);
    }

    #[test]
    fn a_cover_joins_what_is_near_and_leaves_a_large_gap_out() {
        let (left, right) = (area(0, 0, 300, 1000), area(1500, 0, 1800, 1000));
        let near = vec![area(0, 0, 300, 20), area(0, 30, 300, 60)];
        assert_eq!(cover(vec![left, right]), [left, right]);
        assert_eq!(cover(near), [area(0, 0, 300, 60)]);
    }
}
