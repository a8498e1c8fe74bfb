//! `candor redact bench`: how fast each profile is on one core of this machine, and what memory it takes.

use candor_model::Entropy;
use candor_redact::{Profile, Raw, TextMarker};
use serde::Serialize;

use super::Looking;
use crate::ambient::{Stopwatch, SystemEntropy};
use crate::cli::Session;
use crate::exit::{Because, Kind, Outcome};
use crate::output;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    looking: Looking,
    /// Only the profile that is named, not all of them.
    #[arg(long)]
    only: bool,
}

/// Text for the profiles that read megabytes a second, and for those that read kilobytes.
const FAST_BYTES: usize = 8 << 20;
const MODEL_BYTES: usize = 48 << 10;
/// Size of one text.
const TEXT_BYTES: usize = 4096;

/// What computers show. `#` is another number in every line, so that nothing is remembered from the line before.
const LINES: [&str; 10] = [
    "The weekly report # is due on Friday, and the figures of the last quarter are still missing.",
    "2026-11-23T09:30:00Z INFO worker=17 took # ms for batch 8812 (retries=0)",
    "Please ask Alice Henderson (alice.henderson@mail.example.test) for the invoice of Order #.",
    "File\tEdit\tView\tInsert\tFormat\tTools\tWindow\tHelp",
    "11:04:55.120 WARN login # from 192.0.2.17 failed twice, retry in 30 s",
    "we talked about item #, the budget and the open questions of the audit; nothing was decided.",
    "1042\tM\u{fc}ller\t# 234,50\tDE89 3704 0044 0532 0130 00\tpaid\t2026-10-02",
    "Please move column # to the left before you send the sheet to the printer.",
    "GET /static/app.css 200 # \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
    "Call me back at +49 30 901820 or at the office, Lindenstra\u{df}e 12, before noon on day #.",
];

/// The figures of one profile.
#[derive(Serialize)]
struct Measured {
    profile: String,
    /// Seconds to load rules, lists and models.
    load_s: f64,
    /// Megabytes of text a second on one thread, end to end.
    megabytes_per_s: f64,
    /// Memory of the process after it, in bytes; 0 where the system does not tell.
    resident_bytes: u64,
}

/// Runs `candor redact bench`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let is_asked = |profile: &Profile| !arguments.only || *profile == arguments.looking.profile;
    let measured: Vec<Measured> = Profile::ALL
        .into_iter()
        .filter(is_asked)
        .map(|profile| measured(session, &arguments.looking, profile))
        .collect::<Outcome<_>>()?;
    output::show(session.json, &measured, |measured| {
        let row = |m: &Measured| {
            vec![
                m.profile.clone(),
                format!("{:.2} s", m.load_s),
                format!("{:.3} MB/s", m.megabytes_per_s),
                output::bytes(m.resident_bytes),
            ]
        };
        output::table(&["profile", "to load", "speed, one thread", "resident"], measured.iter().map(row))
    });
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn measured(session: &Session, looking: &Looking, profile: Profile) -> Outcome<Measured> {
    let clock = Stopwatch::start();
    let models = looking.models(session)?;
    let mut marker = TextMarker::new(profile, &models, looking.lists()?, SystemEntropy.bytes_32())
        .because(Kind::BadInput, "start the redaction")?;
    // The first text compiles what is compiled when it is first needed.
    marker.mark(Raw::seal("a".to_owned()));
    let load_s = clock.seconds();
    let bytes = if profile == Profile::Fast { FAST_BYTES } else { MODEL_BYTES };
    let texts = texts(bytes);
    let clock = Stopwatch::start();
    for text in texts {
        marker.mark(Raw::seal(text));
    }
    let megabytes_per_s = bytes as f64 / 1e6 / clock.seconds();
    Ok(Measured { profile: profile.name().to_owned(), load_s, megabytes_per_s, resident_bytes: resident() })
}

/// Texts of about 4 KiB that differ.
fn texts(bytes: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut lines = LINES.iter().cycle().enumerate();
    let mut left = bytes;
    while left > 0 {
        let mut text = String::with_capacity(TEXT_BYTES * 2);
        while text.len() < TEXT_BYTES.min(left) {
            let Some((n, line)) = lines.next() else { break };
            text.push_str(&line.replace('#', &(n * 7919 % 100_000).to_string()));
            text.push('\n');
        }
        left = left.saturating_sub(text.len());
        texts.push(text);
    }
    texts
}

/// Resident memory of this process (Linux).
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
