//! The image file of a frame: PNG (ISO/IEC 15948), made here, so that what travels and lies in the vault is small.

use candor_model::{BlobRef, Digest, FrameView, Media};

/// An image as it is written.
pub(crate) struct Image {
    /// PNG bytes.
    pub(crate) bytes: Vec<u8>,
    /// Their digest.
    pub(crate) sha256: Digest,
}

/// The image of a frame that was opened; none if the bytes are not the frame that the step names.
///
/// The same frame always gives the same image (P15). It holds the pixels and nothing else: no time, no name of a program.
pub(crate) fn image(frame: &BlobRef, bytes: Vec<u8>) -> Option<Image> {
    if BlobRef::of(&bytes, frame.media) != Some(*frame) {
        return None;
    }
    if frame.media != Media::Pixmap {
        return Some(Image { bytes, sha256: frame.digest });
    }
    let bytes = png(FrameView::of_pixmap(&bytes)?).ok()?;
    Some(Image { sha256: Digest::of(&bytes), bytes })
}

fn png(frame: FrameView<'_>) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width(), frame.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(frame.rgb())?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_holds_the_pixels_of_its_frame_and_nothing_else() {
        let rgb: Vec<u8> = (0..70 * 66 * 3).map(|n| u8::try_from(n * 31 % 253).unwrap()).collect();
        let pixmap = FrameView::new(70, 66, &rgb).unwrap().to_pixmap();
        let frame = BlobRef::of(&pixmap, Media::Pixmap).unwrap();
        let made = image(&frame, pixmap.clone()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&made.bytes)).read_info().unwrap();
        let mut read = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut read).unwrap();
        assert_eq!(read, rgb);
        assert_eq!(made.sha256, Digest::of(&made.bytes));
        assert_eq!(image(&frame, pixmap.clone()).unwrap().bytes, made.bytes);
        // Another library may write other bytes: then it is another writer (`docs/formats/dataset.md`, versions).
        assert_eq!(
            made.sha256.to_string(),
            "65a9f44878d9d4b23f4f31655c879f54c8b8b57a8e17ddbe24bbd69274229e68"
        );

        // A frame of an older recording is the image, byte for byte.
        let older = BlobRef::of(&made.bytes, Media::Png).unwrap();
        let kept = image(&older, made.bytes.clone()).unwrap();
        assert_eq!((kept.bytes, kept.sha256), (made.bytes, older.digest));

        let mut other = pixmap;
        *other.last_mut().unwrap() ^= 1;
        assert!(image(&frame, other).is_none());
    }
}
