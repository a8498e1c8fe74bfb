//! Files that are missing, changed, surplus or made to hurt. Whatever they are, the verifier names them and goes on.

use candor_log::{Note, SignerKey};
use candor_verify::{Code, Folder, Memory, Report, Verdict, verify};

use crate::support::{Case, Plan, honest, leaves, policy, publish};

#[track_caller]
fn fails_with(report: &Report, code: Code, file: &str) {
    assert_eq!(report.verdict, Verdict::Failed);
    let named = report.findings.iter().any(|finding| finding.code == code && finding.file == file);
    assert!(named, "{code:?} in {file}: {report}");
}

fn fails(report: &Report) {
    assert_eq!(report.verdict, Verdict::Failed, "{report}");
}

/// All of them; unoptimised signatures are slow, so every fourth there.
fn sample<T>(items: Vec<T>) -> impl Iterator<Item = T> {
    items.into_iter().step_by(if cfg!(debug_assertions) { 4 } else { 1 })
}

/// The files of a case, one of each kind.
fn one_of_each(case: &Case) -> Vec<String> {
    let mut paths: Vec<String> =
        ["checkpoint", "charter.toml", "notice.txt", "manifest.json", "records.jsonl", "openings.jsonl"]
            .map(String::from)
            .into();
    paths.extend(["log/", "manifests/"].map(|folder| case.path(folder, 0)));
    let kinds = ["sign-off", "program-act", "grant", "release", "admission", "dataset-request", "export"];
    paths.extend(kinds.map(|kind| case.statement(&format!("urn:candor:{kind}:v1"))));
    paths
}

#[test]
fn a_file_that_was_taken_away_is_named() {
    let case = honest();
    for path in sample(case.evidence.files.keys().collect()) {
        let mut changed = case.clone();
        changed.evidence.files.remove(path);
        let report = verify(&changed.evidence, None, &case.policy);
        fails_with(&report, Code::MissingFile, path);
    }
}

#[test]
fn a_file_that_was_taken_away_is_missed_even_by_a_new_seal() {
    let case = honest();
    for path in sample(case.evidence.files.keys().filter(|path| *path != "SEAL").collect()) {
        let mut changed = case.clone();
        changed.evidence.files.remove(path);
        changed.reseal();
        fails(&verify(&changed.evidence, None, &case.policy));
    }
}

#[test]
fn a_file_that_was_added_or_renamed_is_named() {
    let case = honest();
    for path in
        ["surplus.txt", "statements/x.json", "log/tile/entries/001", "log/tile/0/000", "manifests/.hidden"]
    {
        let mut changed = case.clone();
        changed.evidence.files.insert(path.into(), b"{}".to_vec());
        fails_with(&changed.verify(), Code::SurplusFile, path);
        changed.reseal();
        fails_with(&changed.verify(), Code::SurplusFile, path);
    }
    for path in sample(one_of_each(&case)) {
        let mut changed = case.clone();
        let bytes = changed.evidence.files.remove(&path).unwrap();
        changed.evidence.files.insert(format!("{path}.old"), bytes);
        let report = verify(&changed.evidence, None, &case.policy);
        fails_with(&report, Code::MissingFile, &path);
        fails_with(&report, Code::SurplusFile, &format!("{path}.old"));
    }
}

#[test]
fn a_file_of_the_dataset_that_was_taken_away_or_added_is_named() {
    let case = honest();
    for path in sample(case.dataset.files.keys().collect()) {
        let mut changed = case.clone();
        changed.dataset.files.remove(path);
        fails_with(&changed.verify(), Code::MissingFile, &format!("dataset/{path}"));
    }
    let mut changed = case.clone();
    changed.dataset.files.insert("images/000099.png".into(), Vec::new());
    fails_with(&changed.verify(), Code::SurplusFile, "dataset/images/000099.png");
}

