//! How well the shipped engine de-identifies, held to floors: a change that finds less, or masks more without need,
//! fails here. The figures are those of `candor redact score` on the two labelled sets of `fixtures/deid`.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{CANDOR, isolated};

/// What must hold of all texts. Tighten a row when the engine gets better; the goals of the project stand in `docs/benchmarks.md`.
/// Under `fast`, which computes with whole numbers, one place more that leaks fails. Under `standard` and `strict` a find or two
/// may differ on a processor that adds in another order, so those rows leave that much; none is looser than a goal.
const FLOORS: [Floor; 6] = [
    row("test.jsonl", "fast", [0.969, 0.968, 19.8, 0.0485], FAST_TEST),
    row("second.jsonl", "fast", [0.966, 0.965, 15.6, 0.0361], FAST_SECOND),
    row("test.jsonl", "standard", [0.977, 0.971, 27.0, 0.05], STANDARD_TEST),
    row("second.jsonl", "standard", [0.972, 0.968, 18.0, 0.0403], STANDARD_SECOND),
    row("test.jsonl", "strict", [0.987, 0.916, 211.0, 0.77], STRICT_TEST),
    row("second.jsonl", "strict", [0.979, 0.943, 82.0, 0.564], STRICT_SECOND),
];

/// Share of spans of a kind of which more than a tenth may be left. The goals: 0.03 of persons, 0.005 of secrets and of what
/// has check digits. ID of the test set holds personnel and document numbers without check digits under heads and words that
/// no rule knows (4 of 72 under `standard`): there the goal is reached under `strict` only.
type Leaks = &'static [(&'static str, f64)];
const FAST_TEST: Leaks = &[
    ("PERSON", 0.03),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("SECRET", 0.0),
    ("AGE", 0.0),
    ("PHONE", 0.015),
    ("URL", 0.091),
    ("ADDRESS", 0.057),
    ("LOCATION", 0.0465),
    ("ORGANISATION", 0.1355),
    ("DATE", 0.1),
    ("ID", 0.139),
    ("JOB_TITLE", 0.168),
    ("NATIONALITY", 0.16),
];
const FAST_SECOND: Leaks = &[
    ("PERSON", 0.021),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("ID", 0.0),
    ("PHONE", 0.045),
    ("URL", 0.0),
    ("ADDRESS", 0.09),
    ("LOCATION", 0.069),
    ("ORGANISATION", 0.102),
    ("AGE", 0.1),
    ("DATE", 0.334),
    ("JOB_TITLE", 0.0),
    ("NATIONALITY", 0.364),
];
const STANDARD_TEST: Leaks = &[
    ("PERSON", 0.021),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("SECRET", 0.0),
    ("AGE", 0.0),
    ("PHONE", 0.005),
    ("URL", 0.0),
    ("ADDRESS", 0.045),
    ("LOCATION", 0.036),
    ("ORGANISATION", 0.12),
    ("DATE", 0.1),
    ("ID", 0.07),
    ("JOB_TITLE", 0.168),
    ("NATIONALITY", 0.14),
];
const STANDARD_SECOND: Leaks = &[
    ("PERSON", 0.017),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("ID", 0.0),
    ("PHONE", 0.02),
    ("URL", 0.0),
    ("ADDRESS", 0.062),
    ("LOCATION", 0.046),
    ("ORGANISATION", 0.102),
    ("AGE", 0.1),
    ("DATE", 0.334),
    ("JOB_TITLE", 0.0),
    ("NATIONALITY", 0.364),
];
const STRICT_TEST: Leaks = &[
    ("PERSON", 0.016),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("SECRET", 0.0),
    ("ID", 0.0),
    ("AGE", 0.0),
    ("PHONE", 0.005),
    ("URL", 0.0),
    ("ADDRESS", 0.045),
    ("LOCATION", 0.022),
    ("ORGANISATION", 0.085),
    ("DATE", 0.1),
    ("JOB_TITLE", 0.145),
    ("NATIONALITY", 0.02),
];
const STRICT_SECOND: Leaks = &[
    ("PERSON", 0.01),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("ID", 0.0),
    ("PHONE", 0.02),
    ("URL", 0.0),
    ("ADDRESS", 0.052),
    ("LOCATION", 0.006),
    ("ORGANISATION", 0.063),
    ("AGE", 0.1),
    ("DATE", 0.334),
    ("JOB_TITLE", 0.0),
    ("NATIONALITY", 0.091),
];

/// What must hold of one set under one profile. `every`: of so many texts one is scored.
#[derive(Clone, Copy)]
struct Floor {
    set: &'static str,
    profile: &'static str,
    every: usize,
    recall: f64,
    f2: f64,
    false_per_1000: f64,
    clean_hit: f64,
    leaks: Leaks,
}

/// All texts of a set: recall, F2, false characters in 1,000 and clean texts hit.
const fn row(set: &'static str, profile: &'static str, figures: [f64; 4], leaks: Leaks) -> Floor {
    let [recall, f2, false_per_1000, clean_hit] = figures;
    Floor { set, profile, every: 1, recall, f2, false_per_1000, clean_hit, leaks }
}

