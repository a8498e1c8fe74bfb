//! The bytes of a frame on their way from redaction to where they are kept: shared, so that nobody copies six megabytes to look at them.

use std::ops::Deref;
use std::sync::Arc;

use crate::Digest;

/// The bytes of a frame, a pixmap or PNG. Clones share them.
#[derive(Clone)]
pub struct FrameBytes {
    bytes: Arc<Vec<u8>>,
    tiles: Option<Arc<[Digest]>>,
}

impl FrameBytes {
    /// The bytes of a pixmap, with the digests of its tiles in the order of [`tile_places`](crate::tile_places), as whoever named the frame
    /// computed them.
    #[must_use]
    pub const fn tiled(bytes: Arc<Vec<u8>>, tiles: Arc<[Digest]>) -> Self {
        Self { bytes, tiles: Some(tiles) }
    }

    /// The digests of its tiles, if they are known.
    #[must_use]
    pub fn tiles(&self) -> Option<&[Digest]> {
        self.tiles.as_deref()
    }

    /// The bytes alone; a copy if others share them.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        Arc::unwrap_or_clone(self.bytes)
    }
}

impl From<Vec<u8>> for FrameBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: Arc::new(bytes), tiles: None }
    }
}

impl Deref for FrameBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl PartialEq for FrameBytes {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.bytes, &other.bytes) || self.bytes == other.bytes
    }
}

impl Eq for FrameBytes {}

impl std::fmt::Debug for FrameBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameBytes({} bytes)", self.bytes.len())
    }
}
