//! What becomes of pictures, one line each: the digest of the stored bytes, and the digest of what was found. Two programs that
//! say the same for the same pictures mask the same, to the last pixel.
//!
//! `cargo run --release -p candor-redact --example frame_prints -- PROFILE apart|together PICTURE...`: `apart` by a new redactor
//! each; `together` by one, as the frames of one recording, each first as it is, then with a patch of it gone, then scrolled.

#![expect(clippy::print_stdout, reason = "the lines are what it is for")]

use std::io::Cursor;

use candor_model::Digest;
use candor_redact::{ImageRedactor, Lists, Models, Profile, TimeLeft, Whose, read_png};

type Failure = Box<dyn std::error::Error>;

/// What takes one colour: left, top, width and height in pixels.
const PATCHES: [[usize; 4]; 3] = [[400, 300, 500, 24], [1000, 174, 540, 22], [0, 500, 900, 40]];
/// By how many rows a picture is scrolled.
const SCROLLED_PX: usize = 60;

/// 8-bit samples.
struct Picture {
    width: u32,
    height: u32,
    colour: png::ColorType,
    samples: Vec<u8>,
}

impl Picture {
    fn read(png: &[u8]) -> Result<Self, Failure> {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut samples = vec![0; reader.output_buffer_size().ok_or("a picture too large")?];
        let info = reader.next_frame(&mut samples)?;
        Ok(Self { width: info.width, height: info.height, colour: info.color_type, samples })
    }

    fn png(&self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width, self.height);
        encoder.set_color(self.colour);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&self.samples)?;
        Ok(bytes)
    }

    fn row_bytes(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX) * self.colour.samples()
    }

    fn without(&self, [left, top, width, height]: [usize; 4]) -> Self {
        let (bytes, row_bytes) = (self.colour.samples(), self.row_bytes());
        let mut samples = self.samples.clone();
        for row in samples.chunks_exact_mut(row_bytes).skip(top).take(height) {
            let row = row.get_mut(left * bytes..row_bytes.min((left + width) * bytes)).unwrap_or_default();
            let first = row.get(..bytes).unwrap_or_default().to_vec();
            row.chunks_exact_mut(bytes).for_each(|pixel| pixel.copy_from_slice(&first));
        }
        Self { samples, ..*self }
    }

    fn scrolled(&self) -> Self {
        let at = (SCROLLED_PX * self.row_bytes()).min(self.samples.len());
        let (gone, rest) = self.samples.split_at(at);
        Self { samples: [rest, gone].concat(), ..*self }
    }

    fn variants(&self) -> Vec<Self> {
        let patched = PATCHES.map(|patch| self.without(patch));
        patched.into_iter().chain([self.scrolled()]).collect()
    }
}

fn print(redactor: &mut ImageRedactor, png: &[u8], name: &str) -> Result<(), Failure> {
    match redactor.redact(read_png(png.to_vec())?, None, Whose::Own, &|| TimeLeft::Enough) {
        Ok(redacted) => {
            let content = redacted.content();
            let found = format!("{:?}", content.report.findings);
            println!("{name} {} {}", Digest::of(&content.png()?), Digest::of(found.as_bytes()));
        }
        Err(error) => println!("{name} {error}"),
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let profile: Profile = arguments.next().ok_or("name a profile")?.parse()?;
    let together = arguments.next().as_deref() == Some("together");
    let models = Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let new = || ImageRedactor::new(profile, &models, Lists::default());
    let mut one = new()?;
    for name in arguments {
        let png = std::fs::read(&name)?;
        if !together {
            print(&mut new()?, &png, &name)?;
            continue;
        }
        print(&mut one, &png, &name)?;
        for (i, variant) in Picture::read(&png)?.variants().iter().enumerate() {
            print(&mut one, &variant.png()?, &format!("{name}.{i}"))?;
        }
    }
    Ok(())
}
