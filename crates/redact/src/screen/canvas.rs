//! Which pixels are shown, and the paint over all others.

use candor_model::{Pixels, Rect};

use crate::ocr::area::Area;

/// The one colour of everything masked. Opaque: a blur can be undone.
pub(crate) const FILL: [u8; 3] = [0x40, 0x40, 0x40];

/// Which pixels of a frame are shown. It begins with none.
pub(crate) struct Canvas {
    width: u32,
    height: u32,
    shown: Vec<bool>,
    pixels_left: u64,
}

impl Canvas {
    /// Most pixels that showing and hiding may touch, as a multiple of the frame: nested elements stay far below it, and
    /// a hostile tree cannot buy more work.
    const WORK_FRAMES_MAX: u64 = 64;

    /// A canvas of the size of `frame`, everything hidden.
    pub(crate) fn hidden(width: u32, height: u32) -> Self {
        let pixels = u64::from(width) * u64::from(height);
        let shown = vec![false; usize::try_from(pixels).unwrap_or(0)];
        Self { width, height, shown, pixels_left: pixels * Self::WORK_FRAMES_MAX }
    }

    /// Whether a rectangle has pixels in the frame and within `bounds`.
    pub(crate) fn can_show(&self, rect: Rect, bounds: Rect) -> bool {
        self.clip(rect, bounds).is_some()
    }

    /// The part of `rect` that has pixels in the frame.
    pub(crate) fn area(&self, rect: Rect) -> Option<Area> {
        Area::of(rect, self.width, self.height)
    }

    /// Shows the pixels of `rect` that lie within `bounds`.
    pub(crate) fn show(&mut self, rect: Rect, bounds: Rect) {
        self.set(rect, bounds, true);
    }

    /// Hides the pixels of `rect`.
    pub(crate) fn hide(&mut self, rect: Rect) {
        self.set(rect, rect, false);
    }

    fn set(&mut self, rect: Rect, bounds: Rect, shown: bool) {
        let Some((left, top, right, bottom)) = self.clip(rect, bounds) else { return };
        let area = u64::from(right - left) * u64::from(bottom - top);
        let Some(pixels_left) = self.pixels_left.checked_sub(area) else {
            self.give_up();
            return;
        };
        self.pixels_left = pixels_left;
        for row in self.shown.chunks_exact_mut(side(self.width)).take(side(bottom)).skip(side(top)) {
            if let Some(part) = row.get_mut(side(left)..side(right)) {
                part.fill(shown);
            }
        }
    }

    /// Hides everything for good: what comes after is not painted any more.
    fn give_up(&mut self) {
        self.pixels_left = 0;
        self.shown.fill(false);
    }

    fn clip(&self, rect: Rect, bounds: Rect) -> Option<(u32, u32, u32, u32)> {
        let (l1, t1, r1, b1) = rect.clipped(self.width, self.height)?;
        let (l2, t2, r2, b2) = bounds.clipped(self.width, self.height)?;
        let (left, top, right, bottom) = (l1.max(l2), t1.max(t2), r1.min(r2), b1.min(b2));
        (left < right && top < bottom).then_some((left, top, right, bottom))
    }

    /// Whether a pixel within `bounds` is hidden.
    pub(crate) fn hides_any(&self, bounds: Rect) -> bool {
        let Some((left, top, right, bottom)) = bounds.clipped(self.width, self.height) else { return false };
        let mut rows = self.shown.chunks_exact(side(self.width)).take(side(bottom)).skip(side(top));
        rows.any(|row| row.get(side(left)..side(right)).is_some_and(|part| part.contains(&false)))
    }

    /// Paints over everything that is not shown.
    pub(crate) fn paint(&self, frame: &mut Pixels) {
        for (pixel, shown) in frame.rgb_mut().chunks_exact_mut(3).zip(&self.shown) {
            if !shown {
                pixel.copy_from_slice(&FILL);
            }
        }
    }

