//! How fast the tagger is: megabytes a second on one core, without the rules, over files in pieces of 4 KiB.
//!
//! `cargo run --release -p candor-redact --example tagger_speed -- models/tagger.bin FILE …`

#![expect(clippy::print_stdout, reason = "the figure is what it is for")]

use std::fs;
use std::time::Duration;

use candor_redact::Tagger;

/// Size of one text in bytes.
const PIECE_BYTES: usize = 4096;
/// How often; the best run counts.
const RUNS: u32 = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let tagger = Tagger::read(&fs::read(arguments.next().ok_or("name the weights")?)?)?;
    for path in arguments {
        let text = fs::read_to_string(&path)?;
        let mut best = Duration::MAX;
        let mut found = 0;
        for _ in 0..RUNS {
            let started = processor_time()?;
            found = 0;
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let mut end = PIECE_BYTES.min(rest.len());
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                let (piece, after) = rest.split_at(end);
                found += tagger.spans(piece, 0).len();
                rest = after;
            }
            best = best.min(processor_time()?.saturating_sub(started));
        }
        let bytes = f64::from(u32::try_from(text.len())?);
        println!(
            "{path}: {:.1} MB/s, {found} finds in {:.1} MB",
            bytes / 1e6 / best.as_secs_f64(),
            bytes / 1e6
        );
    }
    Ok(())
}

/// Time that this process has run so far: a busy machine does not look like slow code.
fn processor_time() -> Result<Duration, Box<dyn std::error::Error>> {
    let told = fs::read_to_string("/proc/self/schedstat")?;
    Ok(Duration::from_nanos(told.split(' ').next().unwrap_or_default().parse()?))
}
