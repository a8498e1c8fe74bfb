//! Parts of the screen, and which window is seen in each.

use candor_model::Rect;

/// A part of the screen in pixels: from left and top on, up to right and bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

impl Piece {
    /// The part of a rectangle that is on a screen of this size; none if it is beside it.
    pub(crate) fn of(bounds: Rect, (width, height): (u32, u32)) -> Option<Self> {
        bounds.clipped(width, height).map(|(left, top, right, bottom)| Self { left, top, right, bottom })
    }

    pub(crate) const fn width(self) -> u32 {
        self.right - self.left
    }

    pub(crate) const fn height(self) -> u32 {
        self.bottom - self.top
    }

    /// What both have.
    pub(crate) fn within(self, other: Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (both.left < both.right && both.top < both.bottom).then_some(both)
    }

    /// What is around both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// What is left of it beside a hole in it: above, below, left and right of the hole.
    fn beside(self, hole: Self) -> impl Iterator<Item = Self> {
        let all = [
            Self { bottom: hole.top, ..self },
            Self { top: hole.bottom, ..self },
            Self { top: hole.top, bottom: hole.bottom, right: hole.left, ..self },
            Self { top: hole.top, bottom: hole.bottom, left: hole.right, ..self },
        ];
        all.into_iter().filter(|piece| piece.left < piece.right && piece.top < piece.bottom)
    }
}

impl From<Piece> for Rect {
    fn from(piece: Piece) -> Self {
        let at = |edge: u32| i32::try_from(edge).unwrap_or(i32::MAX);
        Self { x: at(piece.left), y: at(piece.top), width: piece.width(), height: piece.height() }
    }
}

/// Which window is seen where in a part of the screen: the uppermost one that lies there, by its place among the windows, the lowest first;
/// none where none lies. Each pixel is in one piece.
pub(crate) fn seen_in(part: Piece, windows: &[Option<Piece>]) -> Vec<(Option<usize>, Piece)> {
    let mut seen = Vec::new();
    let mut left = vec![part];
    for (place, window) in windows.iter().enumerate().rev() {
        let Some(window) = window else { continue };
        let mut rest = Vec::new();
        for piece in left {
            match piece.within(*window) {
                Some(both) => {
                    seen.push((Some(place), both));
                    rest.extend(piece.beside(both));
                }
                None => rest.push(piece),
            }
        }
        left = rest;
    }
    seen.extend(left.into_iter().map(|piece| (None, piece)));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: u32 = 12;

    fn piece(left: u32, top: u32, right: u32, bottom: u32) -> Piece {
        Piece { left, top, right, bottom }
    }

    #[test]
    fn a_hole_leaves_what_is_around_it() {
        let around: Vec<_> = piece(0, 0, 9, 9).beside(piece(3, 3, 6, 6)).collect();
        assert_eq!(around, [piece(0, 0, 9, 3), piece(0, 6, 9, 9), piece(0, 3, 3, 6), piece(6, 3, 9, 6)]);
        assert_eq!(piece(0, 0, 9, 9).beside(piece(0, 0, 9, 9)).count(), 0);
        assert_eq!(piece(0, 0, 3, 3).within(piece(3, 0, 9, 9)), None);
    }

    /// Each pixel by itself, for as many windows as there are places to lie.
    #[test]
    fn each_pixel_is_of_the_uppermost_window_that_lies_there_and_in_one_piece() {
        let mut state = 7_u32;
        let mut number = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..300 {
            let mut any = || {
                let (left, top) = (number(SIDE - 1), number(SIDE - 1));
                piece(left, top, left + 1 + number(SIDE - left), top + 1 + number(SIDE - top))
            };
            let part = any();
            let windows: Vec<_> = (0..5).map(|n| Some(any()).filter(|_| n != 2)).collect();
            let mut counted = [[0; SIDE as usize + 2]; SIDE as usize + 2];
            for (window, seen) in seen_in(part, &windows) {
                for (x, y) in
                    (seen.left..seen.right).flat_map(|x| (seen.top..seen.bottom).map(move |y| (x, y)))
                {
                    let there = |window: &Option<Piece>| {
                        window.is_some_and(|w| w.within(piece(x, y, x + 1, y + 1)).is_some())
                    };
                    assert_eq!(window, windows.iter().rposition(there));
                    counted[x as usize][y as usize] += 1;
                }
            }
            let all: u32 = counted.iter().flatten().sum();
            assert!(counted.iter().flatten().all(|count| *count <= 1));
            assert_eq!(all, part.width() * part.height());
        }
    }
}