#[test]
fn two_images_that_changed_places_are_named_with_their_records() {
    let mut case = honest();
    let (a, b) = ("images/000000.png", "images/000001.png");
    let (first, second) = (case.dataset.files[a].clone(), case.dataset.files[b].clone());
    case.dataset.files.extend([(a.to_owned(), second), (b.to_owned(), first)]);
    let report = case.verify();
    fails_with(&report, Code::DatasetFileDiffers, "dataset/images/000000.png");
    let records: Vec<_> = report.findings.iter().map(|finding| finding.record).collect();
    assert_eq!(records, [Some(0), Some(1)]);
}

fn swap_lines(files: &mut Memory, path: &str) {
    let text = String::from_utf8(files.files[path].clone()).unwrap();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.swap(1, 2);
    files.files.insert(path.into(), lines.concat().into_bytes());
}

#[test]
fn two_lines_that_changed_places_are_named_with_their_records() {
    let names =
        |report: &Report, file: &str| report.findings.iter().any(|f| f.file == file && f.record == Some(1));
    let mut case = honest();
    swap_lines(&mut case.evidence, "records.jsonl");
    let report = case.verify();
    assert!(names(&report, "records.jsonl"), "{report}");
    let mut case = honest();
    swap_lines(&mut case.dataset, "steps.jsonl");
    let report = case.verify();
    assert!(names(&report, "dataset/steps.jsonl"), "{report}");
}

#[test]
fn a_statement_that_nobody_logged_is_found() {
    let mut case = honest();
    // A second release: nothing in the evidence needs it.
    let other = Plan { releaser: 35, ..Plan::default() }.build();
    let path = other
        .evidence
        .files
        .keys()
        .find(|path| !case.evidence.files.contains_key(*path) && path.starts_with("statements/"));
    let path = path.unwrap().clone();
    case.evidence.files.insert(path.clone(), other.evidence.files[&path].clone());
    case.reseal();
    fails_with(&case.verify(), Code::UnopenedStatement, &path);
}

#[test]
fn a_statement_of_an_unknown_kind_is_found() {
    let mut case = honest();
    let envelope = candor_model::Envelope::sign(
        candor_model::PAYLOAD_TYPE,
        br#"{"predicateType":"urn:candor:something:v1"}"#,
        &crate::support::organisation(),
    );
    let path = format!("statements/{}.json", envelope.digest());
    case.evidence.files.insert(path.clone(), envelope.to_bytes());
    case.reseal();
    fails_with(&case.verify(), Code::SurplusStatement, &path);
}

#[test]
fn an_opening_that_opens_nothing_is_found() {
    let case = honest();
    let text = String::from_utf8(case.evidence.files["openings.jsonl"].clone()).unwrap();
    let (last, salt) = (text.lines().last().unwrap(), "ab".repeat(32));
    let wrong_salt = text.replace(&last[last.find("salt").unwrap() + 7..][..64], &salt);
    let statement = &last[last.find("statement").unwrap() + 12..][..64];
    let wrong_statement = text.replace(statement, &"cd".repeat(32));
    let wrong_leaf = text.replace("{\"leaf\":6,", "{\"leaf\":7,");
    for (text, code) in [
        (wrong_salt, Code::OpeningDiffers),
        (wrong_statement, Code::MissingStatement),
        (wrong_leaf, Code::Malformed),
        (text.split_inclusive('\n').rev().collect(), Code::Malformed),
        (format!("{text}{last}\n"), Code::Malformed),
    ] {
        let mut changed = case.clone();
        changed.evidence.files.insert("openings.jsonl".into(), text.into_bytes());
        changed.reseal();
        let report = changed.verify();
        assert!(report.findings.iter().any(|finding| finding.code == code), "{code:?}: {report}");
    }
}

// The log.

#[test]
fn a_log_that_was_rolled_back_is_found() {
    let case = honest();
    let all = leaves(&case.evidence);
    for size in [all.len() - 1, all.len() - 4, 1] {
        let mut changed = case.clone();
        publish(&mut changed.evidence, &all, size);
        changed.reseal();
        fails_with(&changed.verify(), Code::SurplusFile, &case.path("log/", 0));
    }
}

