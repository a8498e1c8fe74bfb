//! What a compile starts from: sessions that the vault opened under a use permit. Only this room makes it.

use arrow::record_batch::RecordBatch;
use candor_model::{BlobRef, SessionHeader, SessionId, Step, bundle::Manifest};

/// One session, opened.
#[derive(Debug, Clone)]
pub(crate) struct SessionInput {
    /// What is said once for all of it.
    pub(crate) header: SessionHeader,
    /// The manifest that the contributor's release signs.
    pub(crate) manifest: Manifest,
    /// The steps, in order of their ordinals.
    pub(crate) steps: Vec<Step>,
    /// The same steps as rows, in the same order: what a filter is evaluated on.
    pub(crate) rows: RecordBatch,
}

/// Opens the bytes of a frame. Frames are fetched one at a time: a dataset may be larger than memory.
pub(crate) type Frames<'a> = dyn FnMut(SessionId, &BlobRef) -> Result<Vec<u8>, FrameError> + 'a;

/// A frame that cannot be opened: whatever the store says.
pub(crate) type FrameError = Box<dyn std::error::Error + Send + Sync>;
