//! Text redaction, end to end, on one core: a mix of prose, logs, table rows and interface words.

use std::path::Path;

use anyhow::{Context, Result};
use candor_model::Digest;
use candor_redact::{Lists, Models, Profile, Raw, Redactor, ShippedRules};

use crate::Measured;
use crate::timing::{median_processor_seconds, median_seconds};

const PIECE_BYTES: usize = 4096;
const PIECES: usize = 1024;
const RUNS: usize = 5;

/// What computers show: one line in five holds personal data.
const LINES: [&str; 10] = [
    "The weekly report is due on Friday, and the figures of the last quarter are still missing.",
    "2026-11-23T09:30:00Z INFO worker=17 took 120 ms for batch 8812 (retries=0)",
    "Please ask Alice Henderson (alice.henderson@mail.example.test) for the invoice of Order 20417.",
    "File\tEdit\tView\tInsert\tFormat\tTools\tWindow\tHelp",
    "11:04:55.120 WARN login from 192.0.2.17 failed twice, retry in 30 s",
    "we talked about the deadline, the budget and the open questions of the audit; nothing was decided.",
    "1042\tM\u{fc}ller\t1 234,50\tDE89 3704 0044 0532 0130 00\tpaid\t2026-10-02",
    "Please move the second column to the left before you send the sheet to the printer.",
    "GET /static/app.css 200 1432 \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
    "Call me back at +49 30 901820 or at the office, Lindenstra\u{df}e 12, before noon.",
];

/// Megabytes a second: redaction, and SHA-256 of the same text.
#[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
pub(crate) fn redact() -> Result<Measured> {
    let piece = piece();
    let mut redactor = redactor(Profile::Fast)?;
    let megabytes = (piece.len() * PIECES) as f64 / 1e6;
    let mut found = 0;
    let redacting = median_processor_seconds(RUNS, || {
        for _ in 0..PIECES {
            found += redactor.redact_text(Raw::seal(piece.clone())).content().1.len();
        }
    });
    anyhow::ensure!(found > 0, "nothing was found in text that holds personal data");
    Ok(Measured { value: megabytes / redacting, baseline: megabytes / hashing(&piece) })
}

/// Megabytes a second: the rules alone, and SHA-256 of the same text.
#[expect(clippy::cast_precision_loss, reason = "a size in megabytes for people")]
pub(crate) fn rules() -> Result<Measured> {
    let piece = piece();
    let rules = ShippedRules::new().context("the rules")?;
    let megabytes = (piece.len() * PIECES) as f64 / 1e6;
    let mut found = 0;
    let looking =
        median_processor_seconds(RUNS, || found += (0..PIECES).map(|_| rules.count(&piece)).sum::<usize>());
    anyhow::ensure!(found > 0, "nothing was found in text that holds personal data");
    Ok(Measured { value: megabytes / looking, baseline: megabytes / hashing(&piece) })
}

/// Seconds to hash the same text.
fn hashing(piece: &str) -> f64 {
    median_processor_seconds(RUNS, || {
        for _ in 0..PIECES {
            std::hint::black_box(Digest::of(piece.as_bytes()));
        }
    })
}

/// Kilobytes a second under `standard` and under `fast`, on labelled texts of which none stands twice: what was read is
/// remembered.
#[expect(clippy::cast_precision_loss, reason = "a size in kilobytes for people")]
pub(crate) fn standard() -> Result<Measured> {
    let texts = labelled()?;
    let kilobytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e3;
    let rate = |profile| -> Result<f64> {
        let redactors = (0..=RUNS).map(|_| redactor(profile)).collect::<Result<Vec<_>>>()?;
        let mut redactors = redactors.into_iter();
        let seconds = median_seconds(RUNS, || {
            let Some(mut redactor) = redactors.next() else { return };
            for text in &texts {
                std::hint::black_box(redactor.redact_text(Raw::seal(text.clone())));
            }
        });
        Ok(kilobytes / seconds)
    };
    Ok(Measured { value: rate(Profile::Standard)?, baseline: rate(Profile::Fast)? })
}

/// Some texts of the labelled set.
fn labelled() -> Result<Vec<String>> {
    const TEXTS: usize = 200;
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/deid/test.jsonl");
    let lines = std::fs::read_to_string(set).context("the labelled texts")?;
    let text = |line: &str| -> Result<String> {
        let entry: serde_json::Value = serde_json::from_str(line)?;
        Ok(entry.get("text").and_then(|text| text.as_str()).context("a line without a text")?.to_owned())
    };
    lines.lines().take(TEXTS).map(text).collect()
}

fn redactor(profile: Profile) -> Result<Redactor> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let models = Models::open(&models).context("the models")?;
    Redactor::new(profile, [1; 32], Lists::default(), &models).context("the redactor")
}

fn piece() -> String {
    let mut text = String::new();
    for line in LINES.iter().cycle() {
        if text.len() + line.len() > PIECE_BYTES {
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}
