//! What a recording does with a picture that stays on the screen: for each frame how long it took, and how many photographs were left out
//! because there was no time to look at them.
//!
//! `cargo run --release -p candor-redact --example frame_again -- PICTURE [PROFILE] [FRAMES] [SECONDS]`: from so many seconds on there is
//! little time left, and after four times as many none.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "the figures are what it is for, and are of real time"
)]

use std::path::Path;
use std::time::Instant;

use candor_redact::{ImageRedactor, Lists, Models, Profile, TimeLeft, UNSEEN_RULE, Whose, read_png};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let png = std::fs::read(arguments.next().ok_or("name a picture")?)?;
    let profile: Profile = arguments.next().as_deref().unwrap_or("standard").parse()?;
    let frames: u32 = arguments.next().as_deref().unwrap_or("6").parse()?;
    let little_from: f64 = arguments.next().as_deref().unwrap_or("1").parse()?;
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let mut redactor = ImageRedactor::new(profile, &models, Lists::default())?;
    for frame in 1..=frames {
        let raw = read_png(png.clone())?;
        let began = Instant::now();
        let left = || match began.elapsed().as_secs_f64() / little_from {
            ..1.0 => TimeLeft::Enough,
            ..4.0 => TimeLeft::Little,
            _ => TimeLeft::Nothing,
        };
        let image = redactor.redact(raw, None, Whose::Own, &left)?.into_content();
        let unseen = image.report.findings.iter().filter(|finding| finding.rule == UNSEEN_RULE).count();
        println!("frame {frame}: {:.2} s, {unseen} not looked at", began.elapsed().as_secs_f64());
    }
    Ok(())
}
