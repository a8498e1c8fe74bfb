//! `candor redact image`: a picture of a screen without the personal data in it.

use std::path::{Path, PathBuf};

use candor_model::{FindingKind, Rect, Tree};
use candor_redact::{ImageRedactor, RedactedImage, TimeLeft, Whose, read_png};
use serde::Serialize;

use super::{Looking, Session};
use crate::ambient::Stopwatch;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

/// Largest file that is read, in bytes: more than the largest picture takes without compression.
const FILE_BYTES_MAX: u64 = 256 << 20;

/// Which picture, and how hard to look.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The picture: PNG. Several frames in one file are refused.
    input: PathBuf,
    /// Where the redacted picture goes. Nothing is written there unless redaction succeeds.
    output: PathBuf,
    #[command(flatten)]
    looking: Looking,
    /// The accessibility tree of the screen, as JSON, in pixels of the picture. It can only mask more.
    #[arg(long, value_name = "FILE")]
    tree: Option<PathBuf>,
    /// Other people write in this application: keep words of the interface only, and, by the tree, fields in which the
    /// person writes.
    #[arg(long)]
    others: bool,
    /// Write what was masked here, as JSON: kind, rule and box of each part, never the text.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Give up after this many seconds; nothing is written then.
    #[arg(long, value_name = "SECONDS", default_value_t = 120.0)]
    seconds_max: f64,
}

/// What was masked.
#[derive(Debug, Serialize)]
struct Report {
    profile: &'static str,
    seconds: f64,
    masked: Vec<Masked>,
}

#[derive(Debug, Serialize)]
struct Masked {
    #[serde(rename = "type")]
    kind: &'static str,
    rule: String,
    bounds: Rect,
}

/// Runs `candor redact image`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let raw = read_png(read(&arguments.input)?).because(Kind::BadInput, &named("read", &arguments.input))?;
    let tree = arguments.tree.as_deref().map(tree).transpose()?;
    let models = arguments.looking.models(session)?;
    let mut redactor = ImageRedactor::new(arguments.looking.profile, &models, arguments.looking.lists()?)
        .because(Kind::BadInput, "start the redaction")?;
    let watch = Stopwatch::start();
    // Who asks for one picture waits for all that can be kept of it.
    let time_left =
        || if watch.seconds() < arguments.seconds_max { TimeLeft::Enough } else { TimeLeft::Nothing };
    let redacted = redactor
        .redact_alone(
            raw,
            tree.as_ref(),
            if arguments.others { Whose::Others } else { Whose::Own },
            &time_left,
        )
        .because(Kind::BadInput, &named("redact", &arguments.input))?
        .into_content();
    let report = report(arguments, &redacted, watch.seconds());
    if let Some(path) = &arguments.report {
        let json = serde_json::to_vec_pretty(&report).because(Kind::Unexpected, "write the report")?;
        durable::write_private(path, &json).because(Kind::Storage, &named("write", path))?;
    }
    let png = redacted.png().because(Kind::Unexpected, &named("write", &arguments.output))?;
    durable::write_private(&arguments.output, &png)
        .because(Kind::Storage, &named("write", &arguments.output))?;
    output::show(session.json, &report, |report| in_words(report, &arguments.output));
    Ok(())
}

fn named(what: &str, path: &Path) -> String {
    format!("{what} {}", path.display())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let what = named("read", path);
    let bytes = std::fs::metadata(path).because(Kind::BadInput, &what)?.len();
    if bytes > FILE_BYTES_MAX {
        let message = format!("failed to {what}: it has {bytes} bytes, and {FILE_BYTES_MAX} are allowed");
        return Err(Failure::new(Kind::BadInput, message));
    }
    std::fs::read(path).because(Kind::BadInput, &what)
}

fn tree(path: &Path) -> Outcome<Tree> {
    let tree: Tree = serde_json::from_slice(&read(path)?).map_err(|error| {
        // The error could quote the file, which is raw: only its place is told.
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::new(Kind::BadInput, format!("failed to {}: no tree at {place}", named("read", path)))
    })?;
    Ok(tree)
}

fn report(arguments: &Arguments, redacted: &RedactedImage, seconds: f64) -> Report {
    let masked = redacted.report.findings.iter().filter_map(|finding| {
        let candor_model::Place::Frame { bounds } = &finding.place else { return None };
        Some(Masked { kind: label(finding.kind), rule: finding.rule.clone(), bounds: *bounds })
    });
    Report { profile: arguments.looking.profile.name(), seconds, masked: masked.collect() }
}

const fn label(kind: FindingKind) -> &'static str {
    kind.label()
}

fn in_words(report: &Report, output: &Path) -> String {
    format!("masked {} parts in {:.1} s: {}", report.masked.len(), report.seconds, output.display())
}
