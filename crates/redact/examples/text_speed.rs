//! How fast the text engine is: megabytes a second on one core, end to end, on texts of 4 KiB. Where the system tells it
//! (Linux), the process's own time counts, so that a busy machine does not look like a slow engine.
//!
//! `cargo run --release -p candor-redact --example text_speed`, and the name of a mix for that one only. With `--rules` the
//! rules alone look, once, and nothing is taken out.

#![expect(clippy::disallowed_methods, reason = "a measurement needs a clock")]
#![expect(clippy::print_stdout, reason = "the figure is what it is for")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use candor_redact::{Lists, Models, Profile, Raw, Redactor, ShippedRules};

/// Size of one text in bytes.
const PIECE_BYTES: usize = 4096;
/// How many texts.
const PIECES: u32 = 1024;
/// How often; the best run counts.
const RUNS: u32 = 5;

const MIXES: &[(&str, &[&str])] = &[
    (
        "prose",
        &[
            "The weekly report is due on Friday, and the figures of the last quarter are still missing.",
            "Please move the second column to the left before you send the sheet to the printer.",
            "we talked about the deadline, the budget and the open questions of the audit; nothing was decided.",
        ],
    ),
    (
        "log",
        &[
            "2026-11-23T09:30:00Z INFO worker=17 took 120 ms for batch 8812 (retries=0)",
            "11:04:55.120 WARN cache miss ratio 0.42, evicting 1200 entries of shard 7",
            "GET /static/app.css 200 1432 \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
        ],
    ),
    (
        "mixed",
        &[
            "The weekly report is due on Friday, and the figures of the last quarter are still missing.",
            "2026-11-23T09:30:00Z INFO worker=17 took 120 ms for batch 8812 (retries=0)",
            "Please ask Alice Henderson (alice.henderson@mail.example.test) for the invoice of Order 20417.",
            "File\tEdit\tView\tInsert\tFormat\tTools\tWindow\tHelp",
            "11:04:55.120 WARN login from 192.0.2.17 failed twice, retry in 30 s",
            "we talked about the deadline, the budget and the open questions of the audit; nothing was decided.",
            "1042\tMüller\t1 234,50\tDE89 3704 0044 0532 0130 00\tpaid\t2026-10-02",
            "Please move the second column to the left before you send the sheet to the printer.",
            "GET /static/app.css 200 1432 \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
            "Call me back at +49 30 901820 or at the office, Lindenstraße 12, before noon.",
        ],
    ),
    (
        "dense",
        &[
            "Alice Henderson\talice.henderson@mail.example.test\t+49 30 901820\t4111 1111 1111 1111",
            "Jorge Pereira\tjorge@example.test\t612 345 678\tDE89 3704 0044 0532 0130 00\t192.0.2.17",
            "Fiona Murphy\tfiona@example.test\t(212) 555-0123\t42 Old Mill Road\tpassword=hunter2",
        ],
    ),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"))?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rules = words.iter().any(|word| word == "--rules").then(ShippedRules::new).transpose()?;
    let only = words.iter().find(|word| !word.starts_with("--"));
    for (name, lines) in MIXES.iter().filter(|(name, _)| only.is_none_or(|only| only == name)) {
        let piece: String = lines.iter().cycle().flat_map(|line| [*line, "\n"]).take_while_bytes(PIECE_BYTES);
        let mut best = Duration::MAX;
        let mut found = 0;
        for _ in 0..RUNS {
            let mut redactor = Redactor::new(Profile::Fast, [1; 32], Lists::default(), &models)?;
            let mut look = || match &rules {
                Some(rules) => rules.count(&piece),
                None => redactor.redact_text(Raw::seal(piece.clone())).content().1.len(),
            };
            let started = processor_time();
            found = (0..PIECES).map(|_| look()).sum();
            best = best.min(processor_time().saturating_sub(started));
        }
        let bytes = f64::from(PIECES) * f64::from(u32::try_from(piece.len()).unwrap_or(u32::MAX));
        println!(
            "{name}: {:.1} MB/s, {found} finds in {:.1} MB",
            bytes / 1e6 / best.as_secs_f64(),
            bytes / 1e6
        );
    }
    Ok(())
}

/// Time that this process has run so far; wall-clock time where the system does not tell.
fn processor_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

trait TakeWhileBytes {
    /// Joins pieces until `bytes` are reached.
    fn take_while_bytes(self, bytes: usize) -> String;
}

impl<'a, I: Iterator<Item = &'a str>> TakeWhileBytes for I {
    fn take_while_bytes(self, bytes: usize) -> String {
        let mut text = String::new();
        for piece in self {
            if text.len() + piece.len() > bytes {
                break;
            }
            text.push_str(piece);
        }
        text
    }
}
