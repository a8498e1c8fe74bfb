//! Which parts of a frame differ from the frame before.

use candor_model::Pixels;

use crate::ocr::area::{Area, index};

/// A tile that is compared as one.
const TILE_PX: (u32, u32) = (64, 60);

/// The tiles that differ, touching ones of a row joined. The frames have one size.
pub(crate) fn changed(before: &Pixels, after: &Pixels) -> Vec<Area> {
    let mut areas = Vec::new();
    let band = index(after.width()) * 3 * index(TILE_PX.1);
    let bands = before.rgb().chunks(band).zip(after.rgb().chunks(band));
    for (top, (old, new)) in (0..).step_by(index(TILE_PX.1)).zip(bands) {
        if old != new {
            let bottom = after.height().min(top + TILE_PX.1);
            areas.extend(changed_in_band(old, new, after.width(), (top, bottom)));
        }
    }
    areas
}

fn changed_in_band(old: &[u8], new: &[u8], width: u32, (top, bottom): (u32, u32)) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    let row = index(width) * 3;
    for left in (0..width).step_by(index(TILE_PX.0)) {
        let right = width.min(left + TILE_PX.0);
        let columns = index(left) * 3..index(right) * 3;
        let mut rows = old.chunks_exact(row).zip(new.chunks_exact(row));
        if rows.all(|(old, new)| old.get(columns.clone()) == new.get(columns.clone())) {
            continue;
        }
        match areas.last_mut() {
            Some(last) if last.right == left => last.right = right,
            _ => areas.extend(Area::new(left, top, right, bottom)),
        }
    }
    areas
}

/// Joins areas that touch, until none do.
pub(crate) fn joined(mut areas: Vec<Area>) -> Vec<Area> {
    let mut apart: Vec<Area> = Vec::new();
    while let Some(mut area) = areas.pop() {
        while let Some(i) = apart.iter().position(|other| touch(*other, area)) {
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

    #[test]
    fn every_changed_pixel_lies_in_a_changed_area() {
        let before = Pixels::new(130, 125, vec![7; 130 * 125 * 3]).unwrap();
        assert_eq!(changed(&before, &before), []);
        for (x, y) in [(0, 0), (129, 124), (64, 60), (63, 59), (10, 121)] {
            let mut after = before.clone();
            after.rgb_mut()[(index(y) * 130 + index(x)) * 3 + 2] = 0;
            let areas = changed(&before, &after);
            assert_eq!(areas.len(), 1);
            assert!(areas[0].intersects(Area::new(x, y, x + 1, y + 1).unwrap()));
        }
    }

    #[test]
    fn areas_that_touch_become_one() {
        let area = |l, t, r, b| Area::new(l, t, r, b).unwrap();
        let areas = vec![area(0, 0, 5, 5), area(20, 0, 25, 5), area(5, 5, 20, 9), area(40, 40, 41, 41)];
        assert_eq!(joined(areas), [area(0, 0, 25, 9), area(40, 40, 41, 41)]);
    }
}
