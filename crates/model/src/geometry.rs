//! Places on a screen, in absolute pixels of a named screen; the origin is the top left corner.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A pixel of a screen. Negative values lie left of or above the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: i32,
    /// Pixels from the top edge.
    pub y: i32,
}

/// A rectangle of pixels; right and bottom edges are not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Rect {
    /// Left edge in pixels.
    pub x: i32,
    /// Top edge in pixels.
    pub y: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Rect {
    /// Whether the rectangle has no pixel.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether `point` is one of its pixels.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let dx = i64::from(point.x) - i64::from(self.x);
        let dy = i64::from(point.y) - i64::from(self.y);
        dx >= 0 && dy >= 0 && dx < i64::from(self.width) && dy < i64::from(self.height)
    }

    /// The part of it that lies on a screen of `width` by `height` pixels, as left, top, right, bottom.
    #[must_use]
    pub fn clipped(&self, width: u32, height: u32) -> Option<(u32, u32, u32, u32)> {
        let edge = |start: i32, length: u32, limit: u32| {
            let end = i64::from(start) + i64::from(length);
            let clip = |v: i64| u32::try_from(v.clamp(0, i64::from(limit))).unwrap_or(limit);
            (clip(i64::from(start)), clip(end))
        };
        let (left, right) = edge(self.x, self.width, width);
        let (top, bottom) = edge(self.y, self.height, height);
        (left < right && top < bottom).then_some((left, top, right, bottom))
    }
}

/// A named screen: the coordinate space of every point of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// The platform's own name of it, for example `:0.0` or `HDMI-1`.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_survives_the_extremes() {
        let huge = Rect { x: i32::MIN, y: i32::MIN, width: u32::MAX, height: u32::MAX };
        assert_eq!(huge.clipped(10, 10), Some((0, 0, 10, 10)));
        let beside = Rect { x: 10, y: 0, width: 5, height: 5 };
        assert_eq!(beside.clipped(10, 10), None);
        assert!(!beside.contains(Point { x: 15, y: 0 }));
    }
}
