//! The pixels of an image file, and what names them.

use std::io::Cursor;

use candor_model::{Digest, FRAME_PIXELS_MAX, FrameView};

/// Largest image file in bytes: the most pixels that a frame may have, as PNG that is not compressed.
pub(crate) const IMAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The digest of the frame that an image shows (`docs/formats/frame.md`); none if it is no PNG of 8-bit red, green and blue, is damaged, is
/// larger than a frame may be, or holds anything but pixels: nobody agreed to what else a PNG may carry.
pub(crate) fn frame_digest(png: &[u8]) -> Option<Digest> {
    if !holds_pixels_only(png) {
        return None;
    }
    let limits = png::Limits { bytes: usize::try_from(FRAME_PIXELS_MAX * 4).unwrap_or(usize::MAX) };
    let mut reader = png::Decoder::new_with_limits(Cursor::new(png), limits).read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    let is_rgb = reader.output_color_type() == (png::ColorType::Rgb, png::BitDepth::Eight);
    let bytes = reader.output_buffer_size().filter(|_| is_rgb && FrameView::fits(width, height))?;
    let mut rgb = vec![0; bytes];
    reader.next_frame(&mut rgb).ok()?;
    Some(FrameView::new(width, height, &rgb)?.digest())
}

/// Whether a file is made of a header, pixels and an end, and nothing follows.
fn holds_pixels_only(png: &[u8]) -> bool {
    let Some(mut rest) = png.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    while let Some((kind, after)) = chunk(rest) {
        match &kind {
            b"IHDR" | b"IDAT" => rest = after,
            b"IEND" => return after.is_empty(),
            _ => return false,
        }
    }
    false
}

/// The kind of the next chunk, and what follows it.
fn chunk(bytes: &[u8]) -> Option<([u8; 4], &[u8])> {
    const CHECKSUM_BYTES: usize = 4;
    let (length, rest) = bytes.split_first_chunk()?;
    let (kind, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    Some((*kind, rest.get(length.checked_add(CHECKSUM_BYTES)?..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: Option<&str>, color: png::ColorType) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 70, 66);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        if let Some(text) = text {
            encoder.add_text_chunk("Comment".into(), text.into()).unwrap();
        }
        let samples = vec![7; 70 * 66 * color.samples()];
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        bytes
    }

    #[test]
    fn an_image_is_named_by_its_pixels_and_may_hold_nothing_else() {
        let expected = FrameView::new(70, 66, &[7; 70 * 66 * 3]).unwrap().digest();
        let png = written(None, png::ColorType::Rgb);
        assert_eq!(frame_digest(&png), Some(expected));
        assert_eq!(frame_digest(&written(Some("a name"), png::ColorType::Rgb)), None);
        assert_eq!(frame_digest(&written(None, png::ColorType::Rgba)), None);
        assert_eq!(frame_digest(&[&png, b"more".as_slice()].concat()), None);
        for cut in 0..png.len() {
            assert_eq!(frame_digest(&png[..cut]), None, "cut at {cut}");
        }
    }
}
