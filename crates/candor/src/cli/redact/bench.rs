//! `candor redact bench`: how fast each profile is on one core of this machine, and what memory it takes.
//!
//! Speeds of two machines say little beside each other. So each is told beside that of SHA-256 over the same text in the
//! same run, and held to floors as a share of it.

mod limits;

use std::path::PathBuf;

use candor_model::{Digest, Entropy};
use candor_redact::{Profile, Raw, TextMarker};
use serde::Serialize;

use self::limits::Limits;
use super::{Looking, floors};
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
    /// Figures that must be reached (TOML); if one is not, the exit code is 3: `resident_bytes_max` (most memory of the
    /// process at any time), `models_bytes_max` (the folder of models), and in `[speed_min]` by profile the speed as a
    /// share of that of SHA-256 over the same text.
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
}

/// Text for the profiles that read megabytes a second, and for those that read kilobytes.
const FAST_BYTES: usize = 8 << 20;
const MODEL_BYTES: usize = 48 << 10;
/// Text for the baseline: some hundredths of a second.
const HASHED_BYTES: usize = 16 << 20;
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
    /// Megabytes a second of SHA-256 over the same text on the same thread: the baseline.
    sha256_megabytes_per_s: f64,
    /// The speed as a share of the baseline.
    ratio: f64,
    /// Memory of the process after it, in bytes; 0 where the system does not tell.
    resident_bytes: u64,
    /// Most memory of the process until then, in bytes; 0 where the system does not tell.
    resident_bytes_most: u64,
}

/// The whole result.
#[derive(Serialize)]
struct Benched {
    profiles: Vec<Measured>,
    /// Size of all models together, those of pictures too, in bytes.
    models_bytes: u64,
    /// Floors that are not reached.
    below: Vec<String>,
}

/// Runs `candor redact bench`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let limits: Limits = floors::read(arguments.floors.as_deref())?;
    let is_asked = |profile: &Profile| !arguments.only || *profile == arguments.looking.profile;
    let asked: Vec<Profile> = Profile::ALL.into_iter().filter(is_asked).collect();
    limits.can_fail(&asked)?;
    let profiles: Vec<Measured> = asked
        .into_iter()
        .map(|profile| measured(session, &arguments.looking, profile))
        .collect::<Outcome<_>>()?;
    let models = arguments.looking.models(session)?;
    let models_bytes = models.bytes().because(Kind::BadInput, "read the models")?;
    let below = limits.below(&profiles, models_bytes);
    let benched = Benched { profiles, models_bytes, below };
    output::show(session.json, &benched, words);
    floors::held(&benched.below)
}

/// The figures for people.
fn words(benched: &Benched) -> String {
    let row = |m: &Measured| {
        vec![
            m.profile.clone(),
            format!("{:.2} s", m.load_s),
            format!("{:.3} MB/s", m.megabytes_per_s),
            format!("{:.0} MB/s", m.sha256_megabytes_per_s),
            format!("{:.6}", m.ratio),
            output::bytes(m.resident_bytes),
            output::bytes(m.resident_bytes_most),
        ]
    };
    let header = ["profile", "to load", "speed, one thread", "SHA-256", "share", "resident", "at most"];
    let table = output::table(&header, benched.profiles.iter().map(row));
    let models = output::bytes(benched.models_bytes);
    format!("{table}\n\nmodels {models}{}", floors::words(&benched.below))
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
    let texts = texts(if profile == Profile::Fast { FAST_BYTES } else { MODEL_BYTES });
    let bytes = texts.iter().map(String::len).sum::<usize>() as f64;
    let hashed = hashed(&texts);
    let clock = Stopwatch::start();
    for text in texts {
        marker.mark(Raw::seal(text));
    }
    let megabytes_per_s = bytes / 1e6 / clock.seconds();
    Ok(Measured {
        profile: profile.name().to_owned(),
        load_s,
        megabytes_per_s,
        sha256_megabytes_per_s: hashed,
        ratio: megabytes_per_s / hashed,
        resident_bytes: memory("VmRSS:"),
        resident_bytes_most: memory("VmHWM:"),
    })
}

/// Megabytes a second of SHA-256 over these texts, again and again until it takes long enough to be told.
#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn hashed(texts: &[String]) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    let times = HASHED_BYTES.div_ceil(bytes.max(1));
    let clock = Stopwatch::start();
    for text in (0..times).flat_map(|_| texts) {
        std::hint::black_box(Digest::of(text.as_bytes()));
    }
    (times * bytes) as f64 / 1e6 / clock.seconds()
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

/// What the system tells of the memory of this process, in bytes (Linux; 0 elsewhere).
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kibibytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
