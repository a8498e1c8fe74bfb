//! Frames: a screen of a mail client, 1920 by 1080, read and masked on one core.
//!
//! What is measured ends with the pixels that a recording keeps, compared with what was painted. Writing a PNG, which only
//! `candor redact image` does, counted until 2026-11-29 (13 ms and its reading back); it is the baseline, and no part of a frame.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context as _, Result};
use candor_model::{Tree, TreeState};
use candor_redact::{ImageRedactor, Lists, Models, Profile, TimeLeft, Whose, read_png};

use crate::Measured;
use crate::timing::median_seconds;

const RUNS: usize = 5;
/// Where a line of the screen ends: left, top, width and height in pixels.
const LINE_END: [usize; 4] = [1000, 174, 540, 22];

/// 8-bit red, green, blue.
struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// Milliseconds for a whole frame that was never seen, under `standard`.
pub(crate) fn whole() -> Result<Measured> {
    first_sight(Profile::Standard)
}

/// The same under `strict`, where lines are read for the words that may stay.
pub(crate) fn strict() -> Result<Measured> {
    first_sight(Profile::Strict)
}

/// The same where the tree tells of no word that may stay: each line is found and masked, and none is read.
pub(crate) fn mask() -> Result<Measured> {
    let picture = Picture::shipped()?;
    let nothing = Tree { state: TreeState::Complete, nodes: Vec::new() };
    measured(Profile::Strict, &[], &picture.png()?, (&picture, Some(&nothing)))
}

/// Milliseconds for a frame in which one line changed.
pub(crate) fn line() -> Result<Measured> {
    let picture = Picture::shipped()?;
    let (before, after) = (picture.png()?, picture.without_a_line()?.png()?);
    measured(Profile::Standard, &[&before], &after, (&picture, None))
}

/// Milliseconds for a frame that did not change.
pub(crate) fn unchanged() -> Result<Measured> {
    let picture = Picture::shipped()?;
    let png = picture.png()?;
    measured(Profile::Standard, &[&png], &png, (&picture, None))
}

fn first_sight(profile: Profile) -> Result<Measured> {
    let picture = Picture::shipped()?;
    measured(profile, &[], &picture.png()?, (&picture, None))
}

/// Milliseconds that a new redactor takes for `last` after it saw `before`, each with the same tree, and that writing the picture as
/// PNG takes.
fn measured(
    profile: Profile,
    before: &[&[u8]],
    last: &[u8],
    (picture, tree): (&Picture, Option<&Tree>),
) -> Result<Measured> {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models"))?;
    let mut runs = Vec::new();
    for _ in 0..=RUNS {
        let mut redactor = ImageRedactor::new(profile, &models, Lists::default())?;
        for png in before {
            redactor.redact(read_png(png.to_vec())?, tree, Whose::Own, &|| TimeLeft::Enough)?;
        }
        runs.push((redactor, read_png(last.to_vec())?));
    }
    let mut masked = 0;
    // The end of a session, with all that it remembers, is no part of a frame.
    let mut ended = Vec::new();
    let seconds = median_seconds(RUNS, || {
        let Some((mut redactor, raw)) = runs.pop() else { return };
        let redacted = redactor.redact(raw, tree, Whose::Own, &|| TimeLeft::Enough);
        masked += redacted.map_or(0, |redacted| redacted.content().report.findings.len());
        ended.push(redactor);
    });
    anyhow::ensure!(masked > 0, "nothing was masked on a screen that holds personal data");
    let baseline = median_seconds(RUNS, || drop(std::hint::black_box(picture.png())));
    Ok(Measured { value: seconds * 1e3, baseline: baseline * 1e3 })
}

impl Picture {
    fn shipped() -> Result<Self> {
        let png = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("frames/mail.png"))?;
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info()?;
        let mut rgb = vec![0; reader.output_buffer_size().context("a picture too large")?];
        let info = reader.next_frame(&mut rgb)?;
        anyhow::ensure!(info.color_type == png::ColorType::Rgb, "the picture is not red, green, blue");
        Ok(Self { width: info.width, height: info.height, rgb })
    }

    fn png(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(bytes)
    }

    /// The end of one line takes the colour of the corner of its part.
    fn without_a_line(&self) -> Result<Self> {
        let [left, top, width, height] = LINE_END;
        let row_bytes = usize::try_from(self.width)? * 3;
        let mut rgb = self.rgb.clone();
        let at = top * row_bytes + left * 3;
        let ground = rgb.get(at..at + 3).context("a picture too small")?.to_vec();
        for row in rgb.chunks_exact_mut(row_bytes).skip(top).take(height) {
            let part = row.get_mut(left * 3..(left + width) * 3).context("a picture too small")?;
            part.chunks_exact_mut(3).for_each(|pixel| pixel.copy_from_slice(&ground));
        }
        Ok(Self { rgb, ..*self })
    }
}