#[test]
fn a_leaf_that_is_missing_changed_or_surplus_is_found_under_a_true_checkpoint() {
    let case = honest();
    let checkpoint = case.evidence.files["checkpoint"].clone();
    let all = leaves(&case.evidence);
    let mut swapped = all.clone();
    swapped.swap(1, 2);
    let shorter = all.get(..all.len() - 1).unwrap().to_vec();
    let longer = [all.as_slice(), &all[all.len() - 1..]].concat();
    for other in [swapped, shorter, longer] {
        let mut changed = case.clone();
        changed.evidence.files.retain(|path, _| !path.starts_with("log/"));
        publish(&mut changed.evidence, &other, other.len());
        changed.evidence.files.insert("checkpoint".into(), checkpoint.clone());
        changed.reseal();
        let report = changed.verify();
        let failed = report.checks.iter().any(|check| check.id == candor_verify::CheckId::Log && !check.ok);
        assert!(failed, "{report}");
    }
}

#[test]
fn a_checkpoint_of_another_log_or_with_a_line_nobody_knows_is_found() {
    let case = honest();
    let text = String::from_utf8(case.evidence.files["checkpoint"].clone()).unwrap();
    let body = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let stranger = SignerKey::from_seed("log.example.test", &[41; 32]).unwrap();
    let forged = Note::sign(&body, &stranger).unwrap();
    let witness = SignerKey::from_seed("witness.example.test", &[42; 32]).unwrap();
    let line = Note::sign(&body, &witness).unwrap().split_once("\n\n").unwrap().1.to_owned();
    for bytes in [forged, format!("{text}{line}"), text.replace('\n', "\r\n"), String::new()] {
        let mut changed = case.clone();
        changed.evidence.files.insert("checkpoint".into(), bytes.into_bytes());
        changed.reseal();
        fails_with(&changed.verify(), Code::BadCheckpoint, "checkpoint");
    }
}

// The seal.

#[test]
fn a_seal_that_names_a_path_outside_is_refused() {
    let case = honest();
    let text = String::from_utf8(case.evidence.files["SEAL"].clone()).unwrap();
    let body = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let digest = "0".repeat(64);
    let signer = SignerKey::from_seed("candor-evidence", &[10; 32]).unwrap();
    for (surplus, code) in [
        (format!("{digest}  ../../etc/passwd\n"), Code::BadSeal),
        (format!("{digest}  /etc/passwd\n"), Code::BadSeal),
        (format!("{digest}  statements/../SEAL\n"), Code::BadSeal),
        (format!("{digest}  SEAL\n"), Code::BadSeal),
        (format!("{digest}  charter.toml\n"), Code::BadSeal),
        (format!("{digest} zzz\n"), Code::BadSeal),
        (format!("{}  zzz\n", "A".repeat(64)), Code::BadSeal),
    ] {
        let mut changed = case.clone();
        let note = Note::sign(&format!("{body}{surplus}"), &signer).unwrap();
        changed.evidence.files.insert("SEAL".into(), note.into_bytes());
        fails_with(&changed.verify(), code, "SEAL");
    }
    let mut newer = case.clone();
    let note = Note::sign(&body.replace("candor-evidence/v1", "candor-evidence/v2"), &signer).unwrap();
    newer.evidence.files.insert("SEAL".into(), note.into_bytes());
    fails_with(&newer.verify(), Code::OtherVersion, "SEAL");
}

#[test]
fn a_seal_by_another_key_or_with_a_second_signature_is_refused() {
    let case = honest();
    let text = String::from_utf8(case.evidence.files["SEAL"].clone()).unwrap();
    let body = text.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let other_name = SignerKey::from_seed("candor-something", &[10; 32]).unwrap();
    let other_key = SignerKey::from_seed("candor-evidence", &[11; 32]).unwrap();
    let line = Note::sign(&body, &other_key).unwrap().split_once("\n\n").unwrap().1.to_owned();
    let by = |signer| Note::sign(&body, signer).unwrap();
    for note in [by(&other_name), by(&other_key), format!("{text}{line}")] {
        let mut changed = case.clone();
        changed.evidence.files.insert("SEAL".into(), note.into_bytes());
        fails_with(&changed.verify(), Code::ForeignSeal, "SEAL");
    }
}

