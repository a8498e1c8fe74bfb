//! The report as text for people.

use std::fmt;

use super::{Check, Finding, Report, Verdict};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_verdict(f)?;
        self.write_subject(f)?;
        writeln!(f, "\nChecks")?;
        self.checks.iter().try_for_each(|check| write_check(f, check))?;
        if !self.findings.is_empty() {
            writeln!(f, "\nFindings")?;
            self.findings.iter().try_for_each(|finding| write_finding(f, finding))?;
        }
        if self.findings_left_out > 0 {
            writeln!(f, "  and {} more", self.findings_left_out)?;
        }
        writeln!(f, "\nNot checked")?;
        self.not_checked.iter().try_for_each(|sentence| writeln!(f, "  - {sentence}"))
    }
}

impl Report {
    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Ok => writeln!(f, "verify: ok"),
            Verdict::Failed => {
                let count = self.findings.len() as u64 + self.findings_left_out;
                writeln!(f, "verify: FAILED, {count} finding{}", if count == 1 { "" } else { "s" })
            }
        }
    }

    fn write_subject(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = &self.subject;
        let unread = "could not be read";
        writeln!(f, "  dataset   {}", s.dataset.as_deref().unwrap_or(unread))?;
        writeln!(f, "  purpose   {}", s.purpose.as_deref().unwrap_or(unread))?;
        writeln!(f, "  charter   {}", s.charter.as_deref().unwrap_or(unread))?;
        writeln!(f, "  exported  {}", s.exported_at.as_deref().unwrap_or(unread))?;
        let log_size = s.log_size.map_or_else(|| unread.to_owned(), |n| format!("{n} entries"));
        writeln!(f, "  log       {log_size}")?;
        let (consents, sessions, records) = (s.consents, s.sessions, s.records);
        writeln!(f, "  holds     {records} records of {sessions} sessions under {consents} consents")
    }
}

fn write_check(f: &mut fmt::Formatter<'_>, check: &Check) -> fmt::Result {
    let mark = if check.ok { "ok    " } else { "FAILED" };
    writeln!(f, "  {mark}  {} ({} examined)", check.title, check.examined)
}

fn write_finding(f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
    write!(f, "  {}  {}", finding.code.as_str(), finding.file)?;
    if let Some(record) = finding.record {
        write!(f, ", record {record}")?;
    }
    if let Some(leaf) = finding.leaf {
        write!(f, ", leaf {leaf}")?;
    }
    writeln!(f, "\n    {}", finding.detail)
}
