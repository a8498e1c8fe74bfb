//! Which squares of a picture are looked at: regions as a whole, and then ever nearer, since the model finds faces that fill
//! a tenth to a half of what it sees.

use crate::ocr::area::Area;

/// What is looked at around a region: the head of a face that fills it.
const AROUND_PX: u32 = 24;
/// Shortest side of a square. A face of 16 pixels is a sixth of it.
const SIDE_PX_MIN: u32 = 96;
/// Squares of one size overlap by two fifths: a face that one cuts, another one holds.
const STEP_FIFTHS: u32 = 3;
/// Most squares of a region. The nearest looks at a region are left out until so many do: a screen of 1920 by 1080 that is one photograph
/// has 122, the smallest of 240 pixels.
const LOOKS_MAX: usize = 128;

/// A part of the picture, and the squares of it that are looked at, the largest first.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) bounds: Area,
    pub(super) squares: Vec<Area>,
}

/// The regions for groups of tiles that touch, those first that are looked at soonest.
pub(super) fn of(groups: Vec<Vec<Area>>, whole: Area) -> Vec<Region> {
    let around = |tiles: &Vec<Area>| {
        Some(tiles.iter().copied().reduce(Area::joined)?.grown(AROUND_PX, AROUND_PX, whole))
    };
    let regions = apart(groups.iter().filter_map(around).collect());
    let tiles: Vec<Area> = groups.into_iter().flatten().collect();
    let region = |bounds| Region { bounds, squares: squares(bounds, &tiles, whole) };
    let mut regions: Vec<Region> = regions.into_iter().map(region).collect();
    regions.sort_by_key(|region| region.squares.len());
    regions
}

/// Areas that do not reach into each other, and cover what the areas cover.
fn apart(areas: Vec<Area>) -> Vec<Area> {
    let mut apart: Vec<Area> = Vec::new();
    for mut area in areas {
        while let Some(at) = apart.iter().position(|other| other.intersects(area)) {
            area = area.joined(apart.swap_remove(at));
        }
        apart.push(area);
    }
    apart.sort();
    apart
}

/// The squares of a region that show one of the tiles.
fn squares(region: Area, tiles: &[Area], whole: Area) -> Vec<Area> {
    let longest = region.width().max(region.height());
    let mut squares = Vec::new();
    let mut side = longest;
    while side >= SIDE_PX_MIN || side == longest {
        let level: Vec<Area> = level(region, side, whole)
            .into_iter()
            .filter(|square| tiles.iter().any(|tile| tile.intersects(*square)))
            .collect();
        if squares.len() + level.len() > LOOKS_MAX {
            break;
        }
        squares.extend(level);
        side /= 2;
    }
    squares
}

/// Squares of one side that cover a region; a square that would leave the frame is moved, and cut if it is larger.
fn level(region: Area, side: u32, whole: Area) -> Vec<Area> {
    let columns = starts(region.left, region.right, side, whole.right);
    let rows = starts(region.top, region.bottom, side, whole.bottom);
    let corners = rows.iter().flat_map(|top| columns.iter().map(move |left| (*left, *top)));
    let square = |(left, top): (u32, u32)| {
        Area::new(left, top, whole.right.min(left + side), whole.bottom.min(top + side))
    };
    corners.filter_map(square).collect()
}

/// Where squares begin that cover `from` to `to`, at equal distances; a single one has the part in its middle.
fn starts(from: u32, to: u32, side: u32, end: u32) -> Vec<u32> {
    let length = to - from;
    if length <= side {
        let left = from.saturating_sub((side - length) / 2);
        return vec![left.min(end.saturating_sub(side))];
    }
    let step = (side * STEP_FIFTHS / 5).max(1);
    let steps = (length - side).div_ceil(step);
    (0..=steps).map(|at| from + (length - side) * at / steps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(left: u32, top: u32, right: u32, bottom: u32) -> Area {
        Area::new(left, top, right, bottom).unwrap()
    }

    fn looks(groups: Vec<Vec<Area>>, whole: Area) -> Vec<Area> {
        of(groups, whole).into_iter().flat_map(|region| region.squares).collect()
    }

    #[test]
    fn a_portrait_is_one_look_and_one_at_the_edge_of_the_frame_stays_in_it() {
        let whole = area(0, 0, 1280, 720);
        assert_eq!(looks(vec![vec![area(240, 240, 264, 264)]], whole), [area(216, 216, 288, 288)]);
        assert_eq!(looks(vec![vec![area(1256, 696, 1280, 720)]], whole), [area(1232, 672, 1280, 720)]);
        assert_eq!(looks(vec![vec![area(0, 240, 24, 336)]], whole), [area(0, 216, 144, 360)]);
    }

    #[test]
    fn regions_whose_surroundings_touch_are_looked_at_together() {
        let (one, two) = (area(100, 100, 124, 124), area(160, 100, 184, 124));
        let looks = looks(vec![vec![one], vec![two]], area(0, 0, 800, 600));
        assert_eq!(looks, [area(76, 46, 208, 178)]);
    }

    #[test]
    fn a_screen_that_is_one_photograph_is_looked_at_near_and_not_without_end() {
        for (width, height, count) in [(1920, 1080, 122), (7680, 4320, 122), (400, 300, 37)] {
            let whole = area(0, 0, width, height);
            let looks = looks(vec![vec![whole]], whole);
            assert_eq!(looks.len(), count, "{width}");
            let least = looks.iter().map(|look| look.width()).min().unwrap();
            let covered = |x: u32, y: u32| {
                looks.iter().any(|look| look.width() == least && look.intersects(area(x, y, x + 1, y + 1)))
            };
            assert!(
                (0..width).step_by(50).all(|x| (0..height).step_by(50).all(|y| covered(x, y))),
                "{width}"
            );
        }
    }

    #[test]
    fn a_portrait_beside_a_photograph_comes_first() {
        let (photograph, portrait) = (area(48, 48, 600, 600), area(960, 240, 1008, 288));
        let regions = of(vec![vec![photograph], vec![portrait]], area(0, 0, 1280, 720));
        assert_eq!(regions.iter().map(|region| region.squares.len()).collect::<Vec<_>>(), [1, 46]);
        assert!(regions[0].bounds.intersects(portrait));
    }

    #[test]
    fn squares_without_a_tile_of_a_picture_are_left_out() {
        let whole = area(0, 0, 1920, 1080);
        let corners = vec![vec![area(0, 0, 24, 24), area(1896, 1056, 1920, 1080)]];
        assert!(looks(corners, whole).len() < 20);
    }
}
