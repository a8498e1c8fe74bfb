//! The frames of a session: found among its records, and put together from tiles.

use candor_bundle::{Damaged, Packed, PackedFrame, Repacker, Unpacker};
use candor_model::{BlobRef, Digest, FrameView, Media, SessionId};

use crate::error::{SessionError, StateError};
use crate::journal::Inner;
use crate::record::Record;
use crate::segment::Location;

/// Why a frame cannot be put together.
enum Failed {
    Tiles,
    Session(SessionError),
}

impl From<Damaged> for Failed {
    fn from(_: Damaged) -> Self {
        Self::Tiles
    }
}

impl Failed {
    fn of(self, session: SessionId) -> SessionError {
        match self {
            Self::Tiles => SessionError::State { session, source: StateError::NotAStep },
            Self::Session(error) => error,
        }
    }
}

impl Inner {
    /// The bytes of a frame as the step's reference says.
    pub(crate) fn frame(&self, session: SessionId, frame: BlobRef) -> Result<Vec<u8>, SessionError> {
        if frame.media != Media::Pixmap {
            return self.blob(session, frame.digest);
        }
        let failed = |failed: Failed| failed.of(session);
        let (first, packed) = self.packed(session, frame.digest).map_err(failed)?;
        let mut unpacking = self.unpacking.borrow_mut();
        if unpacking.as_ref().is_none_or(|(of, _)| *of != session) {
            *unpacking = None;
        }
        let (_, unpacker) = unpacking.get_or_insert_with(|| (session, Unpacker::default()));
        let pixels =
            unpacker.frame(&packed, first, &mut |tile| self.bringing(session, tile)).map_err(failed)?;
        Ok(pixels.view().to_pixmap())
    }

    /// Packs a frame for a bundle, of which the person masked nothing. It never leaves the tiles.
    pub(crate) fn repacked(
        &self,
        session: SessionId,
        frame: BlobRef,
        repacker: &mut Repacker,
    ) -> Result<PackedFrame, SessionError> {
        let failed = |failed: Failed| failed.of(session);
        let (first, packed) = self.packed(session, frame.digest).map_err(failed)?;
        let (digest, packed) =
            repacker.packed(&packed, first, &mut |tile| self.bringing(session, tile)).map_err(failed)?;
        // INVARIANT: what leaves is the frame that the step names.
        if digest != frame.digest {
            return Err(Failed::Tiles.of(session));
        }
        Ok(PackedFrame { digest, packed })
    }

    fn packed(&self, session: SessionId, digest: Digest) -> Result<(u32, Packed), Failed> {
        let index = &self.session(session).map_err(Failed::Session)?.index;
        let (first, at) = index.frames.get(&digest).copied().ok_or(Failed::Tiles)?;
        match self.packed_at(session, at)? {
            (found, packed) if found == digest => Ok((first, packed)),
            _ => Err(Failed::Tiles),
        }
    }

    /// The frame that brought a tile.
    fn bringing(&self, session: SessionId, tile: u32) -> Result<(u32, Packed), Failed> {
        let index = &self.session(session).map_err(Failed::Session)?.index;
        let (first, at) = index.bringing(tile).ok_or(Failed::Tiles)?;
        Ok((first, self.packed_at(session, at)?.1))
    }

    fn packed_at(&self, session: SessionId, at: Location) -> Result<(Digest, Packed), Failed> {
        let record = self.read(session, at).map_err(Failed::Session)?;
        let Record::Frame { digest, packed } = record else { return Err(Failed::Tiles) };
        Ok((digest, packed))
    }
}

/// Packs a frame for a bundle by its pixels, and says what names it.
pub(crate) fn packed(bytes: &[u8], repacker: &mut Repacker) -> Option<PackedFrame> {
    let (digest, packed) = repacker.pixels(FrameView::of_pixmap(bytes)?).ok()?;
    Some(PackedFrame { digest, packed })
}
