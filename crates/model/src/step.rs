//! A step: one action, what was on the screen before it, and where it went, after redaction.

use serde::{Deserialize, Serialize};

use crate::{Action, AppId, Digest, FrameBytes, FrameView, Rect, RedactionReport, Screen, Site, Timestamp};

/// When something happened, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Wall-clock time.
    pub wall: Timestamp,
    /// Microseconds of a clock that never goes back, since the start of the session.
    pub monotonic_us: u64,
}

/// What kind of bytes a blob holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Media {
    /// A frame as PNG (ISO/IEC 15948): what recordings of the journal's versions 1 and 2 hold.
    #[serde(rename = "image/png")]
    Png,
    /// A frame by its pixels, as a binary pixmap (netpbm `P6`): see [`crate::FrameView`].
    #[serde(rename = "image/x-portable-pixmap")]
    Pixmap,
    /// An accessibility tree as canonical JSON of [`crate::Tree`].
    #[serde(rename = "application/json")]
    Tree,
}

/// A reference to the bytes of a frame or a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRef {
    /// What names it: of a pixmap the digest of its tiles ([`crate::FrameView::digest`]), of anything else that of its bytes.
    pub digest: Digest,
    /// Length in bytes, as it is when it is opened.
    pub bytes: u64,
    /// What they are.
    pub media: Media,
}

impl BlobRef {
    /// The reference to bytes; none if they are said to be a pixmap and are not.
    #[must_use]
    pub fn of(bytes: &[u8], media: Media) -> Option<Self> {
        let digest = match media {
            Media::Png | Media::Tree => Digest::of(bytes),
            Media::Pixmap => FrameView::of_pixmap(bytes)?.digest(),
        };
        Some(Self { digest, bytes: bytes.len() as u64, media })
    }
}

/// The window in front.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The application.
    pub app: AppId,
    /// The site, where the application is a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// The title, redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it is.
    pub bounds: Rect,
}

/// The element that was acted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Role by the names of AT-SPI, lower case.
    pub role: String,
    /// Name, redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    pub bounds: Rect,
}

/// A step. Its canonical bytes are what a release signs and what every export derives from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Place in the session, from 0 without gaps among what is released; given at release.
    pub ordinal: u32,
    /// When.
    pub at: Moment,
    /// The coordinate space of every point in it.
    pub screen: Screen,
    /// The window in front.
    pub window: Window,
    /// What the person did.
    pub action: Action,
    /// On what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The screen before the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<BlobRef>,
    /// The accessibility tree before the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<BlobRef>,
    /// How long after the action began frame and tree were read, in milliseconds: no screen at rest of before it was at hand, and they may show
    /// what it did. None where they are of before the action, and where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_ms: Option<u32>,
}

/// A step with the bytes of its frame and tree, and the report of what redaction found.
///
/// `redact` hands this out only inside its own `Redacted` type; alone it carries no promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedStep {
    /// The step; `frame` and `tree` refer to the bytes below.
    pub step: Step,
    /// Bytes of the frame: a pixmap or PNG, as `step.frame` says.
    pub frame: Option<FrameBytes>,
    /// Canonical JSON bytes of the tree.
    pub tree: Option<Vec<u8>>,
    /// What was found and where, never the found text.
    pub report: RedactionReport,
}
