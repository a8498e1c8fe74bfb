//! The engine never opens a socket: it works the same in a network namespace without interfaces, and the kernel's own
//! record of its calls (strace) holds none of the network. Nothing is skipped: without the two tools the tests fail.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{CANDOR, isolated, put};

/// A new namespace of the network, by one's own right or by that of a new user namespace.
const ALONE: [&[&str]; 2] = [&["unshare", "--net"], &["unshare", "--user", "--map-root-user", "--net"]];

/// What is redacted: names, an address that a careless program would look up, and a domain.
const TEXT: &str =
    "Write to Anna Larsen, anna@example.org, or see https://example.org/reset?token=hF83kdPq92Lmz01x .\n";

/// Calls of the kernel that could reach a network.
const CALLS: [&str; 5] = ["socket(", "socketpair(", "connect(", "sendto(", "bind("];

/// The commands, each with the file that it must leave.
fn commands(dir: &Path) -> Vec<(Vec<String>, &'static str)> {
    put(&dir.join("in.txt"), TEXT.as_bytes());
    support::copy(&support::fixture("mail-and-form/frames/0001.png"), &dir.join("in.png"));
    let text = |profile: &str| {
        vec!["redact", "text", "in.txt", "--profile", profile].into_iter().map(str::to_owned).collect()
    };
    let image = ["redact", "image", "in.png", "out.png", "--report", "report.json", "--profile", "standard"];
    vec![(text("fast"), ""), (text("strict"), ""), (image.map(str::to_owned).to_vec(), "out.png")]
}

fn run(before: &[&str], words: &[String], dir: &Path) -> Output {
    let mut all =
        before.iter().copied().map(str::to_owned).chain([CANDOR.to_owned()]).chain(words.iter().cloned());
    let mut command = Command::new(all.next().unwrap());
    command.args(all).env_remove("CANDOR_MODELS").stdin(Stdio::null());
    isolated(&mut command, dir).current_dir(dir).output().unwrap()
}

fn succeeds(output: &Output, dir: &Path, leaves: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    if leaves.is_empty() {
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(out.contains("[EMAIL_1]") && !out.contains("anna@"), "{out}");
    } else {
        std::fs::remove_file(dir.join(leaves)).unwrap();
    }
}

/// The first way to a network namespace that this machine allows.
fn alone() -> &'static [&'static str] {
    let works = |way: &&&[&str]| {
        let (name, words) = way.split_first().unwrap();
        Command::new(name).args(words).arg("true").output().is_ok_and(|output| output.status.success())
    };
    ALONE
        .iter()
        .find(works)
        .expect("unshare (util-linux) makes no network namespace here, not even as a user")
}

#[test]
fn without_any_interface_all_works() {
    let dir = tempfile::tempdir().unwrap();
    for (words, leaves) in commands(dir.path()) {
        succeeds(&run(alone(), &words, dir.path()), dir.path(), leaves);
    }
    // The namespace is what it should be: nothing but a loopback that is down.
    let (name, rest) = alone().split_first().unwrap();
    let seen = Command::new(name).args(rest).args(["cat", "/proc/net/route"]).output().unwrap();
    assert!(String::from_utf8_lossy(&seen.stdout).lines().count() <= 1, "{seen:?}");
}

#[test]
fn no_call_of_the_network_is_made() {
    let dir = tempfile::tempdir().unwrap();
    for (words, leaves) in commands(dir.path()) {
        succeeds(&run(&traced(), &words, dir.path()), dir.path(), leaves);
        let calls = calls(dir.path());
        assert!(calls.is_empty(), "{words:?}: {calls:?}");
    }
}

/// The trace sees a socket where one is opened, in a thread or a child too: else the test above would prove nothing.
#[test]
fn a_socket_would_be_seen() {
    let dir = tempfile::tempdir().unwrap();
    let words = ["-c", "(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null; true"];
    let strace = traced();
    let (name, rest) = strace.split_first().unwrap();
    let output =
        Command::new(name).args(rest).arg("bash").args(words).current_dir(dir.path()).output().unwrap();
    assert!(output.status.success(), "strace does not run here: {output:?}");
    assert!(!calls(dir.path()).is_empty());
}

fn traced() -> Vec<&'static str> {
    vec!["strace", "-f", "-qq", "-e", "trace=network", "-o", "trace"]
}

fn calls(dir: &Path) -> Vec<String> {
    let trace = std::fs::read_to_string(dir.join("trace")).unwrap();
    trace.lines().filter(|line| CALLS.iter().any(|call| line.contains(call))).map(str::to_owned).collect()
}
