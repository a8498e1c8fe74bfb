//! Pictures in and out: PNG (ISO/IEC 15948) of 8-bit red, green, blue, and the pixmaps that frames are kept as. The same pixels always
//! give the same bytes.

use std::io::Cursor;

use candor_model::{FrameView, Pixels};
use zeroize::Zeroizing;

/// Most pixels of a frame: two screens of 7680 by 4320.
pub(crate) use candor_model::FRAME_PIXELS_MAX;

/// Why a picture cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The frame is larger than two screens of 7680 by 4320 pixels.
    #[error("the frame has {pixels} pixels, and {max} are allowed")]
    TooLarge {
        /// How many there are.
        pixels: u64,
        /// How many are allowed.
        max: u64,
    },
    /// A side of the frame is longer than any screen's.
    #[error("the frame has {width} by {height} pixels, and a side may have {max}")]
    TooLong {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// Most pixels of a side.
        max: u32,
    },
    /// The pixels cannot be written as PNG.
    #[error("write the frame as PNG")]
    Encode(#[source] png::EncodingError),
    /// The bytes are not a PNG.
    #[error("read the frame as PNG")]
    Decode(#[source] png::DecodingError),
    /// The bytes hold several pictures.
    #[error("the picture is animated")]
    Animated,
    /// The bytes are a PNG, but not of 8-bit red, green, blue.
    #[error("the frame is no PNG of 8-bit red, green, blue")]
    Format,
}

/// Refuses a frame that would take too much memory.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    let (pixels, max) = (u64::from(width) * u64::from(height), Pixels::SIDE_PX_MAX);
    if width.max(height) > max {
        return Err(PictureError::TooLong { width, height, max });
    }
    if pixels > FRAME_PIXELS_MAX {
        return Err(PictureError::TooLarge { pixels, max: FRAME_PIXELS_MAX });
    }
    Ok(())
}

/// The PNG bytes of a frame.
pub(crate) fn encode(frame: &Pixels) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width(), frame.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(PictureError::Encode)?;
    writer.write_image_data(frame.rgb()).map_err(PictureError::Encode)?;
    writer.finish().map_err(PictureError::Encode)?;
    Ok(bytes)
}

/// The frame that PNG bytes hold.
pub(crate) fn decode(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(PictureError::Decode)?;
    let (width, height) = (reader.info().width, reader.info().height);
    check_size(width, height)?;
    let length = reader.output_buffer_size().ok_or(PictureError::Format)?;
    if reader.output_color_type() != (png::ColorType::Rgb, png::BitDepth::Eight) {
        return Err(PictureError::Format);
    }
    let mut rgb = vec![0; length];
    reader.next_frame(&mut rgb).map_err(PictureError::Decode)?;
    Pixels::new(width, height, rgb).ok_or(PictureError::Format)
}

/// The frame that the bytes of a step hold: a pixmap, or PNG in recordings of older versions.
pub(crate) fn decode_stored(bytes: &[u8]) -> Result<Pixels, PictureError> {
    FrameView::of_pixmap(bytes).map_or_else(|| decode(bytes), |frame| Ok(frame.into()))
}

/// A frame that was redacted, as PNG for people to look at.
///
/// # Errors
/// When the bytes are not a frame as it is stored, or the PNG does not hold what the frame holds.
pub fn picture_png(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let frame = decode_stored(bytes)?;
    let png = encode(&frame)?;
    if decode(&png)? == frame { Ok(png) } else { Err(PictureError::Format) }
}

/// A smaller copy of a frame that was redacted, as PNG, at most `width_max` pixels wide: each pixel is the mean of a square.
///
/// # Errors
/// When the bytes are not a frame as it is stored.
pub fn small_picture(bytes: &[u8], width_max: u32) -> Result<Vec<u8>, PictureError> {
    let small = match FrameView::of_pixmap(bytes) {
        Some(frame) => smaller(frame, width_max),
        None => smaller(decode(bytes)?.view(), width_max),
    };
    encode(&small.ok_or(PictureError::Format)?)
}

fn smaller(frame: FrameView<'_>, width_max: u32) -> Option<Pixels> {
    let side = frame.width().div_ceil(width_max.max(1)).clamp(1, frame.height().max(1));
    let (width, height) = (frame.width() / side, frame.height() / side);
    let row_bytes = count(frame.width()).max(1) * 3;
    let mut columns = vec![0; row_bytes];
    let mut rgb = Vec::with_capacity(count(width) * count(height) * 3);
    for rows in frame.rgb().chunks_exact(row_bytes * count(side)).take(count(height)) {
        add_up(rows, &mut columns);
        rgb.extend(columns.chunks_exact(count(side) * 3).flat_map(|square| means(square, side)));
    }
    Pixels::new(width, height, rgb)
}

