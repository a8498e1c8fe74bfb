//! Step 7: an auditor checks the evidence offline, and a forgery.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::cast::AUDITOR;
use super::super::stage::{Stage, number};
use crate::exit::{Because, Failure, Kind, Outcome};

/// Verifies the evidence; flips one byte of a copy and sees it named.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n7. The auditor checks the evidence offline. Nobody is trusted but the keys in her own policy file.");
    let answer = verify(stage, "people/audrey/first-report.txt")?;
    let examined: u64 = checks(&answer).iter().map(|check| number(check, "examined")).sum();
    stage.say(&format!("   OK: {} checks, {examined} things examined", checks(&answer).len()));
    forge(stage)
}

/// Verifies the newest dataset with its evidence, writing the report for people.
pub(crate) fn verify(stage: &mut Stage, report: &str) -> Outcome<Value> {
    let (Some(evidence), Some(dataset), Some(policy)) =
        (stage.found.evidence.clone(), stage.found.dataset.clone(), stage.found.policy.clone())
    else {
        return Err(Failure::new(Kind::Unexpected, "there is no evidence to verify"));
    };
    let report = stage.path(report);
    let words = words(&evidence, &dataset, &policy, &report);
    let answer = stage.types(AUDITOR, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
    stage.found.report = Some(report);
    Ok(answer)
}

fn words(evidence: &Path, dataset: &Path, policy: &Path, report: &Path) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let flags = ["--policy", &path(policy), "--dataset", &path(dataset), "--report", &path(report)];
    let mut words = vec!["verify".to_owned(), path(evidence)];
    words.extend(flags.map(str::to_owned));
    words
}

fn checks(answer: &Value) -> Vec<Value> {
    answer.get("checks").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn forge(stage: &mut Stage) -> Outcome {
    let (Some(evidence), Some(dataset), Some(policy)) =
        (stage.found.evidence.clone(), stage.found.dataset.clone(), stage.found.policy.clone())
    else {
        return Err(Failure::new(Kind::Unexpected, "there is no evidence to forge"));
    };
    let copy = stage.path("people/audrey/forged");
    copy_folder(&dataset, &copy)?;
    flip_a_byte(&first_image(&copy)?)?;
    let report = stage.path("people/audrey/forged-report.txt");
    let words = words(&evidence, &copy, &policy, &report);
    let message =
        stage.ends_with(AUDITOR, &words.iter().map(String::as_str).collect::<Vec<_>>(), Kind::NotVerified)?;
    stage.say(&format!("   One byte of a copy is flipped. Found: {message}"));
    fs::remove_dir_all(&copy).because(Kind::Storage, "delete the forged copy")
}

fn first_image(dataset: &Path) -> Outcome<PathBuf> {
    let entries = fs::read_dir(dataset.join("images")).because(Kind::BadInput, "read the images")?;
    let mut images: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    images.sort();
    images.into_iter().next().ok_or_else(|| Failure::new(Kind::Unexpected, "the dataset has no image"))
}

fn flip_a_byte(path: &Path) -> Outcome {
    let mut bytes = fs::read(path).because(Kind::BadInput, "read an image")?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    crate::durable::write_private(path, &bytes).because(Kind::Storage, "write the forged image")
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to).because(Kind::Storage, "make a folder")?;
    for entry in fs::read_dir(from).because(Kind::BadInput, "read the dataset")?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).because(Kind::Storage, "copy the dataset")?;
        }
    }
    Ok(())
}
