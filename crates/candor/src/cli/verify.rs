//! `candor verify`: offline, with nothing but the evidence and the auditor's own trust policy.

use std::path::{Path, PathBuf};

use candor_verify::{Folder, Report, Source, Verdict, parse_policy, verify};

use serde::Serialize;

use super::Session;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

/// Findings that a failure names; the report holds all.
const FINDINGS_TOLD: usize = 3;

/// What to check, and whom to trust.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the evidence.
    evidence: PathBuf,
    /// The trust policy: the keys that you decided to trust beforehand. It never comes with the evidence.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Folder of the dataset, to check its files as well.
    #[arg(long, value_name = "DIR")]
    dataset: Option<PathBuf>,
    /// Write the report in plain words here; the same as JSON goes beside it.
    #[arg(long, value_name = "FILE", value_parser = parse_report)]
    report: Option<PathBuf>,
}

/// The report in words must not have the name of the one in JSON.
fn parse_report(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.extension().is_some_and(|extension| extension == "json") {
        return Err("name the report in words, for example report.txt; the JSON goes beside it".to_owned());
    }
    Ok(path)
}

/// Runs `candor verify`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let named = |path: &Path| format!("read the trust policy {}", path.display());
    let bytes = std::fs::read(&arguments.policy).because(Kind::BadInput, &named(&arguments.policy))?;
    let policy = parse_policy(&bytes).because(Kind::BadInput, &named(&arguments.policy))?;
    let evidence = folder(&arguments.evidence)?;
    let dataset = arguments.dataset.as_deref().map(folder).transpose()?;
    let report = verify(&evidence, dataset.as_ref().map(|folder| folder as &dyn Source), &policy);
    let written = arguments.report.as_deref().map_or(Ok(()), |path| write(path, &report));
    match report.verdict {
        Verdict::Ok => {
            output::show(session.json, &report, ToString::to_string);
            written
        }
        Verdict::Failed => {
            let failed = Failed {
                ok: false,
                error: Kind::NotVerified.code(),
                message: summary(&report),
                report: &report,
            };
            output::show(session.json, &failed, |failed| format!("{}\n{}", failed.report, failed.message));
            // A report that could not be written does not hide the verdict.
            if let Err(failure) = written {
                output::talk(&failure.to_string());
            }
            Err(Failure::new(Kind::NotVerified, failed.message).told())
        }
    }
}

fn folder(path: &Path) -> Outcome<Folder> {
    if path.is_dir() {
        return Ok(Folder::new(path));
    }
    Err(Failure::new(Kind::BadInput, format!("{} is not a folder", path.display())))
}

fn write(path: &Path, report: &Report) -> Outcome {
    let json = serde_json::to_vec_pretty(report).because(Kind::Unexpected, "write the report")?;
    let what = format!("write {}", path.display());
    durable::write_private(path, report.to_string().as_bytes()).because(Kind::Storage, &what)?;
    durable::write_private(&path.with_extension("json"), &json).because(Kind::Storage, &what)
}

/// A failed verdict as JSON: the failure that every command has, and the report.
#[derive(Serialize)]
struct Failed<'a> {
    ok: bool,
    error: &'static str,
    message: String,
    #[serde(flatten)]
    report: &'a Report,
}

fn summary(report: &Report) -> String {
    let told: Vec<String> = report.findings.iter().take(FINDINGS_TOLD).map(in_words).collect();
    let more = report.findings.len().saturating_sub(FINDINGS_TOLD);
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("the evidence does not verify: {}{and_more}", told.join("; "))
}

fn in_words(finding: &candor_verify::Finding) -> String {
    let record = finding.record.map_or_else(String::new, |record| format!(", record {record}"));
    format!("{}{record}: {}", finding.file, finding.detail)
}
