//! What the verifier says: a verdict, the checks, the findings, and what it did not check.

mod code;
mod plain;

use serde::{Deserialize, Serialize};

pub use code::{CheckId, Code};

/// The version of the report's JSON form.
pub const REPORT_VERSION: u16 = 1;
/// Most findings that a report lists; the rest are counted.
pub const FINDINGS_MAX: usize = 1_000;
/// Longest text taken over from evidence into a report, in characters.
pub const QUOTE_CHARS_MAX: usize = 200;

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check ran and none found anything.
    Ok,
    /// At least one finding.
    Failed,
}

/// One check: what was looked at, and whether it held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub id: CheckId,
    /// What it holds, in a sentence.
    pub title: String,
    /// Whether it ran and found nothing.
    pub ok: bool,
    /// How many things it looked at.
    pub examined: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check that found it.
    pub check: CheckId,
    /// Its stable name.
    pub code: Code,
    /// The file it is in, or that should have been there; a file of the dataset begins with `dataset/`.
    pub file: String,
    /// The first record of `records.jsonl` that it touches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The leaf of the log that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<u64>,
    /// A plain sentence.
    pub detail: String,
}

impl Finding {
    /// Makes a finding; control characters in what evidence says are escaped, and long text is cut.
    pub(crate) fn new(check: CheckId, code: Code, file: &str, detail: impl AsRef<str>) -> Self {
        let detail = quoted(detail.as_ref());
        Self { check, code, file: quoted(file), record: None, leaf: None, detail }
    }

    /// Names a record.
    pub(crate) fn record(mut self, record: impl Into<Option<u64>>) -> Self {
        self.record = record.into();
        self
    }

    /// Names a leaf.
    pub(crate) fn leaf(mut self, leaf: impl Into<Option<u64>>) -> Self {
        self.leaf = leaf.into();
        self
    }
}

/// Text of others, made safe to print.
fn quoted(text: &str) -> String {
    let safe = |c: char| {
        if c.is_control() || is_direction_mark(c) { c.escape_default().to_string() } else { c.to_string() }
    };
    text.chars().take(QUOTE_CHARS_MAX * 3).map(safe).collect()
}

/// Characters that change the direction of the text after them, and could make a finding read as another (Unicode TR 9).
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What evidence is about, as far as it could be read. Not a check: the checks say whether it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The dataset version: digest of its manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// The purpose it was compiled for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The charter's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<String>,
    /// Number of leaves of the log that were replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_size: Option<u64>,
    /// When it was exported, by the organisation's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported_at: Option<String>,
    /// Number of consents.
    pub consents: u64,
    /// Number of sessions.
    pub sessions: u64,
    /// Number of records.
    pub records: u64,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Version of this form.
    pub version: u16,
    /// The verdict.
    pub verdict: Verdict,
    /// What the evidence is about.
    pub subject: Subject,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// The findings, in order of the checks.
    pub findings: Vec<Finding>,
    /// Findings beyond the limit, counted only.
    pub findings_left_out: u64,
    /// What this verdict does not say.
    pub not_checked: Vec<String>,
}

/// The ledger that the checks write into.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    findings: Vec<Finding>,
    left_out: u64,
    failed: std::collections::BTreeSet<CheckId>,
    examined: std::collections::BTreeMap<CheckId, u64>,
    not_checked: Vec<String>,
    /// What the evidence is about.
    pub(crate) subject: Subject,
}

impl Ledger {
    /// Adds a finding.
    pub(crate) fn find(&mut self, finding: Finding) {
        self.failed.insert(finding.check);
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// Adds findings.
    pub(crate) fn find_all(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.find(finding);
        }
    }

    /// Counts things that `check` looked at.
    pub(crate) fn examine(&mut self, check: CheckId, things: u64) {
        *self.examined.entry(check).or_insert(0) += things;
    }

    /// Whether `check` has found something so far.
    pub(crate) fn has_failed(&self, check: CheckId) -> bool {
        self.failed.contains(&check)
    }

    /// Says what is not checked.
    pub(crate) fn leave_out(&mut self, sentence: impl Into<String>) {
        self.not_checked.push(sentence.into());
    }

    /// The report. `ran` are the checks that are part of it: one without a finding and without a thing to look at failed.
    pub(crate) fn close(mut self, ran: &[CheckId]) -> Report {
        for check in ran {
            if !self.examined.contains_key(check) && !self.has_failed(*check) {
                let detail = "nothing was there to look at, so this check could not hold";
                self.find(Finding::new(*check, Code::NotRun, "the evidence", detail));
            }
        }
        self.findings.sort_by_key(|f| f.check);
        let checks = ran.iter().map(|id| self.check(*id)).collect();
        let verdict = if self.failed.is_empty() { Verdict::Ok } else { Verdict::Failed };
        Report {
            version: REPORT_VERSION,
            verdict,
            subject: self.subject,
            checks,
            findings: self.findings,
            findings_left_out: self.left_out,
            not_checked: self.not_checked,
        }
    }

    fn check(&self, id: CheckId) -> Check {
        let examined = self.examined.get(&id).copied().unwrap_or(0);
        Check { id, title: id.title().to_owned(), ok: !self.failed.contains(&id), examined }
    }
}

#[cfg(test)]
mod tests;
