//! What a sensor or an importer saw, before redaction.
//!
//! INVARIANT: nothing here can be serialised or printed. The only way on is through `redact`.

use zeroize::Zeroize;

use crate::{Action, AppId, Moment, Rect, Screen, Site, Tree};

/// Pixels of a screen: 8-bit red, green, blue, row by row from the top, without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Pixels {
    /// Largest width or height in pixels.
    pub const SIDE_PX_MAX: u32 = 16_384;

    /// Takes an image; none if the length of `rgb` is not `width * height * 3`, or a side is 0 or too long.
    #[must_use]
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let sides = [width, height].into_iter().all(|side| (1..=Self::SIDE_PX_MAX).contains(&side));
        let expected = u64::from(width) * u64::from(height) * 3;
        (sides && u64::try_from(rgb.len()) == Ok(expected)).then_some(Self { width, height, rgb })
    }

    /// A copy of pixels that somebody else holds.
    #[must_use]
    pub(crate) fn of_view(frame: crate::FrameView<'_>) -> Self {
        Self { width: frame.width(), height: frame.height(), rgb: frame.rgb().to_vec() }
    }

    /// Width in pixels.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The bytes.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes, to paint over.
    #[must_use]
    pub fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }
}

/// A window that was on the screen when the frame was taken.
#[derive(Clone, PartialEq, Eq)]
pub struct VisibleWindow {
    /// Where, in absolute pixels, decorations included.
    pub bounds: Rect,
    /// Whether the gate permitted its content. A window that is not is masked before anything is read.
    pub permitted: bool,
}

impl Zeroize for Pixels {
    /// Without a length, all that was allocated is spare, and spare memory is wiped as a whole: byte by byte takes ten times as long.
    fn zeroize(&mut self) {
        (self.width, self.height) = (0, 0);
        self.rgb.clear();
        self.rgb.zeroize();
    }
}

impl Zeroize for VisibleWindow {
    fn zeroize(&mut self) {
        self.bounds.zeroize();
        self.permitted = false;
    }
}

/// One action and what was on the screen before it.
#[derive(Clone)]
pub struct Observation {
    /// When.
    pub at: Moment,
    /// On which screen.
    pub screen: Screen,
    /// The application in front.
    pub app: AppId,
    /// The site in front, where the application is a browser.
    pub site: Option<Site>,
    /// Whether other people write in that application, so that what they wrote must be masked.
    pub communication: bool,
    /// The title of the window in front.
    pub title: Option<String>,
    /// Where the window in front is.
    pub bounds: Rect,
    /// What the person did.
    pub action: Action,
    /// Index in `tree` of the element acted on.
    pub target: Option<u32>,
    /// The screen before the action.
    pub frame: Option<Pixels>,
    /// Every window on the screen when the frame was taken, the lowest first.
    pub windows: Vec<VisibleWindow>,
    /// The accessibility tree of the window in front when the frame was taken.
    pub tree: Option<Tree>,
    /// How long after the action began frame and tree were read, in milliseconds; none where they are of before it.
    pub late_ms: Option<u32>,
}

impl Zeroize for Observation {
    fn zeroize(&mut self) {
        self.title.zeroize();
        self.action.zeroize();
        self.frame.zeroize();
        self.windows.zeroize();
        self.tree.zeroize();
        self.site = None;
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pixels(..)")
    }
}

impl std::fmt::Debug for VisibleWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VisibleWindow(..)")
    }
}

impl std::fmt::Debug for Observation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Observation(..)")
    }
}
