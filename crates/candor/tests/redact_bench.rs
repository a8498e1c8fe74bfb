//! `candor redact bench` holds a machine to floors: each that is not reached ends it with 3, and what cannot fail is refused. No
//! time is held here, since other tests run beside it; memory and size are, as the project promises them.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::memory::most_resident;
use support::{CANDOR, isolated};

/// What the engine may take of a machine, in bytes.
const RESIDENT_MAX: u64 = 250_000_000;
/// What all models may have, in bytes.
const MODELS_MAX: u64 = 25_000_000;

/// Measures a profile against these floors.
fn benched(profile: &str, floors: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    support::put(&dir.path().join("floors.toml"), floors.as_bytes());
    let mut command = Command::new(CANDOR);
    command.args(["redact", "bench", "--json", "--only", "--profile", profile, "--floors", "floors.toml"]);
    isolated(&mut command, dir.path()).current_dir(dir.path()).output().unwrap()
}

fn told(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

#[test]
fn the_engine_keeps_to_its_memory_and_its_models_to_their_size() {
    let floors = format!("resident_bytes_max = {RESIDENT_MAX}\nmodels_bytes_max = {MODELS_MAX}\n");
    let output = benched("strict", &floors);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    // The figures are of something: the transformer alone has 14 MB.
    assert!(told["models_bytes"].as_u64().unwrap() > 20_000_000, "{told}");
    assert!(told["profiles"][0]["resident_bytes_most"].as_u64().unwrap() > 40_000_000, "{told}");
}

#[test]
fn reading_a_whole_screen_keeps_to_the_memory_too() {
    let frame = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/frames/mail.png");
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(CANDOR);
    command.args(["redact", "image"]).arg(frame).args(["out.png", "--profile", "standard"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = isolated(&mut command, dir.path()).current_dir(dir.path()).spawn().unwrap();
    let most = most_resident(&mut child);
    assert!(child.wait().unwrap().success() && dir.path().join("out.png").exists());
    assert!((40_000_000..=RESIDENT_MAX).contains(&most), "{most}");
}

#[test]
fn a_figure_below_its_floor_ends_with_3_and_is_named() {
    let sound =
        "resident_bytes_max = 1000000000000\nmodels_bytes_max = 1000000000000\n[speed_min]\nfast = 0.0\n";
    let output = benched("fast", sound);
    let figures = told(&output);
    assert_eq!((output.status.code(), &figures["below"]), (Some(0), &serde_json::json!([])), "{figures}");
    let fast = &figures["profiles"][0];
    let (speed, baseline) = (fast["megabytes_per_s"].as_f64(), fast["sha256_megabytes_per_s"].as_f64());
    let share = speed.unwrap() / baseline.unwrap();
    assert!(share > 0.0 && (fast["ratio"].as_f64().unwrap() / share - 1.0).abs() < 1e-9, "{figures}");
    let broken = [
        ("resident_bytes is", "resident_bytes_max = 1000"),
        ("models_bytes is", "models_bytes_max = 1000"),
        ("fast is", "[speed_min]\nfast = 1000.0"),
        ("fast is", "[speed_min]\nfast = nan"),
    ];
    for (says, floors) in broken {
        let output = benched("fast", floors);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(3), "{says}: {told}");
        let below = told["below"].as_array().unwrap();
        assert!(below.len() == 1 && below[0].as_str().unwrap().starts_with(says), "{says}: {told}");
    }
}

#[test]
fn floors_that_nobody_knows_or_measures_are_refused() {
    for floors in [
        "resident_byte_max = 1",
        "resident_bytes_max = \"1\"",
        "models_bytes_max = -1",
        "[speed_min]\nfats = 0.1",
        "[speed_min]\nstandard = 0.1",
        "= 1",
    ] {
        let output = benched("fast", floors);
        assert_eq!(output.status.code(), Some(4), "{floors}: {}", told(&output));
    }
    let mut command = Command::new(CANDOR);
    command.args(["redact", "bench", "--only", "--profile", "fast", "--floors", "nowhere.toml"]);
    let dir = tempfile::tempdir().unwrap();
    let output = isolated(&mut command, dir.path()).current_dir(dir.path()).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(4), true));
}
