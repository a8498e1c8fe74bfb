//! The public page, in a real browser.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};

use support::{Road, browser};

fn browser(dir: &Path) -> Command {
    let mut command = browser::command(&dir.join("browser"));
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn the_front_page_says_in_words_what_may_be_collected_and_who_signed() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    road.start_program();
    road.agree("anna", &["browser"]);
    let session = road.import("anna", "mail-and-form");
    road.release("anna", &session);
    let dom = browser(dir.path()).arg("--dump-dom").arg(format!("{}/", road.address)).output().unwrap();
    let page = String::from_utf8(dom.stdout).unwrap();
    let words = [
        "Running as a pilot",
        "What it may collect",
        "Web browser (Chromium)",
        "mail.example.test",
        "health.example.test",
        "It may never be used to",
        "Name of priya",
        "Name of wanda",
        "signed",
        "fewer than 10",
        "candor.local/log",
    ];
    for word in words {
        assert!(page.contains(word), "{word:?} is not on the page:\n{page}");
    }
    let checkpoint =
        Command::new(support::CANDOR).args(["doctor", "--log", "--server", &road.address]).output().unwrap();
    let checkpoint = String::from_utf8(checkpoint.stdout).unwrap();
    assert!(
        page.contains(checkpoint.lines().nth(2).unwrap()),
        "the page shows another checkpoint than {checkpoint}"
    );
    // P7: the one who takes part is not on the page, by key or by count.
    let receipt = road.run("anna", &["consent", "receipt"]);
    let receipt: serde_json::Value = serde_json::from_slice(&receipt.stdout).unwrap();
    let pseudonym =
        receipt["dpv:hasRecordOfActivity"]["dpv:hasDataSubject"]["dct:identifier"].as_str().unwrap();
    assert!(!page.contains(pseudonym.trim_start_matches("ed25519:")), "the page names a contributor");
    assert!(!page.to_lowercase().contains("contributors:"));
}

#[test]
fn a_page_elsewhere_cannot_reach_the_server_by_a_name_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let road = Road::open(dir.path());
    let port = road.address.rsplit(':').next().unwrap().to_owned();
    let mapped = format!("--host-resolver-rules=MAP evil.example 127.0.0.1:{port}");
    let dom = browser(dir.path()).arg(mapped).arg("--dump-dom").arg("http://evil.example/").output().unwrap();
    let page = String::from_utf8(dom.stdout).unwrap();
    assert!(page.contains("its own address only"), "{page}");
    assert!(!page.contains("checkpoint"));
}
