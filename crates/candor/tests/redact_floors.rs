//! How well the shipped engine de-identifies, held to floors: a change that finds less, or masks more without need,
//! fails here. The figures are those of `candor redact score` on the two labelled sets of `fixtures/deid`.
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{CANDOR, isolated};

/// What must hold. Tighten a row when the engine gets better; the goals of the project stand in `docs/benchmarks.md`.
/// `every`: of so many texts one is scored, since the transformer reads kilobytes a second.
const FLOORS: [Floor; 4] = [
    Floor {
        set: "test.jsonl",
        profile: "fast",
        every: 1,
        recall: 0.969,
        f2: 0.967,
        false_per_1000: 20.0,
        clean_hit: 0.05,
        leaks: TEST_LEAKS,
    },
    Floor {
        set: "second.jsonl",
        profile: "fast",
        every: 1,
        recall: 0.965,
        f2: 0.964,
        false_per_1000: 16.0,
        clean_hit: 0.0365,
        leaks: SECOND_LEAKS,
    },
    Floor {
        set: "test.jsonl",
        profile: "standard",
        every: 10,
        recall: 0.968,
        f2: 0.958,
        false_per_1000: 40.0,
        clean_hit: 0.10,
        leaks: SAMPLE_LEAKS,
    },
    Floor {
        set: "second.jsonl",
        profile: "standard",
        every: 10,
        recall: 0.948,
        f2: 0.945,
        false_per_1000: 30.0,
        clean_hit: 0.07,
        leaks: SAMPLE_LEAKS,
    },
];

/// Share of spans of a kind of which more than a tenth may be left.
type Leaks = &'static [(&'static str, f64)];
const TEST_LEAKS: Leaks = &[
    ("PERSON", 0.03),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("SECRET", 0.0),
    ("PHONE", 0.015),
    ("URL", 0.1),
    ("ADDRESS", 0.06),
    ("LOCATION", 0.05),
    ("ORGANISATION", 0.14),
    ("DATE", 0.1),
    ("ID", 0.14),
];
const SECOND_LEAKS: Leaks = &[
    ("PERSON", 0.021),
    ("CARD", 0.0),
    ("EMAIL", 0.0),
    ("IBAN", 0.0),
    ("IP", 0.0),
    ("ID", 0.0),
    ("PHONE", 0.045),
    ("URL", 0.0),
    ("ADDRESS", 0.09),
    ("LOCATION", 0.07),
    ("ORGANISATION", 0.105),
];
const SAMPLE_LEAKS: Leaks = &[("PERSON", 0.03), ("EMAIL", 0.0), ("IP", 0.0)];

/// What must hold of one set under one profile.
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

impl Floor {
    fn toml(&self) -> String {
        let Self { recall, f2, false_per_1000, clean_hit, .. } = self;
        let text = format!(
            "recall_min = {recall:?}\nf2_min = {f2:?}\nfalse_per_1000_max = {false_per_1000:?}\n\
             clean_hit_max = {clean_hit:?}\n[leak_max]\n"
        );
        let leaks: Vec<String> =
            self.leaks.iter().map(|(kind, share)| format!("{kind} = {share:?}")).collect();
        text + &leaks.join("\n")
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
    let broken: [(&str, Floor); 5] = [
        ("recall is", Floor { recall: 1.0, ..sound }),
        ("f2 is", Floor { f2: 1.0, ..sound }),
        ("false_per_1000 is", Floor { false_per_1000: 0.0, ..sound }),
        ("clean_hit is", Floor { clean_hit: -0.1, ..sound }),
        ("PERSON is", Floor { leaks: &[("PERSON", -0.1)], ..sound }),
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
