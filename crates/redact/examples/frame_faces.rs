//! What is masked in pictures, one line each: the path, then rule, left, top, width and height of each mask.
//!
//! `cargo run --release -p candor-redact --example frame_faces -- PROFILE PICTURE...`; `xtask/deid/faces.py` reads it.

#![expect(clippy::print_stdout, reason = "the lines are what it is for")]

use std::path::Path;

use candor_model::{Finding, Place, Rect};
use candor_redact::{ImageRedactor, Lists, Models, Profile, TimeLeft, Whose, read_png};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let profile: Profile = arguments.next().ok_or("no profile")?.parse()?;
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let mut redactor = ImageRedactor::new(profile, &models, Lists::default())?;
    for path in arguments {
        let frame = read_png(std::fs::read(&path)?)?;
        let stored = redactor.redact(frame, None, Whose::Own, &|| TimeLeft::Enough)?.into_content();
        let told: Vec<String> = stored.report.findings.iter().filter_map(told).collect();
        println!("{path}\t{}", told.join(" "));
    }
    Ok(())
}

fn told(finding: &Finding) -> Option<String> {
    let Place::Frame { bounds: Rect { x, y, width, height } } = finding.place else { return None };
    Some(format!("{},{x},{y},{width},{height}", finding.rule))
}
