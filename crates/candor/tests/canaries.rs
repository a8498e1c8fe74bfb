//! P1, P3, P6: nothing that was planted in the recordings is in any file of the demo, as it lies there or decrypted.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use candor_model::canonical_bytes;
use serde::Deserialize;
use support::{CANDOR, Road, isolated};

#[derive(Deserialize)]
struct Canary {
    kind: String,
    text: String,
}

fn canaries() -> Vec<Canary> {
    let text = std::fs::read_to_string(support::fixture("../canaries.json")).unwrap();
    let canaries: Vec<Canary> = serde_json::from_str(&text).unwrap();
    assert!(canaries.len() >= 30, "{} canaries", canaries.len());
    let kinds: BTreeSet<&str> = canaries.iter().map(|c| c.kind.as_str()).collect();
    for kind in ["person", "email", "phone", "iban", "card", "password"] {
        assert!(kinds.contains(kind), "no canary of the kind {kind}");
    }
    canaries
}

/// The ways in which a text can stand in a file: as it is, in another case, with its white space or separators gone, as
/// JSON writes it, as UTF-16, percent-encoded.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let json = serde_json::to_string(text).unwrap();
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let percent: String =
        text.chars().map(|c| if c == ' ' { "%20".to_owned() } else { c.to_string() }).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts = [
        text.to_lowercase(),
        json.trim_matches('"').to_lowercase(),
        compact.to_lowercase(),
        percent.to_lowercase(),
    ];
    texts.into_iter().map(String::into_bytes).chain([wide]).collect()
}

/// Finds every spelling of every planted text in one pass.
struct Scan {
    finder: aho_corasick::AhoCorasick,
    whose: Vec<String>,
}

impl Scan {
    fn new() -> Self {
        let mut whose = Vec::new();
        let mut needles = Vec::new();
        for canary in canaries() {
            for spelling in spellings(&canary.text) {
                whose.push(format!("{} {:?}", canary.kind, canary.text));
                needles.push(spelling);
            }
        }
        let finder =
            aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(needles).unwrap();
        Self { finder, whose }
    }

    /// Where planted texts are found in `bytes`, each once.
    fn found(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let hits: BTreeSet<&String> = self
            .finder
            .find_overlapping_iter(bytes)
            .map(|hit| &self.whose[hit.pattern().as_usize()])
            .collect();
        hits.into_iter().map(|hit| format!("{hit} in {place}")).collect()
    }
}

#[test]
fn the_scan_finds_what_is_planted() {
    let scan = Scan::new();
    let step = std::fs::read_to_string(support::fixture("mail-and-form/trees/0003.json")).unwrap();
    assert!(!scan.found("the raw recording", step.as_bytes()).is_empty());
}

#[test]
fn no_file_of_the_demo_holds_a_byte_of_what_was_planted() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(CANDOR);
    command.args(["demo", "--json", "--dir"]).arg(dir.path().join("demo")).stdin(Stdio::null());
    let output = isolated(&mut command, dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let scan = Scan::new();
    let mut leaks = scan.found("what the demo prints", &output.stdout);
    leaks.extend(scan.found("what the demo says", &output.stderr));
    let files = support::files(&dir.path().join("demo"));
    assert!(files.len() > 100, "{} files", files.len());
    for file in files {
        leaks.extend(scan.found(&file.display().to_string(), &std::fs::read(&file).unwrap()));
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn no_decrypted_view_holds_a_byte_of_what_was_planted() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    let scan = Scan::new();
    let mut leaks = Vec::new();
    for (person, recording) in [("anna", "mail-and-form"), ("ben", "chat-and-notes"), ("cem", "spreadsheet")]
    {
        road.agree(person, &["browser", "text-editor", "libreoffice-calc"]);
        let session = road.import(person, recording);
        let shown = road
            .run(person, &["review", "show", &session, "--frames", &road.path(&format!("look/{person}"))]);
        leaks.extend(scan.found(&format!("the review of {recording}"), &shown.stdout));
        leaks.extend(journal(&road, person, &scan));
        road.release(person, &session);
    }
    road.compile("first");
    for file in support::files(&road.dir.join("people/ravi/first")) {
        leaks.extend(scan.found(&file.display().to_string(), &std::fs::read(&file).unwrap()));
    }
    leaks.extend(parquet(&road, &scan));
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

/// Every step, tree and report of a person's journal, decrypted.
fn journal(road: &Road, person: &str, scan: &Scan) -> Vec<String> {
    let journal = road.journal(person);
    let mut leaks = Vec::new();
    for summary in journal.sessions().unwrap() {
        leaks.extend(scan.found("a summary", format!("{summary:?}").as_bytes()));
        for step in journal.view(summary.session).unwrap() {
            let step = step.unwrap();
            let place = format!("{person}'s journal, step {}", step.number);
            leaks.extend(scan.found(&place, &canonical_bytes(&step.content.step).unwrap()));
            leaks.extend(scan.found(&place, &canonical_bytes(&step.content.report).unwrap()));
            leaks.extend(scan.found(&place, &step.content.tree.unwrap_or_default()));
        }
    }
    leaks
}

/// The Parquet files, read by another program than the one that wrote them.
fn parquet(road: &Road, scan: &Scan) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/python/bin/python");
    assert!(python.exists(), "the Python environment is missing: `cargo xtask test` makes it");
    let script = "import sys, pyarrow.parquet as p\n\
                  for f in sys.argv[1:]:\n    t = p.read_table(f)\n    print(t.schema)\n    \
                  [print(t.column(c).to_pylist()) for c in t.column_names if c != 'image']";
    let files = support::files(&road.dir.join("people/ravi/first"));
    let files: Vec<_> = files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "parquet")).collect();
    assert!(!files.is_empty());
    let shown = Command::new(python).args(["-c", script]).args(&files).output().unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    scan.found("a Parquet file", &shown.stdout)
}
