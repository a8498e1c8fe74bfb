//! Rectangles that lie in a frame, and the few conversions between pixels and fractions of them.

use candor_model::Rect;

/// A part of a frame in pixels; right and bottom are not part of it. It is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Area {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

impl Area {
    /// The part of `rect` that lies in a frame of this size; none if no pixel does.
    pub(crate) fn of(rect: Rect, width: u32, height: u32) -> Option<Self> {
        let (left, top, right, bottom) = rect.clipped(width, height)?;
        Self::new(left, top, right, bottom)
    }

    /// An area; none if it would hold no pixel.
    pub(crate) fn new(left: u32, top: u32, right: u32, bottom: u32) -> Option<Self> {
        (left < right && top < bottom).then_some(Self { left, top, right, bottom })
    }

    pub(crate) const fn width(self) -> u32 {
        self.right - self.left
    }

    pub(crate) const fn height(self) -> u32 {
        self.bottom - self.top
    }

    /// In pixels.
    pub(crate) fn size(self) -> u64 {
        u64::from(self.width()) * u64::from(self.height())
    }

    /// The same as a rectangle of a screen.
    pub(crate) fn rect(self) -> Rect {
        let place = |v: u32| i32::try_from(v).unwrap_or(i32::MAX);
        Rect { x: place(self.left), y: place(self.top), width: self.width(), height: self.height() }
    }

    pub(crate) fn intersects(self, other: Self) -> bool {
        self.common(other).is_some()
    }

    /// What both hold.
    pub(crate) fn common(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        Self::new(left, top, self.right.min(other.right), self.bottom.min(other.bottom))
    }

    /// The smallest area that holds both.
    pub(crate) fn joined(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Wider by `across` and taller by `along` on both sides, within `frame`.
    pub(crate) fn grown(self, across: u32, along: u32, frame: Self) -> Self {
        Self {
            left: self.left.saturating_sub(across).max(frame.left),
            top: self.top.saturating_sub(along).max(frame.top),
            right: self.right.saturating_add(across).min(frame.right),
            bottom: self.bottom.saturating_add(along).min(frame.bottom),
        }
    }

    /// Whether the two stand in one visual row: they share more than half of the lower one's height.
    pub(crate) fn shares_row(self, other: Self) -> bool {
        let shared = self.bottom.min(other.bottom).saturating_sub(self.top.max(other.top));
        shared * 2 > self.height().min(other.height())
    }
}

/// A count of pixels as an index.
pub(crate) fn index(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

/// An index as a count of pixels.
pub(crate) fn pixels(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A length as a number to reckon with.
#[expect(
    clippy::cast_precision_loss,
    reason = "lengths within a frame are far below 2^24, where f32 is exact"
)]
pub(crate) fn real(length: usize) -> f32 {
    length as f32
}

/// A non-negative number of pixels, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is wanted"
)]
pub(crate) fn floor(length: f32) -> usize {
    length.max(0.0).floor() as usize
}

/// A non-negative number of pixels, rounded up.
pub(crate) fn ceil(length: f32) -> usize {
    floor(length.ceil())
}