    /// Whether every hidden pixel of `frame`, and every pixel of `regions`, has the one colour.
    pub(crate) fn is_painted(&self, frame: &Pixels, regions: &[Rect]) -> bool {
        let same_size = frame.width() == self.width && frame.height() == self.height;
        let mut pixels = frame.rgb().chunks_exact(3).zip(&self.shown);
        same_size
            && pixels.all(|(pixel, shown)| *shown || pixel == FILL)
            && regions.iter().all(|region| is_filled(frame, *region))
    }
}

/// Whether every pixel of `region` has the one colour.
pub(crate) fn is_filled(frame: &Pixels, region: Rect) -> bool {
    let Some((left, top, right, bottom)) = region.clipped(frame.width(), frame.height()) else { return true };
    let mut rows = frame.rgb().chunks_exact(side(frame.width()) * 3).take(side(bottom)).skip(side(top));
    rows.all(|row| {
        let part = row.get(side(left) * 3..side(right) * 3).unwrap_or_default();
        // The first pixel is the fill, and each other is as the one before it: the row is compared as a whole, not pixel by pixel.
        part.is_empty() || part.starts_with(&FILL) && part.get(3..) == part.get(..part.len() - 3)
    })
}

/// Paints over a region.
pub(crate) fn fill(frame: &mut Pixels, region: Rect) {
    let Some((left, top, right, bottom)) = region.clipped(frame.width(), frame.height()) else { return };
    let width = side(frame.width());
    for row in frame.rgb_mut().chunks_exact_mut(width * 3).take(side(bottom)).skip(side(top)) {
        let part = row.get_mut(side(left) * 3..side(right) * 3).unwrap_or_default();
        part.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&FILL));
    }
}

fn side(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x: 0, y: 0, width: 8, height: 8 };

    fn white() -> Pixels {
        Pixels::new(8, 8, vec![255; 8 * 8 * 3]).unwrap()
    }

    #[test]
    fn what_was_not_shown_is_painted() {
        let mut frame = white();
        let mut canvas = Canvas::hidden(8, 8);
        canvas.show(Rect { x: 2, y: 2, width: 4, height: 4 }, FRAME);
        canvas.hide(Rect { x: 3, y: 3, width: 1, height: 1 });
        canvas.paint(&mut frame);
        assert_eq!(frame.rgb().chunks(3).filter(|p| *p == [255; 3]).count(), 15);
        assert!(canvas.is_painted(&frame, &[Rect { x: 3, y: 3, width: 1, height: 1 }]));
    }

    #[test]
    fn one_forgotten_pixel_is_noticed() {
        let canvas = Canvas::hidden(8, 8);
        let mut frame = white();
        canvas.paint(&mut frame);
        assert!(canvas.is_painted(&frame, &[FRAME]));
        frame.rgb_mut()[3 * 37] ^= 1;
        assert!(!canvas.is_painted(&frame, &[]));
        assert!(!is_filled(&frame, FRAME));
    }

    #[test]
    fn a_region_is_filled_only_if_every_byte_of_it_is() {
        let mut frame = white();
        Canvas::hidden(8, 8).paint(&mut frame);
        for at in 0..frame.rgb().len() {
            frame.rgb_mut()[at] ^= 1;
            assert!(!is_filled(&frame, FRAME), "byte {at}");
            frame.rgb_mut()[at] ^= 1;
        }
        assert!(is_filled(&frame, FRAME));
        assert!(!is_filled(&white(), FRAME), "one colour is not the fill");
    }

    #[test]
    fn a_tree_that_buys_too_much_work_is_hidden_whole() {
        let mut canvas = Canvas::hidden(8, 8);
        for _ in 0..=Canvas::WORK_FRAMES_MAX {
            canvas.show(FRAME, FRAME);
        }
        canvas.show(FRAME, FRAME);
        assert!(!canvas.shown.contains(&true));
    }

    #[test]
    fn extreme_rectangles_are_clipped() {
        let mut canvas = Canvas::hidden(8, 8);
        let huge = Rect { x: i32::MIN, y: i32::MIN, width: u32::MAX, height: u32::MAX };
        canvas.show(huge, huge);
        assert!(!canvas.hides_any(huge));
        canvas.hide(Rect { x: i32::MAX, y: 0, width: u32::MAX, height: 1 });
        assert!(!canvas.hides_any(FRAME));
    }
}
