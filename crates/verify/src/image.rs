//! The pixels of an image file, and what names them.

use std::io::Cursor;

use candor_model::{Digest, FRAME_PIXELS_MAX, FrameView};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

/// Largest image file in bytes: the most pixels that a frame may have, as PNG that is not compressed.
pub(crate) const IMAGE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The digest of the frame that an image shows (`docs/formats/frame.md`); none if it is no PNG of 8-bit red, green and blue, is damaged, is
/// larger than a frame may be, or holds anything but pixels: nobody agreed to what else a PNG may carry.
pub(crate) fn frame_digest(png: &[u8]) -> Option<Digest> {
    let compressed = pixel_data(png)?;
    let limits = png::Limits { bytes: usize::try_from(FRAME_PIXELS_MAX * 4).unwrap_or(usize::MAX) };
    let mut reader = png::Decoder::new_with_limits(Cursor::new(png), limits).read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    let is_rgb = reader.output_color_type() == (png::ColorType::Rgb, png::BitDepth::Eight);
    let bytes = reader.output_buffer_size().filter(|_| is_rgb && FrameView::fits(width, height))?;
    is_all_pixels(&compressed, (bytes + usize::try_from(height).ok()?, reader.info().interlaced))
        .then_some(())?;
    let mut rgb = vec![0; bytes];
    reader.next_frame(&mut rgb).ok()?;
    Some(FrameView::new(width, height, &rgb)?.digest())
}

/// The compressed pixels of a file that is made of a header, pixels and an end, and nothing follows.
fn pixel_data(png: &[u8]) -> Option<Vec<u8>> {
    let mut rest = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut data = Vec::new();
    loop {
        let chunk = chunk(rest)?;
        rest = chunk.after;
        match &chunk.kind {
            b"IHDR" => {}
            b"IDAT" => data.extend_from_slice(chunk.data),
            b"IEND" => return (chunk.data.is_empty() && rest.is_empty()).then_some(data),
            _ => return None,
        }
    }
}

struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    after: &'a [u8],
}

/// The first chunk of bytes.
fn chunk(bytes: &[u8]) -> Option<Chunk<'_>> {
    const CHECKSUM_BYTES: usize = 4;
    let (length, rest) = bytes.split_first_chunk()?;
    let (kind, rest) = rest.split_first_chunk()?;
    let (data, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some(Chunk { kind: *kind, data, after: rest.get(CHECKSUM_BYTES..)? })
}

/// Whether compressed pixels (zlib, RFC 1950) are so many bytes, each row with its filter, whole, and end where the file's pixels end:
/// decoders of PNG leave what stands behind them unread.
fn is_all_pixels(compressed: &[u8], (bytes, interlaced): (usize, bool)) -> bool {
    let mut state = InflateState::new_boxed(DataFormat::Zlib);
    let mut out = vec![0; bytes];
    let read = inflate(&mut state, compressed, &mut out, MZFlush::Finish);
    let whole = read.status == Ok(MZStatus::StreamEnd);
    whole && !interlaced && (read.bytes_consumed, read.bytes_written) == (compressed.len(), bytes)
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

    /// A file with these compressed pixels.
    fn with_data(data: &[u8]) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let mut crc = !0_u32;
            for byte in kind.iter().chain(data) {
                crc = (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                    (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
                });
            }
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            [&length, kind.as_slice(), data, &(!crc).to_be_bytes()].concat()
        };
        let header = [2_u32.to_be_bytes(), 1_u32.to_be_bytes()].concat();
        let header = [header.as_slice(), &[8, 2, 0, 0, 0]].concat();
        let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", data), chunk(b"IEND", &[])];
        [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
    }

    #[test]
    fn nothing_hides_behind_the_pixels() {
        let row = [0, 1, 2, 3, 4, 5, 6];
        let zlib = |bytes: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6);
        let expected = FrameView::new(2, 1, &row[1..]).unwrap().digest();
        let data = zlib(&row);
        assert_eq!(frame_digest(&with_data(&data)), Some(expected));
        assert_eq!(
            frame_digest(&with_data(&[&data, b"a name".as_slice()].concat())),
            None,
            "behind the stream"
        );
        assert_eq!(
            frame_digest(&with_data(&zlib(&[&row, b"a name".as_slice()].concat()))),
            None,
            "within it"
        );
        let mut sum = data.clone();
        *sum.last_mut().unwrap() ^= 1;
        assert_eq!(frame_digest(&with_data(&sum)), None, "another checksum");
    }
}
