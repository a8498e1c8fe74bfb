//! What may be known before the gate: contexts, and nothing else.

use candor_consent::Context;
use candor_model::{Action, Moment, Rect};

use crate::{Sensitive, SensorError};

/// A window, as far as the gate may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenWindow {
    /// The platform's handle.
    pub(crate) id: u64,
    pub(crate) class: String,
    pub(crate) site: Option<String>,
    pub(crate) private: bool,
    pub(crate) locked: bool,
    /// Why it is never captured, whatever a charter says.
    pub(crate) sensitive: Option<Sensitive>,
    /// Where it is, in absolute pixels, decorations included.
    pub bounds: Rect,
}

impl SeenWindow {
    /// What stands for a window that could not be found: no charter names its class.
    pub(crate) const fn unknown(locked: bool) -> Self {
        let bounds = Rect { x: 0, y: 0, width: 0, height: 0 };
        Self { id: 0, class: String::new(), site: None, private: false, locked, sensitive: None, bounds }
    }

    /// Why it is never captured: the shipped list names what it is about.
    #[must_use]
    pub const fn sensitive(&self) -> Option<Sensitive> {
        self.sensitive
    }

    /// Whether it says that the screen, or a window of it, is shared with others.
    pub(crate) fn says_shared(&self) -> bool {
        self.sensitive == Some(Sensitive::ScreenShare)
    }

    /// What the gate judges.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context {
            window_class: &self.class,
            site: self.site.as_deref(),
            private: self.private,
            locked: self.locked,
        }
    }
}

/// Something that the person did, which the gate has not judged.
///
/// INVARIANT: it holds no title and no text, and what was done can only be read by the sensor, under a permit.
pub struct Pending {
    pub(crate) at: Moment,
    /// The platform's own time of what began the action, in milliseconds.
    pub(crate) ms: u32,
    /// What the key does that began it, if one did.
    #[cfg(target_os = "linux")]
    pub(crate) key: crate::linux::Key,
    pub(crate) action: Action,
    pub(crate) front: SeenWindow,
    pub(crate) windows: Vec<SeenWindow>,
}

impl Pending {
    /// When.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.at
    }

    /// The window that it was done to.
    #[must_use]
    pub const fn front(&self) -> &SeenWindow {
        &self.front
    }

    /// Why nothing of it is captured, whatever the gate says: some window says that the screen is shared with others, or the one in front is about
    /// something sensitive.
    #[must_use]
    pub fn never_captured(&self) -> Option<SensorError> {
        if self.windows.iter().any(SeenWindow::says_shared) {
            return Some(SensorError::Shared);
        }
        self.front.sensitive.map(|kind| SensorError::Sensitive { kind })
    }

    /// Every visible window, the lowest first.
    #[must_use]
    pub fn windows(&self) -> &[SeenWindow] {
        &self.windows
    }
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("at", &self.at).finish_non_exhaustive()
    }
}