impl Floor {
    fn toml(&self) -> String {
        let Self { recall, f2, false_per_1000, clean_hit, .. } = self;
        let text = format!(
            "recall_min = {recall:?}\nf2_min = {f2:?}\nfalse_per_1000_max = {false_per_1000:?}\n\
             clean_hit_max = {clean_hit:?}\n[leak_max]\n"
        );
        let leaks: Vec<String> =
            self.leaks.iter().map(|(kind, share)| format!("{kind} = {share:?}")).collect();
        // What is no number is written otherwise in TOML.
        (text + &leaks.join("\n")).replace("NaN", "nan")
    }

    /// Scores the set, and gives how the command ended.
    fn scored(&self) -> Output {
        let dir = tempfile::tempdir().unwrap();
        let gold = std::fs::read_to_string(set(self.set)).unwrap();
        let some: Vec<&str> = gold.lines().step_by(self.every).collect();
        support::put(&dir.path().join("gold.jsonl"), some.join("\n").as_bytes());
        support::put(&dir.path().join("floors.toml"), self.toml().as_bytes());
        let mut command = Command::new(CANDOR);
        command.args(["redact", "score", "gold.jsonl", "--floors", "floors.toml", "--profile", self.profile]);
        isolated(&mut command, dir.path()).current_dir(dir.path()).output().unwrap()
    }
}

fn set(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/deid").join(name)
}

fn holds(floor: &Floor) {
    let output = floor.scored();
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{} under {}: {told}", floor.set, floor.profile);
    assert!(told.contains("recall"), "{told}");
}

#[test]
fn the_fast_profile_holds_its_floors() {
    FLOORS.iter().filter(|floor| floor.profile == "fast").for_each(holds);
}

#[test]
fn the_standard_profile_holds_its_floors() {
    FLOORS.iter().filter(|floor| floor.profile == "standard").for_each(holds);
}

#[test]
fn the_strict_profile_holds_its_floors() {
    FLOORS.iter().filter(|floor| floor.profile == "strict").for_each(holds);
}

/// What the project asks for: a row that is loosened below it fails, whatever the engine finds. `strict` is to miss nothing, and
/// pays for it with what it masks besides; ID of the test set under `fast` and `standard` is named above.
#[test]
fn no_floor_is_looser_than_the_goals() {
    for floor in FLOORS {
        let name = format!("{} under {}", floor.set, floor.profile);
        assert!(floor.recall >= 0.95 && floor.every == 1, "{name}");
        if floor.profile != "strict" {
            let is_held = floor.f2 >= 0.94 && floor.false_per_1000 <= 30.0 && floor.clean_hit <= 0.05;
            assert!(is_held, "{name}");
        }
        let leak = |kind: &str| floor.leaks.iter().find(|(known, _)| *known == kind).map(|(_, share)| *share);
        assert!(leak("PERSON").is_some_and(|share| share <= 0.03), "{name}");
        for kind in ["CARD", "IBAN"] {
            assert!(leak(kind).is_some_and(|share| share <= 0.005), "{name}: {kind}");
        }
        assert!(floor.set != "test.jsonl" || leak("SECRET").is_some_and(|share| share <= 0.005), "{name}");
    }
}

#[test]
fn a_figure_below_its_floor_ends_with_3_and_is_named() {
    let sound = Floor {
        every: 20,
        recall: 0.0,
        f2: 0.0,
        false_per_1000: 1000.0,
        clean_hit: 1.0,
        leaks: &[],
        ..FLOORS[0]
    };
    holds(&sound);
    let broken: [(&str, Floor); 7] = [
        ("recall is", Floor { recall: 1.0, ..sound }),
        ("f2 is", Floor { f2: 1.0, ..sound }),
        ("false_per_1000 is", Floor { false_per_1000: 0.0, ..sound }),
        ("clean_hit is", Floor { clean_hit: -0.1, ..sound }),
        ("PERSON is", Floor { leaks: &[("PERSON", -0.1)], ..sound }),
        // What is no number is reached by nothing.
        ("recall is", Floor { recall: f64::NAN, ..sound }),
        ("clean_hit is", Floor { clean_hit: f64::NAN, ..sound }),
    ];
    for (says, floor) in broken {
        let output = floor.scored();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(3), "{says}: {told}");
        assert!(told.contains("BELOW THE FLOOR") && told.contains(says), "{says}: {told}");
    }
}

#[test]
fn a_floor_that_nobody_knows_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    support::put(&dir.path().join("floors.toml"), b"recal_min = 0.9\n");
    let mut command = Command::new(CANDOR);
    command.args(["redact", "score", "--profile", "fast", "--floors", "floors.toml"]).arg(set("test.jsonl"));
    let output = isolated(&mut command, dir.path()).current_dir(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "a floor with a slip in its name would never be held");
}

#[test]
fn a_floor_of_a_kind_that_no_text_marks_is_refused() {
    let output = Floor { every: 20, leaks: &[("PERSONS", 0.03)], ..FLOORS[0] }.scored();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "a floor that holds whatever is found: {told}");
    assert!(told.contains("PERSONS"), "{told}");
}
