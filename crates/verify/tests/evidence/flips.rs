//! P14, byte by byte: one flipped bit anywhere is found, and its file is named.
//!
//! Unoptimised signatures are slow: there a sample of bytes is flipped, spread over every file. `cargo nextest run --release`
//! flips every byte of every file.

use std::num::NonZeroUsize;

use candor_verify::{CheckId, Memory, Report, Verdict};

use crate::support::{Case, honest};

/// How many bytes of a file are flipped at most.
const FLIPS_MAX: usize = if cfg!(debug_assertions) { 1 } else { usize::MAX };

/// Flips one bit in each chosen byte of the files that `choose` takes from a case, and holds every report against `found`.
fn flip(
    files_of: impl Fn(&mut Case) -> &mut Memory + Sync,
    chosen: impl Fn(&str) -> bool,
    after: impl Fn(&mut Case) + Sync,
    found: impl Fn(&str, &Report) -> bool + Sync,
) {
    let mut case = honest();
    let paths: Vec<String> = files_of(&mut case).files.keys().filter(|path| chosen(path)).cloned().collect();
    assert!(!paths.is_empty());
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for path in paths {
        let length = files_of(&mut case).files[&path].len();
        let step = length.div_ceil(FLIPS_MAX).max(1);
        let (case, path, files_of, after, found) = (&case, &path, &files_of, &after, &found);
        std::thread::scope(|scope| {
            for worker in 0..workers {
                scope.spawn(move || {
                    for at in (step / 2..length).step_by(step).skip(worker).step_by(workers) {
                        let mut changed = case.clone();
                        files_of(&mut changed).files.get_mut(path).unwrap()[at] ^= 1 << (at % 8);
                        after(&mut changed);
                        let report = changed.verify();
                        assert_eq!(report.verdict, Verdict::Failed, "byte {at} of {path}");
                        assert!(found(path, &report), "byte {at} of {path}: {report}");
                    }
                });
            }
        });
    }
}

/// Whether the seal names the file: it finds a change before anything is read for what it says.
fn names(path: &str, report: &Report) -> bool {
    report.findings.iter().any(|finding| finding.check == CheckId::Seal && finding.file == path)
}

/// Flips in the sealed evidence: the file is named.
fn sealed(chosen: impl Fn(&str) -> bool) {
    flip(|case| &mut case.evidence, chosen, |_| {}, names);
}

/// Flips that the organisation sealed again: another check than the seal finds them.
fn resealed(chosen: impl Fn(&str) -> bool) {
    let beyond_the_seal = |_: &str, report: &Report| {
        assert!(report.checks.iter().any(|check| check.id == CheckId::Seal && check.ok), "{report}");
        report.findings.iter().any(|finding| finding.check != CheckId::Seal)
    };
    flip(|case| &mut case.evidence, chosen, Case::reseal, beyond_the_seal);
}

#[test]
fn a_flipped_bit_in_the_seal_is_found() {
    sealed(|path| path == "SEAL");
}

#[test]
fn a_flipped_bit_in_the_log_is_found() {
    sealed(|path| path == "checkpoint" || path.starts_with("log/"));
}

#[test]
fn a_flipped_bit_in_a_statement_is_found() {
    sealed(|path| path.starts_with("statements/"));
}

#[test]
fn a_flipped_bit_in_any_other_file_of_the_evidence_is_found() {
    let others = |path: &str| {
        path != "SEAL"
            && path != "checkpoint"
            && !path.starts_with("log/")
            && !path.starts_with("statements/")
    };
    sealed(others);
}

#[test]
fn a_flipped_bit_in_the_log_is_found_under_a_new_seal() {
    resealed(|path| path == "checkpoint" || path.starts_with("log/"));
}

#[test]
fn a_flipped_bit_in_a_statement_is_found_under_a_new_seal() {
    resealed(|path| path.starts_with("statements/"));
}

#[test]
fn a_flipped_bit_in_any_other_file_is_found_under_a_new_seal() {
    resealed(|path| {
        path != "SEAL"
            && path != "checkpoint"
            && !path.starts_with("log/")
            && !path.starts_with("statements/")
    });
}

#[test]
fn a_flipped_bit_in_the_records_names_the_record() {
    let text = String::from_utf8(honest().evidence.files["records.jsonl"].clone()).unwrap();
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    assert_eq!(ends.len(), 5);
    let names_the_record = |path: &str, report: &Report| {
        report.findings.iter().any(|finding| finding.file == path && finding.record.is_some())
    };
    flip(|case| &mut case.evidence, |path| path == "records.jsonl", |_| {}, names_the_record);
}

#[test]
fn a_flipped_bit_in_the_dataset_names_the_file_and_the_record() {
    let named = |path: &str, report: &Report| {
        let shown = format!("dataset/{path}");
        let has_record = path.starts_with("images/") || path == "steps.jsonl";
        report
            .findings
            .iter()
            .any(|finding| finding.file == shown && (finding.record.is_some() || !has_record))
    };
    flip(|case| &mut case.dataset, |_| true, |_| {}, named);
}
