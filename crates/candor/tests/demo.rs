//! The demo, as a newcomer runs it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{CANDOR, isolated};

fn demo(dir: &Path, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(CANDOR);
    command.args(["demo", "--json", "--dir"]).arg(dir.join("demo")).args(more);
    isolated(&mut command, dir).stdin(Stdio::null()).output().unwrap()
}

fn played(dir: &Path) -> Value {
    let output = demo(dir, &[]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}");
    serde_json::from_str(&told).unwrap()
}

fn path(told: &Value, name: &str) -> PathBuf {
    PathBuf::from(told[name].as_str().unwrap_or_else(|| panic!("no {name} in {told}")))
}

#[test]
fn the_demo_walks_the_whole_road_and_its_verdict_can_be_repeated_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let told = played(dir.path());
    assert_eq!((&told["ok"], &told["verify"]), (&Value::Bool(true), &Value::from("ok")));
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 8);
    assert!(
        steps
            .iter()
            .all(|step| step["ok"] == true && step["seconds"].is_number() && step["name"].is_string())
    );
    for name in ["dataset", "dataset_before_withdrawal", "evidence", "policy", "report"] {
        assert!(path(&told, name).exists(), "{name}");
    }
    let verify = |evidence: PathBuf, dataset: PathBuf| {
        let mut command = Command::new(CANDOR);
        command
            .arg("verify")
            .arg(evidence)
            .arg("--policy")
            .arg(path(&told, "policy"))
            .arg("--dataset")
            .arg(dataset);
        isolated(&mut command, dir.path()).output().unwrap().status.code()
    };
    assert_eq!(verify(path(&told, "evidence"), path(&told, "dataset")), Some(0));
    // The evidence of one version does not carry another version's dataset.
    assert_eq!(verify(path(&told, "evidence"), path(&told, "dataset_before_withdrawal")), Some(5));
}

#[test]
fn who_withdrew_is_in_the_old_version_and_not_in_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let told = played(dir.path());
    let sessions = |name: &str| {
        let text = std::fs::read_to_string(path(&told, name).join("manifest.json")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["sessions"].as_u64().unwrap()
    };
    assert_eq!((sessions("dataset_before_withdrawal"), sessions("dataset")), (2, 1));
}

#[test]
fn a_folder_with_something_in_it_is_refused_and_kept_unless_forced() {
    let dir = tempfile::tempdir().unwrap();
    support::put(&dir.path().join("demo/mine.txt"), b"mine");
    let refused = demo(dir.path(), &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(support::files(dir.path()).len(), 1);
    let forced = demo(dir.path(), &["--force"]);
    assert!(forced.status.success(), "{}", String::from_utf8_lossy(&forced.stdout));
    assert_eq!(std::fs::read(dir.path().join("demo/mine.txt")).unwrap(), b"mine");
    let again = demo(dir.path(), &["--force"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}

#[test]
fn independent_readers_load_the_exports() {
    let dir = tempfile::tempdir().unwrap();
    let told = played(dir.path());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/python/bin/python");
    assert!(python.exists(), "the Python environment is missing: `cargo xtask test` makes it");
    for dataset in ["dataset", "dataset_before_withdrawal"] {
        let mut command = Command::new(&python);
        command.arg(root.join("xtask/python/load_exports.py")).arg(path(&told, dataset));
        let loaded = command.env("HF_HOME", dir.path().join("hf")).output().unwrap();
        let words =
            String::from_utf8_lossy(&loaded.stdout).into_owned() + &String::from_utf8_lossy(&loaded.stderr);
        assert!(loaded.status.success(), "{words}");
    }
}

#[test]
fn a_broken_step_ends_the_demo_and_is_named() {
    let dir = tempfile::tempdir().unwrap();
    // No file may grow beyond two megabytes: some step cannot write what it must.
    let script = "trap '' XFSZ; ulimit -f 2048; exec \"$@\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, "limited", CANDOR, "demo", "--json", "--dir"]).arg(dir.path().join("demo"));
    let output = isolated(&mut command, dir.path()).output().unwrap();
    assert!(!output.status.success());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["ok"], false);
    assert!(told["failure"].as_str().is_some_and(|failure| !failure.is_empty()), "{told}");
}
