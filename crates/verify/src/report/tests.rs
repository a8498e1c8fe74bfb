use super::*;
use std::collections::BTreeSet;

#[test]
fn every_code_has_a_name_and_a_meaning_of_its_own() {
    let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let meanings: BTreeSet<_> = Code::ALL.iter().map(|code| code.meaning()).collect();
    assert_eq!((names.len(), meanings.len()), (Code::ALL.len(), Code::ALL.len()));
    for code in Code::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
    }
}

#[test]
fn a_check_that_looked_at_nothing_has_failed() {
    let report = Ledger::default().close(&[CheckId::Seal]);
    assert_eq!(report.verdict, Verdict::Failed);
    assert_eq!(report.findings[0].code, Code::NotRun);
}

#[test]
fn a_finding_fails_its_check_and_the_verdict() {
    let mut ledger = Ledger::default();
    ledger.examine(CheckId::Seal, 1);
    ledger.examine(CheckId::Log, 1);
    ledger.find(Finding::new(CheckId::Log, Code::LogDiffers, "log", "differs"));
    let report = ledger.close(&[CheckId::Seal, CheckId::Log]);
    assert_eq!((report.checks[0].ok, report.checks[1].ok, report.verdict), (true, false, Verdict::Failed));
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let mut ledger = Ledger::default();
    for _ in 0..FINDINGS_MAX + 5 {
        ledger.find(Finding::new(CheckId::Log, Code::BadLeaf, "log", "bad"));
    }
    let report = ledger.close(&[CheckId::Log]);
    assert_eq!((report.findings.len(), report.findings_left_out), (FINDINGS_MAX, 5));
    assert!(report.to_string().contains("and 5 more"));
}

#[test]
fn text_from_evidence_cannot_move_the_cursor_or_turn_the_line() {
    let finding = Finding::new(CheckId::Seal, Code::SurplusFile, "a\u{1b}[2Jb", "x\n\u{202e}y");
    assert_eq!((finding.file.as_str(), finding.detail.as_str()), ("a\\u{1b}[2Jb", "x\\n\\u{202e}y"));
    assert!(Finding::new(CheckId::Seal, Code::SurplusFile, &"a".repeat(9_999), "").file.len() < 1_000);
}

#[test]
fn a_report_reads_back_from_its_json() {
    let report = Ledger::default().close(&CheckId::ALL);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn the_guide_for_auditors_explains_every_code() {
    let guide = include_str!("../../../../docs/guide/verify.md");
    for code in Code::ALL {
        let row = format!("| `{}` | {} |", code.as_str(), code.meaning().trim());
        assert!(guide.contains(&row), "{row}");
    }
}
