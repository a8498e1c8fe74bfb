//! Each promise, broken once by an organisation that signs, logs and seals whatever it wants.

use candor_consent::{Choice, Field};
use candor_model::bundle::{Manifest, Release};
use candor_model::evidence::{DatasetFile, DatasetManifest, Record};
use candor_model::{Admission, ConsentId, Digest, Export, FormatVersion, SessionId, Step};
use candor_verify::{CheckId, Code, Report, Verdict, verify};

use crate::support::{Plan, Wrong, charter_with, honest, key};

fn codes(report: &Report) -> Vec<Code> {
    let mut codes: Vec<Code> = report.findings.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The codes found, each once, and nothing else.
#[track_caller]
fn finds(plan: &Plan, expected: &[Code]) -> Report {
    let report = plan.build().verify();
    assert_eq!(report.verdict, Verdict::Failed, "{report}");
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(codes(&report), expected, "{report}");
    report
}

#[track_caller]
fn names_record(report: &Report, code: Code, record: u64) {
    let named = report.findings.iter().any(|finding| finding.code == code && finding.record == Some(record));
    assert!(named, "{report}");
}

#[test]
fn honest_evidence_is_ok() {
    let case = honest();
    let report = case.verify();
    assert_eq!(report.verdict, Verdict::Ok, "{report}");
    assert!(report.checks.iter().all(|check| check.ok && check.examined > 0), "{report}");
    assert_eq!((report.subject.records, report.subject.sessions, report.subject.consents), (5, 2, 2));
    assert!(report.to_string().starts_with("verify: ok\n"));
}

#[test]
fn without_the_dataset_the_verdict_says_that_it_was_not_checked() {
    let case = honest();
    let report = verify(&case.evidence, None, &case.policy);
    assert_eq!(report.verdict, Verdict::Ok, "{report}");
    assert!(report.not_checked.iter().any(|sentence| sentence.starts_with("dataset files")));
    assert!(report.checks.iter().all(|check| check.id != CheckId::Dataset));
}

#[test]
fn a_hundred_records_are_verified() {
    let report = Plan { steps_each: 50, ..Plan::default() }.build().verify();
    assert_eq!((report.verdict, report.subject.records), (Verdict::Ok, 99), "{report}");
}

// P9: four signatures.

#[test]
fn three_of_four_approvals_start_nothing() {
    let report =
        finds(&Plan { signers: vec![1, 2, 3], ..Plan::default() }, &[Code::MissingSignOff, Code::NotRunning]);
    assert!(report.to_string().contains("missing: security"), "{report}");
}

#[test]
fn an_approval_by_another_key_counts_for_nothing() {
    let plan = Plan { signers: vec![1, 2, 3, 9], ..Plan::default() };
    finds(&plan, &[Code::BadSignature, Code::MissingSignOff, Code::NotRunning]);
}

#[test]
fn a_signer_whom_the_auditor_does_not_know_is_found_though_the_charter_names_them() {
    let charter = charter_with(&key(4).public().to_string(), &key(9).public().to_string());
    finds(&Plan { charter, signers: vec![1, 2, 3, 9], ..Plan::default() }, &[Code::ForeignSigner]);
}

#[test]
fn a_program_that_is_halted_admits_nothing() {
    let report = finds(&Plan { wrongs: &[Wrong::Halted], ..Plan::default() }, &[Code::NotRunning]);
    names_record(&report, Code::NotRunning, 0);
    names_record(&report, Code::NotRunning, 3);
}

#[test]
fn a_halt_that_is_left_out_of_the_evidence_is_found_in_the_log() {
    finds(&Plan { wrongs: &[Wrong::Halted, Wrong::HaltHidden], ..Plan::default() }, &[Code::HiddenAct]);
}

#[test]
fn one_signer_less_resumes_nothing() {
    let plan = Plan { wrongs: &[Wrong::Halted], resumed: Some(3), ..Plan::default() };
    finds(&plan, &[Code::MissingSignOff, Code::NotRunning]);
}

#[test]
fn all_four_resume_what_one_halted() {
    let report = Plan { wrongs: &[Wrong::Halted], resumed: Some(4), ..Plan::default() }.build().verify();
    assert_eq!(report.verdict, Verdict::Ok, "{report}");
}

#[test]
fn nothing_is_exported_after_the_approvals_ran_out() {
    let charter = charter_with("consent_days_max = 180", "consent_days_max = 183");
    // 200 days after the second of March.
    let plan = Plan { charter, exported: "2026-09-18T09:00:00Z", ..Plan::default() };
    finds(&plan, &[Code::NotRunning, Code::NotInForce]);
}

// P8: consent.

#[test]
fn a_consent_that_ran_out_is_found() {
    let report = finds(&Plan { exported: "2026-09-01T09:00:00Z", ..Plan::default() }, &[Code::NotInForce]);
    names_record(&report, Code::NotInForce, 0);
    names_record(&report, Code::NotInForce, 3);
}

#[test]
fn an_export_that_is_dated_back_into_the_consent_is_found_by_the_logs_time() {
    let exported_claim = Some("2026-03-06T09:00:00Z");
    finds(&Plan { exported: "2026-09-01T09:00:00Z", exported_claim, ..Plan::default() }, &[Code::NotInForce]);
}

#[test]
fn a_recording_before_the_time_for_second_thoughts_was_over_is_found() {
    let report = finds(&Plan { recorded: "2026-03-03T09:00:00Z", ..Plan::default() }, &[Code::NotInForce]);
    names_record(&report, Code::NotInForce, 0);
}

#[test]
fn a_recording_before_the_program_began_is_found() {
    let plan = Plan { recorded: "2026-02-03T09:00:00Z", ..Plan::default() };
    finds(&plan, &[Code::NotInForce, Code::NotRunning]);
}

#[test]
fn a_consent_that_the_organisation_did_not_countersign_is_found() {
    finds(&Plan { countersigner: 11, ..Plan::default() }, &[Code::BadSignature, Code::BadConsent]);
}

#[test]
fn a_step_of_an_application_that_was_not_chosen_is_found() {
    let choice_of = |choice: &mut Choice| choice.apps.retain(|app| app.as_str() != "browser");
    let report = finds(&Plan { choice_of, ..Plan::default() }, &[Code::NotAgreed]);
    names_record(&report, Code::NotAgreed, 0);
    assert!(report.findings.iter().all(|finding| finding.file == "dataset/steps.jsonl"), "{report}");
}

#[test]
fn a_field_that_was_not_chosen_is_found() {
    let choice_of = |choice: &mut Choice| choice.fields.retain(|field| *field != Field::Frame);
    let report = finds(&Plan { choice_of, ..Plan::default() }, &[Code::NotAgreed]);
    names_record(&report, Code::NotAgreed, 3);
}

#[test]
fn a_site_that_the_charter_does_not_name_is_found() {
    let steps_of = |steps: &mut Vec<Step>| {
        for step in steps {
            step.window.site = Some("bank.example.test".parse().unwrap());
        }
    };
    finds(&Plan { steps_of, ..Plan::default() }, &[Code::NotAgreed]);
}

// P10 and P11: withdrawal and erasure.

#[test]
fn a_consent_that_was_withdrawn_is_found() {
    let report = finds(&Plan { wrongs: &[Wrong::Withdrawn], ..Plan::default() }, &[Code::Withdrawn]);
    names_record(&report, Code::Withdrawn, 0);
    assert_eq!(report.findings.len(), 1, "only one of the two withdrew: {report}");
}

#[test]
fn a_session_that_was_erased_is_found() {
    let report = finds(&Plan { wrongs: &[Wrong::Erased], ..Plan::default() }, &[Code::Erased]);
    names_record(&report, Code::Erased, 0);
    assert_eq!(report.findings.len(), 1, "only one of the two was erased: {report}");
}

// P12: purpose.

#[test]
fn a_purpose_that_the_consent_does_not_cover_is_found() {
    let report =
        finds(&Plan { export_purpose: "usability-research", ..Plan::default() }, &[Code::PurposeNotCovered]);
    names_record(&report, Code::PurposeNotCovered, 3);
}

#[test]
fn a_purpose_that_the_charter_does_not_have_is_found() {
    finds(&Plan { export_purpose: "something-else", ..Plan::default() }, &[Code::PurposeRefused]);
}

#[test]
fn a_purpose_that_the_charter_forbids_is_found() {
    finds(&Plan { export_purpose: "personnel-hiring", ..Plan::default() }, &[Code::PurposeRefused]);
}

// P5 and P14: release and admission.

#[test]
fn a_session_that_another_key_released_is_found() {
    let report = finds(&Plan { releaser: 32, ..Plan::default() }, &[Code::BadSignature]);
    names_record(&report, Code::BadSignature, 0);
}

#[test]
fn a_session_that_was_released_under_another_consent_is_found() {
    let release_of = |release: &mut Release| {
        release.consent = ConsentId::from_bytes([1; 16]);
    };
    finds(&Plan { release_of, ..Plan::default() }, &[Code::SessionDiffers]);
}

#[test]
fn an_admission_that_names_another_release_is_found() {
    let admission_of = |admission: &mut Admission| admission.release = Digest::of(b"other");
    finds(&Plan { admission_of, ..Plan::default() }, &[Code::NotReleased, Code::UnopenedStatement]);
}

#[test]
fn an_admission_that_names_another_consent_is_found() {
    let admission_of = |admission: &mut Admission| {
        admission.consent = ConsentId::from_bytes([1; 16]);
    };
    finds(&Plan { admission_of, ..Plan::default() }, &[Code::SessionDiffers]);
}

#[test]
fn an_admission_before_the_consent_is_found() {
    finds(&Plan { wrongs: &[Wrong::AdmittedTooEarly], ..Plan::default() }, &[Code::OutOfOrder]);
}

#[test]
fn a_session_under_another_charter_is_found() {
    let manifest_of = |manifest: &mut Manifest| manifest.header.charter = Digest::of(b"other");
    finds(&Plan { manifest_of, ..Plan::default() }, &[Code::SessionDiffers]);
}

#[test]
fn a_session_of_another_contributor_is_found() {
    let manifest_of = |manifest: &mut Manifest| manifest.header.contributor = key(33).public();
    finds(&Plan { manifest_of, ..Plan::default() }, &[Code::SessionDiffers, Code::BadSignature]);
}

#[test]
fn a_step_that_was_not_released_is_found_with_its_record() {
    let records_of = |records: &mut Vec<Record>| records[2].step = Digest::of(b"other");
    let report =
        finds(&Plan { records_of, ..Plan::default() }, &[Code::RecordDiffers, Code::DatasetFileDiffers]);
    names_record(&report, Code::RecordDiffers, 2);
}

#[test]
fn a_frame_that_was_not_released_is_found_with_its_record() {
    let records_of = |records: &mut Vec<Record>| records[1].frame = Some(Digest::of(b"other"));
    let report =
        finds(&Plan { records_of, ..Plan::default() }, &[Code::RecordDiffers, Code::DatasetFileDiffers]);
    names_record(&report, Code::RecordDiffers, 1);
}

#[test]
fn two_records_that_changed_places_are_found() {
    let records_of = |records: &mut Vec<Record>| records.swap(1, 2);
    let report =
        finds(&Plan { records_of, ..Plan::default() }, &[Code::RecordOrder, Code::DatasetFileDiffers]);
    names_record(&report, Code::RecordOrder, 1);
}

#[test]
fn a_record_that_stands_twice_is_found() {
    let records_of = |records: &mut Vec<Record>| {
        let mut again = records[4].clone();
        again.record = 5;
        records.push(again);
    };
    let report =
        finds(&Plan { records_of, ..Plan::default() }, &[Code::RecordOrder, Code::DatasetFileDiffers]);
    names_record(&report, Code::RecordOrder, 5);
}

#[test]
fn a_record_of_an_unknown_session_is_found() {
    let records_of = |records: &mut Vec<Record>| {
        records[4].session = SessionId::from_bytes([77; 16]);
    };
    let report = finds(&Plan { records_of, ..Plan::default() }, &[Code::UnknownSession, Code::CountDiffers]);
    names_record(&report, Code::UnknownSession, 4);
}

// P13 and P14: export.

#[test]
fn an_organisation_that_the_auditor_does_not_know_is_found() {
    let report = Plan { organisation: 11, countersigner: 11, ..Plan::default() }.build().verify();
    for check in [CheckId::Seal, CheckId::Consents, CheckId::Sessions, CheckId::Export] {
        assert!(report.checks.iter().any(|c| c.id == check && !c.ok), "{report}");
    }
    assert!(codes(&report).contains(&Code::ForeignSeal));
}

#[test]
fn a_recipient_that_the_charter_does_not_name_is_found() {
    finds(&Plan { recipient: 21, ..Plan::default() }, &[Code::ForeignRecipient]);
}

#[test]
fn a_request_for_another_recipe_is_found() {
    let dataset_of = |manifest: &mut DatasetManifest| manifest.recipe = Digest::of(b"other");
    let report = finds(&Plan { dataset_of, ..Plan::default() }, &[Code::DatasetFileDiffers]);
    assert_eq!(report.findings[0].file, "dataset/recipe.toml");
}

#[test]
fn an_export_that_names_another_request_is_found() {
    let export_of = |export: &mut Export| export.request = Digest::of(b"other");
    finds(&Plan { export_of, ..Plan::default() }, &[Code::RequestDiffers, Code::SurplusStatement]);
}

#[test]
fn a_signature_that_nobody_asked_for_is_found() {
    finds(&Plan { wrongs: &[Wrong::SignedBesides], ..Plan::default() }, &[Code::BadSignature]);
}

#[test]
fn a_dataset_that_was_changed_after_its_export_is_found_though_everything_else_agrees() {
    let mut case = honest();
    let card = b"# Another dataset\n";
    let mut manifest: DatasetManifest = serde_json::from_slice(&case.dataset.files["manifest.json"]).unwrap();
    let file = manifest.files.iter_mut().find(|file| file.path == "README.md").unwrap();
    (file.sha256, file.bytes) = (Digest::of(card), card.len() as u64);
    let manifest = candor_model::canonical_bytes(&manifest).unwrap();
    case.dataset.files.insert("README.md".into(), card.to_vec());
    case.dataset.files.insert("manifest.json".into(), manifest.clone());
    case.evidence.files.insert("manifest.json".into(), manifest);
    case.reseal();
    let report = case.verify();
    assert_eq!(codes(&report), [Code::ExportDiffers], "{report}");
}

#[test]
fn a_step_that_was_changed_into_another_step_is_found_with_its_record() {
    let mut case = honest();
    let steps = String::from_utf8(case.dataset.files["steps.jsonl"].clone()).unwrap();
    // The second session's click, a pixel further.
    let at = steps.rfind("\"x\":5").unwrap();
    let changed = format!("{}\"x\":6{}", &steps[..at], &steps[at + 5..]);
    case.dataset.files.insert("steps.jsonl".into(), changed.into_bytes());
    let report = case.verify();
    names_record(&report, Code::DatasetFileDiffers, 3);
}

#[test]
fn an_export_of_other_records_is_found() {
    let export_of = |export: &mut Export| export.records = Digest::of(b"other");
    finds(&Plan { export_of, ..Plan::default() }, &[Code::ExportDiffers]);
}

#[test]
fn a_count_that_is_wrong_is_found() {
    let export_of = |export: &mut Export| export.record_count += 1;
    finds(&Plan { export_of, ..Plan::default() }, &[Code::CountDiffers]);
}

#[test]
fn more_dataset_versions_than_the_charter_allows_are_found() {
    finds(&Plan { exports_before: 20, ..Plan::default() }, &[Code::CapExceeded]);
    assert_eq!(Plan { exports_before: 19, ..Plan::default() }.build().verify().verdict, Verdict::Ok);
}

#[test]
fn more_contributors_than_the_charter_allows_are_found() {
    let charter = charter_with("contributors_max = 20", "contributors_max = 1");
    finds(&Plan { charter, ..Plan::default() }, &[Code::CapExceeded]);
}

#[test]
fn more_bytes_than_the_charter_allows_in_a_day_are_found() {
    let charter = charter_with("bytes_per_day_max = 500_000_000", "bytes_per_day_max = 10")
        .replace("bytes_per_day = 200_000_000", "bytes_per_day = 10");
    finds(&Plan { charter, ..Plan::default() }, &[Code::CapExceeded]);
}

#[test]
fn a_file_that_the_manifest_does_not_list_is_not_part_of_the_dataset() {
    let dataset_of = |manifest: &mut DatasetManifest| {
        manifest.files.retain(|file: &DatasetFile| file.path != "README.md");
    };
    let report = finds(&Plan { dataset_of, ..Plan::default() }, &[Code::SurplusFile]);
    assert_eq!(report.findings[0].file, "dataset/README.md");
}

#[test]
fn a_newer_version_is_refused_by_its_name() {
    let dataset_of = |manifest: &mut DatasetManifest| manifest.version = FormatVersion(2);
    let report = finds(&Plan { dataset_of, ..Plan::default() }, &[Code::OtherVersion, Code::NotRun]);
    assert!(report.to_string().contains("update this program"), "{report}");
    let manifest_of = |manifest: &mut Manifest| manifest.version = FormatVersion(3);
    let report = Plan { manifest_of, ..Plan::default() }.build().verify();
    assert!(codes(&report).contains(&Code::OtherVersion), "{report}");
}

#[test]
fn a_log_of_more_than_one_bundle_is_replayed_whole() {
    let report = Plan { noise: 600, ..Plan::default() }.build().verify();
    assert_eq!(report.verdict, Verdict::Ok, "{report}");
    assert!(report.subject.log_size > Some(600));
}

// What the vault refuses, the auditor refuses too.

#[test]
fn a_session_by_another_redaction_profile_is_found() {
    let manifest_of = |manifest: &mut Manifest| manifest.header.redactor.profile = "none".into();
    finds(&Plan { manifest_of, ..Plan::default() }, &[Code::SessionDiffers]);
}

#[test]
fn a_step_at_an_hour_that_the_charter_does_not_allow_is_found() {
    let charter = charter_with("{ from = 0, to = 24 }", "{ from = 10, to = 12 }");
    let report = finds(&Plan { charter, ..Plan::default() }, &[Code::NotAgreed]);
    names_record(&report, Code::NotAgreed, 4);
}

#[test]
fn a_step_outside_of_the_time_of_its_session_is_found() {
    let steps_of = |steps: &mut Vec<Step>| steps[0].at.wall = steps[0].at.wall.plus_millis(-1);
    let report = finds(&Plan { steps_of, ..Plan::default() }, &[Code::RecordDiffers]);
    names_record(&report, Code::RecordDiffers, 0);
}

#[test]
fn a_release_after_the_days_for_review_is_found() {
    let release_of = |release: &mut Release| release.released_at = release.released_at.plus_days(8);
    finds(&Plan { release_of, ..Plan::default() }, &[Code::NotReleased]);
}

#[test]
fn an_admission_after_the_pilot_ended_is_found_though_its_data_may_be_used() {
    let charter = charter_with("days_max = 60 ", "days_max = 4 ");
    let late = |admission: &mut Admission| admission.admitted_at = admission.admitted_at.plus_days(1);
    // The pilot ends on the sixth of March at 09:00; the export at that moment is a use, and allowed.
    let plan = Plan { charter, ..Plan::default() };
    assert_eq!(plan.build().verify().verdict, Verdict::Ok);
    finds(&Plan { admission_of: late, ..plan }, &[Code::NotRunning]);
}

/// The evidence with another image in the place of the first, which the dataset's manifest agrees to.
fn with_image(png: Vec<u8>) -> Vec<Code> {
    let mut case = honest();
    let path = "images/000000.png";
    let mut manifest: DatasetManifest = serde_json::from_slice(&case.dataset.files["manifest.json"]).unwrap();
    let file = manifest.files.iter_mut().find(|file| file.path == path).unwrap();
    (file.sha256, file.bytes) = (Digest::of(&png), png.len() as u64);
    let manifest = candor_model::canonical_bytes(&manifest).unwrap();
    case.dataset.files.insert(path.into(), png);
    case.dataset.files.insert("manifest.json".into(), manifest.clone());
    case.evidence.files.insert("manifest.json".into(), manifest);
    case.reseal();
    codes(&case.verify())
}

/// An image of two pixels, written in a way that the compiler does not use, and with a comment if there is one.
fn image(rgb: &[u8], comment: Option<&str>) -> Vec<u8> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 2, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::NoCompression);
    if let Some(comment) = comment {
        encoder.add_text_chunk("Comment".into(), comment.into()).unwrap();
    }
    encoder.write_header().unwrap().write_image_data(rgb).unwrap();
    png
}

#[test]
fn an_image_must_show_the_pixels_that_were_released_and_nothing_else() {
    let case = honest();
    let png = &case.dataset.files["images/000000.png"];
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    assert_eq!(with_image(image(&rgb, None)), [Code::ExportDiffers], "the same pixels, another file");
    let both = [Code::ExportDiffers, Code::DatasetFileDiffers];
    let same = |found: Vec<Code>| both.iter().all(|code| found.contains(code)) && found.len() == 2;
    assert!(same(with_image(image(&rgb, Some("who it was")))));
    rgb[5] ^= 1;
    assert!(same(with_image(image(&rgb, None))));
    assert!(same(with_image(vec![0; 257 * 1024 * 1024])), "an image that is too large to be looked at");
}