/// Sums of the bytes that stand below each other. Each is at most 255 times the side of a square, of which 320 fit into a frame: far from what
/// would wrap; without a check several are added at once.
fn add_up(rows: &[u8], columns: &mut [u32]) {
    columns.fill(0);
    for row in rows.chunks_exact(columns.len()) {
        columns.iter_mut().zip(row).for_each(|(sum, byte)| *sum = sum.wrapping_add(u32::from(*byte)));
    }
}

/// Red, green and blue of a square, of which the columns are added up.
fn means(square: &[u32], side: u32) -> [u8; 3] {
    let mut sums = [0; 3];
    for column in square.chunks_exact(3) {
        sums.iter_mut().zip(column).for_each(|(sum, part)| *sum += part);
    }
    sums.map(|sum| u8::try_from(sum / (side * side)).unwrap_or(u8::MAX))
}

fn count(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

/// The frame that PNG bytes of any colour type and depth hold, as they are seen on white.
pub(crate) fn decode_any(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(PictureError::Decode)?;
    check_size(header.width, header.height)?;
    let mut reader = decoder.read_info().map_err(PictureError::Decode)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if reader.info().animation_control.is_some() {
        return Err(PictureError::Animated);
    }
    let mut samples = Zeroizing::new(vec![0; reader.output_buffer_size().ok_or(PictureError::Format)?]);
    reader.next_frame(&mut samples).map_err(PictureError::Decode)?;
    let rgb = on_white(&samples, reader.output_color_type().0.samples());
    Pixels::new(width, height, rgb).ok_or(PictureError::Format)
}

/// Samples of grey or colour, with or without transparency, as red, green and blue.
fn on_white(samples: &[u8], per_pixel: usize) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(samples.len() / per_pixel.max(1) * 3);
    for pixel in samples.chunks_exact(per_pixel.max(1)) {
        match *pixel {
            [grey] => rgb.extend([grey; 3]),
            [grey, alpha] => rgb.extend([laid(grey, alpha); 3]),
            [red, green, blue] => rgb.extend([red, green, blue]),
            [red, green, blue, alpha] => rgb.extend([red, green, blue].map(|v| laid(v, alpha))),
            _ => {}
        }
    }
    rgb
}

fn laid(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u16::from(value), u16::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(v: u32) -> [u8; 3] {
        [u8::try_from(v % 256).unwrap(); 3]
    }

    #[test]
    fn a_small_picture_has_the_means_of_squares() {
        // Two squares of 2 by 2 beside each other; a column and a row are left over.
        let values = [0, 4, 8, 8, 99, 4, 0, 8, 8, 99, 99, 99, 99, 99, 99];
        let rgb = values.into_iter().flat_map(pixel).collect();
        let frame = encode(&Pixels::new(5, 3, rgb).unwrap()).unwrap();
        let small = decode(&small_picture(&frame, 3).unwrap()).unwrap();
        assert_eq!((small.width(), small.height(), small.rgb()), (2, 1, [2, 2, 2, 8, 8, 8].as_slice()));
    }

    #[test]
    fn each_colour_of_a_small_picture_is_of_its_own() {
        let rgb = [[10, 20, 255], [30, 20, 255], [0, 0, 255], [0, 2, 255]].concat();
        let frame = Pixels::new(2, 2, rgb).unwrap().view().to_pixmap();
        let small = decode(&small_picture(&frame, 1).unwrap()).unwrap();
        assert_eq!((small.width(), small.height(), small.rgb()), (1, 1, [10, 10, 255].as_slice()));
    }

    #[test]
    fn a_picture_that_is_small_already_stays() {
        let rgb = (0..12).flat_map(pixel).collect();
        let frame = encode(&Pixels::new(4, 3, rgb).unwrap()).unwrap();
        for width_max in [4, 9, u32::MAX] {
            assert_eq!(small_picture(&frame, width_max).unwrap(), frame);
        }
        let pixmap = decode(&frame).unwrap().view().to_pixmap();
        assert_eq!(
            (picture_png(&pixmap).unwrap(), picture_png(&frame).unwrap()),
            (frame.clone(), frame.clone())
        );
        assert_eq!(small_picture(&pixmap, 9).unwrap(), frame);
        assert!(small_picture(&frame, 0).is_ok() && small_picture(b"no picture", 9).is_err());
    }
}
