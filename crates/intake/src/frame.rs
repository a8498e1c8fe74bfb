//! PNG in (ISO/IEC 15948), by the size of the screen and no other.

use std::io::Cursor;

use candor_model::{Pixels, Screen};

use crate::{Fault, IntakeError, limit};

/// Bytes that the decoder may take beside the picture itself.
const DECODER_BYTES_MAX: usize = 8 * 1024 * 1024;
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The pixels of a PNG of 8-bit red, green and blue that has the size of the screen.
pub(crate) fn decode(file: &str, bytes: &[u8], screen: &Screen) -> Result<Pixels, IntakeError> {
    let fault = |fault| IntakeError::file(file, fault);
    // The header is read by hand first: nothing is decompressed of a picture that lies about its size.
    let (width, height) = size(bytes).ok_or_else(|| fault(Fault::NotPng))?;
    if (width, height) != (screen.width, screen.height) {
        return Err(fault(Fault::FrameSize { width, height }));
    }
    let rgb = pixels(bytes).map_err(fault)?;
    Pixels::new(width, height, rgb).ok_or_else(|| fault(Fault::PngFormat))
}

/// Whether a screen has a size that a frame may have.
pub(crate) fn is_screen(screen: &Screen) -> bool {
    let side = |side| (1..=Pixels::SIDE_PX_MAX).contains(&side);
    let pixels = u64::from(screen.width) * u64::from(screen.height);
    side(screen.width) && side(screen.height) && pixels <= limit::FRAME_PIXELS_MAX
}

/// Width and height by the IHDR chunk, which is always the first.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(&SIGNATURE)?;
    let number = |at: usize| rest.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    (rest.get(4..8)? == b"IHDR").then_some(())?;
    Some((number(8)?, number(12)?))
}

fn pixels(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let limits = png::Limits { bytes: DECODER_BYTES_MAX };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|_| Fault::PngDamaged)?;
    if reader.output_color_type() != (png::ColorType::Rgb, png::BitDepth::Eight) {
        return Err(Fault::PngFormat);
    }
    let mut rgb = vec![0; reader.output_buffer_size().ok_or(Fault::PngFormat)?];
    reader.next_frame(&mut rgb).map_err(|_| Fault::PngDamaged)?;
    Ok(rgb)
}
