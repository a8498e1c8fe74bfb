//! The names of frames: of one that is like the last, only what changed is hashed again.

use std::sync::Arc;

use candor_model::{BlobRef, Digest, FrameView, Media, digest_of_tiles};

/// Names the frames of one session.
#[derive(Default)]
pub(crate) struct FrameNames {
    last: Option<Named>,
}

/// A frame that was named, a pixmap, and the digests of its tiles.
struct Named {
    frame: Arc<Vec<u8>>,
    tiles: Vec<Digest>,
    reference: BlobRef,
}

impl FrameNames {
    /// The reference to a pixmap, which is kept until the next one; none if the bytes are none.
    pub(crate) fn name(&mut self, frame: &Arc<Vec<u8>>) -> Option<BlobRef> {
        if let Some(last) = self.last.as_ref().filter(|last| Arc::ptr_eq(&last.frame, frame)) {
            return Some(last.reference);
        }
        let last = self.last.take();
        let view = FrameView::of_pixmap(frame)?;
        let before = last.as_ref().and_then(|last| Some((FrameView::of_pixmap(&last.frame)?, &*last.tiles)));
        let tiles = view.tile_digests(before);
        let digest = digest_of_tiles(view.width(), view.height(), tiles.iter().copied());
        let reference = BlobRef { digest, bytes: frame.len() as u64, media: Media::Pixmap };
        self.last = Some(Named { frame: Arc::clone(frame), tiles, reference });
        Some(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_same_name_whatever_was_named_before_it() {
        let mut names = FrameNames::default();
        let frame = |width: u32, dots: &[usize]| {
            let mut rgb = vec![9; usize::try_from(width).unwrap() * 100 * 3];
            for dot in dots {
                rgb[*dot] = 1;
            }
            Arc::new(FrameView::new(width, 100, &rgb).unwrap().to_pixmap())
        };
        let (first, second) = (frame(130, &[]), frame(130, &[0, 38_000]));
        for frame in [&first, &first, &second, &first, &frame(131, &[7]), &second, &frame(130, &[38_999])] {
            assert_eq!(names.name(frame), BlobRef::of(frame, Media::Pixmap));
        }
        assert_eq!(names.name(&Arc::new(b"P6\n1 1\n255\n".to_vec())), None);
    }
}
