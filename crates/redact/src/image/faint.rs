//! Text that is too faint to be looked for goes without being read: rows of pixels that hardly differ become one colour.

use candor_model::Pixels;

use crate::ocr::area::index;
use crate::ocr::change::INK_MIN;
use crate::ocr::tiles::TILE_PX;
use crate::screen::canvas::FILL;

/// Pixels of a row that are compared with each other: some four letters.
///
/// INVARIANT: a part lies in one tile of `ocr::tiles`. What did not change there is flattened as it was.
const PART_PX: usize = 32;
const _: () = assert!(PART_PX == TILE_PX.0 as usize, "a part is as wide as a tile");

/// Gives each part of a row whose pixels differ by less than [`INK_MIN`] in every colour the one colour that most of them
/// have. What the detection passes over says nothing then. Paint stays as it is, and what hardly differs from it becomes
/// paint: its colour alone does not tell it from letters or their ground.
pub(crate) fn flatten(frame: &mut Pixels) {
    let width = index(frame.width());
    for row in frame.rgb_mut().chunks_exact_mut(width * 3) {
        let (pixels, _) = row.as_chunks_mut::<3>();
        let parts = pixels.chunks_mut(PART_PX);
        parts.filter(|part| !is_one_colour(part) && is_faint(part)).for_each(level);
    }
}

/// Most of a screen is: each of its bytes is the one three before it.
fn is_one_colour(part: &[[u8; 3]]) -> bool {
    let bytes = part.as_flattened();
    bytes.get(3..) == bytes.get(..bytes.len().saturating_sub(3))
}

/// Whether pixels beside the paint differ so little that nobody looks at them.
fn is_faint(part: &[[u8; 3]]) -> bool {
    range(part.iter().filter(|pixel| **pixel != FILL)) < INK_MIN
}

/// How much pixels differ in the colour in which they differ most.
fn range<'a>(pixels: impl Iterator<Item = &'a [u8; 3]>) -> u8 {
    let (mut low, mut high) = ([u8::MAX; 3], [u8::MIN; 3]);
    for pixel in pixels {
        for ((low, high), value) in low.iter_mut().zip(&mut high).zip(pixel) {
            *low = (*low).min(*value);
            *high = (*high).max(*value);
        }
    }
    let ranges = low.iter().zip(high).map(|(low, high)| high.saturating_sub(*low));
    ranges.max().unwrap_or(0)
}

fn level(part: &mut [[u8; 3]]) {
    let seen = || part.iter().filter(|pixel| **pixel != FILL);
    let count = |colour: &[u8; 3]| part.iter().filter(|pixel| *pixel == colour).count();
    let Some(most) = seen().max_by_key(|colour| (count(colour), **colour)).copied() else { return };
    let is_paint_near = part.contains(&FILL) && range(part.iter()) < INK_MIN;
    let one = if is_paint_near { FILL } else { most };
    part.iter_mut().filter(|pixel| **pixel != FILL).for_each(|pixel| *pixel = one);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of 64 pixels: 30, and 30 more by `more` at every third one of the first half; paint from 40 to 50.
    fn row(more: u8) -> Pixels {
        let value = |x: usize| if x.is_multiple_of(3) && x < 32 { 30 + more } else { 30 };
        let colour = |x: usize| if (40..50).contains(&x) { FILL } else { [30, value(x), 30] };
        Pixels::new(64, 1, (0..64).flat_map(colour).collect()).unwrap()
    }

    #[test]
    fn what_hardly_differs_becomes_one_colour_and_the_rest_stays() {
        for more in [0, 1, INK_MIN - 1] {
            let mut frame = row(more);
            flatten(&mut frame);
            assert_eq!(frame.rgb(), row(0).rgb(), "{more}");
        }
        let mut frame = row(INK_MIN);
        flatten(&mut frame);
        assert_eq!(frame.rgb(), row(INK_MIN).rgb());
    }

    #[test]
    fn what_hardly_differs_from_the_paint_becomes_paint_whichever_of_the_two_is_the_ground() {
        let near = FILL.map(|value| value + INK_MIN - 1);
        let far = FILL.map(|value| value + INK_MIN);
        for (ink, ground) in [(near, FILL), (FILL, near), (far, FILL), (FILL, far)] {
            let pixels = (0..PART_PX).flat_map(|x| if x.is_multiple_of(3) { ink } else { ground });
            let before = Pixels::new(32, 1, pixels.collect()).unwrap();
            let mut after = before.clone();
            flatten(&mut after);
            let is_faint = ink == near || ground == near;
            assert_eq!(after.rgb().chunks(3).all(|pixel| pixel == FILL), is_faint, "{ink:?} on {ground:?}");
            assert_eq!(after == before, !is_faint);
        }
    }
}