// Anything at all.

#[test]
fn nothing_is_no_evidence() {
    let empty = Memory::default();
    let report = verify(&empty, Some(&empty), &policy());
    assert!(report.checks.iter().filter(|check| check.ok).count() <= 1, "{report}");
    fails_with(&report, Code::MissingFile, "SEAL");
    let report = verify(&Folder::new("/nonexistent/evidence"), None, &policy());
    fails_with(&report, Code::Unreadable, "the evidence");
}

#[test]
fn garbage_in_any_file_is_a_finding_and_no_panic() {
    let case = honest();
    let garbage: [Vec<u8>; 6] = [
        Vec::new(),
        b"{}".to_vec(),
        vec![0xff; 300],
        vec![b'['; 200_000],
        vec![b'9'; 100_000],
        br#"{"version":1,"version":1,"a":{"a":{"a":1e999}}}"#.to_vec(),
    ];
    let pairs = one_of_each(&case)
        .into_iter()
        .flat_map(|path| garbage.iter().map(move |bytes| (path.clone(), bytes)));
    for (path, bytes) in sample(pairs.collect()) {
        let mut changed = case.clone();
        changed.evidence.files.insert(path, bytes.clone());
        changed.reseal();
        fails(&verify(&changed.evidence, None, &case.policy));
    }
}

#[test]
fn a_truncated_file_is_found_even_under_a_new_seal() {
    let case = honest();
    for path in sample(one_of_each(&case)) {
        let bytes = case.evidence.files[&path].clone();
        for length in [bytes.len() - 1, bytes.len() / 2] {
            let mut changed = case.clone();
            changed.evidence.files.insert(path.clone(), bytes[..length].to_vec());
            changed.reseal();
            fails(&verify(&changed.evidence, None, &case.policy));
        }
    }
}

#[test]
fn a_line_without_end_is_not_read_into_memory() {
    let mut case = honest();
    case.evidence.files.insert("records.jsonl".into(), vec![b'a'; 10_000_000]);
    case.reseal();
    let report = verify(&case.evidence, None, &case.policy);
    let finding = report.findings.iter().find(|finding| finding.file == "records.jsonl").unwrap();
    assert!(finding.detail.contains("longer than a record"), "{report}");
}

#[test]
fn a_policy_that_trusts_too_few_verifies_nothing() {
    let mut case = honest();
    case.policy.signers.pop();
    let report = case.verify();
    fails_with(&report, Code::BadPolicy, "the trust policy");
    assert_eq!(report.checks.len(), 1);
}

// Folders.

fn write(files: &Memory) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in &files.files {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::io::Write::write_all(&mut std::fs::File::create(full).unwrap(), bytes).unwrap();
    }
    folder
}

#[test]
fn folders_on_disk_verify_like_maps_in_memory() {
    let case = honest();
    let (evidence, dataset) = (write(&case.evidence), write(&case.dataset));
    let from_disk = verify(&Folder::new(evidence.path()), Some(&Folder::new(dataset.path())), &case.policy);
    assert_eq!(from_disk, case.verify());
    assert_eq!(from_disk.verdict, Verdict::Ok, "{from_disk}");
}

#[cfg(unix)]
#[test]
fn a_link_is_refused_even_if_it_leads_to_the_right_bytes() {
    let case = honest();
    let (evidence, elsewhere) = (write(&case.evidence), write(&case.evidence));
    let path = evidence.path().join("charter.toml");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("charter.toml"), &path).unwrap();
    let report = verify(&Folder::new(evidence.path()), None, &case.policy);
    fails_with(&report, Code::NotAFile, "charter.toml");
    fails_with(&report, Code::MissingFile, "charter.toml");
}
