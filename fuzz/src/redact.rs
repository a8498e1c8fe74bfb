//! De-identification: any text, any picture.

use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use candor_model::Pixels;
use candor_redact::{
    ImageRedactor, Lists, Models, Profile, Raw, RedactedImage, TextMarker, TimeLeft, Whose, read_png,
};

/// Pictures of more bytes than this are only read: to mask one takes a second.
const MASKED_BYTES_MAX: usize = 4096;

/// Most rows of a picture that is made of the bytes.
const ROWS_MAX: usize = 64;

/// Rules, lists and tagger, as they ship. The transformer would make a minute's run a few hundred texts.
static MARKER: LazyLock<Option<Mutex<TextMarker>>> = LazyLock::new(|| {
    let marker = TextMarker::new(Profile::Fast, &models()?, Lists::default(), [7; 32]);
    marker.ok().map(Mutex::new)
});

/// The strict profile paints most.
static REDACTOR: LazyLock<Option<Mutex<ImageRedactor>>> = LazyLock::new(|| {
    let redactor = ImageRedactor::new(Profile::Strict, &models()?, Lists::default());
    redactor.ok().map(Mutex::new)
});

fn models() -> Option<Models> {
    Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")).ok()
}

/// Text: what is found lies in it, in order and apart; redacting the result finds nothing more.
pub(crate) fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(MARKER.is_some(), "the models are there");
    let Some(marker) = MARKER.as_ref() else { return };
    let mut marker = marker.lock().unwrap_or_else(PoisonError::into_inner);
    let first = marker.mark(Raw::seal(text.clone().into_owned()));
    let mut end = 0;
    for span in &first.spans {
        assert!(span.start >= end && span.end > span.start, "spans are in order and apart");
        end = span.end;
    }
    assert!(end <= text.chars().count(), "a span lies in the text");
    let again = marker.mark(Raw::seal(first.text.clone()));
    assert_eq!(again.text, first.text, "redacting twice changes nothing more");
}

/// A picture, as a file and as pixels: what comes out can be read, and the file is a picture of the same make.
pub(crate) fn image(bytes: &[u8]) {
    let small = bytes.len() <= MASKED_BYTES_MAX;
    let file = read_png(bytes.to_vec()).ok().filter(|_| small);
    // Most changes to a file break its checksums, so the same bytes are also taken for the pixels of a picture.
    let pixels = pixels(bytes).map(Raw::seal);
    for raw in file.into_iter().chain(pixels) {
        let Some(first) = masked(raw) else { continue };
        assert!(first.png().is_ok_and(|png| read_png(png).is_ok()), "what is stored can be read");
    }
}

/// The first byte is the width; pixels that are missing are white.
fn pixels(bytes: &[u8]) -> Option<Pixels> {
    let (width, rest) = bytes.split_first()?;
    let width = u32::from(*width) + 1;
    let row = usize::try_from(width).ok()? * 3;
    let height = rest.len().div_ceil(row).min(ROWS_MAX);
    let mut rgb = rest.to_vec();
    rgb.resize(height * row, 255);
    Pixels::new(width, u32::try_from(height).ok()?, rgb)
}

fn masked(raw: Raw<Pixels>) -> Option<RedactedImage> {
    assert!(REDACTOR.is_some(), "the models are there");
    let mut redactor = REDACTOR.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
    redactor
        .redact(raw, None, Whose::Own, &|| TimeLeft::Enough)
        .ok()
        .map(candor_redact::Redacted::into_content)
}
