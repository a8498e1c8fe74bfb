//! The frames of a sealed session that are kept as tiles.

use std::cell::RefCell;
use std::collections::BTreeMap;

use candor_bundle::{Damaged, Packed, Unpacker};
use candor_model::Digest;

use super::{BLOBS, FrameInOrder, Opened, SessionError};

/// Where the tiles of a session are, and what is kept of those that were opened.
#[derive(Debug)]
pub(super) struct Frames {
    /// The number of the first tile that each frame brought.
    first: BTreeMap<Digest, u32>,
    /// The frames that brought tiles, in order.
    strips: Vec<(u32, Digest)>,
    unpacker: RefCell<Unpacker>,
}

impl From<Damaged> for SessionError {
    fn from(_: Damaged) -> Self {
        Self::Damaged { part: BLOBS }
    }
}

impl Frames {
    /// None if the tiles are more than can be numbered.
    pub(super) fn new(frames: &[FrameInOrder]) -> Option<Self> {
        let (mut first, mut strips, mut tiles) = (BTreeMap::new(), Vec::new(), 0_u32);
        for frame in frames {
            first.insert(frame.frame, tiles);
            if frame.tiles > 0 {
                strips.push((tiles, frame.frame));
            }
            tiles = tiles.checked_add(frame.tiles)?;
        }
        Some(Self { first, strips, unpacker: RefCell::default() })
    }

    fn bringing(&self, tile: u32) -> Result<(u32, Digest), Damaged> {
        let after = self.strips.partition_point(|(first, _)| *first <= tile);
        after.checked_sub(1).and_then(|at| self.strips.get(at)).copied().ok_or(Damaged)
    }
}

impl Opened {
    /// A frame that is kept as tiles, as a pixmap of the digest that was asked for; none if it is no such frame.
    pub(super) fn frame(&self, digest: &Digest) -> Result<Option<Vec<u8>>, SessionError> {
        let Some(first) = self.frames.first.get(digest) else { return Ok(None) };
        let packed = Packed::parse(&self.sealed_bytes(digest)?)?;
        let mut bringing = |tile: u32| -> Result<(u32, Packed), SessionError> {
            let (first, frame) = self.frames.bringing(tile)?;
            Ok((first, Packed::parse(&self.sealed_bytes(&frame)?)?))
        };
        let pixels = self.frames.unpacker.borrow_mut().frame(&packed, *first, &mut bringing)?;
        if pixels.view().digest() != *digest {
            return Err(SessionError::Damaged { part: BLOBS });
        }
        Ok(Some(pixels.view().to_pixmap()))
    }

    /// Forgets the tiles that were opened.
    pub(crate) fn put_away(&self) {
        self.frames.unpacker.take();
    }
}
