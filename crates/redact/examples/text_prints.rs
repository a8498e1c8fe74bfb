//! What the text engine makes of labelled texts, to be held against what another build makes of them: each text as it is kept, and the rules
//! that found something. The time it took goes to the other output.
//!
//! `cargo run --release -p candor-redact --example text_prints -- PROFILE FILE.jsonl …`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the prints are what it is for")]

use std::path::Path;

use candor_redact::{Lists, Models, Profile, Raw, Redactor};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let mut arguments = std::env::args().skip(1);
    let profile: Profile = arguments.next().ok_or("name a profile")?.parse()?;
    for file in arguments {
        let mut redactor = Redactor::new(profile, [1; 32], Lists::default(), &models)?;
        let texts = std::fs::read_to_string(&file)?;
        let texts: Vec<serde_json::Value> =
            texts.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let (started, mut bytes) = (processor_nanoseconds(), 0);
        for text in texts.iter().filter_map(|entry| entry.get("text")?.as_str()) {
            bytes += text.len();
            let redacted = redactor.redact_text(Raw::seal(text.to_owned()));
            let (kept, found) = redacted.content();
            let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
            println!("{kept:?} {rules:?}");
        }
        let taken = processor_nanoseconds().saturating_sub(started);
        eprintln!("{file}: {bytes} bytes in {} ms of processor time", taken / 1_000_000);
    }
    Ok(())
}

/// Time that this process has run so far; none where the system does not tell (Linux does).
fn processor_nanoseconds() -> u64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    told.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or_default()
}
